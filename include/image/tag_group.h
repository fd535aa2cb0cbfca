/*
 * tag_group.h: what kinds of tags there are, and which of them each policy keeps.
 *
 * EXIF, XMP, IPTC and Photoshop resources are each a table from their own names to these groups; the policy
 * is decided here alone, once for all of them. metadata_policy_table() is the same table.
 */
#ifndef STAMPMILL_IMAGE_TAG_GROUP_H
#define STAMPMILL_IMAGE_TAG_GROUP_H

#include <stdbool.h>

#include "job/settings.h"

enum tag_group {
	TAG_TECHNICAL, /* true of the output, after an update where need be: orientation, size, resolution,
			  colour space, versions. Alone, it is no reason to write a block */
	TAG_RIGHTS,
	TAG_CAPTURE,
	TAG_DESCRIPTION, /* also what is not known but says its name, as XMP does */
	TAG_OWNER,       /* the name of the camera's owner */
	TAG_EDITING,
	TAG_GPS,
	TAG_SERIAL,
	TAG_MAKER,     /* maker notes, and private tags whose meaning is not known */
	TAG_THUMBNAIL, /* the picture again, small */
	TAG_ORIGINAL, /* true of the original file only: its pixels' layout and positions, gain maps, parts of
			 a motion photo, digests, copies of other blocks */
	TAG_GROUP_COUNT
};

typedef unsigned int tag_set; /* bit 1 << group */

static inline bool tag_set_has(tag_set set, enum tag_group group)
{
	return set >> group & 1;
}

static inline tag_set tag_set_without(tag_set set, enum tag_group group)
{
	return set & ~(1U << group);
}

/* The groups that `policy` keeps. */
tag_set tag_set_kept(enum metadata_policy policy);

#endif
