#include "image/saver.h"

#include "image/attach.h"
#include "image/png_writer.h"

/* What libwebp calls quality is effort where nothing is lost; its own default. */
#define WEBP_LOSSLESS_EFFORT 75

/* What a saver may write of what it is given. Those of libvips 8.15 and later add EXIF of their own unless
 * they are told what else to keep; before, the choice was all or nothing. */
#if VIPS_MAJOR_VERSION > 8 || (VIPS_MAJOR_VERSION == 8 && VIPS_MINOR_VERSION >= 15)
enum keep {
	KEEP_NONE = VIPS_FOREIGN_KEEP_NONE,
	KEEP_EXIF = VIPS_FOREIGN_KEEP_EXIF,
	KEEP_XMP = VIPS_FOREIGN_KEEP_XMP,
	KEEP_ICC = VIPS_FOREIGN_KEEP_ICC
};
#define KEEP(what) "keep", (int)(what)
#else
enum keep {
	KEEP_NONE = 0,
	KEEP_EXIF = 1,
	KEEP_XMP = 2,
	KEEP_ICC = 4
};
#define KEEP(what) "strip", !(what)
#endif

void saver_set_blob(VipsImage *image, const char *field, const void *data, size_t size_bytes)
{
	if (data && size_bytes)
		vips_image_set_blob_copy(image, field, data, size_bytes);
}

static VipsForeignSubsample subsample_of(const struct output_settings *settings)
{
	return settings_full_chroma(settings) ? VIPS_FOREIGN_SUBSAMPLE_OFF : VIPS_FOREIGN_SUBSAMPLE_ON;
}

int saver_jpeg_buffer(
	VipsImage *image, const struct output_settings *settings, void **file, size_t *file_bytes)
{
	return vips_jpegsave_buffer(image, file, file_bytes, "Q", settings->quality, "subsample_mode",
		subsample_of(settings), KEEP(KEEP_NONE), NULL);
}

int saver_jpeg(const struct encode_order *order, VipsImage *image, VipsTarget *target)
{
	return vips_jpegsave_target(image, target, "Q", encode_quality(order), "subsample_mode",
		subsample_of(order->settings), "interlace", order->settings->progressive, "optimize_coding",
		order->settings->optimize, KEEP(KEEP_NONE), NULL);
}

int saver_png(const struct encode_order *order, VipsImage *image, VipsTarget *target)
{
	const struct output_settings *settings = order->settings;

	/* grey of 8 bits is smallest as it is */
	if (settings->png_palette && image->Bands >= 3)
		return vips_pngsave_target(image, target, "palette", TRUE, "compression",
			settings->png_compression, KEEP(KEEP_ICC), NULL);
	if (png_writer_takes(image))
		return png_write(image, settings->png_compression, target);
	return vips_pngsave_target(image, target, "compression", settings->png_compression, "filter",
		VIPS_FOREIGN_PNG_FILTER_ALL, KEEP(KEEP_ICC), NULL);
}

/* LZW is read everywhere; deflate is 7 % smaller here and takes seven times as long. */
int saver_tiff(const struct encode_order *order, VipsImage *image, VipsTarget *target)
{
	static const VipsForeignTiffCompression compressions[] = {
		[TIFF_LZW] = VIPS_FOREIGN_TIFF_COMPRESSION_LZW,
		[TIFF_NONE] = VIPS_FOREIGN_TIFF_COMPRESSION_NONE,
		[TIFF_DEFLATE] = VIPS_FOREIGN_TIFF_COMPRESSION_DEFLATE,
		[TIFF_JPEG] = VIPS_FOREIGN_TIFF_COMPRESSION_JPEG,
	};

	return vips_tiffsave_target(image, target, "compression",
		compressions[order->settings->tiff_compression], "Q", encode_quality(order), "predictor",
		VIPS_FOREIGN_TIFF_PREDICTOR_HORIZONTAL, "resunit", VIPS_FOREIGN_TIFF_RESUNIT_INCH,
		KEEP(KEEP_XMP | KEEP_ICC), NULL);
}

int saver_webp(const struct encode_order *order, void **file, size_t *file_bytes)
{
	const struct output_settings *settings = order->settings;

	return vips_webpsave_buffer(order->image, file, file_bytes, "Q",
		settings->webp_lossless ? WEBP_LOSSLESS_EFFORT : encode_quality(order), "lossless",
		settings->webp_lossless, "effort", settings->webp_effort, KEEP(KEEP_NONE), NULL);
}

/* The libvips fields of an EXIF block: those that its JPEG loader makes of it. */
static VipsImage *read_exif(const struct blob *exif)
{
	struct metadata metadata = { .exif = *exif };
	struct attachments attachments = { .metadata = &metadata };
	VipsImage *dot = NULL, *read = NULL;
	GByteArray *jpeg = g_byte_array_new();
	unsigned char *plain = NULL;
	size_t plain_bytes;

	if (vips_black(&dot, 1, 1, NULL) == 0 &&
		vips_jpegsave_buffer(dot, (void **)&plain, &plain_bytes, KEEP(KEEP_NONE), NULL) == 0) {
		g_byte_array_append(jpeg, plain, ATTACH_JPEG_AT);
		attach_jpeg(&attachments, false, jpeg);
		g_byte_array_append(jpeg, plain + ATTACH_JPEG_AT, (guint)plain_bytes - ATTACH_JPEG_AT);
		if (vips_jpegload_buffer(jpeg->data, jpeg->len, &read, NULL) == 0)
			vips_image_set_blob_copy(read, VIPS_META_EXIF_NAME, exif->data, exif->size_bytes);
	}
	g_byte_array_unref(jpeg);
	g_free(plain);
	g_clear_object(&dot);
	return read;
}

static void *copy_exif_field(VipsImage *from, const char *name, GValue *value, void *to)
{
	(void)from;
	if (g_str_has_prefix(name, "exif-"))
		vips_image_set(to, name, value);
	return NULL;
}

/* Where a block does not say what the colours are, libvips calls them uncalibrated; versions before 8.15 do
 * so even where there is no block. */
static void set_colour_space(VipsImage *image, bool srgb)
{
	if (srgb || !vips_image_get_typeof(image, "exif-ifd2-ColorSpace"))
		vips_image_set_string(image, "exif-ifd2-ColorSpace", srgb ? "1" : "65535");
}

/* libvips drops from the block what its fields do not repeat. */
static int label_avif(VipsImage *image, const struct encode_order *order)
{
	const struct metadata *metadata = order->metadata;
	VipsImage *read;

	saver_set_blob(image, VIPS_META_XMP_NAME, metadata->xmp.data, metadata->xmp.size_bytes);
	if (metadata->exif.size_bytes) {
		read = read_exif(&metadata->exif);
		if (!read)
			return -1;
		vips_image_map(read, copy_exif_field, image);
		g_object_unref(read);
	}
	set_colour_space(image, order->srgb);
	return 0;
}

int saver_avif(const struct encode_order *order, VipsImage *image, VipsTarget *target)
{
	const struct output_settings *settings = order->settings;
	const struct metadata *metadata = order->metadata;
	int keep = (metadata->exif.size_bytes ? KEEP_EXIF : KEEP_NONE) |
		   (metadata->xmp.size_bytes ? KEEP_XMP : KEEP_NONE) | (order->icc ? KEEP_ICC : KEEP_NONE);

	if (keep && label_avif(image, order))
		return -1;
	return vips_heifsave_target(image, target, "compression", VIPS_FOREIGN_HEIF_COMPRESSION_AV1, "Q",
		encode_quality(order), "subsample_mode", subsample_of(settings), "effort",
		settings->avif_effort, KEEP(keep), NULL);
}
