#include "job/plan.h"

#include <glib.h>

#include "check.h"
#include "job/collide.h"
#include "scratch.h"

#define WRITABLE \
	(FORMAT_BIT(FORMAT_JPEG) | FORMAT_BIT(FORMAT_PNG) | FORMAT_BIT(FORMAT_WEBP) | FORMAT_BIT(FORMAT_TIFF))

/* A scan that was never run: inputs by name, each a JPEG of 600 x 400 unless the test says otherwise. */
struct scene {
	struct settings settings;
	struct scan_root root;
	struct scan scan;
	struct probe_verdict *probed;
	struct plan *plan;
};

static int setup(void **state)
{
	struct scene *scene = g_new0(struct scene, 1);

	settings_init(&scene->settings);
	scene->settings.output_folder = g_strdup("/nowhere/web");
	scene->root = (struct scan_root){ (char *)"shoot", -1 };
	scene->scan.roots = &scene->root;
	scene->scan.roots_count = 1;
	*state = scene;
	return 0;
}

static int teardown(void **state)
{
	struct scene *scene = *state;

	plan_free(scene->plan);
	for (size_t i = 0; i < scene->scan.inputs_count; i++)
		g_free(scene->scan.inputs[i].path);
	g_free(scene->scan.inputs);
	g_free(scene->probed);
	settings_finish(&scene->settings);
	g_free(scene);
	return 0;
}

static void add_input(struct scene *scene, const char *path)
{
	size_t count = ++scene->scan.inputs_count, room = (count | 4095) + 1;

	if (count == 1 || count % 4096 == 0) {
		scene->scan.inputs = g_renew(struct input, scene->scan.inputs, room);
		scene->probed = g_renew(struct probe_verdict, scene->probed, room);
	}
	scene->scan.inputs[count - 1] = (struct input){ .path = g_strdup(path), .inode = 1000000 + count };
	scene->probed[count - 1] = (struct probe_verdict){ .facts = { FORMAT_JPEG, 600, 400, 1, 1, MODEL_RGB,
								   8, .chroma_h = 1, .chroma_v = 1 } };
}

/* Names divided by "|". */
static void add_inputs(struct scene *scene, const char *paths)
{
	g_auto(GStrv) words = g_strsplit(paths, "|", -1);

	for (char **word = words; *word; word++)
		add_input(scene, *word);
}

static void make_plan(struct scene *scene)
{
	plan_free(scene->plan);
	scene->plan = plan_new(&scene->settings, &scene->scan, scene->probed, WRITABLE);
}

static const char *output(const struct scene *scene, size_t input)
{
	return scene->plan->inputs[input].outputs[0].path;
}

static void assert_outputs(struct scene *scene, const char *paths)
{
	g_autoptr(GString) found = g_string_new("");

	make_plan(scene);
	for (size_t i = 0; i < scene->scan.inputs_count; i++)
		g_string_append_printf(found, "%s%s", i ? "|" : "", output(scene, i));
	assert_string_equal(found->str, paths);
}

static void assert_problem(const struct scene *scene, size_t index, const char *words)
{
	assert_true(index < scene->plan->problems_count);
	assert_string_equal(scene->plan->problems[index].text, words);
}

static void pictures_are_made_and_others_left_alone_or_failed(void **state)
{
	struct scene *scene = *state;

	add_inputs(scene, "a.jpg|b.txt|c.nef|d.jpg");
	err_set(&scene->probed[1].err, REASON_NOT_A_PICTURE, "not a picture");
	err_set(&scene->probed[2].err, REASON_CAMERA_RAW, "raw");
	err_set(&scene->probed[3].err, REASON_CORRUPT, "corrupt");
	make_plan(scene);
	assert_int_equal(scene->plan->inputs[0].action, ACTION_MAKE);
	assert_null(scene->plan->inputs[0].err);
	assert_string_equal(output(scene, 0), "a.jpg");
	assert_int_equal(scene->plan->inputs[0].outputs[0].geometry.out_width_px, 600);
	assert_int_equal(scene->plan->inputs[1].action, ACTION_SKIP);
	assert_int_equal(scene->plan->inputs[2].action, ACTION_SKIP);
	assert_int_equal(scene->plan->inputs[3].action, ACTION_FAIL);
	assert_null(scene->plan->inputs[3].outputs);
	assert_string_equal(scene->plan->inputs[3].err->text, "corrupt");
	assert_int_equal(scene->plan->problems_count, 0);
}

static void the_other_file_of_a_shot_is_skipped_and_names_the_one_that_is_taken(void **state)
{
	struct scene *scene = *state;

	add_inputs(scene, "a.NEF|a.jpg");
	scene->probed[0].taken_instead = 2;
	scene->probed[0].facts.raw.source = RAW_PREVIEW;
	make_plan(scene);
	assert_int_equal(scene->plan->inputs[0].action, ACTION_SKIP);
	assert_int_equal(scene->plan->inputs[0].err->reason, REASON_CAMERA_RAW);
	assert_string_equal(scene->plan->inputs[0].err->text,
		"the camera's own picture of this shot, shoot/a.jpg, is taken (--raw-pairs)");
	assert_string_equal(output(scene, 1), "a.jpg");
	scene->probed[0].taken_instead = 0;
	make_plan(scene);
	assert_int_equal(scene->plan->problems_count, 1); /* both want one name */
	scene->probed[1].taken_instead = 1;
	make_plan(scene);
	assert_int_equal(scene->plan->problems_count, 0);
	assert_string_equal(scene->plan->inputs[1].err->text,
		"the raw file of this shot, shoot/a.NEF, is taken (--raw-pairs)");
}

static void a_format_that_cannot_be_written_becomes_jpeg_or_png(void **state)
{
	struct scene *scene = *state;

	add_inputs(scene, "a.heic|b.gif|c.gif|d.avif|e.TIFF|f.webp");
	scene->probed[0].facts.format = FORMAT_HEIC;
	scene->probed[1].facts.format = scene->probed[2].facts.format = FORMAT_GIF;
	scene->probed[2].facts.alpha = true;
	scene->probed[3].facts.format = FORMAT_AVIF;
	scene->probed[4].facts.format = FORMAT_TIFF;
	scene->probed[5].facts.format = FORMAT_WEBP;
	assert_outputs(scene, "a.jpg|b.jpg|c.png|d.jpg|e.TIFF|f.webp");
	scene->settings.outputs[0].format = FORMAT_WEBP;
	assert_outputs(scene, "a.webp|b.webp|c.webp|d.webp|e.webp|f.webp");
	scene->settings.outputs[0].format = FORMAT_AVIF;
	make_plan(scene);
	assert_problem(scene, 0, "--format avif: this build cannot write that");
}

static void a_profile_that_a_format_does_not_hold_is_a_problem(void **state)
{
	struct scene *scene = *state;
	struct output_settings *output_settings = &scene->settings.outputs[0];

	add_inputs(scene, "a.jpg|b.png|c.webp");
	scene->probed[1].facts.format = FORMAT_PNG;
	scene->probed[2].facts.format = FORMAT_WEBP;
	output_settings->colour = COLOUR_PROFILE;
	output_settings->colour_file = g_strdup("x.icc");
	output_settings->colour_profile = g_new0(struct icc_file, 1);
	output_settings->colour_profile->model = MODEL_RGB;
	make_plan(scene);
	assert_int_equal(scene->plan->problems_count, 0);
	output_settings->colour_profile->model = MODEL_GREY;
	make_plan(scene);
	assert_int_equal(scene->plan->problems_count, 1);
	assert_problem(scene, 0,
		"shoot/c.webp: would be written as webp, which cannot hold the grey of --colour x.icc");
	output_settings->format = FORMAT_PNG;
	output_settings->colour_profile->model = MODEL_CMYK;
	make_plan(scene);
	assert_problem(scene, 0, "--colour x.icc: is for CMYK, which png cannot hold");
}

static void sizes_are_those_of_the_upright_picture(void **state)
{
	struct scene *scene = *state;

	add_inputs(scene, "a.jpg");
	scene->probed[0].facts.orientation = 6;
	assert_true(size_spec_parse("300x", &scene->settings.outputs[0].resize));
	g_free(scene->settings.outputs[0].name);
	scene->settings.outputs[0].name = g_strdup("{stem}-{width}x{height}.{ext}");
	assert_outputs(scene, "a-300x450.jpg");
}

static void a_picture_too_large_for_its_format_fails_alone(void **state)
{
	struct scene *scene = *state;

	add_inputs(scene, "a.jpg|b.jpg");
	scene->probed[0].facts.width_px = 20000;
	scene->settings.outputs[0].format = FORMAT_WEBP;
	make_plan(scene);
	assert_int_equal(scene->plan->inputs[0].action, ACTION_FAIL);
	assert_int_equal(scene->plan->inputs[0].err->reason, REASON_UNSUPPORTED);
	assert_string_equal(scene->plan->inputs[0].err->text,
		"it would be 20000 x 400 pixels, and webp holds 16383 on a side at most");
	assert_int_equal(scene->plan->inputs[1].action, ACTION_MAKE);
	assert_int_equal(scene->plan->problems_count, 0);
}

static void enlarging_beyond_max_pixels_fails(void **state)
{
	struct scene *scene = *state;

	add_inputs(scene, "a.jpg");
	scene->settings.outputs[0].enlarge = true;
	assert_true(size_spec_parse("10000%", &scene->settings.outputs[0].resize));
	make_plan(scene);
	assert_int_equal(scene->plan->inputs[0].err->reason, REASON_TOO_MANY_PIXELS);
	/* a crop of a huge scaled picture is huge work too */
	assert_true(size_spec_parse("40000x10:cover", &scene->settings.outputs[0].resize));
	make_plan(scene);
	assert_int_equal(scene->plan->inputs[0].err->reason, REASON_TOO_MANY_PIXELS);
}

static void colliding_names_are_problems(void **state)
{
	struct scene *scene = *state;

	add_inputs(scene, "a.heic|a.jpg|b.jpg|c/A.jpg|c/a.JPG|c/a.jpg");
	scene->probed[0].facts.format = FORMAT_HEIC;
	make_plan(scene);
	assert_int_equal(scene->plan->problems_count, 2);
	assert_problem(scene, 0, "/nowhere/web/a.jpg: would be made of shoot/a.heic and of shoot/a.jpg");
	assert_problem(scene, 1,
		"/nowhere/web/c/A.jpg: is the same name as /nowhere/web/c/a.JPG on Windows and macOS (made "
		"of "
		"shoot/c/A.jpg and of shoot/c/a.JPG and 1 more)");
}

static void outputs_of_one_name_are_told_once(void **state)
{
	struct scene *scene = *state;

	settings_name_outputs(&scene->settings, (const char *const[]){ "web", "thumb", "big" }, 3);
	g_free(scene->settings.outputs[2].name);
	scene->settings.outputs[2].name = g_strdup("{output}/{stem}.{ext}");
	add_inputs(scene, "a.jpg|b.jpg|c.jpg");
	make_plan(scene);
	assert_int_equal(scene->plan->problems_count, 1);
	assert_problem(scene, 0,
		"/nowhere/web/a.jpg: would be made as [output web] and as [output thumb]; a name with "
		"{output} tells "
		"them apart");
	assert_string_equal(scene->plan->inputs[0].outputs[2].path, "big/a.jpg");
}

static void names_are_compared_after_normalisation_and_folding(void **state)
{
	static const char *const same[][2] = { { "caf\xc3\xa9", "cafe\xcc\x81" },
		{ "CAF\xc3\x89", "caf\xc3\xa9" },
		{ "stra\xc3\x9f"
		  "e",
			"STRASSE" },
		{ "\xce\xa3", "\xcf\x82" }, { "A/B", "a/b" }, { "X\xe9", "x\xe9" } };
	static const char *const different[][2] = { { "cafe", "caf\xc3\xa9" }, { "a\xe9", "a\xc9" },
		{ "a", "a " }, { "a", "b" } };

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		g_autofree char *one = collide_key(same[i][0]), *other = collide_key(same[i][1]);

		assert_string_equal(one, other);
	}
	for (size_t i = 0; i < sizeof(different) / sizeof(different[0]); i++) {
		g_autofree char *one = collide_key(different[i][0]), *other = collide_key(different[i][1]);

		assert_string_not_equal(one, other);
	}
}

static void a_file_and_a_folder_of_one_name_collide(void **state)
{
	struct scene *scene = *state;

	add_inputs(scene, "A/b.jpg|a.jpg|x/y/z.jpg|x.jpg|x/y.jpg");
	g_free(scene->settings.outputs[0].name);
	scene->settings.outputs[0].name = g_strdup("{dir}/{stem}");
	make_plan(scene);
	assert_int_equal(scene->plan->problems_count, 3);
	assert_problem(scene, 0, "/nowhere/web/a: would be a file, and the folder of /nowhere/web/A/b");
	assert_problem(scene, 1, "/nowhere/web/x: would be a file, and the folder of /nowhere/web/x/y/z");
	assert_problem(scene, 2, "/nowhere/web/x/y: would be a file, and the folder of /nowhere/web/x/y/z");
	scene->settings.run.on_collision = COLLISION_NUMBER;
	assert_outputs(scene, "A/b|a-2|x/y/z|x-2|x/y-2");
	assert_int_equal(scene->plan->problems_count, 0);
}

static void numbers_never_take_a_name_that_is_wanted(void **state)
{
	struct scene *scene = *state;

	scene->settings.run.on_collision = COLLISION_NUMBER;
	add_inputs(scene, "a.gif|a.heic|a.jpg|A-3.jpg|a-2.jpg|b.jpg");
	scene->probed[0].facts.format = FORMAT_GIF;
	scene->probed[1].facts.format = FORMAT_HEIC;
	assert_outputs(scene, "a.jpg|a-4.jpg|a-5.jpg|A-3.jpg|a-2.jpg|b.jpg");
	assert_int_equal(scene->plan->problems_count, 0);
}

static void keep_ext_keeps_what_tells_them_apart(void **state)
{
	struct scene *scene = *state;

	scene->settings.run.on_collision = COLLISION_KEEP_EXT;
	add_inputs(scene, "a.heic|a.jpg|b.heic|c.JPG|c.jpg");
	scene->probed[0].facts.format = scene->probed[2].facts.format = FORMAT_HEIC;
	assert_outputs(scene, "a.heic.jpg|a.jpg|b.jpg|c.JPG|c.jpg");
	/* nothing tells c.JPG and c.jpg apart on Windows */
	assert_int_equal(scene->plan->problems_count, 1);
	scene->settings.outputs[0].format = FORMAT_PNG;
	assert_outputs(scene, "a.heic.png|a.jpg.png|b.png|c.JPG.png|c.jpg.png");
}

static void a_name_made_too_long_by_its_number_is_a_problem(void **state)
{
	struct scene *scene = *state;
	g_autofree char *stem = g_strnfill(251, 'n'), *jpg = g_strconcat(stem, ".jpg", NULL);
	g_autofree char *upper = g_strconcat(stem, ".JPG", NULL), *jpeg = g_strconcat(stem, ".gif", NULL);

	scene->settings.run.on_collision = COLLISION_NUMBER;
	add_input(scene, jpg);
	add_input(scene, upper);
	make_plan(scene);
	assert_int_equal(scene->plan->problems_count, 1);
	assert_non_null(strstr(scene->plan->problems[0].text, "a name of 257 bytes"));
	assert_non_null(strstr(scene->plan->problems[0].text, "...nnn"));
	/* and one that the extension makes too long */
	scene->settings.outputs[0].format = FORMAT_WEBP;
	make_plan(scene);
	assert_non_null(strstr(scene->plan->problems[0].text, "cannot be named: a name of 256 bytes"));
	assert_string_equal(output(scene, 0), "");
}

static void problems_are_capped_and_counted(void **state)
{
	struct scene *scene = *state;

	for (int i = 0; i < 2345; i++) {
		g_autofree char *one = g_strdup_printf("%04d.jpg", i), *two = g_strdup_printf("%04d.JPG", i);

		add_input(scene, one);
		add_input(scene, two);
	}
	make_plan(scene);
	assert_int_equal(scene->plan->problems_count, PLAN_PROBLEMS_MAX + 1);
	assert_problem(scene, PLAN_PROBLEMS_MAX, "and 1,345 more");
}

/* A folder with real inputs, scanned as the program does. */
static void scan_and_plan(struct scene *scene, struct scan *scan, const char *folder)
{
	struct err err;
	size_t count;

	g_strfreev(scene->settings.input.inputs);
	scene->settings.input.inputs = g_strsplit(folder, "|", -1);
	plan_free(scene->plan);
	scene->plan = NULL;
	scan_finish(scan);
	assert_int_equal(scan_run(scan, &scene->settings, &err), 0);
	count = scan->inputs_count;
	g_free(scene->probed);
	scene->probed = g_new0(struct probe_verdict, count);
	for (size_t i = 0; i < count; i++)
		scene->probed[i].facts = (struct facts){ FORMAT_JPEG, 600, 400, 1, 1, MODEL_RGB, 8,
			.chroma_h = 1, .chroma_v = 1 };
	scene->plan = plan_new(&scene->settings, scan, scene->probed, WRITABLE);
}

static void an_output_that_is_an_input_is_a_problem(void **state)
{
	struct scene *scene = *state;
	struct scratch scratch;
	struct scan scan = { NULL };

	assert_true(scratch_init(&scratch));
	assert_int_equal(chdir(scratch.path), 0);
	assert_true(scratch_write(&scratch, "in/a.jpg", "a") && scratch_write(&scratch, "in/b.jpg", "b") &&
		    scratch_write(&scratch, "in/c.jpg", "c") && scratch_write(&scratch, "in/d.jpg", "d") &&
		    scratch_write(&scratch, "out/d.jpg", "old"));
	assert_int_equal(link("in/a.jpg", "out/a.jpg"), 0);
	assert_int_equal(symlink("../in/a.jpg", "out/b.jpg"), 0);
	assert_int_equal(mkdir("out/c.jpg", 0777), 0);
	g_free(scene->settings.output_folder);
	scene->settings.output_folder = g_strdup("out/");
	scan_and_plan(scene, &scan, "in");
	assert_int_equal(scene->plan->problems_count, 3);
	assert_problem(scene, 0, "out/a.jpg: would overwrite an input: it is in/a.jpg");
	assert_problem(scene, 1, "out/b.jpg: would overwrite an input: it is in/a.jpg");
	assert_problem(scene, 2, "out/c.jpg: is a folder");

	/* the same folder, by another name */
	assert_int_equal(symlink("in", "link"), 0);
	g_free(scene->settings.output_folder);
	scene->settings.output_folder = g_strdup("link");
	scan_and_plan(scene, &scan, "in");
	assert_int_equal(scene->plan->problems_count, 4);
	assert_problem(scene, 3, "link/d.jpg: would overwrite an input: it is in/d.jpg");

	/* new names in the same folder harm nobody */
	g_free(scene->settings.outputs[0].name);
	scene->settings.outputs[0].name = g_strdup("{stem}_web.{ext}");
	scan_and_plan(scene, &scan, "in");
	assert_int_equal(scene->plan->problems_count, 0);
	plan_free(scene->plan);
	scene->plan = NULL;
	scan_finish(&scan);
	assert_int_equal(chdir("/"), 0);
	scratch_finish(&scratch);
}

/* Names of every kind that people and cameras give. */
static void the_corpus_of_odd_names_collides_where_windows_would(void **state)
{
	const char *corpus = getenv("STAMPMILL_CORPUS");
	char archive[4096], command[4200];
	struct scene *scene = *state;
	struct scratch scratch;
	struct scan scan = { NULL };

	g_snprintf(archive, sizeof(archive), "%s/names.tar", corpus ? corpus : "");
	if (!corpus || access(archive, R_OK) < 0)
		skip(); /* jumps: nothing may be held here */
	assert_true(scratch_init(&scratch));
	assert_int_equal(chdir(scratch.path), 0);
	g_snprintf(command, sizeof(command), "tar -xf '%s'", archive);
	assert_int_equal(system(command), 0);
	scan_and_plan(scene, &scan, "names");
	assert_true(scan.inputs_count > 30);
	assert_int_equal(scan.problems_count, 0);
	for (size_t i = 0; i < scan.inputs_count; i++)
		assert_true(*scene->plan->inputs[i].outputs[0].path);
	assert_int_equal(scene->plan->problems_count, 1);
	assert_problem(scene, 0,
		"/nowhere/web/SAME.jpg: is the same name as /nowhere/web/same.jpg on Windows and macOS (made "
		"of "
		"names/SAME.jpg and of names/same.jpg)");
	scene->settings.run.on_collision = COLLISION_NUMBER;
	scan_and_plan(scene, &scan, "names");
	assert_int_equal(scene->plan->problems_count, 0);
	plan_free(scene->plan);
	scene->plan = NULL;
	scan_finish(&scan);
	assert_int_equal(chdir("/"), 0);
	scratch_finish(&scratch);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(pictures_are_made_and_others_left_alone_or_failed),
		TEST(the_other_file_of_a_shot_is_skipped_and_names_the_one_that_is_taken),
		TEST(a_format_that_cannot_be_written_becomes_jpeg_or_png),
		TEST(a_profile_that_a_format_does_not_hold_is_a_problem),
		TEST(sizes_are_those_of_the_upright_picture),
		TEST(a_picture_too_large_for_its_format_fails_alone),
		TEST(enlarging_beyond_max_pixels_fails),
		TEST(colliding_names_are_problems),
		TEST(outputs_of_one_name_are_told_once),
		TEST(names_are_compared_after_normalisation_and_folding),
		TEST(a_file_and_a_folder_of_one_name_collide),
		TEST(numbers_never_take_a_name_that_is_wanted),
		TEST(keep_ext_keeps_what_tells_them_apart),
		TEST(a_name_made_too_long_by_its_number_is_a_problem),
		TEST(problems_are_capped_and_counted),
		TEST(an_output_that_is_an_input_is_a_problem),
		TEST(the_corpus_of_odd_names_collides_where_windows_would),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
