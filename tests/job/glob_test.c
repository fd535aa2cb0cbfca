#include "job/glob.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"

struct example {
	const char *glob, *path;
};

static void assert_all(const struct example *examples, size_t count, bool matches)
{
	for (size_t i = 0; i < count; i++)
		if (glob_match(examples[i].glob, examples[i].path, GLOB_WHOLE) != matches)
			fail_msg("%s %s %s", examples[i].glob, matches ? "should match" : "should not match",
				examples[i].path);
}

static void stars_marks_and_sets_match_within_a_part(void **state)
{
	static const struct example yes[] = { { "a.jpg", "a.jpg" }, { "*.jpg", "a.jpg" }, { "*", "a" },
		{ "a*", "a" }, { "*a*b*c", "xaybzbc" }, { "a?c", "abc" }, { "[abc].jpg", "b.jpg" },
		{ "[a-c]x", "bx" }, { "[!a-c]x", "dx" }, { "[^a-c]x", "dx" }, { "[]]x", "]x" },
		{ "[a-]x", "-x" }, { "[", "[" }, { "[a", "[a" }, { "\\*", "*" }, { "\\[a]", "[a]" },
		{ "[\\]a]", "]" }, { "a\\", "a\\" }, { "a/*.jpg", "a/b.jpg" }, { "*/*", "a/b" } };
	static const struct example no[] = { { "a.jpg", "b.jpg" }, { "*.jpg", "a.jpeg" },
		{ "*.jpg", "a/b.jpg" }, { "a?c", "a/c" }, { "a[/]c", "a/c" }, { "a[!x]c", "a/c" },
		{ "?", "" }, { "a?", "a" }, { "[a-c]x", "dx" }, { "[!a-c]x", "bx" }, { "\\*", "a" },
		{ "A", "a" }, { "a", "ab" }, { "ab", "a" }, { "", "a" }, { "a", "" } };

	(void)state;
	assert_all(yes, sizeof(yes) / sizeof(yes[0]), true);
	assert_all(no, sizeof(no) / sizeof(no[0]), false);
}

static void two_stars_match_over_slashes(void **state)
{
	static const struct example yes[] = { { "**", "a" }, { "**", "a/b/c" }, { "**/c", "c" },
		{ "**/c", "a/b/c" }, { "a/**", "a/b/c" }, { "a/**/d", "a/d" }, { "a/**/d", "a/b/c/d" },
		{ "a**d", "a/b/cd" }, { "**/x*/y", "a/xb/c/xd/y" }, { "**/*.jpg", "a/b.jpg" },
		{ "***/c", "a/c" }, { "a**/**/c", "ab/c" }, { "**a**", "xay/z" } };
	static const struct example no[] = { { "**/c", "abc" }, { "**/c", "a/bc" }, { "a/**", "a" },
		{ "a/**", "ab/c" }, { "a/**/d", "ad" }, { "a/**/d", "a/bd" }, { "**/x*/y", "a/xb/c/y" } };

	(void)state;
	assert_all(yes, sizeof(yes) / sizeof(yes[0]), true);
	assert_all(no, sizeof(no) / sizeof(no[0]), false);
}

static void a_folder_stands_for_what_lies_below_it(void **state)
{
	(void)state;
	assert_true(glob_match("a", "a/b", GLOB_WHOLE));
	assert_true(glob_match("a", "a/b", GLOB_FOLDERS));
	assert_true(glob_match("**/b", "a/b/c/d", GLOB_FOLDERS));
	assert_false(glob_match("a", "a", GLOB_FOLDERS));
	assert_false(glob_match("**/c", "a/b/c", GLOB_FOLDERS));
	assert_true(glob_match("**/c", "a/c/c", GLOB_FOLDERS));
	assert_false(glob_match("a", "ab/c", GLOB_WHOLE));
	assert_true(glob_match("a*", "ab/c", GLOB_WHOLE));
}

static void a_mark_is_one_character_even_where_bytes_are_no_text(void **state)
{
	(void)state;
	assert_true(glob_match("caf?.jpg", "café.jpg", GLOB_WHOLE));
	assert_true(glob_match("caf?.jpg", "caf\xe9.jpg", GLOB_WHOLE));
	assert_false(glob_match("??", "é", GLOB_WHOLE));
	assert_true(glob_match("[à-ü]", "é", GLOB_WHOLE));
	assert_false(glob_match("[à-ü]", "e", GLOB_WHOLE));
	assert_true(glob_match("[!é]", "\xe9", GLOB_WHOLE));
	assert_true(glob_match("*\xff*", "a\xff\xfe", GLOB_WHOLE));
	assert_true(glob_match("写?", "写真", GLOB_WHOLE));
}

/* What it should do, without thought for time: tries each end of each star. `starts` says whether the glob is
 * at the start of a part. */
static bool slowly(const char *glob, const char *path, bool starts)
{
	size_t stars = strspn(glob, "*");

	if (!*glob)
		return !*path || *path == '/';
	if (stars == 0)
		return *path && *glob == *path && slowly(glob + 1, path + 1, *glob == '/');
	glob += stars;
	if (stars >= 2 && starts && *glob == '/') {
		for (const char *part = path; part; part = strchr(part, '/'), part = part ? part + 1 : NULL)
			if (slowly(glob + 1, part, true))
				return true;
		return false;
	}
	for (;; path++) {
		if (slowly(glob, path, false))
			return true;
		if (!*path || (stars == 1 && *path == '/'))
			return false;
	}
}

static void random_globs_match_as_the_slow_way_says(void **state)
{
	uint32_t seed = 3;
	char text[2][12];

	(void)state;
	for (int round = 0; round < 200000; round++) {
		static const char *const letters[] = { "**/ab", "//aab" };

		for (int which = 0; which < 2; which++) {
			size_t length = 1 + (seed >> 16) % (sizeof(text[0]) - 1);

			for (size_t i = 0; i < length; i++) {
				seed = seed * 1664525 + 1013904223;
				text[which][i] = letters[which][(seed >> 16) % 5];
			}
			text[which][length - (length == sizeof(text[0]))] = '\0';
		}
		if (glob_match(text[0], text[1], GLOB_WHOLE) != slowly(text[0], text[1], true))
			fail_msg("%s %s", text[0], text[1]);
	}
}

static void hostile_globs_end_soon(void **state)
{
	char path[4096], glob[512];

	(void)state;
	memset(path, 'a', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	for (size_t i = 0; i + 2 < sizeof(glob); i += 2)
		memcpy(glob + i, "*a", 3);
	strcpy(glob + sizeof(glob) - 2, "b");
	assert_false(glob_match(glob, path, GLOB_WHOLE));
}

static void random_bytes_are_read_within_their_bounds(void **state)
{
	uint32_t seed = 5;

	(void)state;
	for (int round = 0; round < 100000; round++) {
		char *text[2];

		for (int which = 0; which < 2; which++) {
			size_t length = (seed >> 16) % 20;

			text[which] = malloc(length + 1);
			assert_non_null(text[which]);
			for (size_t i = 0; i < length; i++) {
				seed = seed * 1664525 + 1013904223;
				text[which][i] =
					seed & 0x10000 ? "*?[]\\/-!"[seed >> 29] : (char)(seed >> 24 | 1);
			}
			text[which][length] = '\0';
		}
		glob_match(text[0], text[1], GLOB_WHOLE);
		free(text[0]);
		free(text[1]);
		seed = seed * 1664525 + 1013904223;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stars_marks_and_sets_match_within_a_part),
		cmocka_unit_test(two_stars_match_over_slashes),
		cmocka_unit_test(a_folder_stands_for_what_lies_below_it),
		cmocka_unit_test(a_mark_is_one_character_even_where_bytes_are_no_text),
		cmocka_unit_test(random_globs_match_as_the_slow_way_says),
		cmocka_unit_test(hostile_globs_end_soon),
		cmocka_unit_test(random_bytes_are_read_within_their_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
