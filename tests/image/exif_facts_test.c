#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "image/metadata.h"

#define HEADER_II "Exif\0\0II*\0\x08\0\0\0"
#define HEADER_MM "Exif\0\0MM\0*\0\0\0\x08"
#define BLOB(text) ((const unsigned char *)(text)), sizeof(text) - 1

/* Reads from a copy of exactly that size, so that the sanitizer sees a step over its end. */
static struct exif_facts facts_of(const unsigned char *data, size_t size_bytes)
{
	struct blob blob = { malloc(size_bytes ? size_bytes : 1), size_bytes };
	struct exif_facts facts = {
		.orientation = -1, .interop_adobe = true, .taken_s = -1, .texts = { .make = "x" }
	};

	assert_non_null(blob.data);
	memcpy(blob.data, data, size_bytes);
	metadata_read_facts(&blob, &facts);
	free(blob.data);
	return facts;
}

static void orientation_is_read_in_both_byte_orders(void **state)
{
	static const char little[] = HEADER_II "\1\0\x12\1\3\0\1\0\0\0\6\0\0\0\0\0\0\0";
	static const char big[] = HEADER_MM "\0\1\1\x12\0\3\0\0\0\1\0\x8\0\0\0\0\0\0";

	assert_int_equal(facts_of(BLOB(little)).orientation, 6);
	assert_int_equal(facts_of(BLOB(big)).orientation, 8);
	assert_int_equal(facts_of((const unsigned char *)little + 6, sizeof(little) - 7).orientation, 6);
	assert_false(facts_of(BLOB(big)).interop_adobe);
}

static void orientation_out_of_range_or_of_a_wrong_type_is_upright(void **state)
{
	assert_int_equal(facts_of(BLOB(HEADER_II "\1\0\x12\1\3\0\1\0\0\0\x9\0\0\0\0\0\0\0")).orientation, 1);
	assert_int_equal(facts_of(BLOB(HEADER_II "\1\0\x12\1\3\0\1\0\0\0\0\0\0\0\0\0\0\0")).orientation, 1);
	assert_int_equal(facts_of(BLOB(HEADER_II "\1\0\x12\1\2\0\1\0\0\0\6\0\0\0\0\0\0\0")).orientation, 1);
	assert_int_equal(facts_of(BLOB(HEADER_II "\1\0\x12\1\3\0\0\0\0\0\6\0\0\0\0\0\0\0")).orientation, 1);
}

static void orientation_of_another_whole_number_type_counts(void **state)
{
	assert_int_equal(facts_of(BLOB(HEADER_MM "\0\1\1\x12\0\4\0\0\0\1\0\0\0\x6\0\0\0\0")).orientation, 6);
	assert_int_equal(facts_of(BLOB(HEADER_II "\1\0\x12\1\1\0\1\0\0\0\3\0\0\0\0\0\0\0")).orientation, 3);
}

/* Main directory at 8, Exif directory at 26, Interoperability directory at 44. */
#define INTEROP(value)                                         \
	HEADER_II "\1\0\x69\x87\4\0\1\0\0\0\x1a\0\0\0\0\0\0\0" \
		  "\1\0\x05\xa0\4\0\1\0\0\0\x2c\0\0\0\0\0\0\0" \
		  "\1\0\1\0\2\0\4\0\0\0" value "\0\0\0\0\0"

static void interoperability_r03_says_adobergb(void **state)
{
	assert_true(facts_of(BLOB(INTEROP("R03"))).interop_adobe);
	assert_false(facts_of(BLOB(INTEROP("R98"))).interop_adobe);
}

/* Main directory at 8 with the model, the time and the Exif directory at 50; that has exposure time,
 * F-number, ISO speed and the time of the shot; values from 104 on. */
#define SHOT(time, exposure)                           \
	HEADER_II "\3\0\x10\1\2\0\6\0\0\0\x68\0\0\0"   \
		  "\x32\1\2\0\x14\0\0\0\x6e\0\0\0"     \
		  "\x69\x87\4\0\1\0\0\0\x32\0\0\0"     \
		  "\0\0\0\0"                           \
		  "\4\0\x9a\x82\5\0\1\0\0\0\x82\0\0\0" \
		  "\x9d\x82\5\0\1\0\0\0\x8a\0\0\0"     \
		  "\x27\x88\3\0\1\0\0\0\x90\1\0\0"     \
		  "\3\x90\2\0\x14\0\0\0\x92\0\0\0"     \
		  "\0\0\0\0"                           \
		  "D1\n \0\0"                          \
		  "1999:01:02 03:04:05\0" exposure "\x1c\0\0\0\x0a\0\0\0" time "\0"

static void camera_time_and_shot_are_read(void **state)
{
	struct exif_facts facts = facts_of(BLOB(SHOT("2024:02:11 14:02:18", "\1\0\0\0\xfa\0\0\0")));

	assert_string_equal(facts.texts.model, "D1");
	assert_string_equal(facts.texts.make, "");
	assert_string_equal(facts.texts.exposure, "1/250");
	assert_string_equal(facts.texts.f_number, "2.8");
	assert_string_equal(facts.texts.iso, "400");
	assert_int_equal(facts.taken_s, 1707660138);
	facts = facts_of(BLOB(SHOT("2024:02:11 14:02:18", "\5\0\0\0\2\0\0\0")));
	assert_string_equal(facts.texts.exposure, "2.5");
	facts = facts_of(BLOB(SHOT("2024:02:11 14:02:18", "\5\0\0\0\0\0\0\0")));
	assert_string_equal(facts.texts.exposure, "");
}

/* The file's own time counts then. */
static void times_that_make_no_sense_are_passed_over(void **state)
{
	static const char *const bad[] = { "0000:00:00 00:00:00",
		"    :  :     :  :  ", "2024:13:11 14:02:18", "2024:02:11 24:02:18", "2024-02-11 14:02:18",
		"-024:02:11 14:02:18" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char block[] = SHOT("2024:02:11 14:02:18", "\1\0\0\0\xfa\0\0\0");

		memcpy(block + sizeof(block) - 21, bad[i], 19);
		assert_int_equal(
			facts_of((const unsigned char *)block, sizeof(block) - 1).taken_s, 915246245);
	}
}

static void a_directory_that_points_to_itself_ends(void **state)
{
	static const char loop[] =
		HEADER_II "\2\0\x69\x87\4\0\1\0\0\0\x08\0\0\0\x05\xa0\4\0\1\0\0\0\x08\0\0\0"
			  "\x08\0\0\0";

	assert_false(facts_of(BLOB(loop)).interop_adobe);
}

static void nothing_and_nonsense_say_nothing(void **state)
{
	struct blob none = { NULL, 0 };
	struct exif_facts facts = {
		.orientation = -1, .interop_adobe = true, .taken_s = -1, .texts = { .make = "x" }
	};

	metadata_read_facts(&none, &facts);
	assert_int_equal(facts.orientation, 1);
	assert_false(facts.interop_adobe);
	assert_int_equal(facts_of(BLOB("")).orientation, 1);
	assert_int_equal(facts_of(BLOB("Exif\0\0")).orientation, 1);
	assert_int_equal(facts_of(BLOB("Exif\0\0II*\0\xff\xff\xff\xff")).orientation, 1);
	assert_int_equal(facts_of(BLOB("no exif at all")).orientation, 1);
	assert_int_equal(facts_of(BLOB(HEADER_II "\xff\xff")).orientation, 1);
}

/* The entry wanted comes first and the rest is cut: what lies inside is still told. */
static void a_cut_block_tells_what_lies_inside(void **state)
{
	static const char cut[] = HEADER_II "\x09\0\x12\1\3\0\1\0\0\0\6\0\0\0\x69\x87\4\0";

	assert_int_equal(facts_of(BLOB(cut)).orientation, 6);
}

static void every_cut_and_every_changed_byte_is_survived(void **state)
{
	unsigned char block[] = INTEROP("R03");

	for (size_t size = 0; size < sizeof(block); size++)
		facts_of(block, size);
	for (size_t i = 0; i < sizeof(block) - 1; i++) {
		unsigned char kept = block[i];

		for (int value = 0; value < 256; value++) {
			int orientation;

			block[i] = (unsigned char)value;
			orientation = facts_of(block, sizeof(block) - 1).orientation;
			assert_in_range(orientation, 1, 8);
		}
		block[i] = kept;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(orientation_is_read_in_both_byte_orders),
		cmocka_unit_test(orientation_out_of_range_or_of_a_wrong_type_is_upright),
		cmocka_unit_test(orientation_of_another_whole_number_type_counts),
		cmocka_unit_test(interoperability_r03_says_adobergb),
		cmocka_unit_test(camera_time_and_shot_are_read),
		cmocka_unit_test(times_that_make_no_sense_are_passed_over),
		cmocka_unit_test(a_directory_that_points_to_itself_ends),
		cmocka_unit_test(nothing_and_nonsense_say_nothing),
		cmocka_unit_test(a_cut_block_tells_what_lies_inside),
		cmocka_unit_test(every_cut_and_every_changed_byte_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
