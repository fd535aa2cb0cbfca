/*
 * profile.h: an ICC profile, checked and open; and those that the program has of its own.
 *
 * Own profiles are computed from published numbers, are the same bytes each time, and carry no dates:
 * sRGB (IEC 61966-2-1), a grey with its tone curve, and one with the primaries and the gamma of AdobeRGB
 * (1998), and CIE L*a*b*. The CMYK that pictures without a profile are taken to be in is the one that libvips
 * has built in and calls "cmyk".
 */
#ifndef STAMPMILL_IMAGE_PROFILE_H
#define STAMPMILL_IMAGE_PROFILE_H

#include <lcms2.h>
#include <stdbool.h>
#include <stddef.h>

#include "job/facts.h"

struct profile {
	enum colour_model model; /* what it describes */
	cmsHPROFILE handle;
	void *icc; /* the profile as bytes */
	size_t icc_bytes;
	unsigned int serial; /* told apart by this, since an address may be used again */
	bool srgb; /* means sRGB, or grey with the tone curve of sRGB, to within one of 255 levels */
};

enum own_profile {
	OWN_SRGB,
	OWN_GREY,
	OWN_ADOBE,
	OWN_CMYK,
	OWN_LAB,
	OWN_COUNT
};

/* An RGB space by its chromaticities, x and y, and the power of its tone curve; 0: the curve of sRGB. */
struct rgb_space {
	double white[2], red[2], green[2], blue[2];
	double gamma;
};

/* Each returns NULL when memory is out; profile_open() also for bytes that are no profile, for links, named
 * colours and the like, for profiles of other models, and for those that Little CMS cannot convert from;
 * profile_make_rgb() also for a space that is none. */
struct profile *profile_open(const void *icc, size_t icc_bytes);
struct profile *profile_make(enum own_profile which);
struct profile *profile_make_rgb(const struct rgb_space *space, const char *name);
void profile_free(struct profile *profile);

/* Whether it means AdobeRGB (1998), to within one of 255 levels. */
bool profile_is_adobe(const struct profile *profile);

/* Whether colours can be brought into it: a scanner's profile may lead out of its colours only. */
bool profile_takes_colours(const struct profile *profile);

#endif
