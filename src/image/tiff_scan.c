#include "image/tiff_scan.h"

#include <stdint.h>
#include <string.h>

#include "image/read_at.h"

#define DIRECTORIES_MAX 32
#define ENTRIES_MAX 1024
#define SUBDIRECTORIES_MAX 8
#define STRIPS_MAX 4096

enum tag {
	TAG_INTEROP_INDEX = 1,
	TAG_NEW_SUBFILE_TYPE = 254,
	TAG_COMPRESSION = 259,
	TAG_PHOTOMETRIC = 262,
	TAG_MAKE = 271,
	TAG_STRIP_OFFSETS = 273,
	TAG_STRIP_BYTES = 279,
	TAG_TILE_OFFSETS = 324,
	TAG_TILE_BYTES = 325,
	TAG_SUB_IFDS = 330,
	TAG_CFA_REPEAT_PATTERN = 33421,
	TAG_CFA_PATTERN = 33422,
	TAG_LEAF = 34310,
	TAG_EXIF_IFD = 34665,
	TAG_INTEROP_IFD = 40965,
	TAG_DNG_VERSION = 50706
};

struct file {
	const unsigned char *head;
	size_t size;
	int fd;
	bool big_endian, bigtiff;
};

struct entry {
	unsigned int tag, type;
	uint64_t count;
	uint64_t value_at; /* where in the file its values lie */
};

struct directory {
	bool raw; /* only a raw file has such a page */
	bool has_make;
	uint32_t subfile_type;
	uint64_t subdirectories[SUBDIRECTORIES_MAX];
	unsigned int subdirectories_count;
	uint64_t exif, interop; /* 0: none */
	bool interop_adobe;
	struct entry strips, strips_bytes; /* or tiles: where they are, and how long */
	uint64_t next;                     /* 0: none */
};

static bool read_bytes(const struct file *file, uint64_t at, void *buffer, size_t length)
{
	if (at <= file->size && length <= file->size - at) {
		memcpy(buffer, file->head + at, length);
		return true;
	}
	return file->fd >= 0 && at <= (uint64_t)INT64_MAX - length &&
	       read_at(file->fd, buffer, length, (int64_t)at) == (ssize_t)length;
}

static uint64_t number_of(const struct file *file, const unsigned char *bytes, size_t length)
{
	uint64_t number = 0;

	for (size_t i = 0; i < length; i++)
		number = number << 8 | bytes[file->big_endian ? i : length - 1 - i];
	return number;
}

static bool read_number(const struct file *file, uint64_t at, size_t length, uint64_t *number)
{
	unsigned char bytes[8];

	if (!read_bytes(file, at, bytes, length))
		return false;
	*number = number_of(file, bytes, length);
	return true;
}

static size_t size_of_type(unsigned int type)
{
	/* by TIFF's numbers; 13 is IFD, 16 to 18 are BigTIFF's */
	static const unsigned char sizes[] = { 0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8 };

	return type < sizeof(sizes) ? sizes[type] : 0;
}

/* The value number `index` of an entry of whole numbers; 0 where there is none. */
static uint64_t entry_number(const struct file *file, const struct entry *entry, unsigned int index)
{
	size_t size = size_of_type(entry->type);
	uint64_t number = 0;

	if (index < entry->count && size && entry->value_at <= UINT64_MAX - index * size)
		read_number(file, entry->value_at + index * size, size, &number);
	return number;
}

static bool is_raw_photometric(uint64_t photometric)
{
	return photometric == 32803 || photometric == 34892; /* colour filter array; linear raw */
}

static bool is_raw_compression(uint64_t compression)
{
	switch (compression) {
	case 32767: /* Sony ARW */
	case 32769: /* packed raw */
	case 32770: /* Samsung SRW */
	case 34713: /* Nikon NEF */
	case 65000: /* Kodak DCR */
	case 65535: /* Pentax PEF */
		return true;
	default:
		return false;
	}
}

static void take_entry(const struct file *file, const struct entry *entry, struct directory *directory)
{
	unsigned char letters[4];

	switch (entry->tag) {
	case TAG_INTEROP_INDEX:
		directory->interop_adobe = entry->count >= 3 &&
					   read_bytes(file, entry->value_at, letters, 3) &&
					   memcmp(letters, "R03", 3) == 0;
		break;
	case TAG_NEW_SUBFILE_TYPE:
		directory->subfile_type = (uint32_t)entry_number(file, entry, 0);
		break;
	case TAG_COMPRESSION:
		directory->raw |= is_raw_compression(entry_number(file, entry, 0));
		break;
	case TAG_PHOTOMETRIC:
		directory->raw |= is_raw_photometric(entry_number(file, entry, 0));
		break;
	case TAG_MAKE:
		directory->has_make = true;
		break;
	case TAG_STRIP_OFFSETS:
	case TAG_TILE_OFFSETS:
		directory->strips = *entry;
		break;
	case TAG_STRIP_BYTES:
	case TAG_TILE_BYTES:
		directory->strips_bytes = *entry;
		break;
	case TAG_SUB_IFDS:
		for (unsigned int i = 0; i < SUBDIRECTORIES_MAX && i < entry->count; i++)
			directory->subdirectories[directory->subdirectories_count++] =
				entry_number(file, entry, i);
		break;
	case TAG_CFA_REPEAT_PATTERN:
	case TAG_CFA_PATTERN:
	case TAG_LEAF:
	case TAG_DNG_VERSION:
		directory->raw = true;
		break;
	case TAG_EXIF_IFD:
		directory->exif = entry_number(file, entry, 0);
		break;
	case TAG_INTEROP_IFD:
		directory->interop = entry_number(file, entry, 0);
		break;
	default:
		break;
	}
}

static bool read_entry(const struct file *file, uint64_t at, struct entry *entry)
{
	unsigned char bytes[20];
	size_t offset_size = file->bigtiff ? 8 : 4;
	size_t size;

	if (!read_bytes(file, at, bytes, 4 + 2 * offset_size))
		return false;
	entry->tag = (unsigned int)number_of(file, bytes, 2);
	entry->type = (unsigned int)number_of(file, bytes + 2, 2);
	entry->count = number_of(file, bytes + 4, offset_size);
	size = size_of_type(entry->type);
	entry->value_at = size && entry->count <= offset_size / size
				  ? at + 4 + offset_size
				  : number_of(file, bytes + 4 + offset_size, offset_size);
	return true;
}

static bool read_directory(const struct file *file, uint64_t at, struct directory *directory)
{
	size_t count_size = file->bigtiff ? 8 : 2, entry_size = file->bigtiff ? 20 : 12;
	uint64_t count;
	struct entry entry;

	*directory = (struct directory){ .raw = false };
	if (at > INT64_MAX - (ENTRIES_MAX + 1) * 20 || !read_number(file, at, count_size, &count))
		return false;
	at += count_size;
	for (uint64_t i = 0; i < count && i < ENTRIES_MAX; i++, at += entry_size) {
		if (!read_entry(file, at, &entry))
			return true; /* cut short: what is there counts */
		/* each list of sub-directories is taken once */
		if (entry.tag != TAG_SUB_IFDS || !directory->subdirectories_count)
			take_entry(file, &entry, directory);
	}
	if (count <= ENTRIES_MAX)
		read_number(file, at, file->bigtiff ? 8 : 4, &directory->next);
	return true;
}

/* Returns where the first directory is, or 0. */
static uint64_t begin(struct file *file, const unsigned char *head, size_t size, int fd)
{
	uint64_t first = 0;

	*file = (struct file){ .head = head, .size = size, .fd = fd };
	if (size < 8)
		return 0;
	file->big_endian = head[0] == 'M';
	file->bigtiff = head[file->big_endian ? 3 : 2] == '+';
	read_number(file, file->bigtiff ? 8 : 4, file->bigtiff ? 8 : 4, &first);
	return first;
}

/* Directories still to be read and those that were: each offset once, so that no loop is followed. */
struct queue {
	uint64_t offsets[DIRECTORIES_MAX];
	unsigned int count;
};

static void enqueue(struct queue *queue, uint64_t offset)
{
	for (unsigned int i = 0; i < queue->count; i++)
		if (queue->offsets[i] == offset)
			return;
	if (offset && queue->count < DIRECTORIES_MAX)
		queue->offsets[queue->count++] = offset;
}

static void enqueue_all(struct queue *queue, const struct directory *directory)
{
	for (unsigned int i = 0; i < directory->subdirectories_count; i++)
		enqueue(queue, directory->subdirectories[i]);
	enqueue(queue, directory->next);
}

bool tiff_scan_is_raw(const unsigned char *head, size_t size, int fd)
{
	struct file file;
	struct queue queue = { .count = 0 };
	struct directory directory;

	enqueue(&queue, begin(&file, head, size, fd));
	for (unsigned int i = 0; i < queue.count; i++) {
		if (!read_directory(&file, queue.offsets[i], &directory))
			continue;
		if (directory.raw)
			return true;
		/* a camera's thumbnail, with the picture below it in a form that is not known here */
		if (i == 0 && directory.subfile_type & 1 && directory.has_make &&
			directory.subdirectories_count)
			return true;
		enqueue_all(&queue, &directory);
	}
	return false;
}

static bool has_strip_behind(const struct file *file, const struct directory *directory, uint64_t size_bytes)
{
	const struct entry *at = &directory->strips, *length = &directory->strips_bytes;
	uint64_t count = at->count < length->count ? at->count : length->count;

	for (unsigned int i = 0; i < count && i < STRIPS_MAX; i++) {
		uint64_t begin = entry_number(file, at, i), bytes = entry_number(file, length, i);

		if (bytes && (begin > size_bytes || bytes > size_bytes - begin))
			return true;
	}
	return false;
}

bool tiff_scan_is_cut(const unsigned char *head, size_t size, int fd, uint64_t size_bytes)
{
	struct file file;
	struct queue queue = { .count = 0 };
	struct directory directory;

	enqueue(&queue, begin(&file, head, size, fd));
	for (unsigned int i = 0; i < queue.count; i++) {
		if (!read_directory(&file, queue.offsets[i], &directory))
			continue;
		if (has_strip_behind(&file, &directory, size_bytes))
			return true;
		enqueue_all(&queue, &directory);
	}
	return false;
}

bool tiff_scan_is_interop_adobe(const unsigned char *head, size_t size, int fd)
{
	struct file file;
	struct directory directory;
	uint64_t first = begin(&file, head, size, fd);

	return first && read_directory(&file, first, &directory) && directory.exif &&
	       read_directory(&file, directory.exif, &directory) && directory.interop &&
	       read_directory(&file, directory.interop, &directory) && directory.interop_adobe;
}
