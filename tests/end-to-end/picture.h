/*
 * picture.h: pictures to feed the program, and what came out of it, by libvips.
 */
#ifndef STAMPMILL_TESTS_PICTURE_H
#define STAMPMILL_TESTS_PICTURE_H

#include <stdint.h>

/* First thing in main: start libvips, with nothing kept from file to file and its warnings to nobody. */
void pictures_start(const char *program);

/* A picture of one colour. */
struct picture {
	int width_px, height_px;
	uint8_t colour[3];
	double alpha;    /* 0 to 1; 1: without an alpha band */
	double noise;    /* sigma added to each sample; 0: none */
	int orientation; /* EXIF; 0: none */
	int progressive;
};

/* Write it in the format of the name's extension. */
void picture_write(const char *path, const struct picture *picture);

/* A plain grey one. */
void picture_write_plain(const char *path, int width_px, int height_px);

/* What a file holds. */
struct picture_facts {
	int width_px, height_px, bands;
	char loader[32]; /* "jpegload", "pngload", ... */
	int has_profile, has_exif, orientation;
};
void picture_read(const char *path, struct picture_facts *facts);

/* The sRGB value of the pixel at (x, y); the last element is alpha (255 where there is none). */
void picture_pixel(const char *path, int x, int y, int rgba[4]);

/* How far two pictures of one size are apart in sRGB: the mean of the samples' differences, of 255. */
double picture_distance(const char *one, const char *other);

/* Assert that the pixel is within `tolerance` of (red, green, blue). */
#define ASSERT_PIXEL(path, x, y, red, green, blue, tolerance) \
	assert_pixel(path, x, y, (const int[3]){ red, green, blue }, tolerance, __FILE__, __LINE__)
void assert_pixel(
	const char *path, int x, int y, const int rgb[3], int tolerance, const char *file, int line);

#define ASSERT_SIZE(path, width, height) assert_size(path, width, height, __FILE__, __LINE__)
void assert_size(const char *path, int width, int height, const char *file, int line);

/* A text field of the file's metadata ("exif-ifd0-Copyright"), or NULL; to be freed. */
char *picture_field(const char *path, const char *name);

#endif
