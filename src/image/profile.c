#include "image/profile.h"

#include <stdlib.h>
#include <string.h>
#include <vips/vips.h>

#define ICC_DATE_OFFSET 24
#define ICC_DATE_BYTES 12

static struct profile *wrap(cmsHPROFILE handle, void *icc, size_t icc_bytes)
{
	static unsigned int serials;
	struct profile *profile = calloc(1, sizeof(*profile));

	if (!profile) {
		cmsCloseProfile(handle);
		free(icc);
		return NULL;
	}
	profile->handle = handle;
	profile->icc = icc;
	profile->icc_bytes = icc_bytes;
	profile->serial = ++serials;
	return profile;
}

void profile_free(struct profile *profile)
{
	if (!profile)
		return;
	cmsCloseProfile(profile->handle);
	free(profile->icc);
	free(profile);
}

static bool find_model(cmsHPROFILE handle, enum colour_model *model)
{
	switch (cmsGetColorSpace(handle)) {
	case cmsSigGrayData:
		*model = MODEL_GREY;
		return true;
	case cmsSigRgbData:
		*model = MODEL_RGB;
		return true;
	case cmsSigCmykData:
		*model = MODEL_CMYK;
		return true;
	case cmsSigLabData:
		*model = MODEL_OTHER;
		return true;
	default:
		return false;
	}
}

static bool describes_pixels(cmsHPROFILE handle)
{
	switch (cmsGetDeviceClass(handle)) {
	case cmsSigInputClass:
	case cmsSigDisplayClass:
	case cmsSigOutputClass:
	case cmsSigColorSpaceClass:
		return true;
	case cmsSigAbstractClass: /* what Little CMS calls its Lab */
		return cmsGetColorSpace(handle) == cmsSigLabData;
	default:
		return false;
	}
}

static const cmsUInt32Number formats[] = {
	[MODEL_GREY] = TYPE_GRAY_8,
	[MODEL_RGB] = TYPE_RGB_8,
	[MODEL_CMYK] = TYPE_CMYK_8,
	[MODEL_OTHER] = TYPE_Lab_8,
};

/* Closes `rgb`; NULL where there is no such way. */
static cmsHTRANSFORM to_rgb(const struct profile *profile, cmsHPROFILE rgb)
{
	cmsHTRANSFORM transform = NULL;

	if (rgb) {
		transform = cmsCreateTransform(profile->handle, formats[profile->model], rgb, TYPE_RGB_8,
			INTENT_RELATIVE_COLORIMETRIC, cmsFLAGS_BLACKPOINTCOMPENSATION);
		cmsCloseProfile(rgb);
	}
	return transform;
}

static bool is_near(const unsigned char *rgb, int red, int green, int blue)
{
	return abs(rgb[0] - red) <= 1 && abs(rgb[1] - green) <= 1 && abs(rgb[2] - blue) <= 1;
}

static bool keeps_greys(cmsHTRANSFORM transform)
{
	for (int level = 0; level < 256; level++) {
		unsigned char from[3] = { (unsigned char)level, (unsigned char)level, (unsigned char)level };
		unsigned char to[3];

		cmsDoTransform(transform, from, to, 1);
		if (!is_near(to, level, level, level))
			return false;
	}
	return true;
}

static bool keeps_colours(cmsHTRANSFORM transform)
{
	for (int corner = 0; corner < 9 * 9 * 9; corner++) {
		int red = corner % 9 * 255 / 8, green = corner / 9 % 9 * 255 / 8,
		    blue = corner / 81 * 255 / 8;
		unsigned char from[3] = { (unsigned char)red, (unsigned char)green, (unsigned char)blue };
		unsigned char to[3];

		cmsDoTransform(transform, from, to, 1);
		if (!is_near(to, red, green, blue))
			return false;
	}
	return true;
}

/* Adobe RGB (1998) Color Image Encoding, 2005-05 */
static const struct rgb_space adobe_rgb = {
	.white = { 0.3127, 0.3290 },
	.red = { 0.64, 0.33 },
	.green = { 0.21, 0.71 },
	.blue = { 0.15, 0.06 },
	.gamma = 2.19921875,
};

/* IEC 61966-2-1: ((x + 0.055) / 1.055) ^ 2.4, and x / 12.92 up to 0.04045 */
static cmsToneCurve *make_curve(double gamma)
{
	static const cmsFloat64Number srgb[] = { 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045 };

	return gamma > 0 ? cmsBuildGamma(NULL, gamma) : cmsBuildParametricToneCurve(NULL, 4, srgb);
}

static cmsHPROFILE make_grey(void)
{
	cmsToneCurve *curve = make_curve(0);
	cmsHPROFILE handle = curve ? cmsCreateGrayProfile(cmsD50_xyY(), curve) : NULL;

	cmsFreeToneCurve(curve);
	return handle;
}

static cmsHPROFILE make_rgb(const struct rgb_space *space)
{
	const cmsCIExyY white = { space->white[0], space->white[1], 1 };
	const cmsCIExyYTRIPLE primaries = { { space->red[0], space->red[1], 1 },
		{ space->green[0], space->green[1], 1 }, { space->blue[0], space->blue[1], 1 } };
	cmsToneCurve *curve = make_curve(space->gamma);
	cmsToneCurve *curves[] = { curve, curve, curve };
	cmsHPROFILE handle = curve ? cmsCreateRGBProfile(&white, &primaries, curves) : NULL;

	cmsFreeToneCurve(curve);
	return handle;
}

/* Most embedded profiles are some maker's sRGB: tried out rather than known by name, and then neither costs a
 * conversion. */
static int try_out(struct profile *profile)
{
	cmsHTRANSFORM transform = to_rgb(profile, cmsCreate_sRGBProfile());

	if (!transform)
		return -1;
	if (profile->model == MODEL_GREY)
		profile->srgb = keeps_greys(transform);
	else if (profile->model == MODEL_RGB)
		profile->srgb = keeps_greys(transform) && keeps_colours(transform);
	cmsDeleteTransform(transform);
	return 0;
}

bool profile_is_adobe(const struct profile *profile)
{
	cmsHTRANSFORM transform = profile->model == MODEL_RGB ? to_rgb(profile, make_rgb(&adobe_rgb)) : NULL;
	bool is = transform && keeps_greys(transform) && keeps_colours(transform);

	if (transform)
		cmsDeleteTransform(transform);
	return is;
}

bool profile_takes_colours(const struct profile *profile)
{
	cmsHPROFILE srgb = cmsCreate_sRGBProfile();
	cmsHTRANSFORM transform = NULL;

	if (srgb) {
		transform = cmsCreateTransform(srgb, TYPE_RGB_8, profile->handle, formats[profile->model],
			INTENT_RELATIVE_COLORIMETRIC, cmsFLAGS_BLACKPOINTCOMPENSATION);
		cmsCloseProfile(srgb);
	}
	if (transform)
		cmsDeleteTransform(transform);
	return transform != NULL;
}

struct profile *profile_open(const void *icc, size_t icc_bytes)
{
	cmsHPROFILE handle = cmsOpenProfileFromMem(icc, (cmsUInt32Number)icc_bytes);
	struct profile *profile;
	void *copy;

	if (!handle)
		return NULL;
	copy = malloc(icc_bytes);
	if (!copy) {
		cmsCloseProfile(handle);
		return NULL;
	}
	memcpy(copy, icc, icc_bytes);
	profile = wrap(handle, copy, icc_bytes);
	if (profile && describes_pixels(handle) && find_model(handle, &profile->model) &&
		try_out(profile) == 0)
		return profile;
	profile_free(profile);
	return NULL;
}

static void set_name(cmsHPROFILE handle, const char *name)
{
	cmsMLU *text = cmsMLUalloc(NULL, 1);

	if (!text)
		return;
	if (cmsMLUsetASCII(text, "en", "US", name))
		cmsWriteTag(handle, cmsSigProfileDescriptionTag, text);
	cmsMLUfree(text);
}

/* The handle as bytes, with the clock's time of making taken out: outputs do not depend on it. */
static struct profile *finish_own(cmsHPROFILE handle, const char *name)
{
	struct profile *profile = NULL;
	cmsUInt32Number icc_bytes = 0;
	unsigned char *icc = NULL;

	if (!handle)
		return NULL;
	set_name(handle, name);
	if (cmsSaveProfileToMem(handle, NULL, &icc_bytes) && (icc = malloc(icc_bytes)) &&
		cmsSaveProfileToMem(handle, icc, &icc_bytes)) {
		static const unsigned char date[ICC_DATE_BYTES] = { 0x07, 0xcf, 0, 10, 0, 1 };

		memcpy(icc + ICC_DATE_OFFSET, date, ICC_DATE_BYTES);
		profile = profile_open(icc, icc_bytes);
	}
	free(icc);
	cmsCloseProfile(handle);
	return profile;
}

static struct profile *load_cmyk(void)
{
	struct profile *profile = NULL;
	VipsBlob *blob = NULL;
	const void *icc;
	size_t icc_bytes;

	if (vips_profile_load("cmyk", &blob, NULL) == 0 && blob) {
		icc = vips_blob_get(blob, &icc_bytes);
		profile = profile_open(icc, icc_bytes);
		vips_area_unref(VIPS_AREA(blob));
	}
	return profile;
}

struct profile *profile_make_rgb(const struct rgb_space *space, const char *name)
{
	return finish_own(make_rgb(space), name);
}

struct profile *profile_make(enum own_profile which)
{
	switch (which) {
	case OWN_SRGB:
		return finish_own(cmsCreate_sRGBProfile(), "sRGB");
	case OWN_GREY:
		return finish_own(make_grey(), "Grey with the tone curve of sRGB");
	case OWN_ADOBE:
		return profile_make_rgb(&adobe_rgb, "Compatible with Adobe RGB (1998)");
	case OWN_CMYK:
		return load_cmyk();
	case OWN_LAB:
		return finish_own(cmsCreateLab4Profile(NULL), "CIE L*a*b*");
	default:
		return NULL;
	}
}
