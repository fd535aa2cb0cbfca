#include "job/facts.h"

#include <stdio.h>
#include <string.h>

#include "check.h"

static const struct facts sample = { .format = FORMAT_JPEG,
	.width_px = 6000,
	.height_px = 4000,
	.orientation = 6,
	.frames = 1,
	.model = MODEL_RGB,
	.bits = 8,
	.progressive = true,
	.profile = true,
	.interop_adobe = true,
	.chroma_h = 2,
	.chroma_v = 2,
	.planes = true,
	.taken_s = -5,
	.exif = { .make = "Example", .model = "D\xc3\xa9", .exposure = "1/250" } };

static void orientations_5_to_8_swap_the_sides(void **state)
{
	struct facts facts = sample;

	(void)state;
	for (facts.orientation = 1; facts.orientation <= 8; facts.orientation++) {
		bool swapped = facts.orientation >= 5;

		assert_int_equal(facts_upright_width(&facts), swapped ? 4000 : 6000);
		assert_int_equal(facts_upright_height(&facts), swapped ? 6000 : 4000);
	}
}

static void facts_come_out_as_they_went_in(void **state)
{
	struct facts facts = { 0 };
	struct pack pack;
	struct unpack unpack;

	(void)state;
	pack_init(&pack);
	facts_pack(&sample, &pack);
	unpack_init(&unpack, pack.data, pack.size_bytes);
	facts_unpack(&facts, &unpack);
	assert_true(unpack_done(&unpack));
	assert_int_equal(facts.format, FORMAT_JPEG);
	assert_int_equal(facts.width_px, 6000);
	assert_int_equal(facts.height_px, 4000);
	assert_int_equal(facts.orientation, 6);
	assert_int_equal(facts.frames, 1);
	assert_int_equal(facts.model, MODEL_RGB);
	assert_int_equal(facts.bits, 8);
	assert_false(facts.alpha);
	assert_true(facts.progressive);
	assert_true(facts.profile);
	assert_true(facts.interop_adobe);
	assert_int_equal(facts.chroma_h, 2);
	assert_int_equal(facts.chroma_v, 2);
	assert_true(facts.planes);
	assert_int_equal(facts.taken_s, -5);
	assert_memory_equal(&facts.exif, &sample.exif, sizeof(facts.exif));
	pack_finish(&pack);
}

static struct facts raw_sample(void)
{
	struct facts facts = sample;

	facts.raw = (struct raw_facts){ .source = RAW_DEVELOPED,
		.width_px = 6020,
		.height_px = 4010,
		.orientation = 8,
		.preview = { .width_px = 6000,
			.height_px = 4000,
			.orientation = 1,
			.model = MODEL_GREY,
			.progressive = true,
			.chroma_h = 2,
			.chroma_v = 1 } };
	return facts;
}

static void a_raw_files_two_pictures_are_told_and_one_is_taken(void **state)
{
	struct facts facts = raw_sample(), out;
	struct pack pack;
	struct unpack unpack;

	(void)state;
	facts_take_developed(&facts, 16);
	assert_int_equal(facts.format, FORMAT_RAW);
	assert_int_equal(facts_upright_width(&facts), 4010);
	assert_int_equal(facts.bits, 16);
	assert_false(facts.interop_adobe || facts.progressive || facts.planes);
	facts_take_preview(&facts);
	pack_init(&pack);
	facts_pack(&facts, &pack);
	unpack_init(&unpack, pack.data, pack.size_bytes);
	facts_unpack(&out, &unpack);
	assert_true(unpack_done(&unpack));
	assert_int_equal(out.format, FORMAT_JPEG);
	assert_int_equal(out.width_px, 6000);
	assert_int_equal(out.orientation, 1);
	assert_int_equal(out.chroma_v, 1);
	assert_int_equal(out.bits, 8);
	assert_true(out.progressive);
	assert_memory_equal(&out.raw, &facts.raw, sizeof(out.raw));
	assert_int_equal(facts_pixels(&out), 6020 * 4010);
	assert_string_equal(out.exif.make, "Example");
	pack_finish(&pack);
}

static void a_preview_that_is_taken_is_there(void **state)
{
	struct facts facts = raw_sample(), out;
	struct pack pack;
	struct unpack unpack;

	(void)state;
	facts.raw.source = RAW_PREVIEW;
	facts.raw.preview = (struct raw_preview){ .width_px = 0 };
	pack_init(&pack);
	facts_pack(&facts, &pack);
	unpack_init(&unpack, pack.data, pack.size_bytes);
	facts_unpack(&out, &unpack);
	assert_true(unpack.failed);
	pack_finish(&pack);
}

/* Each number of the message, in turn, is replaced by ones just outside its range. */
static void numbers_out_of_range_are_refused(void **state)
{
	static const int64_t outside[15][2] = { { 0, FORMAT_COUNT }, { 0, PICTURE_SIDE_MAX_PX + 1 },
		{ 0, PICTURE_SIDE_MAX_PX + 1 }, { 0, 9 }, { 0, INT64_C(1) << 31 }, { -1, MODEL_OTHER + 1 },
		{ 0, 65 }, { -1, 2 }, { -1, 2 }, { -1, 2 }, { -1, 2 }, { 0, 5 }, { 0, 5 }, { -1, 2 },
		{ INT64_MIN, INT64_MAX } };
	struct pack pack;

	(void)state;
	pack_init(&pack);
	facts_pack(&sample, &pack);
	assert_true(pack.size_bytes > 15 * sizeof(int64_t));
	for (size_t i = 0; i < 15 * 2; i++) {
		unsigned char *place = pack.data + i / 2 * sizeof(int64_t);
		struct unpack unpack;
		struct facts facts;
		int64_t honest;

		memcpy(&honest, place, sizeof(honest));
		memcpy(place, &outside[i / 2][i % 2], sizeof(honest));
		unpack_init(&unpack, pack.data, pack.size_bytes);
		facts_unpack(&facts, &unpack);
		assert_true(unpack.failed);
		memcpy(place, &honest, sizeof(honest));
	}
	pack_finish(&pack);
}

/* Packed with `text` for the camera's make. */
static bool is_taken(const char *text)
{
	struct facts facts = sample, out;
	struct pack pack;
	struct unpack unpack;

	snprintf(facts.exif.make, sizeof(facts.exif.make), "%s", text);
	pack_init(&pack);
	facts_pack(&facts, &pack);
	unpack_init(&unpack, pack.data, pack.size_bytes);
	facts_unpack(&out, &unpack);
	pack_finish(&pack);
	return !unpack.failed;
}

static void texts_that_could_not_be_shown_are_refused(void **state)
{
	(void)state;
	assert_true(is_taken("") && is_taken("NIKON CORPORATION"));
	assert_false(is_taken("a\nb"));
	assert_false(is_taken("a\x7f"));
	assert_false(is_taken("\xff"));
}

static void texts_are_cut_at_whole_characters_and_found_by_name(void **state)
{
	struct facts facts = { .format = FORMAT_JPEG };

	(void)state;
	facts_set_text(facts.exif.iso, sizeof(facts.exif.iso), "12\n\xe2\x82\xac");
	assert_string_equal(facts_exif(&facts, "ISO"), "12");
	facts_set_text(facts.exif.iso, sizeof(facts.exif.iso), "12345678");
	assert_string_equal(facts_exif(&facts, "ISO"), "12345");
	assert_string_equal(facts_exif(&facts, "Model"), "");
	assert_null(facts_exif(&facts, "Colour"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(orientations_5_to_8_swap_the_sides),
		cmocka_unit_test(facts_come_out_as_they_went_in),
		cmocka_unit_test(a_raw_files_two_pictures_are_told_and_one_is_taken),
		cmocka_unit_test(a_preview_that_is_taken_is_there),
		cmocka_unit_test(numbers_out_of_range_are_refused),
		cmocka_unit_test(texts_that_could_not_be_shown_are_refused),
		cmocka_unit_test(texts_are_cut_at_whole_characters_and_found_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
