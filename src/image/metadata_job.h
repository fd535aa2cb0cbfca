/*
 * metadata_job.h: what the three editors are told, each making one blob.
 */
#ifndef STAMPMILL_IMAGE_METADATA_JOB_H
#define STAMPMILL_IMAGE_METADATA_JOB_H

#include <glib.h>

#include "image/metadata.h"
#include "image/tag_group.h"

/* What a JPEG segment holds besides its own length. */
#define SEGMENT_LIMIT_BYTES 65533

/* A copyright or an artist longer than this is cut, at a whole character. */
#define RIGHTS_LIMIT_BYTES 4000

struct metadata_job {
	const struct metadata_target *target;
	char *copyright, *artist; /* UTF-8 without control characters; NULL: not given */
	char **artists;           /* `artist` cut at its semicolons; NULL exactly when artist is */
};

/* A resolution that can be declared. */
static inline bool metadata_dpi_is_known(const struct metadata_target *target)
{
	return target->dpi >= 1 && target->dpi <= 1000000;
}

/* Fill `blob`, which is empty, with the bytes of `bytes`, which goes. */
void blob_take(struct blob *blob, GByteArray *bytes);

#endif
