#include "image/mark.h"

#include <math.h>

#include "chart.h"

#define RGB(red, green, blue) ((const int[]){ red, green, blue })
#define RGBA(red, green, blue, alpha) ((const int[]){ red, green, blue, alpha })

static struct workshop workshop;

static int begin(void **state)
{
	(void)state;
	workshop_init(&workshop);
	workshop.output->mark.margin = (struct length_spec){ LENGTH_PX, 10 };
	return 0;
}

static int end(void **state)
{
	(void)state;
	workshop_finish(&workshop);
	return 0;
}

/* The name of a new file with what is on `fd`, which is closed; on loan from scratch_path(). */
static const char *named(int fd, const char *name)
{
	const char *path = scratch_path(&workshop.scratch, "%s", name);
	int copy = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	char buffer[65536];
	ssize_t got;
	off_t at = 0;

	assert_true(copy >= 0);
	while ((got = pread(fd, buffer, sizeof(buffer), at)) > 0) {
		assert_int_equal(write(copy, buffer, (size_t)got), got);
		at += got;
	}
	close(copy);
	close(fd);
	return path;
}

static void use_mark(int fd)
{
	workshop_mark(&workshop, named(fd, "logo"));
}

/* A mark of one colour. */
static void use_plain_mark(int width, int height, int red, int green, int blue)
{
	use_mark(rgb_file(raster_plain(width, height, 3, RGB(red, green, blue)), ".png"));
}

static int grey_picture(int width, int height, int level)
{
	return rgb_file(raster_plain(width, height, 3, RGB(level, level, level)), ".png");
}

/* Whether all of the picture is `plain` but for the mark's rectangle, which is `mark`. */
static void check_mark_at(const struct raster *made, const int *at, const int *plain, const int *mark)
{
	for (int y = 0; y < made->height; y++)
		for (int x = 0; x < made->width; x++) {
			bool inside = x >= at[0] && x < at[0] + at[2] && y >= at[1] && y < at[1] + at[3];

			check_pixel(made, x, y, 1, inside ? mark : plain);
		}
}

static void each_gravity_puts_it_where_it_says(void **state)
{
	static const struct {
		enum gravity gravity;
		int across, down;
	} rows[] = { { GRAVITY_NW, 0, 0 }, { GRAVITY_N, 1, 0 }, { GRAVITY_NE, 2, 0 }, { GRAVITY_W, 0, 1 },
		{ GRAVITY_C, 1, 1 }, { GRAVITY_E, 2, 1 }, { GRAVITY_SW, 0, 2 }, { GRAVITY_S, 1, 2 },
		{ GRAVITY_SE, 2, 2 } };

	(void)state;
	use_plain_mark(40, 20, 200, 30, 60);
	for (size_t i = 0; i < 18; i++) {
		int width = i < 9 ? 300 : 200, height = i < 9 ? 200 : 300;
		int at[] = { 10 + (width - 60) * rows[i % 9].across / 2,
			10 + (height - 40) * rows[i % 9].down / 2, 40, 20 };
		struct raster made;

		workshop.output->mark.position = rows[i % 9].gravity;
		made = workshop_make(&workshop, grey_picture(width, height, 90), "marked.png", FORMAT_PNG);
		check_mark_at(&made, at, RGB(90, 90, 90), RGB(200, 30, 60));
		free(made.samples);
	}
}

static void tiles_are_spaced_by_the_margin(void **state)
{
	struct raster made;

	(void)state;
	use_plain_mark(40, 20, 200, 30, 60);
	workshop.output->mark.position = GRAVITY_TILE;
	made = workshop_make(&workshop, grey_picture(300, 200, 90), "tiled.png", FORMAT_PNG);
	for (int y = 0; y < 200; y++)
		for (int x = 0; x < 300; x++) {
			/* one lies at 130, 90; the next 50 and 30 further */
			bool inside = (x - 130 + 500) % 50 < 40 && (y - 90 + 300) % 30 < 20;

			check_pixel(&made, x, y, 1, inside ? RGB(200, 30, 60) : RGB(90, 90, 90));
		}
	free(made.samples);
}

static void tiles_may_have_a_spacing_of_their_own(void **state)
{
	struct raster made;

	(void)state;
	use_plain_mark(40, 20, 200, 30, 60);
	workshop.output->mark.position = GRAVITY_TILE;
	workshop.output->mark.spacing = (struct length_spec){ LENGTH_PERCENT, 15 };
	made = workshop_make(&workshop, grey_picture(300, 200, 90), "tiled.png", FORMAT_PNG);
	for (int y = 0; y < 200; y++)
		for (int x = 0; x < 300; x++) {
			bool inside = (x - 130 + 700) % 70 < 40 && (y - 90 + 500) % 50 < 20;

			check_pixel(&made, x, y, 1, inside ? RGB(200, 30, 60) : RGB(90, 90, 90));
		}
	free(made.samples);
}

/* Left half red, right half blue. */
static void use_two_halves(int width, int height)
{
	struct raster raster = raster_new(width, height, 3, 8);

	for (int y = 0; y < height; y++)
		for (int x = 0; x < width; x++)
			raster_set(&raster, x, y, x < width / 2 ? RGB(200, 30, 60) : RGB(30, 60, 200));
	use_mark(rgb_file(raster, ".png"));
}

static void a_quarter_turn_is_clockwise_and_exact(void **state)
{
	struct raster made;

	(void)state;
	use_two_halves(40, 20);
	workshop.output->mark.rotate_deg = 90;
	made = workshop_make(&workshop, grey_picture(300, 200, 90), "turned.png", FORMAT_PNG);
	for (int y = 0; y < 200; y++)
		for (int x = 0; x < 300; x++) {
			bool inside = x >= 270 && x < 290 && y >= 150 && y < 190;

			check_pixel(&made, x, y, 1,
				!inside   ? RGB(90, 90, 90)
				: y < 170 ? RGB(200, 30, 60)
					  : RGB(30, 60, 200));
		}
	free(made.samples);
}

/* Every pixel that lies wholly inside or outside of what geometry says. */
static void check_turned(
	const struct raster *made, double deg, const double *centre, double step_x, double step_y)
{
	double cosine = cos(deg * G_PI / 180), sine = sin(deg * G_PI / 180);

	for (int y = 0; y < made->height; y++)
		for (int x = 0; x < made->width; x++) {
			double u = x + 0.5 - centre[0], v = y + 0.5 - centre[1];
			double across = u * cosine + v * sine, down = v * cosine - u * sine;
			bool inside, outside;

			if (step_x > 0) {
				across -= step_x * round(across / step_x);
				down -= step_y * round(down / step_y);
			}
			/* copies lie on whole pixels, and edges are soft */
			inside = fabs(across) < 28 && fabs(down) < 13 && fabs(across) > 2;
			outside = fabs(across) > 32 || fabs(down) > 17;
			if (inside)
				check_pixel(made, x, y, 3, across < 0 ? RGB(200, 30, 60) : RGB(30, 60, 200));
			else if (outside)
				check_pixel(made, x, y, 1, RGB(90, 90, 90));
		}
}

static void any_turn_is_clockwise_about_the_middle_of_its_box(void **state)
{
	static const double turns[] = { 30, -30, 45, 137.5, -171 };

	(void)state;
	use_two_halves(60, 30);
	workshop.output->mark.position = GRAVITY_C;
	for (size_t i = 0; i < G_N_ELEMENTS(turns); i++) {
		struct raster made;

		workshop.output->mark.rotate_deg = turns[i];
		made = workshop_make(&workshop, grey_picture(200, 160, 90), "turned.png", FORMAT_PNG);
		check_turned(&made, turns[i], (const double[]){ 100, 80 }, 0, 0);
		free(made.samples);
	}
}

static void turned_tiles_stand_on_a_turned_lattice(void **state)
{
	struct raster made;

	(void)state;
	use_two_halves(60, 30);
	workshop.output->mark.position = GRAVITY_TILE;
	workshop.output->mark.spacing = (struct length_spec){ LENGTH_PX, 14 };
	workshop.output->mark.rotate_deg = -30;
	made = workshop_make(&workshop, grey_picture(400, 300, 90), "turned.png", FORMAT_PNG);
	check_turned(&made, -30, (const double[]){ 200, 150 }, 74, 44);
	free(made.samples);
}

static void a_mark_that_would_not_fit_is_left_out_if_so_wished(void **state)
{
	struct raster made;

	(void)state;
	use_plain_mark(40, 20, 200, 30, 60);
	workshop.output->mark.oversize = OVERSIZE_SKIP;
	made = workshop_make(&workshop, grey_picture(60, 40, 90), "fits.png", FORMAT_PNG);
	check_mark_at(&made, (const int[]){ 10, 10, 40, 20 }, RGB(90, 90, 90), RGB(200, 30, 60));
	assert_true(workshop.reply.outputs[0].marked);
	free(made.samples);
	made = workshop_make(&workshop, grey_picture(59, 40, 90), "small.png", FORMAT_PNG);
	check_mark_at(&made, (const int[]){ 0, 0, 0, 0 }, RGB(90, 90, 90), RGB(0, 0, 0));
	assert_false(workshop.reply.outputs[0].marked);
	assert_non_null(strstr(workshop.reply.warning, "left out"));
	free(made.samples);
}

static void a_picture_whose_mark_would_not_fit_fails_if_so_wished(void **state)
{
	(void)state;
	use_plain_mark(40, 20, 200, 30, 60);
	workshop.output->mark.oversize = OVERSIZE_FAIL;
	free(workshop_make(&workshop, grey_picture(60, 40, 90), "fits.png", FORMAT_PNG).samples);
	assert_int_equal(workshop_try(&workshop, grey_picture(60, 36, 90), "a.png", FORMAT_PNG), -1);
	assert_int_equal(workshop.reply.err.reason, REASON_WATERMARK);
	assert_non_null(strstr(workshop.reply.err.text, "does not fit on 60x36 pixels"));
}

/* A block that fills its box: of DejaVu Sans Mono, 0.63 em wide and more than an em high. */
#define BLOCK "\xe2\x96\x88"

static void use_text(const char *text)
{
	workshop_text(&workshop, text, "DejaVu Sans Mono");
	workshop.output->mark.style.colour = (struct rgb){ 200, 30, 60 };
}

/* The box of all that is not `plain`. */
static void find_box(const struct raster *made, int plain, int *box)
{
	int left = made->width, top = made->height, right = -1, bottom = -1;

	for (int y = 0; y < made->height; y++)
		for (int x = 0; x < made->width; x++) {
			if (abs(raster_get(made, x, y, 0) - plain) < 20)
				continue;
			left = MIN(left, x);
			right = MAX(right, x);
			top = MIN(top, y);
			bottom = MAX(bottom, y);
		}
	box[0] = left;
	box[1] = top;
	box[2] = right + 1 - left;
	box[3] = bottom + 1 - top;
}

static void text_stands_in_its_corner_in_letters_of_its_size(void **state)
{
	struct raster made;
	int box[4];

	(void)state;
	use_text(BLOCK);
	workshop.output->mark.style.size = (struct length_spec){ LENGTH_PX, 50 };
	made = workshop_make(&workshop, grey_picture(300, 200, 90), "text.png", FORMAT_PNG);
	find_box(&made, 90, box);
	assert_in_range(box[2], 30, 32);
	assert_in_range(box[3], 55, 63);
	assert_int_equal(box[0] + box[2], 290);
	assert_int_equal(box[1] + box[3], 190);
	check_pixel(&made, 275, 160, 0, RGB(200, 30, 60));
	assert_true(workshop.reply.outputs[0].marked);
	free(made.samples);
}

static void text_looks_the_same_on_portrait_and_landscape(void **state)
{
	int boxes[2][4];

	(void)state;
	use_text(BLOCK);
	workshop.output->mark.style.size = (struct length_spec){ LENGTH_PERCENT, 20 };
	for (int i = 0; i < 2; i++) {
		struct raster made = workshop_make(
			&workshop, grey_picture(i ? 200 : 300, i ? 300 : 200, 90), "text.png", FORMAT_PNG);

		find_box(&made, 90, boxes[i]);
		free(made.samples);
	}
	assert_in_range(boxes[0][2], 23, 26);
	assert_int_equal(boxes[0][2], boxes[1][2]);
	assert_int_equal(boxes[0][3], boxes[1][3]);
	/* or the whole text has a width */
	workshop.output->mark.size = (struct length_spec){ LENGTH_PERCENT, 40 };
	use_text(BLOCK BLOCK);
	{
		struct raster made =
			workshop_make(&workshop, grey_picture(300, 200, 90), "text.png", FORMAT_PNG);

		find_box(&made, 90, boxes[0]);
		assert_int_equal(boxes[0][2], 80);
		free(made.samples);
	}
}

/* Letters are as wide as each other. */
static int width_on(const char *name, const char *text)
{
	struct raster made;
	int box[4];

	use_text(text);
	made = workshop_make(&workshop, grey_picture(600, 200, 90), name, FORMAT_PNG);
	find_box(&made, 90, box);
	free(made.samples);
	return box[2];
}

static void tokens_are_those_of_the_picture(void **state)
{
	(void)state;
	workshop.output->mark.style.size = (struct length_spec){ LENGTH_PX, 40 };
	assert_int_equal(width_on("HHHH.png", "{stem}"), width_on("a.png", "HHHH"));
	assert_int_equal(width_on("HH.png", "{stem}"), width_on("a.png", "HH"));
	assert_int_equal(width_on("HH.png", "{exif:Artist|HHH}"), width_on("a.png", "HHH"));
	assert_int_equal(width_on("HH.png", "H{exif:Artist|}H"), width_on("a.png", "HH"));
}

static void text_of_which_nothing_is_left_fails_the_picture(void **state)
{
	(void)state;
	use_text("{exif:Artist|}");
	assert_int_equal(maker_check_marks(workshop.maker, &workshop.reply.err), 0);
	assert_int_equal(workshop_try(&workshop, grey_picture(60, 40, 90), "a.png", FORMAT_PNG), -1);
	assert_int_equal(workshop.reply.err.reason, REASON_WATERMARK);
	assert_non_null(strstr(workshop.reply.err.text, "nothing is left of it"));
}

static void a_font_that_is_not_here_is_told_before_any_picture(void **state)
{
	static const char *const texts[] = { "me", "{stem}" };

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		workshop_text(&workshop, texts[i], "No such font");
		assert_int_equal(maker_check_marks(workshop.maker, &workshop.reply.err), -1);
		assert_int_equal(workshop.reply.err.reason, REASON_WATERMARK);
		assert_non_null(strstr(workshop.reply.err.text, "'No such font'"));
	}
}

static void thousands_of_texts_come_and_go(void **state)
{
	struct colours *colours = colours_new();
	struct marks *marks = marks_new(colours);
	struct mark_wish wish = {
		.settings = &workshop.output->mark, .model = MODEL_RGB, .width_px = 300, .height_px = 200
	};

	(void)state;
	use_text("{stem}");
	for (int i = 0; i < 1000; i++) {
		char text[16];
		struct mark mark;
		struct err err;

		marks_trim(marks);
		snprintf(text, sizeof(text), "%s", i % 10 ? "x" : "yy");
		if (i % 10 == 1)
			snprintf(text, sizeof(text), "%d", 10000 + i);
		wish.content = text;
		assert_int_equal(marks_find(marks, &wish, &mark, &err), 0);
		assert_true(i % 10 == 1 ? mark.place.width_px > 20 : mark.place.width_px < 20);
	}
	marks_free(marks);
	colours_free(colours);
}

static void several_marks_lie_over_each_other_in_order(void **state)
{
	static const char *const labels[] = { "one", "two" };
	struct output_settings *one, *two;
	struct raster made;

	(void)state;
	use_plain_mark(40, 20, 200, 30, 60);
	settings_name_marks(&workshop.settings, labels, 2);
	workshop.output->marks = g_strsplit("one,two", ",", -1);
	one = &workshop.settings.marks[0];
	two = &workshop.settings.marks[1];
	one->mark.file = g_strdup(named(rgb_file(raster_plain(40, 20, 3, RGB(30, 200, 60)), ".png"), "one"));
	two->mark.file = g_strdup(named(rgb_file(raster_plain(40, 20, 3, RGB(30, 60, 200)), ".png"), "two"));
	one->mark.margin = (struct length_spec){ LENGTH_PX, 20 };
	two->mark.position = GRAVITY_NW;
	two->mark.margin = (struct length_spec){ LENGTH_PX, 10 };
	for (int bands = 1; bands <= 3; bands += 2) {
		struct raster grey = raster_plain(300, 200, bands, RGB(90, 90, 90));

		made = workshop_make(&workshop,
			raster_file(grey, bands == 1 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB,
				".png"),
			"marked.png", FORMAT_PNG);
		check_pixel(&made, 285, 185, 0, RGB(200, 30, 60));
		check_pixel(&made, 245, 165, 0, RGB(30, 200, 60));
		/* the second lies over the output's own */
		check_pixel(&made, 270, 175, 0, RGB(30, 200, 60));
		check_pixel(&made, 15, 15, 0, RGB(30, 60, 200));
		check_pixel(&made, 150, 100, 0, RGB(90, 90, 90));
		free(made.samples);
	}
	/* one that is not there fails them all */
	g_free(two->mark.file);
	two->mark.file = g_strdup("nowhere.png");
	assert_int_equal(maker_check_marks(workshop.maker, &workshop.reply.err), -1);
	assert_non_null(strstr(workshop.reply.err.text, "nowhere.png"));
}

static void it_lies_on_the_upright_picture(void **state)
{
	(void)state;
	use_plain_mark(40, 20, 200, 30, 60);
	for (int orientation = 1; orientation <= 8; orientation++) {
		bool turned = orientation >= 5;
		struct raster made = workshop_make(&workshop,
			turned_file(raster_plain(turned ? 200 : 300, turned ? 300 : 200, 3, RGB(90, 90, 90)),
				orientation),
			"turned.png", FORMAT_PNG);

		assert_int_equal(made.width, 300);
		check_mark_at(&made, (const int[]){ 250, 170, 40, 20 }, RGB(90, 90, 90), RGB(200, 30, 60));
		free(made.samples);
	}
}

static void its_size_follows_the_output(void **state)
{
	struct raster made;

	(void)state;
	use_plain_mark(400, 200, 200, 30, 60);
	workshop.output->mark.size = (struct length_spec){ LENGTH_PERCENT, 30 };
	workshop_resize(&workshop, "150");
	made = workshop_make(&workshop, grey_picture(300, 200, 90), "small.png", FORMAT_PNG);
	check_mark_at(&made, (const int[]){ 110, 75, 30, 15 }, RGB(90, 90, 90), RGB(200, 30, 60));
	free(made.samples);
	/* natural size would not fit */
	workshop.output->mark.size.unit = LENGTH_NATURAL;
	made = workshop_make(&workshop, grey_picture(300, 200, 90), "small.png", FORMAT_PNG);
	check_mark_at(&made, (const int[]){ 10, 25, 130, 65 }, RGB(90, 90, 90), RGB(200, 30, 60));
	free(made.samples);
}

static void it_may_lie_on_the_padding(void **state)
{
	struct raster made;

	(void)state;
	use_plain_mark(40, 20, 200, 30, 60);
	workshop_resize(&workshop, "100x100:pad");
	made = workshop_make(&workshop, grey_picture(200, 100, 90), "pad.png", FORMAT_PNG);
	check_pixel(&made, 70, 80, 0, RGB(200, 30, 60));
	check_pixel(&made, 30, 85, 0, RGB(255, 255, 255));
	free(made.samples);
}

/* Left half opaque green, right half clear. */
static int half_clear_mark(const char *suffix)
{
	struct raster raster = raster_new(80, 40, 4, 8);

	for (int y = 0; y < 40; y++)
		for (int x = 0; x < 80; x++)
			raster_set(&raster, x, y, x < 40 ? RGBA(30, 180, 40, 255) : RGBA(255, 255, 255, 0));
	return rgb_file(raster, suffix);
}

static void transparency_and_opacity_let_the_picture_through(void **state)
{
	struct raster made;

	(void)state;
	use_mark(half_clear_mark(".png"));
	made = workshop_make(&workshop, grey_picture(200, 100, 90), "clear.png", FORMAT_PNG);
	check_mark_at(&made, (const int[]){ 110, 50, 40, 40 }, RGB(90, 90, 90), RGB(30, 180, 40));
	free(made.samples);
	workshop.output->mark.opacity = 0.5;
	made = workshop_make(&workshop, grey_picture(200, 100, 90), "clear.png", FORMAT_PNG);
	check_mark_at(&made, (const int[]){ 110, 50, 40, 40 }, RGB(90, 90, 90), RGB(60, 135, 65));
	free(made.samples);
	workshop.output->mark.opacity = 0;
	made = workshop_make(&workshop, grey_picture(200, 100, 90), "clear.png", FORMAT_PNG);
	check_mark_at(&made, (const int[]){ 0, 0, 0, 0 }, RGB(90, 90, 90), RGB(0, 0, 0));
	free(made.samples);
}

static void on_a_transparent_picture_it_is_as_opaque_as_it_is(void **state)
{
	struct raster made;

	(void)state;
	use_mark(half_clear_mark(".webp[lossless]"));
	made = workshop_make(&workshop, rgb_file(raster_plain(200, 100, 4, RGBA(0, 0, 0, 0)), ".png"),
		"clear.png", FORMAT_PNG);
	assert_int_equal(made.bands, 4);
	check_pixel(&made, 120, 60, 0, RGBA(30, 180, 40, 255));
	assert_int_equal(raster_get(&made, 170, 60, 3), 0);
	free(made.samples);
	workshop.output->mark.opacity = 0.25;
	made = workshop_make(&workshop, rgb_file(raster_plain(200, 100, 4, RGBA(0, 0, 0, 0)), ".png"),
		"clear.png", FORMAT_PNG);
	check_pixel(&made, 120, 60, 1, RGBA(30, 180, 40, 64));
	free(made.samples);
}

static void a_coloured_mark_makes_a_grey_picture_coloured(void **state)
{
	struct raster made;

	(void)state;
	use_plain_mark(40, 20, 200, 30, 60);
	made = workshop_make(&workshop,
		raster_file(raster_plain(200, 100, 1, (const int[]){ 90 }), VIPS_INTERPRETATION_B_W, ".jpg"),
		"grey.png", FORMAT_PNG);
	assert_int_equal(made.bands, 3);
	check_mark_at(&made, (const int[]){ 150, 70, 40, 20 }, RGB(90, 90, 90), RGB(200, 30, 60));
	free(made.samples);
}

static void a_grey_mark_leaves_a_grey_picture_grey(void **state)
{
	struct raster made;

	(void)state;
	use_plain_mark(40, 20, 200, 200, 200);
	made = workshop_make(&workshop,
		raster_file(raster_plain(200, 100, 1, (const int[]){ 90 }), VIPS_INTERPRETATION_B_W, ".jpg"),
		"grey.png", FORMAT_PNG);
	assert_int_equal(made.bands, 1);
	check_mark_at(&made, (const int[]){ 150, 70, 40, 20 }, (const int[]){ 90 }, (const int[]){ 200 });
	free(made.samples);
}

/* A picture that keeps the profile; the mark on it, brought back to sRGB, has its own colour. */
static void check_on_kept(int bands, const struct icc *icc, enum format format, int bits)
{
	struct raster picture = raster_new(200, 100, bands, bits), made, seen;
	VipsImage *image = raster_image(&picture, bands == 4   ? VIPS_INTERPRETATION_CMYK
						  : bits == 16 ? VIPS_INTERPRETATION_RGB16
							       : VIPS_INTERPRETATION_sRGB);

	made = workshop_make(
		&workshop, image_file(image, ".tif", icc->data, icc->size_bytes), "kept", format);
	assert_int_equal(made.bands, bands);
	assert_int_equal(made.bits, bits);
	seen = raster_new(1, 1, bands, bits);
	raster_set(&seen, 0, 0,
		(const int[]){ raster_get(&made, 160, 80, 0), raster_get(&made, 160, 80, 1),
			raster_get(&made, 160, 80, 2), bands == 4 ? raster_get(&made, 160, 80, 3) : 0 });
	seen = to_srgb(seen, icc);
	check_pixel(&seen, 0, 0, bands == 4 ? 12 : 2, RGB(190, 60, 70));
	free(seen.samples);
	free(made.samples);
	free(picture.samples);
	g_object_unref(image);
}

static void it_looks_the_same_in_any_kept_profile(void **state)
{
	struct icc adobe = icc_of(rgb_profile(adobe_primaries, 2.19921875));
	struct icc prophoto = icc_of(rgb_profile(prophoto_primaries, 1.8)), cmyk = default_cmyk();

	(void)state;
	workshop.output->colour = COLOUR_KEEP;
	use_plain_mark(40, 20, 190, 60, 70);
	check_on_kept(3, &adobe, FORMAT_PNG, 8);
	check_on_kept(3, &prophoto, FORMAT_TIFF, 16);
	check_on_kept(3, &adobe, FORMAT_TIFF, 8);
	check_on_kept(4, &cmyk, FORMAT_TIFF, 8);
	free(cmyk.data);
	free(adobe.data);
	free(prophoto.data);
}

static void check_mark_colour(const char *what, const int *expected, int tolerance)
{
	struct raster made = workshop_make(&workshop, grey_picture(200, 100, 90), "kind.png", FORMAT_PNG);

	for (int i = 0; i < 3; i++)
		if (abs(raster_get(&made, 160, 75, i) - expected[i]) > tolerance)
			fail_msg("%s: band %d is %d, not %d", what, i, raster_get(&made, 160, 75, i),
				expected[i]);
	check_pixel(&made, 20, 20, 0, RGB(90, 90, 90));
	free(made.samples);
}

static void marks_of_every_kind_are_drawn_in_their_colours(void **state)
{
	static const char *const suffixes[] = { ".png", ".webp[lossless]", ".tif", ".jpg[Q=98,no_subsample]",
		".gif" };
	struct icc wide = icc_of(rgb_profile(p3_primaries, 0));
	struct raster one, wanted;
	VipsImage *image;

	(void)state;
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		use_mark(rgb_file(raster_plain(40, 20, 3, RGB(190, 60, 70)), suffixes[i]));
		maker_free(workshop.maker);
		workshop.maker = maker_new(&workshop.settings, workshop.scratch.fd, NULL);
		check_mark_colour(suffixes[i], RGB(190, 60, 70), 3);
	}
	one = raster_plain(40, 20, 3, RGB(190, 60, 70));
	image = raster_image(&one, VIPS_INTERPRETATION_sRGB);
	use_mark(image_file(image, ".png", wide.data, wide.size_bytes));
	maker_free(workshop.maker);
	workshop.maker = maker_new(&workshop.settings, workshop.scratch.fd, NULL);
	wanted = to_srgb(one, &wide);
	check_mark_colour("Display P3", RGB(wanted.samples[0], wanted.samples[1], wanted.samples[2]), 2);
	g_object_unref(image);
	free(wanted.samples);
	free(wide.data);
}

static void grey_wide_and_ink_marks_are_drawn_too(void **state)
{
	struct raster wide = raster_new(40, 20, 4, 16), ink = raster_plain(40, 20, 4, RGBA(0, 255, 255, 0));
	struct icc cmyk = default_cmyk();
	struct raster printed = to_srgb(raster_plain(1, 1, 4, RGBA(0, 255, 255, 0)), &cmyk);

	(void)state;
	use_mark(raster_file(raster_plain(40, 20, 1, (const int[]){ 200 }), VIPS_INTERPRETATION_B_W, ".png"));
	check_mark_colour("grey", RGB(200, 200, 200), 0);
	maker_free(workshop.maker);
	workshop.maker = maker_new(&workshop.settings, workshop.scratch.fd, NULL);
	raster_fill(&wide, RGBA(190 * 257, 60 * 257, 70 * 257, 128 * 257));
	use_mark(raster_file(wide, VIPS_INTERPRETATION_RGB16, ".png"));
	check_mark_colour("16 bits", RGB(140, 75, 80), 1);
	maker_free(workshop.maker);
	workshop.maker = maker_new(&workshop.settings, workshop.scratch.fd, NULL);
	use_mark(raster_file(ink, VIPS_INTERPRETATION_CMYK, ".jpg"));
	check_mark_colour("ink", RGB(printed.samples[0], printed.samples[1], printed.samples[2]), 2);
	free(printed.samples);
	free(cmyk.data);
}

static void a_turned_mark_is_drawn_upright(void **state)
{
	struct raster stored = raster_new(20, 40, 3, 8), made;

	(void)state;
	/* turned by 90 degrees to the right, the top becomes the right */
	for (int y = 0; y < 40; y++)
		for (int x = 0; x < 20; x++)
			raster_set(&stored, x, y, y < 20 ? RGB(20, 20, 200) : RGB(200, 20, 20));
	use_mark(turned_file(stored, 6));
	made = workshop_make(&workshop, grey_picture(200, 100, 90), "turned.png", FORMAT_PNG);
	check_pixel(&made, 155, 80, 4, RGB(200, 20, 20));
	check_pixel(&made, 185, 80, 4, RGB(20, 20, 200));
	check_pixel(&made, 145, 80, 0, RGB(90, 90, 90));
	free(made.samples);
}

static const char svg[] = "<svg xmlns='http://www.w3.org/2000/svg' width='10' height='5' viewBox='0 0 10 5'>"
			  "<rect width='5' height='5' fill='#c81e3c'/></svg>";

static void a_vector_is_drawn_sharp_in_any_size(void **state)
{
	struct raster made;

	(void)state;
	use_mark(memory_file(svg, sizeof(svg) - 1));
	workshop.output->mark.size = (struct length_spec){ LENGTH_PX, 120 };
	made = workshop_make(&workshop, grey_picture(200, 100, 90), "vector.png", FORMAT_PNG);
	/* twelve times its own size, and the edge falls between two pixels */
	check_pixel(&made, 70, 30, 0, RGB(200, 30, 60));
	check_pixel(&made, 129, 89, 0, RGB(200, 30, 60));
	check_pixel(&made, 130, 60, 0, RGB(90, 90, 90));
	check_pixel(&made, 69, 60, 0, RGB(90, 90, 90));
	free(made.samples);
	workshop.output->mark.size.number = 33.4;
	made = workshop_make(&workshop, grey_picture(200, 100, 90), "vector.png", FORMAT_PNG);
	check_pixel(&made, 160, 80, 0, RGB(200, 30, 60));
	free(made.samples);
}

static void the_svg_loader_stays_shut_for_everything_else(void **state)
{
	VipsImage *image = NULL;

	(void)state;
	use_mark(memory_file(svg, sizeof(svg) - 1));
	assert_int_equal(maker_check_marks(workshop.maker, &workshop.reply.err), 0);
	assert_int_not_equal(vips_svgload_buffer((void *)(uintptr_t)svg, sizeof(svg) - 1, &image, NULL), 0);
	vips_error_clear();
}

static void check_refused(const char *words)
{
	const struct err *err = &workshop.reply.err;

	if (!maker_check_marks(workshop.maker, &workshop.reply.err))
		fail_msg("taken, where %s was expected", words);
	assert_int_equal(err->reason, REASON_WATERMARK);
	if (!strstr(err->text, words) || !strstr(err->text, workshop.output->mark.file))
		fail_msg("%s", err->text);
	assert_int_equal(workshop_try(&workshop, grey_picture(20, 20, 90), "a.png", FORMAT_PNG), -1);
	assert_int_equal(err->reason, REASON_WATERMARK);
}

static void a_mark_that_cannot_be_drawn_is_named_with_the_cause(void **state)
{
	(void)state;
	workshop_mark(&workshop, scratch_path(&workshop.scratch, "none.png"));
	check_refused(strerror(ENOENT));
	workshop_mark(&workshop, workshop.scratch.path);
	check_refused("not a file");
	use_mark(memory_file("", 0));
	check_refused("empty");
	use_mark(memory_file("GIF87a what is this", 19));
	check_refused(":");
	use_mark(memory_file("nothing that anybody knows", 26));
	check_refused(":");
}

static void a_mark_that_is_cut_short_is_refused(void **state)
{
	struct raster raster = raster_quarters(200, 100);
	int fd = rgb_file(raster, ".png");
	struct stat status;

	(void)state;
	assert_int_equal(fstat(fd, &status), 0);
	assert_int_equal(ftruncate(fd, status.st_size - 40), 0);
	use_mark(fd);
	check_refused(":");
}

/* Thousands of sizes of mark: what is kept is bounded, and what is found again is right. */
static void marks_in_many_sizes_come_and_go(void **state)
{
	struct colours *colours = colours_new();
	struct marks *marks = marks_new(colours);
	struct mark_wish wish = { .settings = &workshop.output->mark, .model = MODEL_RGB };

	(void)state;
	use_plain_mark(40, 20, 200, 30, 60);
	wish.content = workshop.output->mark.file;
	workshop.output->mark.size = (struct length_spec){ LENGTH_PERCENT, 80 };
	for (int i = 0; i < 60; i++) {
		struct mark mark;
		struct err err;

		marks_trim(marks);
		wish.width_px = wish.height_px = 900 + i % 50;
		assert_int_equal(marks_find(marks, &wish, &mark, &err), 0);
		assert_int_equal(mark.place.width_px, (int)((900 + i % 50) * 0.8 + 0.5));
		assert_memory_equal(mark.samples, "\xc8\x1e\x3c\xff", 4);
		assert_true(mark.coloured);
	}
	marks_free(marks);
	colours_free(colours);
}

int main(void)
{
#define MAKE(test) cmocka_unit_test_setup_teardown(test, begin, end)
	const struct CMUnitTest tests[] = {
		MAKE(each_gravity_puts_it_where_it_says),
		MAKE(tiles_are_spaced_by_the_margin),
		MAKE(tiles_may_have_a_spacing_of_their_own),
		MAKE(a_quarter_turn_is_clockwise_and_exact),
		MAKE(any_turn_is_clockwise_about_the_middle_of_its_box),
		MAKE(turned_tiles_stand_on_a_turned_lattice),
		MAKE(a_mark_that_would_not_fit_is_left_out_if_so_wished),
		MAKE(a_picture_whose_mark_would_not_fit_fails_if_so_wished),
		MAKE(text_stands_in_its_corner_in_letters_of_its_size),
		MAKE(text_looks_the_same_on_portrait_and_landscape),
		MAKE(tokens_are_those_of_the_picture),
		MAKE(text_of_which_nothing_is_left_fails_the_picture),
		MAKE(a_font_that_is_not_here_is_told_before_any_picture),
		MAKE(thousands_of_texts_come_and_go),
		MAKE(several_marks_lie_over_each_other_in_order),
		MAKE(it_lies_on_the_upright_picture),
		MAKE(its_size_follows_the_output),
		MAKE(it_may_lie_on_the_padding),
		MAKE(transparency_and_opacity_let_the_picture_through),
		MAKE(on_a_transparent_picture_it_is_as_opaque_as_it_is),
		MAKE(a_coloured_mark_makes_a_grey_picture_coloured),
		MAKE(a_grey_mark_leaves_a_grey_picture_grey),
		MAKE(it_looks_the_same_in_any_kept_profile),
		MAKE(marks_of_every_kind_are_drawn_in_their_colours),
		MAKE(grey_wide_and_ink_marks_are_drawn_too),
		MAKE(a_turned_mark_is_drawn_upright),
		MAKE(a_vector_is_drawn_sharp_in_any_size),
		MAKE(the_svg_loader_stays_shut_for_everything_else),
		MAKE(a_mark_that_cannot_be_drawn_is_named_with_the_cause),
		MAKE(a_mark_that_is_cut_short_is_refused),
		MAKE(marks_in_many_sizes_come_and_go),
	};

	return cmocka_run_group_tests(tests, start_engine, NULL);
}
