#include "image/tag_group.h"

#include <stddef.h>

#include "image/metadata.h"

#define KEPT(all, safe, copyright)                                                                    \
	{                                                                                             \
		[METADATA_ALL] = (all), [METADATA_SAFE] = (safe), [METADATA_COPYRIGHT] = (copyright), \
		[METADATA_NONE] = 0                                                                   \
	}

/* The owner of the camera stays under `safe`: it is a name that somebody put there, as the artist's is, and
 * the policy's promise is to keep all but what it names. */
static const struct metadata_policy_row rows[TAG_GROUP_COUNT + 1] = {
	[TAG_TECHNICAL] = { "orientation (1), pixel size and colour space (the output's), resolution",
		KEPT(1, 1, 1) },
	[TAG_RIGHTS] = { "copyright, creator, credit, source, licence and usage terms", KEPT(1, 1, 1) },
	[TAG_CAPTURE] = { "camera, lens, exposure, date", KEPT(1, 1, 0) },
	[TAG_DESCRIPTION] = { "title, caption, keywords, rating, people and places by name", KEPT(1, 1, 0) },
	[TAG_OWNER] = { "name of the camera's owner", KEPT(1, 1, 0) },
	[TAG_EDITING] = { "document history, develop settings, Photoshop paths", KEPT(1, 1, 0) },
	[TAG_GPS] = { "GPS and other coordinates", KEPT(1, 0, 0) },
	[TAG_SERIAL] = { "serial numbers of body and lens", KEPT(1, 0, 0) },
	[TAG_MAKER] = { "maker notes, private tags of unknown meaning", KEPT(1, 0, 0) },
	[TAG_THUMBNAIL] = { "thumbnails and previews", KEPT(0, 0, 0) },
	[TAG_ORIGINAL] = { "gain maps, motion photo parts, subject area, digests, duplicates",
		KEPT(0, 0, 0) },
	[TAG_GROUP_COUNT] = { NULL, KEPT(0, 0, 0) },
};

const struct metadata_policy_row *metadata_policy_table(void)
{
	return rows;
}

tag_set tag_set_kept(enum metadata_policy policy)
{
	tag_set kept = 0;

	for (int group = 0; group < TAG_GROUP_COUNT; group++)
		kept |= (unsigned int)rows[group].kept[policy] << group;
	return kept;
}
