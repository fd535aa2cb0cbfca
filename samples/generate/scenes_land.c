/* Landscapes: layers of haze, and what water, fog and the night do to them. */
#include "scenes.h"

#include "noise.h"

/* A lake with its hills, at one time of the day. */
struct lake {
	double shore;            /* y of the waterline */
	struct colour low, high; /* the sky at the horizon and overhead */
	struct colour haze, hill;
	struct point sun; /* x, y on the picture; z: its strength */
	int seed;
};

static const struct lake dusk = { -0.12, { 1.0, 0.42, 0.16, 1 }, { 0.06, 0.12, 0.30, 1 },
	{ 0.80, 0.36, 0.22, 1 }, { 0.012, 0.014, 0.024, 1 }, { -0.13, 0.185, 1.0 }, 11 };
static const struct lake morning = { 0.16, { 0.86, 0.74, 0.66, 1 }, { 0.22, 0.40, 0.62, 1 },
	{ 0.70, 0.68, 0.70, 1 }, { 0.02, 0.045, 0.05, 1 }, { 0.30, 0.62, 0.35 }, 47 };

static struct colour sky(const struct lake *lake, double x, double y)
{
	double up = clamp((y - lake->shore) / (1 - lake->shore), 0, 1);
	struct colour c = blend(lake->low, lake->high, pow(up, 0.55));
	/* streaks of cloud, flatter towards the horizon, lit from below where the sun is */
	double flat = 1.5 + 5 * (1 - up);
	double warp = clouds(x * 1.1, y * flat * 0.7, 3, lake->seed + 40);
	double cloud = clouds(x * 0.9 + 0.6 * warp, y * flat + 0.5 * warp, 6, lake->seed + 50);
	double off = hypot(x - lake->sun.x, 0.9 * (y - lake->sun.y));
	struct colour lit = blend(scaled(lake->low, 1.25), scaled(lake->high, 1.1), ramp(0.1, 1.3, off));
	c = blend(c, lit, 0.75 * ramp(0.02, 0.42, cloud) * ramp(0, 0.2, up));
	struct colour glow = scaled(rgb(1, 0.62, 0.30), lake->sun.z);
	return plus(c, scaled(glow, 0.9 * exp(-off * 4.5) + 0.35 * exp(-off * 1.7)));
}

static struct colour sun_disc(const struct lake *lake, double x, double y)
{
	double off = hypot(x - lake->sun.x, y - lake->sun.y);
	return scaled(rgb(1, 0.85, 0.6), 2.2 * ramp(0.047, 0.041, off));
}

/* The height of hill `layer` (0 is the farthest) above the waterline. */
static double hill_height(const struct lake *lake, int layer, double x)
{
	double wide = 0.55 + 0.38 * layer;
	double tall = 0.50 - 0.095 * layer;
	double shape = ridges(x * wide + 17.3 * layer, 2.7 * layer, 7, lake->seed + 60 * layer);
	return tall * (shape - 0.42) * 1.5 + 0.20 - 0.055 * layer;
}

/* A wood on the nearest bank: the height of the tree that stands at x. */
static double trees_height(const struct lake *lake, double x)
{
	double highest = 0;
	for (int row = 0; row < 3; row++) {
		double spacing = 0.028 + 0.009 * row;
		int tree = (int)floor(x / spacing);
		for (int i = tree - 1; i <= tree + 1; i++) {
			double middle = (i + 0.2 + 0.6 * scatter(i, row, lake->seed + 5)) * spacing;
			double tall = 0.05 + 0.075 * scatter(i, row, lake->seed + 6);
			double branch = 1 + 0.35 * noise(x * 260, i + 31.7 * row, lake->seed + 7);
			double top = tall * (1 - fabs(x - middle) / (0.021 * branch));
			highest = fmax(highest, top);
		}
	}
	double bank = 0.9 * clouds(x * 0.8 + 3, 1.5, 4, lake->seed + 8) + 0.10;
	return ramp(-0.16, 0.25, bank) * (highest + 0.012 + 0.12 * fmax(bank, 0));
}

static struct colour above_water(const struct lake *lake, double x, double y)
{
	double height = y - lake->shore;
	if (height < trees_height(lake, x))
		return scaled(lake->hill, 0.7 + 0.5 * noise(x * 90, y * 60, 3));
	for (int layer = 3; layer >= 0; layer--) {
		double top = hill_height(lake, layer, x);
		if (height > top)
			continue;
		double rough =
			0.25 * clouds(x * (9 + 6 * layer), y * (14 + 8 * layer), 5, lake->seed + layer);
		double air = clamp(
			0.86 - 0.235 * layer + 0.45 * (1 - height / (top + 0.03)) * (0.7 - 0.13 * layer), 0,
			0.97);
		struct colour wood = scaled(blend(lake->hill, lake->high, 0.25), 1 + 1.6 * rough);
		struct colour air_colour = blend(lake->haze, sky(lake, x, y), 0.35);
		return blend(wood, air_colour, air * (1 + 0.12 * rough));
	}
	return plus(sky(lake, x, y), sun_disc(lake, x, y));
}

static struct colour lake_at(const struct lake *lake, double x, double y)
{
	if (y >= lake->shore)
		return above_water(lake, x, y);
	/* the plane of the water in perspective: far off, ripples are small and look flat */
	double deep = lake->shore - y;
	double far_off = 0.12 / (deep + 0.012);
	double wave = clouds(x * far_off * 5, far_off * 26, 5, lake->seed + 21);
	double swell = clouds(x * far_off * 1.2, far_off * 5, 3, lake->seed + 23);
	double calm = ramp(-0.25, 0.25, clouds(x * 0.7, far_off * 1.2, 3, lake->seed + 25));
	double tilt = (0.35 + 0.65 * calm) * (0.7 * wave + 0.5 * swell);
	double reach = deep * (1.05 + 0.9 * tilt) + 0.05 * fabs(tilt);
	struct colour mirror =
		above_water(lake, x + 0.10 * tilt * sqrt(deep), lake->shore + fmax(reach, 0.002));
	double facing = clamp(0.78 - 0.42 * deep - 0.35 * tilt, 0.12, 0.95);
	struct colour water = scaled(blend(lake->high, lake->hill, 0.75), 0.6);
	struct colour c = blend(water, mirror, facing);
	double path = exp(-pow((x - lake->sun.x) / (0.035 + 0.28 * deep), 2));
	double glint = ramp(0.10, 0.42, wave + 0.6 * swell) * path;
	return plus(c, scaled(rgb(1, 0.66, 0.34), 1.8 * lake->sun.z * glint));
}

struct colour scene_lake(double x, double y, uint32_t *random)
{
	return lake_at(&dusk, x, y);
}

/* The distance from (x, y) to a limb that goes from a to b and is as thick as it says at its two ends; below
 * 0 inside. */
static double limb(double x, double y, const double a[3], const double b[3])
{
	double dx = b[0] - a[0];
	double dy = b[1] - a[1];
	double t = clamp(((x - a[0]) * dx + (y - a[1]) * dy) / (dx * dx + dy * dy), 0, 1);
	return hypot(x - a[0] - dx * t, y - a[1] - dy * t) - mix(a[2], b[2], t);
}

/* Inside a standing figure, seen from behind, whose feet are at (0, 0) and that is 1 tall. */
static int figure(double x, double y, int skirt)
{
	static const double limbs[][2][3] = {
		{ { 0.005, 0.935, 0.050 }, { 0, 0.905, 0.044 } },      /* head */
		{ { 0, 0.88, 0.030 }, { 0, 0.82, 0.036 } },            /* neck */
		{ { -0.085, 0.785, 0.034 }, { 0.085, 0.785, 0.034 } }, /* shoulders */
		{ { 0, 0.75, 0.095 }, { 0, 0.50, 0.078 } },            /* trunk */
		{ { -0.105, 0.775, 0.028 }, { -0.135, 0.60, 0.023 } }, /* arms */
		{ { -0.135, 0.60, 0.023 }, { -0.125, 0.44, 0.018 } },
		{ { 0.105, 0.775, 0.028 }, { 0.140, 0.60, 0.023 } },
		{ { 0.140, 0.60, 0.023 }, { 0.150, 0.45, 0.018 } },
		{ { -0.040, 0.47, 0.048 }, { -0.050, 0.03, 0.024 } }, /* legs */
		{ { 0.040, 0.47, 0.048 }, { 0.055, 0.03, 0.024 } },
		{ { -0.05, 0.015, 0.016 }, { -0.075, 0.012, 0.014 } },
		{ { 0.055, 0.015, 0.016 }, { 0.08, 0.012, 0.014 } },
	};
	if (skirt && y < 0.55 && y > 0.20 + 0.02 * sin(x * 60))
		return fabs(x) < 0.070 + 0.26 * (0.55 - y);
	for (unsigned i = 0; i < sizeof limbs / sizeof *limbs; i++)
		if (limb(x, y, limbs[i][0], limbs[i][1]) < 0)
			return 1;
	return skirt &&
	       limb(x, y, (double[]){ 0, 0.96, 0.055 }, (double[]){ 0.005, 0.80, 0.05 }) < 0; /* long hair */
}

/* A pier that leads to two people, early in the day. */
struct colour scene_pier(double x, double y, uint32_t *random)
{
	const double end = morning.shore - 0.10; /* where the planks end */
	double tall = 0.30;
	int people = figure((x + 0.075) / tall, (y - end) / tall, 0) ||
		     figure((x - 0.055) / (tall * 0.93), (y - end) / (tall * 0.93), 1);
	if (people)
		return scaled(rgb(0.028, 0.030, 0.036), 1 + 0.3 * noise(x * 120, y * 120, 3));
	double near = (end - y) / (end + 1); /* 0 at its end, 1 at our feet */
	double half = 0.15 + 0.62 * near;
	if (near >= 0 && fabs(x) < half) {
		double depth = 1 / (near + 0.16);
		double plank = depth * 5.5;
		int number = (int)floor(plank);
		double across = x / half;
		double grain = clouds(across * 4 + 9 * scatter(number, 1, 8), plank * 9, 4, 70 + number % 7);
		double worn = 0.75 + 0.5 * scatter(number, 2, 8) + 0.55 * grain;
		double gap = ramp(
			0.0, 0.10, fabs(plank - number - 0.5) < 0.5 ? 0.5 - fabs(plank - number - 0.5) : 0);
		struct colour wood = blend(rgb(0.16, 0.145, 0.135), rgb(0.30, 0.27, 0.24), 0.5 + 0.8 * grain);
		double shade =
			1 - 0.55 * exp(-pow((across + 0.25 + 0.1 * near) / 0.3, 2)) * ramp(0.30, 0.0, near);
		return scaled(wood, worn * (0.25 + 0.75 * gap) * shade * (0.75 + 0.35 * near));
	}
	struct colour c = lake_at(&morning, x, y);
	double beside = (fabs(x) - half) / half;
	if (near > -0.02 && beside < 0.2) /* the posts' shadow on the water */
		c = scaled(c, 1 - 0.6 * ramp(0.2, 0.02, beside));
	return c;
}

/* A wood in fog; the picture is made grey when it is written. */
struct colour scene_fog(double x, double y, uint32_t *random)
{
	double light = 0.62 + 0.25 * exp(-pow((x - 0.25) / 0.8, 2)) * ramp(-0.6, 0.7, y) +
		       0.06 * clouds(x, y, 4, 90);
	for (int layer = 0; layer < 7; layer++) { /* the nearest first */
		double scale = 1.0 / (1 + 0.62 * layer);
		double spacing = 0.95 * scale;
		double ground = -0.86 + 0.52 * (1 - scale) + 0.05 * clouds(x * 2 / scale, layer, 4, 91);
		double air = 1 - pow(0.66, layer + 0.45);
		double place = x / spacing + 0.37 * layer + 0.21;
		int tree = (int)floor(place);
		for (int i = tree - 1; i <= tree + 1; i++) {
			if (scatter(i, layer, 93) < 0.25)
				continue;
			double lean = 0.10 * (scatter(i, layer, 94) - 0.5);
			double middle =
				(i + 0.15 + 0.7 * scatter(i, layer, 92) - 0.37 * layer - 0.21) * spacing +
				lean * (y + 1);
			double wide = (0.040 + 0.045 * scatter(i, layer, 95)) * scale * (1 - 0.16 * y);
			wide *= 1 + 0.5 * exp(-(y - ground) / (0.09 * scale));
			double bark = clouds((x - middle) / wide * 2.2, y / scale * 3.5, 5, 96 + i);
			if (y > ground && fabs(x - middle) < wide * (1 + 0.10 * bark)) {
				double round = (x - middle) / wide;
				double tone = 0.035 * (1.1 + 0.6 * round + 0.9 * bark);
				double grey = mix(tone, light, air);
				return rgb(grey, grey, grey);
			}
		}
		if (y < ground) {
			double leaves = clouds(x * 9 / scale, y * 26 / scale, 5, 99 + layer);
			double tone = 0.07 + 0.06 * leaves + 0.10 * ramp(0.1, 0.45, leaves);
			double grey = mix(tone, light, air + 0.10);
			return rgb(grey, grey, grey);
		}
	}
	return rgb(light, light, light);
}

static struct colour star_field(double x, double y, double cells, double bright, int seed)
{
	int column = (int)floor(x * cells);
	int row = (int)floor(y * cells);
	struct colour sum = { 0, 0, 0, 1 };
	for (int i = -1; i <= 1; i++)
		for (int j = -1; j <= 1; j++) {
			int a = column + i;
			int b = row + j;
			double dx = x * cells - a - scatter(a, b, seed);
			double dy = y * cells - b - scatter(a, b, seed + 1);
			double size = pow(scatter(a, b, seed + 2), 9);
			double width = (0.0011 + 0.0011 * size) * cells;
			double light =
				bright * (0.03 + 1.6 * size) * exp(-(dx * dx + dy * dy) / (width * width));
			double warm = scatter(a, b, seed + 3);
			sum = plus(sum, scaled(rgb(0.75 + 0.4 * warm, 0.85, 1.15 - 0.4 * warm), light));
		}
	return sum;
}

/* The Milky Way over hills, a lit tent below. */
struct colour scene_stars(double x, double y, uint32_t *random)
{
	double hill = -0.62 + 0.30 * (ridges(x * 0.7 + 4, 0.5, 6, 120) - 0.45) + 0.10 * x;
	double tent_x = (x + 0.52) / 0.105;
	double tent_y = (y + 0.795) / 0.115;
	if (tent_y > 0 && tent_y < 1 - fabs(tent_x) * (0.75 + 0.25 * tent_y)) {
		double lamp = exp(-(tent_x * tent_x + pow(tent_y - 0.35, 2)) * 2.4);
		double seam = ramp(0.02, 0.07, fabs(tent_x - 0.28 * (1 - tent_y)));
		return scaled(rgb(1.5, 0.62, 0.14), (0.10 + 0.9 * lamp) * (0.55 + 0.45 * seam));
	}
	struct colour glow = scaled(rgb(0.5, 0.22, 0.06), 0.10 * exp(-hypot(tent_x, 1.5 * tent_y) * 0.55));
	if (y < hill) {
		double ground = 0.006 + 0.006 * clouds(x * 14, y * 26, 5, 121);
		return plus(scaled(rgb(0.8, 0.9, 1.1), ground), glow);
	}
	double up = (y - hill) / 1.6;
	struct colour c =
		blend(rgb(0.085, 0.085, 0.070), rgb(0.010, 0.016, 0.038), pow(clamp(up, 0, 1), 0.5));
	c = plus(c, scaled(rgb(0.6, 0.3, 0.1), 0.20 * exp(-up * 7) * exp(-pow((x - 0.9) / 0.7, 2))));
	/* the band: u runs along it, v across */
	double u = 0.55 * x + 0.83 * y;
	double v = 0.83 * x - 0.55 * y - 0.22 + 0.05 * clouds(u * 1.4, 2, 3, 122);
	double band = exp(-pow(v / 0.27, 2));
	double dust = clouds(u * 2.2, v * 4.2, 7, 123) + 0.5 * clouds(u * 5, v * 7, 5, 124);
	double lane = ramp(0.02, 0.42, dust + 0.5 * exp(-pow((v + 0.02) / 0.07, 2)) - 0.06);
	struct colour milk = blend(rgb(0.15, 0.15, 0.19), rgb(0.26, 0.19, 0.15), ramp(0.5, -0.4, u));
	c = plus(c, scaled(milk, band * (1 - 0.88 * lane) * (0.65 + 0.5 * dust)));
	c = plus(c, star_field(x, y, 14, 1.8, 130));
	c = plus(c, star_field(x, y, 60, 0.45 + band * (1 - lane), 140));
	c = plus(c, star_field(x, y, 120, 0.30 + 0.9 * band * (1 - lane), 150));
	return plus(c, scaled(glow, 0.5));
}

/* The height of the moon's ground at a place on the unit sphere. */
static double moon_ground(struct point p)
{
	double height = 0.35 * clouds3(p.x * 5, p.y * 5, p.z * 5, 6, 160);
	double cells = 2.3;
	for (int level = 0; level < 5; level++, cells *= 1.9)
		for (int n = 0; n < 27; n++) {
			int i = (int)floor(p.x * cells) + n % 3 - 1;
			int j = (int)floor(p.y * cells) + n / 3 % 3 - 1;
			int k = (int)floor(p.z * cells) + n / 9 - 1;
			int seed = 170 + 13 * level + 1009 * k;
			double radius = 0.10 + 0.34 * pow(scatter(i, j, seed + 3), 2.5);
			struct point middle = unit(point(i + scatter(i, j, seed), j + scatter(i, j, seed + 1),
				k + scatter(i, j, seed + 2)));
			struct point away = minus(p, middle);
			double off = sqrt(dot(away, away)) * cells / radius;
			if (off < 1.6) /* a bowl with a rim, and what was thrown out */
				height += radius / cells * 5 *
					  (off < 1 ? 1.5 * off * off - 1 : 0.5 * exp(-(off - 1) * 5));
		}
	return height;
}

struct colour scene_moon(double x, double y, uint32_t *random)
{
	const double radius = 0.78;
	double px = x / radius;
	double py = y / radius;
	double off = px * px + py * py;
	if (off >= 1)
		return rgb(0, 0, 0);
	struct point p = point(px, py, sqrt(1 - off));
	const double step = 0.004;
	double here = moon_ground(p);
	struct point slope = point((moon_ground(point(p.x + step, p.y, p.z)) - here) / step,
		(moon_ground(point(p.x, p.y + step, p.z)) - here) / step,
		(moon_ground(point(p.x, p.y, p.z + step)) - here) / step);
	struct point normal = unit(along(p, slope, -0.026));
	double light = dot(normal, unit(point(0.86, 0.28, 0.42)));
	double day = ramp(-0.06, 0.10, dot(p, unit(point(0.86, 0.28, 0.42))));
	double sea = ramp(-0.05, 0.22, clouds3(p.x * 1.5 + 3, p.y * 1.5, p.z * 1.5, 5, 161));
	double albedo = mix(0.95, 0.34, sea) + 0.22 * clouds3(p.x * 11, p.y * 11, p.z * 11, 4, 162);
	double grey = fmax(light, 0) * day * albedo * 0.85;
	return rgb(grey, grey, grey);
}
