/*
 * encoding.h: an order for the encoder, as it is at first and to be changed, and the file that comes of it.
 */
#ifndef STAMPMILL_TESTS_IMAGE_ENCODING_H
#define STAMPMILL_TESTS_IMAGE_ENCODING_H

#include "image/encode.h"
#include "workshop.h"

static struct settings settings;
static struct output_settings *output;
static const struct metadata nothing;
static struct encode_order order;
static struct bytes {
	unsigned char *data;
	size_t size;
} file;

static inline struct raster encoding_waves(int width, int height, int bands)
{
	struct raster raster = raster_new(width, height, bands, 8);

	for (int y = 0; y < height; y++)
		for (int x = 0; x < width; x++)
			for (int i = 0; i < bands; i++)
				raster.samples[((size_t)y * (size_t)width + (size_t)x) * (size_t)bands +
					       (size_t)i] = (uint8_t)(x * 3 + y * (i + 1) + x * y / 50);
	return raster;
}

static inline void use_image(struct raster raster, VipsInterpretation interpretation)
{
	g_clear_object(&order.image);
	order.image = raster_image(&raster, interpretation);
	free(raster.samples);
}

static inline int encoding_begin(void **state)
{
	(void)state;
	settings_init(&settings);
	output = &settings.outputs[0];
	order = (struct encode_order){
		.settings = output,
		.metadata = &nothing,
		.srgb = true,
		.density_x = 300 / 25.4,
		.density_y = 300 / 25.4,
		.otherwise = REASON_INTERNAL,
	};
	use_image(encoding_waves(200, 150, 3), VIPS_INTERPRETATION_sRGB);
	return 0;
}

static inline int encoding_end(void **state)
{
	(void)state;
	g_clear_object(&order.image);
	free(file.data);
	file.data = NULL;
	settings_finish(&settings);
	return 0;
}

static inline bool is_writable(enum format format)
{
	return engine_writable() & FORMAT_BIT(format);
}

/* The file in memory, as `file`; whether metadata were dropped. */
static inline bool encode(enum format format)
{
	int fd = memfd_create("encoded", MFD_CLOEXEC);
	bool dropped = false;
	struct err err;
	off_t size;

	order.format = format;
	if (encode_to(fd, &order, &dropped, &err))
		fail_msg("%s: %s", format_name(format), err.text);
	size = lseek(fd, 0, SEEK_END);
	free(file.data);
	file.data = malloc((size_t)size);
	file.size = (size_t)size;
	assert_int_equal(pread(fd, file.data, file.size, 0), size);
	close(fd);
	return dropped;
}

static inline VipsImage *reopen(void)
{
	VipsImage *image = vips_image_new_from_buffer(file.data, file.size, "", NULL);

	assert_non_null(image);
	return image;
}

#endif
