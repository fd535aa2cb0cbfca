/*
 * tiff_view.h: reads the directories of a TIFF stream (an EXIF block) where they lie in memory.
 *
 * The stream is a stranger's: every offset is checked against its end before anything is read, nothing is
 * allocated, and each call is a bounded step. A view borrows the bytes; entries and directories point into
 * them. Nothing here follows chains of directories, so nothing can loop: the caller decides where to go next.
 *
 * Source: TIFF 6.0, section 2; Exif 2.32 (CIPA DC-008), 4.6.
 */
#ifndef STAMPMILL_IMAGE_TIFF_VIEW_H
#define STAMPMILL_IMAGE_TIFF_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Types of values, by their numbers in the file. */
enum tiff_type {
	TIFF_BYTE = 1,
	TIFF_ASCII = 2,
	TIFF_SHORT = 3,
	TIFF_LONG = 4,
	TIFF_RATIONAL = 5,
	TIFF_SBYTE = 6,
	TIFF_UNDEFINED = 7,
	TIFF_SSHORT = 8,
	TIFF_SLONG = 9,
	TIFF_IFD = 13
};

struct tiff_view {
	const unsigned char *data; /* offsets count from here: the byte order mark */
	size_t size_bytes;
	bool big_endian;
	uint32_t first_dir; /* offset of the first directory; not checked yet */
};

struct tiff_dir {
	const unsigned char *entries; /* 12 bytes each */
	unsigned int count; /* as many as lie inside the stream, which may be fewer than it claims */
	uint32_t next_dir;  /* offset of the next directory in the chain; 0: none */
};

struct tiff_entry {
	uint16_t tag;
	uint16_t type;
	uint32_t count; /* values, not bytes */
	const unsigned char *value;
	size_t size_bytes;
};

/* View `size_bytes` at `data`, which may begin with "Exif\0\0". False, leaving `view` alone, when this is no
 * TIFF stream. */
bool tiff_view_init(struct tiff_view *view, const unsigned char *data, size_t size_bytes);

/* The directory at `offset`; false when not even its count lies inside. */
bool tiff_view_dir(const struct tiff_view *view, uint32_t offset, struct tiff_dir *dir);

/* Entry `index` (below dir->count); false when its type is unknown or its value lies outside. */
bool tiff_view_entry(const struct tiff_view *view, const struct tiff_dir *dir, unsigned int index,
	struct tiff_entry *entry);

/* The first sound entry with `tag`; false when there is none. */
bool tiff_view_find(
	const struct tiff_view *view, const struct tiff_dir *dir, uint16_t tag, struct tiff_entry *entry);

/* The first value of an entry of whole numbers, whose sign is not looked at; false for other types and for
 * empty entries. */
bool tiff_view_number(const struct tiff_view *view, const struct tiff_entry *entry, uint32_t *number);

/* The directory that entry `tag` of `dir` points to (Exif, GPS, Interoperability); false when there is none.
 */
bool tiff_view_subdir(
	const struct tiff_view *view, const struct tiff_dir *dir, uint16_t tag, struct tiff_dir *subdir);

/* Bytes of one value of `type`; 0 for types that neither TIFF nor Exif knows. */
unsigned int tiff_type_size(uint16_t type);

#endif
