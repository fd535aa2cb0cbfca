#include "image/tiff_view.h"

#include <string.h>

#define ENTRY_BYTES 12

unsigned int tiff_type_size(uint16_t type)
{
	/* TIFF 6.0's twelve, and IFD of its supplement 1. Exif 3.0's UTF-8 is 129. */
	static const unsigned char sizes[] = { 0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4 };

	return type < sizeof(sizes) ? sizes[type] : type == 129 ? 1 : 0;
}

static uint16_t read_u16(const struct tiff_view *view, const unsigned char *at)
{
	return view->big_endian ? (uint16_t)(at[0] << 8 | at[1]) : (uint16_t)(at[1] << 8 | at[0]);
}

static uint32_t read_u32(const struct tiff_view *view, const unsigned char *at)
{
	uint32_t first = read_u16(view, at), second = read_u16(view, at + 2);

	return view->big_endian ? first << 16 | second : second << 16 | first;
}

/* The `size_bytes` bytes at `offset`, or NULL when they do not all lie inside. */
static const unsigned char *bytes_at(const struct tiff_view *view, size_t offset, size_t size_bytes)
{
	if (offset > view->size_bytes || size_bytes > view->size_bytes - offset)
		return NULL;
	return view->data + offset;
}

bool tiff_view_init(struct tiff_view *view, const unsigned char *data, size_t size_bytes)
{
	struct tiff_view found = { .data = data, .size_bytes = size_bytes };

	if (size_bytes >= 6 && memcmp(data, "Exif\0\0", 6) == 0) {
		found.data += 6;
		found.size_bytes -= 6;
	}
	if (found.size_bytes < 8)
		return false;
	found.big_endian = found.data[0] == 'M';
	if (memcmp(found.data, found.big_endian ? "MM\0*" : "II*\0", 4) != 0)
		return false;
	found.first_dir = read_u32(&found, found.data + 4);
	*view = found;
	return true;
}

bool tiff_view_dir(const struct tiff_view *view, uint32_t offset, struct tiff_dir *dir)
{
	const unsigned char *head = bytes_at(view, offset, 2);
	size_t claimed, inside;
	const unsigned char *next;

	if (!head || offset < 8)
		return false;
	claimed = read_u16(view, head);
	inside = (view->size_bytes - offset - 2) / ENTRY_BYTES;
	next = bytes_at(view, offset + 2 + claimed * ENTRY_BYTES, 4);
	*dir = (struct tiff_dir){ .entries = head + 2,
		.count = (unsigned int)(claimed < inside ? claimed : inside),
		.next_dir = next ? read_u32(view, next) : 0 };
	return true;
}

bool tiff_view_entry(const struct tiff_view *view, const struct tiff_dir *dir, unsigned int index,
	struct tiff_entry *entry)
{
	const unsigned char *raw = dir->entries + (size_t)index * ENTRY_BYTES;
	struct tiff_entry found = {
		.tag = read_u16(view, raw), .type = read_u16(view, raw + 2), .count = read_u32(view, raw + 4)
	};
	uint64_t size = (uint64_t)tiff_type_size(found.type) * found.count;

	if (!tiff_type_size(found.type) || size > view->size_bytes)
		return false;
	found.size_bytes = (size_t)size;
	found.value = size <= 4 ? raw + 8 : bytes_at(view, read_u32(view, raw + 8), found.size_bytes);
	if (!found.value)
		return false;
	*entry = found;
	return true;
}

bool tiff_view_find(
	const struct tiff_view *view, const struct tiff_dir *dir, uint16_t tag, struct tiff_entry *entry)
{
	for (unsigned int i = 0; i < dir->count; i++) {
		if (read_u16(view, dir->entries + (size_t)i * ENTRY_BYTES) == tag &&
			tiff_view_entry(view, dir, i, entry))
			return true;
	}
	return false;
}

bool tiff_view_number(const struct tiff_view *view, const struct tiff_entry *entry, uint32_t *number)
{
	if (entry->count == 0)
		return false;
	switch (entry->type) {
	case TIFF_BYTE:
	case TIFF_SBYTE:
		*number = entry->value[0];
		return true;
	case TIFF_SHORT:
	case TIFF_SSHORT:
		*number = read_u16(view, entry->value);
		return true;
	case TIFF_LONG:
	case TIFF_SLONG:
	case TIFF_IFD:
		*number = read_u32(view, entry->value);
		return true;
	default:
		return false;
	}
}

bool tiff_view_subdir(
	const struct tiff_view *view, const struct tiff_dir *dir, uint16_t tag, struct tiff_dir *subdir)
{
	struct tiff_entry entry;
	uint32_t offset;

	return tiff_view_find(view, dir, tag, &entry) && tiff_view_number(view, &entry, &offset) &&
	       tiff_view_dir(view, offset, subdir);
}
