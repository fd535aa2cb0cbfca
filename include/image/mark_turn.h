/*
 * mark_turn.h: a mark turned by any angle, clockwise as it is seen.
 */
#ifndef STAMPMILL_IMAGE_MARK_TURN_H
#define STAMPMILL_IMAGE_MARK_TURN_H

/* Quarter turns are exact. */
struct mark_turn {
	double cosine, sine;
};

struct mark_turn mark_turn_of(double deg);

/* The box around a rectangle of that size, turned: the same numbers of pixels for a quarter turn, else all
 * that it touches. */
void mark_turn_box(
	double deg, double width_px, double height_px, double *box_width_px, double *box_height_px);

/* Turn `from`, `width_px` by `height_px` pixels of sRGB with alpha, 8 bits, about its centre into the centre
 * of `to`, which has the same pixels, `to_width_px` by `to_height_px` of them. 0, or -1 with libvips' error
 * buffer set. */
int mark_turn_pixels(double deg, const unsigned char *from, int width_px, int height_px, unsigned char *to,
	int to_width_px, int to_height_px);

#endif
