#include "cli/options.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

struct scene {
	struct settings settings;
	struct err err;
};

static int setup(void **state)
{
	struct scene *scene = g_new0(struct scene, 1);

	settings_init(&scene->settings);
	*state = scene;
	return 0;
}

static int teardown(void **state)
{
	struct scene *scene = *state;

	settings_finish(&scene->settings);
	g_free(scene);
	return 0;
}

/* Parses the words (divided by "|") after "run", from scratch. */
static enum parse_outcome parse(struct scene *scene, const char *words)
{
	g_autofree char *line = *words ? g_strconcat("run|", words, NULL) : g_strdup("run");
	g_auto(GStrv) argv = g_strsplit(line, "|", -1);

	settings_finish(&scene->settings);
	settings_init(&scene->settings);
	scene->err = (struct err){ REASON_NONE, "" };
	return options_parse_run((int)g_strv_length(argv), argv, &scene->settings, &scene->err);
}

static void assert_parsed(struct scene *scene, const char *options)
{
	g_autofree char *words = g_strconcat(options, "|in|out", NULL);
	enum parse_outcome outcome = parse(scene, words);

	assert_string_equal(scene->err.text, "");
	assert_int_equal(outcome, PARSE_OK);
}

static void assert_refused(struct scene *scene, const char *words, const char *message)
{
	assert_int_equal(parse(scene, words), PARSE_ERROR);
	assert_string_equal(scene->err.text, message);
}

static void names_before_the_last_are_inputs(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(parse(scene, "a|b|c"), PARSE_OK);
	assert_string_equal(scene->settings.input.inputs[0], "a");
	assert_string_equal(scene->settings.input.inputs[1], "b");
	assert_null(scene->settings.input.inputs[2]);
	assert_string_equal(scene->settings.output_folder, "c");
	assert_int_equal(parse(scene, "--enlarge|a|--quality|5|--|--b|-c"), PARSE_OK);
	assert_string_equal(scene->settings.input.inputs[0], "a");
	assert_string_equal(scene->settings.input.inputs[1], "--b");
	assert_string_equal(scene->settings.output_folder, "-c");
	assert_int_equal(parse(scene, "--files-from|-|out"), PARSE_OK);
	assert_null(scene->settings.input.inputs[0]);
	assert_string_equal(scene->settings.output_folder, "out");
	assert_string_equal(scene->settings.input.files_from, "-");
}

static void missing_names_are_told(void **state)
{
	struct scene *scene = *state;

	assert_refused(scene, "", "no INPUT is given: stampmill run INPUT... OUTPUT");
	assert_refused(scene, "shoot", "only 'shoot' is given: stampmill run INPUT... OUTPUT");
	assert_refused(scene, "--files-from|list", "no OUTPUT is given: stampmill run [INPUT] OUTPUT");
	assert_refused(scene, "in|", "OUTPUT is an empty name: stampmill run INPUT... OUTPUT");
}

static void the_options_of_which_pictures_are_read(void **state)
{
	struct scene *scene = *state;
	const struct input_settings *input = &scene->settings.input;

	assert_parsed(scene, "--no-recurse|--follow-symlinks|--allow-untrusted|-0|--files-from=list");
	assert_false(input->recurse);
	assert_true(input->follow_symlinks && input->allow_untrusted && input->null_separated);
	assert_string_equal(input->files_from, "list");
	assert_parsed(scene, "--no-recurse|--recurse");
	assert_true(input->recurse);
	assert_parsed(scene, "--include|*.jpg|--exclude=*_draft*|--include|-x");
	assert_int_equal(input->filters_count, 3);
	assert_true(input->filters[0].include);
	assert_string_equal(input->filters[0].glob, "*.jpg");
	assert_false(input->filters[1].include);
	assert_string_equal(input->filters[1].glob, "*_draft*");
	assert_string_equal(input->filters[2].glob, "-x");
}

static void the_options_of_what_is_made_are_read(void **state)
{
	struct scene *scene = *state;
	const struct output_settings *output;

	assert_parsed(scene,
		"--resize|800x600:pad|--enlarge|--watermark|caf\xe9.png|--watermark-position|"
		"tile|--watermark-size|"
		"20%|--watermark-basis|long|--watermark-margin|0px|--watermark-opacity|0.5|"
		"--watermark-rotate|-30|--watermark-spacing|5%|--watermark-oversize|skip|--"
		"format|webp|--quality|"
		"90|--progressive|--optimize|--background|#0f8|--colour|keep|--metadata|"
		"copyright|--copyright|"
		"\xc2\xa9 "
		"me|--artist|I|--name|x/"
		"{stem}.{ext}|--on-collision|keep-ext|--windows-names|--dpi|300|--keep-mtime|--"
		"max-bytes|300k|--sharpen|print:low|--chroma|444|--png-palette|--png-compression|9|--webp-"
		"lossless|--webp-effort|6|--avif-effort|0|--tiff-compression|deflate|--usage-terms|{n\xc3\xa9"
		"}|--contact-email|a@b|--contact-url|b.example|--contact-phone|+1");
	output = &scene->settings.outputs[0];
	assert_int_equal(output->resize.mode, SIZE_BOX);
	assert_int_equal(output->resize.fit, BOX_PAD);
	assert_true(output->enlarge && output->progressive && output->optimize);
	assert_string_equal(output->mark.file, "caf\xe9.png");
	assert_int_equal(output->mark.position, GRAVITY_TILE);
	assert_int_equal(output->mark.size.unit, LENGTH_PERCENT);
	assert_int_equal(output->mark.basis, BASIS_LONG);
	assert_int_equal(output->mark.margin.unit, LENGTH_PX);
	assert_true(output->mark.opacity == 0.5);
	assert_true(output->mark.rotate_deg == -30);
	assert_int_equal(output->mark.spacing.unit, LENGTH_PERCENT);
	assert_int_equal(output->mark.oversize, OVERSIZE_SKIP);
	assert_int_equal(output->format, FORMAT_WEBP);
	assert_int_equal(output->quality, 90);
	assert_int_equal(output->background.red, 0);
	assert_int_equal(output->background.green, 255);
	assert_int_equal(output->background.blue, 0x88);
	assert_int_equal(output->colour, COLOUR_KEEP);
	assert_int_equal(output->metadata, METADATA_COPYRIGHT);
	assert_string_equal(output->copyright, "\xc2\xa9 me");
	assert_string_equal(output->artist, "I");
	assert_string_equal(output->usage_terms, "{n\xc3\xa9}");
	assert_string_equal(output->contact.email, "a@b");
	assert_string_equal(output->contact.url, "b.example");
	assert_string_equal(output->contact.phone, "+1");
	assert_string_equal(output->name, "x/{stem}.{ext}");
	assert_true(output->windows_names && output->keep_mtime);
	assert_int_equal(output->dpi, 300);
	assert_int_equal(output->max_bytes, 300000);
	assert_int_equal(output->chroma, CHROMA_444);
	assert_true(output->png_palette && output->webp_lossless);
	assert_int_equal(output->png_compression, 9);
	assert_int_equal(output->webp_effort, 6);
	assert_int_equal(output->avif_effort, 0);
	assert_int_equal(output->tiff_compression, TIFF_DEFLATE);
	assert_true(output->sharpen.radius_px == 1 && output->sharpen.amount == 0.7);
	assert_int_equal(scene->settings.run.on_collision, COLLISION_KEEP_EXT);
}

static void the_options_of_how_it_runs_are_read(void **state)
{
	struct scene *scene = *state;
	const struct run_settings *run = &scene->settings.run;

	assert_parsed(scene,
		"--jobs|4096|--dry-run|--rate|0.5|--timeout|2.5|--retries|0|--max-pixels|1.5G|--fail-on|"
		"warning|--sync|no|"
		"--progress|json|--events|-|--log|x.log|--log-level|debug");
	assert_int_equal(run->jobs, 4096);
	assert_true(run->dry_run);
	assert_true(run->timeout_s == 2.5);
	assert_true(run->rate == 0.5);
	assert_int_equal(run->retries, 0);
	assert_int_equal(run->max_pixels, 1500000000);
	assert_int_equal(run->fail_on, FAIL_ON_WARNING);
	assert_false(run->sync);
	assert_int_equal(run->progress, PROGRESS_JSON);
	assert_string_equal(run->events, "-");
	assert_string_equal(run->log, "x.log");
	assert_int_equal(run->log_level, LOG_DEBUG);
	assert_parsed(scene, "-v");
	assert_int_equal(run->log_level, LOG_INFO);
	assert_parsed(scene, "-vv|-v0");
	assert_int_equal(run->log_level, LOG_DEBUG);
	assert_true(scene->settings.input.null_separated);
}

static void every_word_gives_its_own_value(void **state)
{
	struct scene *scene = *state;

	for (const struct option_row *row = options_table(); row->name; row++) {
		for (int i = 0; row->words && !row->parse && row->words[i]; i++) {
			g_autofree char *option = g_strdup_printf("--%s=%s", row->name, row->words[i]);
			const char *base;
			int value;

			assert_parsed(scene, option);
			base = row->per_output ? (const char *)scene->settings.outputs
					       : (const char *)&scene->settings;
			memcpy(&value, base + row->offset, sizeof(value));
			assert_int_equal(value, i);
		}
	}
	assert_parsed(scene, "--format=avif");
	assert_int_equal(scene->settings.outputs[0].format, FORMAT_AVIF);
	assert_parsed(scene, "--watermark-position=se");
	assert_int_equal(scene->settings.outputs[0].mark.position, GRAVITY_SE);
	assert_parsed(scene, "--watermark-basis=height");
	assert_int_equal(scene->settings.outputs[0].mark.basis, BASIS_HEIGHT);
	assert_parsed(scene, "--metadata=none");
	assert_int_equal(scene->settings.outputs[0].metadata, METADATA_NONE);
	assert_parsed(scene, "--progress=none");
	assert_int_equal(scene->settings.run.progress, PROGRESS_NONE);
}

/* The defaults that help shows are those that settings have. */
static void shown_defaults_are_the_real_ones(void **state)
{
	struct scene *scene = *state;
	struct settings fresh;

	settings_init(&fresh);
	for (const struct option_row *row = options_table(); row->name; row++) {
		const char *base = row->per_output ? (const char *)fresh.outputs : (const char *)&fresh;
		int value;

		if (!row->words || row->parse)
			continue;
		memcpy(&value, base + row->offset, sizeof(value));
		assert_string_equal(row->default_value, row->words[value]);
	}
	assert_parsed(scene, "--sync=yes|--quality=82|--watermark-margin=2%|--max-pixels=400M|--retries=1|"
			     "--watermark-opacity=1|--background=white|--name={dir}/{stem}.{ext}");
	assert_memory_equal(&scene->settings.run, &fresh.run, sizeof(fresh.run));
	assert_int_equal(scene->settings.outputs[0].quality, fresh.outputs[0].quality);
	assert_memory_equal(
		&scene->settings.outputs[0].background, &fresh.outputs[0].background, sizeof(struct rgb));
	assert_string_equal(scene->settings.outputs[0].name, fresh.outputs[0].name);
	settings_finish(&fresh);
}

static void the_options_of_text_are_read(void **state)
{
	struct scene *scene = *state;
	const struct mark_settings *mark;

	assert_parsed(scene,
		"--watermark-text|\xc2\xa9 {date:%Y}|--watermark-font|Serif Bold|"
		"--watermark-font-size|40px|--watermark-colour|#102030|--watermark-outline|black|"
		"--watermark-shadow|none");
	mark = &scene->settings.outputs[0].mark;
	assert_string_equal(mark->text, "\xc2\xa9 {date:%Y}");
	assert_string_equal(mark->style.font, "Serif Bold");
	assert_int_equal(mark->style.size.unit, LENGTH_PX);
	assert_int_equal(mark->style.colour.green, 0x20);
	assert_true(mark->style.outline.is_on);
	assert_false(mark->style.shadow.is_on);
}

static void a_mark_is_a_picture_or_text_or_a_pair(void **state)
{
	static const struct {
		const char *line, *message;
	} rows[] = {
		{ "--watermark|a|--watermark-text|b|in|out", "--watermark and --watermark-text" },
		{ "--watermark|a|--watermark-light|b|in|out", "--watermark and --watermark-light" },
		{ "--watermark-dark|b|--watermark|a|in|out", "--watermark and --watermark-dark" },
		{ "--watermark-text|a|--watermark-light|b|--watermark-dark|c|in|out",
			"--watermark-light and --watermark-text" },
		{ "--watermark-text|a|--watermark-dark|b|in|out", "--watermark-dark and --watermark-text" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *message = g_strconcat(rows[i].message,
			": expected one of the two, as a mark is a picture, text, or a light and a dark "
			"picture",
			NULL);

		assert_refused(*state, rows[i].line, message);
	}
	assert_refused(*state, "--watermark-light|a|in|out",
		"--watermark-light: needs --watermark-dark too: which of the two is stamped is up to the "
		"picture");
	assert_refused(*state, "--watermark-dark|a|in|out",
		"--watermark-dark: needs --watermark-light too: which of the two is stamped is up to the "
		"picture");
}

static void a_pair_counts_as_one_mark_of_two_files(void **state)
{
	struct scene *scene = *state;
	const struct mark_settings *marks[MARKS_MAX];
	const char *files[MARK_VERSIONS_MAX];

	assert_parsed(scene, "--watermark-light|l.png|--watermark-dark|d.png|--watermark-position|calm");
	assert_int_equal(settings_marks(&scene->settings, &scene->settings.outputs[0], marks), 1);
	assert_int_equal(marks[0]->position, GRAVITY_CALM);
	assert_int_equal(settings_mark_files(marks[0], files), 2);
	assert_string_equal(files[0], "l.png");
	assert_string_equal(files[1], "d.png");
}

static void colour_is_a_word_or_a_file_and_the_last_counts(void **state)
{
	struct scene *scene = *state;
	const struct output_settings *output = &scene->settings.outputs[0];

	assert_parsed(scene, "--colour|lab.icc|in|out");
	output = &scene->settings.outputs[0];
	assert_int_equal(output->colour, COLOUR_PROFILE);
	assert_string_equal(output->colour_file, "lab.icc");
	assert_parsed(scene, "--colour|lab.icc|--colour|srgb|in|out");
	output = &scene->settings.outputs[0];
	assert_int_equal(output->colour, COLOUR_SRGB);
	assert_null(output->colour_file);
	assert_refused(
		scene, "--colour||in|out", "--colour '': expected srgb, keep or the file of an ICC profile");
}

static void bad_values_are_told_with_the_expected_form(void **state)
{
	static const char *const bad[][2] = { { "--quality|0", "a whole number from 1 to 100" },
		{ "--quality=101", "a whole number from 1 to 100" }, { "--jobs|0", "from 1 to 4096" },
		{ "--jobs|5000", "from 1 to 4096" }, { "--jobs|", "from 1 to 4096" },
		{ "--resize|big", "a size such as 2048" },
		{ "--format|jpg", "one of keep, jpeg, png, webp, tiff, avif" },
		{ "--watermark-size|0%", "more than 0" }, { "--watermark-size|20", "a share such as 20%" },
		{ "--watermark-margin|-1px", "a share such as 2%" },
		{ "--watermark-text|\xff", "text in UTF-8" }, { "--watermark-text|a\tb", "text in UTF-8" },
		{ "--watermark-text|{artist}", "{artist} is not known" },
		{ "--watermark-shadow|nothing", "or none" }, { "--watermark-rotate|361", "from -360 to 360" },
		{ "--watermark-rotate|--3", "from -360 to 360" },
		{ "--watermark-opacity|1.1", "from 0 to 1" }, { "--watermark|", "the name of a file" },
		{ "--background|#12345", "a colour such as" },
		{ "--background|transparent", "a colour such as" }, { "--copyright|\xff", "text in UTF-8" },
		{ "--name|../{stem}", "not a path below OUTPUT" }, { "--name|{foo}", "{foo} is not known" },
		{ "--timeout|0", "more than 0" }, { "--rate|0", "at least 0.001" },
		{ "--timeout|nan", "a number of seconds" }, { "--max-pixels|1Ki", "k, M or G" },
		{ "--max-pixels|0", "k, M or G" }, { "--max-pixels|1001G", "at most 1000G" },
		{ "--retries|-1", "from 0 to 100" }, { "--include|", "a glob such as" },
		{ "--sync|maybe", "one of yes, no" },
		{ "--fail-on|Error", "one of none, truncated, error, warning" } };
	struct scene *scene = *state;

	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autofree char *words = g_strconcat("in|out|", bad[i][0], NULL);
		g_auto(GStrv) option = g_strsplit_set(bad[i][0], "|=", 2);

		assert_int_equal(parse(scene, words), PARSE_ERROR);
		if (!g_str_has_prefix(scene->err.text, option[0]) || !strstr(scene->err.text, bad[i][1]))
			fail_msg("%s: %s", bad[i][0], scene->err.text);
	}
	assert_refused(
		scene, "--quality|101|in|out", "--quality '101': expected a whole number from 1 to 100");
	assert_refused(scene, "--sync|\xff\n|in|out", "--sync '\\xff\\n': expected one of yes, no");
}

static void values_missing_or_too_many_are_told(void **state)
{
	struct scene *scene = *state;

	assert_refused(scene, "in|out|--resize", "--resize: needs a value: --resize SPEC");
	assert_refused(scene, "in|out|--sync", "--sync: needs a value: --sync yes|no");
	assert_refused(scene, "in|out|--enlarge=yes", "--enlarge: takes no value");
}

static void unknown_options_suggest_the_nearest(void **state)
{
	struct scene *scene = *state;

	assert_refused(scene, "--qualty|5", "--qualty: no such option; did you mean --quality?");
	assert_refused(scene, "--color|srgb", "--color: no such option; did you mean --colour?");
	assert_refused(scene, "--optimise", "--optimise: no such option; did you mean --optimize?");
	assert_refused(scene, "--no-recursive", "--no-recursive: no such option; did you mean --no-recurse?");
	assert_refused(scene, "--prog", "--prog: no such option; did you mean --progress?");
	assert_refused(scene, "--zzz", "--zzz: no such option; see stampmill run --help");
	assert_refused(scene, "-q", "-q: no such option; see stampmill run --help");
	assert_refused(scene, "-rf.jpg", "-rf.jpg: no such option; see stampmill run --help");
	assert_refused(scene, "--\xff\x1b", "--\\xff\\x1b: no such option; see stampmill run --help");
	assert_null(options_nearest("something-quite-different-from-all-that-is-known-and-longer-than-that"));
}

static void what_is_not_built_is_unknown(void **state)
{
	static const char *const later[] = { "plan", "shard" };

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(later); i++)
		assert_null(options_find(later[i]));
}

static void help_and_version_end_the_parsing(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(parse(scene, "--help"), PARSE_HELP);
	assert_int_equal(parse(scene, "in|-h|--nonsense"), PARSE_HELP);
	assert_int_equal(parse(scene, "--version"), PARSE_VERSION);
	assert_int_equal(parse(scene, "--|--help|out"), PARSE_OK);
	assert_int_equal(parse(scene, "--copyright|--help|in|out"), PARSE_OK);
}

static void the_last_of_an_option_counts_and_frees_what_was(void **state)
{
	struct scene *scene = *state;

	assert_parsed(scene, "--name|a|--name|b|--copyright|x|--copyright||--quality|1|--quality|2");
	assert_string_equal(scene->settings.outputs[0].name, "b");
	assert_null(scene->settings.outputs[0].copyright);
	assert_int_equal(scene->settings.outputs[0].quality, 2);
}

static void colours_have_names_and_numbers(void **state)
{
	static const struct {
		const char *text;
		struct rgb rgb;
	} good[] = { { "white", { 255, 255, 255 } }, { "Black", { 0, 0, 0 } }, { "grey", { 128, 128, 128 } },
		{ "#fff", { 255, 255, 255 } }, { "#1a2B3c", { 0x1a, 0x2b, 0x3c } },
		{ "e0e0e0", { 224, 224, 224 } }, { "abc", { 0xaa, 0xbb, 0xcc } } };
	static const char *const bad[] = { "#", "##fff", "#ffff", "#ggg", "fffffff", "0x000000", "whit",
		"rgb(1,2,3)" };
	struct scene *scene = *state;

	for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
		g_autofree char *option = g_strconcat("--background=", good[i].text, NULL);

		assert_parsed(scene, option);
		assert_memory_equal(&scene->settings.outputs[0].background, &good[i].rgb, sizeof(struct rgb));
	}
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autofree char *words = g_strconcat("in|out|--background=", bad[i], NULL);

		assert_int_equal(parse(scene, words), PARSE_ERROR);
	}
}

/* Values of random bytes for every option: taken or told, nothing else. */
static void random_values_are_taken_or_told(void **state)
{
	static const char letters[] = "0123456789.%x:kMGpx#abcdef{}/stem-*[]\\\xc3\xa9\xff ";
	struct scene *scene = *state;
	uint32_t seed = 9;

	for (int round = 0; round < 20000; round++) {
		for (const struct option_row *row = options_table(); row->name; row++) {
			char option[64], value[16], *argv[] = { (char *)"run", option, value, NULL };
			size_t length = (seed >> 16) % sizeof(value);
			enum parse_outcome outcome;

			if (!options_takes_value(row) || (seed >> 24) % 8)
				length = 0;
			for (size_t i = 0; i < length; i++) {
				seed = seed * 1664525 + 1013904223;
				value[i] = letters[(seed >> 16) % (sizeof(letters) - 1)];
			}
			value[length] = '\0';
			seed = seed * 1664525 + 1013904223;
			if (length == 0)
				continue;
			g_snprintf(option, sizeof(option), "--%s", row->name);
			scene->err.text[0] = '\0';
			settings_finish(&scene->settings);
			settings_init(&scene->settings);
			outcome = options_parse_run(3, argv, &scene->settings, &scene->err);
			/* at the best, INPUT and OUTPUT are missing */
			assert_int_equal(outcome, PARSE_ERROR);
			assert_true(scene->err.text[0]);
			assert_true(scene->settings.outputs[0].quality >= 1);
			assert_true(scene->settings.run.max_pixels >= 1);
		}
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(names_before_the_last_are_inputs),
		TEST(missing_names_are_told),
		TEST(the_options_of_which_pictures_are_read),
		TEST(the_options_of_what_is_made_are_read),
		TEST(the_options_of_text_are_read),
		TEST(a_mark_is_a_picture_or_text_or_a_pair),
		TEST(a_pair_counts_as_one_mark_of_two_files),
		TEST(the_options_of_how_it_runs_are_read),
		TEST(every_word_gives_its_own_value),
		TEST(shown_defaults_are_the_real_ones),
		TEST(colour_is_a_word_or_a_file_and_the_last_counts),
		TEST(bad_values_are_told_with_the_expected_form),
		TEST(values_missing_or_too_many_are_told),
		TEST(unknown_options_suggest_the_nearest),
		TEST(what_is_not_built_is_unknown),
		TEST(help_and_version_end_the_parsing),
		TEST(the_last_of_an_option_counts_and_frees_what_was),
		TEST(colours_have_names_and_numbers),
		TEST(random_values_are_taken_or_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
