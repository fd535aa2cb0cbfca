/*
 * workshop.h: a maker with settings, an output folder, pictures to make from and a look at what was made.
 * Pictures take the lane that is theirs; with BY_VIPS in the environment, the vips lane.
 *
 * Pictures in hand are `struct raster`: plain samples, so that a test says what it means in numbers.
 */
#ifndef STAMPMILL_TESTS_IMAGE_WORKSHOP_H
#define STAMPMILL_TESTS_IMAGE_WORKSHOP_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <vips/vips.h>

#include "check.h"
#include "image/engine.h"
#include "image/maker.h"
#include "image/metadata.h"
#include "image/probe.h"
#include "scratch.h"

struct raster {
	int width, height, bands, bits; /* bits: 8, or 16 in the machine's order */
	uint8_t *samples;
};

static inline int start_engine(void **state)
{
	struct err err;

	(void)state;
	if (engine_start("test", false, &err))
		return -1;
	engine_enter_worker();
	return 0;
}

static inline struct raster raster_new(int width, int height, int bands, int bits)
{
	struct raster raster = { width, height, bands, bits, NULL };

	raster.samples = calloc((size_t)width * (size_t)height * (size_t)bands, (size_t)bits / 8);
	assert_non_null(raster.samples);
	return raster;
}

static inline void raster_set(const struct raster *raster, int x, int y, const int *pixel)
{
	size_t at = ((size_t)y * (size_t)raster->width + (size_t)x) * (size_t)raster->bands;

	for (int i = 0; i < raster->bands; i++)
		if (raster->bits == 8)
			raster->samples[at + (size_t)i] = (uint8_t)pixel[i];
		else
			((uint16_t *)raster->samples)[at + (size_t)i] = (uint16_t)pixel[i];
}

static inline int raster_get(const struct raster *raster, int x, int y, int band)
{
	size_t at = ((size_t)y * (size_t)raster->width + (size_t)x) * (size_t)raster->bands + (size_t)band;

	assert_true(x >= 0 && x < raster->width && y >= 0 && y < raster->height && band < raster->bands);
	return raster->bits == 8 ? raster->samples[at] : ((uint16_t *)raster->samples)[at];
}

static inline void raster_fill(const struct raster *raster, const int *pixel)
{
	for (int y = 0; y < raster->height; y++)
		for (int x = 0; x < raster->width; x++)
			raster_set(raster, x, y, pixel);
}

static inline struct raster raster_plain(int width, int height, int bands, const int *pixel)
{
	struct raster raster = raster_new(width, height, bands, 8);

	raster_fill(&raster, pixel);
	return raster;
}

/* A picture with a different colour in each quarter: nw red, ne green, sw blue, se yellow. */
static inline struct raster raster_quarters(int width, int height)
{
	static const int colours[4][3] = { { 220, 30, 30 }, { 30, 180, 40 }, { 40, 50, 200 },
		{ 230, 220, 40 } };
	struct raster raster = raster_new(width, height, 3, 8);

	for (int y = 0; y < height; y++)
		for (int x = 0; x < width; x++)
			raster_set(&raster, x, y, colours[(y * 2 >= height) * 2 + (x * 2 >= width)]);
	return raster;
}

static inline VipsImage *raster_image(const struct raster *raster, VipsInterpretation interpretation)
{
	VipsImage *image = vips_image_new_from_memory_copy(raster->samples,
		(size_t)raster->width * (size_t)raster->height * (size_t)raster->bands *
			(size_t)raster->bits / 8,
		raster->width, raster->height, raster->bands,
		raster->bits == 8 ? VIPS_FORMAT_UCHAR : VIPS_FORMAT_USHORT);

	assert_non_null(image);
	image->Type = interpretation;
	return image;
}

static inline int memory_file(const void *data, size_t size_bytes)
{
	int fd = memfd_create("picture", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, size_bytes), size_bytes);
	return fd;
}

/* The picture as a file: `suffix` is libvips' (".jpg[Q=95]"), `icc` may be NULL. */
static inline int image_file(VipsImage *image, const char *suffix, const void *icc, size_t icc_bytes)
{
	void *data = NULL;
	size_t size_bytes;
	int fd;

	if (icc)
		vips_image_set_blob_copy(image, VIPS_META_ICC_NAME, icc, icc_bytes);
	if (vips_image_write_to_buffer(image, suffix, &data, &size_bytes, NULL))
		fail_msg("%s: %s", suffix, vips_error_buffer());
	fd = memory_file(data, size_bytes);
	g_free(data);
	return fd;
}

/* Frees the samples. */
static inline int raster_file(struct raster raster, VipsInterpretation interpretation, const char *suffix)
{
	VipsImage *image = raster_image(&raster, interpretation);
	int fd = image_file(image, suffix, NULL, 0);

	g_object_unref(image);
	free(raster.samples);
	return fd;
}

static inline int rgb_file(struct raster raster, const char *suffix)
{
	return raster_file(raster, VIPS_INTERPRETATION_sRGB, suffix);
}

/* A JPEG with that orientation in EXIF. */
static inline int turned_file(struct raster raster, int orientation)
{
	VipsImage *image = raster_image(&raster, VIPS_INTERPRETATION_sRGB);
	int fd;

	vips_image_set_int(image, VIPS_META_ORIENTATION, orientation);
	fd = image_file(image, ".jpg[Q=95,no_subsample]", NULL, 0);
	g_object_unref(image);
	free(raster.samples);
	return fd;
}

struct workshop {
	struct settings settings;
	struct output_settings *output; /* the first */
	struct scratch scratch;
	struct maker *maker;
	struct make_request request;
	struct make_reply reply;
};

static inline void workshop_init(struct workshop *workshop)
{
	memset(workshop, 0, sizeof(*workshop));
	settings_init(&workshop->settings);
	workshop->output = &workshop->settings.outputs[0];
	workshop->output->quality = 95;
	workshop->settings.run.sync = false;
	if (getenv("BY_VIPS"))
		workshop->settings.run.lane = LANE_WISH_VIPS;
	assert_true(scratch_init(&workshop->scratch));
	workshop->maker = maker_new(&workshop->settings, workshop->scratch.fd, NULL);
	assert_non_null(workshop->maker);
}

static inline void workshop_finish(struct workshop *workshop)
{
	maker_free(workshop->maker);
	settings_finish(&workshop->settings);
	scratch_finish(&workshop->scratch);
}

static inline void workshop_resize(struct workshop *workshop, const char *spec)
{
	assert_true(size_spec_parse(spec, &workshop->output->resize));
}

static inline void workshop_mark(struct workshop *workshop, const char *file)
{
	g_free(workshop->output->mark.file);
	workshop->output->mark.file = g_strdup(file);
}

static inline void workshop_text(struct workshop *workshop, const char *text, const char *font)
{
	g_free(workshop->output->mark.text);
	g_free(workshop->output->mark.style.font);
	workshop->output->mark.text = g_strdup(text);
	workshop->output->mark.style.font = g_strdup(font);
}

/* A request for output 0 of the picture on `fd`, under `name`. */
static inline void workshop_ask(struct workshop *workshop, int fd, const char *name, enum format format)
{
	const struct probe_limits limits = { .max_pixels = 400000000 };
	struct make_request *request = &workshop->request;
	struct stat status;
	struct err err;

	memset(request, 0, sizeof(*request));
	if (probe_file(fd, &limits, &request->facts, &err))
		fail_msg("%s: %s", name, err.text);
	assert_int_equal(fstat(fd, &status), 0);
	request->input.path = name;
	request->input.size_bytes = status.st_size;
	request->input.mtime_ns = status.st_mtim.tv_sec * INT64_C(1000000000) + status.st_mtim.tv_nsec;
	request->outputs_count = 1;
	request->outputs[0].path = name;
	request->outputs[0].format = format;
	request->outputs[0].geometry = geometry_compute(&workshop->output->resize, workshop->output->enlarge,
		facts_upright_width(&request->facts), facts_upright_height(&request->facts));
}

/* Make output 0 and close `fd`; what maker_make() returned. */
static inline int workshop_try(struct workshop *workshop, int fd, const char *name, enum format format)
{
	int result;

	workshop_ask(workshop, fd, name, format);
	result = maker_make(workshop->maker, fd, &workshop->request, &workshop->reply);
	close(fd);
	return result;
}

/* The file in the output folder, its metadata readable; unreferenced by the caller. */
static inline VipsImage *workshop_open(struct workshop *workshop, const char *name)
{
	VipsImage *image = vips_image_new_from_file(scratch_path(&workshop->scratch, "%s", name), NULL);

	if (!image)
		fail_msg("%s: %s", name, vips_error_buffer());
	return image;
}

/* The samples of an image, as they are in the file. */
static inline struct raster raster_of(VipsImage *image)
{
	struct raster raster = { image->Xsize, image->Ysize, image->Bands,
		image->BandFmt == VIPS_FORMAT_UCHAR ? 8 : 16, NULL };
	size_t size_bytes;
	void *data;

	assert_true(image->BandFmt == VIPS_FORMAT_UCHAR || image->BandFmt == VIPS_FORMAT_USHORT);
	data = vips_image_write_to_memory(image, &size_bytes);
	if (!data)
		fail_msg("%s", vips_error_buffer());
	raster.samples = malloc(size_bytes);
	memcpy(raster.samples, data, size_bytes);
	g_free(data);
	return raster;
}

/* Make output 0 of the picture on `fd`, which must go well, and give its samples. Closes `fd`. */
static inline struct raster workshop_make(
	struct workshop *workshop, int fd, const char *name, enum format format)
{
	struct raster raster;
	VipsImage *image;

	if (workshop_try(workshop, fd, name, format))
		fail_msg("%s: %s: %s", name, reason_name(workshop->reply.err.reason),
			workshop->reply.err.text);
	image = workshop_open(workshop, name);
	assert_int_equal(workshop->reply.outputs[0].width_px, image->Xsize);
	assert_int_equal(workshop->reply.outputs[0].height_px, image->Ysize);
	raster = raster_of(image);
	g_object_unref(image);
	return raster;
}

/* Whether the pixel at x, y has these samples, to within `tolerance`. */
static inline void check_pixel(const struct raster *raster, int x, int y, int tolerance, const int *expected)
{
	for (int i = 0; i < raster->bands; i++)
		if (abs(raster_get(raster, x, y, i) - expected[i]) > tolerance)
			fail_msg("at %d, %d of %dx%d band %d is %d, not %d", x, y, raster->width,
				raster->height, i, raster_get(raster, x, y, i), expected[i]);
}

#endif
