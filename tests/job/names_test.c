#include "job/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"

/* A temporary file with those bytes in place of standard input, for as long as it is read. */
static int read_from_stdin(
	const char *bytes, size_t size, bool null_separated, struct names *names, struct err *err)
{
	FILE *file = tmpfile();
	int saved = dup(STDIN_FILENO), result;

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	rewind(file);
	dup2(fileno(file), STDIN_FILENO);
	result = names_read(names, "-", null_separated, err);
	dup2(saved, STDIN_FILENO);
	close(saved);
	fclose(file);
	return result;
}

static void lines_become_names(void **state)
{
	static const char text[] = "a.jpg\n\n# b.jpg\r\n caf\xe9 .jpg\n\r\nlast";
	struct names names;
	struct err err;

	(void)state;
	assert_int_equal(read_from_stdin(text, sizeof(text) - 1, false, &names, &err), 0);
	assert_int_equal(names.count, 4);
	assert_string_equal(names.names[0], "a.jpg");
	assert_string_equal(names.names[1], "# b.jpg");
	assert_string_equal(names.names[2], " caf\xe9 .jpg");
	assert_string_equal(names.names[3], "last");
	names_finish(&names);
	assert_int_equal(read_from_stdin("", 0, false, &names, &err), 0);
	assert_int_equal(names.count, 0);
	names_finish(&names);
}

static void nul_separated_names_may_have_newlines(void **state)
{
	static const char text[] = "a\nb.jpg\0\0c\r\0d";
	struct names names;
	struct err err;

	(void)state;
	assert_int_equal(read_from_stdin(text, sizeof(text) - 1, true, &names, &err), 0);
	assert_int_equal(names.count, 3);
	assert_string_equal(names.names[0], "a\nb.jpg");
	assert_string_equal(names.names[1], "c\r");
	assert_string_equal(names.names[2], "d");
	names_finish(&names);
}

static void nul_bytes_without_0_and_missing_lists_are_told(void **state)
{
	struct names names;
	struct err err;

	(void)state;
	assert_int_equal(read_from_stdin("a\0b", 3, false, &names, &err), -1);
	assert_non_null(strstr(err.text, "-0"));
	names_finish(&names);
	assert_int_equal(names_read(&names, "/nowhere/list", false, &err), -1);
	assert_non_null(strstr(err.text, "/nowhere/list"));
	assert_non_null(strstr(err.text, "No such file"));
	names_finish(&names);
}

static void names_are_split_into_base_and_path(void **state)
{
	static const struct {
		const char *name, *base, *path;
	} examples[] = {
		{ "a/b.jpg", "", "a/b.jpg" },
		{ "./a//b.jpg", "", "a/b.jpg" },
		{ "a/./b/", "", "a/b" },
		{ "/a/b.jpg", "/", "a/b.jpg" },
		{ "///a", "/", "a" },
		{ "../a.jpg", "..", "a.jpg" },
		{ ".././../a/b", "../..", "a/b" },
		{ ".", "", "" },
		{ "/", "/", "" },
		{ "..", "..", "" },
		{ "...", "", "..." },
		{ "a/../b", "", NULL },
		{ "/../a", "/", NULL },
		{ "a/..", "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		char *base, *path = names_split(examples[i].name, &base);

		assert_string_equal(base, examples[i].base);
		if (examples[i].path)
			assert_string_equal(path, examples[i].path);
		else
			assert_null(path);
		free(base);
		free(path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_become_names),
		cmocka_unit_test(nul_separated_names_may_have_newlines),
		cmocka_unit_test(nul_bytes_without_0_and_missing_lists_are_told),
		cmocka_unit_test(names_are_split_into_base_and_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
