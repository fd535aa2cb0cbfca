#include "image/raw_tags.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "image/exif_tree.h"
#include "image/metadata_job.h"
#include "image/tiff_tags.h"

#define GPS_LATITUDE_REF 1
#define GPS_LATITUDE 2
#define GPS_LONGITUDE_REF 3
#define GPS_LONGITUDE 4
#define TIME_BYTES 20
#define RATIONAL_MAX 1e6

/* What the tree borrows until it is written. */
struct borrowed {
	char time[TIME_BYTES];
	unsigned char latitude[24], longitude[24];
};

static void set_text(struct exif_tree *tree, enum exif_dir dir, uint16_t tag, const char *text, size_t size)
{
	size_t length = strnlen(text, size);

	if (length && length < size)
		exif_tree_set_bytes(tree, dir, tag, TIFF_ASCII, text, (uint32_t)length + 1);
}

/* As cameras write it: 1/250, not 4/1000. */
static void set_number(struct exif_tree *tree, uint16_t tag, double number)
{
	if (!(number > 0 && number < RATIONAL_MAX))
		return;
	if (number < 0.3 && number > 1 / RATIONAL_MAX)
		exif_tree_set_rational(tree, EXIF_DIR_EXIF, tag, 1, (uint32_t)lround(1 / number));
	else
		exif_tree_set_rational(tree, EXIF_DIR_EXIF, tag, (uint32_t)lround(number * 100), 100);
}

static void set_time(struct exif_tree *tree, time_t taken, struct borrowed *borrowed)
{
	struct tm tm;

	/* LibRaw took the camera's clock for this machine's */
	if (taken > 0 && localtime_r(&taken, &tm) &&
		strftime(borrowed->time, sizeof(borrowed->time), "%Y:%m:%d %H:%M:%S", &tm))
		set_text(tree, EXIF_DIR_EXIF, EXIF_TIME_ORIGINAL, borrowed->time, sizeof(borrowed->time));
}

static void put_long(unsigned char *at, uint32_t number)
{
	for (int i = 0; i < 4; i++)
		at[i] = (unsigned char)(number >> 8 * i);
}

/* Degrees, minutes and seconds, as three rationals in the order of an empty tree. */
static void set_angle(struct exif_tree *tree, uint16_t tag, const float parts[3], unsigned char bytes[24])
{
	for (int i = 0; i < 3; i++) {
		bool sane = parts[i] >= 0 && parts[i] <= 360;

		put_long(bytes + 8 * i, sane ? (uint32_t)lround((double)parts[i] * 1e6) : 0);
		put_long(bytes + 8 * i + 4, 1000000);
	}
	exif_tree_set_bytes(tree, EXIF_DIR_GPS, tag, TIFF_RATIONAL, bytes, 24);
}

static const char *hemisphere(char letter, const char *first, const char *second)
{
	return letter == *first ? first : letter == *second ? second : NULL;
}

static void set_place(struct exif_tree *tree, const libraw_gps_info_t *gps, struct borrowed *borrowed)
{
	const char *latitude = hemisphere(gps->latref, "N", "S");
	const char *longitude = hemisphere(gps->longref, "E", "W");

	if (!gps->gpsparsed || !latitude || !longitude)
		return;
	set_text(tree, EXIF_DIR_GPS, GPS_LATITUDE_REF, latitude, 2);
	set_text(tree, EXIF_DIR_GPS, GPS_LONGITUDE_REF, longitude, 2);
	set_angle(tree, GPS_LATITUDE, gps->latitude, borrowed->latitude);
	set_angle(tree, GPS_LONGITUDE, gps->longitude, borrowed->longitude);
}

/* The other way round: a block of what LibRaw has understood. */
static void compose(const libraw_data_t *libraw, struct blob *exif)
{
	const libraw_imgother_t *shot = &libraw->other;
	struct borrowed borrowed;
	struct exif_tree tree;
	GByteArray *bytes = g_byte_array_new();

	exif_tree_init(&tree, NULL);
	set_text(&tree, EXIF_DIR_MAIN, EXIF_MAKE, libraw->idata.make, sizeof(libraw->idata.make));
	set_text(&tree, EXIF_DIR_MAIN, EXIF_MODEL, libraw->idata.model, sizeof(libraw->idata.model));
	set_text(&tree, EXIF_DIR_MAIN, EXIF_ARTIST, shot->artist, sizeof(shot->artist));
	set_text(&tree, EXIF_DIR_EXIF, EXIF_LENS_MODEL, libraw->lens.Lens, sizeof(libraw->lens.Lens));
	set_number(&tree, EXIF_EXPOSURE_TIME, shot->shutter);
	set_number(&tree, EXIF_F_NUMBER, shot->aperture);
	set_number(&tree, EXIF_FOCAL_LENGTH, shot->focal_len);
	if (shot->iso_speed >= 1 && shot->iso_speed < 65535)
		exif_tree_set_short(&tree, EXIF_DIR_EXIF, EXIF_ISO, (uint16_t)lround(shot->iso_speed));
	set_time(&tree, shot->timestamp, &borrowed);
	set_place(&tree, &shot->parsed_gps, &borrowed);
	exif_tree_write(&tree, bytes);
	exif_tree_finish(&tree);
	blob_take(exif, bytes);
}

static void read_xmp(const libraw_iparams_t *params, struct blob *xmp)
{
	if (!params->xmpdata || !params->xmplen)
		return;
	xmp->data = malloc(params->xmplen);
	if (xmp->data)
		memcpy(xmp->data, params->xmpdata, xmp->size_bytes = params->xmplen);
}

void raw_tags_read(const struct raw_file *file, int fd, struct metadata *metadata)
{
	*metadata = (struct metadata){ .exif = { .data = NULL } };
	tiff_tags_read(fd, &metadata->exif);
	if (!metadata->exif.data)
		compose(file->libraw, &metadata->exif);
	read_xmp(&file->libraw->idata, &metadata->xmp);
}
