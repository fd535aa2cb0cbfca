/* Exit status 2: what is refused before it starts, in which words, and that nothing was written. */
#include <glib.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "end-to-end/picture.h"
#include "end-to-end/place.h"
#include "end-to-end/profiles.h"
#include "end-to-end/program.h"

enum {
	WORDS_MAX = 16
};

/* Run with the arguments in `line` (split at spaces) in the place's folder. */
static void run_line(struct place *place, const char *line, struct ended *ended)
{
	const char *arguments[WORDS_MAX + 1] = { NULL };
	char **words = g_strsplit(line, " ", WORDS_MAX);

	for (int i = 0; words[i]; i++)
		arguments[i] = words[i];
	program_run(&(struct program_options){ .arguments = arguments, .folder = place->folder }, ended);
	g_strfreev(words);
}

/* The line must be refused, saying all of `says` (NULL-terminated) on standard error and nothing else
 * anywhere. */
static void assert_refused(struct place *place, const char *line, const char *const *says)
{
	unsigned long before = tree_sum_all(place->folder);
	struct ended ended;

	run_line(place, line, &ended);
	for (; *says; says++)
		ASSERT_SAYS(ended.err, *says);
	assert_string_equal(ended.out, "");
	if (ended.exit_status != 2)
		print_error("stampmill %s\n", line);
	ASSERT_EXIT(&ended, 2);
	assert_int_equal(tree_sum_all(place->folder), before);
	assert_false(file_exists(place_path(place, "out")));
}

#define ASSERT_REFUSED(place, line, ...) \
	assert_refused(place, line, (const char *const[]){ __VA_ARGS__, NULL })

static void bad_values_name_option_value_and_form(void **state)
{
	static const struct {
		const char *option, *value;
	} rows[] = {
		{ "--resize", "big" },
		{ "--resize", "0" },
		{ "--resize", "-5" },
		{ "--resize", "1600x1200:squeeze" },
		{ "--resize", "99999999" },
		{ "--watermark-position", "middle" },
		{ "--watermark-position", "calmest" },
		{ "--watermark-size", "20" },
		{ "--watermark-size", "0%" },
		{ "--watermark-basis", "area" },
		{ "--watermark-margin", "much" },
		{ "--watermark-opacity", "1.5" },
		{ "--watermark-opacity", "nan" },
		{ "--format", "bmp" },
		{ "--quality", "0" },
		{ "--sharpen", "much" },
		{ "--sharpen", "6" },
		{ "--chroma", "422" },
		{ "--png-compression", "10" },
		{ "--webp-effort", "7" },
		{ "--avif-effort", "-1" },
		{ "--tiff-compression", "zip" },
		{ "--max-bytes", "0" },
		{ "--max-bytes", "300kb" },
		{ "--dpi", "0" },
		{ "--dpi", "72.5" },
		{ "--quality", "101" },
		{ "--quality", "8x" },
		{ "--background", "nocolour" },
		{ "--colour", "cmyk" },
		{ "--metadata", "some" },
		{ "--name", "{nothing}" },
		{ "--name", "../{stem}.{ext}" },
		{ "--on-collision", "maybe" },
		{ "--jobs", "0" },
		{ "--jobs", "many" },
		{ "--timeout", "-1" },
		{ "--rate", "0" },
		{ "--rate", "fast" },
		{ "--timeout", "soon" },
		{ "--retries", "-1" },
		{ "--max-pixels", "0" },
		{ "--max-pixels", "4Q" },
		{ "--fail-on", "sometimes" },
		{ "--progress", "loud" },
		{ "--log-level", "chatty" },
		{ "--sync", "perhaps" },
	};
	struct place *place = *state;

	picture_write_plain(place_path(place, "in/a.jpg"), 60, 40);
	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		char *line = g_strdup_printf("run in out %s %s", rows[i].option, rows[i].value);
		char *joined = g_strdup_printf("run in out %s=%s", rows[i].option, rows[i].value);

		ASSERT_REFUSED(place, line, rows[i].option, rows[i].value, "expected");
		ASSERT_REFUSED(place, joined, rows[i].option, rows[i].value, "expected");
		g_free(line);
		g_free(joined);
	}
}

static void an_option_without_its_value_is_named(void **state)
{
	struct place *place = *state;

	picture_write_plain(place_path(place, "in/a.jpg"), 60, 40);
	ASSERT_REFUSED(place, "run in out --resize", "--resize");
	ASSERT_REFUSED(place, "run in out --enlarge=yes", "--enlarge");
}

static void an_unknown_option_suggests_the_nearest(void **state)
{
	struct place *place = *state;

	picture_write_plain(place_path(place, "in/a.jpg"), 60, 40);
	ASSERT_REFUSED(place, "run in out --resise 100", "--resise", "--resize");
	ASSERT_REFUSED(
		place, "run in out --watermark-postion se", "--watermark-postion", "--watermark-position");
	ASSERT_REFUSED(place, "run in out --qwertyuiop 100", "--qwertyuiop");
}

static void an_unknown_command_suggests_the_nearest(void **state)
{
	struct place *place = *state;

	ASSERT_REFUSED(place, "runn in out", "runn", "'run'");
	ASSERT_REFUSED(place, "docter", "docter", "'doctor'");
	ASSERT_REFUSED(place, "frobnicate", "frobnicate");
}

static void an_input_that_is_not_there_is_refused(void **state)
{
	struct place *place = *state;

	picture_write_plain(place_path(place, "in/a.jpg"), 60, 40);
	ASSERT_REFUSED(place, "run nowhere out", "nowhere");
	ASSERT_REFUSED(place, "run in nowhere out", "nowhere");
	ASSERT_REFUSED(place, "run in", "OUTPUT");
	ASSERT_REFUSED(place, "run", "INPUT");
	ASSERT_REFUSED(place, "run in out --files-from nowhere", "nowhere");
}

static void an_unreadable_mark_is_refused(void **state)
{
	struct place *place = *state;

	picture_write_plain(place_path(place, "in/a.jpg"), 60, 40);
	file_write_text(place_path(place, "notes.txt"), "no picture\n");
	picture_write_plain(place_path(place, "cut.png"), 60, 40);
	file_cut(place_path(place, "cut.png"), 0.5);
	ASSERT_REFUSED(place, "run in out --watermark nowhere.png", "nowhere.png");
	ASSERT_REFUSED(place, "run in out --watermark notes.txt", "notes.txt");
	ASSERT_REFUSED(place, "run in out --watermark in", "in");
	/* text, in the sandbox */
	ASSERT_REFUSED(place, "run in out --watermark-text me --watermark-font Nowhere-Sans", "Nowhere-Sans");
	ASSERT_REFUSED(place, "run in out --watermark-text {stem} --watermark-font Nowhere", "Nowhere");
	ASSERT_REFUSED(place, "run in out --watermark-text \xf4\x8f\xbf\xbd", "U+10FFFD");
	ASSERT_REFUSED(place, "run in out --watermark-text {me}", "{me} is not known");
	ASSERT_REFUSED(place, "run in out --watermark cut.png", "cut.png");
	picture_write_plain(place_path(place, "good.png"), 60, 40);
	ASSERT_REFUSED(place, "run in out --watermark-light good.png", "needs --watermark-dark");
	ASSERT_REFUSED(place, "run in out --watermark-dark good.png", "needs --watermark-light");
	ASSERT_REFUSED(place, "run in out --watermark-light good.png --watermark-dark cut.png", "cut.png");
	ASSERT_REFUSED(
		place, "run in out --watermark-light notes.txt --watermark-dark good.png", "notes.txt");
	ASSERT_REFUSED(place, "run in out --watermark good.png --watermark-dark good.png",
		"--watermark and --watermark-dark", "expected one of the two");
}

static void a_profile_that_pictures_cannot_be_in_is_refused(void **state)
{
	struct place *place = *state;

	picture_write_plain(place_path(place, "in/a.jpg"), 60, 40);
	picture_write_plain(place_path(place, "in/b.png"), 60, 40);
	profile_write_cmyk(place_path(place, "inks.icc"));
	profile_write_grey(place_path(place, "grey.icc"));
	profile_write_link(place_path(place, "link.icc"));
	profile_write(place_path(place, "lab.icc"), cmsCreateLab4Profile(NULL));
	file_copy(place_path(place, "inks.icc"), place_path(place, "cut.icc"));
	file_cut(place_path(place, "cut.icc"), 0.01);
	file_write_text(place_path(place, "notes.txt"), "no profile\n");
	ASSERT_REFUSED(place, "run in out --colour nowhere.icc", "--colour 'nowhere.icc'", "No such file",
		"expected srgb");
	ASSERT_REFUSED(place, "run in out --colour in", "--colour 'in'", "not a regular file");
	ASSERT_REFUSED(place, "run in out --colour notes.txt", "--colour 'notes.txt'", "no ICC profile");
	ASSERT_REFUSED(place, "run in out --colour link.icc", "device link");
	ASSERT_REFUSED(place, "run in out --colour lab.icc", "lab.icc", "abstract");
	ASSERT_REFUSED(place, "run in out --colour cut.icc --format jpeg --on-collision number", "cut.icc",
		"is damaged");
	ASSERT_REFUSED(place, "run in out --colour inks.icc", "in/b.png: would be written as png", "CMYK",
		"inks.icc");
	ASSERT_REFUSED(
		place, "run in out --colour inks.icc --format webp", "is for CMYK, which webp cannot hold");
	ASSERT_REFUSED(
		place, "run in out --colour grey.icc --format webp", "is for grey, which webp cannot hold");
}

static void an_output_that_cannot_be_written_is_refused(void **state)
{
	struct place *place = *state;

	picture_write_plain(place_path(place, "in/a.jpg"), 60, 40);
	file_write_text(place_path(place, "file"), "in the way\n");
	ASSERT_REFUSED(place, "run in file", "file");
	ASSERT_REFUSED(place, "run in file/web", "file/web");
	ASSERT_REFUSED(place, "run in /proc/self/web", "/proc/self/web");
}

/* A copy of the program where everybody can run it, for an ordinary user. */
static const char *program_for_all(struct place *place)
{
	char *copy = place_path(place, "stampmill");
	char *found = g_strconcat("STAMPMILL=", copy, NULL);

	assert_int_equal(chmod(place->folder, 0755), 0);
	file_copy(getenv("STAMPMILL"), copy);
	assert_int_equal(chmod(copy, 0755), 0);
	g_free(found);
	return copy;
}

static void folders_that_the_user_may_not_write_or_read_are_refused(void **state)
{
	struct place *place = *state;
	const char *before = g_strdup(getenv("STAMPMILL"));
	struct ended ended;

	picture_write_plain(place_path(place, "in/a.jpg"), 60, 40);
	folder_make(place_path(place, "locked"));
	assert_int_equal(chmod(place_path(place, "locked"), 0555), 0);
	folder_make(place_path(place, "secret"));
	assert_int_equal(chmod(place_path(place, "secret"), 0), 0);
	setenv("STAMPMILL", program_for_all(place), 1);
	program_run(&(struct program_options){ .arguments = (const char *const[]){ "run", "in", "locked/web",
						       NULL },
			    .folder = place->folder,
			    .as_nobody = 1 },
		&ended);
	ASSERT_SAYS(ended.err, "locked/web");
	ASSERT_EXIT(&ended, 2);
	program_run(&(struct program_options){ .arguments = (const char *const[]){ "run", "secret", "locked",
						       NULL },
			    .folder = place->folder,
			    .as_nobody = 1 },
		&ended);
	ASSERT_SAYS(ended.err, "secret");
	ASSERT_EXIT(&ended, 2);
	setenv("STAMPMILL", before, 1);
	g_free((char *)before);
	assert_int_equal(tree_count(place_path(place, "locked")), 0);
}

static void colliding_names_are_refused_all_of_them_listed(void **state)
{
	struct place *place = *state;

	picture_write_plain(place_path(place, "in/a.jpg"), 60, 40);
	picture_write_plain(place_path(place, "in/a.png"), 60, 40);
	picture_write_plain(place_path(place, "in/deep/B.jpg"), 60, 40);
	picture_write_plain(place_path(place, "in/deep/b.jpg"), 60, 40);
	ASSERT_REFUSED(
		place, "run in out --format jpeg", "in/a.jpg", "in/a.png", "in/deep/B.jpg", "in/deep/b.jpg");
	ASSERT_REFUSED(place, "run in out --name all.jpg", "in/a.jpg", "in/a.png", "2 more");
}

static void an_output_that_is_an_input_is_refused(void **state)
{
	struct place *place = *state;

	picture_write_plain(place_path(place, "in/a.jpg"), 60, 40);
	file_symbolic_link("in", place_path(place, "door"));
	ASSERT_REFUSED(place, "run in in", "a.jpg");
	ASSERT_REFUSED(place, "run in ./in/../in", "a.jpg");
	ASSERT_REFUSED(place, "run in door", "a.jpg");
	ASSERT_REFUSED(place, "run in/a.jpg in", "a.jpg");
}

static void an_output_that_is_linked_to_an_input_is_refused(void **state)
{
	struct place *place = *state;
	unsigned long before;
	struct ended ended;

	picture_write_plain(place_path(place, "in/a.jpg"), 60, 40);
	picture_write_plain(place_path(place, "in/b.jpg"), 60, 40);
	file_hard_link(place_path(place, "in/a.jpg"), place_path(place, "web/a.jpg"));
	file_symbolic_link("../in/b.jpg", place_path(place, "web/b.jpg"));
	before = tree_sum_all(place->folder);
	run_line(place, "run in web", &ended);
	ASSERT_SAYS(ended.err, "web/a.jpg");
	ASSERT_SAYS(ended.err, "web/b.jpg");
	ASSERT_EXIT(&ended, 2);
	assert_int_equal(tree_sum_all(place->folder), before);
}

static int has_begun(void *data)
{
	struct place *place = data;

	return tree_count(place_path(place, "out")) > 0;
}

static void an_output_that_another_run_works_on_is_refused(void **state)
{
	struct place *place = *state;
	struct program program;
	struct ended ended;

	picture_write(place_path(place, "in/a.png"),
		&(struct picture){
			.width_px = 6000, .height_px = 4000, .colour = { 90, 90, 90 }, .alpha = 1 });
	for (int i = 0; i < 20; i++)
		file_hard_link(place_path(place, "in/a.png"), place_path(place, "in/%d.png", i));
	program_start(&program, &(struct program_options){ .folder = place->folder,
					.arguments = (const char *const[]){ "run", "in", "out", NULL } });
	wait_until(has_begun, place, "the first run had begun");
	run_line(place, "run in out", &ended);
	ASSERT_SAYS(ended.err, "out");
	ASSERT_EXIT(&ended, 2);
	assert_int_equal(kill(program.pid, SIGTERM), 0);
	program_end(&program, 100, &ended);
	assert_int_equal(ended.signal, SIGTERM);
	ended_finish(&ended);
}

static void every_reason_is_listed_at_once(void **state)
{
	struct place *place = *state;

	picture_write_plain(place_path(place, "in/a.jpg"), 60, 40);
	picture_write_plain(place_path(place, "in/a.png"), 60, 40);
	ASSERT_REFUSED(place, "run in out --format webp --watermark nowhere.png", "in/a.jpg", "in/a.png",
		"nowhere.png");
}

static void help_and_version_go_to_standard_output(void **state)
{
	struct place *place = *state;
	struct ended ended;
	static const char *const lines[] = { "--help", "run --help", "doctor --help" };

	for (unsigned i = 0; i < G_N_ELEMENTS(lines); i++) {
		run_line(place, lines[i], &ended);
		ASSERT_SAYS(ended.out, "stampmill");
		assert_string_equal(ended.err, "");
		ASSERT_EXIT(&ended, 0);
	}
	run_line(place, "--version", &ended);
	assert_true(g_str_has_prefix(ended.out, "stampmill "));
	ASSERT_EXIT(&ended, 0);
}

static void the_help_of_run_names_every_option_of_the_contract(void **state)
{
	static const char *const names[] = { "--recurse", "--include", "--exclude", "--files-from",
		"--follow-symlinks", "--allow-untrusted", "--resize", "--enlarge", "--watermark",
		"--watermark-light", "--watermark-dark", "--watermark-text", "--watermark-font",
		"--watermark-font-size", "--watermark-colour", "--watermark-outline", "--watermarks",
		"--watermark-shadow", "--watermark-position", "--watermark-size", "--watermark-basis",
		"--watermark-margin", "--watermark-opacity", "--watermark-rotate", "--watermark-spacing",
		"--watermark-oversize", "--format", "--quality", "--chroma", "--png-palette",
		"--png-compression", "--webp-lossless", "--webp-effort", "--avif-effort",
		"--tiff-compression", "--progressive", "--optimize", "--background", "--colour", "--metadata",
		"--copyright", "--artist", "--usage-terms", "--contact-email", "--contact-url",
		"--contact-phone", "--name", "--on-collision", "--jobs", "--dry-run", "--timeout",
		"--retries", "--max-pixels", "--fail-on", "--progress", "--events", "--log", "--log-level",
		"--sync", "--rate" };
	struct place *place = *state;
	struct ended ended;

	run_line(place, "run --help", &ended);
	for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
		ASSERT_SAYS(ended.out, names[i]);
	ASSERT_EXIT(&ended, 0);
}

static void options_that_are_not_built_yet_are_unknown(void **state)
{
	static const char *const later[] = { "--plan=x", "--shard=1/2" };
	struct place *place = *state;

	picture_write_plain(place_path(place, "in/a.jpg"), 60, 40);
	for (unsigned i = 0; i < G_N_ELEMENTS(later); i++) {
		char *line = g_strdup_printf("run in out %s", later[i]);

		ASSERT_REFUSED(place, line, "no such option");
		g_free(line);
	}
}

static void the_doctor_tells_formats_processors_and_colours(void **state)
{
	struct place *place = *state;
	struct ended ended;

	run_line(place, "doctor", &ended);
	ASSERT_SAYS(ended.out, "jpeg");
	ASSERT_SAYS(ended.out, "png");
	ASSERT_SAYS(ended.out, "libvips");
	ASSERT_SAYS(ended.out, "processors");
	ASSERT_SAYS(ended.out, "colours");
	ASSERT_SAYS(ended.out, "palettes");
	ASSERT_EXIT(&ended, 0);
}

#define ROW(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROW(bad_values_name_option_value_and_form),
		ROW(an_option_without_its_value_is_named),
		ROW(an_unknown_option_suggests_the_nearest),
		ROW(an_unknown_command_suggests_the_nearest),
		ROW(an_input_that_is_not_there_is_refused),
		ROW(an_unreadable_mark_is_refused),
		ROW(a_profile_that_pictures_cannot_be_in_is_refused),
		ROW(an_output_that_cannot_be_written_is_refused),
		ROW(folders_that_the_user_may_not_write_or_read_are_refused),
		ROW(colliding_names_are_refused_all_of_them_listed),
		ROW(an_output_that_is_an_input_is_refused),
		ROW(an_output_that_is_linked_to_an_input_is_refused),
		ROW(an_output_that_another_run_works_on_is_refused),
		ROW(every_reason_is_listed_at_once),
		ROW(help_and_version_go_to_standard_output),
		ROW(the_help_of_run_names_every_option_of_the_contract),
		ROW(options_that_are_not_built_yet_are_unknown),
		ROW(the_doctor_tells_formats_processors_and_colours),
	};

	pictures_start("refusals_test");
	return cmocka_run_group_tests_name("refusals", tests, NULL, NULL);
}
