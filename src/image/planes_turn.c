#include "image/planes_turn.h"

#include <assert.h>
#include <stddef.h>

/* Squares that stay in the cache while one side is read along and the other across. */
#define BLOCK 16

struct turn turn_of(int orientation)
{
	static const struct turn turns[] = {
		{ false, false, false }, /* 1: upright */
		{ false, true, false },  /* 2: mirrored */
		{ false, true, true },   /* 3: upside down */
		{ false, false, true },  /* 4: upside down and mirrored */
		{ true, false, false },  /* 5: mirrored along the diagonal */
		{ true, false, true },   /* 6: to be turned right */
		{ true, true, true },    /* 7: mirrored along the other diagonal */
		{ true, true, false },   /* 8: to be turned left */
	};

	assert(orientation >= 1 && orientation <= 8);
	return turns[orientation - 1];
}

/* Where the upright plane's samples are in the stored one. */
struct walk {
	const uint8_t *origin;
	ptrdiff_t step_x, step_y;
};

static struct walk walk_of(const struct plane *in, const struct turn *turn)
{
	ptrdiff_t stride = (ptrdiff_t)in->stride_bytes;
	ptrdiff_t along = turn->from_right ? -1 : 1, down = turn->from_bottom ? -stride : stride;
	struct walk walk = { in->data, turn->swap ? down : along, turn->swap ? along : down };

	if (turn->from_right)
		walk.origin += in->width - 1;
	if (turn->from_bottom)
		walk.origin += (in->height - 1) * stride;
	return walk;
}

static void copy_block(const struct walk *walk, const struct plane *out, int left, int top)
{
	int right = left + BLOCK < out->width ? left + BLOCK : out->width;
	int bottom = top + BLOCK < out->height ? top + BLOCK : out->height;

	for (int y = top; y < bottom; y++) {
		const uint8_t *from = walk->origin + y * walk->step_y + left * walk->step_x;
		uint8_t *to = out->data + (size_t)y * out->stride_bytes;

		for (int x = left; x < right; x++, from += walk->step_x)
			to[x] = *from;
	}
}

int planes_turn(const struct planes *in, int orientation, struct planes *out)
{
	struct turn turn = turn_of(orientation);
	int error = turn.swap ? planes_reserve(out, in->height_px, in->width_px, in->count, in->chroma_v,
					in->chroma_h)
			      : planes_reserve(out, in->width_px, in->height_px, in->count, in->chroma_h,
					in->chroma_v);

	if (error)
		return error;
	for (int i = 0; i < in->count; i++) {
		struct walk walk = walk_of(&in->plane[i], &turn);

		for (int y = 0; y < out->plane[i].height; y += BLOCK)
			for (int x = 0; x < out->plane[i].width; x += BLOCK)
				copy_block(&walk, &out->plane[i], x, y);
	}
	return 0;
}
