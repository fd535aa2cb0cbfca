/* Ground and water as heights over a plane, seen by marching along the line of sight. */
#include "scenes.h"

#include "noise.h"

/* The height at (x, z) with `detail` octaves, -1 to 1 or so. */
typedef double height_function(double x, double z, int detail);

struct relief {
	height_function *height;
	double lowest, highest;
	struct point eye;
	double down; /* how far the camera looks down, as a slope */
	double zoom;
};

static struct point line_of_sight(const struct relief *relief, double x, double y)
{
	return unit(point(x / relief->zoom, y / relief->zoom - relief->down, 1));
}

/* How far it is to the ground along `direction`; 0: never. */
static double reach(const struct relief *relief, struct point direction)
{
	if (direction.y >= 0 && relief->eye.y > relief->highest)
		return 0;
	double from =
		relief->eye.y > relief->highest ? (relief->highest - relief->eye.y) / direction.y : 0.05;
	double distance = from;
	double before = from;
	for (int i = 0; i < 160 && distance < 120; i++) {
		struct point p = along(relief->eye, direction, distance);
		double over = p.y - relief->height(p.x, p.z, 4);
		if (over < 0) {
			for (int k = 0; k < 12; k++) { /* between there and here */
				double middle = (before + distance) / 2;
				p = along(relief->eye, direction, middle);
				if (p.y < relief->height(p.x, p.z, 6))
					distance = middle;
				else
					before = middle;
			}
			return distance;
		}
		if (p.y > relief->highest && direction.y > 0)
			return 0;
		before = distance;
		distance += fmax(0.45 * over, 0.004 * distance + 0.004);
	}
	return 0;
}

static struct point upright(const struct relief *relief, struct point p, double step, int detail)
{
	double here = relief->height(p.x, p.z, detail);
	return unit(point(here - relief->height(p.x + step, p.z, detail), step,
		here - relief->height(p.x, p.z + step, detail)));
}

/* Long crests with a soft side to the wind and a steep one away from it. */
static double dune_height(double x, double z, int detail)
{
	double bend = 1.3 * clouds(x * 0.16, z * 0.16, 2, 200);
	double along_wind = x * 0.33 + z * 0.20 + bend;
	double phase = along_wind - floor(along_wind);
	double slope = phase < 0.68 ? phase / 0.68 : (1 - phase) / 0.32;
	double big = 0.75 + 0.5 * clouds(x * 0.11, z * 0.11, 2, 201);
	double height = 0.62 * big * slope * slope * (3 - 2 * slope);
	return height + 0.55 * clouds(x * 0.13, z * 0.11, 2, 202) +
	       (detail > 4 ? 0.01 * clouds(x * 2, z * 2, 3, 203) : 0);
}

struct colour scene_dunes(double x, double y, uint32_t *random)
{
	static const struct relief desert = { dune_height, -0.6, 1.25, { 2.2, 1.75, 0.0 }, 0.24, 1.55 };
	const struct point sun = unit(point(-0.92, 0.36, 0.32));
	struct point direction = line_of_sight(&desert, x, y);
	double up = clamp(direction.y * 2.4, 0, 1);
	struct colour air = blend(rgb(0.86, 0.66, 0.48), rgb(0.24, 0.42, 0.72), pow(up, 0.55));
	air = plus(air, scaled(rgb(1, 0.8, 0.5), 0.28 * pow(fmax(dot(direction, sun), 0), 6)));
	double distance = reach(&desert, direction);
	if (distance <= 0)
		return air;
	struct point p = along(desert.eye, direction, distance);
	struct point normal = upright(&desert, p, 0.004 + 0.002 * distance, 5);
	/* ripples across the wind, where the sand is not too steep, and no finer than can be seen */
	double fine = ramp(9, 2, distance) * ramp(0.80, 0.93, normal.y);
	double wobble = 2.2 * clouds(p.x * 1.3, p.z * 1.3, 3, 204);
	double ripple = cos(46 * (0.85 * p.x + 0.5 * p.z) + 3 * wobble) * fine;
	normal = unit(point(normal.x + 0.16 * ripple, normal.y, normal.z + 0.09 * ripple));
	double light = fmax(dot(normal, sun), 0);
	/* in the shadow of another crest? */
	for (int i = 1; i < 26 && light > 0; i++) {
		struct point q = along(p, sun, 0.09 * i * (1 + 0.05 * i));
		light *= ramp(-0.025, 0.004, q.y - dune_height(q.x, q.z, 4));
	}
	double grains = 1 + 0.10 * clouds(p.x * 40, p.z * 40, 3, 205) * ramp(5, 1, distance);
	struct colour sand = scaled(rgb(0.74, 0.43, 0.20), grains);
	struct colour c = times(sand, plus(scaled(rgb(1.85, 1.45, 1.0), light),
					      scaled(rgb(0.24, 0.32, 0.48), 0.45 + 0.3 * normal.y)));
	return blend(c, air, 1 - exp(-distance * 0.035));
}

/* Waves run together in crests that are sharper than their troughs. */
static double wave_height(double x, double z, int detail)
{
	double height = 0;
	double long_wave = 0.34;
	double strong = 0.17;
	double heading = 0.9;
	for (int i = 0; i < detail; i++) {
		double bend = 1.1 * noise(x * long_wave * 0.6, z * long_wave * 0.6, 220 + i);
		double phase = (cos(heading) * x + sin(heading) * z) * long_wave * 2 + 2 * bend + 1.7 * i;
		height += strong * (1 - 2 * pow(fabs(sin(phase)), 0.75));
		long_wave *= 1.75;
		strong *= 0.50;
		heading += 1.1 - 1.9 * (i & 1);
	}
	return height;
}

static struct colour sea_sky(struct point direction, struct point sun)
{
	double up = fmax(direction.y, 0);
	struct colour c =
		blend(rgb(0.80, 0.84, 0.86), rgb(0.12, 0.30, 0.62), pow(clamp(up * 1.5, 0, 1), 0.5));
	double px = direction.x / (up + 0.12);
	double pz = direction.z / (up + 0.12);
	double warp = clouds(px * 0.5, pz * 0.5, 3, 230);
	double cloud = clouds(px * 0.75 + warp, pz * 0.75, 7, 231);
	double cover = ramp(-0.02, 0.30, cloud) * ramp(0.0, 0.05, up);
	double thick = ramp(0.08, 0.5, cloud);
	c = blend(c, blend(rgb(1.05, 1.03, 1.0), rgb(0.50, 0.54, 0.62), thick), 0.92 * cover);
	double facing = fmax(dot(direction, sun), 0);
	return plus(c, scaled(rgb(1, 0.93, 0.8), 0.30 * pow(facing, 8) + 0.5 * pow(facing, 90)));
}

struct colour scene_sea(double x, double y, uint32_t *random)
{
	static const struct relief water = { wave_height, -0.4, 0.4, { 0, 1.15, 0 }, 0.10, 1.5 };
	const struct point sun = unit(point(0.35, 0.42, 0.8));
	struct point direction = line_of_sight(&water, x, y);
	double distance = reach(&water, direction);
	if (distance <= 0) {
		struct colour c = sea_sky(direction, sun);
		double head = 0.022 * ramp(-0.35, -1.5, x) +
			      0.018 * clouds(x * 5, 1, 5, 232) * ramp(-0.35, -1.0, x);
		if (direction.y < head && direction.y > -0.02) /* a headland */
			return blend(c, rgb(0.16, 0.22, 0.25), 0.75);
		return c;
	}
	struct point p = along(water.eye, direction, distance);
	struct point normal = upright(&water, p, 0.003 + 0.0016 * distance, 8);
	normal = unit(point(normal.x, normal.y * (1 + 0.035 * distance), normal.z));
	struct point bounce = mirrored(direction, normal);
	bounce.y = fabs(bounce.y);
	double facing = clamp(-dot(direction, normal), 0, 1);
	double fresnel = 0.02 + 0.98 * pow(1 - facing, 5);
	double lift = ramp(-0.15, 0.38, p.y);
	struct colour deep = blend(rgb(0.004, 0.045, 0.075), rgb(0.03, 0.23, 0.25), lift * lift * 0.8);
	struct colour c = blend(deep, sea_sky(bounce, sun), fresnel);
	double glint = pow(fmax(dot(bounce, sun), 0), 160);
	c = plus(c, scaled(rgb(1, 0.95, 0.85), 1.7 * glint));
	double foam = ramp(0.23, 0.34, p.y) * ramp(-0.05, 0.45, clouds(p.x * 7, p.z * 7, 6, 233));
	c = blend(c, rgb(0.85, 0.88, 0.90), 0.85 * foam);
	return blend(c, rgb(0.74, 0.80, 0.85), 0.9 * (1 - exp(-distance * 0.018)));
}
