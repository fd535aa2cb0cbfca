#include <string.h>

#include "check.h"
#include "image/blobs.h"
#include "image/metadata.h"

#define FAKE_JPEG                                                                                         \
	"\xff\xd8\xff\xdb\0\4\1\2\xff\xc0\0\4\1\2\xff\xda\0\4\1\2scan of the unstamped picture\xff\0more" \
	"\xff\xd0rest\xff\xd9"
#define MAKER_NOTE "MAKER\0\1\2\3 note with its own offsets, serial 4711, preview: " FAKE_JPEG "; end"
#define MAKER_NOTE_AT 700
#define RATIO_300 "\0\0\1\x2c\0\0\0\1"

static const struct test_tag camera_tags[] = {
	TAG_U16(EXIF_DIR_MAIN, 0x0100, "\x17\x70"),
	TAG_TEXT(EXIF_DIR_MAIN, 0x010e, "A caption"),
	TAG_TEXT(EXIF_DIR_MAIN, 0x010f, "Make"),
	TAG_U16(EXIF_DIR_MAIN, EXIF_ORIENTATION, "\0\6"),
	TAG_RATIOS(EXIF_DIR_MAIN, EXIF_X_RESOLUTION, RATIO_300),
	TAG_RATIOS(EXIF_DIR_MAIN, EXIF_Y_RESOLUTION, RATIO_300),
	TAG_U16(EXIF_DIR_MAIN, EXIF_RESOLUTION_UNIT, "\0\2"),
	TAG_TEXT(EXIF_DIR_MAIN, EXIF_ARTIST, "Old Artist"),
	TAG_U16(EXIF_DIR_MAIN, EXIF_YCBCR_POSITIONING, "\0\2"),
	TAG_TEXT(EXIF_DIR_MAIN, 0x4747, "private tag"),
	TAG_TEXT(EXIF_DIR_MAIN, EXIF_COPYRIGHT, "Old Copyright"),
	TAG_U32(EXIF_DIR_MAIN, EXIF_EXIF_DIR, "\0\0\0\0"),
	TAG_U32(EXIF_DIR_MAIN, EXIF_GPS_DIR, "\0\0\0\0"),
	TAG_BYTES(EXIF_DIR_MAIN, EXIF_XP_AUTHOR, TIFF_BYTE, "O\0l\0d\0\0\0"),
	TAG_RATIOS(EXIF_DIR_EXIF, 0x829a, "\0\0\0\1\0\0\0\x7d"),
	TAG_BYTES(EXIF_DIR_EXIF, EXIF_VERSION, TIFF_UNDEFINED, "0230"),
	TAG_TEXT(EXIF_DIR_EXIF, 0x9003, "2024:05:06 07:08:09"),
	TAG_BYTES(EXIF_DIR_EXIF, EXIF_MAKER_NOTE, TIFF_UNDEFINED, MAKER_NOTE),
	{ EXIF_DIR_EXIF, 0x9214, TIFF_SHORT, 2, "\7\xd0\7\xd0", 4 },
	TAG_U16(EXIF_DIR_EXIF, EXIF_COLOUR_SPACE, "\xff\xff"),
	TAG_U32(EXIF_DIR_EXIF, EXIF_PIXEL_WIDTH, "\0\0\x17\x70"),
	TAG_U32(EXIF_DIR_EXIF, EXIF_PIXEL_HEIGHT, "\0\0\x0f\xa0"),
	TAG_U32(EXIF_DIR_EXIF, EXIF_INTEROP_DIR, "\0\0\0\0"),
	TAG_TEXT(EXIF_DIR_EXIF, 0xa430, "The Owner"),
	TAG_TEXT(EXIF_DIR_EXIF, 0xa431, "BODY-0001"),
	TAG_TEXT(EXIF_DIR_EXIF, 0xa434, "A lens"),
	TAG_TEXT(EXIF_DIR_EXIF, 0xa435, "LENS-0002"),
	TAG_TEXT(EXIF_DIR_GPS, 0x0001, "N"),
	TAG_RATIOS(EXIF_DIR_GPS, 0x0002, "\0\0\0\x34\0\0\0\1\0\0\0\x1f\0\0\0\1\0\0\0\0\0\0\0\1"),
	TAG_TEXT(EXIF_DIR_INTEROP, EXIF_INTEROP_INDEX, "R03"),
	TAG_BYTES(EXIF_DIR_INTEROP, EXIF_INTEROP_VERSION, TIFF_UNDEFINED, "0100"),
	TAG_U16(IN_THUMBNAIL_DIR, 0x0103, "\0\6"),
	TAG_BYTES(IN_THUMBNAIL_DIR, 0x0201, TIFF_UNDEFINED, "thumbnail: " FAKE_JPEG),
};

static const struct metadata_target web = {
	.policy = METADATA_SAFE, .width_px = 2048, .height_px = 1365, .srgb = true
};

static struct blob camera_block(void)
{
	return test_exif(camera_tags, G_N_ELEMENTS(camera_tags), MAKER_NOTE_AT);
}

static struct blob edit(struct blob in, const struct metadata_target *target)
{
	struct metadata from = { .exif = in }, to;

	metadata_edit(&from, target, &to);
	free(in.data);
	free(to.xmp.data);
	free(to.iptc.data);
	return to.exif;
}

static struct blob edit_camera(enum metadata_policy policy)
{
	struct metadata_target target = web;

	target.policy = policy;
	return edit(camera_block(), &target);
}

static void safe_keeps_all_but_what_it_names(void **state)
{
	struct blob out = edit_camera(METADATA_SAFE);

	assert_memory_equal(out.data, "Exif\0\0MM\0*", 10);
	assert_string_equal(exif_text(&out, EXIF_DIR_MAIN, 0x010e), "A caption");
	assert_string_equal(exif_text(&out, EXIF_DIR_MAIN, 0x010f), "Make");
	assert_string_equal(exif_text(&out, EXIF_DIR_MAIN, EXIF_COPYRIGHT), "Old Copyright");
	assert_string_equal(exif_text(&out, EXIF_DIR_EXIF, 0x9003), "2024:05:06 07:08:09");
	assert_string_equal(exif_text(&out, EXIF_DIR_EXIF, 0xa430), "The Owner");
	assert_string_equal(exif_text(&out, EXIF_DIR_EXIF, 0xa434), "A lens");
	assert_true(exif_has(&out, EXIF_DIR_EXIF, 0x829a));
	assert_false(exif_has(&out, EXIF_DIR_MAIN, EXIF_GPS_DIR));
	assert_false(exif_has(&out, EXIF_DIR_EXIF, EXIF_MAKER_NOTE));
	assert_false(blob_holds(&out, "BODY-0001"));
	assert_false(blob_holds(&out, "LENS-0002"));
	assert_false(blob_holds(&out, "MAKER"));
	assert_false(blob_holds(&out, "private tag"));
	assert_false(blob_holds(&out, "scan of"));
	free(out.data);
}

static void all_keeps_the_maker_note_where_it_stood(void **state)
{
	struct blob out = edit_camera(METADATA_ALL);
	struct tiff_entry note;

	assert_true(exif_find(&out, EXIF_DIR_EXIF, EXIF_MAKER_NOTE, &note));
	assert_int_equal(note.value - (out.data + 6), MAKER_NOTE_AT);
	assert_int_equal(note.size_bytes, sizeof(MAKER_NOTE) - 1);
	assert_memory_equal(note.value, MAKER_NOTE, 40);
	assert_true(exif_has(&out, EXIF_DIR_GPS, 0x0002));
	assert_string_equal(exif_text(&out, EXIF_DIR_EXIF, 0xa431), "BODY-0001");
	assert_string_equal(exif_text(&out, EXIF_DIR_MAIN, 0x4747), "private tag");
	free(out.data);
}

static void no_picture_survives_under_all_neither_thumbnail_nor_preview(void **state)
{
	struct blob out = edit_camera(METADATA_ALL);
	struct tiff_view view;
	struct tiff_dir dir;
	struct tiff_entry note;

	assert_true(exif_dir_of(&out, EXIF_DIR_MAIN, &view, &dir));
	assert_int_equal(dir.next_dir, 0);
	assert_false(blob_holds(&out, "scan of"));
	assert_false(blob_holds(&out, "rest"));
	assert_true(exif_find(&out, EXIF_DIR_EXIF, EXIF_MAKER_NOTE, &note));
	assert_memory_equal(note.value + note.size_bytes - 5, "; end", 5);
	free(out.data);
}

/* What becomes of a maker note under `all`; the caller frees `out`. */
static const unsigned char *edited_note(const void *note, uint32_t size_bytes, struct blob *out)
{
	const struct test_tag tags[] = {
		TAG_TEXT(EXIF_DIR_MAIN, 0x010f, "Make"),
		TAG_U32(EXIF_DIR_MAIN, EXIF_EXIF_DIR, "\0\0\0\0"),
		{ EXIF_DIR_EXIF, EXIF_MAKER_NOTE, TIFF_UNDEFINED, size_bytes, note, size_bytes },
	};
	struct metadata_target target = web;
	struct tiff_entry entry;

	target.policy = METADATA_ALL;
	*out = edit(test_exif(tags, G_N_ELEMENTS(tags), 0), &target);
	assert_true(exif_find(out, EXIF_DIR_EXIF, EXIF_MAKER_NOTE, &entry));
	assert_int_equal(entry.size_bytes, size_bytes);
	return entry.value;
}

static void a_preview_is_blanked_whole_wherever_it_stands(void **state)
{
	static const char minolta[] = "\x02\xd8\xff\xdb\0\4\1\2\xff\xda\0\4\1\2scan\xff\xd9 note";
	static const char cut[] = "note \xff\xd8\xff\xe0\0\4\1\2\xff\xda\0\4\1\2scan without an end";
	const unsigned char *note;
	struct blob out;

	note = edited_note(minolta, sizeof(minolta) - 1, &out);
	assert_memory_equal(note + sizeof(minolta) - 6, " note", 5);
	assert_false(blob_holds(&out, "scan"));
	free(out.data);

	note = edited_note(cut, sizeof(cut) - 1, &out);
	assert_memory_equal(note, "note \0\0\0\0", 9);
	assert_false(blob_holds(&out, "scan"));
	free(out.data);
}

static void bytes_that_only_begin_like_a_picture_stay(void **state)
{
	static const char *const notes[] = { "a \xff\xd8\xff\xe0 chance", "b \xff\xd8\xff", "c \xff\xd8",
		"d \xff\xd8\xff\xdb\1\4\1\2\xff\xc0 no scan" };

	for (size_t i = 0; i < G_N_ELEMENTS(notes); i++) {
		uint32_t size_bytes = (uint32_t)strlen(notes[i]);
		struct blob out;

		assert_memory_equal(edited_note(notes[i], size_bytes, &out), notes[i], size_bytes);
		free(out.data);
	}
}

static void values_that_share_bytes_all_stay(void **state)
{
	static const unsigned char block[] = "MM\0*\0\0\0\x8\0\3"
					     "\1\x0f\0\2\0\0\0\x8\0\0\0\x32"
					     "\1\x10\0\2\0\0\0\x8\0\0\0\x32"
					     "\1\x31\0\2\0\0\0\x8\0\0\0\x32\0\0\0\0Shared!";
	struct blob out = edit(test_blob(block, sizeof(block)), &web);

	assert_string_equal(exif_text(&out, EXIF_DIR_MAIN, 0x010f), "Shared!");
	assert_string_equal(exif_text(&out, EXIF_DIR_MAIN, 0x0110), "Shared!");
	assert_string_equal(exif_text(&out, EXIF_DIR_MAIN, 0x0131), "Shared!");
	free(out.data);
}

static void copyright_keeps_the_rights_and_what_is_true_of_the_pixels(void **state)
{
	struct blob out = edit_camera(METADATA_COPYRIGHT);

	assert_string_equal(exif_text(&out, EXIF_DIR_MAIN, EXIF_COPYRIGHT), "Old Copyright");
	assert_string_equal(exif_text(&out, EXIF_DIR_MAIN, EXIF_ARTIST), "Old Artist");
	assert_int_equal(exif_number(&out, EXIF_DIR_MAIN, EXIF_ORIENTATION), 1);
	assert_false(exif_has(&out, EXIF_DIR_MAIN, 0x010e));
	assert_false(exif_has(&out, EXIF_DIR_MAIN, 0x010f));
	assert_false(exif_has(&out, EXIF_DIR_EXIF, 0x9003));
	assert_false(exif_has(&out, EXIF_DIR_EXIF, 0xa430));
	free(out.data);
}

static void none_leaves_nothing(void **state)
{
	struct blob out = edit_camera(METADATA_NONE);

	assert_null(out.data);
}

static void pixels_are_described_as_they_come_out(void **state)
{
	struct blob out = edit_camera(METADATA_SAFE);

	assert_int_equal(exif_number(&out, EXIF_DIR_MAIN, EXIF_ORIENTATION), 1);
	assert_int_equal(exif_number(&out, EXIF_DIR_MAIN, EXIF_YCBCR_POSITIONING), 1);
	assert_int_equal(exif_number(&out, EXIF_DIR_EXIF, EXIF_PIXEL_WIDTH), 2048);
	assert_int_equal(exif_number(&out, EXIF_DIR_EXIF, EXIF_PIXEL_HEIGHT), 1365);
	assert_int_equal(exif_number(&out, EXIF_DIR_EXIF, EXIF_COLOUR_SPACE), 1);
	assert_string_equal(exif_text(&out, EXIF_DIR_INTEROP, EXIF_INTEROP_INDEX), "R98");
	assert_false(exif_has(&out, EXIF_DIR_MAIN, 0x0100));
	assert_false(exif_has(&out, EXIF_DIR_EXIF, 0x9214));
	free(out.data);
}

static void adobergb_that_is_kept_is_said_even_where_only_rights_stay(void **state)
{
	struct metadata_target target = web;
	struct blob out;

	target.srgb = false;
	target.adobe = true;
	target.policy = METADATA_COPYRIGHT;
	out = edit(camera_block(), &target);
	assert_int_equal(exif_number(&out, EXIF_DIR_EXIF, EXIF_COLOUR_SPACE), 65535);
	assert_string_equal(exif_text(&out, EXIF_DIR_INTEROP, EXIF_INTEROP_INDEX), "R03");
	free(out.data);
}

static void colours_that_were_kept_are_described_as_before(void **state)
{
	struct metadata_target target = web;
	struct blob out;

	target.srgb = false;
	out = edit(camera_block(), &target);
	assert_int_equal(exif_number(&out, EXIF_DIR_EXIF, EXIF_COLOUR_SPACE), 65535);
	assert_string_equal(exif_text(&out, EXIF_DIR_INTEROP, EXIF_INTEROP_INDEX), "R03");
	free(out.data);
}

static void colours_that_were_asked_for_are_neither_of_exifs_two(void **state)
{
	struct metadata_target target = web;
	struct tiff_entry entry;
	struct blob out;

	target.srgb = false;
	target.converted = true;
	out = edit(camera_block(), &target);
	assert_int_equal(exif_number(&out, EXIF_DIR_EXIF, EXIF_COLOUR_SPACE), 65535);
	assert_false(exif_find(&out, EXIF_DIR_INTEROP, EXIF_INTEROP_INDEX, &entry));
	free(out.data);
	/* a studio's own sRGB */
	target.srgb = true;
	out = edit(camera_block(), &target);
	assert_int_equal(exif_number(&out, EXIF_DIR_EXIF, EXIF_COLOUR_SPACE), 1);
	assert_string_equal(exif_text(&out, EXIF_DIR_INTEROP, EXIF_INTEROP_INDEX), "R98");
	free(out.data);
}

static void resolution_stays_unless_another_is_declared(void **state)
{
	struct metadata_target target = web;
	struct blob out = edit(camera_block(), &target);
	struct tiff_entry entry;

	assert_true(exif_find(&out, EXIF_DIR_MAIN, EXIF_X_RESOLUTION, &entry));
	assert_memory_equal(entry.value, RATIO_300, 8);
	free(out.data);
	target.dpi = 240.5;
	out = edit(camera_block(), &target);
	assert_true(exif_find(&out, EXIF_DIR_MAIN, EXIF_Y_RESOLUTION, &entry));
	assert_memory_equal(entry.value, "\0\0\x5d\xf2\0\0\0\x64", 8);
	free(out.data);
}

static void new_texts_replace_all_spellings_of_the_old(void **state)
{
	struct metadata_target target = web;
	struct blob out;

	target.copyright = "© Müller";
	target.artist = "Anna Müller; Bob";
	out = edit(camera_block(), &target);
	assert_string_equal(exif_text(&out, EXIF_DIR_MAIN, EXIF_COPYRIGHT), "© Müller");
	assert_string_equal(exif_text(&out, EXIF_DIR_MAIN, EXIF_ARTIST), "Anna Müller; Bob");
	assert_false(exif_has(&out, EXIF_DIR_MAIN, EXIF_XP_AUTHOR));
	assert_false(blob_holds(&out, "Old"));
	free(out.data);
}

static void a_new_block_has_the_tags_that_exif_requires(void **state)
{
	struct metadata_target target = web;
	struct blob out;

	target.policy = METADATA_NONE;
	target.copyright = "© Müller";
	out = edit(camera_block(), &target);
	assert_string_equal(exif_text(&out, EXIF_DIR_MAIN, EXIF_COPYRIGHT), "© Müller");
	assert_true(exif_has(&out, EXIF_DIR_MAIN, EXIF_X_RESOLUTION));
	assert_true(exif_has(&out, EXIF_DIR_MAIN, EXIF_Y_RESOLUTION));
	assert_int_equal(exif_number(&out, EXIF_DIR_MAIN, EXIF_RESOLUTION_UNIT), 2);
	assert_int_equal(exif_number(&out, EXIF_DIR_MAIN, EXIF_YCBCR_POSITIONING), 1);
	assert_false(exif_has(&out, EXIF_DIR_MAIN, EXIF_ARTIST));
	assert_in_range(out.size_bytes, 1, 120);
	free(out.data);
}

static void tags_in_the_wrong_directory_do_not_stay_stale(void **state)
{
	static const struct test_tag tags[] = {
		TAG_TEXT(EXIF_DIR_MAIN, 0x010f, "Make"),
		TAG_U32(EXIF_DIR_MAIN, EXIF_EXIF_DIR, "\0\0\0\0"),
		TAG_U32(EXIF_DIR_MAIN, EXIF_PIXEL_WIDTH, "\0\0\x17\x70"),
		TAG_U16(EXIF_DIR_EXIF, EXIF_ORIENTATION, "\0\6"),
		TAG_U16(EXIF_DIR_EXIF, 0x8822, "\0\2"),
		TAG_TEXT(EXIF_DIR_EXIF, EXIF_COPYRIGHT, "Old Copyright"),
	};
	struct metadata_target target = web;
	struct blob out;

	target.copyright = "New";
	out = edit(test_exif(tags, G_N_ELEMENTS(tags), 0), &target);
	assert_false(exif_has(&out, EXIF_DIR_EXIF, EXIF_ORIENTATION));
	assert_false(exif_has(&out, EXIF_DIR_MAIN, EXIF_PIXEL_WIDTH));
	assert_false(blob_holds(&out, "Old"));
	assert_int_equal(exif_number(&out, EXIF_DIR_EXIF, EXIF_PIXEL_WIDTH), 2048);
	free(out.data);
}

static void the_same_edit_again_changes_nothing(void **state)
{
	for (int policy = METADATA_ALL; policy <= METADATA_NONE; policy++) {
		struct metadata_target target = web;
		struct blob once, twice;

		target.policy = (enum metadata_policy)policy;
		target.copyright = "© Müller";
		once = edit(camera_block(), &target);
		twice = edit(test_blob(once.data, once.size_bytes), &target);
		assert_true(blobs_are_equal(&once, &twice));
		free(once.data);
		free(twice.data);
	}
}

/* 60,000 bytes of maker note at offset 8,000 do not fit into a segment; without them the rest does. */
static void a_block_that_is_too_big_loses_its_maker_note_first(void **state)
{
	g_autofree char *note = g_malloc0(60000);
	const struct test_tag tags[] = {
		TAG_TEXT(EXIF_DIR_MAIN, 0x010f, "Make"),
		TAG_TEXT(EXIF_DIR_MAIN, EXIF_COPYRIGHT, "Old Copyright"),
		TAG_U32(EXIF_DIR_MAIN, EXIF_EXIF_DIR, "\0\0\0\0"),
		{ EXIF_DIR_EXIF, EXIF_MAKER_NOTE, TIFF_UNDEFINED, 60000, note, 60000 },
	};
	struct metadata_target target = web;
	struct blob out;

	target.policy = METADATA_ALL;
	out = edit(test_exif(tags, G_N_ELEMENTS(tags), 8000), &target);
	assert_in_range(out.size_bytes, 1, 65533);
	assert_string_equal(exif_text(&out, EXIF_DIR_MAIN, 0x010f), "Make");
	assert_false(exif_has(&out, EXIF_DIR_EXIF, EXIF_MAKER_NOTE));
	free(out.data);
}

static void a_copyright_given_survives_any_size_of_input(void **state)
{
	g_autofree char *text = g_malloc(70000);
	const struct test_tag tags[] = {
		{ EXIF_DIR_MAIN, 0x010e, TIFF_ASCII, 70000, text, 70000 },
		{ EXIF_DIR_MAIN, EXIF_ARTIST, TIFF_ASCII, 70000, text, 70000 },
	};
	struct metadata_target target = web;
	struct blob out;

	memset(text, 'x', 70000);
	target.copyright = "New";
	out = edit(test_exif(tags, G_N_ELEMENTS(tags), 0), &target);
	assert_in_range(out.size_bytes, 1, 65533);
	assert_string_equal(exif_text(&out, EXIF_DIR_MAIN, EXIF_COPYRIGHT), "New");
	free(out.data);
}

/* 500 entries that all point to the same 4,000 bytes: 2 MB, if each were copied. */
static void entries_that_share_bytes_do_not_multiply_them(void **state)
{
	GByteArray *bytes = g_byte_array_new();
	struct metadata_target target = web;
	struct blob out;

	g_byte_array_append(bytes, (const unsigned char *)"MM\0*\0\0\0\x8", 8);
	test_grow(bytes, 2 + 12 * 500 + 4 + 4000);
	test_put(bytes, 8, 500, 2);
	for (unsigned int i = 0; i < 500; i++) {
		size_t at = 10 + 12 * (size_t)i;

		test_put(bytes, at, 0xc700 + i, 2);
		test_put(bytes, at + 2, TIFF_BYTE, 2);
		test_put(bytes, at + 4, 4000, 4);
		test_put(bytes, at + 8, 10 + 12 * 500 + 4, 4);
	}
	target.policy = METADATA_ALL;
	out = edit(test_taken(bytes), &target);
	assert_in_range(out.size_bytes, 1, 25000);
	free(out.data);
}

static void a_maker_note_that_claims_the_header_is_moved(void **state)
{
	struct metadata_target target = web;
	struct blob in = camera_block(), out;
	struct tiff_entry note;

	for (unsigned char *at = in.data; at < in.data + in.size_bytes - 12; at++) {
		if (memcmp(at, "\x92\x7c\0\7", 4) == 0)
			memcpy(at + 8, "\0\0\0\2", 4);
	}
	target.policy = METADATA_ALL;
	out = edit(in, &target);
	assert_memory_equal(out.data + 6, "MM\0*", 4);
	assert_true(exif_find(&out, EXIF_DIR_EXIF, EXIF_MAKER_NOTE, &note));
	assert_true(note.value >= out.data + 6 + 8);
	assert_string_equal(exif_text(&out, EXIF_DIR_MAIN, 0x010f), "Make");
	free(out.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(safe_keeps_all_but_what_it_names),
		cmocka_unit_test(all_keeps_the_maker_note_where_it_stood),
		cmocka_unit_test(no_picture_survives_under_all_neither_thumbnail_nor_preview),
		cmocka_unit_test(a_preview_is_blanked_whole_wherever_it_stands),
		cmocka_unit_test(bytes_that_only_begin_like_a_picture_stay),
		cmocka_unit_test(values_that_share_bytes_all_stay),
		cmocka_unit_test(copyright_keeps_the_rights_and_what_is_true_of_the_pixels),
		cmocka_unit_test(none_leaves_nothing),
		cmocka_unit_test(pixels_are_described_as_they_come_out),
		cmocka_unit_test(adobergb_that_is_kept_is_said_even_where_only_rights_stay),
		cmocka_unit_test(colours_that_were_kept_are_described_as_before),
		cmocka_unit_test(colours_that_were_asked_for_are_neither_of_exifs_two),
		cmocka_unit_test(resolution_stays_unless_another_is_declared),
		cmocka_unit_test(new_texts_replace_all_spellings_of_the_old),
		cmocka_unit_test(a_new_block_has_the_tags_that_exif_requires),
		cmocka_unit_test(tags_in_the_wrong_directory_do_not_stay_stale),
		cmocka_unit_test(the_same_edit_again_changes_nothing),
		cmocka_unit_test(a_block_that_is_too_big_loses_its_maker_note_first),
		cmocka_unit_test(a_copyright_given_survives_any_size_of_input),
		cmocka_unit_test(entries_that_share_bytes_do_not_multiply_them),
		cmocka_unit_test(a_maker_note_that_claims_the_header_is_moved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
