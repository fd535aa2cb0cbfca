/*
 * exif_tree.h: an EXIF block as lists of tags that can be changed, and written as a new block.
 *
 * Calling order: exif_tree_init(); exif_tree_add() for what an input has, exif_tree_sort() after the last;
 * then find, remove and set; exif_tree_write(); exif_tree_finish(). Values are borrowed and must live until
 * the tree is finished. Directories point to each other by entries that exif_tree_write() makes, so there is
 * no way to keep a pointer to something that is gone.
 */
#ifndef STAMPMILL_IMAGE_EXIF_TREE_H
#define STAMPMILL_IMAGE_EXIF_TREE_H

#include <glib.h>

#include "image/exif_tags.h"
#include "image/tiff_view.h"

struct exif_item {
	struct tiff_entry entry; /* entry.value is NULL where the value is in `own` */
	unsigned char own[8];
	bool blank_jpegs; /* previews in the value are overwritten with zeroes */
	size_t order;     /* when it was added; of several with one tag the first stays */
};

struct exif_tree {
	bool big_endian;
	GArray *dirs[EXIF_DIR_COUNT];   /* of struct exif_item, ascending by tag once sorted */
	size_t budget_bytes;            /* what may still be added */
	const unsigned char *base_data; /* where offsets of the input count from; NULL: no input */
};

/* A tree in the byte order of `view`, or an empty little-endian one when `view` is NULL. */
void exif_tree_init(struct exif_tree *tree, const struct tiff_view *view);
void exif_tree_finish(struct exif_tree *tree);

/* Add an entry of the input. Entries may share bytes, as the two resolutions often do, but a small block must
 * not become a big one by that: what exceeds twice the input's size is not added. */
void exif_tree_add(
	struct exif_tree *tree, enum exif_dir dir, const struct tiff_entry *entry, bool blank_jpegs);
void exif_tree_sort(struct exif_tree *tree);

bool exif_tree_has(const struct exif_tree *tree, enum exif_dir dir, uint16_t tag);
void exif_tree_remove(struct exif_tree *tree, enum exif_dir dir, uint16_t tag);

/* Replace or insert. */
void exif_tree_set_short(struct exif_tree *tree, enum exif_dir dir, uint16_t tag, uint16_t number);
void exif_tree_set_long(struct exif_tree *tree, enum exif_dir dir, uint16_t tag, uint32_t number);
void exif_tree_set_rational(
	struct exif_tree *tree, enum exif_dir dir, uint16_t tag, uint32_t number, uint32_t divisor);
void exif_tree_set_bytes(struct exif_tree *tree, enum exif_dir dir, uint16_t tag, enum tiff_type type,
	const void *data, uint32_t size_bytes);

/* Append "Exif\0\0" and the block to `out`. The maker note of the input stands at the offset where it stood,
 * since most makers' notes hold offsets from the start of the block. The same tree gives the same bytes, and
 * a tree read from them gives them again. */
void exif_tree_write(struct exif_tree *tree, GByteArray *out);

#endif
