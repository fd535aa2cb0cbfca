#include "base/path.h"

#include <stdlib.h>

#include "check.h"

static void assert_text_freed(char *actual, const char *expected)
{
	assert_non_null(actual);
	assert_string_equal(actual, expected);
	free(actual);
}

static void paths_are_joined_with_one_slash(void **state)
{
	(void)state;
	assert_text_freed(path_join("a", "b"), "a/b");
	assert_text_freed(path_join("a/", "b"), "a/b");
	assert_text_freed(path_join("", "b"), "b");
	assert_text_freed(path_join(".", "b"), "b");
	assert_text_freed(path_join("/", "b"), "/b");
}

static void a_path_is_taken_apart(void **state)
{
	(void)state;
	assert_string_equal(path_base("a/b.x/c.jpg"), "c.jpg");
	assert_text_freed(path_dir("a/b/c.jpg"), "a/b");
	assert_text_freed(path_dir("c.jpg"), "");
	assert_string_equal(path_ext("a.b/c.JPG"), "JPG");
	assert_string_equal(path_ext("a.b/c"), "");
	assert_string_equal(path_ext("c."), "");
	assert_string_equal(path_ext(".profile"), "");
	assert_text_freed(path_stem("a/c.x.jpg"), "c.x");
	assert_text_freed(path_stem("a/c"), "c");
	assert_text_freed(path_stem("a/.profile"), ".profile");
	assert_text_freed(path_stem("c."), "c.");
}

static void paths_that_could_leave_the_folder_are_known(void **state)
{
	(void)state;
	assert_true(path_is_beneath("a"));
	assert_true(path_is_beneath("a/b..c/.d"));
	assert_false(path_is_beneath(""));
	assert_false(path_is_beneath("/a"));
	assert_false(path_is_beneath("a/"));
	assert_false(path_is_beneath("a//b"));
	assert_false(path_is_beneath("."));
	assert_false(path_is_beneath("a/./b"));
	assert_false(path_is_beneath("../a"));
	assert_false(path_is_beneath("a/.."));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_are_joined_with_one_slash),
		cmocka_unit_test(a_path_is_taken_apart),
		cmocka_unit_test(paths_that_could_leave_the_folder_are_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
