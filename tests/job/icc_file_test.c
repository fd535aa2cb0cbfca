#include "job/icc_file.h"

#include <glib.h>
#include <string.h>
#include <sys/stat.h>

#include "check.h"
#include "scratch.h"

enum {
	HEADER_BYTES = 128
};

static struct scratch scratch;

static int begin(void **state)
{
	(void)state;
	return scratch_init(&scratch) ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	scratch_finish(&scratch);
	return 0;
}

/* A file whose header says that class and that space. */
static const char *header(const char *class, const char *space)
{
	const char *path = scratch_path(&scratch, "x.icc");
	char bytes[HEADER_BYTES + 4] = { 0 };

	memcpy(bytes + 12, class, 4);
	memcpy(bytes + 16, space, 4);
	memcpy(bytes + 36, "acsp", 4);
	assert_true(g_file_set_contents(path, bytes, sizeof(bytes), NULL));
	return path;
}

static void its_model_is_that_of_its_header(void **state)
{
	static const struct {
		const char *class, *space, *name;
		enum colour_model model;
	} rows[] = {
		{ "mntr", "RGB ", "RGB", MODEL_RGB },
		{ "spac", "RGB ", "RGB", MODEL_RGB },
		{ "scnr", "GRAY", "grey", MODEL_GREY },
		{ "prtr", "CMYK", "CMYK", MODEL_CMYK },
	};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct err err;
		struct icc_file *file = icc_file_read(header(rows[i].class, rows[i].space), &err);

		assert_non_null(file);
		assert_int_equal(file->model, rows[i].model);
		assert_string_equal(icc_file_model(file), rows[i].name);
		assert_int_equal(file->size_bytes, HEADER_BYTES + 4);
		assert_memory_equal(file->data + 36, "acsp", 4);
		icc_file_free(file);
	}
}

static void check_refused(const char *path, const char *says)
{
	struct err err;

	assert_null(icc_file_read(path, &err));
	if (!strstr(err.text, "--colour '") || !strstr(err.text, path) || !strstr(err.text, says))
		fail_msg("%s", err.text);
}

static void what_pixels_cannot_be_in_is_refused(void **state)
{
	(void)state;
	check_refused(header("link", "RGB "), "is a device link");
	check_refused(header("nmcl", "RGB "), "is a list of named colours");
	check_refused(header("abst", "Lab "), "is an abstract profile");
	check_refused(header("what", "RGB "), "of a class that ICC does not know");
	check_refused(header("mntr", "Lab "), "is not for grey, RGB or CMYK");
	check_refused(header("prtr", "6CLR"), "is not for grey, RGB or CMYK");
}

static void what_is_no_profile_is_refused(void **state)
{
	const char *path = scratch_path(&scratch, "x.icc");
	g_autofree char *big = g_malloc0(ICC_FILE_BYTES_MAX + 1);

	(void)state;
	check_refused(path, "No such file or directory; expected srgb, keep or the file of an ICC profile");
	assert_true(g_file_set_contents(path, "text", 4, NULL));
	check_refused(path, "is no ICC profile; expected srgb");
	assert_true(g_file_set_contents(path, big, ICC_FILE_BYTES_MAX + 1, NULL));
	check_refused(path, "is larger than");
	remove(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	check_refused(path, "is not a regular file");
	remove(path);
	assert_int_equal(mkdir(path, 0700), 0);
	check_refused(path, "is not a regular file");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(its_model_is_that_of_its_header),
		TEST(what_pixels_cannot_be_in_is_refused),
		TEST(what_is_no_profile_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
