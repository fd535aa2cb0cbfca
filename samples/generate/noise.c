#include "noise.h"

#include <math.h>

#include "colour.h"

static uint32_t stir(uint32_t x)
{
	x ^= x >> 16;
	x *= 0x7feb352dU;
	x ^= x >> 15;
	x *= 0x846ca68bU;
	return x ^ x >> 16;
}

double scatter(int x, int y, int seed)
{
	uint32_t mixed = stir((uint32_t)x + stir((uint32_t)y + stir((uint32_t)seed)));
	return mixed / 4294967296.0;
}

double next_random(uint32_t *state)
{
	*state += 0x9e3779b9U;
	return stir(*state) / 4294967296.0;
}

static double fade(double t)
{
	return t * t * t * (t * (t * 6 - 15) + 10);
}

double noise(double x, double y, int seed)
{
	int column = (int)floor(x);
	int row = (int)floor(y);
	double u = fade(x - column);
	double v = fade(y - row);
	double top = mix(scatter(column, row, seed), scatter(column + 1, row, seed), u);
	double bottom = mix(scatter(column, row + 1, seed), scatter(column + 1, row + 1, seed), u);
	return 2 * mix(top, bottom, v) - 1;
}

double noise3(double x, double y, double z, int seed)
{
	int layer = (int)floor(z);
	double w = fade(z - layer);
	return mix(noise(x, y, seed + 7919 * layer), noise(x, y, seed + 7919 * (layer + 1)), w);
}

double clouds(double x, double y, int octaves, int seed)
{
	double sum = 0;
	double strength = 0.5;
	for (int i = 0; i < octaves; i++) {
		sum += strength * noise(x, y, seed + i);
		/* turned a little, or the lattice shows */
		double turned = 1.6 * x - 1.2 * y;
		y = 1.2 * x + 1.6 * y;
		x = turned;
		strength /= 2;
	}
	return sum;
}

double clouds3(double x, double y, double z, int octaves, int seed)
{
	double sum = 0;
	double strength = 0.5;
	for (int i = 0; i < octaves; i++) {
		sum += strength * noise3(x, y, z, seed + i);
		x *= 2.03;
		y *= 2.01;
		z *= 1.99;
		strength /= 2;
	}
	return sum;
}

double ridges(double x, double y, int octaves, int seed)
{
	double sum = 0;
	double strength = 0.5;
	for (int i = 0; i < octaves; i++) {
		sum += strength * (1 - fabs(noise(x, y, seed + i)));
		double turned = 1.6 * x - 1.2 * y;
		y = 1.2 * x + 1.6 * y;
		x = turned;
		strength /= 2;
	}
	return sum;
}
