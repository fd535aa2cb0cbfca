#include "image/tiff_tags.h"

#include <errno.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image/tiff_block.h"
#include "image/tiff_view.h"

enum pointer_tag {
	TAG_EXIF = 0x8769,
	TAG_GPS = 0x8825,
	TAG_INTEROP = 0xa005
};

#define TAG_IPTC 0x83bb
#define PREFIX_BYTES 6 /* "Exif\0\0" */

/* What of a picture's first directory says something about it, rather than how its pixels are stored:
 * ImageDescription, Make, Model, Software, DateTime, Artist, HostComputer, Rating and its percentage,
 * Copyright, and Windows' title, comment, author, keywords and subject. */
static const uint16_t descriptive[] = { 0x010e, 0x010f, 0x0110, 0x0131, 0x0132, 0x013b, 0x013c, 0x4746,
	0x4749, 0x8298, 0x9c9b, 0x9c9c, 0x9c9d, 0x9c9e, 0x9c9f };

/* XResolution, YResolution, ResolutionUnit: taken from files, while writers have their own. */
static const uint16_t resolution[] = { 0x011a, 0x011b, 0x0128 };

/* What Exif 2.32 (4.6.8, tables 17 to 21) has in compressed pictures only: ComponentsConfiguration,
 * CompressedBitsPerPixel, PixelXDimension, PixelYDimension, Interoperability. */
static const uint16_t not_in_tiff[] = { 0x9101, 0x9102, 0xa002, 0xa003, 0xa005 };

/* Which entries of a directory are taken over, and which of them point to directories. */
enum level {
	LEVEL_PICTURE,      /* from a file */
	LEVEL_PICTURE_TIFF, /* into a file */
	LEVEL_EXIF,
	LEVEL_EXIF_TIFF,
	LEVEL_LEAF
};

static bool is_in(const uint16_t *tags, size_t count, uint16_t tag)
{
	for (size_t i = 0; i < count; i++)
		if (tags[i] == tag)
			return true;
	return false;
}

static bool is_wanted(uint16_t tag, enum level level)
{
	if (level == LEVEL_EXIF_TIFF)
		return !is_in(not_in_tiff, G_N_ELEMENTS(not_in_tiff), tag);
	if (level == LEVEL_EXIF || level == LEVEL_LEAF)
		return true;
	return is_in(descriptive, G_N_ELEMENTS(descriptive), tag) ||
	       (level == LEVEL_PICTURE && is_in(resolution, G_N_ELEMENTS(resolution), tag));
}

static bool is_pointer(uint16_t tag, enum level level)
{
	if (level == LEVEL_EXIF)
		return tag == TAG_INTEROP;
	return (level == LEVEL_PICTURE || level == LEVEL_PICTURE_TIFF) && (tag == TAG_EXIF || tag == TAG_GPS);
}

static GArray *move_entries(
	const struct tiff_stream *from, uint32_t offset, struct tiff_block *to, enum level level);

/* Make `entry`, which points to a directory of the stream, point to one of the block. */
static bool move_subdir(
	const struct tiff_stream *from, struct tiff_block *to, struct tiff_field *entry, enum level level)
{
	enum level exif = level == LEVEL_PICTURE ? LEVEL_EXIF : LEVEL_EXIF_TIFF;
	GArray *entries = move_entries(from, tiff_number_get(entry->value, 4, from->big_endian), to,
		entry->tag == TAG_EXIF ? exif : LEVEL_LEAF);
	bool some = entries && entries->len;

	entry->type = TIFF_LONG;
	entry->count = 1;
	if (some)
		tiff_number_set(entry->value, 4, to->big_endian, tiff_block_append_dir(to, entries, 0));
	if (entries)
		g_array_unref(entries);
	return some && !to->full;
}

static bool is_repeated(const GArray *entries, guint index)
{
	uint16_t tag = g_array_index(entries, struct tiff_field, index).tag;

	for (guint i = 0; i < index; i++)
		if (g_array_index(entries, struct tiff_field, i).tag == tag)
			return true;
	return false;
}

/* What is wanted of the directory at `offset`, moved; NULL when there is no directory. Levels lead only
 * downwards and each tag is followed once, so that nothing loops and no directory is read very often. */
static GArray *move_entries(
	const struct tiff_stream *from, uint32_t offset, struct tiff_block *to, enum level level)
{
	uint32_t next;
	GArray *entries = tiff_stream_dir(from, offset, &next), *moved;

	if (!entries)
		return NULL;
	moved = g_array_new(FALSE, FALSE, sizeof(struct tiff_field));
	for (guint i = 0; i < entries->len; i++) {
		struct tiff_field entry = g_array_index(entries, struct tiff_field, i);
		bool pointer = is_pointer(entry.tag, level);

		if ((!pointer && !is_wanted(entry.tag, level)) || is_repeated(entries, i))
			continue;
		if (pointer ? move_subdir(from, to, &entry, level) : tiff_block_move(from, to, &entry))
			g_array_append_val(moved, entry);
	}
	g_array_unref(entries);
	return moved;
}

static uint64_t file_size(int fd)
{
	struct stat status;

	return fstat(fd, &status) == 0 && status.st_size > 0 ? (uint64_t)status.st_size : 0;
}

void tiff_tags_read(int fd, struct blob *exif)
{
	struct tiff_stream stream = { .fd = fd, .size_bytes = file_size(fd) };
	uint32_t first = tiff_stream_open(&stream);
	struct tiff_block block = { .bytes = g_byte_array_new(), .big_endian = stream.big_endian };
	GArray *entries;
	uint8_t head[8];

	*exif = (struct blob){ 0 };
	memcpy(head, stream.big_endian ? "MM" : "II", 2);
	tiff_number_set(head + 2, 2, stream.big_endian, 42);
	tiff_block_append(&block, head, sizeof(head));
	entries = first ? move_entries(&stream, first, &block, LEVEL_PICTURE) : NULL;
	if (entries && entries->len && !block.full) {
		uint32_t offset = tiff_block_append_dir(&block, entries, 0);

		tiff_number_set(block.bytes->data + 4, 4, stream.big_endian, offset);
		exif->size_bytes = 6 + block.bytes->len;
		exif->data = malloc(exif->size_bytes);
	}
	if (exif->data) {
		memcpy(exif->data, "Exif\0", 6);
		memcpy(exif->data + 6, block.bytes->data, block.bytes->len);
	} else {
		exif->size_bytes = 0;
	}
	if (entries)
		g_array_unref(entries);
	g_byte_array_unref(block.bytes);
}

/* The file's own entries that none of the new ones replaces. */
static void add_missing(GArray *entries, const GArray *own)
{
	guint added = entries->len;

	for (guint i = 0; i < own->len; i++) {
		const struct tiff_field *entry = &g_array_index(own, struct tiff_field, i);
		bool replaced = false;

		for (guint k = 0; k < added; k++)
			replaced = replaced || g_array_index(entries, struct tiff_field, k).tag == entry->tag;
		if (!replaced)
			g_array_append_vals(entries, entry, 1);
	}
}

static int write_at(int fd, const uint8_t *data, size_t size_bytes, uint64_t offset)
{
	while (size_bytes) {
		ssize_t wrote = pwrite(fd, data, size_bytes, (off_t)offset);

		if (wrote < 0 && errno != EINTR)
			return -errno;
		if (wrote > 0) {
			data += wrote;
			offset += (uint64_t)wrote;
			size_bytes -= (size_t)wrote;
		}
	}
	return 0;
}

/* First what is pointed to, then the pointer. */
static int write_block(int fd, struct tiff_block *block, uint32_t first)
{
	uint8_t offset[4];
	int error = write_at(fd, block->bytes->data, block->bytes->len, block->base);

	tiff_number_set(offset, 4, block->big_endian, first);
	return error ? error : write_at(fd, offset, sizeof(offset), 4);
}

/* The tags of an EXIF block that a TIFF file has, moved; without a block none. */
static GArray *exif_entries(const struct blob *exif, struct tiff_block *block)
{
	struct tiff_stream source = { 0 };
	uint32_t first = 0;
	GArray *entries;

	if (exif->size_bytes > PREFIX_BYTES) {
		source.data = exif->data + PREFIX_BYTES;
		source.size_bytes = exif->size_bytes - PREFIX_BYTES;
		first = tiff_stream_open(&source);
	}
	entries = first ? move_entries(&source, first, block, LEVEL_PICTURE_TIFF) : NULL;
	return entries ? entries : g_array_new(FALSE, FALSE, sizeof(struct tiff_field));
}

static void add_iptc(const struct blob *iptc, struct tiff_block *block, GArray *entries)
{
	struct tiff_field entry = {
		.tag = TAG_IPTC, .type = TIFF_UNDEFINED, .count = (uint32_t)iptc->size_bytes
	};

	if (iptc->size_bytes <= sizeof(entry.value))
		return;
	tiff_number_set(
		entry.value, 4, block->big_endian, tiff_block_append(block, iptc->data, iptc->size_bytes));
	g_array_append_val(entries, entry);
}

static int graft(int fd, struct tiff_block *block, const struct tiff_stream *file, uint32_t first,
	const struct metadata *metadata)
{
	uint32_t next;
	GArray *own = tiff_stream_dir(file, first, &next), *entries;
	int error = 0;

	if (!own)
		return -EPROTO;
	entries = exif_entries(&metadata->exif, block);
	add_iptc(&metadata->iptc, block, entries);
	if (entries->len) {
		add_missing(entries, own);
		first = tiff_block_append_dir(block, entries, next);
		error = block->full ? -EFBIG : write_block(fd, block, first);
	}
	g_array_unref(entries);
	g_array_unref(own);
	return error;
}

int tiff_tags_write(int fd, const struct metadata *metadata)
{
	struct tiff_stream file = { .fd = fd, .size_bytes = file_size(fd) };
	uint32_t first = tiff_stream_open(&file);
	struct tiff_block block = { .big_endian = file.big_endian };
	int error;

	if (metadata->exif.size_bytes <= PREFIX_BYTES && !metadata->iptc.size_bytes)
		return 0;
	if (!first || file.size_bytes + TIFF_BLOCK_BYTES_MAX > UINT32_MAX)
		return -EFBIG;
	block.base = (uint32_t)(file.size_bytes + (file.size_bytes & 1));
	block.bytes = g_byte_array_new();
	error = graft(fd, &block, &file, first, metadata);
	g_byte_array_unref(block.bytes);
	return error;
}
