/* The main job: what a studio runs every day, on the samples and on pictures of one colour. */
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vips/vips.h>

#include "check.h"
#include "end-to-end/picture.h"
#include "end-to-end/place.h"
#include "end-to-end/program.h"

static const char *samples(const char *below)
{
	static char path[4096];

	g_snprintf(path, sizeof(path), "%s/%s", getenv("SAMPLES"), below);
	return path;
}

static const struct {
	const char *name;
	int width_px, height_px; /* upright, when the long edge is 600 */
} sample_photos[] = {
	{ "dunes.jpg", 600, 400 },
	{ "fog.jpg", 600, 400 },
	{ "lake-at-dusk.jpg", 600, 400 },
	{ "milky-way.jpg", 600, 400 },
	{ "moon.png", 600, 600 },
	{ "open sea.jpg", 600, 338 },
	{ "studio/dahlia.jpg", 600, 400 },
	{ "studio/marbles.jpg", 600, 400 },
	{ "studio/tartan.jpg", 600, 400 },
	{ "studio/vase.png", 480, 600 },
	{ "wedding/against the light.jpg", 400, 600 },
	{ "wedding/on the pier.jpg", 400, 600 },
	{ "wedding/street lights.jpg", 400, 600 },
};

static void the_main_job_makes_every_sample_upright_and_in_its_size(void **state)
{
	struct place *place = *state;
	struct ended ended;
	char *photos = g_strdup(samples("photos"));
	char *web = place_path(place, "web");

	RUN(&ended, "run", photos, web, "--resize", "600", "--watermark", samples("logo.png"));
	ASSERT_SAYS(ended.err, "13 made in ");
	ASSERT_EXIT(&ended, 0);
	assert_int_equal(tree_count(web), G_N_ELEMENTS(sample_photos));
	for (unsigned i = 0; i < G_N_ELEMENTS(sample_photos); i++) {
		char *path = place_path(place, "web/%s", sample_photos[i].name);
		struct picture_facts facts;

		ASSERT_SIZE(path, sample_photos[i].width_px, sample_photos[i].height_px);
		picture_read(path, &facts);
		assert_in_range(facts.orientation, 0, 1);
	}
	g_free(photos);
}

/* The mean difference of two pictures of one size within a rectangle. */
static double difference(const char *a, const char *b, int left, int top, int width, int height)
{
	VipsImage *one = vips_image_new_from_file(a, NULL), *other = vips_image_new_from_file(b, NULL);
	VipsImage *part[2], *apart, *size;
	double mean;

	assert_int_equal(vips_crop(one, &part[0], left, top, width, height, NULL), 0);
	assert_int_equal(vips_crop(other, &part[1], left, top, width, height, NULL), 0);
	assert_int_equal(vips_subtract(part[0], part[1], &apart, NULL), 0);
	assert_int_equal(vips_abs(apart, &size, NULL), 0);
	assert_int_equal(vips_avg(size, &mean, NULL), 0);
	g_object_unref(size);
	g_object_unref(apart);
	g_object_unref(part[0]);
	g_object_unref(part[1]);
	g_object_unref(one);
	g_object_unref(other);
	return mean;
}

static void the_mark_is_in_its_corner_and_nowhere_else(void **state)
{
	struct place *place = *state;
	struct ended ended;
	char *photos = g_strdup(samples("photos"));

	RUN(&ended, "run", photos, place_path(place, "plain"), "--resize", "600", "--format", "png");
	ASSERT_EXIT(&ended, 0);
	RUN(&ended, "run", photos, place_path(place, "marked"), "--resize", "600", "--format", "png",
		"--watermark", samples("logo.png"), "--watermark-size", "50%", "--watermark-margin", "10px");
	ASSERT_EXIT(&ended, 0);
	for (unsigned i = 0; i < G_N_ELEMENTS(sample_photos); i++) {
		int width = sample_photos[i].width_px, height = sample_photos[i].height_px;
		int mark = (width < height ? width : height) / 2;
		char *stem = g_strndup(sample_photos[i].name, strlen(sample_photos[i].name) - 4);
		char *plain = place_path(place, "plain/%s.png", stem);
		char *marked = place_path(place, "marked/%s.png", stem);

		assert_true(difference(plain, marked, width - 10 - mark, height - 10 - mark * 20 / 74, mark,
				    mark * 20 / 74) > 8);
		assert_true(difference(plain, marked, 0, 0, width, height - 10 - mark * 20 / 74 - 1) == 0);
		assert_true(difference(plain, marked, 0, 0, width - 10 - mark - 1, height) == 0);
		g_free(stem);
	}
	g_free(photos);
}

static void the_studio_program_of_the_seeds_is_one_line(void **state)
{
	struct place *place = *state;
	struct ended ended;
	char *out = place_path(place, "out/a.jpg");

	picture_write_plain(place_path(place, "in/a.jpg"), 1600, 900);
	picture_write(place_path(place, "watermark.png"),
		&(struct picture){ .width_px = 100, .height_px = 40, .colour = { 255, 0, 0 }, .alpha = 1 });
	RUN(&ended, "run", place_path(place, "in"), place_path(place, "out"), "--resize", "800x600:stretch",
		"--watermark", place_path(place, "watermark.png"), "--watermark-position", "nw",
		"--watermark-margin", "10px", "--jobs", "4");
	ASSERT_EXIT(&ended, 0);
	ASSERT_SIZE(out, 800, 600);
	ASSERT_PIXEL(out, 4, 4, 128, 128, 128, 30); /* in one block with the mark's corner */
	ASSERT_PIXEL(out, 60, 30, 254, 0, 0, 6);
	ASSERT_PIXEL(out, 130, 30, 128, 128, 128, 3);
	ASSERT_PIXEL(out, 60, 66, 128, 128, 128, 3);
}

static void sub_folders_are_kept_and_left_out_on_request(void **state)
{
	struct place *place = *state;
	struct ended ended;
	char *list;

	picture_write_plain(place_path(place, "in/a.jpg"), 60, 40);
	picture_write_plain(place_path(place, "in/deep/er/b.jpg"), 60, 40);
	RUN(&ended, "run", place_path(place, "in"), place_path(place, "out"));
	ASSERT_EXIT(&ended, 0);
	list = tree_list(place_path(place, "out"));
	assert_string_equal(list, "a.jpg\ndeep/er/b.jpg");
	g_free(list);
	RUN(&ended, "run", place_path(place, "in"), place_path(place, "flat"), "--no-recurse");
	ASSERT_EXIT(&ended, 0);
	list = tree_list(place_path(place, "flat"));
	assert_string_equal(list, "a.jpg");
	g_free(list);
}

static void single_files_and_several_folders_go_into_one_output(void **state)
{
	struct place *place = *state;
	struct ended ended;
	char *list;

	picture_write_plain(place_path(place, "one/a.jpg"), 60, 40);
	picture_write_plain(place_path(place, "two/b.jpg"), 60, 40);
	picture_write_plain(place_path(place, "three/deep/c.jpg"), 60, 40);
	RUN(&ended, "run", place_path(place, "one"), place_path(place, "two"),
		place_path(place, "three/deep/c.jpg"), place_path(place, "out"));
	ASSERT_EXIT(&ended, 0);
	list = tree_list(place_path(place, "out"));
	assert_string_equal(list, "a.jpg\nb.jpg\nc.jpg");
	g_free(list);
}

static void originals_are_never_written_to(void **state)
{
	struct place *place = *state;
	struct ended ended;
	char *in = place_path(place, "in");
	unsigned long before;

	for (int i = 0; i < 5; i++)
		picture_write_plain(place_path(place, "in/%d.jpg", i), 300, 200);
	before = tree_sum(in);
	RUN(&ended, "run", in, place_path(place, "out"), "--resize", "100", "--copyright", "somebody");
	ASSERT_EXIT(&ended, 0);
	assert_int_equal(tree_sum(in), before);
}

static void one_worker_or_eight_give_the_same_bytes(void **state)
{
	struct place *place = *state;
	struct ended ended;
	char *photos = g_strdup(samples("photos"));
	char *logo = g_strdup(samples("logo.png"));

	RUN(&ended, "run", photos, place_path(place, "one"), "--resize", "500", "--watermark", logo, "--jobs",
		"1");
	ASSERT_EXIT(&ended, 0);
	RUN(&ended, "run", photos, place_path(place, "eight"), "--resize", "500", "--watermark", logo,
		"--jobs", "8");
	ASSERT_EXIT(&ended, 0);
	assert_int_equal(tree_count(place_path(place, "one")), G_N_ELEMENTS(sample_photos));
	assert_int_equal(tree_sum(place_path(place, "one")), tree_sum(place_path(place, "eight")));
	g_free(photos);
	g_free(logo);
}

static void a_second_run_replaces_the_outputs_of_the_first(void **state)
{
	struct place *place = *state;
	struct ended ended;
	char *in = place_path(place, "in"), *out = place_path(place, "out");

	picture_write_plain(place_path(place, "in/a.jpg"), 300, 200);
	RUN(&ended, "run", in, out, "--resize", "100");
	ASSERT_EXIT(&ended, 0);
	RUN(&ended, "run", in, out, "--resize", "50");
	ASSERT_EXIT(&ended, 0);
	ASSERT_SIZE(place_path(place, "out/a.jpg"), 50, 33);
	assert_int_equal(tree_count(out), 1);
}

static void an_output_folder_may_be_reached_by_a_link(void **state)
{
	struct place *place = *state;
	struct ended ended;

	picture_write_plain(place_path(place, "in/a.jpg"), 60, 40);
	folder_make(place_path(place, "disk/web"));
	file_symbolic_link("disk/web", place_path(place, "out"));
	RUN(&ended, "run", place_path(place, "in"), place_path(place, "out"));
	ASSERT_EXIT(&ended, 0);
	ASSERT_SIZE(place_path(place, "disk/web/a.jpg"), 60, 40);
}

static void what_is_up_to_date_is_not_made_again(void **state)
{
	struct place *place = *state;
	struct ended ended;
	char *in = place_path(place, "in"), *out = place_path(place, "out"),
	     *mark = place_path(place, "mark.png");

	picture_write_plain(place_path(place, "in/a.jpg"), 300, 200);
	picture_write_plain(place_path(place, "in/b.jpg"), 300, 200);
	picture_write_plain(mark, 30, 20);
	RUN(&ended, "run", in, out, "--watermark", mark);
	ASSERT_SAYS(ended.err, "2 made in ");
	ASSERT_EXIT(&ended, 0);
	RUN(&ended, "run", in, out, "--watermark", mark);
	ASSERT_SAYS(ended.err, "0 made, 2 up to date in ");
	ASSERT_EXIT(&ended, 0);
	RUN(&ended, "run", in, out, "--watermark", mark, "--force");
	ASSERT_SAYS(ended.err, "2 made in ");
	ASSERT_EXIT(&ended, 0);

	picture_write_plain(place_path(place, "in/b.jpg"), 200, 100); /* another picture of the same name */
	RUN(&ended, "run", in, out, "--watermark", mark);
	ASSERT_SAYS(ended.err, "1 made, 1 up to date in ");
	ASSERT_EXIT(&ended, 0);
	picture_write_plain(mark, 40, 20); /* another mark under the same name */
	RUN(&ended, "run", in, out, "--watermark", mark);
	ASSERT_SAYS(ended.err, "2 made in ");
	ASSERT_EXIT(&ended, 0);
	assert_int_equal(unlink(place_path(place, "out/a.jpg")), 0);
	RUN(&ended, "run", in, out, "--watermark", mark);
	ASSERT_SAYS(ended.err, "1 made, 1 up to date in ");
	ASSERT_EXIT(&ended, 0);
	assert_true(file_exists(place_path(place, "out/a.jpg")));
}

static void a_changed_version_of_a_mark_makes_all_again(void **state)
{
	struct place *place = *state;
	struct ended ended;
	char *in = place_path(place, "in"), *out = place_path(place, "out"),
	     *light = place_path(place, "light.png"), *dark = place_path(place, "dark.png");
	char *const both[] = { dark, light };

	picture_write_plain(place_path(place, "in/a.jpg"), 300, 200);
	picture_write_plain(light, 30, 20);
	picture_write_plain(dark, 30, 20);
	for (int i = 0; i < 3; i++) {
		if (i > 0) /* one of them anew, under the same name */
			picture_write_plain(both[i - 1], 40, 20);
		RUN(&ended, "run", in, out, "--watermark-light", light, "--watermark-dark", dark);
		ASSERT_SAYS(ended.err, "1 made in ");
		ASSERT_EXIT(&ended, 0);
		RUN(&ended, "run", in, out, "--watermark-light", light, "--watermark-dark", dark);
		ASSERT_SAYS(ended.err, "0 made, 1 up to date in ");
		ASSERT_EXIT(&ended, 0);
	}
	/* the same two the other way round; one of them alone; another place */
	picture_write_plain(dark, 30, 20);
	RUN(&ended, "run", in, out, "--watermark-light", light, "--watermark-dark", dark);
	ASSERT_SAYS(ended.err, "1 made in ");
	ASSERT_EXIT(&ended, 0);
	RUN(&ended, "run", in, out, "--watermark-light", dark, "--watermark-dark", light);
	ASSERT_SAYS(ended.err, "1 made in ");
	ASSERT_EXIT(&ended, 0);
	RUN(&ended, "run", in, out, "--watermark", dark);
	ASSERT_SAYS(ended.err, "1 made in ");
	ASSERT_EXIT(&ended, 0);
	RUN(&ended, "run", in, out, "--watermark", dark, "--watermark-position", "calm");
	ASSERT_SAYS(ended.err, "1 made in ");
	ASSERT_EXIT(&ended, 0);
	RUN(&ended, "verify", out);
	ASSERT_EXIT(&ended, 0);
}

static void a_dry_run_tells_the_plan_and_writes_nothing(void **state)
{
	struct place *place = *state;
	struct ended ended;

	picture_write_plain(place_path(place, "in/a.jpg"), 300, 200);
	picture_write_plain(place_path(place, "in/b.png"), 200, 400);
	file_write_text(place_path(place, "in/notes.txt"), "call the bride\n");
	RUN(&ended, "run", place_path(place, "in"), place_path(place, "out"), "--resize", "100", "--dry-run");
	ASSERT_SAYS(ended.out, "in/a.jpg");
	ASSERT_SAYS(ended.out, "out/a.jpg 100x67");
	ASSERT_SAYS(ended.out, "out/b.png 50x100");
	ASSERT_SAYS(ended.out, "vips");
	ASSERT_SAYS(ended.out, "notes.txt");
	ASSERT_SAYS(ended.out, "not-a-picture");
	ASSERT_EXIT(&ended, 0);
	assert_false(file_exists(place_path(place, "out")));
}

static void hidden_files_and_the_output_below_the_input_are_not_scanned(void **state)
{
	struct place *place = *state;
	struct ended ended;
	char *list;

	picture_write_plain(place_path(place, "in/a.jpg"), 60, 40);
	picture_write_plain(place_path(place, "in/.b.jpg"), 60, 40);
	picture_write_plain(place_path(place, "in/.trash/c.jpg"), 60, 40);
	for (int i = 0; i < 2; i++) {
		RUN(&ended, "run", place_path(place, "in"), place_path(place, "in/web"), "--force");
		ASSERT_SAYS(ended.err, "1 made in ");
		ASSERT_EXIT(&ended, 0);
	}
	list = tree_list(place_path(place, "in/web"));
	assert_string_equal(list, "a.jpg");
	g_free(list);
}

static void the_last_filter_that_matches_wins(void **state)
{
	struct place *place = *state;
	struct ended ended;
	char *list;

	picture_write_plain(place_path(place, "in/a.jpg"), 60, 40);
	picture_write_plain(place_path(place, "in/a_draft.jpg"), 60, 40);
	picture_write_plain(place_path(place, "in/best_draft.jpg"), 60, 40);
	RUN(&ended, "run", place_path(place, "in"), place_path(place, "out"), "--exclude", "*_draft*",
		"--include", "best_*");
	ASSERT_EXIT(&ended, 0);
	list = tree_list(place_path(place, "out"));
	assert_string_equal(list, "a.jpg\nbest_draft.jpg");
	g_free(list);
}

static void names_come_from_a_list_from_standard_input_and_with_zero_bytes(void **state)
{
	struct place *place = *state;
	struct ended ended;
	static const char zeros[] = "new\nline.jpg\0b.jpg";
	char *list;

	picture_write_plain(place_path(place, "in/a.jpg"), 60, 40);
	picture_write_plain(place_path(place, "in/b.jpg"), 60, 40);
	picture_write_plain(place_path(place, "in/new\nline.jpg"), 60, 40);
	file_write(place_path(place, "zeros"), zeros, sizeof(zeros));
	RUN(&ended, "run", place_path(place, "in"), place_path(place, "one"), "-0", "--files-from",
		place_path(place, "zeros"));
	ASSERT_EXIT(&ended, 0);
	list = tree_list(place_path(place, "one"));
	assert_string_equal(list, "b.jpg\nnew\nline.jpg");
	g_free(list);
	program_run(&(struct program_options){ .input = "b.jpg\n",
			    .arguments = (const char *const[]){ "run", place_path(place, "in"),
				    place_path(place, "two"), "--files-from", "-", NULL } },
		&ended);
	ASSERT_EXIT(&ended, 0);
	list = tree_list(place_path(place, "two"));
	assert_string_equal(list, "b.jpg");
	g_free(list);
}

static void links_are_followed_only_when_asked(void **state)
{
	struct place *place = *state;
	struct ended ended;
	char *list;

	picture_write_plain(place_path(place, "elsewhere/b.jpg"), 60, 40);
	picture_write_plain(place_path(place, "in/a.jpg"), 60, 40);
	file_symbolic_link(place_path(place, "elsewhere/b.jpg"), place_path(place, "in/link.jpg"));
	file_symbolic_link(place_path(place, "elsewhere"), place_path(place, "in/folder"));
	RUN(&ended, "run", place_path(place, "in"), place_path(place, "out"));
	ASSERT_EXIT(&ended, 0);
	list = tree_list(place_path(place, "out"));
	assert_string_equal(list, "a.jpg");
	g_free(list);
	RUN(&ended, "run", place_path(place, "in"), place_path(place, "followed"), "--follow-symlinks");
	ASSERT_EXIT(&ended, 0);
	list = tree_list(place_path(place, "followed"));
	assert_string_equal(list, "a.jpg\nfolder/b.jpg\nlink.jpg");
	g_free(list);
}

static void new_files_and_folders_follow_the_umask(void **state)
{
	struct place *place = *state;
	struct ended ended;
	struct stat status;
	mode_t before = umask(027);

	picture_write_plain(place_path(place, "in/deep/a.jpg"), 60, 40);
	RUN(&ended, "run", place_path(place, "in"), place_path(place, "out/web"));
	umask(before);
	ASSERT_EXIT(&ended, 0);
	assert_int_equal(stat(place_path(place, "out/web/deep/a.jpg"), &status), 0);
	assert_int_equal(status.st_mode & 0777, 0640);
	assert_int_equal(stat(place_path(place, "out/web/deep"), &status), 0);
	assert_int_equal(status.st_mode & 0777, 0750);
	assert_int_equal(stat(place_path(place, "out"), &status), 0);
	assert_int_equal(status.st_mode & 0777, 0750);
}

static void without_sync_the_same_is_made(void **state)
{
	struct place *place = *state;
	struct ended ended;

	picture_write_plain(place_path(place, "in/a.jpg"), 60, 40);
	RUN(&ended, "run", place_path(place, "in"), place_path(place, "one"), "--sync", "no");
	ASSERT_EXIT(&ended, 0);
	RUN(&ended, "run", place_path(place, "in"), place_path(place, "two"), "--sync", "yes");
	ASSERT_EXIT(&ended, 0);
	assert_int_equal(tree_sum(place_path(place, "one")), tree_sum(place_path(place, "two")));
}

static void an_empty_folder_is_a_run_that_made_nothing(void **state)
{
	struct place *place = *state;
	struct ended ended;

	folder_make(place_path(place, "in"));
	RUN(&ended, "run", place_path(place, "in"), place_path(place, "out"));
	ASSERT_SAYS(ended.err, "0 made in ");
	ASSERT_EXIT(&ended, 0);
}

#define ROW(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROW(the_main_job_makes_every_sample_upright_and_in_its_size),
		ROW(the_mark_is_in_its_corner_and_nowhere_else),
		ROW(the_studio_program_of_the_seeds_is_one_line),
		ROW(sub_folders_are_kept_and_left_out_on_request),
		ROW(single_files_and_several_folders_go_into_one_output),
		ROW(originals_are_never_written_to),
		ROW(one_worker_or_eight_give_the_same_bytes),
		ROW(a_second_run_replaces_the_outputs_of_the_first),
		ROW(an_output_folder_may_be_reached_by_a_link),
		ROW(what_is_up_to_date_is_not_made_again),
		ROW(a_changed_version_of_a_mark_makes_all_again),
		ROW(a_dry_run_tells_the_plan_and_writes_nothing),
		ROW(hidden_files_and_the_output_below_the_input_are_not_scanned),
		ROW(the_last_filter_that_matches_wins),
		ROW(names_come_from_a_list_from_standard_input_and_with_zero_bytes),
		ROW(links_are_followed_only_when_asked),
		ROW(new_files_and_folders_follow_the_umask),
		ROW(without_sync_the_same_is_made),
		ROW(an_empty_folder_is_a_run_that_made_nothing),
	};

	pictures_start("job_test");
	return cmocka_run_group_tests_name("job", tests, NULL, NULL);
}
