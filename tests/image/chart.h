/*
 * chart.h: patches of known colours in profiles of a test's own making, and what they should become.
 */
#ifndef STAMPMILL_TESTS_IMAGE_CHART_H
#define STAMPMILL_TESTS_IMAGE_CHART_H

#include <lcms2.h>

#include "workshop.h"

#define PATCH_PX 48
#define PATCHES_ACROSS 6
#define PATCHES_DOWN 4
#define PATCHES (PATCHES_ACROSS * PATCHES_DOWN)

struct icc {
	void *data; /* free() */
	size_t size_bytes;
};

/* The profile as bytes; closes it. */
static inline struct icc icc_of(cmsHPROFILE profile)
{
	struct icc icc;
	cmsUInt32Number size_bytes = 0;

	assert_non_null(profile);
	assert_true(cmsSaveProfileToMem(profile, NULL, &size_bytes));
	icc.data = malloc(size_bytes);
	assert_true(cmsSaveProfileToMem(profile, icc.data, &size_bytes));
	icc.size_bytes = size_bytes;
	cmsCloseProfile(profile);
	return icc;
}

/* x and y of red, green and blue; a pure power, or the curve of sRGB for a gamma of 0. White is D65. */
static inline cmsHPROFILE rgb_profile(const double primaries[6], double gamma)
{
	const cmsCIExyY white = { 0.3127, 0.3290, 1 };
	const cmsCIExyYTRIPLE corners = { { primaries[0], primaries[1], 1 },
		{ primaries[2], primaries[3], 1 }, { primaries[4], primaries[5], 1 } };
	const cmsFloat64Number srgb[] = { 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045 };
	cmsToneCurve *curve =
		gamma > 0 ? cmsBuildGamma(NULL, gamma) : cmsBuildParametricToneCurve(NULL, 4, srgb);
	cmsToneCurve *curves[] = { curve, curve, curve };
	cmsHPROFILE profile = cmsCreateRGBProfile(&white, &corners, curves);

	cmsFreeToneCurve(curve);
	return profile;
}

static const double adobe_primaries[] = { 0.64, 0.33, 0.21, 0.71, 0.15, 0.06 };
static const double p3_primaries[] = { 0.68, 0.32, 0.265, 0.69, 0.15, 0.06 };
static const double prophoto_primaries[] = { 0.7347, 0.2653, 0.1596, 0.8404, 0.0366, 0.0001 };
static const double swapped_primaries[] = { 0.3, 0.6, 0.64, 0.33, 0.15, 0.06 };

static inline cmsHPROFILE grey_profile(double gamma)
{
	cmsToneCurve *curve = cmsBuildGamma(NULL, gamma);
	cmsHPROFILE profile = cmsCreateGrayProfile(cmsD50_xyY(), curve);

	cmsFreeToneCurve(curve);
	return profile;
}

/* Ink that spreads by 20 % of the paper where half of it is to be covered. */
static inline cmsHPROFILE dot_gain_profile(void)
{
	cmsUInt16Number levels[256];
	cmsToneCurve *curve;
	cmsHPROFILE profile;

	for (int i = 0; i < 256; i++) {
		double ink = 1 - i / 255.0, spread = ink + 0.8 * ink * (1 - ink);

		levels[i] = (cmsUInt16Number)((1 - spread) * 65535 + 0.5);
	}
	curve = cmsBuildTabulatedToneCurve16(NULL, 256, levels);
	profile = cmsCreateGrayProfile(cmsD50_xyY(), curve);
	cmsFreeToneCurve(curve);
	return profile;
}

/* What CMYK without a profile is taken to be in. */
static inline struct icc default_cmyk(void)
{
	struct icc icc = { NULL, 0 };
	VipsBlob *blob = NULL;
	const void *data;

	assert_int_equal(vips_profile_load("cmyk", &blob, NULL), 0);
	data = vips_blob_get(blob, &icc.size_bytes);
	icc.data = malloc(icc.size_bytes);
	memcpy(icc.data, data, icc.size_bytes);
	vips_area_unref(VIPS_AREA(blob));
	return icc;
}

/* Patch 0 is black, the last one white (no ink in CMYK); those between are all over the space, greys among
 * them. Samples from 0 to 255. */
static inline void patch_samples(int patch, int bands, int *samples)
{
	static const int colours[PATCHES][4] = { { 0, 0, 0, 255 }, { 60, 60, 60, 40 }, { 128, 128, 128, 0 },
		{ 200, 200, 200, 0 }, { 230, 40, 40, 0 }, { 40, 200, 60, 0 }, { 50, 60, 210, 0 },
		{ 240, 220, 60, 0 }, { 60, 200, 220, 20 }, { 210, 70, 190, 10 }, { 255, 0, 0, 0 },
		{ 0, 255, 0, 0 }, { 0, 0, 255, 0 }, { 120, 80, 40, 0 }, { 40, 80, 120, 0 },
		{ 90, 140, 70, 0 }, { 200, 160, 130, 0 }, { 30, 20, 60, 50 }, { 15, 15, 15, 200 },
		{ 245, 240, 230, 0 }, { 160, 90, 90, 80 }, { 70, 110, 105, 0 }, { 180, 190, 60, 30 },
		{ 0, 0, 0, 0 } };

	for (int i = 0; i < bands; i++)
		samples[i] = patch == PATCHES - 1 && bands < 4 ? 255
			     : bands == 1                      ? patch * 255 / (PATCHES - 1)
							       : colours[patch][i];
}

static inline struct raster chart_new(int bands, int bits)
{
	struct raster chart = raster_new(PATCH_PX * PATCHES_ACROSS, PATCH_PX * PATCHES_DOWN, bands, bits);

	for (int y = 0; y < chart.height; y++)
		for (int x = 0; x < chart.width; x++) {
			int samples[4];

			patch_samples(y / PATCH_PX * PATCHES_ACROSS + x / PATCH_PX, bands, samples);
			for (int i = 0; i < bands && bits == 16; i++)
				samples[i] *= 257;
			raster_set(&chart, x, y, samples);
		}
	return chart;
}

/* The sample in the middle of a patch of a chart of any size. */
static inline int chart_get(const struct raster *chart, int patch, int band)
{
	return raster_get(chart, (patch % PATCHES_ACROSS * 2 + 1) * chart->width / PATCHES_ACROSS / 2,
		(patch / PATCHES_ACROSS * 2 + 1) * chart->height / PATCHES_DOWN / 2, band);
}

/* The middles of the patches. */
static inline struct raster chart_middles(const struct raster *chart)
{
	struct raster middles = raster_new(PATCHES, 1, chart->bands, chart->bits);

	for (int patch = 0; patch < PATCHES; patch++) {
		int samples[5];

		for (int i = 0; i < chart->bands; i++)
			samples[i] = chart_get(chart, patch, i);
		raster_set(&middles, patch, 0, samples);
	}
	return middles;
}

static inline cmsUInt32Number cms_form(const struct raster *raster)
{
	int space = raster->bands == 1 ? PT_GRAY : raster->bands == 4 ? PT_CMYK : PT_RGB;

	return COLORSPACE_SH(space) | CHANNELS_SH(raster->bands) | BYTES_SH(raster->bits / 8);
}

/* A row of samples as sRGB, by Little CMS alone; 16 bits with nothing precomputed. Frees `from`. */
static inline struct raster to_srgb(struct raster from, const struct icc *icc)
{
	cmsHPROFILE source = cmsOpenProfileFromMem(icc->data, (cmsUInt32Number)icc->size_bytes);
	cmsHPROFILE srgb = cmsCreate_sRGBProfile();
	struct raster to = raster_new(from.width, from.height, 3, 8);
	cmsHTRANSFORM transform =
		cmsCreateTransform(source, cms_form(&from), srgb, TYPE_RGB_8, INTENT_RELATIVE_COLORIMETRIC,
			cmsFLAGS_BLACKPOINTCOMPENSATION | (from.bits == 16 ? cmsFLAGS_NOOPTIMIZE : 0));

	assert_non_null(transform);
	cmsDoTransform(transform, from.samples, to.samples,
		(cmsUInt32Number)from.width * (cmsUInt32Number)from.height);
	cmsDeleteTransform(transform);
	cmsCloseProfile(srgb);
	cmsCloseProfile(source);
	free(from.samples);
	return to;
}

#endif
