/*
 * lanes.h: one picture made in both lanes, and how far what comes of it is apart.
 *
 * lanes_init() first, then lanes_make() in each lane, product_open() of what was made, products_differ(), and
 * product_close(); lanes_finish() last.
 */
#ifndef STAMPMILL_TESTS_IMAGE_LANES_H
#define STAMPMILL_TESTS_IMAGE_LANES_H

#include <fcntl.h>
#include <glib.h>
#include <math.h>
#include <stdio.h>

#include "image/jpeg_decoder.h"
#include "image/sizer.h"
#include "workshop.h"

/* What is measured of the planar lane against the vips lane: from here on an eye can tell nothing. */
#define LANES_LEAST_DB 40

struct lanes {
	struct workshop workshop;
	struct jpeg_decoder *decoder;
	struct resampler *resampler;
};

static inline void lanes_init(struct lanes *lanes)
{
	workshop_init(&lanes->workshop);
	lanes->decoder = jpeg_decoder_new();
	lanes->resampler = resampler_new();
	assert_true(lanes->decoder && lanes->resampler);
}

static inline void lanes_finish(struct lanes *lanes)
{
	resampler_free(lanes->resampler);
	jpeg_decoder_free(lanes->decoder);
	workshop_finish(&lanes->workshop);
}

/* The settings as they are at first. */
static inline void lanes_reset(struct lanes *lanes)
{
	workshop_finish(&lanes->workshop);
	workshop_init(&lanes->workshop);
}

/* A white mark for dark pictures and a black one for light ones, instead of what there is. */
static inline void lanes_use_pair(struct lanes *lanes)
{
	struct mark_settings *mark = &lanes->workshop.output->mark;
	char **files[] = { &mark->light, &mark->dark };

	g_clear_pointer(&mark->file, g_free);
	for (int i = 0; i < 2; i++) {
		const char *path = scratch_path(&lanes->workshop.scratch, i ? "dark.png" : "light.png");
		int level = i ? 0 : 255;
		struct raster raster = raster_plain(90, 30, 3, (const int[]){ level, level, level });
		VipsImage *image = raster_image(&raster, VIPS_INTERPRETATION_sRGB);

		assert_int_equal(vips_pngsave(image, path, NULL), 0);
		g_free(*files[i]);
		*files[i] = g_strdup(path);
		g_object_unref(image);
		free(raster.samples);
	}
}

/* Make it in one lane, with the settings as they are; false where that fails, with the reason in
 * workshop.reply. */
static inline bool lanes_make(struct lanes *lanes, enum lane_wish lane, int fd, const char *name)
{
	struct workshop *workshop = &lanes->workshop;

	workshop->settings.run.lane = lane;
	workshop_ask(workshop, fd, name, FORMAT_JPEG);
	return maker_make(workshop->maker, fd, &workshop->request, &workshop->reply) == 0;
}

/* What was made, as it is in the file: the header, and the planes. */
struct product {
	struct planes planes;
	GByteArray *bytes;
	struct jpeg_header header; /* its metadata stand in `bytes`, end to end */
};

static inline void product_keep_blob(GByteArray *bytes, const struct blob *blob)
{
	g_byte_array_append(bytes, (const guint8 *)&blob->size_bytes, sizeof(blob->size_bytes));
	if (blob->data)
		g_byte_array_append(bytes, blob->data, (guint)blob->size_bytes);
}

static inline void product_read(struct lanes *lanes, struct product *product)
{
	const struct jpeg_header *header = &product->header;
	const struct sizer_target whole = { header->width_px, header->height_px, 0, 0, header->width_px,
		header->height_px, header->chroma_h, header->chroma_v, false, false };
	struct sizer sizer;
	struct band band;
	struct err err;

	sizer_init(&sizer, lanes->resampler);
	assert_int_equal(jpeg_decoder_start(lanes->decoder, 1, &err), 0);
	assert_int_equal(sizer_begin(&sizer, lanes->decoder, &whole, &product->planes, &err), 0);
	while (jpeg_decoder_read(lanes->decoder, &band, &err) > 0)
		assert_int_equal(sizer_band(&sizer, &band, &err), 0);
	assert_int_equal(sizer_end(&sizer, &err), 0);
	sizer_finish(&sizer);
}

static inline void product_open(struct lanes *lanes, const char *name, struct product *product)
{
	int fd = open(scratch_path(&lanes->workshop.scratch, "%s", name), O_RDONLY | O_CLOEXEC);
	const struct jpeg_header *header = &lanes->decoder->header;
	struct err err;

	*product = (struct product){ .bytes = g_byte_array_new() };
	assert_int_equal(jpeg_decoder_open(lanes->decoder, fd, FAIL_ON_WARNING, &err), 0);
	product->header = *header;
	product_keep_blob(product->bytes, &header->metadata.exif);
	product_keep_blob(product->bytes, &header->metadata.xmp);
	product_keep_blob(product->bytes, &header->metadata.iptc);
	product_keep_blob(product->bytes, &header->profile);
	product_read(lanes, product);
	close(fd);
}

static inline void product_close(struct product *product)
{
	planes_finish(&product->planes);
	g_byte_array_unref(product->bytes);
}

/* PSNR of planes `first` to `last` of two pictures of one shape; 99 where they are the same. */
static inline double planes_decibel(const struct planes *one, const struct planes *other, int first, int last)
{
	double squares = 0, count = 0;

	for (int i = first; i <= last; i++)
		for (int y = 0; y < one->plane[i].height; y++)
			for (int x = 0; x < one->plane[i].width; x++, count++) {
				const struct plane *a = &one->plane[i], *b = &other->plane[i];
				int difference = a->data[(size_t)y * a->stride_bytes + (size_t)x] -
						 b->data[(size_t)y * b->stride_bytes + (size_t)x];

				squares += difference * difference;
			}
	return squares > 0 ? 10 * log10(255 * 255 * count / squares) : 99;
}

static inline bool product_headers_differ(const struct jpeg_header *one, const struct jpeg_header *other)
{
	return one->width_px != other->width_px || one->height_px != other->height_px ||
	       one->colour != other->colour || one->chroma_h != other->chroma_h ||
	       one->chroma_v != other->chroma_v ||
	       memcmp(&one->density, &other->density, sizeof(one->density)) != 0;
}

/* In what the two differ, in words, or NULL. `what` names the picture where LANES_SHOW asks for the figures
 * of all. */
static inline const char *products_differ(
	const char *what, const struct product *planar, const struct product *vips)
{
	static char words[100];
	double luma, chroma = 99;

	if (product_headers_differ(&planar->header, &vips->header))
		return "size, colours, chroma or resolution differ";
	if (planar->bytes->len != vips->bytes->len ||
		memcmp(planar->bytes->data, vips->bytes->data, vips->bytes->len) != 0)
		return "metadata differ";
	luma = planes_decibel(&planar->planes, &vips->planes, 0, 0);
	if (planar->planes.count > 1)
		chroma = planes_decibel(&planar->planes, &vips->planes, 1, 2);
	if (g_getenv("LANES_SHOW"))
		fprintf(stderr, "%5.2f %5.2f %s\n", luma, chroma, what);
	snprintf(words, sizeof(words), "luma %.1f dB, chroma %.1f dB", luma, chroma);
	return luma < LANES_LEAST_DB || chroma < LANES_LEAST_DB ? words : NULL;
}

/* Make the picture on `fd` in both lanes; in what they differ, in words, or NULL; `*made` tells whether there
 * was anything to compare: both may fail alike. */
static inline const char *lanes_compare(struct lanes *lanes, const char *what, int fd, bool *made)
{
	static char words[1300];
	const struct make_reply *reply = &lanes->workshop.reply;
	struct product planar, vips;
	const char *difference;
	struct err err;

	*made = lanes_make(lanes, LANE_WISH_PLANAR, fd, "planar.jpg");
	assert_string_equal(reply->lane, "planar");
	err = reply->err;
	if (lanes_make(lanes, LANE_WISH_VIPS, fd, "vips.jpg") != *made || reply->err.reason != err.reason) {
		snprintf(words, sizeof(words), "planar: %s: %s; vips: %s: %s", reason_name(err.reason),
			err.text, reason_name(reply->err.reason), reply->err.text);
		return words;
	}
	assert_string_equal(reply->lane, "vips");
	if (!*made)
		return NULL;
	product_open(lanes, "planar.jpg", &planar);
	product_open(lanes, "vips.jpg", &vips);
	difference = products_differ(what, &planar, &vips);
	product_close(&planar);
	product_close(&vips);
	return difference;
}

#endif
