/*
 * profiles.h: files with ICC profiles, made by Little CMS.
 */
#ifndef STAMPMILL_TESTS_PROFILES_H
#define STAMPMILL_TESTS_PROFILES_H

#include <lcms2.h>
#include <stdlib.h>
#include <vips/vips.h>

#include "check.h"
#include "end-to-end/place.h"

/* Closes the profile. */
static inline void profile_write(const char *path, cmsHPROFILE profile)
{
	cmsUInt32Number size_bytes = 0;
	void *data;

	assert_non_null(profile);
	assert_true(cmsSaveProfileToMem(profile, NULL, &size_bytes));
	data = malloc(size_bytes);
	assert_true(cmsSaveProfileToMem(profile, data, &size_bytes));
	file_write(path, data, size_bytes);
	free(data);
	cmsCloseProfile(profile);
}

/* AdobeRGB (1998), or with another gamma one that is not. */
static inline void profile_write_adobe(const char *path, double gamma)
{
	const cmsCIExyY white = { 0.3127, 0.3290, 1 };
	const cmsCIExyYTRIPLE corners = { { 0.64, 0.33, 1 }, { 0.21, 0.71, 1 }, { 0.15, 0.06, 1 } };
	cmsToneCurve *curve = cmsBuildGamma(NULL, gamma);
	cmsToneCurve *curves[] = { curve, curve, curve };

	profile_write(path, cmsCreateRGBProfile(&white, &corners, curves));
	cmsFreeToneCurve(curve);
}

static inline void profile_write_grey(const char *path)
{
	cmsToneCurve *curve = cmsBuildGamma(NULL, 2.2);

	profile_write(path, cmsCreateGrayProfile(cmsD50_xyY(), curve));
	cmsFreeToneCurve(curve);
}

static inline void profile_write_cmyk(const char *path)
{
	VipsBlob *blob = NULL;
	const void *data;
	size_t size_bytes;

	assert_int_equal(vips_profile_load("cmyk", &blob, NULL), 0);
	data = vips_blob_get(blob, &size_bytes);
	file_write(path, data, size_bytes);
	vips_area_unref(VIPS_AREA(blob));
}

static inline void profile_write_link(const char *path)
{
	profile_write(path, cmsCreateInkLimitingDeviceLink(cmsSigCmykData, 300));
}

#endif
