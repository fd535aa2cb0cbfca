/*
 * raw_tags.h: what a raw file says of its picture, as EXIF and XMP blobs; for raw*.c alone.
 */
#ifndef STAMPMILL_IMAGE_RAW_TAGS_H
#define STAMPMILL_IMAGE_RAW_TAGS_H

#include "image/metadata.h"
#include "image/raw_file.h"

/* The tags of a raw file on `fd` that is built as a TIFF, which most are; of others what LibRaw knows:
 * camera, lens, exposure, time, artist and place. Blobs are left empty where there is nothing. */
void raw_tags_read(const struct raw_file *file, int fd, struct metadata *metadata);

#endif
