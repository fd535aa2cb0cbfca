/*
 * noise.h: randomness that is the same each time.
 */
#ifndef SAMPLES_NOISE_H
#define SAMPLES_NOISE_H

#include <stdint.h>

/* A number from 0 to 1 (excluded) that depends on the three in no visible way. */
double scatter(int x, int y, int seed);

/* Smooth noise from -1 to 1 with features of size 1 (value noise). */
double noise(double x, double y, int seed);
double noise3(double x, double y, double z, int seed);

/* `octaves` of it, each twice as fine and half as strong; about -1 to 1. */
double clouds(double x, double y, int octaves, int seed);
double clouds3(double x, double y, double z, int octaves, int seed);

/* The same with creases where the noise crosses zero: 0 to 1, as mountains are. */
double ridges(double x, double y, int octaves, int seed);

/* The next of a row of numbers from 0 to 1 (excluded). `state` starts with anything. */
double next_random(uint32_t *state);

#endif
