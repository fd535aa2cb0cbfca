#include "image/logo.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <vips/vips.h>

#include "base/cleanup.h"
#include "image/engine.h"
#include "image/open.h"
#include "image/working.h"

#define LOGO_BYTES_MAX (256 * 1024 * 1024)

static int complain(const char *file, const char *why, struct err *err)
{
	return err_set(err, REASON_WATERMARK, "%s: %s", file, why);
}

/* What libvips has just said, as the mark's failure. */
static int complain_vips(const char *file, struct err *err)
{
	struct err said;

	err_set_vips(&said, REASON_WATERMARK);
	return complain(file, said.text, err);
}

static int read_all(int fd, struct logo *logo)
{
	size_t done = 0;

	while (done < logo->size_bytes) {
		ssize_t got = read(fd, (char *)logo->data + done, logo->size_bytes - done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			return -EIO; /* became shorter just now */
		done += (size_t)got;
	}
	return 0;
}

static int read_file(struct logo *logo, struct err *err)
{
	/* not blocking on a pipe */
	autoclose int fd = open(logo->file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat status;
	int error;

	if (fd < 0 || fstat(fd, &status))
		return complain(logo->file, strerror(errno), err);
	if (!S_ISREG(status.st_mode))
		return complain(logo->file, "not a file", err);
	if (status.st_size == 0)
		return complain(logo->file, "the file is empty", err);
	if (status.st_size > LOGO_BYTES_MAX)
		return complain(logo->file, "more than 256 MiB", err);
	logo->size_bytes = (size_t)status.st_size;
	logo->data = malloc(logo->size_bytes);
	error = logo->data ? read_all(fd, logo) : -ENOMEM;
	return error ? complain(logo->file, strerror(-error), err) : 0;
}

/* libvips says of a file that an untrusted loader would read that the operation is blocked; SVG is let
 * through while a logo is opened. */
static void allow_svg(bool allow)
{
	if (!engine_allows_untrusted())
		vips_operation_block_set("VipsForeignLoadSvg", !allow);
}

static bool is_svg(const struct logo *logo)
{
	const char *loader;

	/* newer versions do not even look at what is blocked */
	allow_svg(true);
	loader = vips_foreign_find_load_buffer(logo->data, logo->size_bytes);
	allow_svg(false);
	vips_error_clear();
	return loader && strstr(loader, "Svg");
}

/* `scale` is for vectors. */
static VipsImage *load(const struct logo *logo, double scale)
{
	VipsImage *image = NULL;

	if (!logo->vector)
		return vips_image_new_from_buffer(logo->data, logo->size_bytes, "", "access",
			VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_TRUNCATED, NULL);
	allow_svg(true);
	vips_svgload_buffer(logo->data, logo->size_bytes, &image, "scale", scale, NULL);
	allow_svg(false);
	return image;
}

static int read_header(struct logo *logo, struct err *err)
{
	VipsImage *image;
	bool turned;

	logo->vector = is_svg(logo);
	image = load(logo, 1);
	if (!image)
		return complain_vips(logo->file, err);
	turned = vips_image_get_orientation_swap(image);
	logo->width_px = turned ? image->Ysize : image->Xsize;
	logo->height_px = turned ? image->Xsize : image->Ysize;
	g_object_unref(image);
	return 0;
}

struct logo *logo_new(const char *file, struct err *err)
{
	struct logo *logo = calloc(1, sizeof(*logo));

	if (!logo || !(logo->file = strdup(file))) {
		complain(file, strerror(ENOMEM), err);
		free(logo);
		return NULL;
	}
	if (read_file(logo, err) || read_header(logo, err)) {
		logo_free(logo);
		return NULL;
	}
	return logo;
}

void logo_free(struct logo *logo)
{
	if (!logo)
		return;
	free(logo->file);
	free(logo->data);
	free(logo);
}

/* Each step takes over its argument. */
static VipsImage *take(VipsImage *old, VipsImage *next)
{
	g_object_unref(old);
	return next;
}

/* A vector in the size that it is needed in; what rounding makes of it may be a row off. */
static VipsImage *load_vector(const struct logo *logo, int width_px, int height_px)
{
	VipsImage *image =
		load(logo, fmax((double)width_px / logo->width_px, (double)height_px / logo->height_px));
	VipsImage *exact = NULL;

	if (!image || (image->Xsize == width_px && image->Ysize == height_px))
		return image;
	vips_embed(image, &exact, 0, 0, width_px, height_px, NULL);
	return take(image, exact);
}

/* Upright and in memory, since turning needs any row. */
static VipsImage *load_pixels(const struct logo *logo)
{
	VipsImage *image = load(logo, 1), *upright = NULL;

	if (!image || vips_image_get_orientation(image) == 1)
		return image;
	image = take(image, vips_image_copy_memory(image));
	if (!image)
		return NULL;
	vips_autorot(image, &upright, NULL);
	return take(image, upright);
}

static VipsImage *add_alpha(VipsImage *image)
{
	VipsImage *next = NULL;

	if (vips_image_hasalpha(image) || image->Type == VIPS_INTERPRETATION_CMYK ||
		image->Type == VIPS_INTERPRETATION_LAB)
		return g_object_ref(image);
	vips_addalpha(image, &next, NULL);
	return next;
}

static VipsImage *draw(const struct logo *logo, int width_px, int height_px)
{
	VipsImage *image = logo->vector ? load_vector(logo, width_px, height_px) : load_pixels(logo);

	image = image ? take(image, working_new(image)) : NULL;
	image = image ? take(image, working_scale(image, width_px, height_px)) : NULL;
	image = image ? take(image, add_alpha(image)) : NULL;
	return image ? take(image, vips_image_copy_memory(image)) : NULL;
}

/* The drawn image's samples as those of a plain mark. CMYK and Lab have come without alpha. */
static int convert(struct colours *colours, VipsImage *image, unsigned char *samples)
{
	struct pixels from = working_pixels(image),
		      to = { .model = MODEL_RGB, .bits = 8, .alpha = from.alpha };
	struct colour_case c = { .model = from.model,
		.bits = from.bits,
		.alpha = from.alpha,
		.policy = COLOUR_SRGB,
		.holding = { .alpha = true },
		.coloured = true,
		.bare = true };
	struct colour_choice choice;
	const struct recolour *recolour;

	if (vips_image_get_typeof(image, VIPS_META_ICC_NAME))
		vips_image_get_blob(image, VIPS_META_ICC_NAME, &c.icc, &c.icc_bytes);
	if (colour_choose(colours, &c, &choice))
		return -1;
	recolour = colours_between(colours, &choice.from, &to);
	if (!recolour)
		return -1;
	for (int y = 0; y < image->Ysize; y++) {
		unsigned char *row = samples + (size_t)y * (size_t)image->Xsize * 4;

		recolour_apply(recolour, VIPS_IMAGE_ADDR(image, 0, y), row, image->Xsize);
		for (int x = image->Xsize - 1; !to.alpha && x >= 0; x--) {
			memmove(row + x * 4, row + x * 3, 3);
			row[x * 4 + 3] = 255;
		}
	}
	return 0;
}

int logo_draw(const struct logo *logo, struct colours *colours, int width_px, int height_px,
	unsigned char *samples, struct err *err)
{
	VipsImage *image = draw(logo, width_px, height_px);
	int failed;

	if (!image)
		return complain_vips(logo->file, err);
	failed = convert(colours, image, samples);
	g_object_unref(image);
	return failed ? complain(logo->file, "no way into the colours of the picture", err) : 0;
}
