#include "image/probe.h"

#include <errno.h>

#include "image/engine.h"
#include "image/jpeg_header.h"
#include "image/metadata.h"
#include "image/open.h"
#include "image/png_scan.h"
#include "image/raw.h"
#include "image/read_at.h"
#include "image/tiff_scan.h"
#include "image/tiff_tags.h"

#define MEGA 1e6

struct head {
	unsigned char bytes[SNIFF_BYTES];
	size_t size;
};

static int read_head(int fd, struct head *head, struct err *err)
{
	ssize_t got = read_at(fd, head->bytes, sizeof(head->bytes), 0);

	if (got < 0)
		return err_set_errno(err, -errno, "cannot be read");
	if (got == 0)
		return err_set(err, REASON_NOT_A_PICTURE, "file is empty");
	head->size = (size_t)got;
	return 0;
}

static enum format format_of(int fd, const struct head *head, bool allow_untrusted)
{
	enum format format = sniff_format(head->bytes, head->size);

	if (format == FORMAT_TIFF && tiff_scan_is_raw(head->bytes, head->size, fd))
		return FORMAT_RAW;
	/* an SVG may be compressed, which only its loader can tell */
	if (format == FORMAT_NONE && allow_untrusted && sniff_is_gzip(head->bytes, head->size))
		return FORMAT_OTHER;
	return format;
}

/* Whether this build and these settings take a picture of that format at all. */
static int check_format(
	const struct head *head, enum format format, const struct probe_limits *limits, struct err *err)
{
	const char *kind = sniff_kind(head->bytes, head->size);

	if (format == FORMAT_NONE)
		return err_set(err, REASON_NOT_A_PICTURE, "its first bytes are not those of a picture");
	if (format == FORMAT_RAW && !raw_is_built())
		return err_set(err, REASON_CAMERA_RAW,
			"a camera's raw file (%s); this build has no LibRaw to read it", kind);
	if (format == FORMAT_OTHER && !limits->allow_untrusted)
		return err_set(err, REASON_UNSUPPORTED,
			"%s is read only with --allow-untrusted: its loader is not hardened against "
			"hostile files",
			kind);
	if (!(engine_readable() & FORMAT_BIT(format)))
		return err_set(err, REASON_UNSUPPORTED, "this build cannot read %s", kind);
	return 0;
}

static int check_pixels(const struct facts *facts, const struct probe_limits *limits, struct err *err)
{
	int64_t pixels = facts_pixels(facts);

	if (pixels <= limits->max_pixels)
		return 0;
	return err_set(err, REASON_TOO_MANY_PIXELS,
		"%d x %d are %.4g megapixels, more than the %.4g that --max-pixels allows", facts->width_px,
		facts->height_px, (double)pixels / MEGA, (double)limits->max_pixels / MEGA);
}

/* A preview that is larger than its sensor's picture is none. */
static int probe_raw(int fd, const struct head *head, struct facts *facts, struct err *err)
{
	struct raw_preview *preview = &facts->raw.preview;

	if (raw_probe(fd, facts, err)) {
		if (err->reason == REASON_UNSUPPORTED)
			err_set(err, REASON_CAMERA_RAW,
				"a camera's raw file (%s) that LibRaw %s does not know, or damaged at its "
				"head",
				sniff_kind(head->bytes, head->size), raw_version());
		return -1;
	}
	if ((int64_t)preview->width_px * preview->height_px > 2 * facts_pixels(facts))
		*preview = (struct raw_preview){ .width_px = 0 };
	return 0;
}

static int image_int(VipsImage *image, const char *name, int least, int most, int otherwise)
{
	int value;

	if (vips_image_get_typeof(image, name) != G_TYPE_INT || vips_image_get_int(image, name, &value) ||
		value < least || value > most)
		return otherwise;
	return value;
}

static enum colour_model model_of(VipsImage *image)
{
	switch (vips_image_guess_interpretation(image)) {
	case VIPS_INTERPRETATION_B_W:
	case VIPS_INTERPRETATION_GREY16:
		return MODEL_GREY;
	case VIPS_INTERPRETATION_sRGB:
	case VIPS_INTERPRETATION_RGB:
	case VIPS_INTERPRETATION_RGB16:
	case VIPS_INTERPRETATION_scRGB:
		return MODEL_RGB;
	case VIPS_INTERPRETATION_CMYK:
		return MODEL_CMYK;
	default:
		return MODEL_OTHER;
	}
}

static int bits_of(VipsImage *image)
{
	int held = (int)vips_format_sizeof(image->BandFmt) * 8;

	/* ten-bit pictures are held in sixteen; complex numbers are two */
	return image_int(image, "heif-bitdepth", 1, 16, held > 64 ? 64 : held);
}

static struct exif_facts exif_of(VipsImage *image)
{
	struct exif_facts facts = { .orientation = 1 };
	struct blob exif;
	const void *data;

	if (vips_image_get_typeof(image, VIPS_META_EXIF_NAME) == VIPS_TYPE_BLOB &&
		vips_image_get_blob(image, VIPS_META_EXIF_NAME, &data, &exif.size_bytes) == 0) {
		exif.data = (unsigned char *)data;
		metadata_read_facts(&exif, &facts);
	}
	return facts;
}

static int orientation_of(VipsImage *image, enum format format, const struct exif_facts *exif)
{
	switch (format) {
	case FORMAT_HEIC:
	case FORMAT_AVIF:
		return 1; /* their own rotation is applied by the loader; the EXIF tag is only informative */
	case FORMAT_TIFF:
	case FORMAT_OTHER:
		return image_int(image, VIPS_META_ORIENTATION, 1, 8, 1); /* not in EXIF alone */
	default:
		return exif->orientation;
	}
}

/* By the loader that would also make the picture, so that both are of one opinion. */
static int probe_by_loader(int fd, enum format format, struct facts *facts, struct err *err)
{
	const struct open_options options = {
		.format = format,
		.fail_on = FAIL_ON_NONE,
		.shrink = 1,
		.scale = 1,
	};
	VipsImage *image = open_picture(fd, &options, err);
	struct exif_facts exif;

	if (!image)
		return -1;
	exif = exif_of(image);
	*facts = (struct facts){
		.format = format,
		.width_px = image->Xsize,
		.height_px = image->Ysize,
		.orientation = orientation_of(image, format, &exif),
		.frames = image_int(image, VIPS_META_N_PAGES, 1, INT_MAX, 1),
		.model = model_of(image),
		.bits = bits_of(image),
		.alpha = vips_image_hasalpha(image),
		.profile = vips_image_get_typeof(image, VIPS_META_ICC_NAME) != 0,
		.interop_adobe = exif.interop_adobe,
		.taken_s = exif.taken_s,
		.exif = exif.texts,
		.chroma_h = 1,
		.chroma_v = 1,
	};
	g_object_unref(image);
	return 0;
}

/* The walk first: the loader would allocate what a chunk claims to hold. */
static int probe_png(int fd, struct facts *facts, struct err *err)
{
	struct png_scan scan;
	int result;

	if (png_scan(fd, &scan, err))
		return -1;
	result = probe_by_loader(fd, FORMAT_PNG, facts, err);
	if (result == 0) {
		facts->bits = scan.bits;
		facts->progressive = scan.interlaced;
		facts->frames = scan.frames;
	}
	png_scan_finish(&scan);
	return result;
}

/* libvips does not read the EXIF of TIFF. */
static int probe_tiff(int fd, const struct head *head, struct facts *facts, struct err *err)
{
	struct metadata metadata = { 0 };
	struct exif_facts exif;

	if (probe_by_loader(fd, FORMAT_TIFF, facts, err))
		return -1;
	tiff_tags_read(fd, &metadata.exif);
	metadata_read_facts(&metadata.exif, &exif);
	metadata_finish(&metadata);
	facts->taken_s = exif.taken_s;
	facts->exif = exif.texts;
	facts->interop_adobe = tiff_scan_is_interop_adobe(head->bytes, head->size, fd);
	return 0;
}

static int probe_header(
	int fd, const struct head *head, enum format format, struct facts *facts, struct err *err)
{
	switch (format) {
	case FORMAT_JPEG:
		return jpeg_header_read(fd, facts, err);
	case FORMAT_PNG:
		return probe_png(fd, facts, err);
	case FORMAT_TIFF:
		return probe_tiff(fd, head, facts, err);
	case FORMAT_RAW:
		return probe_raw(fd, head, facts, err);
	default:
		return probe_by_loader(fd, format, facts, err);
	}
}

int probe_file(int fd, const struct probe_limits *limits, struct facts *facts, struct err *err)
{
	struct head head;
	struct facts found;
	enum format format;

	if (read_head(fd, &head, err))
		return -1;
	format = format_of(fd, &head, limits->allow_untrusted);
	if (check_format(&head, format, limits, err) || probe_header(fd, &head, format, &found, err) ||
		check_pixels(&found, limits, err))
		return -1;
	*facts = found;
	return 0;
}
