/*
 * soften.h: chroma softened as a viewer sees it.
 *
 * Where a file stores chroma at half of luma's size, every decoder that shows it interpolates linearly
 * between the samples ("fancy upsampling", libjpeg's jdsample.c), which takes away from the finest detail.
 * Chroma that is stored at full size again is shown as it is, so what it is made of must be softened as much,
 * or colours come out crisper than they were. Chroma that stays at half size is softened by whoever shows it.
 */
#ifndef STAMPMILL_IMAGE_SOFTEN_H
#define STAMPMILL_IMAGE_SOFTEN_H

#include "image/planes.h"

/* Soften what was made of `scale` (at least 1) half-size samples for each of its own. Pure arithmetic, in
 * place. */
void soften_across(const struct plane *plane, double scale);
void soften_down(const struct plane *plane, double scale);

#endif
