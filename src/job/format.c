#include "job/format.h"

#include <assert.h>
#include <stddef.h>
#include <strings.h>

#define EXTENSIONS_MAX 4

static const struct format_row {
	const char *name;
	const char *extensions[EXTENSIONS_MAX + 1]; /* the usual spellings, the one for new names first */
	bool written, alpha;
	int max_side_px;
} rows[FORMAT_COUNT] = {
	[FORMAT_NONE] = { "none", { NULL }, false, false, PICTURE_SIDE_MAX_PX },
	/* JPEG_MAX_DIMENSION of libjpeg, a little under the format's 65535 */
	[FORMAT_JPEG] = { "jpeg", { "jpg", "jpeg", "jpe", "jfif" }, true, false, 65500 },
	[FORMAT_PNG] = { "png", { "png" }, true, true, PICTURE_SIDE_MAX_PX },
	/* 14 bits a side (RFC 9649, 2.7) */
	[FORMAT_WEBP] = { "webp", { "webp" }, true, true, 16383 },
	[FORMAT_TIFF] = { "tiff", { "tif", "tiff" }, true, true, PICTURE_SIDE_MAX_PX },
	/* the limit of libvips' saver */
	[FORMAT_AVIF] = { "avif", { "avif" }, true, true, 16384 },
	[FORMAT_GIF] = { "gif", { "gif" }, false, true, 65535 },
	[FORMAT_HEIC] = { "heic", { "heic", "heif", "hif" }, false, true, 16384 },
	[FORMAT_RAW] = { "raw", { NULL }, false, false, PICTURE_SIDE_MAX_PX },
	[FORMAT_OTHER] = { "other", { NULL }, false, true, PICTURE_SIDE_MAX_PX },
};

static const struct format_row *row(enum format format)
{
	assert(format >= FORMAT_NONE && format < FORMAT_COUNT);
	return &rows[format];
}

const char *format_name(enum format format)
{
	return row(format)->name;
}

const char *format_extension(enum format format)
{
	return row(format)->written ? row(format)->extensions[0] : "";
}

bool format_has_extension(enum format format, const char *extension)
{
	for (const char *const *usual = row(format)->extensions; *usual; usual++)
		if (strcasecmp(*usual, extension) == 0)
			return true;
	return false;
}

bool format_has_alpha(enum format format)
{
	return row(format)->alpha;
}

bool format_has_quality(enum format format)
{
	return format == FORMAT_JPEG || format == FORMAT_WEBP || format == FORMAT_AVIF;
}

int format_max_side_px(enum format format)
{
	return row(format)->max_side_px;
}
