#include "image/inspect.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <vips/vips.h>

#include "image/open.h"
#include "image/probe.h"
#include "image/read_at.h"

/* libvips gives each EXIF tag a field; directory 3 is the GPS one. */
static void *find_gps_field(VipsImage *image, const char *field, GValue *value, void *data)
{
	return strncmp(field, "exif-ifd3-GPSL", 14) == 0 ? image : NULL;
}

static bool xmp_has_gps(VipsImage *image)
{
	const void *xmp;
	size_t size_bytes;

	return vips_image_get_typeof(image, VIPS_META_XMP_NAME) &&
	       vips_image_get_blob(image, VIPS_META_XMP_NAME, &xmp, &size_bytes) == 0 &&
	       memmem(xmp, size_bytes, "GPSL", 4);
}

static int decode(int fd, enum format format, struct inspection *inspection, struct err *err)
{
	const struct open_options options = {
		.format = format, .fail_on = FAIL_ON_ERROR, .shrink = 1, .scale = 1
	};
	VipsImage *image = open_picture(fd, &options, err);
	double average;
	int result = 0;

	if (!image)
		return -1;
	inspection->width_px = vips_image_get_width(image);
	inspection->height_px = vips_image_get_page_height(image);
	inspection->gps = vips_image_map(image, find_gps_field, NULL) || xmp_has_gps(image);
	if (vips_avg(image, &average, NULL))
		result = err_set_vips(err, REASON_CORRUPT);
	g_object_unref(image);
	return result;
}

static bool is_pdf(int fd)
{
	char head[5];

	return read_at(fd, head, sizeof(head), 0) == sizeof(head) && memcmp(head, "%PDF-", sizeof(head)) == 0;
}

int inspect_file(int fd, struct inspection *inspection, struct err *err)
{
	const struct probe_limits limits = { .max_pixels = INT64_MAX };
	struct facts facts;
	struct stat status;
	int error = fstat(fd, &status) < 0 ? -errno : fingerprint_file(fd, inspection->content);

	if (error)
		return err_set_errno(err, error, "cannot be read");
	inspection->size_bytes = status.st_size;
	if (is_pdf(fd)) {
		inspection->width_px = inspection->height_px = 1;
		return 0;
	}
	if (probe_file(fd, &limits, &facts, err) < 0)
		return -1;
	return decode(fd, facts.format, inspection, err);
}
