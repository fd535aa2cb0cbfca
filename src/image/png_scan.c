#include "image/png_scan.h"

#include <glib.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "image/read_at.h"

#define SIGNATURE_BYTES 8
#define CHUNK_FRAME_BYTES 12 /* length, type and checksum */
#define CHUNKS_MAX (1 << 20)
#define EXIF_BYTES_MAX (8 << 20)

struct walk {
	int fd;
	int64_t file_bytes;
	int64_t at; /* of the chunk's length field */
	uint32_t length;
	char type[5];
	bool pixels; /* IDAT was seen */
};

static uint32_t number_of(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static bool is(const struct walk *walk, const char *type)
{
	return strcmp(walk->type, type) == 0;
}

static int64_t end_of_chunk(const struct walk *walk)
{
	return walk->at + CHUNK_FRAME_BYTES + walk->length;
}

/* Reads the chunk's head at walk->at. False: the file ends here. */
static bool read_chunk_head(struct walk *walk)
{
	unsigned char bytes[8];

	if (read_at(walk->fd, bytes, sizeof(bytes), walk->at) != sizeof(bytes))
		return false;
	walk->length = number_of(bytes);
	memcpy(walk->type, bytes + 4, 4);
	return true;
}

static bool has_proper_type(const struct walk *walk)
{
	for (int i = 0; i < 4; i++)
		if (!g_ascii_isalpha(walk->type[i]))
			return false;
	return true;
}

/* PNG, third edition, table 11.1: the depths that each colour type may have. */
static bool depth_is_known(unsigned int bits, unsigned int colour)
{
	static const unsigned int depths[] = {
		[0] = 1 | 2 | 4 | 8 | 16, [2] = 8 | 16, [3] = 1 | 2 | 4 | 8, [4] = 8 | 16, [6] = 8 | 16
	};

	return colour < sizeof(depths) / sizeof(depths[0]) && bits && !(bits & (bits - 1)) &&
	       (depths[colour] & bits);
}

static int take_header(const struct walk *walk, struct png_scan *scan, struct err *err)
{
	unsigned char bytes[13];

	if (!is(walk, "IHDR") || walk->length != sizeof(bytes))
		return err_set(err, REASON_CORRUPT, "PNG begins with %s of %u bytes instead of its header",
			walk->type, walk->length);
	if (read_at(walk->fd, bytes, sizeof(bytes), walk->at + 8) != sizeof(bytes))
		return err_set(err, REASON_TRUNCATED, "file ends in the PNG header");
	if (number_of(bytes) - 1 > INT32_MAX - 1 || number_of(bytes + 4) - 1 > INT32_MAX - 1)
		return err_set(err, REASON_CORRUPT, "PNG header says %u x %u pixels", number_of(bytes),
			number_of(bytes + 4));
	if (!depth_is_known(bytes[8], bytes[9]))
		return err_set(err, REASON_CORRUPT, "PNG header says %u bits and colour type %u", bytes[8],
			bytes[9]);
	scan->width_px = (int)number_of(bytes);
	scan->height_px = (int)number_of(bytes + 4);
	scan->bits = bytes[9] == 3 ? 8 : bytes[8];
	scan->interlaced = bytes[12] != 0;
	return 0;
}

static void take_frames(const struct walk *walk, struct png_scan *scan)
{
	unsigned char bytes[4];

	if (walk->length >= sizeof(bytes) &&
		read_at(walk->fd, bytes, sizeof(bytes), walk->at + 8) == sizeof(bytes) &&
		number_of(bytes) >= 1 && number_of(bytes) <= INT32_MAX)
		scan->frames = (int)number_of(bytes);
}

static int take_exif(const struct walk *walk, struct png_scan *scan, struct err *err)
{
	if (!walk->length || walk->length > EXIF_BYTES_MAX || scan->exif.data)
		return 0;
	scan->exif.data = malloc(walk->length);
	if (!scan->exif.data)
		return err_set(err, REASON_OUT_OF_MEMORY, "no memory for %u bytes of EXIF", walk->length);
	scan->exif.size_bytes = walk->length;
	if (read_at(walk->fd, scan->exif.data, walk->length, walk->at + 8) != (ssize_t)walk->length)
		png_scan_finish(scan); /* truncated behind the pixels */
	return 0;
}

static int take_chunk(struct walk *walk, struct png_scan *scan, struct err *err)
{
	if (walk->at == SIGNATURE_BYTES)
		return take_header(walk, scan, err);
	if (is(walk, "IDAT"))
		walk->pixels = true;
	else if (is(walk, "acTL") && !walk->pixels)
		take_frames(walk, scan);
	else if (is(walk, "eXIf"))
		return take_exif(walk, scan, err);
	return 0;
}

static int check_chunk_fits(const struct walk *walk, struct err *err)
{
	if (!has_proper_type(walk) || walk->length > INT32_MAX)
		return err_set(
			err, REASON_CORRUPT, "PNG has no sound chunk at byte %lld", (long long)walk->at);
	/* the pixels may be cut short: whether that matters is for who decodes them */
	if (end_of_chunk(walk) > walk->file_bytes && !is(walk, "IDAT"))
		return err_set(err, REASON_TRUNCATED, "PNG chunk %s claims %u bytes, of which there are %lld",
			walk->type, walk->length, (long long)(walk->file_bytes - walk->at - 8));
	return 0;
}

static int check_signature(int fd, struct err *err)
{
	static const unsigned char signature[SIGNATURE_BYTES] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a,
		'\n' };
	unsigned char bytes[SIGNATURE_BYTES];

	if (read_at(fd, bytes, sizeof(bytes), 0) != sizeof(bytes))
		return err_set(err, REASON_TRUNCATED, "file ends in the PNG signature");
	if (memcmp(bytes, signature, sizeof(bytes)) != 0)
		return err_set(err, REASON_CORRUPT,
			"PNG signature is damaged, as by a transfer that changes line ends");
	return 0;
}

static int walk_chunks(struct walk *walk, struct png_scan *scan, struct err *err)
{
	for (int chunks = 0; chunks < CHUNKS_MAX; chunks++) {
		if (!read_chunk_head(walk))
			return walk->pixels
				       ? 0
				       : err_set(err, REASON_TRUNCATED, "file ends before the PNG's pixels");
		if (!walk->pixels && check_chunk_fits(walk, err))
			return -1;
		if (take_chunk(walk, scan, err))
			return -1;
		if (is(walk, "IEND"))
			break;
		walk->at = end_of_chunk(walk);
	}
	return walk->pixels ? 0 : err_set(err, REASON_CORRUPT, "PNG without pixels");
}

int png_scan(int fd, struct png_scan *scan, struct err *err)
{
	struct walk walk = { .fd = fd, .at = SIGNATURE_BYTES };
	struct png_scan found = { .frames = 1 };
	struct stat status;

	if (check_signature(fd, err))
		return -1;
	if (fstat(fd, &status))
		return err_set(err, REASON_INTERNAL, "no size of the file");
	walk.file_bytes = status.st_size;
	if (walk_chunks(&walk, &found, err)) {
		png_scan_finish(&found);
		return -1;
	}
	*scan = found;
	return 0;
}

void png_scan_finish(struct png_scan *scan)
{
	free(scan->exif.data);
	scan->exif = (struct blob){ .data = NULL };
}
