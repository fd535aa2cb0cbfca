/*
 * colour.h: linear light and points in space, as the scenes reckon with them.
 *
 * A colour's components are linear, 1 is the white of the picture, more than 1 is allowed until develop().
 * alpha is the share of the pixel that is covered.
 */
#ifndef SAMPLES_COLOUR_H
#define SAMPLES_COLOUR_H

#include <math.h>

struct colour {
	double r, g, b, alpha;
};

struct point {
	double x, y, z;
};

static inline struct colour rgb(double r, double g, double b)
{
	return (struct colour){ r, g, b, 1 };
}

static inline struct colour scaled(struct colour c, double k)
{
	return (struct colour){ c.r * k, c.g * k, c.b * k, c.alpha };
}

static inline struct colour plus(struct colour a, struct colour b)
{
	return (struct colour){ a.r + b.r, a.g + b.g, a.b + b.b, a.alpha };
}

static inline struct colour times(struct colour a, struct colour b)
{
	return (struct colour){ a.r * b.r, a.g * b.g, a.b * b.b, a.alpha };
}

static inline double mix(double a, double b, double t)
{
	return a + (b - a) * t;
}

static inline struct colour blend(struct colour a, struct colour b, double t)
{
	return (struct colour){ mix(a.r, b.r, t), mix(a.g, b.g, t), mix(a.b, b.b, t),
		mix(a.alpha, b.alpha, t) };
}

static inline double clamp(double x, double low, double high)
{
	return x < low ? low : x > high ? high : x;
}

/* 0 below `low`, 1 above `high`, smooth between; the other way round where low > high. */
static inline double ramp(double low, double high, double x)
{
	double t = clamp((x - low) / (high - low), 0, 1);
	return t * t * (3 - 2 * t);
}

static inline struct point point(double x, double y, double z)
{
	return (struct point){ x, y, z };
}

static inline struct point along(struct point from, struct point direction, double distance)
{
	return point(from.x + direction.x * distance, from.y + direction.y * distance,
		from.z + direction.z * distance);
}

static inline struct point minus(struct point a, struct point b)
{
	return point(a.x - b.x, a.y - b.y, a.z - b.z);
}

static inline double dot(struct point a, struct point b)
{
	return a.x * b.x + a.y * b.y + a.z * b.z;
}

static inline struct point unit(struct point a)
{
	double length = sqrt(dot(a, a));
	return point(a.x / length, a.y / length, a.z / length);
}

static inline struct point mirrored(struct point direction, struct point normal)
{
	return along(direction, normal, -2 * dot(direction, normal));
}

#endif
