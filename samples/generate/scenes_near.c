/* What is near: lights out of focus, cloth, a flower, somebody against the light. */
#include "scenes.h"

#include "noise.h"

/* A light out of focus at an offset of (dx, dy): a disc, a little brighter at its rim, as lenses make it. */
static double disc(double dx, double dy, double radius)
{
	double off = hypot(dx, dy) / radius;
	return ramp(1.03, 0.97, off) * (0.72 + 0.28 * off * off * off);
}

struct lights {
	int count, seed;
	double low, high; /* where they hang */
	double smallest, biggest;
	double strength;
};

static const struct colour lamp_colours[] = {
	{ 1.00, 0.52, 0.16, 1 },
	{ 1.00, 0.66, 0.32, 1 },
	{ 1.00, 0.26, 0.10, 1 },
	{ 0.30, 0.55, 1.00, 1 },
	{ 1.00, 0.80, 0.55, 1 },
	{ 0.20, 0.85, 0.70, 1 },
	{ 0.95, 0.20, 0.45, 1 },
};

static struct colour light_discs(const struct lights *lights, double x, double y)
{
	struct colour sum = rgb(0, 0, 0);
	for (int i = 0; i < lights->count; i++) {
		double dx = x - 3.2 * (scatter(i, 0, lights->seed) - 0.5);
		double dy = y - mix(lights->low, lights->high, scatter(i, 1, lights->seed));
		double radius = mix(lights->smallest, lights->biggest, pow(scatter(i, 2, lights->seed), 2));
		if (fabs(dx) > 1.1 * radius || fabs(dy) > 1.1 * radius)
			continue;
		struct colour c = lamp_colours[(int)(scatter(i, 3, lights->seed) * 7)];
		double strength = lights->strength * (0.25 + 0.75 * scatter(i, 4, lights->seed));
		sum = plus(sum, scaled(c, strength * disc(dx, dy, radius)));
	}
	return sum;
}

/* A street market at night, all out of focus, its lights in the wet street. */
struct colour scene_lights(double x, double y, uint32_t *random)
{
	static const struct lights far_off = { 150, 300, -0.30, 0.55, 0.018, 0.055, 0.55 };
	static const struct lights nearer = { 55, 310, -0.30, 0.95, 0.05, 0.125, 0.42 };
	static const struct lights strings = { 16, 320, 0.25, 0.98, 0.10, 0.20, 0.24 };
	const double street = -0.36;
	double wet = 0;
	if (y < street) { /* a mirror that is drawn out and broken by the paving */
		double deep = street - y;
		double stone = clouds(x * 9, y * 17, 4, 330);
		double joint = fabs(noise(x * 5 + (int)floor(y * 9) * 0.5, floor(y * 9), 331));
		x += 0.05 * stone * (0.4 + deep);
		y = street + deep * (0.55 + 0.5 * stone) + 0.10 * (next_random(random) - 0.5);
		x += 0.03 * (next_random(random) - 0.5);
		wet = 0.32 + 0.30 * stone - 0.10 * joint;
	}
	double stalls = ramp(0.30, -0.35, y + 0.12 * clouds(x * 1.2, 1, 2, 332));
	struct colour c = blend(rgb(0.006, 0.008, 0.022), rgb(0.060, 0.026, 0.012), stalls);
	c = plus(c, scaled(rgb(0.35, 0.15, 0.05),
			    0.45 * exp(-pow((y + 0.12) / 0.22, 2)) * (0.6 + 0.7 * clouds(x * 2, y, 3, 333))));
	c = plus(c, light_discs(&far_off, x, y));
	c = plus(c, light_discs(&nearer, x, y));
	c = plus(c, light_discs(&strings, x, y));
	return wet > 0 ? plus(scaled(c, fmax(wet, 0.06)), rgb(0.008, 0.007, 0.010)) : c;
}

/* The colours of a check, `n` threads from its edge, and back. */
static struct colour sett(int n)
{
	static const struct {
		int threads;
		struct colour colour;
	} bands[] = {
		{ 12, { 0.42, 0.020, 0.030, 1 } },
		{ 2, { 0.75, 0.56, 0.10, 1 } },
		{ 8, { 0.015, 0.045, 0.12, 1 } },
		{ 2, { 0.72, 0.70, 0.64, 1 } },
		{ 8, { 0.015, 0.045, 0.12, 1 } },
		{ 6, { 0.020, 0.11, 0.050, 1 } },
	};
	const int repeat = 38;
	n = ((n % (2 * repeat)) + 2 * repeat) % (2 * repeat);
	if (n >= repeat)
		n = 2 * repeat - 1 - n;
	for (unsigned i = 0; i < sizeof bands / sizeof *bands; i++) {
		n -= bands[i].threads;
		if (n < 0)
			return bands[i].colour;
	}
	return bands[0].colour;
}

/* Woollen twill, seen closely. */
struct colour scene_cloth(double x, double y, uint32_t *random)
{
	/* lying in folds: the cloth slides under us, and turns away from the light */
	double fold = 0.55 * clouds(x * 0.55 + 4, y * 0.40 + 0.5 * x, 3, 400);
	double side = 0.55 * clouds((x + 0.02) * 0.55 + 4, y * 0.40 + 0.5 * (x + 0.02), 3, 400);
	double lean = (side - fold) / 0.02;
	double u = 30 * (x + 0.10 * fold + 0.004 * noise(y * 9, x * 3, 401)) + 4 * y;
	double v = 30 * (y + 0.22 * fold + 0.004 * noise(x * 9, y * 3, 402)) - 4 * x;
	u += 0.10 * clouds(u * 0.8, v * 0.8, 3, 403);
	v += 0.10 * clouds(u * 0.8, v * 0.8, 3, 404);
	int warp = (int)floor(u);
	int weft = (int)floor(v);
	int over = ((warp + weft) & 3) < 2; /* two over, two under */
	double across = over ? u - warp - 0.5 : v - weft - 0.5;
	double place = over ? v : u;
	/* how far along the float: highest in its middle */
	double begin = over ? (double)((weft + warp) & 1) : (double)(((weft + warp) & 1));
	double length = (place - floor(place) + begin) / 2;
	double height = sin(M_PI * clamp(length, 0, 1)) * sqrt(fmax(0, 1 - 3.2 * across * across));
	struct colour yarn = sett(over ? warp : weft);
	double twist = noise((across * 2.2 + place * 1.6) * 3, place * 0.9, 405 + (over ? warp : weft) % 50);
	double fibre = clouds(across * 9 + place * 5, place * 16, 4, 406);
	double light = 0.16 + 0.80 * height * (0.80 + 0.30 * across) + 0.16 * twist * height + 0.22 * fibre;
	light *= 1.10 - 0.75 * lean;
	struct colour c = scaled(yarn, 1.5 * fmax(light, 0.03));
	c = plus(c, scaled(rgb(0.9, 0.88, 0.8), 0.020 * fmax(light, 0) * (1 + 2 * ramp(0.2, 0.5, fibre))));
	/* loose hairs that stand off */
	double hair = fabs(clouds(u * 0.35 + 2.5 * noise(v * 0.2, u * 0.1, 407), v * 0.35, 3, 408));
	return plus(c, scaled(rgb(0.5, 0.45, 0.4), 0.05 * ramp(0.012, 0.0, hair)));
}

struct petal {
	double angle, reach, wide, light;
};

/* Petal `i` of the flower, the innermost first. */
static struct petal petal_at(int i)
{
	double out = sqrt((i + 3) / 150.0);
	return (struct petal){ i * 2.39996 + 0.25 * (scatter(i, 1, 500) - 0.5), 0.10 + 0.72 * out,
		(0.055 + 0.085 * out) * (0.9 + 0.2 * scatter(i, 2, 500)), 0.85 + 0.3 * scatter(i, 3, 500) };
}

static struct colour petal_colour(double length, double side, double out, double light)
{
	struct colour deep = blend(rgb(0.35, 0.015, 0.10), rgb(0.72, 0.05, 0.20), out);
	struct colour pale = blend(rgb(0.95, 0.28, 0.25), rgb(1.05, 0.55, 0.42), out);
	struct colour c = blend(deep, pale, ramp(0.30, 1.0, length));
	double vein = clouds(side * 9, length * 1.5, 3, 501);
	double bowl = 1 - 0.55 * pow(fabs(side), 3) + 0.22 * side; /* the light comes from a side */
	return scaled(c, light * bowl * (0.95 + 0.14 * vein) * (0.30 + 0.70 * ramp(0.15, 0.85, length)));
}

struct colour scene_dahlia(double x, double y, uint32_t *random)
{
	double px = (x - 0.10) / 1.02;
	double py = (y + 0.04) / 0.96;
	double off = hypot(px, py);
	double angle = atan2(py, px);
	double shade = 1;
	for (int i = 0; i < 150 && off < 0.98; i++) {
		struct petal petal = petal_at(i);
		double turn = remainder(angle - petal.angle, 2 * M_PI);
		if (fabs(turn) > M_PI / 2)
			continue;
		double length = off * cos(turn) / petal.reach;
		double aside = off * sin(turn);
		if (length > 1.15 || length < 0)
			continue;
		double half =
			petal.wide * pow(fmax(sin(M_PI * pow(clamp(length, 0, 1), 0.75) * 0.985), 0), 0.6);
		half *= 1 + 0.06 * noise(length * 6, i, 502);
		double side = half > 0 ? aside / half : 9;
		if (fabs(side) <= 1 && length <= 1)
			return scaled(petal_colour(length, side, sqrt(i / 150.0), petal.light), shade);
		/* it shades what is behind and a little below it */
		double past = fmax(fabs(aside) - half, (length - 1) * petal.reach);
		shade *= 1 - 0.34 * exp(-fmax(past, 0) / 0.022) * ramp(1.15, 1.0, length);
	}
	/* a garden far behind */
	static const struct lights leaves = { 60, 510, -1.1, 1.1, 0.10, 0.30, 0.10 };
	double green = 0.5 + 0.9 * clouds(x * 0.9, y * 0.9, 3, 503);
	struct colour c = blend(rgb(0.012, 0.045, 0.018), rgb(0.10, 0.19, 0.045), green);
	struct colour spots = light_discs(&leaves, x, y);
	return plus(c, times(rgb(0.35, 1.0, 0.25), scaled(rgb(1, 1, 1), 0.5 * (spots.r + spots.g))));
}

/* Below 0 inside of a head with its hair up, seen from behind. */
static double head(double x, double y)
{
	double skull = hypot((x - 0.01) / 0.215, (y - 0.20) / 0.290) - 1;
	double bun = hypot((x + 0.03) / 0.125, (y - 0.50) / 0.105) - 1;
	double fluff = 0.022 * noise(x * 26, y * 26, 600) + 0.014 * noise(x * 70, y * 70, 601);
	return fmin(skull + fluff, bun + 2 * fluff);
}

/* Below 0 inside of neck and shoulders. */
static double body(double x, double y)
{
	double low = clamp((0.02 - y) / 0.62, 0, 1);
	double neck = 0.112 + 0.05 * low + 0.62 * pow(low, 5);
	if (y < -0.44)
		neck = fmax(neck, 0.70 - 0.42 * pow(clamp((y + 0.98) / 0.54, 0, 1), 2.2));
	return y < 0.10 ? fabs(x) / neck - 1 : 1;
}

/* Somebody on a hill with the low sun behind. */
struct colour scene_portrait(double x, double y, uint32_t *random)
{
	static const struct lights leaves = { 70, 610, -0.4, 1.1, 0.06, 0.17, 0.16 };
	double off = hypot(x - 0.42, y - 0.38);
	struct colour c = blend(rgb(1.0, 0.60, 0.22), rgb(0.16, 0.12, 0.10), ramp(0, 1.9, off));
	double field = -0.40 + 0.05 * clouds(x * 1.5, 1, 2, 602);
	c = blend(c, blend(rgb(0.30, 0.20, 0.05), rgb(0.05, 0.045, 0.02), ramp(-0.4, -1, y)),
		ramp(field + 0.13, field - 0.13, y));
	c = plus(c, scaled(rgb(1, 0.72, 0.36), 1.5 * exp(-off * off * 16) + 0.35 * exp(-off * 2)));
	struct colour spots = light_discs(&leaves, x, y);
	c = plus(c, times(rgb(1, 0.75, 0.4), scaled(rgb(1, 1, 1), 0.6 * (spots.r + spots.g))));
	double hair = head(x, y);
	double skin = body(x, y);
	double inside = fmin(hair, skin);
	/* single hairs that catch the sun around the head */
	double strand = fabs(clouds(x * 5 + 2, y * 5, 4, 603));
	if (inside > 0)
		return plus(
			c, scaled(rgb(1, 0.62, 0.25), 0.7 * ramp(0.018, 0.004, strand) *
							      ramp(0.16, 0.02, hair) * ramp(-0.05, 0.1, y)));
	double combed = clouds(x * 30 - 9 * y * x, y * 7 + 6 * x * x, 4, 606);
	struct colour own = scaled(rgb(0.030, 0.018, 0.012), 1 + 1.3 * combed);
	if (hair > 0) {
		int dress = y < -0.66 + 0.35 * x * x;
		struct colour cloth = scaled(rgb(0.042, 0.036, 0.050),
			1 + 0.25 * noise(x * 130, y * 130, 604) + 0.5 * clouds(x * 7, y * 3, 3, 605));
		double spine = 1 - 0.35 * exp(-x * x * 260) + 0.25 * x;
		own = dress ? cloth : scaled(rgb(0.085, 0.046, 0.032), spine * ramp(0.16, -0.20, y) + 0.12);
	}
	double rim = exp(inside * 13) * clamp(0.25 + 0.8 * (x + 0.35 * y + 0.25), 0, 1);
	own = plus(own, scaled(rgb(1.0, 0.62, 0.28), 0.95 * rim));
	return plus(own,
		scaled(rgb(1, 0.55, 0.25), 0.025 + 0.09 * exp(-off * 3.0))); /* flare veils the shadows */
}
