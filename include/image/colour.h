/*
 * colour.h: what the numbers in a picture mean, and how to bring them from one meaning to another.
 *
 * Conversions are Little CMS's, relative colorimetric with black-point compensation (ICC.1:2022, ISO 18619),
 * on rows of a picture that is already small. Profiles and conversions are cached, since a folder rarely
 * holds more than a few; what the functions return belongs to the cache and lives until colours_trim() or
 * colours_free().
 *
 * Calling order: colours_new() once, colours_trim() before each picture, colour_choose() for each output,
 * then colours_between() for each pair of meanings that are needed, and recolour_apply() on rows.
 */
#ifndef STAMPMILL_IMAGE_COLOUR_H
#define STAMPMILL_IMAGE_COLOUR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "job/facts.h"
#include "job/holding.h"
#include "job/settings.h"

struct colours;
struct profile;
struct recolour;

/* A row's samples: interleaved, unsigned, in the machine's own byte order, ink upwards in CMYK; alpha last,
 * not premultiplied. MODEL_OTHER is CIE L*a*b* relative to D50, in floats (32 bits), only to convert from. */
struct pixels {
	enum colour_model model;
	const struct profile
		*profile; /* NULL: sRGB, or grey with the tone curve of sRGB; never for CMYK and Lab */
	int bits;         /* 8 or 16; 32 for Lab */
	bool alpha;
};

int pixels_samples(const struct pixels *pixels); /* 1 to 5, alpha included */
int pixels_bytes(const struct pixels *pixels);   /* of one pixel */

/* A number for model and profile that no other pair ever gets in this process. */
unsigned int pixels_meaning(const struct pixels *pixels);

/* NULL when memory is out. */
struct colours *colours_new(void);
void colours_free(struct colours *colours);
void colours_trim(struct colours *colours);

/* What is known of a picture's colour, and what is wanted of an output's. */
struct colour_case {
	enum colour_model model; /* of the pixels in hand */
	int bits;
	bool alpha;
	const void *icc; /* the embedded profile; NULL where there is none */
	size_t icc_bytes;
	bool adobe; /* facts.h, interop_adobe */
	enum colour_policy policy;
	const struct icc_file *target; /* with COLOUR_PROFILE */
	struct holding holding;        /* of the output's file */
	bool coloured;                 /* what is put on the picture has colours: grey will not do */
	bool bare; /* nothing may be attached that can be left out: no profile where sRGB is meant */
};

struct colour_choice {
	struct pixels from; /* with the profile that the pixels in hand have, or are taken to have */
	struct pixels to;   /* with alpha where both the picture and the format have it */
	const void *embed;  /* the profile to attach, always true to `to`; NULL for none */
	size_t embed_bytes;
	bool srgb;      /* `to` is sRGB or its grey */
	bool converted; /* `to` is the target */
	bool adobe;   /* `to` is AdobeRGB, and so was the picture by the word of EXIF Interoperability R03 */
	bool damaged; /* the embedded profile is broken, or not for such pixels, and was left out of account
		       */
};

/* Decide. `choice->embed` points into the cache or to `icc`. 0, or -1 when memory is out. */
int colour_choose(struct colours *colours, const struct colour_case *c, struct colour_choice *choice);

/* Whether pictures can be brought into that profile: 0, or -1 with `err`, which names the option and `path`.
 */
int colours_check_target(
	struct colours *colours, const struct icc_file *target, const char *path, struct err *err);

/* The way from one meaning to another; `to` has alpha exactly when `from` has and no more bits. NULL when
 * memory is out. */
const struct recolour *colours_between(
	struct colours *colours, const struct pixels *from, const struct pixels *to);

/* True when the conversion changes nothing, so that rows may be used as they are. */
bool recolour_is_copy(const struct recolour *recolour);

/* Convert `count` pixels; the rows do not overlap. May be called from several threads. */
void recolour_apply(const struct recolour *recolour, const void *from, void *to, int count);

#endif
