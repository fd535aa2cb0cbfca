/* The walk over a PNG's chunks. */
#include "fuzz.h"

#include "image/png_scan.h"

static void fuzz_one(const unsigned char *data, size_t size)
{
	autoclose int fd = fuzz_file(data, size);
	struct png_scan scan;
	struct err err;

	if (png_scan(fd, &scan, &err) < 0) {
		REQUIRE(reason_name(err.reason) && *err.text);
		return;
	}
	REQUIRE(scan.width_px >= 1 && scan.height_px >= 1 && scan.frames >= 1);
	REQUIRE(scan.bits >= 1 && scan.bits <= 16);
	REQUIRE(scan.exif.size_bytes <= size);
	png_scan_finish(&scan);
}
