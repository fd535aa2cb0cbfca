/* The mark of a studio that does not exist: a shutter in a ring, its name beside it. */
#include "scenes.h"

/* Ends a stroke. */
#define END -1, -1

/* Strokes of the letters on a grid 4 wide and 6 tall, y up; what follows the last END is END again. */
static const struct letter {
	char name;
	double wide;
	signed char strokes[28];
} letters[] = {
	{ 'A', 4, { 0, 0, 2, 6, 4, 0, END, 1, 2, 3, 2, END, END } },
	{ 'D', 4, { 0, 0, 0, 6, 2, 6, 4, 4, 4, 2, 2, 0, 0, 0, END, END } },
	{ 'E', 3, { 3, 0, 0, 0, 0, 6, 3, 6, END, 0, 3, 3, 3, END, END } },
	{ 'H', 4, { 0, 0, 0, 6, END, 4, 0, 4, 6, END, 0, 3, 4, 3, END, END } },
	{ 'I', 0, { 0, 0, 0, 6, END, END } },
	{ 'L', 3, { 0, 6, 0, 0, 3, 0, END, END } },
	{ 'M', 4, { 0, 0, 0, 6, 2, 2, 4, 6, 4, 0, END, END } },
	{ 'O', 4, { 1, 0, 0, 1, 0, 5, 1, 6, 3, 6, 4, 5, 4, 1, 3, 0, 1, 0, END, END } },
	{ 'P', 4, { 0, 0, 0, 6, 3, 6, 4, 5, 4, 4, 3, 3, 0, 3, END, END } },
	{ 'S', 4, { 4, 5, 3, 6, 1, 6, 0, 5, 0, 4, 4, 2, 4, 1, 3, 0, 1, 0, 0, 1, END, END } },
	{ 'T', 4, { 0, 6, 4, 6, END, 2, 6, 2, 0, END, END } },
	{ 'U', 4, { 0, 6, 0, 1, 1, 0, 3, 0, 4, 1, 4, 6, END, END } },
};

static double to_stroke(double x, double y, double ax, double ay, double bx, double by)
{
	double dx = bx - ax;
	double dy = by - ay;
	double t = clamp(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy), 0, 1);
	return hypot(x - ax - t * dx, y - ay - t * dy);
}

/* The distance of (x, y) to the nearest stroke of a text that begins at (0, 0), in units of the letters'
 * grid. */
static double to_text(const char *text, double spacing, double x, double y)
{
	double nearest = 1e9;
	double pen = 0;
	for (; *text; text++) {
		if (*text == ' ') {
			pen += 3;
			continue;
		}
		const struct letter *letter = letters;
		while (letter->name != *text)
			letter++;
		for (const signed char *s = letter->strokes; s[0] >= 0; s += 4)
			for (; s[2] >= 0; s += 2)
				nearest = fmin(nearest, to_stroke(x, y, pen + s[0], s[1], pen + s[2], s[3]));
		pen += letter->wide + spacing;
	}
	return nearest;
}

/* Inside the ring or its six blades. */
static int shutter(double x, double y)
{
	double off = hypot(x, y);
	if (off > 0.62)
		return off < 0.72;
	const double turn = M_PI / 3;
	double angle = atan2(y, x);
	double blade = angle - turn * floor(angle / turn);
	double px = off * cos(blade - turn / 2);
	double py = off * sin(blade - turn / 2);
	int slit = fabs((px - 0.26) * sin(0.95) - (py + 0.15) * cos(0.95)) < 0.022 && px > 0.255;
	return px > 0.26 && off < 0.555 && !slit;
}

/* Ink of one lightness, with a soft edge of the opposite that keeps it readable anywhere; for a canvas 3.7
 * times as wide as it is tall. */
static struct colour draw(double x, double y, double lightness)
{
	double name = to_text("STAMPMILL", 2.2, (x + 1.52) / 0.102, (y + 0.02) / 0.102) * 0.102;
	double below = to_text("PHOTO STUDIO", 3.0, (x + 1.52) / 0.0505, (y + 0.56) / 0.0505) * 0.0505;
	int ink = shutter(x + 2.72, y) || name < 0.048 || below < 0.021;
	double ring = fabs(hypot(x + 2.72, y) - 0.36) - 0.30;
	double edge = fmin(fmin(name, below), fmax(ring, 0));
	double shade = 0.50 * exp(-edge * edge / 0.018);
	double around = 1 - lightness;
	if (ink)
		return (struct colour){ lightness, lightness, lightness, 0.92 };
	return (struct colour){ around, around, around, shade < 0.01 ? 0 : shade };
}

struct colour scene_logo(double x, double y, uint32_t *random)
{
	return draw(x, y, 1);
}

struct colour scene_logo_dark(double x, double y, uint32_t *random)
{
	return draw(x, y, 0);
}
