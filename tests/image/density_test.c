#include "image/density.h"

#include <fcntl.h>
#include <math.h>
#include <vips/vips.h>

#include "check.h"
#include "image/engine.h"
#include "jpeg_sample.h"

static int start(void **state)
{
	struct err err;

	(void)state;
	return engine_start("density_test", false, &err);
}

#define MARKERS_BYTES 200

static size_t put_jfif(uint8_t *to, const struct jpeg_density *density)
{
	const uint8_t jfif[] = { 0xFF, 0xE0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 2, (uint8_t)density->unit,
		(uint8_t)(density->x >> 8), (uint8_t)density->x, (uint8_t)(density->y >> 8),
		(uint8_t)density->y, 0, 0 };

	memcpy(to, jfif, sizeof(jfif));
	return density->known ? sizeof(jfif) : 0;
}

/* X, Y and unit of an EXIF block; a unit of 0 is left out. */
struct exif_density {
	uint32_t x, x_by, y, y_by;
	uint16_t unit;
};

static size_t put_exif(uint8_t *to, const struct exif_density *exif)
{
	uint8_t block[] = { 0xFF, 0xE1, 0, 0, 'E', 'x', 'i', 'f', 0, 0, 'I', 'I', '*', 0, 8, 0, 0, 0, 3, 0,
		/* tag, type, count, value: offsets count from the byte order mark */
		0x1a, 1, 5, 0, 1, 0, 0, 0, 50, 0, 0, 0, /* XResolution */
		0x1b, 1, 5, 0, 1, 0, 0, 0, 58, 0, 0, 0, /* YResolution */
		0x28, 1, 3, 0, 1, 0, 0, 0, 0, 0, 0, 0,  /* ResolutionUnit */
		0, 0, 0, 0,                             /* no more directories */
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
	size_t size_bytes = sizeof(block);

	if (!exif)
		return 0;
	block[3] = (uint8_t)(size_bytes - 2);
	block[18] = exif->unit ? 3 : 2;
	block[52] = (uint8_t)exif->unit;
	memcpy(block + 60, &exif->x, 4);
	memcpy(block + 64, &exif->x_by, 4);
	memcpy(block + 68, &exif->y, 4);
	memcpy(block + 72, &exif->y_by, 4);
	memcpy(to, block, size_bytes);
	return size_bytes;
}

static void check(const struct jpeg_density *jfif, const struct exif_density *exif)
{
	static const struct jpeg_encode_options options = { .quality = 90 };
	struct jpeg_decoder *decoder = jpeg_decoder_new();
	size_t plain_bytes, used = 2;
	uint8_t *plain = sample_jpeg(16, 16, 1, 1, 1, &options, &plain_bytes);
	uint8_t *file = malloc(plain_bytes + MARKERS_BYTES);
	VipsImage *image = NULL;
	struct density density;
	struct err err;
	int fd;

	memcpy(file, plain, 2);
	used += put_jfif(file + used, jfif);
	used += put_exif(file + used, exif);
	memcpy(file + used, plain + 2, plain_bytes - 2);
	used += plain_bytes - 2;
	fd = sample_file(file, used);
	assert_int_equal(jpeg_decoder_open(decoder, fd, FAIL_ON_NONE, &err), 0);
	density = density_find(&decoder->header.density, &decoder->header.metadata.exif);
	assert_int_equal(vips_jpegload_buffer(file, used, &image, NULL), 0);
	assert_true(fabs(density.x - image->Xres) < 1e-6);
	assert_true(fabs(density.y - image->Yres) < 1e-6);
	g_object_unref(image);
	close(fd);
	free(file);
	free(plain);
	jpeg_decoder_free(decoder);
}

static void what_a_file_says_is_understood_as_libvips_does(void **state)
{
	static const struct jpeg_density jfifs[] = { { false, 0, 0, 0 }, { true, 1, 300, 240 },
		{ true, 2, 118, 110 }, { true, 0, 2, 3 }, { true, 1, 1, 1 } };
	static const struct exif_density exifs[] = { { 300, 1, 150, 1, 2 }, { 1180, 10, 590, 10, 3 },
		{ 600, 2, 600, 2, 0 }, { 7, 1, 8, 1, 1 }, { 300, 1, 300, 1, 9 }, { 0, 0, 0, 0, 2 },
		{ 300, 0, 0, 1, 2 } };

	for (size_t i = 0; i < sizeof(jfifs) / sizeof(jfifs[0]); i++) {
		check(&jfifs[i], NULL);
		for (size_t k = 0; k < sizeof(exifs) / sizeof(exifs[0]); k++)
			check(&jfifs[i], &exifs[k]);
	}
}

static void nonsense_leaves_the_default(void **state)
{
	static uint8_t nonsense[] = "Exif\0\0II*\0\377\377\377\377";
	const struct jpeg_density none = { .known = false };
	const struct blob blob = { nonsense, sizeof(nonsense) }, missing = { NULL, 0 };

	assert_true(fabs(density_find(&none, &blob).x - 72 / 25.4) < 1e-9);
	assert_true(fabs(density_find(&none, &missing).y - 72 / 25.4) < 1e-9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_file_says_is_understood_as_libvips_does),
		cmocka_unit_test(nonsense_leaves_the_default),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
