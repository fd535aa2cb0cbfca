/*
 * camera.h: what a camera writes into its files beside the picture.
 */
#ifndef SAMPLES_CAMERA_H
#define SAMPLES_CAMERA_H

#include "file.h"

struct camera {
	const char *make, *model, *serial, *lens, *lens_serial;
};

struct exposure {
	const char *date; /* "2024:06:21 21:43:10" */
	int seconds[2];   /* as a fraction */
	int f_number_tenths, iso, focal_length_mm;
	double latitude, longitude; /* in degrees; both 0: no GPS */
	int altitude_m;
};

struct exif_request {
	const struct camera *camera;
	const struct exposure *exposure;
	int orientation;
	int width_px, height_px; /* as stored */
	int adobe;               /* ColorSpace and Interoperability say Adobe RGB */
	struct bytes thumbnail;  /* a JPEG, or empty */
};

/* An EXIF block that begins with "Exif\0\0". */
struct bytes exif_make(const struct exif_request *request);

#endif
