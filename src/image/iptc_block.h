/*
 * iptc_block.h: edits the IPTC data of a picture and the Photoshop image resources that hold it.
 *
 * Source: Adobe Photoshop File Formats Specification, "Image Resources Section".
 */
#ifndef STAMPMILL_IMAGE_IPTC_BLOCK_H
#define STAMPMILL_IMAGE_IPTC_BLOCK_H

#include "image/metadata_job.h"

/* Make `out` (no data when nothing is left to say) from `in`: image resources with "Photoshop 3.0\0" before
 * them, or bare IIM datasets, as job->target->iptc_form says. 65,533 bytes at most: what does not fit goes in
 * the order private, editing, description. Reading ends at the first broken resource; those before it count.
 */
void iptc_block_edit(const struct blob *in, const struct metadata_job *job, struct blob *out);

#endif
