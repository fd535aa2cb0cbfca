#include "base/text.h"

#include <limits.h>
#include <string.h>

#include "check.h"

static void utf8_is_told_from_other_bytes(void **state)
{
	(void)state;
	assert_true(text_is_utf8(""));
	assert_true(text_is_utf8("Zürich 山 \xf0\x9f\x93\xb7"));
	assert_false(text_is_utf8("Z\xfcrich"));
	assert_false(text_is_utf8("\xc0\xaf"));         /* overlong */
	assert_false(text_is_utf8("\xed\xa0\x80"));     /* surrogate */
	assert_false(text_is_utf8("\xf4\x90\x80\x80")); /* above U+10FFFF */
	assert_false(text_is_utf8("ab\xe2\x82"));       /* cut short */
}

static void what_is_shown_cannot_move_the_cursor(void **state)
{
	char buffer[100];

	(void)state;
	assert_string_equal(text_printable("a b.jpg", buffer, sizeof(buffer)), "a b.jpg");
	assert_string_equal(text_printable("a\nb\x1b[2J", buffer, sizeof(buffer)), "a\\nb\\x1b[2J");
	assert_string_equal(text_printable("Z\xfcrich", buffer, sizeof(buffer)), "Z\\xfcrich");
	assert_string_equal(text_printable("a\\b", buffer, sizeof(buffer)), "a\\\\b");
	assert_string_equal(text_printable("\xe2\x80\xaegpj", buffer, sizeof(buffer)), "\\xe2\\x80\\xaegpj");
}

static void a_long_name_is_cut_at_a_whole_character(void **state)
{
	char buffer[5];

	(void)state;
	assert_string_equal(text_printable("abcü", buffer, sizeof(buffer)), "abc");
	assert_string_equal(text_printable("abcd", buffer, sizeof(buffer)), "abcd");
	assert_string_equal(text_printable("ab\xff", buffer, sizeof(buffer)), "ab");
}

static void distance_counts_edits_and_swaps(void **state)
{
	char longer[100];

	(void)state;
	assert_int_equal(text_distance("resize", "resize"), 0);
	assert_int_equal(text_distance("resise", "resize"), 1);
	assert_int_equal(text_distance("reszie", "resize"), 1);
	assert_int_equal(text_distance("", "jobs"), 4);
	assert_int_equal(text_distance("kitten", "sitting"), 3);
	memset(longer, 'a', sizeof(longer));
	longer[99] = '\0';
	assert_int_equal(text_distance(longer, "a"), INT_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utf8_is_told_from_other_bytes),
		cmocka_unit_test(what_is_shown_cannot_move_the_cursor),
		cmocka_unit_test(a_long_name_is_cut_at_a_whole_character),
		cmocka_unit_test(distance_counts_edits_and_swaps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
