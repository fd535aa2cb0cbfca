/* What is made: every option of the contract's second table, seen in the pixels and the metadata. */
#include <fcntl.h>
#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <vips/vips.h>

#include "check.h"
#include "end-to-end/events.h"
#include "end-to-end/picture.h"
#include "end-to-end/place.h"
#include "end-to-end/program.h"

enum {
	WORDS_MAX = 16
};

/* Run on PLACE/FROM into PLACE/TO with the options in `line` (split at spaces), which must succeed. */
static void make_from(struct place *place, const char *from, const char *to, const char *line)
{
	const char *arguments[WORDS_MAX + 8] = { "run", place_path(place, "%s", from),
		place_path(place, "%s", to) };
	char **words = g_strsplit(line, " ", WORDS_MAX);
	struct ended ended;
	int count = 3;

	for (char **word = words; *word; word++)
		if (**word)
			arguments[count++] = *word;
	program_run(&(struct program_options){ .arguments = arguments, .folder = place->folder }, &ended);
	g_strfreev(words);
	ASSERT_EXIT(&ended, 0);
}

static void make(struct place *place, const char *line)
{
	make_from(place, "in", "out", line);
}

static void every_size_gives_its_pixels(void **state)
{
	static const struct {
		const char *options;
		int width_px, height_px;
	} rows[] = {
		{ "", 600, 400 },
		{ "--resize 300", 300, 200 },
		{ "--resize 300x300", 300, 200 },
		{ "--resize 900x100", 150, 100 },
		{ "--resize 300x", 300, 200 },
		{ "--resize x100", 150, 100 },
		{ "--resize 300x300:cover", 300, 300 },
		{ "--resize 300x300:pad", 300, 300 },
		{ "--resize 300x300:stretch", 300, 300 },
		{ "--resize short:100", 150, 100 },
		{ "--resize mp:0.06", 300, 200 },
		{ "--resize 50%", 300, 200 },
		{ "--resize 900", 600, 400 },
		{ "--resize 900 --enlarge", 900, 600 },
		{ "--resize 200% --enlarge", 1200, 800 },
	};
	struct place *place = *state;

	picture_write_plain(place_path(place, "in/a.jpg"), 600, 400);
	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		make(place, rows[i].options);
		ASSERT_SIZE(place_path(place, "out/a.jpg"), rows[i].width_px, rows[i].height_px);
	}
}

static void padding_has_the_colour_that_was_asked_for(void **state)
{
	struct place *place = *state;
	char *out = place_path(place, "out/a.png");

	picture_write_plain(place_path(place, "in/a.png"), 600, 400);
	make(place, "--resize 300x300:pad");
	ASSERT_PIXEL(out, 150, 10, 255, 255, 255, 0);
	ASSERT_PIXEL(out, 150, 150, 128, 128, 128, 1);
	make(place, "--resize 300x300:pad --background #102030");
	ASSERT_PIXEL(out, 150, 10, 16, 32, 48, 0);
}

static void the_eight_orientations_come_out_upright(void **state)
{
	struct place *place = *state;

	for (int i = 1; i <= 8; i++)
		picture_write(place_path(place, "in/%d.jpg", i), &(struct picture){ .width_px = 90,
									 .height_px = 60,
									 .colour = { 128, 128, 128 },
									 .alpha = 1,
									 .orientation = i });
	make(place, "");
	for (int i = 1; i <= 8; i++) {
		struct picture_facts facts;

		ASSERT_SIZE(place_path(place, "out/%d.jpg", i), i < 5 ? 90 : 60, i < 5 ? 60 : 90);
		picture_read(place_path(place, "out/%d.jpg", i), &facts);
		assert_in_range(facts.orientation, 0, 1);
	}
}

static void write_mark(struct place *place, int width_px, int height_px, double alpha)
{
	picture_write(place_path(place, "mark.png"), &(struct picture){ .width_px = width_px,
							     .height_px = height_px,
							     .colour = { 255, 0, 0 },
							     .alpha = alpha });
}

static int is_red(const char *path, int x, int y)
{
	int rgba[4];

	picture_pixel(path, x, y, rgba);
	return rgba[0] > 200 && rgba[1] < 60 && rgba[2] < 60;
}

/* Inside of this rectangle the corners are red; around them they are not. */
static void assert_red(const char *path, int left, int top, int width, int height)
{
	struct picture_facts facts;

	picture_read(path, &facts);
	assert_true(is_red(path, left, top));
	assert_true(is_red(path, left + width - 1, top + height - 1));
	assert_true(left == 0 || !is_red(path, left - 1, top));
	assert_true(top == 0 || !is_red(path, left, top - 1));
	assert_true(left + width == facts.width_px || !is_red(path, left + width, top + height - 1));
	assert_true(top + height == facts.height_px || !is_red(path, left + width - 1, top + height));
}

static void the_mark_stands_in_each_of_the_nine_places(void **state)
{
	static const struct {
		const char *name;
		int left, top;
	} rows[] = {
		{ "nw", 10, 10 },
		{ "n", 130, 10 },
		{ "ne", 250, 10 },
		{ "w", 10, 90 },
		{ "c", 130, 90 },
		{ "e", 250, 90 },
		{ "sw", 10, 170 },
		{ "s", 130, 170 },
		{ "se", 250, 170 },
	};
	struct place *place = *state;

	picture_write_plain(place_path(place, "in/a.png"), 300, 200);
	write_mark(place, 40, 20, 1);
	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		char *line = g_strdup_printf(
			"--watermark mark.png --watermark-margin 10px --watermark-position %s", rows[i].name);

		make(place, line);
		assert_red(place_path(place, "out/a.png"), rows[i].left, rows[i].top, 40, 20);
		g_free(line);
	}
}

static void the_marks_size_and_margin_follow_the_picture(void **state)
{
	struct place *place = *state;
	char *out = place_path(place, "out/a.png");

	picture_write_plain(place_path(place, "in/a.png"), 300, 200);
	write_mark(place, 40, 20, 1);
	make(place, "--watermark mark.png"); /* natural size, 2 % of the short edge */
	assert_red(out, 300 - 4 - 40, 200 - 4 - 20, 40, 20);
	make(place, "--watermark mark.png --watermark-margin 10%");
	assert_red(out, 300 - 20 - 40, 200 - 20 - 20, 40, 20);
	make(place, "--watermark mark.png --watermark-margin 0px --watermark-size 80px");
	assert_red(out, 220, 160, 80, 40);
	make(place, "--watermark mark.png --watermark-margin 0px --watermark-size 50%");
	assert_red(out, 200, 150, 100, 50);
	make(place,
		"--watermark mark.png --watermark-margin 0px --watermark-size 50% --watermark-basis long");
	assert_red(out, 150, 125, 150, 75);
	make(place,
		"--watermark mark.png --watermark-margin 0px --watermark-size 10% --watermark-basis width");
	assert_red(out, 270, 185, 30, 15);
	make(place,
		"--watermark mark.png --watermark-margin 0px --watermark-size 10% --watermark-basis height");
	assert_red(out, 280, 190, 20, 10);
}

static void a_mark_that_does_not_fit_is_shrunk(void **state)
{
	struct place *place = *state;
	char *out = place_path(place, "out/a.png");

	picture_write_plain(place_path(place, "in/a.png"), 300, 200);
	write_mark(place, 1000, 500, 1);
	make(place, "--watermark mark.png --watermark-margin 10px --watermark-position nw");
	ASSERT_SIZE(out, 300, 200);
	assert_true(is_red(out, 12, 12));
	assert_false(is_red(out, 5, 5));
	assert_false(is_red(out, 295, 100));
}

static void opacity_and_the_marks_own_alpha_are_blended(void **state)
{
	struct place *place = *state;
	char *out = place_path(place, "out/a.png");

	picture_write_plain(place_path(place, "in/a.png"), 300, 200);
	write_mark(place, 40, 20, 1);
	make(place, "--watermark mark.png --watermark-position c --watermark-opacity 0.5");
	ASSERT_PIXEL(out, 150, 100, 191, 64, 64, 3);
	make(place, "--watermark mark.png --watermark-position c --watermark-opacity 0");
	ASSERT_PIXEL(out, 150, 100, 128, 128, 128, 1);
	write_mark(place, 40, 20, 0.5);
	make(place, "--watermark mark.png --watermark-position c");
	ASSERT_PIXEL(out, 150, 100, 191, 64, 64, 3);
}

static void tiles_cover_the_picture(void **state)
{
	struct place *place = *state;
	int red = 0;

	picture_write_plain(place_path(place, "in/a.png"), 300, 200);
	write_mark(place, 20, 20, 1);
	make(place, "--watermark mark.png --watermark-position tile --watermark-margin 20px");
	for (int y = 5; y < 200; y += 10)
		for (int x = 5; x < 300; x += 10)
			red += is_red(place_path(place, "out/a.png"), x, y);
	assert_in_range(red, 600 / 8, 600 / 2);
}

static void a_turned_mark_keeps_its_size_and_lies_in_its_corner(void **state)
{
	struct place *place = *state;
	char *out = place_path(place, "out/a.png");

	picture_write_plain(place_path(place, "in/a.png"), 300, 200);
	write_mark(place, 40, 20, 1);
	make(place, "--watermark mark.png --watermark-margin 10px --watermark-rotate 90");
	assert_red(out, 270, 150, 20, 40);
	/* a box of 45 by 38 pixels, its middle at 32.5, 29; 14 along the mark from there is 12 right and 7 up
	 */
	make(place,
		"--watermark mark.png --watermark-margin 10px --watermark-rotate=-30 --watermark-position "
		"nw");
	assert_true(is_red(out, 32, 29));
	assert_true(is_red(out, 44, 22));
	assert_false(is_red(out, 44, 37));
	assert_false(is_red(out, 13, 13));
}

static void tiles_are_spaced_and_turned_as_asked(void **state)
{
	struct place *place = *state;
	char *out = place_path(place, "out/a.png");
	int left = 0, right = 0;

	picture_write_plain(place_path(place, "in/a.png"), 300, 200);
	write_mark(place, 40, 20, 1);
	make(place, "--watermark mark.png --watermark-position tile --watermark-spacing 30px");
	assert_red(out, 130, 90, 40, 20);
	assert_red(out, 200, 90, 40, 20);
	assert_red(out, 130, 140, 40, 20);
	/* the next one stands up to the right: 70 cos 30, 70 sin 30 */
	make(place, "--watermark mark.png --watermark-position tile --watermark-spacing 30px "
		    "--watermark-rotate -30");
	assert_true(is_red(out, 150, 100));
	for (int i = 1; i < 3; i++) {
		left += is_red(out, 150 - (int)(60.6 * i), 100 + 35 * i);
		right += is_red(out, 150 + (int)(60.6 * i), 100 - 35 * i);
	}
	assert_int_equal(left, 2);
	assert_int_equal(right, 2);
	assert_false(is_red(out, 185, 80));
	assert_false(is_red(out, 220, 100));
}

static void what_becomes_of_a_mark_that_does_not_fit_is_an_option(void **state)
{
	struct place *place = *state;
	char *out = place_path(place, "out/a.png");
	struct ended ended;

	picture_write_plain(place_path(place, "in/a.png"), 300, 200);
	write_mark(place, 400, 100, 1);
	make(place, "--watermark mark.png --watermark-position c");
	assert_true(is_red(out, 150, 100));
	make(place, "--watermark mark.png --watermark-position c --watermark-oversize skip");
	assert_false(is_red(out, 150, 100));
	/* what was to be left out is not missed */
	RUN(&ended, "verify", place_path(place, "out"));
	ASSERT_EXIT(&ended, 0);
	RUN(&ended, "run", place_path(place, "in"), place_path(place, "out2"), "--watermark",
		place_path(place, "mark.png"), "--watermark-oversize", "fail");
	ASSERT_SAYS(ended.err, "a.png: watermark:");
	ASSERT_SAYS(ended.err, "does not fit on 300x200 pixels");
	ASSERT_EXIT(&ended, 1);
	assert_false(file_exists(place_path(place, "out2/a.png")));
}

static void text_says_what_the_pictures_exif_does(void **state)
{
	struct place *place = *state;
	unsigned long plain;

	picture_write_plain(place_path(place, "in/a.jpg"), 300, 200);
	make(place, "--artist HHH");
	file_copy(place_path(place, "out/a.jpg"), place_path(place, "in/a.jpg"));
	make(place, "--watermark-text HHH --watermark-font-size 20% --watermark-colour red");
	plain = tree_sum(place_path(place, "out"));
	make(place, "--watermark-text {exif:Artist|nobody} --watermark-font-size 20% --watermark-colour red");
	assert_int_equal(tree_sum(place_path(place, "out")), plain);
	make(place, "--watermark-text {exif:Model|HHH} --watermark-font-size 20% --watermark-colour red");
	assert_int_equal(tree_sum(place_path(place, "out")), plain);
	make(place, "--watermark-text <b>HHH</b> --watermark-font-size 20% --watermark-colour red");
	assert_int_not_equal(tree_sum(place_path(place, "out")), plain);
}

static void text_gives_the_same_bytes_whatever_the_number_of_workers(void **state)
{
	static const char *const lanes[] = { "vips", "planar" };
	struct place *place = *state;

	for (int i = 0; i < 6; i++)
		picture_write_plain(place_path(place, "in/%d.jpg", i), 300 + i, 200);
	for (unsigned i = 0; i < G_N_ELEMENTS(lanes); i++) {
		char *line = g_strdup_printf("--watermark-text {stem}-{width} --watermark-shadow black "
					     "--watermark-rotate 10 --lane %s",
			lanes[i]);
		char *one = g_strconcat(line, " --jobs 1", NULL),
		     *four = g_strconcat(line, " --jobs 4 --force", NULL);
		unsigned long sum;

		make(place, one);
		sum = tree_sum(place_path(place, "out"));
		make(place, four);
		assert_int_equal(tree_sum(place_path(place, "out")), sum);
		g_free(line);
		g_free(one);
		g_free(four);
	}
}

static void write_plain(struct place *place, const char *name, int width_px, int height_px, uint8_t level)
{
	picture_write(place_path(place, "%s", name), &(struct picture){ .width_px = width_px,
							     .height_px = height_px,
							     .colour = { level, level, level },
							     .alpha = 1 });
}

static void the_version_of_a_mark_goes_by_the_picture(void **state)
{
	static const char *const lines[] = {
		"--watermark-light light.png --watermark-dark dark.png --watermark-margin 10px",
		"--watermark-light light.png --watermark-dark dark.png --watermark-margin 10px --lane vips",
		"--recipe marks.ini",
	};
	struct place *place = *state;

	write_plain(place, "in/night.png", 300, 200, 40);
	write_plain(place, "in/snow.png", 300, 200, 220);
	write_plain(place, "in/night.jpg", 300, 200, 40);
	write_plain(place, "in/snow.jpg", 300, 200, 220);
	write_plain(place, "light.png", 40, 20, 255);
	write_plain(place, "dark.png", 60, 20, 0);
	file_write_text(place_path(place, "marks.ini"),
		"[output]\nwatermarks = logo\nname = {dir}/{stem}.{ext}\n[mark logo]\n"
		"watermark-light = light.png\nwatermark-dark = dark.png\nwatermark-margin = 10px\n");
	for (unsigned i = 0; i < 2 * G_N_ELEMENTS(lines); i++) {
		const char *ext = i % 2 ? "jpg" : "png";

		make(place, lines[i / 2]);
		ASSERT_PIXEL(place_path(place, "out/night.%s", ext), 270, 180, 255, 255, 255, 16);
		ASSERT_PIXEL(place_path(place, "out/night.%s", ext), 240, 180, 40, 40, 40, 16);
		ASSERT_PIXEL(place_path(place, "out/snow.%s", ext), 270, 180, 0, 0, 0, 16);
		ASSERT_PIXEL(place_path(place, "out/snow.%s", ext), 240, 180, 0, 0, 0, 16);
	}
}

/* Plain on top, with grain below. */
static void write_calm_above(struct place *place, const char *name)
{
	char *noisy = place_path(place, "noisy.png"), *plain = place_path(place, "plain.png");
	VipsImage *above, *below, *both;

	write_plain(place, "plain.png", 300, 100, 60);
	folder_make(place_path(place, "in"));
	picture_write(noisy, &(struct picture){ .width_px = 300,
				     .height_px = 100,
				     .colour = { 120, 120, 120 },
				     .alpha = 1,
				     .noise = 60 });
	above = vips_image_new_from_file(plain, NULL);
	below = vips_image_new_from_file(noisy, NULL);
	assert_int_equal(vips_join(above, below, &both, VIPS_DIRECTION_VERTICAL, NULL), 0);
	assert_int_equal(vips_image_write_to_file(both, place_path(place, "in/%s", name), NULL), 0);
	g_object_unref(above);
	g_object_unref(below);
	g_object_unref(both);
}

static void a_calm_mark_keeps_off_what_is_to_be_seen(void **state)
{
	static const char *const lanes[] = { "vips", "planar" };
	struct place *place = *state;
	struct ended ended;

	write_calm_above(place, "a.jpg");
	write_plain(place, "in/b.jpg", 300, 200, 60);
	write_mark(place, 40, 20, 1);
	for (unsigned i = 0; i < G_N_ELEMENTS(lanes); i++) {
		g_autofree char *line =
			g_strdup_printf("--watermark mark.png --watermark-margin 10px --quality 95 "
					"--watermark-position calm --lane %s",
				lanes[i]);

		make(place, line);
		assert_true(is_red(place_path(place, "out/a.jpg"), 270, 20));
		assert_false(is_red(place_path(place, "out/a.jpg"), 270, 180));
		/* where all are alike */
		assert_true(is_red(place_path(place, "out/b.jpg"), 270, 180));
		assert_false(is_red(place_path(place, "out/b.jpg"), 270, 20));
		RUN(&ended, "verify", place_path(place, "out"));
		ASSERT_EXIT(&ended, 0);
	}
	make(place, "--watermark-text HHH --watermark-font-size 20% --watermark-colour red "
		    "--watermark-position calm --watermark-margin 0px");
	assert_false(is_red(place_path(place, "out/a.jpg"), 270, 180));
}

static void chosen_marks_give_the_same_bytes_whatever_the_number_of_workers(void **state)
{
	static const char *const lanes[] = { "vips", "planar" };
	struct place *place = *state;

	for (int i = 0; i < 4; i++) {
		char name[] = { (char)('a' + i), '.', 'j', 'p', 'g', '\0' };

		write_calm_above(place, name);
		picture_write_plain(place_path(place, "in/%d.jpg", i), 300 + i, 200);
	}
	write_plain(place, "light.png", 40, 20, 255);
	write_plain(place, "dark.png", 60, 20, 0);
	for (unsigned i = 0; i < G_N_ELEMENTS(lanes); i++) {
		g_autofree char *line =
			g_strdup_printf("--watermark-light light.png --watermark-dark dark.png "
					"--watermark-position calm --lane %s --force",
				lanes[i]);
		g_autofree char *one = g_strconcat(line, " --jobs 1", NULL),
				*two = g_strconcat(line, " --jobs 2", NULL);
		unsigned long sum;

		make(place, one);
		sum = tree_sum(place_path(place, "out"));
		make(place, two);
		assert_int_equal(tree_sum(place_path(place, "out")), sum);
	}
}

static void a_mark_may_be_an_svg(void **state)
{
	struct place *place = *state;

	picture_write_plain(place_path(place, "in/a.png"), 300, 200);
	file_write_text(place_path(place, "mark.svg"),
		"<svg xmlns='http://www.w3.org/2000/svg' width='40' height='20'>"
		"<rect width='40' height='20' fill='#f00'/></svg>");
	make(place, "--watermark mark.svg --watermark-margin 10px");
	assert_red(place_path(place, "out/a.png"), 250, 170, 40, 20);
}

static void every_format_is_written_under_its_extension(void **state)
{
	static const struct {
		const char *options, *name, *loader;
	} rows[] = {
		{ "", "a.png", "pngload" },
		{ "--format keep", "a.png", "pngload" },
		{ "--format jpeg", "a.jpg", "jpegload" },
		{ "--format png", "a.png", "pngload" },
		{ "--format webp", "a.webp", "webpload" },
		{ "--format tiff", "a.tif", "tiffload" },
	};
	struct place *place = *state;

	picture_write_plain(place_path(place, "in/a.png"), 60, 40);
	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		char *path = place_path(place, "out/%s", rows[i].name);
		struct picture_facts facts;

		make(place, rows[i].options);
		picture_read(path, &facts);
		assert_string_equal(facts.loader, rows[i].loader);
		ASSERT_PIXEL(path, 30, 20, 128, 128, 128, 2);
	}
}

static void the_extension_keeps_the_inputs_own_spelling(void **state)
{
	struct place *place = *state;
	char *list;

	picture_write_plain(place_path(place, "a.jpg"), 60, 40);
	picture_write_plain(place_path(place, "in/d.png"), 60, 40);
	file_copy(place_path(place, "a.jpg"), place_path(place, "in/a.JPG"));
	file_copy(place_path(place, "a.jpg"), place_path(place, "in/b.jpeg"));
	file_copy(place_path(place, "a.jpg"), place_path(place, "in/c.png")); /* a JPEG, whatever it says */
	make(place, "--format jpeg");
	list = tree_list(place_path(place, "out"));
	assert_string_equal(list, "a.JPG\nb.jpeg\nc.jpg\nd.jpg");
	g_free(list);
}

static void alpha_is_kept_where_it_can_be_and_lies_on_the_background_elsewhere(void **state)
{
	struct place *place = *state;
	int rgba[4];

	picture_write(place_path(place, "in/a.png"),
		&(struct picture){ .width_px = 60, .height_px = 40, .colour = { 0, 0, 0 }, .alpha = 0.5 });
	make(place, "");
	picture_pixel(place_path(place, "out/a.png"), 30, 20, rgba);
	assert_in_range(rgba[3], 126, 129);
	make(place, "--format jpeg");
	ASSERT_PIXEL(place_path(place, "out/a.jpg"), 30, 20, 128, 128, 128, 3);
	make(place, "--format jpeg --background #ff0000");
	ASSERT_PIXEL(place_path(place, "out/a.jpg"), 30, 20, 128, 0, 0, 4);
}

static size_t size_of(const char *path)
{
	size_t size_bytes;

	g_free(file_read(path, &size_bytes));
	return size_bytes;
}

static void quality_progressive_and_optimize_show_in_the_file(void **state)
{
	struct place *place = *state;
	char *out = place_path(place, "out/a.jpg");
	size_t low, high, plain;
	char *progressive;

	picture_write(place_path(place, "in/a.jpg"), &(struct picture){ .width_px = 300,
							     .height_px = 200,
							     .colour = { 128, 100, 90 },
							     .alpha = 1,
							     .noise = 20 });
	make(place, "--quality 40");
	low = size_of(out);
	make(place, "--quality 95");
	high = size_of(out);
	assert_true(low * 2 < high);
	make(place, "");
	plain = size_of(out);
	make(place, "--optimize");
	assert_true(size_of(out) < plain);
	make(place, "--progressive");
	progressive = picture_field(out, "jpeg-multiscan");
	if (!progressive)
		progressive = picture_field(out, "interlaced");
	assert_non_null(progressive);
	g_free(progressive);
}

static void assert_chroma(const char *path, const char *chroma)
{
	char *found = picture_field(path, "jpeg-chroma-subsample");

	assert_non_null(found);
	assert_string_equal(found, chroma);
	g_free(found);
}

static void chroma_is_as_asked_whatever_the_quality(void **state)
{
	struct place *place = *state;
	char *out = place_path(place, "out/a.jpg");

	picture_write(place_path(place, "in/a.jpg"), &(struct picture){ .width_px = 300,
							     .height_px = 200,
							     .colour = { 128, 100, 90 },
							     .alpha = 1,
							     .noise = 20 });
	make(place, "");
	assert_chroma(out, "4:2:0");
	make(place, "--chroma 444");
	assert_chroma(out, "4:4:4");
	make(place, "--chroma 444 --lane vips --force");
	assert_chroma(out, "4:4:4");
	make(place, "--chroma 420 --quality 95");
	assert_chroma(out, "4:2:0");
	make(place, "--chroma auto --quality 95 --max-bytes 20k");
	assert_chroma(out, "4:4:4");
}

static void copy_sample(struct place *place, const char *name, const char *to)
{
	char *from = g_strdup_printf("%s/photos/%s", getenv("SAMPLES"), name);

	file_copy(from, place_path(place, "in/%s", to));
	g_free(from);
}

static void wide_colours_become_srgb_or_stay_with_their_profile(void **state)
{
	struct place *place = *state;
	struct picture_facts facts;
	char *in = place_path(place, "in/a.jpg"), *out = place_path(place, "out/a.jpg");
	int before[4], after[4];

	copy_sample(place, "studio/dahlia.jpg", "a.jpg");
	make(place, "--resize 360 --colour keep --quality 95");
	picture_read(out, &facts);
	assert_true(facts.has_profile);
	make(place, "--resize 360 --quality 95");
	picture_read(out, &facts);
	picture_pixel(in, 100, 100, before);
	picture_pixel(out, 25, 25, after);
	/* green leaves: less green in a wide gamut's numbers is more in sRGB's */
	assert_true(after[0] < before[0]);
}

#define PNG_COLOUR_TYPE_AT 25

static void each_formats_own_options_show_in_the_file(void **state)
{
	struct place *place = *state;
	g_autofree char *png = NULL, *tiff = NULL;
	size_t lossy, png_bytes, tiff_bytes;
	struct ended ended;

	copy_sample(place, "dunes.jpg", "a.jpg");
	make(place, "--resize 300 --format webp");
	lossy = size_of(place_path(place, "out/a.webp"));
	make(place, "--resize 300 --format webp --webp-lossless");
	assert_true(size_of(place_path(place, "out/a.webp")) > 2 * lossy);
	make(place, "--resize 300 --format png --png-palette");
	png = file_read(place_path(place, "out/a.png"), &png_bytes);
	assert_int_equal(png[PNG_COLOUR_TYPE_AT], 3);
	make(place, "--resize 300 --format tiff --tiff-compression none");
	tiff = file_read(place_path(place, "out/a.tif"), &tiff_bytes);
	assert_true(tiff_bytes > 300 * 200 * 3);
	/* what says nothing of this format makes nothing anew */
	RUN(&ended, "run", place_path(place, "in"), place_path(place, "out"), "--resize", "300", "--format",
		"tiff", "--tiff-compression", "none", "--webp-lossless", "--png-palette");
	ASSERT_SAYS(ended.err, "1 up to date");
	ASSERT_EXIT(&ended, 0);
}

static void a_palette_is_the_same_whatever_the_number_of_workers(void **state)
{
	struct place *place = *state;
	unsigned long sum;

	copy_sample(place, "dunes.jpg", "a.jpg");
	copy_sample(place, "milky-way.jpg", "b.jpg");
	copy_sample(place, "studio/vase.png", "c.png");
	make(place, "--format png --png-palette --jobs 1");
	sum = tree_sum(place_path(place, "out"));
	make(place, "--format png --png-palette --jobs 4 --force");
	assert_int_equal(tree_sum(place_path(place, "out")), sum);
}

static void what_loses_nothing_fits_as_it_is_or_fails(void **state)
{
	static const char *const rows[] = { "--format webp --webp-lossless", "--format png --png-palette",
		"--format tiff" };
	struct place *place = *state;

	copy_sample(place, "dunes.jpg", "a.jpg");
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *plain = g_strconcat("--resize 300 ", rows[i], NULL);
		g_autofree char *roomy = g_strconcat(plain, " --max-bytes 1M --force", NULL);
		g_autofree char *tight = g_strconcat("run in out2 --max-bytes 5k ", plain, NULL);
		char **words = g_strsplit(tight, " ", -1);
		unsigned long sum;
		struct ended ended;

		make(place, plain);
		sum = tree_sum(place_path(place, "out"));
		make(place, roomy);
		assert_int_equal(tree_sum(place_path(place, "out")), sum);
		program_run(&(struct program_options){ .arguments = (const char *const *)words,
				    .folder = place->folder },
			&ended);
		ASSERT_SAYS(ended.err, "a.jpg: too-large: it takes ");
		ASSERT_EXIT(&ended, 1);
		assert_int_equal(tree_count(place_path(place, "out2")), 0);
		g_strfreev(words);
	}
}

/* JPEG in TIFF has no alpha and a quality. */
static void jpeg_in_tiff_is_fitted_and_lies_on_the_background(void **state)
{
	struct place *place = *state;
	char *out = place_path(place, "out/a.tif");

	picture_write(place_path(place, "in/a.png"),
		&(struct picture){ .width_px = 60, .height_px = 40, .colour = { 0, 0, 0 }, .alpha = 0.5 });
	make(place, "--format tiff --tiff-compression jpeg --background #ff0000");
	ASSERT_PIXEL(out, 30, 20, 128, 0, 0, 4);
	copy_sample(place, "dunes.jpg", "a.png");
	make(place, "--format tiff --tiff-compression jpeg --max-bytes 30k");
	assert_in_range(size_of(out), 15000, 30000);
}

/* The lane that the picture took is in its event, and why it was not the faster one. */
static void assert_lane(json_t *events, const char *name, const char *lane, const char *why)
{
	json_t *event = events_picture(events, name);

	assert_non_null(event);
	assert_string_equal(events_text(event, "lane"), lane);
	assert_string_equal(events_text(event, "lane_why"), why);
}

static void the_lane_is_chosen_by_the_picture_and_says_why(void **state)
{
	struct place *place = *state;
	char *events_path = place_path(place, "events");
	const char *fast = getenv("PLANAR") ? "planar" : "vips";
	struct ended ended;
	json_t *events;

	copy_sample(place, "dunes.jpg", "a.jpg");
	copy_sample(place, "moon.png", "b.png");
	RUN(&ended, "run", place_path(place, "in"), place_path(place, "out"), "--resize", "200", "-v",
		"--events", events_path);
	ASSERT_SAYS(ended.err, "vips lane: ");
	ASSERT_EXIT(&ended, 0);
	events = events_read(events_path);
	assert_lane(events, "a.jpg", fast, getenv("PLANAR") ? "" : "this build has no planar lane");
	assert_lane(events, "b.png", "vips",
		getenv("PLANAR") ? "the picture is not a JPEG" : "this build has no planar lane");
	json_decref(events);
	RUN(&ended, "run", place_path(place, "in"), place_path(place, "out"), "--resize", "200", "--force",
		"--lane", "vips", "--events", events_path);
	ASSERT_EXIT(&ended, 0);
	events = events_read(events_path);
	assert_lane(events, "a.jpg", "vips", "");
	json_decref(events);
}

/* Whether any of the file's EXIF says `name`. */
static int says(const char *path, const char *name)
{
	char *value = picture_field(path, name);
	int found = value != NULL;

	g_free(value);
	return found;
}

static void each_metadata_policy_keeps_what_it_promises(void **state)
{
	static const struct {
		const char *options;
		int serial, place, model, copyright;
	} rows[] = {
		{ "--metadata all", 1, 1, 1, 1 },
		{ "--metadata safe", 0, 0, 1, 1 },
		{ "", 0, 0, 1, 1 },
		{ "--metadata copyright", 0, 0, 0, 1 },
		{ "--metadata none", 0, 0, 0, 0 },
	};
	struct place *place = *state;
	char *out = place_path(place, "out/a.jpg");

	copy_sample(place, "wedding/on the pier.jpg", "a.jpg");
	assert_true(says(place_path(place, "in/a.jpg"), "jpeg-thumbnail-data"));
	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		make(place, rows[i].options);
		assert_int_equal(says(out, "exif-ifd2-BodySerialNumber"), rows[i].serial);
		assert_int_equal(says(out, "exif-ifd3-GPSLatitude"), rows[i].place);
		assert_int_equal(says(out, "exif-ifd0-Model"), rows[i].model);
		assert_int_equal(says(out, "exif-ifd0-Copyright"), rows[i].copyright);
		assert_false(says(out, "jpeg-thumbnail-data"));
	}
}

static void copyright_and_artist_are_written_under_every_policy(void **state)
{
	static const char *const rows[] = { "all", "safe", "copyright", "none" };
	struct place *place = *state;

	copy_sample(place, "wedding/on the pier.jpg", "a.jpg");
	picture_write_plain(place_path(place, "in/b.png"), 60, 40);
	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		char *line = g_strdup_printf("--metadata %s --copyright New-Studio --artist Zoë", rows[i]);

		make(place, line);
		g_free(line);
		for (int k = 0; k < 2; k++) {
			char *out = place_path(place, k ? "out/b.png" : "out/a.jpg");
			char *copyright = picture_field(out, "exif-ifd0-Copyright");
			char *xmp = picture_field(out, VIPS_META_XMP_NAME);

			assert_non_null(copyright);
			ASSERT_SAYS(copyright, "New-Studio");
			assert_null(strstr(copyright, "Ida"));
			assert_non_null(xmp);
			g_free(copyright);
			g_free(xmp);
		}
	}
}

static void names_follow_the_template(void **state)
{
	struct place *place = *state;
	char *list;

	picture_write_plain(place_path(place, "in/deep/a.jpg"), 300, 200);
	picture_write_plain(place_path(place, "in/b.jpg"), 200, 300);
	make(place, "--resize 100 --name {dir}/{width}x{height}/{stem}_web.{ext}");
	list = tree_list(place_path(place, "out"));
	assert_string_equal(list, "67x100/b_web.jpg\ndeep/100x67/a_web.jpg");
	g_free(list);
}

/* The lowest and the highest value along the middle row of out/a.png. */
static void find_range(struct place *place, int *least, int *most)
{
	*least = 255;
	*most = 0;
	for (int x = 0; x < 300; x++) {
		int rgba[4];

		picture_pixel(place_path(place, "out/a.png"), x, 100, rgba);
		*least = MIN(*least, rgba[1]);
		*most = MAX(*most, rgba[1]);
		/* lightness only: what has no hue gets none */
		assert_int_equal(rgba[0], rgba[1]);
		assert_int_equal(rgba[2], rgba[1]);
	}
}

static void sharpening_lifts_edges_within_its_limit_and_leaves_the_mark(void **state)
{
	static const struct {
		const char *how;
		int limit;
	} rows[] = { { "none", 0 }, { "screen:low", 10 }, { "screen", 16 }, { "screen:high", 22 },
		{ "print", 24 }, { "0.5", 24 } };
	struct place *place = *state;
	int before = 0;

	/* half dark, half light, by a mark that lies over the right half; the picture is the input of the
	 * next run */
	picture_write(place_path(place, "base/a.png"),
		&(struct picture){
			.width_px = 300, .height_px = 200, .colour = { 100, 100, 100 }, .alpha = 1 });
	picture_write(place_path(place, "half.png"),
		&(struct picture){
			.width_px = 150, .height_px = 200, .colour = { 160, 160, 160 }, .alpha = 1 });
	make_from(place, "base", "in",
		"--watermark half.png --watermark-margin 0px --watermark-size 150px --sharpen 5");
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *line = g_strdup_printf("--sharpen %s", rows[i].how);
		int least, most;

		make(place, line);
		find_range(place, &least, &most);
		if (i == 0)
			assert_true(least == 100 && most == 160);
		else
			assert_true(least < 100 && most > 160);
		assert_in_range(most, 160, 160 + rows[i].limit);
		assert_in_range(least, 100 - rows[i].limit, 100);
		if (i > 0 && i < 4) {
			assert_true(most > before);
			before = most;
		}
	}
}

/* The file of in/a.jpg made so. */
static char *make_bytes(
	struct place *place, const char *lane, int quality, const char *max_bytes, size_t *size)
{
	char *line = g_strdup_printf(
		"--resize 400 --lane %s --quality %d --name a.jpg --force %s", lane, quality, max_bytes);
	char *data;

	make(place, line);
	g_free(line);
	data = file_read(place_path(place, "out/a.jpg"), size);
	return data;
}

static void the_highest_quality_that_fits_is_taken(void **state)
{
	const char *const lanes[] = { "vips", getenv("PLANAR") ? "planar" : NULL };
	struct place *place = *state;

	picture_write(place_path(place, "in/a.jpg"), &(struct picture){ .width_px = 900,
							     .height_px = 600,
							     .colour = { 120, 90, 60 },
							     .alpha = 1,
							     .noise = 30 });
	for (size_t lane = 0; lane < 2 && lanes[lane]; lane++) {
		size_t size, plain_size;
		char *fitted = make_bytes(place, lanes[lane], 88, "--max-bytes 30k", &size), *plain;
		int best = 1, too_high = 88;

		assert_true(size <= 30000);
		while (too_high - best > 1) {
			free(make_bytes(place, lanes[lane], (best + too_high) / 2, "", &plain_size));
			*(plain_size <= 30000 ? &best : &too_high) = (best + too_high) / 2;
		}
		/* the same bytes as at that quality, or at the one below it */
		plain = make_bytes(place, lanes[lane], best, "", &plain_size);
		if (plain_size != size) {
			free(plain);
			plain = make_bytes(place, lanes[lane], best - 1, "", &plain_size);
		}
		assert_int_equal(plain_size, size);
		assert_memory_equal(plain, fitted, size);
		free(plain);
		free(fitted);
		/* enough: nothing changes */
		fitted = make_bytes(place, lanes[lane], 88, "--max-bytes 1M", &size);
		plain = make_bytes(place, lanes[lane], 88, "", &plain_size);
		assert_int_equal(size, plain_size);
		assert_memory_equal(fitted, plain, size);
		free(plain);
		free(fitted);
	}
}

static void what_fits_at_no_quality_fails_alone(void **state)
{
	struct place *place = *state;
	struct ended ended;

	picture_write(place_path(place, "in/a.png"),
		&(struct picture){ .width_px = 300, .height_px = 200, .alpha = 1, .noise = 50 });
	picture_write_plain(place_path(place, "in/b.png"), 30, 20);
	RUN(&ended, "run", place_path(place, "in"), place_path(place, "out"), "--max-bytes", "2k");
	ASSERT_SAYS(ended.err, "in/a.png: too-large: it takes ");
	ASSERT_SAYS(ended.err, "1 made, 1 failed");
	ASSERT_EXIT(&ended, 1);
	assert_false(file_exists(place_path(place, "out/a.png")));
}

static void the_resolution_and_the_time_are_as_asked(void **state)
{
	static const char *const formats[] = { "jpg", "png", "tif" };
	struct place *place = *state;
	struct timespec taken = { .tv_sec = 1234567890, .tv_nsec = 123456789 };
	struct stat status;

	picture_write_plain(place_path(place, "in/a.jpg"), 300, 200);
	assert_int_equal(
		utimensat(AT_FDCWD, place_path(place, "in/a.jpg"), (struct timespec[]){ taken, taken }, 0),
		0);
	make(place, "--dpi 240 --keep-mtime --name a.jpg");
	make(place, "--dpi 240 --format png --name a.png");
	make(place, "--dpi 240 --format tiff --name a.tif");
	for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
		VipsImage *image = vips_image_new_from_file(place_path(place, "out/a.%s", formats[i]), NULL);

		assert_non_null(image);
		if (fabs(image->Xres * 25.4 - 240) > 0.1 || fabs(image->Yres * 25.4 - 240) > 0.1)
			fail_msg("%s: %f dpi", formats[i], image->Xres * 25.4);
		g_object_unref(image);
	}
	assert_int_equal(stat(place_path(place, "out/a.jpg"), &status), 0);
	assert_int_equal(status.st_mtim.tv_sec, taken.tv_sec);
	assert_int_equal(status.st_mtim.tv_nsec, taken.tv_nsec);
	assert_int_equal(stat(place_path(place, "out/a.png"), &status), 0);
	assert_true(status.st_mtim.tv_sec > taken.tv_sec);
}

static void names_take_dates_and_cameras_from_the_picture(void **state)
{
	struct place *place = *state;
	char *list, *samples = g_build_filename(getenv("SAMPLES"), "photos", "studio", NULL);
	static const char *const names[] = { "tartan.jpg", "vase.png", "dahlia.jpg" };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		char *sample = g_build_filename(samples, names[i], NULL);

		file_copy(sample, place_path(place, "in/%s", names[i]));
		g_free(sample);
	}
	g_free(samples);
	picture_write_plain(place_path(place, "in/plain:1.jpg"), 60, 40);
	make(place, "--resize 60 --name {date:%Y/%m|undated}/{exif:Model|none}_{stem:upper}.{ext} "
		    "--windows-names");
	list = tree_list(place_path(place, "out"));
	assert_string_equal(list, "2024/02/Example D1_TARTAN.jpg\n2024/02/Example D1_VASE.png\n"
				  "2024/09/Example D1_DAHLIA.jpg\nundated/none_PLAIN_1.jpg");
	g_free(list);
}

static void names_that_collide_get_numbers_or_their_extension(void **state)
{
	struct place *place = *state;
	char *list;

	picture_write_plain(place_path(place, "in/a.jpg"), 60, 40);
	picture_write_plain(place_path(place, "in/a.png"), 60, 40);
	make(place, "--format webp --on-collision number");
	list = tree_list(place_path(place, "out"));
	assert_string_equal(list, "a-2.webp\na.webp");
	g_free(list);
	make(place, "--format tiff --on-collision keep-ext");
	list = tree_list(place_path(place, "out"));
	assert_string_equal(list, "a-2.webp\na.jpg.tif\na.png.tif\na.webp");
	g_free(list);
}

/* However many workers there are, and however slow the machine is. */
static void a_rate_is_kept_over_all_workers(void **state)
{
	struct place *place = *state;
	struct ended ended;

	for (int i = 0; i < 20; i++)
		picture_write_plain(place_path(place, "in/%02d.jpg", i), 60, 40);
	RUN(&ended, "run", place_path(place, "in"), place_path(place, "out"), "--rate", "20", "--jobs", "4");
	assert_in_range(ended.elapsed_ms, 19 * 50, 30000);
	ASSERT_EXIT(&ended, 0);
	assert_int_equal(tree_count(place_path(place, "out")), 20);
}

#define ROW(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROW(every_size_gives_its_pixels),
		ROW(padding_has_the_colour_that_was_asked_for),
		ROW(the_eight_orientations_come_out_upright),
		ROW(the_mark_stands_in_each_of_the_nine_places),
		ROW(the_marks_size_and_margin_follow_the_picture),
		ROW(a_mark_that_does_not_fit_is_shrunk),
		ROW(opacity_and_the_marks_own_alpha_are_blended),
		ROW(tiles_cover_the_picture),
		ROW(a_turned_mark_keeps_its_size_and_lies_in_its_corner),
		ROW(tiles_are_spaced_and_turned_as_asked),
		ROW(what_becomes_of_a_mark_that_does_not_fit_is_an_option),
		ROW(text_says_what_the_pictures_exif_does),
		ROW(text_gives_the_same_bytes_whatever_the_number_of_workers),
		ROW(a_mark_may_be_an_svg),
		ROW(the_version_of_a_mark_goes_by_the_picture),
		ROW(a_calm_mark_keeps_off_what_is_to_be_seen),
		ROW(chosen_marks_give_the_same_bytes_whatever_the_number_of_workers),
		ROW(every_format_is_written_under_its_extension),
		ROW(the_extension_keeps_the_inputs_own_spelling),
		ROW(alpha_is_kept_where_it_can_be_and_lies_on_the_background_elsewhere),
		ROW(quality_progressive_and_optimize_show_in_the_file),
		ROW(chroma_is_as_asked_whatever_the_quality),
		ROW(wide_colours_become_srgb_or_stay_with_their_profile),
		ROW(each_formats_own_options_show_in_the_file),
		ROW(a_palette_is_the_same_whatever_the_number_of_workers),
		ROW(what_loses_nothing_fits_as_it_is_or_fails),
		ROW(jpeg_in_tiff_is_fitted_and_lies_on_the_background),
		ROW(the_lane_is_chosen_by_the_picture_and_says_why),
		ROW(each_metadata_policy_keeps_what_it_promises),
		ROW(copyright_and_artist_are_written_under_every_policy),
		ROW(names_follow_the_template),
		ROW(sharpening_lifts_edges_within_its_limit_and_leaves_the_mark),
		ROW(the_highest_quality_that_fits_is_taken),
		ROW(what_fits_at_no_quality_fails_alone),
		ROW(the_resolution_and_the_time_are_as_asked),
		ROW(names_take_dates_and_cameras_from_the_picture),
		ROW(names_that_collide_get_numbers_or_their_extension),
		ROW(a_rate_is_kept_over_all_workers),
	};

	pictures_start("options_test");
	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
