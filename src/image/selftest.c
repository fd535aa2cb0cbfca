#include "image/selftest.h"

#include <math.h>
#include <stdlib.h>

#include "image/colour.h"

/* All inside sRGB's gamut: what lies outside has no one right answer. */
static const unsigned char patches[][3] = {
	{ 0, 0, 0 },
	{ 255, 255, 255 },
	{ 128, 128, 128 },
	{ 180, 110, 90 },
	{ 100, 140, 120 },
	{ 90, 100, 150 },
	{ 200, 190, 120 },
};

enum {
	PATCHES = sizeof(patches) / sizeof(patches[0])
};

static double srgb_encode(double light)
{
	return light <= 0.0031308 ? 12.92 * light : 1.055 * pow(light, 1 / 2.4) - 0.055;
}

/* Both standards share the white point D65 and the blue and red primaries' place, so that the conversion is
 * one matrix in linear light. */
static void expect(const unsigned char adobe[3], int srgb[3])
{
	static const double matrix[3][3] = {
		{ 1.3983557, -0.3983557, 0.0 },
		{ 0.0, 1.0, 0.0 },
		{ 0.0, -0.0429290, 1.0429290 },
	};
	double light[3];

	for (int i = 0; i < 3; i++)
		light[i] = pow(adobe[i] / 255.0, 2.19921875);
	for (int i = 0; i < 3; i++) {
		double sum = matrix[i][0] * light[0] + matrix[i][1] * light[1] + matrix[i][2] * light[2];

		srgb[i] = (int)lround(255 * srgb_encode(fmin(fmax(sum, 0), 1)));
	}
}

static int convert(struct colours *colours, unsigned char converted[PATCHES][3])
{
	struct colour_case adobe = { .model = MODEL_RGB, .bits = 8, .adobe = true, .policy = COLOUR_SRGB };
	struct colour_choice choice;
	const struct recolour *recolour;

	if (colour_choose(colours, &adobe, &choice) < 0)
		return -1;
	recolour = colours_between(colours, &choice.from, &choice.to);
	if (!recolour)
		return -1;
	recolour_apply(recolour, patches, converted, PATCHES);
	return 0;
}

int selftest_colours(int *worst, struct err *err)
{
	struct colours *colours = colours_new();
	unsigned char converted[PATCHES][3];
	int expected[3];

	*worst = 0;
	if (!colours || convert(colours, converted) < 0) {
		colours_free(colours);
		return err_set(err, REASON_OUT_OF_MEMORY, "the colour conversion could not be set up");
	}
	colours_free(colours);
	for (int i = 0; i < PATCHES; i++) {
		expect(patches[i], expected);
		for (int c = 0; c < 3; c++)
			if (abs(converted[i][c] - expected[c]) > *worst)
				*worst = abs(converted[i][c] - expected[c]);
	}
	if (*worst > SELFTEST_TOLERANCE)
		return err_set(err, REASON_INTERNAL,
			"patches of AdobeRGB come out %d of 255 beside their place", *worst);
	return 0;
}
