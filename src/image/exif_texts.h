/*
 * exif_texts.h: what a camera wrote into EXIF about itself and the shot, as text and time, for names.
 */
#ifndef STAMPMILL_IMAGE_EXIF_TEXTS_H
#define STAMPMILL_IMAGE_EXIF_TEXTS_H

#include "image/metadata.h"
#include "image/tiff_view.h"

/* Fill facts->taken_s and ->texts, which are empty, with what is there and makes sense. */
void exif_texts_read(const struct tiff_view *view, const struct tiff_dir *main_dir, struct exif_facts *facts);

#endif
