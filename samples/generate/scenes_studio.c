/* Still lifes, traced: marbles on a table in window light; a vase, cut out. */
#include "scenes.h"

#include <stddef.h>

#include "noise.h"

struct ray {
	struct point from, towards;
};

enum matter {
	TABLE,
	GLASS,
	STONE,
	GOLD
};

struct ball {
	struct point middle;
	double radius;
	enum matter matter;
	struct colour colour;
};

static const struct ball balls[] = {
	{ { 0.05, 0.50, 2.60 }, 0.50, GLASS, { 0.55, 0.86, 0.98, 1 } },
	{ { -0.98, 0.42, 3.10 }, 0.42, STONE, { 0.62, 0.07, 0.05, 1 } },
	{ { 0.98, 0.36, 2.90 }, 0.36, GOLD, { 1.00, 0.66, 0.28, 1 } },
	{ { -0.52, 0.20, 1.95 }, 0.20, GOLD, { 0.92, 0.92, 0.95, 1 } },
	{ { 0.62, 0.17, 1.78 }, 0.17, GLASS, { 0.98, 0.62, 0.20, 1 } },
	{ { -1.75, 0.55, 4.60 }, 0.55, STONE, { 0.05, 0.22, 0.36, 1 } },
	{ { 0.35, 0.62, 4.90 }, 0.62, STONE, { 0.75, 0.62, 0.40, 1 } },
	{ { 2.05, 0.50, 4.60 }, 0.50, STONE, { 0.09, 0.28, 0.10, 1 } },
	{ { -0.05, 0.13, 1.52 }, 0.13, STONE, { 0.80, 0.78, 0.74, 1 } },
};

#define BALLS ((int)(sizeof balls / sizeof *balls))

/* Where the ray enters the ball (or leaves it, from inside); 0: it does not. */
static double meet(const struct ball *ball, const struct ray *ray)
{
	struct point away = minus(ray->from, ball->middle);
	double half = dot(away, ray->towards);
	double root = half * half - dot(away, away) + ball->radius * ball->radius;
	if (root < 0)
		return 0;
	root = sqrt(root);
	return -half - root > 1e-4 ? -half - root : -half + root > 1e-4 ? -half + root : 0;
}

/* A window with bars to the left, as far off as the sky; `across` and `up` as seen from the table. */
static const struct {
	double left, right, bottom, top;
	struct colour light;
} window = { -1.0, 0.75, 0.12, 1.35, { 7.5, 8.0, 8.8, 1 } };

static int in_window(double across, double up)
{
	return across > window.left && across < window.right && up > window.bottom && up < window.top &&
	       fabs(across + 0.12) > 0.035 && fabs(up - 0.70) > 0.035;
}

/* What lies beyond the table; the window counts only where it has not been reckoned with already. */
static struct colour room(struct point direction, int with_window)
{
	struct colour c = blend(rgb(0.16, 0.12, 0.10), rgb(0.34, 0.33, 0.34), ramp(-0.1, 0.9, direction.y));
	if (direction.x < -0.25 && in_window(direction.z / -direction.x, direction.y / -direction.x))
		return with_window ? window.light : c;
	if (direction.x > 0.55 && direction.y > 0.05 && direction.y < 0.75)
		return rgb(0.95, 0.85, 0.70);
	return c;
}

static struct point anywhere_up(struct point normal, uint32_t *random)
{
	double turn = 2 * M_PI * next_random(random);
	double height = 2 * next_random(random) - 1;
	double flat = sqrt(1 - height * height);
	return unit(along(normal, point(flat * cos(turn), height, flat * sin(turn)), 0.999));
}

static struct colour table_colour(struct point p)
{
	double board = p.x / 0.55 + 40;
	int number = (int)floor(board);
	double grain = clouds(p.x * 9 + 5 * scatter(number, 1, 700), p.z * 0.8 + 3 * scatter(number, 2, 700),
		5, 701 + number);
	double line = 0.5 + 0.5 * sin(26 * grain + 9 * p.x);
	struct colour wood =
		blend(rgb(0.28, 0.135, 0.060), rgb(0.46, 0.26, 0.125), 0.55 * line + 0.5 * grain + 0.2);
	double gap = ramp(0, 0.012, fmin(board - number, 1 - board + number));
	return scaled(wood, (0.8 + 0.4 * scatter(number, 3, 700)) * (0.25 + 0.75 * gap));
}

/* Through the glass or off it, as chance has it. */
static struct point through_glass(const struct ray *ray, struct point normal, uint32_t *random)
{
	double cosine = -dot(ray->towards, normal);
	double ratio = cosine > 0 ? 1 / 1.5 : 1.5;
	if (cosine < 0) {
		normal = point(-normal.x, -normal.y, -normal.z);
		cosine = -cosine;
	}
	double rest = 1 - ratio * ratio * (1 - cosine * cosine);
	double mirror = 0.04 + 0.96 * pow(1 - (rest > 0 && ratio > 1 ? sqrt(rest) : cosine), 5);
	if (rest <= 0 || next_random(random) < mirror)
		return mirrored(ray->towards, normal);
	return unit(along(point(ray->towards.x * ratio, ray->towards.y * ratio, ray->towards.z * ratio),
		normal, ratio * cosine - sqrt(rest)));
}

/* The window's light on a dull surface at p. */
static struct colour window_on(struct point p, struct point normal, uint32_t *random)
{
	double across = mix(window.left, window.right, next_random(random));
	double up = mix(window.bottom, window.top, next_random(random));
	struct ray ray = { along(p, normal, 1e-4), unit(point(-1, up, across)) };
	double facing = dot(normal, ray.towards);
	if (facing <= 0 || !in_window(across, up))
		return rgb(0, 0, 0);
	for (int i = 0; i < BALLS; i++)
		if (meet(&balls[i], &ray) > 0)
			return rgb(0, 0, 0);
	double area = (window.right - window.left) * (window.top - window.bottom);
	return scaled(window.light, facing / M_PI * area * pow(-ray.towards.x, 3));
}

/* The light that comes along the ray. */
static struct colour trace(struct ray ray, uint32_t *random)
{
	struct colour share = rgb(1, 1, 1);
	struct colour sum = rgb(0, 0, 0);
	int with_window = 1;
	for (int bounce = 0; bounce < 7; bounce++) {
		double nearest = ray.towards.y < 0 ? -ray.from.y / ray.towards.y : 1e9;
		const struct ball *hit = NULL;
		for (int i = 0; i < BALLS; i++) {
			double distance = meet(&balls[i], &ray);
			if (distance > 0 && distance < nearest) {
				nearest = distance;
				hit = &balls[i];
			}
		}
		if (nearest > 1e8)
			return plus(sum, times(share, room(ray.towards, with_window)));
		struct point p = along(ray.from, ray.towards, nearest);
		struct point normal = hit ? unit(minus(p, hit->middle)) : point(0, 1, 0);
		enum matter matter = hit ? hit->matter : TABLE;
		struct colour colour = hit ? hit->colour : table_colour(p);
		if (matter == STONE) {
			double vein = clouds3(p.x * 5, p.y * 5, p.z * 5, 5, 710 + (int)(hit - balls));
			colour = blend(colour, rgb(0.85, 0.82, 0.75), ramp(0.05, 0.0, fabs(vein)) * 0.7);
		}
		double gloss = 0.04 + 0.96 * pow(1 - fabs(dot(ray.towards, normal)), 5);
		ray.from = along(p, normal, matter == GLASS ? 0 : 1e-4);
		if (matter == GLASS) {
			if (dot(ray.towards, normal) > 0) /* on its way out: coloured by the way through */
				share = times(share, colour);
			ray.towards = through_glass(&ray, normal, random);
		} else if (matter == GOLD) {
			share = times(share, colour);
			ray.towards =
				unit(along(mirrored(ray.towards, normal), anywhere_up(normal, random), 0.03));
		} else if (next_random(random) < gloss * (matter == TABLE ? 0.6 : 1)) {
			double rough = matter == TABLE ? 0.16 : 0.01;
			ray.towards = unit(
				along(mirrored(ray.towards, normal), anywhere_up(normal, random), rough));
		} else {
			share = times(share, colour);
			sum = plus(sum, times(share, window_on(p, normal, random)));
			ray.towards = anywhere_up(normal, random);
			with_window = 0;
			continue;
		}
		with_window = 1;
	}
	return sum;
}

struct colour scene_marbles(double x, double y, uint32_t *random)
{
	const struct point eye = point(0, 1.05, -0.6);
	const double focus = 3.25;
	struct point target = along(eye, unit(point(x * 0.40, y * 0.40 - 0.20, 1)), focus);
	double turn = 2 * M_PI * next_random(random);
	double wide = 0.045 * sqrt(next_random(random));
	struct point lens = point(eye.x + wide * cos(turn), eye.y + wide * sin(turn), eye.z);
	struct ray ray = { lens, unit(minus(target, lens)) };
	struct colour c = trace(ray, random);
	/* a single path that found the window by chance would leave a white dot */
	double most = fmax(c.r, fmax(c.g, c.b));
	return most > 6 ? scaled(c, 6 / most) : c;
}

/* The radius of the vase at height y, from 0 to 1. */
static double vase_radius(double y)
{
	double belly = 0.33 * sin(M_PI * clamp(0.10 + 0.83 * pow(y / 0.80, 0.85), 0, 1));
	double neck = 0.105 + 0.10 * pow(clamp((y - 0.80) / 0.20, 0, 1), 2);
	return mix(fmax(belly, 0.02), neck, ramp(0.62, 0.84, y));
}

/* A glazed vase in a white sweep, cut out: only its shadow is left of the ground. */
struct colour scene_vase(double x, double y, uint32_t *random)
{
	const double base = -0.80;
	const double tall = 1.55;
	double height = (y - base) / tall;
	double radius = height > 0 && height < 1 ? vase_radius(height) * tall : 0;
	double bottom = base - 0.035 * sqrt(fmax(0, 1 - pow(x / (vase_radius(0.0) * tall), 2)));
	int foot = y <= base && y > bottom && fabs(x) < vase_radius(0.0) * tall;
	if (foot) {
		height = 0;
		radius = vase_radius(0) * tall;
	}
	double mouth = hypot(x / (vase_radius(1) * tall), (y - base - tall) / 0.050);
	if (fabs(x) < radius || mouth < 1) {
		if (mouth < 1) { /* into it */
			double rim = ramp(0.80, 0.92, mouth);
			return blend(scaled(rgb(0.03, 0.05, 0.055), 1 + x * 2), rgb(0.30, 0.42, 0.42),
				rim * (0.6 - x));
		}
		double slope = (vase_radius(height + 0.005) - vase_radius(height - 0.005)) / 0.01;
		double side = x / radius;
		struct point normal = unit(point(side, -slope, sqrt(fmax(0, 1 - side * side))));
		double turn = asin(clamp(side, -1, 1));
		/* the glaze ran down and stopped */
		double drip = 0.36 + 0.05 * noise(turn * 3.2, 1, 720) + 0.03 * noise(turn * 9, 1, 721);
		double glazed = ramp(drip - 0.006, drip + 0.004, height);
		double crackle = fabs(clouds(turn * 5, height * 9, 5, 722));
		struct colour glaze = blend(rgb(0.030, 0.19, 0.21), rgb(0.10, 0.40, 0.36),
			ramp(0.35, 1.0, height) + 0.3 * clouds(turn * 2, height * 5, 4, 723));
		glaze = scaled(glaze, 1 - 0.35 * ramp(0.025, 0, crackle));
		struct colour clay = scaled(rgb(0.44, 0.30, 0.20),
			1 + 0.25 * clouds(turn * 20, height * 40, 4, 724) + 0.10 * sin(height * 260));
		double light = 0.16 + 0.85 * fmax(dot(normal, unit(point(-0.55, 0.45, 0.6))), 0) +
			       0.25 * fmax(dot(normal, point(0.9, 0, 0.2)), 0);
		struct colour c = scaled(blend(clay, glaze, glazed), light);
		struct point bounce = mirrored(point(0, 0, -1), normal);
		double box = ramp(-0.62, -0.55, bounce.x) * ramp(-0.20, -0.27, bounce.x) *
			     ramp(-0.5, -0.4, bounce.y) * ramp(0.75, 0.65, bounce.y);
		double strip = ramp(0.80, 0.84, bounce.x) * ramp(0.95, 0.91, bounce.x);
		double fresnel = 0.06 + 0.5 * pow(1 - normal.z, 4);
		c = plus(c, scaled(rgb(1, 1, 1), glazed * (0.75 * box + 0.35 * strip + 0.35 * fresnel)));
		return scaled(c, 0.35 + 0.65 * ramp(-0.02, 0.16, height));
	}
	/* its shadow on the ground: dark where it stands, thrown to the right */
	double near = hypot(x / 0.34, (y - base + 0.01) / 0.055);
	double thrown = hypot((x - 0.34 - 0.6 * (y - base)) / 0.62, (y - base - 0.005) / 0.095);
	double alpha = fmax(0.62 * exp(-near * near * 1.3), 0.34 * exp(-thrown * thrown * 1.6));
	return (struct colour){ 0.01, 0.012, 0.015, alpha < 0.004 ? 0 : alpha };
}
