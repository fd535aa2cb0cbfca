/*
 * blobs.h: metadata blocks for tests, built byte by byte and not by the code that is tested.
 */
#ifndef STAMPMILL_TESTS_IMAGE_BLOBS_H
#define STAMPMILL_TESTS_IMAGE_BLOBS_H

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "image/exif_tags.h"
#include "image/metadata.h"
#include "image/tiff_view.h"

#define IN_THUMBNAIL_DIR EXIF_DIR_COUNT /* IFD1, where `dir` of a test tag may point too */

struct test_tag {
	int dir;
	uint16_t tag, type;
	uint32_t count;
	const void *data; /* big-endian bytes, or text */
	uint32_t size_bytes;
};

#define TAG_TEXT(in_dir, number, text)                                       \
	{                                                                    \
		in_dir, number, TIFF_ASCII, sizeof(text), text, sizeof(text) \
	}
#define TAG_U16(in_dir, number, bytes)                  \
	{                                               \
		in_dir, number, TIFF_SHORT, 1, bytes, 2 \
	}
#define TAG_U32(in_dir, number, bytes)                 \
	{                                              \
		in_dir, number, TIFF_LONG, 1, bytes, 4 \
	}
#define TAG_BYTES(in_dir, number, kind, bytes)                                    \
	{                                                                         \
		in_dir, number, kind, sizeof(bytes) - 1, bytes, sizeof(bytes) - 1 \
	}
#define TAG_RATIOS(in_dir, number, bytes)                                                        \
	{                                                                                        \
		in_dir, number, TIFF_RATIONAL, (sizeof(bytes) - 1) / 8, bytes, sizeof(bytes) - 1 \
	}

static inline void test_put(GByteArray *out, size_t at, uint32_t number, int bytes)
{
	for (int i = 0; i < bytes; i++)
		out->data[at + (size_t)i] = (unsigned char)(number >> 8 * (bytes - 1 - i));
}

static inline size_t test_grow(GByteArray *out, size_t bytes)
{
	size_t at = out->len;

	g_byte_array_set_size(out, (unsigned int)(at + bytes));
	memset(out->data + at, 0, bytes);
	return at;
}

static inline struct blob test_taken(GByteArray *bytes)
{
	struct blob blob = { .size_bytes = bytes->len };

	blob.data = g_byte_array_free(bytes, FALSE);
	return blob;
}

/* A big-endian block with the tags in the order given, which must be ascending within a directory. Pointers
 * to the directories are tags too, in `tags`: their values are filled in. `note_at`, where it is not 0, is
 * the offset that the maker note gets. */
static inline struct blob test_exif(const struct test_tag *tags, size_t count, size_t note_at)
{
	static const struct {
		int dir;
		uint16_t tag;
	} pointers[] = { { EXIF_DIR_EXIF, EXIF_EXIF_DIR }, { EXIF_DIR_GPS, EXIF_GPS_DIR },
		{ EXIF_DIR_INTEROP, EXIF_INTEROP_DIR } };
	GByteArray *out = g_byte_array_new();
	size_t dir_at[IN_THUMBNAIL_DIR + 1] = { 0 }, pointer_at[IN_THUMBNAIL_DIR + 1] = { 0 };

	g_byte_array_append(out, (const unsigned char *)"MM\0*\0\0\0\x8", 8);
	for (int dir = 0; dir <= IN_THUMBNAIL_DIR; dir++) {
		size_t dir_count = 0, entry;

		for (size_t i = 0; i < count; i++)
			dir_count += tags[i].dir == dir;
		if (dir_count == 0)
			continue;
		dir_at[dir] = test_grow(out, 2 + 12 * dir_count + 4);
		test_put(out, dir_at[dir], (uint32_t)dir_count, 2);
		entry = dir_at[dir] + 2;
		for (size_t i = 0; i < count; i++) {
			const struct test_tag *tag = &tags[i];
			size_t value_at = entry + 8;

			if (tag->dir != dir)
				continue;
			if (tag->size_bytes > 4) {
				if (tag->tag == EXIF_MAKER_NOTE && note_at)
					test_grow(out, note_at - out->len);
				value_at = test_grow(out, tag->size_bytes + (tag->size_bytes & 1));
				test_put(out, entry + 8, (uint32_t)value_at, 4);
			}
			test_put(out, entry, tag->tag, 2);
			test_put(out, entry + 2, tag->type, 2);
			test_put(out, entry + 4, tag->count, 4);
			memcpy(out->data + value_at, tag->data, tag->size_bytes);
			for (size_t p = 0; p < G_N_ELEMENTS(pointers); p++) {
				if (tag->tag == pointers[p].tag)
					pointer_at[pointers[p].dir] = value_at;
			}
			entry += 12;
		}
	}
	for (int dir = EXIF_DIR_EXIF; dir < IN_THUMBNAIL_DIR; dir++) {
		if (pointer_at[dir])
			test_put(out, pointer_at[dir], (uint32_t)dir_at[dir], 4);
	}
	if (dir_at[IN_THUMBNAIL_DIR])
		test_put(out, dir_at[EXIF_DIR_MAIN] + 2 + 12 * (size_t)(out->data[8] << 8 | out->data[9]),
			(uint32_t)dir_at[IN_THUMBNAIL_DIR], 4);
	return test_taken(out);
}

/* A blob that owns a copy of exactly these bytes, so that the sanitizer sees a step over their end. */
static inline struct blob test_blob(const void *data, size_t size_bytes)
{
	struct blob blob = { malloc(size_bytes ? size_bytes : 1), size_bytes };

	memcpy(blob.data, data, size_bytes);
	return blob;
}

static inline bool blob_holds(const struct blob *blob, const char *text)
{
	return blob->data && memmem(blob->data, blob->size_bytes, text, strlen(text)) != NULL;
}

static inline bool blobs_are_equal(const struct blob *one, const struct blob *other)
{
	return one->size_bytes == other->size_bytes &&
	       (one->size_bytes == 0 || memcmp(one->data, other->data, one->size_bytes) == 0);
}

/* Where the directory of a block is, by the pointers; false when it has none. */
static inline bool exif_dir_of(
	const struct blob *blob, enum exif_dir wanted, struct tiff_view *view, struct tiff_dir *dir)
{
	struct tiff_dir main_dir, exif_dir;

	if (!blob->data || !tiff_view_init(view, blob->data, blob->size_bytes) ||
		!tiff_view_dir(view, view->first_dir, &main_dir))
		return false;
	*dir = main_dir;
	if (wanted == EXIF_DIR_MAIN)
		return true;
	if (wanted == EXIF_DIR_GPS)
		return tiff_view_subdir(view, &main_dir, EXIF_GPS_DIR, dir);
	if (!tiff_view_subdir(view, &main_dir, EXIF_EXIF_DIR, &exif_dir))
		return false;
	*dir = exif_dir;
	return wanted == EXIF_DIR_EXIF || tiff_view_subdir(view, &exif_dir, EXIF_INTEROP_DIR, dir);
}

static inline bool exif_find(
	const struct blob *blob, enum exif_dir wanted, uint16_t tag, struct tiff_entry *entry)
{
	struct tiff_view view;
	struct tiff_dir dir;

	return exif_dir_of(blob, wanted, &view, &dir) && tiff_view_find(&view, &dir, tag, entry);
}

static inline bool exif_has(const struct blob *blob, enum exif_dir wanted, uint16_t tag)
{
	struct tiff_entry entry;

	return exif_find(blob, wanted, tag, &entry);
}

/* A whole number; -1 when there is none. */
static inline long exif_number(const struct blob *blob, enum exif_dir wanted, uint16_t tag)
{
	struct tiff_view view;
	struct tiff_dir dir;
	struct tiff_entry entry;
	uint32_t number;

	return exif_dir_of(blob, wanted, &view, &dir) && tiff_view_find(&view, &dir, tag, &entry) &&
			       tiff_view_number(&view, &entry, &number)
		       ? (long)number
		       : -1;
}

/* A text, ended by a NUL inside its bytes; "" when there is none. */
static inline const char *exif_text(const struct blob *blob, enum exif_dir wanted, uint16_t tag)
{
	struct tiff_entry entry;

	if (!exif_find(blob, wanted, tag, &entry) || entry.type != TIFF_ASCII || entry.size_bytes == 0 ||
		entry.value[entry.size_bytes - 1] != '\0')
		return "";
	return (const char *)entry.value;
}

#endif
