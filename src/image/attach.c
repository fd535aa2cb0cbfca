#include "image/attach.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define MARKER_BYTES_MAX 65533 /* of a marker's payload */
#define ICC_PART_BYTES (MARKER_BYTES_MAX - 14)

static void put(GByteArray *to, const void *data, size_t size_bytes)
{
	if (size_bytes)
		g_byte_array_append(to, data, (guint)size_bytes);
}

static void put_big_endian(GByteArray *to, uint32_t value, int bytes)
{
	for (int i = bytes - 1; i >= 0; i--) {
		uint8_t byte = (uint8_t)(value >> 8 * i);

		put(to, &byte, 1);
	}
}

static void put_little_endian(GByteArray *to, uint32_t value, int bytes)
{
	for (int i = 0; i < bytes; i++) {
		uint8_t byte = (uint8_t)(value >> 8 * i);

		put(to, &byte, 1);
	}
}

/* metadata.h begins EXIF with "Exif\0\0", which is JPEG's; elsewhere it is the TIFF stream alone. */
static struct blob bare_exif(const struct blob *exif)
{
	if (exif->size_bytes < 6)
		return (struct blob){ 0 };
	return (struct blob){ exif->data + 6, exif->size_bytes - 6 };
}

static void put_marker(struct attachments *attachments, GByteArray *to, int marker, const char *name,
	size_t name_bytes, const struct blob *blob)
{
	size_t size_bytes = name_bytes + blob->size_bytes;

	if (!blob->size_bytes)
		return;
	if (size_bytes > MARKER_BYTES_MAX) {
		attachments->dropped = true;
		return;
	}
	put_big_endian(to, 0xff00u | (uint32_t)marker, 2);
	put_big_endian(to, (uint32_t)size_bytes + 2, 2);
	put(to, name, name_bytes);
	put(to, blob->data, blob->size_bytes);
}

static uint32_t to_dpi(double per_mm)
{
	return (uint32_t)fmax(1, fmin(65535, round(per_mm * 25.4)));
}

static void put_jfif(const struct attachments *attachments, GByteArray *to)
{
	put(to, "\xff\xe0\0\x10JFIF\0\1\2\1", 12);
	put_big_endian(to, to_dpi(attachments->density_x), 2);
	put_big_endian(to, to_dpi(attachments->density_y), 2);
	put(to, "\0\0", 2);
}

static void put_icc_markers(struct attachments *attachments, GByteArray *to)
{
	size_t parts = (attachments->icc_bytes + ICC_PART_BYTES - 1) / ICC_PART_BYTES;
	unsigned char name[14] = "ICC_PROFILE";

	if (parts > 255) {
		attachments->dropped = true;
		return;
	}
	name[13] = (unsigned char)parts;
	for (size_t i = 0; i < parts; i++) {
		size_t from = i * ICC_PART_BYTES, left = attachments->icc_bytes - from;
		struct blob part = { (unsigned char *)attachments->icc + from,
			left < ICC_PART_BYTES ? left : ICC_PART_BYTES };

		name[12] = (unsigned char)(i + 1);
		put_marker(attachments, to, 0xe2, (char *)name, sizeof(name), &part);
	}
}

void attach_jpeg(struct attachments *attachments, bool jfif, GByteArray *markers)
{
	static const char xmp[] = "http://ns.adobe.com/xap/1.0/";
	const struct metadata *metadata = attachments->metadata;

	if (jfif)
		put_jfif(attachments, markers);
	put_marker(attachments, markers, 0xe1, "", 0, &metadata->exif);
	put_marker(attachments, markers, 0xe1, xmp, sizeof(xmp), &metadata->xmp);
	put_marker(attachments, markers, 0xed, "", 0, &metadata->iptc);
	if (attachments->icc)
		put_icc_markers(attachments, markers);
}

/* CRC-32 as ISO 3309 has it. */
static uint32_t crc_of(const uint8_t *data, size_t size_bytes)
{
	uint32_t crc = 0xffffffff;

	for (size_t i = 0; i < size_bytes; i++) {
		crc ^= data[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

static void put_png_chunk(
	GByteArray *to, const char *type, const void *head, size_t head_bytes, const struct blob *blob)
{
	guint start = to->len;

	if (!blob->size_bytes)
		return;
	put_big_endian(to, (uint32_t)(head_bytes + blob->size_bytes), 4);
	put(to, type, 4);
	put(to, head, head_bytes);
	put(to, blob->data, blob->size_bytes);
	put_big_endian(to, crc_of(to->data + start + 4, to->len - start - 4), 4);
}

void attach_png(struct attachments *attachments, GByteArray *chunks)
{
	/* keyword, not compressed, no language, no translated keyword */
	static const char xmp[] = "XML:com.adobe.xmp\0\0\0\0";
	struct blob exif = bare_exif(&attachments->metadata->exif);

	put_png_chunk(chunks, "eXIf", "", 0, &exif);
	put_png_chunk(chunks, "iTXt", xmp, sizeof(xmp), &attachments->metadata->xmp);
}

static void put_webp_chunk(GByteArray *to, const char *type, const struct blob *blob)
{
	if (!blob->size_bytes)
		return;
	put(to, type, 4);
	put_little_endian(to, (uint32_t)blob->size_bytes, 4);
	put(to, blob->data, blob->size_bytes);
	put(to, "", blob->size_bytes & 1);
}

static uint32_t get_little_endian(const uint8_t *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static bool is_picture_chunk(const uint8_t *type)
{
	return memcmp(type, "VP8 ", 4) == 0 || memcmp(type, "VP8L", 4) == 0 || memcmp(type, "ALPH", 4) == 0;
}

/* The plain file's pixels without what libvips has put around them (EXIF, though told not to); false where
 * its chunks do not fill it. */
static bool put_picture_chunks(GByteArray *to, const uint8_t *plain, size_t size_bytes)
{
	size_t at = 12;

	while (at + 8 <= size_bytes) {
		struct blob chunk = { (unsigned char *)plain + at + 8, get_little_endian(plain + at + 4) };

		if (chunk.size_bytes > size_bytes - at - 8)
			return false;
		if (is_picture_chunk(plain + at))
			put_webp_chunk(to, (const char *)plain + at, &chunk);
		at += 8 + chunk.size_bytes + (chunk.size_bytes & 1);
	}
	return at >= size_bytes;
}

static void put_vp8x(GByteArray *to, uint32_t flags, int width_px, int height_px)
{
	put(to, "VP8X\12\0\0\0", 8);
	put_little_endian(to, flags, 4);
	put_little_endian(to, (uint32_t)width_px - 1, 3);
	put_little_endian(to, (uint32_t)height_px - 1, 3);
}

bool attach_webp(struct attachments *attachments, const void *plain, size_t size_bytes, int width_px,
	int height_px, bool alpha, GByteArray *file)
{
	struct blob exif = bare_exif(&attachments->metadata->exif);
	const struct blob *xmp = &attachments->metadata->xmp;
	struct blob icc = { (unsigned char *)attachments->icc,
		attachments->icc ? attachments->icc_bytes : 0 };
	uint32_t flags = (icc.size_bytes ? 0x20u : 0) | (alpha ? 0x10u : 0) | (exif.size_bytes ? 0x08u : 0) |
			 (xmp->size_bytes ? 0x04u : 0);

	if (size_bytes < 20 || memcmp(plain, "RIFF", 4) != 0)
		return false;
	put(file, "RIFF\0\0\0\0WEBP", 12);
	if (flags)
		put_vp8x(file, flags, width_px, height_px);
	put_webp_chunk(file, "ICCP", &icc);
	if (!put_picture_chunks(file, plain, size_bytes))
		return false;
	put_webp_chunk(file, "EXIF", &exif);
	put_webp_chunk(file, "XMP ", xmp);
	size_bytes = file->len - 8;
	for (int i = 0; i < 4; i++)
		file->data[4 + i] = (uint8_t)(size_bytes >> 8 * i);
	return true;
}
