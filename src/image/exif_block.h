/*
 * exif_block.h: edits the EXIF block of a picture.
 */
#ifndef STAMPMILL_IMAGE_EXIF_BLOCK_H
#define STAMPMILL_IMAGE_EXIF_BLOCK_H

#include "image/metadata_job.h"

/* Make `out` (no data when nothing is left to say) from `in`, in the byte order of `in`. Always "Exif\0\0"
 * and a block of 65,533 bytes at most, so that it fits into a JPEG segment: what does not fit goes in the
 * order maker notes, editing, description, capture. */
void exif_block_edit(const struct blob *in, const struct metadata_job *job, struct blob *out);

#endif
