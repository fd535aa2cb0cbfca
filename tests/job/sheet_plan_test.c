#include "job/sheet_plan.h"

#include <glib.h>
#include <string.h>

#include "check.h"

#define WRITABLE (FORMAT_BIT(FORMAT_JPEG) | FORMAT_BIT(FORMAT_PNG))

/* A scan that was never run. */
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
	settings_name_outputs(&scene->settings, (const char *const[]){ "web", "thumb" }, 2);
	g_free(scene->settings.outputs[1].name);
	scene->settings.outputs[1].name = g_strdup("thumbs/{dir}/{stem}.{ext}");
	settings_name_sheets(&scene->settings, (const char *const[]){ "proof" }, 1);
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

/* `taken_s` 0: only the file tells, and says `changed_s`. */
static void add_input(struct scene *scene, const char *path, int64_t taken_s, int64_t changed_s)
{
	size_t count = ++scene->scan.inputs_count;

	scene->scan.inputs = g_renew(struct input, scene->scan.inputs, count);
	scene->probed = g_renew(struct probe_verdict, scene->probed, count);
	scene->scan.inputs[count - 1] = (struct input){
		.path = g_strdup(path), .inode = 1000000 + count, .mtime_ns = changed_s * 1000000000
	};
	scene->probed[count - 1] = (struct probe_verdict){ .facts = { FORMAT_JPEG, 600, 400, 1, 1, MODEL_RGB,
								   8, .chroma_h = 1, .chroma_v = 1 } };
	scene->probed[count - 1].facts.taken_s = taken_s;
}

static const struct planned_sheet *plan(struct scene *scene)
{
	scene->plan = plan_new(&scene->settings, &scene->scan, scene->probed, WRITABLE);
	return scene->plan->sheets;
}

static void assert_order(const struct planned_sheet *sheet, const size_t *inputs, size_t count)
{
	assert_int_equal(sheet->inputs_count, count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(sheet->inputs[i], inputs[i]);
}

static void pictures_come_by_time_and_then_by_name(void **state)
{
	struct scene *scene = *state;

	add_input(scene, "a.jpg", 500, 1);
	add_input(scene, "b.jpg", 0, 300);
	add_input(scene, "c.jpg", 300, 2);
	add_input(scene, "d.jpg", 100, 900);
	assert_order(plan(scene), (const size_t[]){ 3, 1, 2, 0 }, 4);
	assert_string_equal(scene->plan->sheets[0].files[0].path, "sheets/proof-01.jpg");
}

static void on_request_they_come_by_name(void **state)
{
	struct scene *scene = *state;

	scene->settings.sheets[0].order = SHEET_BY_NAME;
	add_input(scene, "b/a.jpg", 500, 1);
	add_input(scene, "a/z.jpg", 900, 1);
	add_input(scene, "a/b.jpg", 990, 1);
	assert_order(plan(scene), (const size_t[]){ 2, 1, 0 }, 3);
}

static void what_will_not_be_made_is_not_on_it(void **state)
{
	struct scene *scene = *state;

	add_input(scene, "a.txt", 0, 1);
	add_input(scene, "b.jpg", 0, 2);
	add_input(scene, "c.jpg", 0, 3);
	err_set(&scene->probed[0].err, REASON_NOT_A_PICTURE, "not a picture");
	err_set(&scene->probed[2].err, REASON_TRUNCATED, "it is cut");
	assert_order(plan(scene), (const size_t[]){ 1 }, 1);
}

static void without_pictures_it_has_no_files(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(plan(scene)->files_count, 0);
	assert_int_equal(sheet_plan_date(scene->plan, scene->plan->sheets), 0);
}

/* 45 pictures, 20 a page. */
static void a_page_is_a_file_but_in_a_pdf(void **state)
{
	struct scene *scene = *state;
	char name[16];

	settings_name_sheets(&scene->settings, (const char *const[]){ "proof", "paper" }, 2);
	scene->settings.sheets[1].format = SHEET_PDF;
	for (int i = 0; i < 45; i++) {
		g_snprintf(name, sizeof(name), "%02d.jpg", i);
		add_input(scene, name, 0, 7);
	}
	plan(scene);
	assert_int_equal(scene->plan->problems_count, 0);
	assert_int_equal(scene->plan->sheets[0].files_count, 3);
	assert_string_equal(scene->plan->sheets[0].files[2].path, "sheets/proof-03.jpg");
	assert_int_equal(sheet_plan_per_file(&scene->plan->sheets[0]), 20);
	assert_int_equal(scene->plan->sheets[1].files_count, 1);
	assert_string_equal(scene->plan->sheets[1].files[0].path, "sheets/paper.pdf");
	assert_int_equal(sheet_plan_per_file(&scene->plan->sheets[1]), 45);
}

static void its_texts_are_those_of_the_sheet_and_of_the_pictures(void **state)
{
	struct scene *scene = *state;
	struct sheet_settings *sheet = scene->settings.sheets;
	g_autofree char *header = NULL, *caption = NULL, *broken = NULL;

	sheet->of = g_strdup("thumb");
	sheet->name = g_strdup("{date:%Y}/{sheet:upper}_{output}_{page}.{ext}");
	sheet->header = g_strdup("{sheet} of {output}, {date:%Y-%m-%d}, {page:2}/{pages}");
	g_free(sheet->caption);
	sheet->caption = g_strdup("{stem} {width}x{height} {exif:Model|?}");
	add_input(scene, "caf\xe9\n.jpg", 86400, 1);
	/* copied since; it does not tell when it was taken */
	add_input(scene, "b.jpg", 0, 86400 * 900);
	strcpy(scene->probed[1].facts.exif.model, "D1");
	plan(scene);
	assert_int_equal(scene->plan->sheets[0].output, 1);
	assert_string_equal(scene->plan->sheets[0].files[0].path, "1970/PROOF_thumb_1.jpg");
	assert_int_equal(sheet_plan_date(scene->plan, scene->plan->sheets), 86400);
	header = sheet_plan_header(scene->plan, scene->plan->sheets, 3, 12);
	assert_string_equal(header, "proof of thumb, 1970-01-02, 03/12");
	caption = sheet_plan_caption(scene->plan, scene->plan->sheets, 1);
	assert_string_equal(caption, "b 600x400 D1");
	broken = sheet_plan_caption(scene->plan, scene->plan->sheets, 0);
	assert_string_equal(broken, "caf\xef\xbf\xbd  600x400 ?");
}

static void a_folder_that_is_not_there_leaves_no_slash(void **state)
{
	struct scene *scene = *state;
	g_autofree char *above = NULL, *below = NULL;

	g_free(scene->settings.sheets[0].caption);
	scene->settings.sheets[0].caption = g_strdup("{dir}/{stem}");
	add_input(scene, "a.jpg", 0, 1);
	add_input(scene, "b/c.jpg", 0, 1);
	plan(scene);
	above = sheet_plan_caption(scene->plan, scene->plan->sheets, 0);
	assert_string_equal(above, "a");
	below = sheet_plan_caption(scene->plan, scene->plan->sheets, 1);
	assert_string_equal(below, "b/c");
}

static void names_for_windows_hold_for_the_sheets_of_an_output(void **state)
{
	struct scene *scene = *state;

	scene->settings.outputs[0].windows_names = true;
	scene->settings.sheets[0].name = g_strdup("a:b/{page}.{ext}");
	add_input(scene, "a.jpg", 0, 1);
	assert_string_equal(plan(scene)->files[0].path, "a_b/1.jpg");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(pictures_come_by_time_and_then_by_name),
		TEST(on_request_they_come_by_name),
		TEST(what_will_not_be_made_is_not_on_it),
		TEST(without_pictures_it_has_no_files),
		TEST(a_page_is_a_file_but_in_a_pdf),
		TEST(its_texts_are_those_of_the_sheet_and_of_the_pictures),
		TEST(a_folder_that_is_not_there_leaves_no_slash),
		TEST(names_for_windows_hold_for_the_sheets_of_an_output),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
