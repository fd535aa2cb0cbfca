/*
 * canvas.h: where a scene is drawn, and what a camera does to it.
 *
 * canvas_new(), canvas_draw() a scene on it, canvas_develop(), write it (file.h), canvas_free(). Memory that
 * cannot be had ends the program, as everywhere in this generator.
 */
#ifndef SAMPLES_CANVAS_H
#define SAMPLES_CANVAS_H

#include <stdint.h>

#include "colour.h"

struct canvas {
	int width_px, height_px;
	struct colour *pixels; /* row by row from the top */
};

/* The colour of a scene at (x, y): y from -1 at the bottom to 1 at the top, x as long, 0 in the middle.
 * `random` is for what is sampled at random. */
typedef struct colour scene_function(double x, double y, uint32_t *random);

struct canvas *canvas_new(int width_px, int height_px);
void canvas_free(struct canvas *canvas);

/* Draw `scene` with `samples` times `samples` points in each pixel. */
void canvas_draw(struct canvas *canvas, scene_function *scene, int samples);

/* Film: highlights roll off, corners darken, grain of `grain` (0.01 is fine, 0.05 a high ISO speed);
 * afterwards the components are encoded with sRGB's curve, 0 to 1. */
void canvas_develop(struct canvas *canvas, double grain);

/* A copy as the sensor saw it, so that EXIF orientation `orientation` (1 to 8) turns it upright. */
struct canvas *canvas_as_stored(const struct canvas *canvas, int orientation);

/* A copy that is at most `edge_px` long. */
struct canvas *canvas_thumbnail(const struct canvas *canvas, int edge_px);

#endif
