#include "image/colour.h"

#include <assert.h>
#include <glib.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "image/profile.h"

#define TRIM_ABOVE 16

struct colours {
	struct profile *own[OWN_COUNT]; /* made when first needed */
	GPtrArray *embedded;            /* of struct profile */
	GPtrArray *ways;                /* of struct recolour */
};

enum way {
	WAY_COPY,
	WAY_NARROW, /* 16 bits to 8 */
	WAY_TABLE,  /* from grey, to anything */
	WAY_CMS
};

struct recolour {
	struct pixels from, to;
	enum way way;
	cmsHTRANSFORM transform; /* WAY_CMS */
	void *table;             /* WAY_TABLE: for each level, the colour samples of `to` */
};

static int colour_samples(enum colour_model model)
{
	return model == MODEL_GREY ? 1 : model == MODEL_CMYK ? 4 : 3;
}

int pixels_samples(const struct pixels *pixels)
{
	return colour_samples(pixels->model) + pixels->alpha;
}

int pixels_bytes(const struct pixels *pixels)
{
	return pixels_samples(pixels) * pixels->bits / 8;
}

static unsigned int serial_of(const struct pixels *pixels)
{
	return pixels->profile ? pixels->profile->serial : 0;
}

unsigned int pixels_meaning(const struct pixels *pixels)
{
	return serial_of(pixels) * 4 + (unsigned int)pixels->model;
}

static void recolour_free(void *data)
{
	struct recolour *recolour = data;

	if (recolour->transform)
		cmsDeleteTransform(recolour->transform);
	free(recolour->table);
	free(recolour);
}

static void free_profile(void *data)
{
	profile_free(data);
}

struct colours *colours_new(void)
{
	struct colours *colours = calloc(1, sizeof(*colours));

	if (!colours)
		return NULL;
	colours->embedded = g_ptr_array_new_with_free_func(free_profile);
	colours->ways = g_ptr_array_new_with_free_func(recolour_free);
	return colours;
}

void colours_free(struct colours *colours)
{
	if (!colours)
		return;
	g_ptr_array_unref(colours->embedded);
	g_ptr_array_unref(colours->ways);
	for (int i = 0; i < OWN_COUNT; i++)
		profile_free(colours->own[i]);
	free(colours);
}

void colours_trim(struct colours *colours)
{
	if (colours->embedded->len <= TRIM_ABOVE && colours->ways->len <= TRIM_ABOVE)
		return;
	g_ptr_array_set_size(colours->ways, 0);
	g_ptr_array_set_size(colours->embedded, 0);
}

static const struct profile *own(struct colours *colours, enum own_profile which)
{
	if (!colours->own[which])
		colours->own[which] = profile_make(which);
	return colours->own[which];
}

static const struct profile *embedded(struct colours *colours, const void *icc, size_t icc_bytes)
{
	struct profile *profile;

	for (guint i = 0; i < colours->embedded->len; i++) {
		profile = colours->embedded->pdata[i];
		if (profile->icc_bytes == icc_bytes && memcmp(profile->icc, icc, icc_bytes) == 0)
			return profile;
	}
	if ((profile = profile_open(icc, icc_bytes)))
		g_ptr_array_add(colours->embedded, profile);
	return profile;
}

/* A grey picture may carry an RGB profile: its levels are then that profile's greys. */
static bool fits(const struct profile *profile, enum colour_model model)
{
	return profile->model == model || (profile->model == MODEL_RGB && model == MODEL_GREY);
}

/* What is meant where no profile says it: 0, or -1 when memory is out. */
static int assume(struct colours *colours, const struct colour_case *c, const struct profile **profile)
{
	if (c->model == MODEL_OTHER)
		*profile = own(colours, OWN_LAB);
	else if (c->model == MODEL_CMYK)
		*profile = own(colours, OWN_CMYK);
	else if (c->model == MODEL_RGB && c->adobe)
		*profile = own(colours, OWN_ADOBE);
	else
		return 0;
	return *profile ? 0 : -1;
}

static void keep_colour(const struct colour_case *c, const struct profile *icc, struct colour_choice *choice)
{
	choice->to = choice->from;
	choice->to.bits = c->holding.wide ? c->bits : 8;
	choice->to.alpha = c->alpha && c->holding.alpha && c->model != MODEL_CMYK;
	choice->srgb = !choice->from.profile;
	choice->adobe = c->adobe && c->model == MODEL_RGB && choice->from.profile;
	/* A file that says AdobeRGB in EXIF only is understood by few: say it in a profile as well. CMYK
	 * without a profile stays as it came, whoever made it knows what it is for. */
	if (icc || choice->adobe) {
		choice->embed = icc ? icc->icc : choice->from.profile->icc;
		choice->embed_bytes = icc ? icc->icc_bytes : choice->from.profile->icc_bytes;
	}
}

static int make_srgb(struct colours *colours, const struct colour_case *c, struct colour_choice *choice)
{
	bool grey = c->model == MODEL_GREY && !c->coloured && c->holding.grey;
	const struct profile *tag;

	choice->to = (struct pixels){
		.model = grey ? MODEL_GREY : MODEL_RGB,
		.bits = 8,
		.alpha = c->alpha && c->holding.alpha,
	};
	choice->srgb = true;
	if (c->bare)
		return 0;
	tag = own(colours, grey ? OWN_GREY : OWN_SRGB);
	if (!tag)
		return -1;
	choice->embed = tag->icc;
	choice->embed_bytes = tag->icc_bytes;
	return 0;
}

/* All pictures alike, whatever they are: `embed` tells what the pixels mean, so that it is never left out. */
static int make_target(struct colours *colours, const struct colour_case *c, struct colour_choice *choice)
{
	const struct profile *target = embedded(colours, c->target->data, c->target->size_bytes);

	if (!target)
		return -1;
	choice->to = (struct pixels){
		.model = target->model,
		.profile = target->srgb ? NULL : target,
		.bits = 8,
		.alpha = c->alpha && c->holding.alpha && target->model != MODEL_CMYK,
	};
	choice->srgb = target->srgb;
	choice->converted = true;
	choice->adobe = c->adobe && profile_is_adobe(target);
	choice->embed = target->icc;
	choice->embed_bytes = target->icc_bytes;
	return 0;
}

int colours_check_target(
	struct colours *colours, const struct icc_file *target, const char *path, struct err *err)
{
	const struct profile *profile = embedded(colours, target->data, target->size_bytes);
	char shown[160];

	if (profile && profile->model == target->model && profile_takes_colours(profile))
		return 0;
	return err_set(err, REASON_UNSUPPORTED,
		profile ? "--colour '%s': colours cannot be converted into it, only out of it; expected the "
			  "profile of a "
			  "colour space, screen or printer"
			: "--colour '%s': is damaged, or of a kind that Little CMS does not know",
		text_printable(path, shown, sizeof(shown)));
}

int colour_choose(struct colours *colours, const struct colour_case *c, struct colour_choice *choice)
{
	const struct profile *icc = c->icc ? embedded(colours, c->icc, c->icc_bytes) : NULL;
	const struct profile *meant = NULL;
	bool keep = c->policy == COLOUR_KEEP && holding_has(&c->holding, c->model) &&
		    !(c->model == MODEL_GREY && c->coloured);

	if (icc && !fits(icc, c->model))
		icc = NULL;
	*choice = (struct colour_choice){ .damaged = c->icc && !icc };
	if (icc && !icc->srgb)
		meant = icc;
	else if (!icc && assume(colours, c, &meant))
		return -1;
	choice->from = (struct pixels){ c->model, meant, c->bits, c->alpha };
	if (c->policy == COLOUR_PROFILE)
		return make_target(colours, c, choice);
	if (!keep || (icc && icc->model != c->model))
		return make_srgb(colours, c, choice);
	keep_colour(c, icc, choice);
	return 0;
}

static uint8_t narrow(uint16_t level)
{
	return (uint8_t)((level * 255u + 32895u) >> 16);
}

static void narrow_row(const uint16_t *from, uint8_t *to, int samples)
{
	for (int i = 0; i < samples; i++)
		to[i] = narrow(from[i]);
}

static bool is_same(const struct pixels *one, const struct pixels *other)
{
	return pixels_meaning(one) == pixels_meaning(other) && one->bits == other->bits &&
	       one->alpha == other->alpha;
}

static cmsUInt32Number cms_format(enum colour_model model, int bits, bool alpha)
{
	static const int spaces[] = {
		[MODEL_GREY] = PT_GRAY, [MODEL_RGB] = PT_RGB, [MODEL_CMYK] = PT_CMYK, [MODEL_OTHER] = PT_Lab
	};

	return FLOAT_SH(bits == 32 ? 1 : 0) | COLORSPACE_SH(spaces[model]) |
	       CHANNELS_SH(colour_samples(model)) | BYTES_SH(bits / 8) | EXTRA_SH(alpha ? 1 : 0);
}

static cmsHPROFILE cms_profile(struct colours *colours, const struct pixels *pixels)
{
	const struct profile *profile = pixels->profile;

	if (!profile)
		profile = own(colours, pixels->model == MODEL_GREY ? OWN_GREY : OWN_SRGB);
	return profile ? profile->handle : NULL;
}

/* `model` is that of the samples given to it: the profile's own. */
static cmsHTRANSFORM cms_transform(
	struct colours *colours, enum colour_model model, const struct pixels *from, const struct pixels *to)
{
	cmsHPROFILE source = cms_profile(colours, from), target = cms_profile(colours, to);
	cmsUInt32Number flags = cmsFLAGS_BLACKPOINTCOMPENSATION;

	if (!source || !target)
		return NULL;
	if (from->alpha)
		flags |= cmsFLAGS_COPY_ALPHA;
	/* What Little CMS precomputes for 8 bits is right to one level; for 16 it samples the conversion at
	 * 33 points an axis, which was off by up to 28 levels of 255 between AdobeRGB or ProPhoto and sRGB.
	 */
	if (from->bits > 8)
		flags |= cmsFLAGS_NOOPTIMIZE;
	/* Into tables, such as those for inks, it samples for 8 bits too. At 33 points an axis that was off
	 * by up to 8 levels of 255, at 65 by up to 4, in as little time; nothing precomputed takes ten times
	 * as long. */
	else if (model == MODEL_RGB && cmsIsCLUT(target, INTENT_RELATIVE_COLORIMETRIC, LCMS_USED_AS_OUTPUT))
		flags |= cmsFLAGS_GRIDPOINTS(65);
	return cmsCreateTransform(source, cms_format(model, from->bits, from->alpha), target,
		cms_format(to->model, to->bits, to->alpha), INTENT_RELATIVE_COLORIMETRIC, flags);
}

static void put_level(void *row, int bits, int at, unsigned int level)
{
	if (bits == 8)
		((uint8_t *)row)[at] = (uint8_t)level;
	else
		((uint16_t *)row)[at] = (uint16_t)level;
}

/* Every grey level once, `samples` times each. */
static void *all_levels(int bits, int samples)
{
	int levels = 1 << bits;
	void *row = malloc((size_t)levels * (size_t)samples * (size_t)(bits / 8));

	for (int level = 0; row && level < levels; level++)
		for (int i = 0; i < samples; i++)
			put_level(row, bits, level * samples + i, (unsigned int)level);
	return row;
}

/* The same meaning in another number of bits or samples. */
static void *plain_table(const struct pixels *from, const struct pixels *to)
{
	int samples = colour_samples(to->model), levels = 1 << from->bits;
	void *table = malloc((size_t)levels * (size_t)pixels_bytes(to));

	for (int level = 0; table && level < levels; level++)
		for (int i = 0; i < samples; i++)
			put_level(table, to->bits, level * samples + i,
				from->bits == to->bits ? (unsigned int)level : narrow((uint16_t)level));
	return table;
}

static void *converted_table(struct colours *colours, const struct pixels *from, const struct pixels *to)
{
	enum colour_model model = from->profile ? from->profile->model : MODEL_GREY;
	struct pixels source = *from, target = *to;
	cmsHTRANSFORM transform;
	void *levels, *table = NULL;

	source.alpha = target.alpha = false;
	levels = all_levels(from->bits, colour_samples(model));
	transform = cms_transform(colours, model, &source, &target);
	if (levels && transform && (table = malloc((size_t)pixels_bytes(&target) << from->bits)))
		cmsDoTransform(transform, levels, table, 1u << from->bits);
	if (transform)
		cmsDeleteTransform(transform);
	free(levels);
	return table;
}

static int make_table(struct colours *colours, struct recolour *recolour)
{
	const struct pixels *from = &recolour->from, *to = &recolour->to;
	bool plain = serial_of(from) == serial_of(to) && (from->model == to->model || !from->profile) &&
		     to->model != MODEL_CMYK;

	recolour->way = WAY_TABLE;
	recolour->table = plain ? plain_table(from, to) : converted_table(colours, from, to);
	return recolour->table ? 0 : -1;
}

static int make_way(struct colours *colours, struct recolour *recolour)
{
	const struct pixels *from = &recolour->from, *to = &recolour->to;

	if (is_same(from, to)) {
		recolour->way = WAY_COPY;
		return 0;
	}
	if (from->model == MODEL_GREY)
		return make_table(colours, recolour);
	if (from->model == to->model && serial_of(from) == serial_of(to)) {
		recolour->way = WAY_NARROW;
		return 0;
	}
	recolour->way = WAY_CMS;
	recolour->transform = cms_transform(colours, from->model, from, to);
	return recolour->transform ? 0 : -1;
}

const struct recolour *colours_between(
	struct colours *colours, const struct pixels *from, const struct pixels *to)
{
	struct recolour *recolour;

	assert(from->alpha == to->alpha && from->bits >= to->bits);
	for (guint i = 0; i < colours->ways->len; i++) {
		recolour = colours->ways->pdata[i];
		if (is_same(&recolour->from, from) && is_same(&recolour->to, to))
			return recolour;
	}
	recolour = calloc(1, sizeof(*recolour));
	if (!recolour)
		return NULL;
	recolour->from = *from;
	recolour->to = *to;
	if (make_way(colours, recolour)) {
		recolour_free(recolour);
		return NULL;
	}
	g_ptr_array_add(colours->ways, recolour);
	return recolour;
}

bool recolour_is_copy(const struct recolour *recolour)
{
	return recolour->way == WAY_COPY;
}

static unsigned int get_level(const void *row, int bits, int at)
{
	return bits == 8 ? ((const uint8_t *)row)[at] : ((const uint16_t *)row)[at];
}

static void look_up(const struct recolour *recolour, const void *from, void *to, int count)
{
	int from_bits = recolour->from.bits, to_bits = recolour->to.bits;
	int from_samples = pixels_samples(&recolour->from), to_samples = pixels_samples(&recolour->to);
	int colours = colour_samples(recolour->to.model);

	for (int i = 0; i < count; i++) {
		int level = (int)get_level(from, from_bits, i * from_samples);

		for (int s = 0; s < colours; s++)
			put_level(to, to_bits, i * to_samples + s,
				get_level(recolour->table, to_bits, level * colours + s));
		if (recolour->from.alpha) {
			unsigned int alpha = get_level(from, from_bits, i * from_samples + 1);

			put_level(to, to_bits, i * to_samples + colours,
				from_bits == to_bits ? alpha : narrow((uint16_t)alpha));
		}
	}
}

void recolour_apply(const struct recolour *recolour, const void *from, void *to, int count)
{
	switch (recolour->way) {
	case WAY_COPY:
		memcpy(to, from, (size_t)count * (size_t)pixels_bytes(&recolour->from));
		break;
	case WAY_NARROW:
		narrow_row(from, to, count * pixels_samples(&recolour->from));
		break;
	case WAY_TABLE:
		look_up(recolour, from, to, count);
		break;
	case WAY_CMS:
		cmsDoTransform(recolour->transform, from, to, (cmsUInt32Number)count);
		break;
	}
}
