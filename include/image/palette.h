/*
 * palette.h: whether libvips can write PNGs with a palette.
 *
 * Choosing the colours is another library's work (libimagequant or quantizr), which a libvips may have been
 * built without. It then writes all colours as if nothing had been said, and there is nothing to ask it but
 * to try. Evaluates a picture: never in a process that still forks workers (engine.h).
 */
#ifndef STAMPMILL_IMAGE_PALETTE_H
#define STAMPMILL_IMAGE_PALETTE_H

#include <stdbool.h>

bool palette_can_be_written(void);

/* The library may work with as many threads as there are processors, and which colours it takes may follow
 * from that: let it have one, in this process. */
void palette_use_one_thread(void);

#endif
