#include "end-to-end/picture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vips/vips.h>

#include "check.h"
#include "end-to-end/place.h"

#define VIPS(call)                                                      \
	do {                                                            \
		if (call)                                               \
			fail_msg("%s: %s", #call, vips_error_buffer()); \
	} while (0)

static void ignore(const char *domain, GLogLevelFlags level, const char *message, void *data)
{
}

void pictures_start(const char *program)
{
	if (VIPS_INIT(program))
		exit(2);
	vips_cache_set_max(0); /* outputs change under their names */
	g_log_set_handler("VIPS", G_LOG_LEVEL_WARNING, ignore, NULL);
}

static VipsImage *draw(const struct picture *picture)
{
	double colour[4] = { picture->colour[0], picture->colour[1], picture->colour[2],
		255 * picture->alpha };
	int bands = picture->alpha > 0 && picture->alpha < 1 ? 4 : 3;
	VipsImage *black, *filled, *noisy = NULL, *bytes;
	double ones[4] = { 1, 1, 1, 1 };

	VIPS(vips_black(&black, picture->width_px, picture->height_px, "bands", bands, NULL));
	VIPS(vips_linear(black, &filled, ones, colour, bands, NULL));
	g_object_unref(black);
	if (picture->noise > 0) {
		VipsImage *noise;

		VIPS(vips_gaussnoise(&noise, picture->width_px, picture->height_px, "mean", 0.0, "sigma",
			picture->noise, NULL));
		VIPS(vips_add(filled, noise, &noisy, NULL));
		g_object_unref(noise);
		g_object_unref(filled);
		filled = noisy;
	}
	VIPS(vips_cast_uchar(filled, &bytes, NULL));
	g_object_unref(filled);
	VIPS(vips_copy(bytes, &filled, "interpretation", VIPS_INTERPRETATION_sRGB, NULL));
	g_object_unref(bytes);
	return filled;
}

void picture_write(const char *path, const struct picture *picture)
{
	VipsImage *image = draw(picture);
	char *parent = g_path_get_dirname(path);

	folder_make(parent);
	if (picture->orientation)
		vips_image_set_int(image, VIPS_META_ORIENTATION, picture->orientation);
	if (g_str_has_suffix(path, ".jpg") || g_str_has_suffix(path, ".JPG"))
		VIPS(vips_jpegsave(
			image, path, "Q", 95, "interlace", picture->progressive, "no_subsample", TRUE, NULL));
	else
		VIPS(vips_image_write_to_file(image, path, NULL));
	g_object_unref(image);
	g_free(parent);
}

void picture_write_plain(const char *path, int width_px, int height_px)
{
	picture_write(path, &(struct picture){ .width_px = width_px,
				    .height_px = height_px,
				    .colour = { 128, 128, 128 },
				    .alpha = 1 });
}

static VipsImage *load(const char *path)
{
	VipsImage *image = vips_image_new_from_file(path, NULL);

	if (!image)
		fail_msg("%s cannot be read: %s", path, vips_error_buffer());
	return image;
}

void picture_read(const char *path, struct picture_facts *facts)
{
	VipsImage *image = load(path);
	const char *loader = "";

	vips_image_get_string(image, "vips-loader", &loader);
	*facts = (struct picture_facts){ .width_px = image->Xsize,
		.height_px = image->Ysize,
		.bands = image->Bands,
		.has_profile = vips_image_get_typeof(image, VIPS_META_ICC_NAME) != 0,
		.has_exif = vips_image_get_typeof(image, VIPS_META_EXIF_NAME) != 0,
		.orientation = vips_image_get_orientation(image) };
	snprintf(facts->loader, sizeof(facts->loader), "%s", loader);
	g_object_unref(image);
}

void picture_pixel(const char *path, int x, int y, int rgba[4])
{
	VipsImage *image = load(path), *srgb, *spot;
	double *values;
	int count;

	VIPS(vips_crop(image, &spot, x, y, 1, 1, NULL));
	VIPS(vips_colourspace(spot, &srgb, VIPS_INTERPRETATION_sRGB, NULL));
	VIPS(vips_getpoint(srgb, &values, &count, 0, 0, NULL));
	for (int i = 0; i < 3; i++)
		rgba[i] = (int)(values[i] + 0.5);
	rgba[3] = count > 3 ? (int)(values[3] + 0.5) : 255;
	g_free(values);
	g_object_unref(srgb);
	g_object_unref(spot);
	g_object_unref(image);
}

static VipsImage *load_srgb(const char *path)
{
	VipsImage *image = load(path), *srgb;

	VIPS(vips_colourspace(image, &srgb, VIPS_INTERPRETATION_sRGB, NULL));
	g_object_unref(image);
	return srgb;
}

double picture_distance(const char *one, const char *other)
{
	VipsImage *first = load_srgb(one), *second = load_srgb(other), *difference, *magnitude;
	double mean;

	assert_int_equal(first->Xsize, second->Xsize);
	assert_int_equal(first->Ysize, second->Ysize);
	assert_int_equal(first->Bands, second->Bands);
	VIPS(vips_subtract(first, second, &difference, NULL));
	VIPS(vips_abs(difference, &magnitude, NULL));
	VIPS(vips_avg(magnitude, &mean, NULL));
	g_object_unref(magnitude);
	g_object_unref(difference);
	g_object_unref(second);
	g_object_unref(first);
	return mean;
}

void assert_pixel(const char *path, int x, int y, const int rgb[3], int tolerance, const char *file, int line)
{
	int got[4];
	int far_off = 0;

	picture_pixel(path, x, y, got);
	for (int i = 0; i < 3; i++)
		far_off |= abs(got[i] - rgb[i]) > tolerance;
	if (far_off) {
		print_error("%s at %d, %d: %d %d %d in place of %d %d %d\n", path, x, y, got[0], got[1],
			got[2], rgb[0], rgb[1], rgb[2]);
		_fail(file, line);
	}
}

void assert_size(const char *path, int width, int height, const char *file, int line)
{
	struct picture_facts facts;

	picture_read(path, &facts);
	if (facts.width_px != width || facts.height_px != height) {
		print_error("%s is %dx%d in place of %dx%d\n", path, facts.width_px, facts.height_px, width,
			height);
		_fail(file, line);
	}
}

char *picture_field(const char *path, const char *name)
{
	VipsImage *image = load(path);
	char *text = NULL;

	if (vips_image_get_typeof(image, name))
		vips_image_get_as_string(image, name, &text);
	g_object_unref(image);
	return text;
}
