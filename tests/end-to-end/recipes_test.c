/* Recipes: what a folder of wrong ones is told, and what a right one makes. */
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "end-to-end/events.h"
#include "end-to-end/picture.h"
#include "end-to-end/place.h"
#include "end-to-end/program.h"

#define TEN_MB 10000000

/* What the run must say stands in the recipe's first line, after "# says: ". */
static char *read_says(const char *recipe)
{
	char *text = file_read(recipe, NULL), *says;

	assert_true(g_str_has_prefix(text, "# says: "));
	*strchr(text, '\n') = '\0';
	says = g_strdup(text + strlen("# says: "));
	free(text);
	return says;
}

static int count_lines(const char *text)
{
	int lines = 0;

	for (; *text; text++)
		lines += *text == '\n';
	return lines;
}

/* Status 2, one sentence, which has `says` in it, and nothing written. */
static void assert_wrong(struct place *place, const char *recipe, const char *says)
{
	struct ended ended;

	program_run(&(struct program_options){ .arguments = (const char *const[]){ "run", "--recipe", recipe,
						       "in", "out", NULL },
			    .folder = place->folder },
		&ended);
	ASSERT_SAYS(ended.err, says);
	if (count_lines(ended.err) != 1)
		fail_msg("%s: not one sentence: %s", recipe, ended.err);
	assert_string_equal(ended.out, "");
	ASSERT_EXIT(&ended, 2);
	assert_false(file_exists(place_path(place, "out")));
}

static void every_wrong_recipe_is_told_in_one_sentence(void **state)
{
	struct place *place = *state;
	char *folder = g_build_filename(getenv("TESTDATA"), "recipes", "wrong", NULL);
	GDir *dir = g_dir_open(folder, 0, NULL);
	const char *name;
	int tried = 0;

	assert_non_null(dir);
	picture_write_plain(place_path(place, "in/a.jpg"), 60, 40);
	picture_write_plain(place_path(place, "in/b.jpg"), 60, 40);
	while ((name = g_dir_read_name(dir))) {
		char *recipe = g_build_filename(folder, name, NULL), *says;

		if (g_str_has_suffix(name, ".ini")) {
			says = read_says(recipe);
			assert_wrong(place, recipe, says);
			g_free(says);
			tried++;
		}
		g_free(recipe);
	}
	assert_true(tried >= 40);
	g_dir_close(dir);
	g_free(folder);
}

static void what_is_no_text_is_told_in_one_sentence(void **state)
{
	struct place *place = *state;
	char *ten_mb = g_malloc(TEN_MB);

	picture_write_plain(place_path(place, "in/a.jpg"), 60, 40);
	assert_wrong(place, "nowhere.ini", "--recipe 'nowhere.ini': expected a recipe file: No such file");
	assert_wrong(place, "in", "--recipe 'in': expected a recipe file: is not a regular file");
	file_write_text(place_path(place, "latin.ini"), "[output web]\ncopyright = caf\xe9\n");
	assert_wrong(
		place, "latin.ini", "latin.ini:2: 'copyright = caf\\xe9': the line is not text in UTF-8");
	file_write(place_path(place, "nul.ini"), "[output web]\nquality = 5\0x\n", 27);
	assert_wrong(place, "nul.ini", "nul.ini:2: 'quality = 5': the line is not text in UTF-8");
	memset(ten_mb, 'a', TEN_MB);
	file_write(place_path(place, "long.ini"), ten_mb, TEN_MB);
	assert_wrong(place, "long.ini", "long.ini': expected a recipe file: is larger than");
	file_write(place_path(place, "longish.ini"), ten_mb, 20000);
	assert_wrong(place, "longish.ini", "aaa': the line is longer than a recipe's may be");
	memset(ten_mb, 0, 1000);
	file_write(place_path(place, "zeros.ini"), ten_mb, 1000);
	assert_wrong(place, "zeros.ini", "zeros.ini:1: '': the line is not text in UTF-8");
	g_free(ten_mb);
}

/* The example of the contract. */
static void one_picture_becomes_an_output_of_each_section(void **state)
{
	struct place *place = *state;
	struct ended ended;

	picture_write_plain(place_path(place, "in/day/a.jpg"), 600, 400);
	picture_write_plain(place_path(place, "in/b_draft.jpg"), 600, 400);
	picture_write(place_path(place, "house/logo.png"),
		&(struct picture){ .width_px = 40, .height_px = 20, .colour = { 255, 0, 0 }, .alpha = 1 });
	file_write_text(
		place_path(place, "house/studio.ini"), "[output]\nwatermark = logo.png\nquality = 95\n");
	file_write_text(place_path(place, "house/wedding.ini"),
		"\xef\xbb\xbfinclude = studio.ini\r\n\r\n"
		"[input]\r\nexclude = *_draft*\r\n"
		"[output web]\r\nresize = 300\r\nwatermark-size = 20%\r\n"
		"[output thumb]\r\nresize = 100\r\nname = thumbs/{dir}/{stem}.{ext}\r\nwatermark-opacity = "
		"0\r\n"
		"[output flat]\r\nresize=60x60:cover\r\nformat = png\r\nname = {output}/{stem}.{ext}\r\n");
	program_run(&(struct program_options){ .arguments = (const char *const[]){ "run", "--recipe",
						       "house/wedding.ini", "in", "out", NULL },
			    .folder = place->folder },
		&ended);
	ASSERT_EXIT(&ended, 0);
	ASSERT_SIZE(place_path(place, "out/day/a.jpg"), 300, 200);
	ASSERT_SIZE(place_path(place, "out/thumbs/day/a.jpg"), 100, 67);
	ASSERT_SIZE(place_path(place, "out/flat/a.png"), 60, 60);
	assert_int_equal(tree_count(place_path(place, "out")), 3);
	ASSERT_PIXEL(place_path(place, "out/day/a.jpg"), 280, 188, 255, 0, 0, 12);
	ASSERT_PIXEL(place_path(place, "out/thumbs/day/a.jpg"), 92, 60, 128, 128, 128, 12);
}

static void options_of_the_command_line_count_in_every_section(void **state)
{
	struct place *place = *state;
	struct ended ended;

	picture_write_plain(place_path(place, "in/a.jpg"), 600, 400);
	file_write_text(place_path(place, "r.ini"), "[output]\nname = {output}.{ext}\n[output web]\nresize = "
						    "300\n[output thumb]\nresize = 100\n");
	program_run(
		&(struct program_options){ .arguments = (const char *const[]){ "run", "--resize", "50", "in",
						   "out", "--recipe=r.ini", "--format", "png", NULL },
			.folder = place->folder },
		&ended);
	ASSERT_EXIT(&ended, 0);
	ASSERT_SIZE(place_path(place, "out/web.png"), 50, 33);
	ASSERT_SIZE(place_path(place, "out/thumb.png"), 50, 33);
}

static void a_dry_run_shows_what_each_picture_becomes(void **state)
{
	struct place *place = *state;
	struct ended ended;

	picture_write_plain(place_path(place, "in/a.jpg"), 600, 400);
	file_write_text(place_path(place, "r.ini"), "[run]\nlane = vips\n[output web]\nresize = 300\n[output "
						    "thumb]\nresize = 100\nname = t/{stem}.{ext}\n");
	program_run(&(struct program_options){ .arguments = (const char *const[]){ "run", "--recipe", "r.ini",
						       "in", "out", "--dry-run", NULL },
			    .folder = place->folder },
		&ended);
	assert_string_equal(ended.out, "in/a.jpg -> out/a.jpg 300x200 jpeg, vips lane\n"
				       "in/a.jpg -> out/t/a.jpg 100x67 jpeg, vips lane\n");
	ASSERT_EXIT(&ended, 0);
	assert_false(file_exists(place_path(place, "out")));
}

/* Of three pictures, three outputs each; `web` is the long edge of one. */
static void run_three(struct place *place, const char *web, const char *option, struct ended *ended)
{
	char *recipe =
		g_strdup_printf("[output]\nname = {output}/{stem}.{ext}\n[output web]\nresize = %s\n"
				"[output thumb]\nresize = 100\n[output flat]\nformat = png\nresize = 240\n",
			web);

	file_write_text(place_path(place, "r.ini"), recipe);
	g_free(recipe);
	program_run(&(struct program_options){ .arguments = (const char *const[]){ "run", "--recipe", "r.ini",
						       "in", "out", option, NULL },
			    .folder = place->folder },
		ended);
}

static void write_three(struct place *place)
{
	for (int i = 0; i < 3; i++)
		picture_write(place_path(place, "in/%d.jpg", i), &(struct picture){ .width_px = 900,
									 .height_px = 600 + 10 * i,
									 .colour = { 120, 90, 60 },
									 .alpha = 1,
									 .noise = 30 });
}

/* When the file of input 1 in that folder was made. */
static int64_t made_at(struct place *place, const char *folder)
{
	const char *ext = strcmp(folder, "flat") == 0 ? "png" : "jpg";
	struct stat status;

	assert_int_equal(stat(place_path(place, "out/%s/1.%s", folder, ext), &status), 0);
	return status.st_mtim.tv_sec * INT64_C(1000000000) + status.st_mtim.tv_nsec;
}

static void a_changed_section_redoes_only_its_outputs(void **state)
{
	struct place *place = *state;
	struct ended ended;
	int64_t web, thumb, flat;

	write_three(place);
	run_three(place, "600", NULL, &ended);
	ASSERT_SAYS(ended.err, "3 made in ");
	ASSERT_EXIT(&ended, 0);
	run_three(place, "600", NULL, &ended);
	ASSERT_SAYS(ended.err, "0 made, 3 up to date");
	ASSERT_EXIT(&ended, 0);
	web = made_at(place, "web");
	thumb = made_at(place, "thumb");
	flat = made_at(place, "flat");
	run_three(place, "500", "--dry-run", &ended);
	ASSERT_SAYS(ended.out, "in/1.jpg -> out/web/1.jpg 500x339 jpeg, vips lane");
	ASSERT_SAYS(ended.out, "in/1.jpg -> out/thumb/1.jpg 100x68 jpeg, up to date\n"
			       "in/1.jpg -> out/flat/1.png 240x163 png, up to date\n");
	ASSERT_EXIT(&ended, 0);
	run_three(place, "500", NULL, &ended);
	ASSERT_SAYS(ended.err, "3 made in ");
	ASSERT_EXIT(&ended, 0);
	ASSERT_SIZE(place_path(place, "out/web/1.jpg"), 500, 339);
	assert_true(made_at(place, "web") > web);
	assert_int_equal(made_at(place, "thumb"), thumb);
	assert_int_equal(made_at(place, "flat"), flat);
	run_three(place, "500", NULL, &ended);
	ASSERT_SAYS(ended.err, "0 made, 3 up to date");
	ASSERT_EXIT(&ended, 0);
	run_three(place, "500", "--force", &ended);
	ASSERT_SAYS(ended.err, "3 made in ");
	ASSERT_EXIT(&ended, 0);
	assert_true(made_at(place, "thumb") > thumb && made_at(place, "flat") > flat);
}

static void an_output_that_is_deleted_is_made_again_alone_and_the_same(void **state)
{
	static const char *const names[] = { "out/web/1.jpg", "out/thumb/1.jpg", "out/flat/1.png" };
	struct place *place = *state;
	struct ended ended;
	unsigned long sum;

	write_three(place);
	run_three(place, "600", NULL, &ended);
	ASSERT_EXIT(&ended, 0);
	sum = tree_sum(place_path(place, "out"));
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		int64_t web = made_at(place, "web"), thumb = made_at(place, "thumb"),
			flat = made_at(place, "flat");

		assert_int_equal(unlink(place_path(place, "%s", names[i])), 0);
		run_three(place, "600", NULL, &ended);
		ASSERT_SAYS(ended.err, "1 made, 2 up to date");
		ASSERT_EXIT(&ended, 0);
		assert_int_equal(made_at(place, "web") > web, i == 0);
		assert_int_equal(made_at(place, "thumb") > thumb, i == 1);
		assert_int_equal(made_at(place, "flat") > flat, i == 2);
		assert_int_equal(tree_sum(place_path(place, "out")), sum);
	}
	RUN(&ended, "verify", place_path(place, "out"));
	ASSERT_EXIT(&ended, 0);
}

static void the_number_of_workers_does_not_show(void **state)
{
	struct place *place = *state;
	struct ended ended;
	unsigned long sum;

	write_three(place);
	run_three(place, "600", "--jobs=1", &ended);
	ASSERT_EXIT(&ended, 0);
	sum = tree_sum(place_path(place, "out"));
	run_three(place, "600", "--force", &ended);
	ASSERT_EXIT(&ended, 0);
	assert_int_equal(tree_sum(place_path(place, "out")), sum);
}

static void an_event_names_all_outputs_with_their_sizes(void **state)
{
	struct place *place = *state;
	struct ended ended;
	json_t *events, *outputs, *bytes;
	struct stat status;

	write_three(place);
	run_three(place, "600", NULL, &ended);
	ASSERT_EXIT(&ended, 0);
	assert_int_equal(unlink(place_path(place, "out/thumb/1.jpg")), 0);
	run_three(place, "600", "--events=events.json", &ended);
	ASSERT_EXIT(&ended, 0);
	events = events_read(place_path(place, "events.json"));
	events_assert_sound(events, 0);
	outputs = json_object_get(events_picture(events, "1.jpg"), "outputs");
	assert_int_equal(json_array_size(outputs), 3);
	assert_string_equal(events_text(json_array_get(outputs, 0), "name"), "out/web/1.jpg");
	assert_int_equal(json_integer_value(json_object_get(json_array_get(outputs, 2), "width")), 240);
	/* what was there already is not counted as written */
	assert_int_equal(stat(place_path(place, "out/thumb/1.jpg"), &status), 0);
	bytes = json_object_get(events_summary(events), "bytes_out");
	assert_int_equal(json_integer_value(bytes), status.st_size);
	json_decref(events);
}

/* As a user would: from the samples, with the samples. */
static void every_sample_recipe_makes_what_it_says(void **state)
{
	static const struct {
		const char *recipe, *made;
		int width_px, height_px;
	} rows[] = {
		{ "client-gallery.ini", "web/tartan.jpg", 1200, 800 },
		{ "client-gallery.ini", "thumbs/tartan.jpg", 400, 267 },
		{ "social.ini", "story/tartan.jpg", 1080, 1920 },
		{ "social.ini", "portrait/tartan.jpg", 640, 800 },
		{ "proof.ini", "tartan.jpg", 1200, 800 },
		{ "thumbnails.ini", "small/tartan.webp", 160, 160 },
		{ "archive.ini", "tartan.webp", 1200, 800 },
		{ "contact-sheet.ini", "sheets/archive-01.jpg", 3508, 2480 },
		{ "print.ini", "0001_tartan.jpg", 1200, 800 },
	};
	struct place *place = *state;
	char *in = g_build_filename(getenv("SAMPLES"), "photos", "studio", "tartan.jpg", NULL);
	struct ended ended;

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		char *recipe = g_build_filename(getenv("SAMPLES"), "recipes", rows[i].recipe, NULL);
		char *out = place_path(place, "%s", rows[i].recipe);

		RUN(&ended, "run", "--recipe", recipe, in, out);
		ASSERT_EXIT(&ended, 0);
		ASSERT_SIZE(place_path(place, "%s/%s", rows[i].recipe, rows[i].made), rows[i].width_px,
			rows[i].height_px);
		g_free(recipe);
	}
	g_free(in);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)
	const struct CMUnitTest tests[] = {
		TEST(every_wrong_recipe_is_told_in_one_sentence),
		TEST(what_is_no_text_is_told_in_one_sentence),
		TEST(one_picture_becomes_an_output_of_each_section),
		TEST(options_of_the_command_line_count_in_every_section),
		TEST(a_dry_run_shows_what_each_picture_becomes),
		TEST(every_sample_recipe_makes_what_it_says),
		TEST(a_changed_section_redoes_only_its_outputs),
		TEST(an_output_that_is_deleted_is_made_again_alone_and_the_same),
		TEST(the_number_of_workers_does_not_show),
		TEST(an_event_names_all_outputs_with_their_sizes),
	};

	pictures_start("recipes_test");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
