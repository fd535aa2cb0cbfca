#include "image/png_colour.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "image/profile.h"
#include "image/read_at.h"

#define SIGNATURE_BYTES 8
#define CHUNKS_MAX 10000
#define CHUNK_BYTES_MAX 32 /* cHRM, the longest that is read */

struct claims {
	bool icc, srgb, cicp, gama, chrm;
	uint8_t cicp_bytes[4];
	uint32_t gamma;     /* times 100,000 */
	uint32_t points[8]; /* white, red, green, blue: x and y times 100,000 */
};

static uint32_t number_of(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void take(struct claims *claims, const uint8_t *type, const uint8_t *data, uint32_t size_bytes)
{
	if (memcmp(type, "iCCP", 4) == 0)
		claims->icc = true;
	else if (memcmp(type, "sRGB", 4) == 0 && size_bytes == 1)
		claims->srgb = true;
	else if (memcmp(type, "cICP", 4) == 0 && size_bytes == 4) {
		claims->cicp = true;
		memcpy(claims->cicp_bytes, data, 4);
	} else if (memcmp(type, "gAMA", 4) == 0 && size_bytes == 4) {
		claims->gama = true;
		claims->gamma = number_of(data);
	} else if (memcmp(type, "cHRM", 4) == 0 && size_bytes == 32) {
		claims->chrm = true;
		for (int i = 0; i < 8; i++)
			claims->points[i] = number_of(data + i * 4);
	}
}

static void read_claims(int fd, struct claims *claims)
{
	int64_t at = SIGNATURE_BYTES;

	for (int i = 0; i < CHUNKS_MAX; i++) {
		uint8_t bytes[8 + CHUNK_BYTES_MAX];
		ssize_t got = read_at(fd, bytes, sizeof(bytes), at);
		uint32_t size_bytes;

		if (got < 8 || memcmp(bytes + 4, "IDAT", 4) == 0)
			return;
		size_bytes = number_of(bytes);
		if (size_bytes <= CHUNK_BYTES_MAX && got < 8 + (ssize_t)size_bytes)
			return;
		take(claims, bytes + 4, bytes + 8, size_bytes);
		at += INT64_C(12) + size_bytes;
	}
}

/* IEC 61966-2-1 */
static const struct rgb_space srgb_space = {
	.white = { 0.3127, 0.3290 },
	.red = { 0.64, 0.33 },
	.green = { 0.30, 0.60 },
	.blue = { 0.15, 0.06 },
};

static bool is_point(const double *point)
{
	return point[0] >= 0 && point[0] <= 1 && point[1] > 0 && point[1] <= 1;
}

static bool take_points(const uint32_t *points, struct rgb_space *space)
{
	double *to[] = { space->white, space->red, space->green, space->blue };

	for (int i = 0; i < 4; i++) {
		to[i][0] = points[i * 2] / 1e5;
		to[i][1] = points[i * 2 + 1] / 1e5;
		if (!is_point(to[i]))
			return false;
	}
	return true;
}

static bool take_gamma(uint32_t gamma, struct rgb_space *space)
{
	if (gamma >= 45000 && gamma <= 46000)
		return true;
	if (gamma < 10000 || gamma > 1000000)
		return false;
	space->gamma = 1e5 / gamma;
	return true;
}

/* H.273, tables 2 and 3, as far as still pictures use them. */
static bool take_cicp(const uint8_t *cicp, struct rgb_space *space)
{
	static const struct {
		uint8_t code;
		double red[2], green[2], blue[2];
	} primaries[] = {
		{ 1, { 0.64, 0.33 }, { 0.30, 0.60 }, { 0.15, 0.06 } },
		{ 9, { 0.708, 0.292 }, { 0.170, 0.797 }, { 0.131, 0.046 } },
		{ 12, { 0.680, 0.320 }, { 0.265, 0.690 }, { 0.150, 0.060 } },
	};
	static const struct {
		uint8_t code;
		double gamma;
	} curves[] = { { 1, 0 }, { 4, 2.2 }, { 5, 2.8 }, { 6, 0 }, { 8, 1 }, { 13, 0 }, { 14, 0 },
		{ 15, 0 } };
	bool curve = false;

	for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++)
		if (curves[i].code == cicp[1]) {
			space->gamma = curves[i].gamma;
			curve = true;
		}
	for (size_t i = 0; i < sizeof(primaries) / sizeof(primaries[0]); i++)
		if (primaries[i].code == cicp[0]) {
			memcpy(space->red, primaries[i].red, sizeof(space->red));
			memcpy(space->green, primaries[i].green, sizeof(space->green));
			memcpy(space->blue, primaries[i].blue, sizeof(space->blue));
			return curve;
		}
	return false;
}

static bool understand(const struct claims *claims, struct rgb_space *space)
{
	*space = srgb_space;
	if (claims->cicp)
		return take_cicp(claims->cicp_bytes, space);
	if (claims->icc || claims->srgb || (!claims->gama && !claims->chrm))
		return false;
	return (!claims->gama || take_gamma(claims->gamma, space)) &&
	       (!claims->chrm || take_points(claims->points, space));
}

void png_colour_read(int fd, struct blob *icc)
{
	struct claims claims = { .icc = false };
	struct rgb_space space;
	struct profile *profile;

	*icc = (struct blob){ 0 };
	read_claims(fd, &claims);
	if (!understand(&claims, &space))
		return;
	profile = profile_make_rgb(&space, "From the chunks of a PNG");
	if (profile && !profile->srgb) {
		icc->size_bytes = profile->icc_bytes;
		icc->data = profile->icc;
		profile->icc = NULL;
	}
	profile_free(profile);
}
