#include "canvas.h"

#include <stdio.h>
#include <stdlib.h>

#include "noise.h"

struct canvas *canvas_new(int width_px, int height_px)
{
	struct canvas *canvas = malloc(sizeof *canvas);
	struct colour *pixels = calloc((size_t)width_px * (size_t)height_px, sizeof *pixels);
	if (!canvas || !pixels) {
		perror("canvas");
		exit(2);
	}
	*canvas = (struct canvas){ width_px, height_px, pixels };
	return canvas;
}

void canvas_free(struct canvas *canvas)
{
	free(canvas->pixels);
	free(canvas);
}

static struct colour *pixel_at(const struct canvas *canvas, int column, int row)
{
	return &canvas->pixels[(size_t)row * (size_t)canvas->width_px + (size_t)column];
}

void canvas_draw(struct canvas *canvas, scene_function *scene, int samples)
{
	double half = canvas->height_px / 2.0;
	for (int row = 0; row < canvas->height_px; row++)
		for (int column = 0; column < canvas->width_px; column++) {
			uint32_t random = (uint32_t)(row * canvas->width_px + column) * 2654435761U;
			struct colour sum = { 0, 0, 0, 0 };
			for (int i = 0; i < samples * samples; i++) {
				double x = column + (i % samples + next_random(&random)) / samples;
				double y = row + (i / samples + next_random(&random)) / samples;
				struct colour c =
					scene((x - canvas->width_px / 2.0) / half, 1 - y / half, &random);
				sum.r += c.r * c.alpha;
				sum.g += c.g * c.alpha;
				sum.b += c.b * c.alpha;
				sum.alpha += c.alpha;
			}
			double covered = sum.alpha > 0 ? sum.alpha : 1;
			*pixel_at(canvas, column, row) = (struct colour){ sum.r / covered, sum.g / covered,
				sum.b / covered, sum.alpha / (samples * samples) };
		}
}

/* Straight in the shadows, rolling off to 1 in the lights. */
static double film(double x)
{
	x = fmax(x, 0);
	return x < 0.5 ? x : 1 - 0.5 * exp(-(x - 0.5) / 0.5);
}

static double srgb_encode(double x)
{
	return x <= 0.0031308 ? 12.92 * x : 1.055 * pow(x, 1 / 2.4) - 0.055;
}

void canvas_develop(struct canvas *canvas, double grain)
{
	double corner = hypot(canvas->width_px, canvas->height_px) / 2;
	for (int row = 0; row < canvas->height_px; row++)
		for (int column = 0; column < canvas->width_px; column++) {
			struct colour *c = pixel_at(canvas, column, row);
			double off = hypot(column - canvas->width_px / 2.0, row - canvas->height_px / 2.0) /
				     corner;
			double light = 1 - 0.3 * off * off * off;
			double luma =
				noise(column / 1.3, row / 1.3, 5) + 0.5 * noise(column / 2.9, row / 2.9, 6);
			double amount = grain * (c->r + c->g + c->b > 1.8 ? 0.6 : 1);
			double *component[3] = { &c->r, &c->g, &c->b };
			for (int i = 0; i < 3; i++) {
				double own = noise(column / 1.6, row / 1.6, 7 + i);
				double encoded = srgb_encode(film(*component[i] * light));
				*component[i] = clamp(encoded + amount * (luma + 0.4 * own), 0, 1);
			}
		}
}

struct canvas *canvas_as_stored(const struct canvas *canvas, int orientation)
{
	int width = canvas->width_px;
	int height = canvas->height_px;
	int swap = orientation >= 5;
	struct canvas *stored = canvas_new(swap ? height : width, swap ? width : height);
	for (int row = 0; row < stored->height_px; row++)
		for (int column = 0; column < stored->width_px; column++) {
			int across = swap ? row : column;
			int down = swap ? column : row;
			/* EXIF 2.32, tag 274: which edge of the scene the first row and the first column are.
			 */
			int mirror_across =
				orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
			int mirror_down =
				orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
			*pixel_at(stored, column, row) =
				*pixel_at(canvas, mirror_across ? width - 1 - across : across,
					mirror_down ? height - 1 - down : down);
		}
	return stored;
}

struct canvas *canvas_thumbnail(const struct canvas *canvas, int edge_px)
{
	int longest = canvas->width_px > canvas->height_px ? canvas->width_px : canvas->height_px;
	int step = (longest + edge_px - 1) / edge_px;
	struct canvas *small = canvas_new(canvas->width_px / step, canvas->height_px / step);
	for (int row = 0; row < small->height_px; row++)
		for (int column = 0; column < small->width_px; column++) {
			struct colour sum = { 0, 0, 0, 0 };
			for (int i = 0; i < step * step; i++) {
				const struct colour *c =
					pixel_at(canvas, column * step + i % step, row * step + i / step);
				sum = (struct colour){ sum.r + c->r, sum.g + c->g, sum.b + c->b,
					sum.alpha + c->alpha };
			}
			*pixel_at(small, column, row) = (struct colour){ sum.r / (step * step),
				sum.g / (step * step), sum.b / (step * step), sum.alpha / (step * step) };
		}
	return small;
}
