#include "image/raw_cut.h"

#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include "image/read_at.h"
#include "image/sniff.h"
#include "image/tiff_scan.h"

#define BOXES_MAX 64
#define RAF_PARTS_AT 84 /* three offsets and lengths: preview, a directory, the sensor's values */
#define RAF_PARTS 3

static uint64_t number_at(const unsigned char *bytes, int count)
{
	uint64_t number = 0;

	for (int i = 0; i < count; i++)
		number = number << 8 | bytes[i];
	return number;
}

static bool raf_is_cut(const unsigned char *head, size_t size, uint64_t size_bytes)
{
	for (size_t at = RAF_PARTS_AT, i = 0; i < RAF_PARTS && at + 8 <= size; i++, at += 8)
		if (number_at(head + at, 4) + number_at(head + at + 4, 4) > size_bytes)
			return true;
	return false;
}

/* A box says how long it is (ISO 14496-12, 4.2); 0: to the end. */
static bool boxes_are_cut(int fd, uint64_t size_bytes)
{
	uint64_t at = 0;

	for (int i = 0; i < BOXES_MAX && at < size_bytes; i++) {
		unsigned char head[16];
		uint64_t length;

		if (read_at(fd, head, sizeof(head), (int64_t)at) != sizeof(head))
			return true;
		length = number_at(head, 4);
		if (length == 1)
			length = number_at(head + 8, 8);
		if (length < 8)
			return false;
		if (length > size_bytes - at)
			return true;
		at += length;
	}
	return false;
}

bool raw_is_cut(int fd)
{
	unsigned char head[SNIFF_BYTES];
	ssize_t size = read_at(fd, head, sizeof(head), 0);
	struct stat status;

	if (size < 12 || fstat(fd, &status))
		return false;
	if (memcmp(head, "FUJIFILM", 8) == 0)
		return raf_is_cut(head, (size_t)size, (uint64_t)status.st_size);
	if (memcmp(head + 4, "ftyp", 4) == 0)
		return boxes_are_cut(fd, (uint64_t)status.st_size);
	if (memcmp(head, "II*", 4) == 0 || memcmp(head, "MM\0*", 4) == 0)
		return tiff_scan_is_cut(head, (size_t)size, fd, (uint64_t)status.st_size);
	return false;
}

int raw_check_whole(int fd, enum fail_on fail_on, struct err *err)
{
	if (fail_on < FAIL_ON_TRUNCATED || !raw_is_cut(fd))
		return 0;
	return err_set(err, REASON_TRUNCATED, "file ends before what it says is in it");
}
