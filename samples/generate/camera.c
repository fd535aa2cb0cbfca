#include "camera.h"

#include <libexif/exif-data.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PHOTOGRAPHER "Ida Example"
#define COPYRIGHT "(c) 2024 Ida Example, Example Studio"

struct value {
	ExifTag tag;
	ExifFormat format;
	unsigned long count;
	const void *data;
	unsigned int size_bytes;
};

static void add(ExifData *exif, ExifIfd ifd, struct value value)
{
	ExifEntry *entry = exif_entry_new();
	entry->tag = value.tag; /* before it is added: two of one tag are not taken */
	exif_content_add_entry(exif->ifd[ifd], entry);
	entry->format = value.format;
	entry->components = value.count;
	entry->size = value.size_bytes;
	entry->data = malloc(value.size_bytes);
	memcpy(entry->data, value.data, value.size_bytes);
	exif_entry_unref(entry);
}

static void add_text(ExifData *exif, ExifIfd ifd, ExifTag tag, const char *text)
{
	unsigned int size = (unsigned int)strlen(text) + 1;
	add(exif, ifd, (struct value){ tag, EXIF_FORMAT_ASCII, size, text, size });
}

static void add_short(ExifData *exif, ExifIfd ifd, ExifTag tag, int number)
{
	unsigned char data[2];
	exif_set_short(data, EXIF_BYTE_ORDER_INTEL, (ExifShort)number);
	add(exif, ifd, (struct value){ tag, EXIF_FORMAT_SHORT, 1, data, sizeof data });
}

static void add_rationals(ExifData *exif, ExifIfd ifd, ExifTag tag, const int fractions[][2], int count)
{
	unsigned char data[3 * 8];
	for (int i = 0; i < count; i++)
		exif_set_rational(data + 8 * i, EXIF_BYTE_ORDER_INTEL,
			(ExifRational){ (ExifLong)fractions[i][0], (ExifLong)fractions[i][1] });
	add(exif, ifd,
		(struct value){
			tag, EXIF_FORMAT_RATIONAL, (unsigned long)count, data, 8 * (unsigned int)count });
}

static void add_rational(ExifData *exif, ExifIfd ifd, ExifTag tag, int above, int below)
{
	add_rationals(exif, ifd, tag, (const int[][2]){ { above, below } }, 1);
}

static void add_picture(ExifData *exif, const struct exif_request *request)
{
	add_text(exif, EXIF_IFD_0, EXIF_TAG_MAKE, request->camera->make);
	add_text(exif, EXIF_IFD_0, EXIF_TAG_MODEL, request->camera->model);
	add_short(exif, EXIF_IFD_0, EXIF_TAG_ORIENTATION, request->orientation);
	add_rational(exif, EXIF_IFD_0, EXIF_TAG_X_RESOLUTION, 300, 1);
	add_rational(exif, EXIF_IFD_0, EXIF_TAG_Y_RESOLUTION, 300, 1);
	add_short(exif, EXIF_IFD_0, EXIF_TAG_RESOLUTION_UNIT, 2);
	add_text(exif, EXIF_IFD_0, EXIF_TAG_DATE_TIME, request->exposure->date);
	add_text(exif, EXIF_IFD_0, EXIF_TAG_ARTIST, PHOTOGRAPHER);
	add_text(exif, EXIF_IFD_0, EXIF_TAG_COPYRIGHT, COPYRIGHT);
}

static void add_exposure(ExifData *exif, const struct exif_request *request)
{
	static const char maker_note[] = "EXAMPLE\0shutter count 48211";
	const struct exposure *exposure = request->exposure;
	ExifIfd ifd = EXIF_IFD_EXIF;
	add_rational(exif, ifd, EXIF_TAG_EXPOSURE_TIME, exposure->seconds[0], exposure->seconds[1]);
	add_rational(exif, ifd, EXIF_TAG_FNUMBER, exposure->f_number_tenths, 10);
	add_short(exif, ifd, EXIF_TAG_EXPOSURE_PROGRAM, 3);
	add_short(exif, ifd, EXIF_TAG_ISO_SPEED_RATINGS, exposure->iso);
	add(exif, ifd, (struct value){ EXIF_TAG_EXIF_VERSION, EXIF_FORMAT_UNDEFINED, 4, "0232", 4 });
	add_text(exif, ifd, EXIF_TAG_DATE_TIME_ORIGINAL, exposure->date);
	add_text(exif, ifd, EXIF_TAG_DATE_TIME_DIGITIZED, exposure->date);
	add_rational(exif, ifd, EXIF_TAG_FOCAL_LENGTH, exposure->focal_length_mm, 1);
	add(exif, ifd,
		(struct value){ EXIF_TAG_MAKER_NOTE, EXIF_FORMAT_UNDEFINED, sizeof maker_note, maker_note,
			sizeof maker_note });
	add_short(exif, ifd, EXIF_TAG_COLOR_SPACE, request->adobe ? 0xffff : 1);
	add_short(exif, ifd, EXIF_TAG_PIXEL_X_DIMENSION, request->width_px);
	add_short(exif, ifd, EXIF_TAG_PIXEL_Y_DIMENSION, request->height_px);
	add_text(exif, ifd, EXIF_TAG_CAMERA_OWNER_NAME, PHOTOGRAPHER);
	add_text(exif, ifd, EXIF_TAG_BODY_SERIAL_NUMBER, request->camera->serial);
	add_text(exif, ifd, EXIF_TAG_LENS_MODEL, request->camera->lens);
	add_text(exif, ifd, EXIF_TAG_LENS_SERIAL_NUMBER, request->camera->lens_serial);
	add_text(exif, EXIF_IFD_INTEROPERABILITY, EXIF_TAG_INTEROPERABILITY_INDEX,
		request->adobe ? "R03" : "R98");
	add(exif, EXIF_IFD_INTEROPERABILITY,
		(struct value){ EXIF_TAG_INTEROPERABILITY_VERSION, EXIF_FORMAT_UNDEFINED, 4, "0100", 4 });
}

static void add_degrees(ExifData *exif, int tag, double degrees)
{
	int seconds_hundredths = (int)lround(fabs(degrees) * 360000);
	const int parts[3][2] = { { seconds_hundredths / 360000, 1 }, { seconds_hundredths / 6000 % 60, 1 },
		{ seconds_hundredths % 6000, 100 } };
	add_rationals(exif, EXIF_IFD_GPS, (ExifTag)tag, parts, 3);
}

static void add_place(ExifData *exif, const struct exposure *exposure)
{
	add(exif, EXIF_IFD_GPS,
		(struct value){ (ExifTag)EXIF_TAG_GPS_VERSION_ID, EXIF_FORMAT_BYTE, 4, "\2\3\0\0", 4 });
	add_text(exif, EXIF_IFD_GPS, (ExifTag)EXIF_TAG_GPS_LATITUDE_REF, exposure->latitude < 0 ? "S" : "N");
	add_degrees(exif, EXIF_TAG_GPS_LATITUDE, exposure->latitude);
	add_text(
		exif, EXIF_IFD_GPS, (ExifTag)EXIF_TAG_GPS_LONGITUDE_REF, exposure->longitude < 0 ? "W" : "E");
	add_degrees(exif, EXIF_TAG_GPS_LONGITUDE, exposure->longitude);
	add(exif, EXIF_IFD_GPS,
		(struct value){ (ExifTag)EXIF_TAG_GPS_ALTITUDE_REF, EXIF_FORMAT_BYTE, 1, "", 1 });
	add_rational(exif, EXIF_IFD_GPS, (ExifTag)EXIF_TAG_GPS_ALTITUDE, exposure->altitude_m, 1);
}

struct bytes exif_make(const struct exif_request *request)
{
	ExifData *exif = exif_data_new();
	exif_data_unset_option(exif, EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
	exif_data_unset_option(exif, EXIF_DATA_OPTION_IGNORE_UNKNOWN_TAGS);
	exif_data_set_byte_order(exif, EXIF_BYTE_ORDER_INTEL);
	add_picture(exif, request);
	add_exposure(exif, request);
	if (request->exposure->latitude != 0 || request->exposure->longitude != 0)
		add_place(exif, request->exposure);
	if (request->thumbnail.size) {
		add_short(exif, EXIF_IFD_1, EXIF_TAG_COMPRESSION, 6);
		exif->data = malloc(request->thumbnail.size);
		memcpy(exif->data, request->thumbnail.data, request->thumbnail.size);
		exif->size = (unsigned int)request->thumbnail.size;
	}
	unsigned char *data = NULL;
	unsigned int size = 0;
	exif_data_save_data(exif, &data, &size);
	exif_data_unref(exif);
	return (struct bytes){ data, size };
}
