#include "cli/recipe.h"

#include <glib.h>
#include <string.h>

#include "check.h"
#include "job/sheet_settings.h"
#include "scratch.h"

struct scene {
	struct scratch scratch;
	struct settings settings;
	struct err err;
};

static int setup(void **state)
{
	struct scene *scene = g_new0(struct scene, 1);

	settings_init(&scene->settings);
	*state = scene;
	return scratch_init(&scene->scratch) ? 0 : -1;
}

static int teardown(void **state)
{
	struct scene *scene = *state;

	settings_finish(&scene->settings);
	scratch_finish(&scene->scratch);
	g_free(scene);
	return 0;
}

static void write_recipe(struct scene *scene, const char *name, const char *text)
{
	assert_true(scratch_write(&scene->scratch, name, text));
}

static int load(struct scene *scene, const char *name)
{
	settings_finish(&scene->settings);
	settings_init(&scene->settings);
	scene->err = (struct err){ REASON_NONE, "" };
	return recipe_load(scratch_path(&scene->scratch, "%s", name), &scene->settings, &scene->err);
}

static void assert_loaded(struct scene *scene, const char *text)
{
	int result;

	write_recipe(scene, "r.ini", text);
	result = load(scene, "r.ini");
	assert_string_equal(scene->err.text, "");
	assert_int_equal(result, 0);
}

static void assert_refused(struct scene *scene, const char *text, const char *why)
{
	write_recipe(scene, "r.ini", text);
	assert_int_equal(load(scene, "r.ini"), -1);
	if (!strstr(scene->err.text, why))
		fail_msg("'%s' is not in: %s", why, scene->err.text);
}

static void an_empty_recipe_changes_nothing(void **state)
{
	struct scene *scene = *state;

	assert_loaded(scene, "");
	assert_int_equal(scene->settings.outputs_count, 1);
	assert_string_equal(scene->settings.outputs[0].label, "");
	assert_loaded(scene, "\xef\xbb\xbf# nothing\r\n\r\n  \t# but comments");
	assert_int_equal(scene->settings.outputs_count, 1);
}

static void each_section_is_an_output_with_what_all_share(void **state)
{
	struct scene *scene = *state;
	const struct output_settings *outputs;

	assert_loaded(scene, "[output web]\n resize = 2048 \nquality=90\n[output  big]\n\n"
			     "[output]\nquality = 70\ncopyright = \xc2\xa9 = me # not a comment\n");
	outputs = scene->settings.outputs;
	assert_int_equal(scene->settings.outputs_count, 2);
	assert_string_equal(outputs[0].label, "web");
	assert_int_equal(outputs[0].resize.width_px, 2048);
	assert_int_equal(outputs[0].quality, 90);
	assert_string_equal(outputs[1].label, "big");
	assert_int_equal(outputs[1].resize.mode, SIZE_KEEP);
	assert_int_equal(outputs[1].quality, 70);
	assert_string_equal(outputs[0].copyright, "\xc2\xa9 = me # not a comment");
	assert_string_equal(outputs[1].copyright, outputs[0].copyright);
}

static void marks_have_sections_of_their_own(void **state)
{
	struct scene *scene = *state;
	const struct mark_settings *marks[MARKS_MAX];
	const struct output_settings *outputs;

	assert_loaded(scene, "[output web]\nwatermarks = text, logo\n[output print]\nwatermarks = logo\n"
			     "watermark-text = own\n[output bare]\n"
			     "[mark]\nwatermark-opacity = 0.5\n"
			     "[mark logo]\nwatermark = l.png\nwatermark-position = nw\n"
			     "[mark text]\nwatermark-text = \xc2\xa9 {date:%Y}\nwatermark-opacity = 1\n");
	outputs = scene->settings.outputs;
	assert_int_equal(settings_marks(&scene->settings, &outputs[0], marks), 2);
	assert_string_equal(marks[0]->text, "\xc2\xa9 {date:%Y}");
	assert_true(marks[0]->opacity == 1 && marks[0]->position == GRAVITY_SE);
	/* of the recipe's folder */
	assert_string_equal(marks[1]->file, scratch_path(&scene->scratch, "l.png"));
	assert_true(marks[1]->opacity == 0.5 && marks[1]->position == GRAVITY_NW);
	assert_int_equal(settings_marks(&scene->settings, &outputs[1], marks), 2);
	assert_string_equal(marks[0]->text, "own");
	assert_string_equal(marks[1]->file, scratch_path(&scene->scratch, "l.png"));
	assert_int_equal(settings_marks(&scene->settings, &outputs[2], marks), 0);
}

static void a_mark_may_be_a_pair(void **state)
{
	struct scene *scene = *state;
	const struct mark_settings *marks[MARKS_MAX];
	const char *files[MARK_VERSIONS_MAX];

	assert_loaded(scene,
		"[output web]\nwatermarks = logo\nwatermark-light = a.png\nwatermark-dark = b.png\n"
		"[mark logo]\nwatermark-light = l.png\nwatermark-dark = d.png\n"
		"watermark-position = calm\n");
	assert_int_equal(settings_marks(&scene->settings, &scene->settings.outputs[0], marks), 2);
	assert_int_equal(marks[0]->position, GRAVITY_SE);
	assert_int_equal(marks[1]->position, GRAVITY_CALM);
	assert_int_equal(settings_mark_files(marks[1], files), 2);
	assert_string_equal(files[0], scratch_path(&scene->scratch, "l.png"));
	assert_string_equal(files[1], scratch_path(&scene->scratch, "d.png"));
}

static void an_included_mark_may_be_changed(void **state)
{
	struct scene *scene = *state;

	write_recipe(scene, "house.ini",
		"[mark logo]\nwatermark-text = a\nwatermark-rotate = 10\n[output]\nwatermarks = logo\n");
	assert_loaded(scene, "include = house.ini\n[mark logo]\nwatermark-rotate = 20\n");
	assert_int_equal(scene->settings.marks_count, 1);
	assert_true(scene->settings.marks[0].mark.rotate_deg == 20);
	assert_string_equal(scene->settings.marks[0].mark.text, "a");
	assert_refused(scene, "[mark a]\nwatermark-text = x\n[mark a]\n", "there is one already, in line 1");
	assert_refused(scene, "[output]\nwatermarks = a\n", ":2: watermarks: there is no [mark a]");
}

static void sheets_have_sections_of_their_own(void **state)
{
	struct scene *scene = *state;
	const struct sheet_settings *sheets;

	assert_loaded(scene, "[output web]\n[output thumb]\n[sheet]\nof = thumb\nquality = 70\n"
			     "[sheet proof]\npage = A5 landscape\ncaption =\nlogo = l.svg\nquality = 60\n"
			     "[sheet paper]\nformat = pdf\nof = web\n");
	sheets = scene->settings.sheets;
	assert_int_equal(scene->settings.sheets_count, 2);
	assert_string_equal(sheets[0].label, "proof");
	assert_int_equal(settings_sheet_output(&scene->settings, &sheets[0]), 1);
	assert_int_equal(settings_sheet_output(&scene->settings, &sheets[1]), 0);
	assert_true(sheets[0].page.width == 210 && sheets[0].page.height == 148);
	assert_null(sheets[0].caption);
	assert_string_equal(sheets[0].logo, scratch_path(&scene->scratch, "l.svg"));
	assert_int_equal(sheets[0].quality, 60);
	assert_int_equal(sheets[1].quality, 70);
	assert_int_equal(sheets[1].format, SHEET_PDF);
	assert_string_equal(sheets[1].caption, "{stem}");
	/* what an output's keys are called, too, is its own */
	assert_int_equal(scene->settings.outputs[0].quality, 82);
}

static void a_sheet_without_a_name_is_one_too(void **state)
{
	struct scene *scene = *state;

	assert_loaded(scene, "[output web]\n");
	assert_int_equal(scene->settings.sheets_count, 0);
	assert_loaded(scene, "[sheet]\nrows = 7\n");
	assert_int_equal(scene->settings.sheets_count, 1);
	assert_string_equal(scene->settings.sheets[0].label, "contact");
	assert_int_equal(scene->settings.sheets[0].rows, 7);
	assert_int_equal(settings_sheet_output(&scene->settings, &scene->settings.sheets[0]), 0);
}

static void a_sheet_shows_an_output_that_there_is(void **state)
{
	struct scene *scene = *state;

	assert_refused(scene, "[output web]\n[sheet]\nof = wbe\n[sheet a]\nof = web\n[sheet b]\n",
		"r.ini:3: of: there is no [output wbe]; did you mean web?");
	assert_refused(scene, "[sheet a]\nof = web\n", "r.ini:2: of: there is no [output web]");
	assert_refused(scene, "[output web]\n[sheet a]\nof =\n",
		"r.ini:3: [sheet a] of '': expected the name of an [output NAME] section");
}

static void without_a_named_section_there_is_one_output(void **state)
{
	struct scene *scene = *state;

	assert_loaded(scene, "[output]\nresize = 100\n");
	assert_int_equal(scene->settings.outputs_count, 1);
	assert_string_equal(scene->settings.outputs[0].label, "");
	assert_int_equal(scene->settings.outputs[0].resize.width_px, 100);
}

static void switches_are_yes_or_no(void **state)
{
	struct scene *scene = *state;

	assert_loaded(scene,
		"[input]\nrecurse = no\nfollow-symlinks = true\n[run]\nno-sandbox = yes\nsync = no\n"
		"[output]\nenlarge = on\noptimize = yes\n");
	assert_false(scene->settings.input.recurse);
	assert_true(scene->settings.input.follow_symlinks);
	assert_false(scene->settings.run.sandbox);
	assert_false(scene->settings.run.sync);
	assert_true(scene->settings.outputs[0].enlarge && scene->settings.outputs[0].optimize);
	assert_loaded(scene,
		"[input]\nno-recurse = no\n[run]\nno-sandbox = no\nverbose = no\n[output]\nenlarge = no\n");
	assert_true(scene->settings.input.recurse && scene->settings.run.sandbox);
	assert_false(scene->settings.outputs[0].enlarge);
	assert_int_equal(scene->settings.run.log_level, LOG_WARNING);
}

static void filters_are_kept_in_their_order(void **state)
{
	struct scene *scene = *state;
	const struct input_settings *input = &scene->settings.input;

	assert_loaded(scene, "[input]\nexclude = *_draft*\ninclude = best_draft*\nexclude = old/\n");
	assert_int_equal(input->filters_count, 3);
	assert_string_equal(input->filters[0].glob, "*_draft*");
	assert_true(input->filters[1].include);
	assert_string_equal(input->filters[2].glob, "old/");
}

static void paths_are_relative_to_their_recipe(void **state)
{
	struct scene *scene = *state;

	write_recipe(scene, "house/studio.ini",
		"[output]\nwatermark = logo.png\ncolour = lab.icc\n[run]\nlog = /tmp/x.log\n");
	write_recipe(
		scene, "jobs/a.ini", "include = ../house/studio.ini\n[run]\nevents = -\nstate = ledger\n");
	assert_int_equal(load(scene, "jobs/a.ini"), 0);
	assert_string_equal(scene->settings.outputs[0].mark.file,
		scratch_path(&scene->scratch, "jobs/../house/logo.png"));
	assert_int_equal(scene->settings.outputs[0].colour, COLOUR_PROFILE);
	assert_string_equal(scene->settings.outputs[0].colour_file,
		scratch_path(&scene->scratch, "jobs/../house/lab.icc"));
	assert_string_equal(scene->settings.run.state, scratch_path(&scene->scratch, "jobs/ledger"));
	assert_string_equal(scene->settings.run.log, "/tmp/x.log");
	assert_string_equal(scene->settings.run.events, "-");
	/* words are no paths */
	write_recipe(scene, "jobs/b.ini", "[output]\ncolour = keep\n");
	assert_int_equal(load(scene, "jobs/b.ini"), 0);
	assert_int_equal(scene->settings.outputs[0].colour, COLOUR_KEEP);
	assert_null(scene->settings.outputs[0].colour_file);
}

static void what_includes_counts_more_than_what_is_included(void **state)
{
	struct scene *scene = *state;

	write_recipe(scene, "studio.ini",
		"[input]\nexclude = old/\n[output]\nquality = 70\n[output web]\nresize = 2048\nmetadata = "
		"all\n");
	assert_loaded(scene,
		"include = studio.ini\ninclude = studio.ini\n"
		"[input]\nexclude = new/\n[output thumb]\nresize = 10\n[output web]\nresize = 1000\n");
	assert_int_equal(scene->settings.outputs_count, 2);
	assert_string_equal(scene->settings.outputs[0].label, "web");
	assert_int_equal(scene->settings.outputs[0].resize.width_px, 1000);
	assert_int_equal(scene->settings.outputs[0].metadata, METADATA_ALL);
	assert_int_equal(scene->settings.outputs[1].quality, 70);
	assert_string_equal(scene->settings.input.filters[2].glob, "new/");
}

static void includes_may_be_nested_but_not_for_ever(void **state)
{
	struct scene *scene = *state;
	char name[32], text[64];

	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "%d.ini", i);
		snprintf(text, sizeof(text), "include = %d.ini\n", i + 1);
		write_recipe(scene, name, text);
	}
	write_recipe(scene, "20.ini", "[output]\nquality = 5\n");
	assert_int_equal(load(scene, "4.ini"), 0);
	assert_int_equal(scene->settings.outputs[0].quality, 5);
	assert_int_equal(load(scene, "0.ini"), -1);
	assert_non_null(strstr(scene->err.text, "16.ini:1: include '17.ini': the 16th within one another"));
}

static void no_more_outputs_than_a_task_holds(void **state)
{
	struct scene *scene = *state;
	GString *text = g_string_new("");

	for (int i = 0; i < 64; i++)
		g_string_append_printf(text, "[output o%d]\n", i);
	assert_loaded(scene, text->str);
	assert_int_equal(scene->settings.outputs_count, 64);
	g_string_append(text, "[output more]\n");
	assert_refused(scene, text->str, "r.ini:65: [output more]: there are 64 outputs already");
	g_string_free(text, TRUE);
}

/* More of these stand in testdata/recipes/wrong, for the program. */
static void mistakes_are_told_with_file_line_and_key(void **state)
{
	struct scene *scene = *state;

	assert_refused(scene, "\n\n[output web]\nresiez = 1\n",
		"r.ini:4: resiez in [output web]: no such key; did you mean resize?");
	assert_refused(scene, "[output web]\nquality = 0\n",
		"r.ini:2: [output web] quality '0': expected a whole number from 1 to 100");
	assert_refused(scene, "[output web]\n[output web]\n",
		"r.ini:2: [output web]: there is one already, in line 1");
	assert_refused(
		scene, "[output \xe2\x80\xae]\n", "r.ini:1: [output \\xe2\\x80\\xae]: expected a name");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(an_empty_recipe_changes_nothing),
		TEST(each_section_is_an_output_with_what_all_share),
		TEST(marks_have_sections_of_their_own),
		TEST(a_mark_may_be_a_pair),
		TEST(an_included_mark_may_be_changed),
		TEST(sheets_have_sections_of_their_own),
		TEST(a_sheet_without_a_name_is_one_too),
		TEST(a_sheet_shows_an_output_that_there_is),
		TEST(without_a_named_section_there_is_one_output),
		TEST(switches_are_yes_or_no),
		TEST(filters_are_kept_in_their_order),
		TEST(paths_are_relative_to_their_recipe),
		TEST(what_includes_counts_more_than_what_is_included),
		TEST(includes_may_be_nested_but_not_for_ever),
		TEST(no_more_outputs_than_a_task_holds),
		TEST(mistakes_are_told_with_file_line_and_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
