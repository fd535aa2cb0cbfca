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

/* A text given that takes more than this in XML is cut, at a whole character: so all of them together fit
 * into a packet, whatever characters they are made of. */
#define RIGHTS_LIMIT_BYTES 4000

struct metadata_job {
	const struct metadata_target *target;
	char *copyright, *artist; /* UTF-8 without control characters; NULL: not given */
	char **artists;           /* `artist` cut at its semicolons; NULL exactly when artist is */
	char *usage_terms;
	char *email, *url, *phone; /* of the creator, each in one line */
};

static inline bool metadata_job_has_contact(const struct metadata_job *job)
{
	return job->email || job->url || job->phone;
}

/* A resolution that can be declared. */
static inline bool metadata_dpi_is_known(const struct metadata_target *target)
{
	return target->dpi >= 1 && target->dpi <= 1000000;
}

/* Fill `blob`, which is empty, with the bytes of `bytes`, which goes. */
void blob_take(struct blob *blob, GByteArray *bytes);

#endif
