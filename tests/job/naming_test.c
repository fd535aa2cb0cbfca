#include "job/naming.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"

/* 2024-02-11 14:02:18 */
static const struct facts shot = { .taken_s = 1707660138,
	.exif = { .model = "D 1/x",
		.lens = "..50mm",
		.iso = "400",
		.exposure = "1/250",
		.artist = "\xc3\x84rger" } };
static const struct facts silent;

static void assert_named(const char *template, const char *input, enum format format, const char *name)
{
	struct token_subject subject = { input, "web", format, 2048, 1365, &shot, 86400, 17, NULL };
	struct err err = { REASON_NONE, "" };
	char *path = naming_expand(template, &subject, &err);

	assert_string_equal(err.text, "");
	assert_non_null(path);
	assert_string_equal(path, name);
	free(path);
}

static void assert_refused(const char *template, const char *input, const char *why)
{
	struct token_subject subject = { input, "web", FORMAT_JPEG, 2048, 1365, &shot, 86400, 17, NULL };
	struct err err;

	assert_null(naming_expand(template, &subject, &err));
	if (!strstr(err.text, why))
		fail_msg("%s: %s", template, err.text);
}

static void tokens_are_replaced(void **state)
{
	(void)state;
	assert_named("{dir}/{stem}.{ext}", "a/b/c.jpg", FORMAT_JPEG, "a/b/c.jpg");
	assert_named("{stem}-{width}x{height}.{ext}", "a/c.x.jpg", FORMAT_JPEG, "c.x-2048x1365.jpg");
	assert_named("{{{stem}}}.{ext}", "c.jpg", FORMAT_JPEG, "{c}.jpg");
	assert_named("{output}/{dir}/{stem}.{ext}", "a/c.jpg", FORMAT_JPEG, "web/a/c.jpg");
	assert_named("plain", "c.jpg", FORMAT_JPEG, "plain");
	assert_named("{stem}", "caf\xe9 %s\n.jpg", FORMAT_JPEG, "caf\xe9 %s\n");
}

static void assert_named_by(const struct facts *facts, int64_t changed_s, const char *template,
	const char *input, const char *name)
{
	struct token_subject subject = { input, "Web", FORMAT_JPEG, 2048, 1365, facts, changed_s, 17, NULL };
	struct err err = { REASON_NONE, "" };
	char *path = naming_expand(template, &subject, &err);

	assert_string_equal(err.text, "");
	assert_string_equal(path, name);
	free(path);
}

static void dates_are_the_cameras_else_the_files(void **state)
{
	(void)state;
	assert_named_by(&shot, 0, "{date:%Y/%m-%d_%H%M%S}.jpg", "c.jpg", "2024/02-11_140218.jpg");
	assert_named_by(&shot, 0, "{date}", "c.jpg", "2024-02-11");
	assert_named_by(&shot, 0, "{date:%j|none}", "c.jpg", "042");
	setenv("TZ", "UTC-9", 1);
	assert_named_by(&shot, 0, "{date:%H}", "c.jpg", "14");
	assert_named_by(&silent, 86400, "{date:%Y-%m-%d_%H}", "c.jpg", "1970-01-02_09");
	assert_named_by(NULL, 86400, "{date:%Y|undated}/{stem}", "c.jpg", "undated/c");
	unsetenv("TZ");
}

static void what_the_camera_wrote_makes_no_folder_and_no_hidden_file(void **state)
{
	(void)state;
	assert_named_by(&shot, 0, "{exif:Model}", "c.jpg", "D 1-x");
	assert_named_by(
		&shot, 0, "{exif:LensModel}-{exif:ISO}-{exif:ExposureTime}", "c.jpg", "--50mm-400-1-250");
	assert_named_by(&shot, 0, "{exif:Make}", "c.jpg", "unknown");
	assert_named_by(&silent, 0, "{exif:Model|no camera}/{stem}", "c.jpg", "no camera/c");
	assert_named_by(&silent, 0, "{exif:Model|}/{stem}", "c.jpg", "c");
}

static void numbers_have_as_many_digits_as_asked(void **state)
{
	(void)state;
	assert_named_by(&shot, 0, "{seq}-{seq:1}-{seq:4}.{ext}", "c.jpg", "17-17-0017.jpg");
	assert_refused("{seq:0}", "c.jpg", "{seq:0}: expected a number of digits from 1 to 9");
	assert_refused("{seq:12}", "c.jpg", "{seq:12}: expected a number of digits");
	assert_true(tokens_count("{dir}/{{{seq:4}}}.{ext}"));
	assert_false(tokens_count("{dir}/{{seq}}.{ext}") || tokens_count("{") || tokens_count("{exif:seq}"));
}

static void case_changes_on_request(void **state)
{
	(void)state;
	assert_named_by(&shot, 0, "{output:lower}/{stem:upper}.{ext:lower}", "\xc3\xa4 \xc3\x9f.JPG",
		"web/\xc3\x84 SS.jpg");
	assert_named_by(&shot, 0, "{dir:lower}/{stem:lower}", "A\xe4/B\xff.jpg", "a\xe4/b\xff");
}

static void arguments_are_checked_whatever_the_picture(void **state)
{
	struct err err;

	(void)state;
	assert_refused("{exif:Colour}", "c.jpg", "{exif:Colour}: expected one of Make, Model");
	assert_refused("{exif}", "c.jpg", "{exif:}: expected one of Make");
	assert_refused("{date:%Q}", "c.jpg", "{date:%Q}: expected a date such as %Y-%m-%d");
	assert_refused("{date:%", "c.jpg", "a single {");
	assert_refused("{width:3}", "c.jpg", "{width:3}: expected nothing after the colon");
	assert_refused("{stem:title}", "c.jpg", "{stem:title}: expected lower or upper");
	/* what only some pictures would come to */
	assert_int_equal(naming_check("{exif:Model|../x}/{stem}", &err), -1);
	assert_int_equal(naming_check("{exif:Model|}", &err), -1);
	assert_int_equal(naming_check("{date:%Y|}/{stem}", &err), 0);
}

static void names_for_windows_have_nothing_that_it_cannot_have(void **state)
{
	static const struct {
		const char *path, *result;
	} rows[] = { { "a/b.jpg", "a/b.jpg" }, { "a:b?/<c>|\"*.jpg", "a_b_/_c____.jpg" },
		{ "a./b .", "a_/b _" }, { "con/Nul.jpg", "_con/_Nul.jpg" }, { "com1.x/com0", "_com1.x/com0" },
		{ "console/com10", "console/com10" }, { "a\\b\x01", "a_b_" }, { "\xe4", "\xef\xbf\xbd" },
		{ ".a", ".a" } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *result = naming_for_windows(rows[i].path);

		assert_string_equal(result, rows[i].result);
		free(result);
	}
}

static void an_empty_folder_leaves_no_slash(void **state)
{
	(void)state;
	assert_named("{dir}/{stem}.{ext}", "c.jpg", FORMAT_JPEG, "c.jpg");
	assert_named("thumbs/{dir}/{stem}.{ext}", "c.jpg", FORMAT_JPEG, "thumbs/c.jpg");
	assert_named("x{dir}/{stem}.{ext}", "c.jpg", FORMAT_JPEG, "x/c.jpg");
	assert_named("{dir}{stem}.{ext}", "c.jpg", FORMAT_JPEG, "c.jpg");
	assert_refused("{stem}/{dir}", "c.jpg", "not a path below OUTPUT");
}

static void the_extension_is_the_inputs_spelling_where_it_fits(void **state)
{
	(void)state;
	assert_named("{stem}.{ext}", "c.JpEg", FORMAT_JPEG, "c.JpEg");
	assert_named("{stem}.{ext}", "c.TIFF", FORMAT_TIFF, "c.TIFF");
	assert_named("{stem}.{ext}", "c.JPG", FORMAT_WEBP, "c.webp");
	assert_named("{stem}.{ext}", "c.heic", FORMAT_JPEG, "c.jpg");
	assert_named("{stem}.{ext}", "c", FORMAT_JPEG, "c.jpg");
	assert_named("{stem}.{ext}", "c.", FORMAT_TIFF, "c..tif");
	assert_named("{stem}.{ext}", "c.png", FORMAT_JPEG, "c.jpg");
}

static void unknown_tokens_are_told_with_the_known_ones(void **state)
{
	(void)state;
	assert_refused("{name}", "c.jpg",
		"{name} is not known; there are {dir} {stem} {ext} {output} {width} {height}");
	assert_refused("{}", "c.jpg", "{} is not known");
	assert_refused("{stem", "c.jpg", "a single {");
	assert_refused("stem}", "c.jpg", "a single }");
	assert_refused("{stem{", "c.jpg", "a single {");
	assert_refused("{sequence:4}", "c.jpg", "{sequence:4} is not known");
}

static void a_name_never_leaves_the_output_folder(void **state)
{
	static const char *const bad[] = { "", "/{stem}", "../{stem}", "a/../{stem}", "./{stem}", "{stem}/",
		"a//{stem}", "{dir}/..", "..", "." };
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_refused(bad[i], "x/c.jpg", "not a path below OUTPUT");
		assert_int_equal(naming_check(bad[i], &err), -1);
	}
	assert_int_equal(naming_check("{dir}/{stem}.{ext}", &err), 0);
	assert_int_equal(naming_check("{foo}", &err), -1);
	/* a stem of one dot */
	assert_refused("{stem}", "..jpg", "not a path below OUTPUT");
}

static void names_too_long_for_a_file_system_are_told(void **state)
{
	char input[301], long_path[4097];
	struct err err;

	(void)state;
	memset(input, 'a', 300);
	input[251] = '\0';
	assert_int_equal(strlen(input), 251);
	strcat(input, ".jpg");
	assert_refused("{stem}.jpeg", input, "a name of 256 bytes, and file systems take 255");
	memset(long_path, 'a', sizeof(long_path) - 1);
	long_path[4096] = '\0';
	for (size_t i = 200; i < 4096; i += 200)
		long_path[i] = '/';
	assert_int_equal(naming_check_path(long_path, &err), -1);
	assert_non_null(strstr(err.text, "a path of 4096 bytes"));
	long_path[4095] = '\0';
	assert_int_equal(naming_check_path(long_path, &err), 0);
}

static void text_goes_before_the_extension(void **state)
{
	static const struct {
		const char *path, *result;
	} examples[] = { { "a/b.jpg", "a/b-2.jpg" }, { "b", "b-2" }, { "a.x/b", "a.x/b-2" },
		{ "b.tar.gz", "b.tar-2.gz" }, { "a/.b", "a/.b-2" }, { "b.", "b.-2" } };

	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		char *result = naming_insert(examples[i].path, "-2");

		assert_string_equal(result, examples[i].result);
		free(result);
	}
}

static void random_templates_give_a_path_beneath_or_a_reason(void **state)
{
	static const char *const pieces[] = { "{", "}", "{dir}", "{stem}", "{ext}", "/", ".", "..", "{{",
		"}}", "{width}", "x", "\xff", "{di" };
	uint32_t seed = 11;

	(void)state;
	for (int round = 0; round < 50000; round++) {
		char template[80] = "";
		struct token_subject subject = { round % 2 ? "c.jpg" : "a/b/.c..d", "", FORMAT_PNG, 1, 2,
			&shot, 0, 0, NULL };
		struct err err = { REASON_NONE, "" };
		char *path;

		for (int i = 0; i < 8; i++) {
			seed = seed * 1664525 + 1013904223;
			strcat(template, pieces[(seed >> 16) % 14]);
		}
		path = naming_expand(template, &subject, &err);
		if (path)
			assert_int_equal(naming_check_path(path, &err), 0);
		else
			assert_true(err.text[0]);
		free(path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokens_are_replaced),
		cmocka_unit_test(dates_are_the_cameras_else_the_files),
		cmocka_unit_test(what_the_camera_wrote_makes_no_folder_and_no_hidden_file),
		cmocka_unit_test(numbers_have_as_many_digits_as_asked),
		cmocka_unit_test(case_changes_on_request),
		cmocka_unit_test(arguments_are_checked_whatever_the_picture),
		cmocka_unit_test(names_for_windows_have_nothing_that_it_cannot_have),
		cmocka_unit_test(an_empty_folder_leaves_no_slash),
		cmocka_unit_test(the_extension_is_the_inputs_spelling_where_it_fits),
		cmocka_unit_test(unknown_tokens_are_told_with_the_known_ones),
		cmocka_unit_test(a_name_never_leaves_the_output_folder),
		cmocka_unit_test(names_too_long_for_a_file_system_are_told),
		cmocka_unit_test(text_goes_before_the_extension),
		cmocka_unit_test(random_templates_give_a_path_beneath_or_a_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
