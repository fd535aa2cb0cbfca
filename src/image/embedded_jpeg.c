#include "image/embedded_jpeg.h"

#include <stdbool.h>
#include <string.h>

#define MARKER_END 0xd9
#define MARKER_SCAN 0xda

/* A marker with a length that may follow start-of-image: frames, tables, application data, comments. */
static bool may_come_first(unsigned char marker)
{
	return (marker >= 0xc0 && marker <= 0xcf) || marker == 0xdb || marker == 0xdd || marker >= 0xe0;
}

/* Past the entropy-coded data at `at`: stuffed zeroes and restart markers belong to it. */
static size_t skip_scan(const unsigned char *data, size_t size_bytes, size_t at)
{
	while (at + 1 < size_bytes) {
		unsigned char next = data[at + 1];

		if (data[at] == 0xff && next != 0 && next != 0xff && (next < 0xd0 || next > 0xd7))
			return at;
		at++;
	}
	return size_bytes;
}

/* How many bytes the JPEG stream at `data` has; 0 when there is none. Only what reaches a scan is a picture:
 * chance bytes do not get that far. The first byte is not looked at, since Minolta's cameras change it. */
static size_t jpeg_length(const unsigned char *data, size_t size_bytes)
{
	size_t at = 2;
	bool has_scan = false;

	if (size_bytes < 6 || data[1] != 0xd8 || data[2] != 0xff || !may_come_first(data[3]))
		return 0;
	while (at + 4 <= size_bytes && data[at] == 0xff && data[at + 1] != MARKER_END) {
		bool is_scan = data[at + 1] == MARKER_SCAN;
		size_t length = (size_t)data[at + 2] << 8 | data[at + 3];

		if (length < 2)
			break;
		at += 2 + length;
		has_scan |= is_scan;
		if (is_scan)
			at = skip_scan(data, size_bytes, at);
	}
	if (!has_scan)
		return 0;
	at += 2;
	return at < size_bytes ? at : size_bytes;
}

void embedded_jpegs_blank(unsigned char *data, size_t size_bytes)
{
	size_t at = 0;

	while (at < size_bytes) {
		const unsigned char *mark = memchr(data + at + 1, 0xd8, size_bytes - at - 1);
		size_t length;

		if (!mark)
			return;
		at = (size_t)(mark - data) - 1;
		length = jpeg_length(data + at, size_bytes - at);
		memset(data + at, 0, length);
		at += length ? length : 1;
	}
}
