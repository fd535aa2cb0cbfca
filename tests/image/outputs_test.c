/* Several outputs of one picture: each as good as when it is made alone, and the same whichever are made. */
#include "image/maker.h"

#include <fcntl.h>
#include <glib.h>
#include <math.h>

#include "check.h"
#include "workshop.h"

#define LEAST_DB 40

enum {
	OUTPUTS_MAX = 8
};

struct wish {
	const char *spec;
	enum format format;
	const char *mark; /* NULL: none */
};

static struct workshop workshop;

static int begin(void **state)
{
	return start_engine(state);
}

static int setup(void **state)
{
	(void)state;
	workshop_init(&workshop);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	workshop_finish(&workshop);
	return 0;
}

static char *sample(const char *name)
{
	return g_build_filename(g_getenv("TESTDATA"), "..", "samples", name, NULL);
}

static int open_sample(const char *name)
{
	g_autofree char *path = sample(name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

/* The settings for these outputs, and a request for all of them from the picture on `fd`, named "0", "1", ...
 */
static void ask(int fd, const struct wish *wishes, size_t count)
{
	static char names[OUTPUTS_MAX][2];
	static const char *const labels[OUTPUTS_MAX] = { "a", "b", "c", "d", "e", "f", "g", "h" };
	struct make_request *request = &workshop.request;

	settings_name_outputs(&workshop.settings, labels, count);
	workshop.output = &workshop.settings.outputs[0];
	workshop_ask(&workshop, fd, "0", wishes[0].format);
	request->outputs_count = count;
	for (size_t i = 0; i < count; i++) {
		struct output_settings *output = &workshop.settings.outputs[i];

		output->quality = 97;
		output->mark.file = wishes[i].mark ? sample(wishes[i].mark) : NULL;
		assert_true(size_spec_parse(wishes[i].spec, &output->resize));
		names[i][0] = (char)('0' + i);
		request->outputs[i] = (struct make_output){ .path = names[i],
			.format = wishes[i].format,
			.geometry =
				geometry_compute(&output->resize, false, facts_upright_width(&request->facts),
					facts_upright_height(&request->facts)) };
	}
}

static void make(int fd, const char *lane)
{
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	if (maker_make(workshop.maker, fd, &workshop.request, &workshop.reply))
		fail_msg("%s", workshop.reply.err.text);
	assert_string_equal(workshop.reply.lane, lane);
	assert_int_equal(workshop.reply.outputs_count, workshop.request.outputs_count);
}

static struct raster look(const char *name)
{
	VipsImage *image = workshop_open(&workshop, name);
	struct raster raster = raster_of(image);

	g_object_unref(image);
	return raster;
}

/* As it is seen: what is transparent has no colour. */
static double seen(const struct raster *raster, int x, int y, int band)
{
	bool alpha = raster->bands % 2 == 0;
	double most = raster->bits == 8 ? 255 : 65535, sample = raster_get(raster, x, y, band) / most;

	return alpha && band < raster->bands - 1 ? sample * raster_get(raster, x, y, raster->bands - 1) / most
						 : sample;
}

static double decibel(const struct raster *one, const struct raster *other)
{
	double squares = 0, count = (double)one->width * one->height * one->bands;

	assert_int_equal(one->width, other->width);
	assert_int_equal(one->height, other->height);
	assert_int_equal(one->bands, other->bands);
	for (int y = 0; y < one->height; y++)
		for (int x = 0; x < one->width; x++)
			for (int i = 0; i < one->bands; i++) {
				double difference = seen(one, x, y, i) - seen(other, x, y, i);

				squares += difference * difference;
			}
	return squares > 0 ? 10 * log10(count / squares) : 99;
}

/* Make them all of one decode, and each alone: the pixels must be as good as the same. Closes `fd`. */
static void check(const char *what, int fd, const struct wish *wishes, size_t count, const char *lane)
{
	struct raster together[OUTPUTS_MAX];

	ask(fd, wishes, count);
	make(fd, lane);
	for (size_t i = 0; i < count; i++)
		together[i] = look(workshop.request.outputs[i].path);
	for (size_t i = 0; i < count; i++) {
		struct raster alone;
		double db;

		ask(fd, &wishes[i], 1);
		make(fd, lane);
		alone = look("0");
		db = decibel(&together[i], &alone);
		if (g_getenv("OUTPUTS_SHOW"))
			fprintf(stderr, "%5.2f %s %s %s\n", db, what, lane, wishes[i].spec);
		if (db < LEAST_DB)
			fail_msg("%s, %s lane, %s: %.1f dB", what, lane, wishes[i].spec, db);
		free(alone.samples);
		free(together[i].samples);
	}
	close(fd);
}

static const struct wish usual[] = {
	{ "200", FORMAT_JPEG, NULL },
	{ "800", FORMAT_JPEG, "logo.png" },
	{ "400", FORMAT_JPEG, "logo.png" },
	{ "700", FORMAT_JPEG, NULL },
	{ "300x300:cover", FORMAT_JPEG, NULL },
	{ "800", FORMAT_JPEG, NULL },
	{ "100x100:pad", FORMAT_JPEG, NULL },
};

static void each_output_is_as_good_as_made_alone(void **state)
{
	static const char *const names[] = { "photos/lake-at-dusk.jpg", "photos/milky-way.jpg",
		"photos/fog.jpg", "photos/dunes.jpg", "photos/wedding/street lights.jpg",
		"photos/studio/dahlia.jpg" };

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		workshop.settings.run.lane = LANE_WISH_VIPS;
		check(names[i], open_sample(names[i]), usual, G_N_ELEMENTS(usual), "vips");
		if (!maker_has_planar())
			continue;
		workshop.settings.run.lane = LANE_WISH_PLANAR;
		check(names[i], open_sample(names[i]), usual, G_N_ELEMENTS(usual), "planar");
	}
}

static void pictures_of_other_kinds_are_as_good_too(void **state)
{
	static const struct wish wishes[] = {
		{ "600", FORMAT_PNG, NULL },
		{ "300", FORMAT_WEBP, "logo.png" },
		{ "100", FORMAT_JPEG, NULL },
		{ "500x500:stretch", FORMAT_TIFF, NULL },
	};

	(void)state;
	check("grey of 16 bits", open_sample("photos/moon.png"), wishes, G_N_ELEMENTS(wishes), "vips");
	check("with alpha", open_sample("photos/studio/vase.png"), wishes, G_N_ELEMENTS(wishes), "vips");
}

/* Alone, the second could be decoded at half the scale that the first needs. */
static const struct wish near_halves[] = {
	{ "600", FORMAT_JPEG, NULL },
	{ "220x150:cover", FORMAT_JPEG, "logo.png" },
	{ "150", FORMAT_JPEG, NULL },
};

static void check_subsets(const struct wish *wishes, size_t count)
{
	unsigned char content[OUTPUTS_MAX][TASK_DIGEST_BYTES];
	int fd = open_sample("photos/wedding/street lights.jpg");

	ask(fd, wishes, count);
	make(fd, workshop.settings.run.lane == LANE_WISH_VIPS ? "vips" : "planar");
	for (size_t i = 0; i < count; i++)
		memcpy(content[i], workshop.reply.outputs[i].content, TASK_DIGEST_BYTES);
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < count; k++) {
			workshop.request.outputs[k].up_to_date = k != i;
			unlinkat(workshop.scratch.fd, workshop.request.outputs[k].path, 0);
		}
		make(fd, workshop.reply.lane);
		assert_memory_equal(workshop.reply.outputs[i].content, content[i], TASK_DIGEST_BYTES);
		for (size_t k = 0; k < count; k++)
			assert_int_equal(
				faccessat(workshop.scratch.fd, workshop.request.outputs[k].path, F_OK, 0),
				k == i ? 0 : -1);
	}
	close(fd);
}

static void what_is_made_again_is_the_same_to_the_byte_and_made_alone(void **state)
{
	enum lane_wish last = maker_has_planar() ? LANE_WISH_PLANAR : LANE_WISH_VIPS;

	(void)state;
	for (enum lane_wish lane = LANE_WISH_VIPS; lane <= last; lane++) {
		workshop.settings.run.lane = lane;
		check_subsets(usual, G_N_ELEMENTS(usual));
		check_subsets(near_halves, G_N_ELEMENTS(near_halves));
	}
}

static void each_output_has_its_own_colours_metadata_and_mark(void **state)
{
	static const struct wish wishes[] = {
		{ "800", FORMAT_JPEG, NULL },
		{ "800", FORMAT_JPEG, "logo.png" },
		{ "400", FORMAT_PNG, NULL },
	};
	VipsImage *images[3];
	int fd = open_sample("photos/studio/dahlia.jpg");

	(void)state;
	ask(fd, wishes, 3);
	workshop.settings.outputs[0].colour = COLOUR_KEEP;
	workshop.settings.outputs[0].metadata = METADATA_ALL;
	workshop.settings.outputs[1].metadata = METADATA_NONE;
	make(fd, "vips");
	close(fd);
	assert_false(workshop.reply.outputs[0].marked);
	assert_true(workshop.reply.outputs[1].marked);
	for (int i = 0; i < 3; i++)
		images[i] = workshop_open(&workshop, workshop.request.outputs[i].path);
	assert_true(vips_image_get_typeof(images[0], VIPS_META_ICC_NAME) != 0);
	assert_true(vips_image_get_typeof(images[0], "exif-ifd0-Make") != 0);
	assert_true(vips_image_get_typeof(images[1], "exif-ifd0-Make") == 0);
	assert_true(images[2]->Xsize == 400);
	for (int i = 0; i < 3; i++)
		g_object_unref(images[i]);
}

static void one_that_fails_leaves_those_before_it_and_no_parts(void **state)
{
	static const struct wish wishes[] = { { "100", FORMAT_JPEG, NULL }, { "50", FORMAT_JPEG, NULL },
		{ "25", FORMAT_JPEG, NULL } };
	int fd = open_sample("photos/lake-at-dusk.jpg");

	(void)state;
	ask(fd, wishes, 3);
	workshop.request.outputs[1].path = "0/not-a-folder.jpg";
	assert_int_equal(maker_make(workshop.maker, fd, &workshop.request, &workshop.reply), -1);
	assert_int_equal(workshop.reply.outputs_count, 0);
	close(fd);
	free(look("0").samples);
	assert_int_equal(faccessat(workshop.scratch.fd, "2", F_OK, 0), -1);
}

static void a_broken_picture_fails_whichever_outputs_are_wanted(void **state)
{
	g_autofree char *path = sample("photos/lake-at-dusk.jpg"), *data = NULL;
	gsize size;
	int fd;

	(void)state;
	assert_true(g_file_get_contents(path, &data, &size, NULL));
	fd = memory_file(data, size / 2);
	ask(fd, usual, G_N_ELEMENTS(usual));
	assert_int_equal(maker_make(workshop.maker, fd, &workshop.request, &workshop.reply), -1);
	assert_int_equal(workshop.reply.err.reason, REASON_TRUNCATED);
	for (size_t i = 0; i < G_N_ELEMENTS(usual); i++)
		assert_int_equal(
			faccessat(workshop.scratch.fd, workshop.request.outputs[i].path, F_OK, 0), -1);
	close(fd);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(each_output_is_as_good_as_made_alone),
		TEST(pictures_of_other_kinds_are_as_good_too),
		TEST(what_is_made_again_is_the_same_to_the_byte_and_made_alone),
		TEST(each_output_has_its_own_colours_metadata_and_mark),
		TEST(one_that_fails_leaves_those_before_it_and_no_parts),
		TEST(a_broken_picture_fails_whichever_outputs_are_wanted),
	};

	return cmocka_run_group_tests(tests, begin, NULL);
}
