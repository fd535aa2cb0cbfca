/*
 * iim.h: edits a list of IPTC-IIM datasets.
 *
 * Source: IPTC-IIM 4.2; Metadata Working Group, Guidelines for handling image metadata 2.0.
 */
#ifndef STAMPMILL_IMAGE_IIM_H
#define STAMPMILL_IMAGE_IIM_H

#include "image/metadata_job.h"

/* Append to `out` those datasets of `size_bytes` at `data` that are in `kept`, with the job's copyright,
 * artist and contact in place of the old ones, each cut at the length that the dataset has, at a whole
 * character. Reading ends at the first broken dataset. Where a text of the job is not ASCII, all texts become
 * UTF-8, and 1:90 says so. Nothing is appended when there is nothing but the technical datasets. */
void iim_edit(const unsigned char *data, size_t size_bytes, const struct metadata_job *job, tag_set kept,
	GByteArray *out);

#endif
