#include <string.h>

#include "check.h"
#include "image/blobs.h"
#include "image/metadata.h"

#define HEAD "Photoshop 3.0\0"
#define MARK "\x1c"
#define VERSION MARK "\2\0\0\2\0\4"
#define BYLINE_OLD MARK "\2\x50\0\3Old"
#define CITY_LATIN1 MARK "\2\x5a\0\6M\xfcnche"
#define CITY_UTF8 MARK "\2\x5a\0\7M\xc3\xbcnche"
#define NOTICE_OLD MARK "\2\x74\0\3Old"
#define CHARSET_UTF8 MARK "\1\x5a\0\3\x1b%G"

#define BYTES(text) text, sizeof(text) - 1

static const struct metadata_target web = { .policy = METADATA_SAFE, .width_px = 9, .height_px = 9 };

static struct blob edit(const char *data, size_t size_bytes, const struct metadata_target *target)
{
	struct metadata from = { .iptc = test_blob(data, size_bytes) }, to;

	metadata_edit(&from, target, &to);
	free(from.iptc.data);
	free(to.exif.data);
	free(to.xmp.data);
	return to.iptc;
}

static void assert_blob(struct blob blob, const char *data, size_t size_bytes)
{
	assert_int_equal(blob.size_bytes, size_bytes);
	if (size_bytes)
		assert_memory_equal(blob.data, data, size_bytes);
	free(blob.data);
}

static void resource(GByteArray *out, const char *signature, unsigned int number, const char *data,
	unsigned int size_bytes)
{
	size_t at = test_grow(out, 12 + size_bytes + (size_bytes & 1));

	memcpy(out->data + at, signature, 4);
	test_put(out, at + 4, number, 2);
	test_put(out, at + 8, size_bytes, 4);
	memcpy(out->data + at + 12, data, size_bytes);
}

static struct blob photoshop_block(void)
{
	GByteArray *out = g_byte_array_new();

	g_byte_array_append(out, (const unsigned char *)HEAD, sizeof(HEAD) - 1);
	resource(out, "8BIM", 1005, BYTES("resolution info!"));
	resource(out, "8BIM", 1028, BYTES(VERSION BYLINE_OLD CITY_LATIN1 NOTICE_OLD));
	resource(out, "8BIM", 1033, BYTES("old thumbnail"));
	resource(out, "8BIM", 1034, BYTES("\0"));
	resource(out, "8BIM", 1035, BYTES("http://example.com"));
	resource(out, "8BIM", 1036, BYTES("new thumbnail"));
	resource(out, "8BIM", 1039, BYTES("icc profile"));
	resource(out, "8BIM", 1058, BYTES("exif again"));
	resource(out, "8BIM", 1060, BYTES("xmp again"));
	resource(out, "8BIM", 1061, BYTES("0123456789abcdef"));
	resource(out, "8BIM", 2000, BYTES("a path"));
	resource(out, "8BIM", 4000, BYTES("a plug-in's own"));
	resource(out, "AgHg", 500, BYTES("elements"));
	return test_taken(out);
}

static struct blob edit_photoshop(const struct metadata_target *target)
{
	struct blob in = photoshop_block(), out = edit((const char *)in.data, in.size_bytes, target);

	free(in.data);
	return out;
}

static void thumbnails_and_copies_of_other_blocks_never_stay(void **state)
{
	struct metadata_target target = web;

	for (int policy = METADATA_ALL; policy <= METADATA_NONE; policy++) {
		struct blob out;

		target.policy = (enum metadata_policy)policy;
		out = edit_photoshop(&target);
		assert_false(blob_holds(&out, "thumbnail"));
		assert_false(blob_holds(&out, "again"));
		assert_false(blob_holds(&out, "icc profile"));
		free(out.data);
	}
}

static void each_policy_keeps_its_resources(void **state)
{
	struct metadata_target target = web;
	struct blob out;

	target.policy = METADATA_ALL;
	out = edit_photoshop(&target);
	assert_true(blob_holds(&out, "a plug-in's own"));
	assert_true(blob_holds(&out, "elements"));
	assert_true(blob_holds(&out, "0123456789abcdef"));
	free(out.data);

	target.policy = METADATA_SAFE;
	out = edit_photoshop(&target);
	assert_memory_equal(out.data, HEAD "8BIM", sizeof(HEAD) + 3);
	assert_false(blob_holds(&out, "a plug-in's own"));
	assert_true(blob_holds(&out, "a path"));
	assert_true(blob_holds(&out, "M\xfcnche"));
	free(out.data);

	target.policy = METADATA_COPYRIGHT;
	out = edit_photoshop(&target);
	assert_false(blob_holds(&out, "a path"));
	assert_false(blob_holds(&out, "M\xfcnche"));
	assert_true(blob_holds(&out, NOTICE_OLD));
	assert_true(blob_holds(&out, BYLINE_OLD));
	assert_true(blob_holds(&out, "http://example.com"));
	free(out.data);

	target.policy = METADATA_NONE;
	out = edit_photoshop(&target);
	assert_null(out.data);
}

static void the_digest_goes_when_the_datasets_change(void **state)
{
	struct metadata_target target = web;
	struct blob out;

	target.policy = METADATA_ALL;
	target.copyright = "New";
	out = edit_photoshop(&target);
	assert_false(blob_holds(&out, "0123456789abcdef"));
	assert_true(memmem(out.data, out.size_bytes, "8BIM\4\x0a\0\0\0\0\0\1\1", 13) != NULL);
	free(out.data);
}

static void without_texts_of_ours_a_list_stays_as_it_is(void **state)
{
	assert_blob(edit(BYTES(VERSION BYLINE_OLD CITY_LATIN1), &web), BYTES(VERSION BYLINE_OLD CITY_LATIN1));
}

static void ascii_texts_leave_the_character_set_alone(void **state)
{
	struct metadata_target target = web;

	target.copyright = "New";
	assert_blob(edit(BYTES(VERSION CITY_LATIN1 NOTICE_OLD), &target),
		BYTES(VERSION CITY_LATIN1 MARK "\2\x74\0\3New"));
}

static void other_texts_make_the_whole_list_utf8(void **state)
{
	struct metadata_target target = web;

	target.artist = "J\xc3\xbcrgen";
	assert_blob(edit(BYTES(VERSION BYLINE_OLD CITY_LATIN1 NOTICE_OLD), &target),
		BYTES(MARK "\1\0\0\2\0\4" CHARSET_UTF8 VERSION MARK
			   "\2\x50\0\7J\xc3\xbcrgen" CITY_UTF8 NOTICE_OLD));
	assert_blob(edit(BYTES(CHARSET_UTF8 VERSION CITY_UTF8), &target),
		BYTES(MARK "\1\0\0\2\0\4" CHARSET_UTF8 VERSION MARK "\2\x50\0\7J\xc3\xbcrgen" CITY_UTF8));
}

static void each_artist_has_a_byline_cut_at_a_character(void **state)
{
	struct metadata_target target = web;

	target.iptc_form = IPTC_FORM_BARE;
	target.artist = "Anna; 123456789012345678901234567890\xc3\xbc";
	assert_blob(edit("", 0, &target),
		BYTES(MARK "\1\0\0\2\0\4" CHARSET_UTF8 VERSION MARK "\2\x50\0\4Anna" MARK "\2\x50\0\x20"
			   "123456789012345678901234567890\xc3\xbc"));
	target.artist = "1234567890123456789012345678901\xc3\xbc";
	assert_blob(edit("", 0, &target), BYTES(MARK "\1\0\0\2\0\4" CHARSET_UTF8 VERSION MARK "\2\x50\0\x1f"
						     "1234567890123456789012345678901"));
}

static void each_part_of_a_contact_is_a_dataset_of_its_own(void **state)
{
	struct metadata_target target = web;

	target.contact = (struct metadata_contact){ .email = "a@b.example", .phone = "+49\n1" };
	assert_blob(edit(BYTES(VERSION CITY_LATIN1 MARK "\2\x76\0\3Old" MARK "\2\x76\0\3own" NOTICE_OLD),
			    &target),
		BYTES(VERSION CITY_LATIN1 NOTICE_OLD MARK "\2\x76\0\x0b"
							  "a@b.example" MARK "\2\x76\0\5+49 1"));
	target.contact = (struct metadata_contact){ .email = "\xc3\xbc@b.example" };
	assert_blob(edit(BYTES(VERSION CITY_LATIN1), &target),
		BYTES(MARK "\1\0\0\2\0\4" CHARSET_UTF8 VERSION CITY_UTF8 MARK
			   "\2\x76\0\x0c\xc3\xbc@b.example"));
}

static void a_long_contact_is_cut_at_a_character(void **state)
{
	g_autofree char *most = g_strnfill(127, 'a');
	g_autofree char *url = g_strconcat(most, "\xc3\xbc", NULL);
	struct metadata_target target = web;
	struct blob out;

	target.contact.url = url;
	out = edit("", 0, &target);
	assert_true(blob_holds(&out, most));
	assert_non_null(memmem(out.data, out.size_bytes, MARK "\2\x76\0\x7f", 5));
	assert_false(blob_holds(&out, "\xc3"));
	free(out.data);
}

static void usage_terms_have_no_dataset(void **state)
{
	struct metadata_target target = web;

	target.usage_terms = "one year";
	assert_blob(edit("", 0, &target), "", 0);
	assert_blob(edit(BYTES(VERSION CITY_LATIN1), &target), BYTES(VERSION CITY_LATIN1));
}

static void a_new_list_stands_in_image_resources(void **state)
{
	struct metadata_target target = web;

	target.policy = METADATA_NONE;
	target.copyright = "New";
	assert_blob(edit("", 0, &target), BYTES(HEAD "8BIM\4\4\0\0\0\0\0\xf" VERSION MARK "\2\x74\0\3New\0"));
}

static void the_form_is_the_input_s_or_the_one_asked_for(void **state)
{
	struct metadata_target target = web;
	struct blob out;

	target.iptc_form = IPTC_FORM_RESOURCES;
	assert_blob(edit(BYTES(VERSION NOTICE_OLD), &target),
		BYTES(HEAD "8BIM\4\4\0\0\0\0\0\xf" VERSION NOTICE_OLD "\0"));
	target.iptc_form = IPTC_FORM_BARE;
	out = edit_photoshop(&target);
	assert_blob(out, BYTES(VERSION BYLINE_OLD CITY_LATIN1 NOTICE_OLD));
}

/* As libtiff gives the words of a big-endian file to a little-endian program. */
static void datasets_in_turned_words_are_read(void **state)
{
	static const char turned[] = "\0\0\2\x1c\x1c\4\0\2\3\0\x74\2\0dlO";

	assert_blob(edit(BYTES(turned), &web), BYTES(VERSION NOTICE_OLD));
}

static void resources_without_padding_are_read(void **state)
{
	static const char odd[] = HEAD "8BIM\3\xed\0\0\0\0\0\3odd8BIM\4\4\0\0\0\0\0\xf" VERSION NOTICE_OLD;
	struct metadata_target target = web;

	target.iptc_form = IPTC_FORM_BARE;
	assert_blob(edit(BYTES(odd), &target), BYTES(VERSION NOTICE_OLD));
}

static void a_broken_end_leaves_what_stands_before_it(void **state)
{
	assert_blob(edit(BYTES(VERSION NOTICE_OLD MARK "\2\x50\0\x7f cut"), &web), BYTES(VERSION NOTICE_OLD));
	assert_blob(edit(BYTES(VERSION NOTICE_OLD MARK "\2\x50\x80\4\xff\xff\xff\xff"), &web),
		BYTES(VERSION NOTICE_OLD));
	assert_blob(edit(BYTES(VERSION NOTICE_OLD MARK "\2\x50\xff\xff"), &web), BYTES(VERSION NOTICE_OLD));
	assert_blob(edit(BYTES(HEAD "8BIM\4\4\0\0\xff\xff\xff\xff"), &web), BYTES(""));
	assert_blob(edit(BYTES(HEAD "8BIM\4\4\xff"), &web), BYTES(""));
	assert_blob(edit(BYTES("nothing of the kind"), &web), BYTES(""));
}

static void extended_lengths_are_read_and_kept_only_where_needed(void **state)
{
	GByteArray *bytes = g_byte_array_new();
	struct blob in, out;

	assert_blob(edit(BYTES(VERSION MARK "\2\x74\x80\4\0\0\0\3Old"), &web), BYTES(VERSION NOTICE_OLD));
	g_byte_array_append(bytes, (const unsigned char *)VERSION MARK "\2\x78\x80\4\0\0\x9c\x40", 16);
	test_grow(bytes, 40000);
	in = test_taken(bytes);
	out = edit((const char *)in.data, in.size_bytes, &web);
	assert_true(blobs_are_equal(&in, &out));
	free(in.data);
	free(out.data);
}

static void what_does_not_fit_into_a_segment_goes_and_the_rights_stay(void **state)
{
	GByteArray *bytes = g_byte_array_new();
	g_autofree char *path = g_malloc0(50000);
	struct metadata_target target = web;
	struct blob in, out;

	g_byte_array_append(bytes, (const unsigned char *)HEAD, sizeof(HEAD) - 1);
	resource(bytes, "8BIM", 2000, path, 50000);
	resource(bytes, "8BIM", 1028, BYTES(VERSION NOTICE_OLD CITY_UTF8));
	resource(bytes, "8BIM", 2001, path, 50000);
	in = test_taken(bytes);
	target.artist = "Anna";
	out = edit((const char *)in.data, in.size_bytes, &target);
	assert_in_range(out.size_bytes, 1, 65533);
	assert_true(blob_holds(&out, NOTICE_OLD));
	assert_true(blob_holds(&out, CITY_UTF8));
	assert_true(blob_holds(&out, "Anna"));
	free(in.data);
	free(out.data);
}

static void previews_inside_iptc_never_stay(void **state)
{
	struct metadata_target target = web;

	target.policy = METADATA_ALL;
	assert_blob(edit(BYTES(VERSION NOTICE_OLD MARK "\2\xca\0\3jpg" MARK "\x8\x0a\0\3obj"), &target),
		BYTES(VERSION NOTICE_OLD));
}

static void the_same_edit_again_changes_nothing(void **state)
{
	for (int policy = METADATA_ALL; policy <= METADATA_NONE; policy++) {
		struct metadata_target target = web;
		struct blob once, twice;

		target.policy = (enum metadata_policy)policy;
		target.copyright = "\xc2\xa9 M\xc3\xbcller";
		target.artist = "Anna; Bob";
		target.contact = (struct metadata_contact){ "a@b.example", "b.example", "+49 1" };
		once = edit_photoshop(&target);
		twice = edit((const char *)once.data, once.size_bytes, &target);
		assert_true(blobs_are_equal(&once, &twice));
		free(once.data);
		free(twice.data);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(thumbnails_and_copies_of_other_blocks_never_stay),
		cmocka_unit_test(each_policy_keeps_its_resources),
		cmocka_unit_test(the_digest_goes_when_the_datasets_change),
		cmocka_unit_test(without_texts_of_ours_a_list_stays_as_it_is),
		cmocka_unit_test(ascii_texts_leave_the_character_set_alone),
		cmocka_unit_test(other_texts_make_the_whole_list_utf8),
		cmocka_unit_test(each_artist_has_a_byline_cut_at_a_character),
		cmocka_unit_test(each_part_of_a_contact_is_a_dataset_of_its_own),
		cmocka_unit_test(a_long_contact_is_cut_at_a_character),
		cmocka_unit_test(usage_terms_have_no_dataset),
		cmocka_unit_test(a_new_list_stands_in_image_resources),
		cmocka_unit_test(the_form_is_the_input_s_or_the_one_asked_for),
		cmocka_unit_test(datasets_in_turned_words_are_read),
		cmocka_unit_test(resources_without_padding_are_read),
		cmocka_unit_test(a_broken_end_leaves_what_stands_before_it),
		cmocka_unit_test(extended_lengths_are_read_and_kept_only_where_needed),
		cmocka_unit_test(what_does_not_fit_into_a_segment_goes_and_the_rights_stay),
		cmocka_unit_test(previews_inside_iptc_never_stay),
		cmocka_unit_test(the_same_edit_again_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
