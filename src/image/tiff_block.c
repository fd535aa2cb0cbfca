#include "image/tiff_block.h"

#include <stdlib.h>
#include <string.h>

#include "image/read_at.h"
#include "image/tiff_view.h"

#define ENTRY_BYTES 12
#define ENTRIES_MAX 2048

static bool peek(const struct tiff_stream *stream, uint64_t offset, void *to, size_t size_bytes)
{
	if (offset > stream->size_bytes || size_bytes > stream->size_bytes - offset)
		return false;
	if (!stream->data)
		return read_at(stream->fd, to, size_bytes, (int64_t)offset) == (ssize_t)size_bytes;
	memcpy(to, stream->data + offset, size_bytes);
	return true;
}

uint32_t tiff_number_get(const uint8_t *at, int bytes, bool big_endian)
{
	uint32_t value = 0;

	for (int i = 0; i < bytes; i++)
		value = value << 8 | at[big_endian ? i : bytes - 1 - i];
	return value;
}

void tiff_number_set(uint8_t *at, int bytes, bool big_endian, uint32_t value)
{
	for (int i = 0; i < bytes; i++)
		at[big_endian ? bytes - 1 - i : i] = (uint8_t)(value >> 8 * i);
}

/* TIFF's own number, and those that Olympus ("IIRO", "IIRS", "MMOR") and Panasonic ("IIU") have in its place.
 */
static bool is_magic(uint32_t number)
{
	return number == 42 || number == 0x4f52 || number == 0x5352 || number == 0x55;
}

uint32_t tiff_stream_open(struct tiff_stream *stream)
{
	uint8_t head[8];

	if (!peek(stream, 0, head, sizeof(head)))
		return 0;
	if (memcmp(head, "II", 2) != 0 && memcmp(head, "MM", 2) != 0)
		return 0;
	stream->big_endian = head[0] == 'M';
	if (!is_magic(tiff_number_get(head + 2, 2, stream->big_endian)))
		return 0;
	return tiff_number_get(head + 4, 4, stream->big_endian);
}

static void parse_field(struct tiff_field *field, const uint8_t *at, bool big_endian)
{
	field->tag = (uint16_t)tiff_number_get(at, 2, big_endian);
	field->type = (uint16_t)tiff_number_get(at + 2, 2, big_endian);
	field->count = tiff_number_get(at + 4, 4, big_endian);
	memcpy(field->value, at + 8, 4);
}

GArray *tiff_stream_dir(const struct tiff_stream *stream, uint32_t offset, uint32_t *next)
{
	uint8_t raw[ENTRY_BYTES];
	GArray *fields;
	uint32_t count;

	if (offset < 8 || !peek(stream, offset, raw, 2))
		return NULL;
	count = tiff_number_get(raw, 2, stream->big_endian);
	if (count > ENTRIES_MAX)
		return NULL;
	fields = g_array_new(FALSE, FALSE, sizeof(struct tiff_field));
	for (uint32_t i = 0; i < count; i++) {
		struct tiff_field field;

		if (!peek(stream, (uint64_t)offset + 2 + (uint64_t)i * ENTRY_BYTES, raw, ENTRY_BYTES))
			break;
		parse_field(&field, raw, stream->big_endian);
		g_array_append_val(fields, field);
	}
	if (!peek(stream, (uint64_t)offset + 2 + (uint64_t)count * ENTRY_BYTES, raw, 4))
		memset(raw, 0, 4);
	*next = tiff_number_get(raw, 4, stream->big_endian);
	return fields;
}

uint32_t tiff_block_append(struct tiff_block *block, const void *data, size_t size_bytes)
{
	uint32_t offset = block->base + block->bytes->len;

	if (block->bytes->len + size_bytes > TIFF_BLOCK_BYTES_MAX) {
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

bool tiff_block_move(const struct tiff_stream *from, struct tiff_block *to, struct tiff_field *field)
{
	unsigned int type_size = tiff_type_size(field->type);
	uint64_t size_bytes = (uint64_t)type_size * field->count;
	uint8_t *value;
	bool sound;

	if (to->full || !size_bytes || size_bytes > TIFF_BLOCK_BYTES_MAX || size_bytes > from->size_bytes)
		return false;
	value = malloc(size_bytes < 4 ? 4 : size_bytes);
	if (!value)
		return false;
	if (size_bytes <= 4)
		memcpy(value, field->value, 4);
	sound = size_bytes <= 4 ||
		peek(from, tiff_number_get(field->value, 4, from->big_endian), value, size_bytes);
	if (from->big_endian != to->big_endian)
		swap(value, size_bytes, swap_unit(field->type, type_size));
	if (size_bytes <= 4)
		memcpy(field->value, value, 4);
	else if (sound)
		tiff_number_set(field->value, 4, to->big_endian, tiff_block_append(to, value, size_bytes));
	free(value);
	return sound && !to->full;
}

static int by_tag(const void *one, const void *other)
{
	return ((const struct tiff_field *)one)->tag - ((const struct tiff_field *)other)->tag;
}

uint32_t tiff_block_append_dir(struct tiff_block *block, GArray *fields, uint32_t next)
{
	size_t size_bytes = 2 + (size_t)fields->len * ENTRY_BYTES + 4;
	uint8_t *raw = g_malloc(size_bytes), *at = raw;
	uint32_t offset;

	g_array_sort(fields, by_tag);
	tiff_number_set(at, 2, block->big_endian, fields->len);
	at += 2;
	for (guint i = 0; i < fields->len; i++, at += ENTRY_BYTES) {
		const struct tiff_field *field = &g_array_index(fields, struct tiff_field, i);

		tiff_number_set(at, 2, block->big_endian, field->tag);
		tiff_number_set(at + 2, 2, block->big_endian, field->type);
		tiff_number_set(at + 4, 4, block->big_endian, field->count);
		memcpy(at + 8, field->value, 4);
	}
	tiff_number_set(at, 4, block->big_endian, next);
	offset = tiff_block_append(block, raw, size_bytes);
	g_free(raw);
	return offset;
}
