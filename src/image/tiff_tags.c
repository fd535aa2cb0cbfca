#include "image/tiff_tags.h"

#include <errno.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image/read_at.h"
#include "image/tiff_view.h"

#define ENTRY_BYTES 12
#define ENTRIES_MAX 2048
#define BLOCK_BYTES_MAX (8 * 1024 * 1024)

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

/* A TIFF stream to read from, in memory or in a file. */
struct stream {
	const uint8_t *data; /* NULL: in the file */
	int fd;
	uint64_t size_bytes;
	bool big_endian;
};

/* A directory in the making and what its entries point to. */
struct block {
	GByteArray *bytes;
	uint32_t base; /* the offset that the first of `bytes` will have */
	bool big_endian;
	bool full;
};

struct entry {
	uint16_t tag, type;
	uint32_t count;
	uint8_t value[4]; /* or its offset; in the order of the stream */
};

/* Which entries of a directory are taken over, and which of them point to directories. */
enum level {
	LEVEL_PICTURE,      /* from a file */
	LEVEL_PICTURE_TIFF, /* into a file */
	LEVEL_EXIF,
	LEVEL_EXIF_TIFF,
	LEVEL_LEAF
};

static bool peek(const struct stream *stream, uint64_t offset, void *to, size_t size_bytes)
{
	if (offset > stream->size_bytes || size_bytes > stream->size_bytes - offset)
		return false;
	if (!stream->data)
		return read_at(stream->fd, to, size_bytes, (int64_t)offset) == (ssize_t)size_bytes;
	memcpy(to, stream->data + offset, size_bytes);
	return true;
}

static uint32_t get(const uint8_t *at, int bytes, bool big_endian)
{
	uint32_t value = 0;

	for (int i = 0; i < bytes; i++)
		value = value << 8 | at[big_endian ? i : bytes - 1 - i];
	return value;
}

static void set(uint8_t *at, int bytes, bool big_endian, uint32_t value)
{
	for (int i = 0; i < bytes; i++)
		at[big_endian ? bytes - 1 - i : i] = (uint8_t)(value >> 8 * i);
}

/* The offset of the first directory of a classic TIFF; 0 for anything else. */
static uint32_t open_stream(struct stream *stream)
{
	uint8_t head[8];

	if (!peek(stream, 0, head, sizeof(head)))
		return 0;
	if (memcmp(head, "II", 2) != 0 && memcmp(head, "MM", 2) != 0)
		return 0;
	stream->big_endian = head[0] == 'M';
	if (get(head + 2, 2, stream->big_endian) != 42)
		return 0;
	return get(head + 4, 4, stream->big_endian);
}

static void parse_entry(struct entry *entry, const uint8_t *at, bool big_endian)
{
	entry->tag = (uint16_t)get(at, 2, big_endian);
	entry->type = (uint16_t)get(at + 2, 2, big_endian);
	entry->count = get(at + 4, 4, big_endian);
	memcpy(entry->value, at + 8, 4);
}

/* The entries of a directory, freed by the caller, and the offset of the next; NULL when it is not sound. */
static GArray *read_dir(const struct stream *stream, uint32_t offset, uint32_t *next)
{
	uint8_t raw[ENTRY_BYTES];
	GArray *entries;
	uint32_t count;

	if (offset < 8 || !peek(stream, offset, raw, 2))
		return NULL;
	count = get(raw, 2, stream->big_endian);
	if (count > ENTRIES_MAX)
		return NULL;
	entries = g_array_new(FALSE, FALSE, sizeof(struct entry));
	for (uint32_t i = 0; i < count; i++) {
		struct entry entry;

		if (!peek(stream, (uint64_t)offset + 2 + (uint64_t)i * ENTRY_BYTES, raw, ENTRY_BYTES))
			break;
		parse_entry(&entry, raw, stream->big_endian);
		g_array_append_val(entries, entry);
	}
	if (!peek(stream, (uint64_t)offset + 2 + (uint64_t)count * ENTRY_BYTES, raw, 4))
		memset(raw, 0, 4);
	*next = get(raw, 4, stream->big_endian);
	return entries;
}

/* Append to the block, at an even place; the offset that it has there. */
static uint32_t append(struct block *block, const void *data, size_t size_bytes)
{
	uint32_t offset = block->base + block->bytes->len;

	if (block->bytes->len + size_bytes > BLOCK_BYTES_MAX) {
		block->full = true;
		return 0;
	}
	g_byte_array_append(block->bytes, data, (guint)size_bytes);
	if (size_bytes & 1)
		g_byte_array_append(block->bytes, (const guint8 *)"", 1);
	return offset;
}

/* Rationals are two LONGs; bytes and text have no order. */
static size_t swap_unit(uint16_t type, unsigned int type_size)
{
	bool pair = type == 5 || type == 10;

	return pair ? 4 : type_size;
}

static void swap(uint8_t *data, size_t size_bytes, size_t unit)
{
	for (size_t at = 0; at + unit <= size_bytes; at += unit)
		for (size_t i = 0; i < unit / 2; i++) {
			uint8_t byte = data[at + i];

			data[at + i] = data[at + unit - 1 - i];
			data[at + unit - 1 - i] = byte;
		}
}

/* The entry with its value moved from the stream to the block. */
static bool move_entry(const struct stream *from, struct block *to, struct entry *entry)
{
	unsigned int type_size = tiff_type_size(entry->type);
	uint64_t size_bytes = (uint64_t)type_size * entry->count;
	uint8_t *value;
	bool sound;

	if (to->full || !size_bytes || size_bytes > BLOCK_BYTES_MAX || size_bytes > from->size_bytes)
		return false;
	value = malloc(size_bytes < 4 ? 4 : size_bytes);
	if (!value)
		return false;
	if (size_bytes <= 4)
		memcpy(value, entry->value, 4);
	sound = size_bytes <= 4 || peek(from, get(entry->value, 4, from->big_endian), value, size_bytes);
	if (from->big_endian != to->big_endian)
		swap(value, size_bytes, swap_unit(entry->type, type_size));
	if (size_bytes <= 4)
		memcpy(entry->value, value, 4);
	else if (sound)
		set(entry->value, 4, to->big_endian, append(to, value, size_bytes));
	free(value);
	return sound && !to->full;
}

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

static int by_tag(const void *one, const void *other)
{
	return ((const struct entry *)one)->tag - ((const struct entry *)other)->tag;
}

/* The directory's offset. */
static uint32_t append_dir(struct block *block, GArray *entries, uint32_t next)
{
	size_t size_bytes = 2 + (size_t)entries->len * ENTRY_BYTES + 4;
	uint8_t *raw = g_malloc(size_bytes), *at = raw;
	uint32_t offset;

	g_array_sort(entries, by_tag);
	set(at, 2, block->big_endian, entries->len);
	at += 2;
	for (guint i = 0; i < entries->len; i++, at += ENTRY_BYTES) {
		const struct entry *entry = &g_array_index(entries, struct entry, i);

		set(at, 2, block->big_endian, entry->tag);
		set(at + 2, 2, block->big_endian, entry->type);
		set(at + 4, 4, block->big_endian, entry->count);
		memcpy(at + 8, entry->value, 4);
	}
	set(at, 4, block->big_endian, next);
	offset = append(block, raw, size_bytes);
	g_free(raw);
	return offset;
}

static GArray *move_entries(const struct stream *from, uint32_t offset, struct block *to, enum level level);

/* Make `entry`, which points to a directory of the stream, point to one of the block. */
static bool move_subdir(const struct stream *from, struct block *to, struct entry *entry, enum level level)
{
	enum level exif = level == LEVEL_PICTURE ? LEVEL_EXIF : LEVEL_EXIF_TIFF;
	GArray *entries = move_entries(
		from, get(entry->value, 4, from->big_endian), to, entry->tag == TAG_EXIF ? exif : LEVEL_LEAF);
	bool some = entries && entries->len;

	entry->type = TIFF_LONG;
	entry->count = 1;
	if (some)
		set(entry->value, 4, to->big_endian, append_dir(to, entries, 0));
	if (entries)
		g_array_unref(entries);
	return some && !to->full;
}

static bool is_repeated(const GArray *entries, guint index)
{
	uint16_t tag = g_array_index(entries, struct entry, index).tag;

	for (guint i = 0; i < index; i++)
		if (g_array_index(entries, struct entry, i).tag == tag)
			return true;
	return false;
}

/* What is wanted of the directory at `offset`, moved; NULL when there is no directory. Levels lead only
 * downwards and each tag is followed once, so that nothing loops and no directory is read very often. */
static GArray *move_entries(const struct stream *from, uint32_t offset, struct block *to, enum level level)
{
	uint32_t next;
	GArray *entries = read_dir(from, offset, &next), *moved;

	if (!entries)
		return NULL;
	moved = g_array_new(FALSE, FALSE, sizeof(struct entry));
	for (guint i = 0; i < entries->len; i++) {
		struct entry entry = g_array_index(entries, struct entry, i);
		bool pointer = is_pointer(entry.tag, level);

		if ((!pointer && !is_wanted(entry.tag, level)) || is_repeated(entries, i))
			continue;
		if (pointer ? move_subdir(from, to, &entry, level) : move_entry(from, to, &entry))
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
	struct stream stream = { .fd = fd, .size_bytes = file_size(fd) };
	uint32_t first = open_stream(&stream);
	struct block block = { .bytes = g_byte_array_new(), .big_endian = stream.big_endian };
	GArray *entries;
	uint8_t head[8];

	*exif = (struct blob){ 0 };
	memcpy(head, stream.big_endian ? "MM" : "II", 2);
	set(head + 2, 2, stream.big_endian, 42);
	append(&block, head, sizeof(head));
	entries = first ? move_entries(&stream, first, &block, LEVEL_PICTURE) : NULL;
	if (entries && entries->len && !block.full) {
		uint32_t offset = append_dir(&block, entries, 0);

		set(block.bytes->data + 4, 4, stream.big_endian, offset);
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
		const struct entry *entry = &g_array_index(own, struct entry, i);
		bool replaced = false;

		for (guint k = 0; k < added; k++)
			replaced = replaced || g_array_index(entries, struct entry, k).tag == entry->tag;
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
static int write_block(int fd, struct block *block, uint32_t first)
{
	uint8_t offset[4];
	int error = write_at(fd, block->bytes->data, block->bytes->len, block->base);

	set(offset, 4, block->big_endian, first);
	return error ? error : write_at(fd, offset, sizeof(offset), 4);
}

/* The tags of an EXIF block that a TIFF file has, moved; without a block none. */
static GArray *exif_entries(const struct blob *exif, struct block *block)
{
	struct stream source = { 0 };
	uint32_t first = 0;
	GArray *entries;

	if (exif->size_bytes > PREFIX_BYTES) {
		source.data = exif->data + PREFIX_BYTES;
		source.size_bytes = exif->size_bytes - PREFIX_BYTES;
		first = open_stream(&source);
	}
	entries = first ? move_entries(&source, first, block, LEVEL_PICTURE_TIFF) : NULL;
	return entries ? entries : g_array_new(FALSE, FALSE, sizeof(struct entry));
}

static void add_iptc(const struct blob *iptc, struct block *block, GArray *entries)
{
	struct entry entry = { .tag = TAG_IPTC, .type = TIFF_UNDEFINED, .count = (uint32_t)iptc->size_bytes };

	if (iptc->size_bytes <= sizeof(entry.value))
		return;
	set(entry.value, 4, block->big_endian, append(block, iptc->data, iptc->size_bytes));
	g_array_append_val(entries, entry);
}

static int graft(int fd, struct block *block, const struct stream *file, uint32_t first,
	const struct metadata *metadata)
{
	uint32_t next;
	GArray *own = read_dir(file, first, &next), *entries;
	int error = 0;

	if (!own)
		return -EPROTO;
	entries = exif_entries(&metadata->exif, block);
	add_iptc(&metadata->iptc, block, entries);
	if (entries->len) {
		add_missing(entries, own);
		first = append_dir(block, entries, next);
		error = block->full ? -EFBIG : write_block(fd, block, first);
	}
	g_array_unref(entries);
	g_array_unref(own);
	return error;
}

int tiff_tags_write(int fd, const struct metadata *metadata)
{
	struct stream file = { .fd = fd, .size_bytes = file_size(fd) };
	uint32_t first = open_stream(&file);
	struct block block = { .big_endian = file.big_endian };
	int error;

	if (metadata->exif.size_bytes <= PREFIX_BYTES && !metadata->iptc.size_bytes)
		return 0;
	if (!first || file.size_bytes + BLOCK_BYTES_MAX > UINT32_MAX)
		return -EFBIG;
	block.base = (uint32_t)(file.size_bytes + (file.size_bytes & 1));
	block.bytes = g_byte_array_new();
	error = graft(fd, &block, &file, first, metadata);
	g_byte_array_unref(block.bytes);
	return error;
}
