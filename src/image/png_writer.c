#include "image/png_writer.h"

#include <libdeflate.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "image/png_filter.h"

/* Of rows to hold; as much again is reserved for what they become. */
#define BYTES_MAX (32 << 20)

struct writer {
	VipsImage *image;
	struct png_filter filter;
	bool swap;     /* samples have 16 bits, which PNG wants the other way round */
	uint8_t *pair; /* the last row and this one, in turn, as PNG wants them */
	uint8_t *rows; /* filtered */
};

static size_t pixel_bytes(const VipsImage *image)
{
	return VIPS_IMAGE_SIZEOF_PEL(image);
}

static size_t rows_bytes(const VipsImage *image)
{
	return ((size_t)image->Xsize * pixel_bytes(image) + 1) * (size_t)image->Ysize;
}

bool png_writer_takes(const VipsImage *image)
{
	return image->Coding == VIPS_CODING_NONE && image->Bands <= 4 &&
	       (image->BandFmt == VIPS_FORMAT_UCHAR || image->BandFmt == VIPS_FORMAT_USHORT) &&
	       (double)image->Xsize * image->Ysize * (double)pixel_bytes(image) + image->Ysize <= BYTES_MAX;
}

static int refuse(const char *why)
{
	vips_error("png", "%s", why);
	return -1;
}

static void put_number(uint8_t *to, uint32_t number)
{
	for (int i = 0; i < 4; i++)
		to[i] = (uint8_t)(number >> (24 - 8 * i));
}

static int write_chunk(VipsTarget *target, const char *type, const void *data, size_t size_bytes)
{
	uint8_t head[8], tail[4];
	uint32_t crc;

	put_number(head, (uint32_t)size_bytes);
	memcpy(head + 4, type, 4);
	crc = libdeflate_crc32(libdeflate_crc32(0, head + 4, 4), data, size_bytes);
	put_number(tail, crc);
	return vips_target_write(target, head, sizeof(head)) || vips_target_write(target, data, size_bytes) ||
	       vips_target_write(target, tail, sizeof(tail));
}

/* Levels are libdeflate's. 4 gives, on photographs, files 8 % smaller than libpng with level 4 of zlib, in a
 * third of the time. Writes `prefix` and the compressed data as one chunk. */
static int write_compressed(VipsTarget *target, int level, const char *type, const char *prefix,
	size_t prefix_bytes, const void *data, size_t size_bytes)
{
	struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(level);
	size_t bound = libdeflate_zlib_compress_bound(compressor, size_bytes), packed = 0;
	uint8_t *chunk = compressor ? malloc(prefix_bytes + bound) : NULL;
	int failed;

	if (chunk) {
		memcpy(chunk, prefix, prefix_bytes);
		packed = libdeflate_zlib_compress(compressor, data, size_bytes, chunk + prefix_bytes, bound);
	}
	if (compressor)
		libdeflate_free_compressor(compressor);
	failed = packed ? write_chunk(target, type, chunk, prefix_bytes + packed) : refuse("out of memory");
	free(chunk);
	return failed;
}

static int write_header(const VipsImage *image, VipsTarget *target)
{
	static const uint8_t signature[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };
	static const uint8_t colour_types[] = { [1] = 0, [2] = 4, [3] = 2, [4] = 6 };
	uint8_t header[13] = {
		[8] = image->BandFmt == VIPS_FORMAT_UCHAR ? 8 : 16, [9] = colour_types[image->Bands]
	};

	put_number(header, (uint32_t)image->Xsize);
	put_number(header + 4, (uint32_t)image->Ysize);
	return vips_target_write(target, signature, sizeof(signature)) ||
	       write_chunk(target, "IHDR", header, sizeof(header));
}

static int write_profile(const VipsImage *image, int level, VipsTarget *target)
{
	static const char name[] = "icc\0"; /* and the method, 0 */
	const void *icc;
	size_t icc_bytes;

	if (!vips_image_get_typeof(image, VIPS_META_ICC_NAME))
		return 0;
	return vips_image_get_blob(image, VIPS_META_ICC_NAME, &icc, &icc_bytes) ||
	       write_compressed(target, level, "iCCP", name, sizeof(name), icc, icc_bytes);
}

static uint32_t a_metre(double a_millimetre)
{
	return (uint32_t)fmin(fmax(rint(a_millimetre * 1000), 0), INT32_MAX);
}

static int write_density(const VipsImage *image, VipsTarget *target)
{
	uint8_t density[9] = { [8] = 1 };

	put_number(density, a_metre(image->Xres));
	put_number(density + 4, a_metre(image->Yres));
	return write_chunk(target, "pHYs", density, sizeof(density));
}

static void copy_row(const struct writer *writer, uint8_t *to, const uint8_t *from)
{
	size_t count = writer->filter.row_bytes;

	if (!writer->swap) {
		memcpy(to, from, count);
		return;
	}
	for (size_t i = 0; i < count; i += 2) {
		uint16_t sample;

		memcpy(&sample, from + i, 2);
		to[i] = (uint8_t)(sample >> 8);
		to[i + 1] = (uint8_t)sample;
	}
}

static int take_rows(VipsRegion *region, VipsRect *area, void *data)
{
	struct writer *writer = data;
	size_t count = writer->filter.row_bytes;

	for (int y = area->top; y < VIPS_RECT_BOTTOM(area); y++) {
		uint8_t *row = writer->pair + (size_t)(y % 2) * count;

		copy_row(writer, row, VIPS_REGION_ADDR(region, 0, y));
		png_filter_row(&writer->filter, row, y ? writer->pair + (size_t)((y - 1) % 2) * count : NULL,
			writer->rows + (size_t)y * (count + 1));
	}
	return 0;
}

static int collect_rows(struct writer *writer)
{
	const VipsImage *image = writer->image;

	writer->pair = malloc(2 * (size_t)image->Xsize * pixel_bytes(image));
	writer->rows = malloc(rows_bytes(image));
	if (!writer->pair || !writer->rows ||
		png_filter_init(&writer->filter, image->Xsize, (int)pixel_bytes(image)))
		return refuse("out of memory");
	return vips_sink_disc(writer->image, take_rows, writer);
}

int png_write(VipsImage *image, int level, VipsTarget *target)
{
	struct writer writer = { .image = image, .swap = image->BandFmt == VIPS_FORMAT_USHORT };
	int failed = collect_rows(&writer) || write_header(image, target) ||
		     write_profile(image, level, target) || write_density(image, target) ||
		     write_compressed(target, level, "IDAT", "", 0, writer.rows, rows_bytes(image)) ||
		     write_chunk(target, "IEND", "", 0) || vips_target_end(target);

	png_filter_finish(&writer.filter);
	free(writer.pair);
	free(writer.rows);
	return failed ? -1 : 0;
}
