#include "image/open.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image/cause.h"
#include "image/engine.h"
#include "image/png_scan.h"
#include "image/raw.h"
#include "image/source.h"

/* The loaders for what we sniff; each picks the first page or frame, HEIC and AVIF the primary picture. */
static const char *const loaders[FORMAT_COUNT] = {
	[FORMAT_JPEG] = "jpegload_source",
	[FORMAT_PNG] = "pngload_source",
	[FORMAT_WEBP] = "webpload_source",
	[FORMAT_TIFF] = "tiffload_source",
	[FORMAT_AVIF] = "heifload_source",
	[FORMAT_HEIC] = "heifload_source",
	[FORMAT_GIF] = "gifload_source",
};

/* Options that every loader takes. */
struct common {
	VipsFailOn fail_on;
	VipsAccess access;
};

static struct common common_of(const struct open_options *options)
{
	static const VipsFailOn fail_on[] = {
		[FAIL_ON_NONE] = VIPS_FAIL_ON_NONE,
		[FAIL_ON_TRUNCATED] = VIPS_FAIL_ON_TRUNCATED,
		[FAIL_ON_ERROR] = VIPS_FAIL_ON_ERROR,
		[FAIL_ON_WARNING] = VIPS_FAIL_ON_WARNING,
	};

	return (struct common){
		.fail_on = fail_on[options->fail_on],
		.access = options->random ? VIPS_ACCESS_RANDOM : VIPS_ACCESS_SEQUENTIAL,
	};
}

/* What only loaders that libvips calls untrusted can read, by whichever of them says that it can. The newer
 * read from a source; some, ImageMagick's among them, only from memory; a few only from a named file, for
 * which the descriptor's own name does: it holds no options, and nobody can swap the file. */
static VipsImage *load_other(int fd, VipsSource *source, struct common common)
{
	VipsImage *image = NULL;
	const char *loader;
	VipsBlob *blob;
	const void *data;
	size_t size_bytes;
	char name[64];

	if ((loader = vips_foreign_find_load_source(source))) {
		vips_call(loader, source, &image, "fail_on", common.fail_on, "access", common.access, NULL);
		return image;
	}
	if (!(blob = vips_source_map_blob(source)))
		return NULL;
	data = vips_blob_get(blob, &size_bytes);
	if ((loader = vips_foreign_find_load_buffer(data, size_bytes)))
		vips_call(loader, blob, &image, "fail_on", common.fail_on, "access", common.access, NULL);
	vips_area_unref(VIPS_AREA(blob));
	if (loader)
		return image;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	loader = vips_foreign_find_load(name);
	vips_error_clear(); /* of what those who could not read it said */
	if (loader)
		vips_call(loader, name, &image, "fail_on", common.fail_on, "access", common.access, NULL);
	else
		vips_error("vips_open", "%s", "no loader of this build reads this kind of file");
	return image;
}

static VipsImage *load(int fd, VipsSource *source, const struct open_options *options)
{
	struct common common = common_of(options);
	VipsImage *image = NULL;

	switch (options->format) {
	case FORMAT_OTHER:
		return load_other(fd, source, common);
	case FORMAT_JPEG:
		vips_jpegload_source(source, &image, "shrink", options->shrink, "fail_on", common.fail_on,
			"access", common.access, NULL);
		return image;
	case FORMAT_WEBP:
		vips_webpload_source(source, &image, "scale", options->scale, "fail_on", common.fail_on,
			"access", common.access, NULL);
		return image;
	default:
		vips_call(loaders[options->format], source, &image, "fail_on", common.fail_on, "access",
			common.access, NULL);
		return image;
	}
}

/* libwebp says the same of a file cut short and of a broken one; the container tells how long it is. */
static bool is_cut_webp(int fd)
{
	unsigned char head[8];
	struct stat status;

	if (pread(fd, head, sizeof(head), 0) != sizeof(head) || fstat(fd, &status))
		return false;
	return memcmp(head, "RIFF", 4) == 0 &&
	       (int64_t)(head[4] | head[5] << 8 | head[6] << 16 | (uint32_t)head[7] << 24) + 8 >
		       status.st_size;
}

/* What earlier pictures left behind must not become the cause of this one's failure. */
static void forget_earlier_words(void)
{
	char log[2];

	vips_error_clear();
	engine_take_log(log, sizeof(log));
}

/* libvips 8.14 does not know the EXIF block of a PNG. It wants the label before it that JPEG has. Takes
 * `image` over. */
static VipsImage *with_exif(VipsImage *image, const struct blob *exif)
{
	static const unsigned char label[6] = "Exif\0";
	VipsImage *copy;
	unsigned char *labelled;

	if (vips_image_get_typeof(image, VIPS_META_EXIF_NAME))
		return image;
	/* a picture from a loader may be shared, so it is not to be written to */
	if (vips_copy(image, &copy, NULL) == 0) {
		labelled = g_malloc(sizeof(label) + exif->size_bytes);
		memcpy(labelled, label, sizeof(label));
		memcpy(labelled + sizeof(label), exif->data, exif->size_bytes);
		vips_image_set_blob(copy, VIPS_META_EXIF_NAME, (VipsCallbackFn)vips_area_free_cb, labelled,
			sizeof(label) + exif->size_bytes);
	}
	g_object_unref(image);
	return copy;
}

VipsImage *open_picture(int fd, const struct open_options *options, struct err *err)
{
	struct png_scan png = { .exif = { .data = NULL } };
	VipsSource *source;
	VipsImage *image = NULL;

	if (options->format == FORMAT_RAW)
		return raw_develop(fd, options, err);
	if (options->format == FORMAT_OTHER ? !engine_allows_untrusted() : !loaders[options->format]) {
		err_set(err, REASON_UNSUPPORTED, "no loader of this build reads this kind of file");
		return NULL;
	}
	forget_earlier_words();
	/* its loader would allocate what any chunk claims to hold */
	if (options->format == FORMAT_PNG && png_scan(fd, &png, err))
		return NULL;
	if ((source = picture_source_new(fd))) {
		image = load(fd, source, options);
		g_object_unref(source); /* the image holds it as long as it reads */
	}
	if (image && png.exif.data)
		image = with_exif(image, &png.exif);
	png_scan_finish(&png);
	if (!image)
		err_set_vips(err, options->format == FORMAT_WEBP && is_cut_webp(fd) ? REASON_TRUNCATED
										    : REASON_CORRUPT);
	return image;
}

int err_set_vips(struct err *err, enum reason otherwise)
{
	char log[1024];
	struct cause cause;

	engine_take_log(log, sizeof(log));
	cause_find(&cause, vips_error_buffer(), log, otherwise);
	vips_error_clear();
	return err_set(err, cause.reason, "%s", cause.text);
}
