#include "image/exif_block.h"

#include <math.h>
#include <string.h>

#include "image/exif_tree.h"

#define COLOUR_SPACE_SRGB 1
#define COLOUR_SPACE_OTHER 65535
#define UNIT_INCH 2
#define DPI_UNKNOWN 72 /* what Exif says to write then */
#define CENTRED 1

/* Where the directories of an input start; a directory that is not there has no entries. */
static void find_dirs(const struct tiff_view *view, struct tiff_dir dirs[EXIF_DIR_COUNT])
{
	memset(dirs, 0, EXIF_DIR_COUNT * sizeof(dirs[0]));
	if (!tiff_view_dir(view, view->first_dir, &dirs[EXIF_DIR_MAIN]))
		return;
	tiff_view_subdir(view, &dirs[EXIF_DIR_MAIN], EXIF_EXIF_DIR, &dirs[EXIF_DIR_EXIF]);
	tiff_view_subdir(view, &dirs[EXIF_DIR_MAIN], EXIF_GPS_DIR, &dirs[EXIF_DIR_GPS]);
	tiff_view_subdir(view, &dirs[EXIF_DIR_EXIF], EXIF_INTEROP_DIR, &dirs[EXIF_DIR_INTEROP]);
}

/* Technical tags are made true where they belong; a stale one in the wrong directory is not kept. */
static bool is_misplaced(enum exif_dir dir, uint16_t tag, enum tag_group group)
{
	return group == TAG_TECHNICAL && dir <= EXIF_DIR_EXIF &&
	       (tag < EXIF_VERSION ? EXIF_DIR_MAIN : EXIF_DIR_EXIF) != dir;
}

static void load(struct exif_tree *tree, const struct tiff_view *view, tag_set kept)
{
	struct tiff_dir dirs[EXIF_DIR_COUNT];
	struct tiff_entry entry;

	find_dirs(view, dirs);
	for (int dir = 0; dir < EXIF_DIR_COUNT; dir++) {
		for (unsigned int i = 0; i < dirs[dir].count; i++) {
			enum tag_group group;

			if (!tiff_view_entry(view, &dirs[dir], i, &entry) || entry.type == TIFF_IFD)
				continue;
			group = exif_tag_group((enum exif_dir)dir, entry.tag);
			if (tag_set_has(kept, group) && !is_misplaced((enum exif_dir)dir, entry.tag, group))
				exif_tree_add(tree, (enum exif_dir)dir, &entry, group == TAG_MAKER);
		}
	}
	exif_tree_sort(tree);
}

static bool has_more_than_technical(const struct exif_tree *tree)
{
	for (int dir = 0; dir < EXIF_DIR_COUNT; dir++) {
		for (unsigned int i = 0; i < tree->dirs[dir]->len; i++) {
			const struct exif_item *item = &g_array_index(tree->dirs[dir], struct exif_item, i);

			if (exif_tag_group((enum exif_dir)dir, item->entry.tag) != TAG_TECHNICAL)
				return true;
		}
	}
	return false;
}

static void set_text(struct exif_tree *tree, uint16_t tag, const char *text)
{
	exif_tree_set_bytes(tree, EXIF_DIR_MAIN, tag, TIFF_ASCII, text, (uint32_t)strlen(text) + 1);
	exif_tree_remove(tree, EXIF_DIR_EXIF, tag);
}

/* Exif calls the two ASCII; UTF-8 is what every program writes and reads there. */
static void set_rights(struct exif_tree *tree, const struct metadata_job *job)
{
	if (job->copyright)
		set_text(tree, EXIF_COPYRIGHT, job->copyright);
	if (job->artist) {
		set_text(tree, EXIF_ARTIST, job->artist);
		for (int dir = EXIF_DIR_MAIN; dir <= EXIF_DIR_EXIF; dir++) {
			exif_tree_remove(tree, (enum exif_dir)dir, EXIF_XP_AUTHOR);
			exif_tree_remove(tree, (enum exif_dir)dir, EXIF_PHOTOGRAPHER);
		}
	}
}

static void set_resolution(struct exif_tree *tree, double dpi)
{
	uint32_t hundredths = (uint32_t)lround(dpi * 100);
	uint32_t divisor = hundredths % 100 ? 100 : 1, number = divisor == 1 ? hundredths / 100 : hundredths;

	exif_tree_set_rational(tree, EXIF_DIR_MAIN, EXIF_X_RESOLUTION, number, divisor);
	exif_tree_set_rational(tree, EXIF_DIR_MAIN, EXIF_Y_RESOLUTION, number, divisor);
	exif_tree_set_short(tree, EXIF_DIR_MAIN, EXIF_RESOLUTION_UNIT, UNIT_INCH);
}

static void set_interop(struct exif_tree *tree, const char *index)
{
	exif_tree_set_bytes(tree, EXIF_DIR_INTEROP, EXIF_INTEROP_INDEX, TIFF_ASCII, index, 4);
	exif_tree_set_bytes(tree, EXIF_DIR_INTEROP, EXIF_INTEROP_VERSION, TIFF_UNDEFINED, "0100", 4);
}

/* Neither of the two that Exif has words for. */
static void set_other_colours(struct exif_tree *tree)
{
	if (tree->dirs[EXIF_DIR_EXIF]->len)
		exif_tree_set_short(tree, EXIF_DIR_EXIF, EXIF_COLOUR_SPACE, COLOUR_SPACE_OTHER);
	exif_tree_remove(tree, EXIF_DIR_INTEROP, EXIF_INTEROP_INDEX);
	exif_tree_remove(tree, EXIF_DIR_INTEROP, EXIF_INTEROP_VERSION);
}

/* Colours that are none of these were kept: what the input says of them stays as true as it was. */
static void set_colour(struct exif_tree *tree, const struct metadata_target *target)
{
	if (target->adobe) {
		exif_tree_set_short(tree, EXIF_DIR_EXIF, EXIF_COLOUR_SPACE, COLOUR_SPACE_OTHER);
		set_interop(tree, "R03");
	} else if (target->srgb && tree->dirs[EXIF_DIR_EXIF]->len) {
		exif_tree_set_short(tree, EXIF_DIR_EXIF, EXIF_COLOUR_SPACE, COLOUR_SPACE_SRGB);
		if (tree->dirs[EXIF_DIR_INTEROP]->len)
			set_interop(tree, "R98");
	} else if (target->converted && !target->srgb) {
		set_other_colours(tree);
	}
}

/* Tags that describe the picture, made true of the output. YCbCrPositioning must be in every block; the Exif
 * directory must have some more, where it was not there before. */
static void set_technical(struct exif_tree *tree, const struct metadata_target *target, bool had_exif_dir)
{
	if (exif_tree_has(tree, EXIF_DIR_MAIN, EXIF_ORIENTATION))
		exif_tree_set_short(tree, EXIF_DIR_MAIN, EXIF_ORIENTATION, 1);
	exif_tree_set_short(tree, EXIF_DIR_MAIN, EXIF_YCBCR_POSITIONING, CENTRED);
	if (metadata_dpi_is_known(target))
		set_resolution(tree, target->dpi);
	set_colour(tree, target);
	if (tree->dirs[EXIF_DIR_EXIF]->len == 0)
		return;
	exif_tree_set_long(tree, EXIF_DIR_EXIF, EXIF_PIXEL_WIDTH, (uint32_t)target->width_px);
	exif_tree_set_long(tree, EXIF_DIR_EXIF, EXIF_PIXEL_HEIGHT, (uint32_t)target->height_px);
	if (!had_exif_dir) {
		exif_tree_set_bytes(tree, EXIF_DIR_EXIF, EXIF_VERSION, TIFF_UNDEFINED, "0232", 4);
		exif_tree_set_bytes(tree, EXIF_DIR_EXIF, EXIF_COMPONENTS, TIFF_UNDEFINED, "\1\2\3\0", 4);
		exif_tree_set_bytes(tree, EXIF_DIR_EXIF, EXIF_FLASHPIX_VERSION, TIFF_UNDEFINED, "0100", 4);
	}
}

/* Whether the tree says anything that is worth a block. Technical tags are not worth one of their own, except
 * the only declaration of AdobeRGB that a picture may have had. */
static bool is_worth_writing(
	const struct exif_tree *tree, const struct metadata_target *target, bool had_block)
{
	if (has_more_than_technical(tree))
		return true;
	if (target->policy == METADATA_COPYRIGHT)
		return had_block && target->adobe;
	return tree->dirs[EXIF_DIR_MAIN]->len + tree->dirs[EXIF_DIR_EXIF]->len > 0;
}

static void build(
	const struct tiff_view *view, const struct metadata_job *job, tag_set kept, GByteArray *bytes)
{
	struct exif_tree tree;
	bool had_exif_dir;

	exif_tree_init(&tree, view);
	if (view)
		load(&tree, view, kept);
	had_exif_dir = tree.dirs[EXIF_DIR_EXIF]->len > 0;
	set_rights(&tree, job);
	if (is_worth_writing(&tree, job->target, view != NULL)) {
		set_technical(&tree, job->target, had_exif_dir);
		if (!view && !exif_tree_has(&tree, EXIF_DIR_MAIN, EXIF_X_RESOLUTION))
			set_resolution(&tree, DPI_UNKNOWN);
		exif_tree_write(&tree, bytes);
	}
	exif_tree_finish(&tree);
}

void exif_block_edit(const struct blob *in, const struct metadata_job *job, struct blob *out)
{
	static const enum tag_group shed[] = { TAG_MAKER, TAG_EDITING, TAG_DESCRIPTION, TAG_CAPTURE,
		TAG_OWNER, TAG_SERIAL, TAG_GPS, TAG_RIGHTS, TAG_TECHNICAL };
	tag_set kept = tag_set_kept(job->target->policy);
	GByteArray *bytes = g_byte_array_new();
	struct tiff_view view;
	bool has_view = kept && in->data && tiff_view_init(&view, in->data, in->size_bytes);

	build(has_view ? &view : NULL, job, kept, bytes);
	for (size_t i = 0; i < G_N_ELEMENTS(shed) && bytes->len > SEGMENT_LIMIT_BYTES; i++) {
		kept = tag_set_without(kept, shed[i]);
		g_byte_array_set_size(bytes, 0);
		build(&view, job, kept, bytes);
	}
	blob_take(out, bytes);
}
