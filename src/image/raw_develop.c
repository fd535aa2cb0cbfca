#include "image/raw.h"
#include "image/raw_cut.h"
#include "image/raw_file.h"
#include "image/raw_tags.h"

#define DPI 72
#define MM_PER_INCH 25.4
#define SRGB 1
/* of sRGB's curve: exponent, and slope at black */
#define SRGB_POWER (1 / 2.4)
#define SRGB_SLOPE 12.92

/* Cameras expose below white, so that a picture that is developed as it is looks dull. It is made brighter
 * until one pixel in a hundred is white; but not a night. */
#define WHITE_SHARE 0.01
#define BRIGHTEN_MOST 2.0
#define LEVELS 8192
#define LEVEL_OF(value) ((value) >> 3)

static void ask(libraw_data_t *libraw, const struct open_options *options)
{
	libraw_output_params_t *params = &libraw->params;

	params->use_camera_wb = 1;
	params->output_color = SRGB;
	params->output_bps = options->bits;
	params->gamm[0] = SRGB_POWER;
	params->gamm[1] = SRGB_SLOPE;
	params->user_flip = 0;
	params->no_auto_bright = 1; /* it has no limit: it makes a black frame white */
	params->half_size = options->shrink > 1;
}

/* The level that so many samples of one colour reach or exceed. */
static int high_level(const libraw_data_t *libraw, int colour, size_t share)
{
	size_t pixels = (size_t)libraw->sizes.width * libraw->sizes.height, reached = 0;
	uint32_t counts[LEVELS] = { 0 };
	int level = LEVELS;

	for (size_t i = 0; i < pixels; i++)
		counts[LEVEL_OF(libraw->image[i][colour])]++;
	while (level > 1 && reached <= share)
		reached += counts[--level];
	return level;
}

/* Between LibRaw's two steps: the colours are there, linear, and its curve comes with the second. */
static void brighten(libraw_data_t *libraw)
{
	size_t share = (size_t)(WHITE_SHARE * libraw->sizes.width * libraw->sizes.height);
	int white = 1;

	for (int colour = 0; libraw->image && colour < libraw->idata.colors && colour < 3; colour++)
		white = MAX(white, high_level(libraw, colour, share));
	libraw->params.bright = (float)MIN(BRIGHTEN_MOST, (double)LEVELS / (white + 1));
}

static int check_flaws(const struct raw_file *file, enum fail_on fail_on, struct err *err)
{
	if (file->ended && fail_on >= FAIL_ON_TRUNCATED)
		return err_set(err, REASON_TRUNCATED, "file ends before its sensor's values do");
	if (file->damaged && fail_on >= FAIL_ON_ERROR)
		return err_set(err, REASON_CORRUPT, "some of its sensor's values are damaged");
	return 0;
}

static libraw_processed_image_t *develop(
	struct raw_file *file, const struct open_options *options, struct err *err)
{
	libraw_processed_image_t *made = NULL;
	int result;

	ask(file->libraw, options);
	result = libraw_unpack(file->libraw);
	if (!result && check_flaws(file, options->fail_on, err))
		return NULL;
	if (!result)
		result = libraw_dcraw_process(file->libraw);
	if (!result) {
		brighten(file->libraw);
		made = libraw_dcraw_make_mem_image(file->libraw, &result);
	}
	if (made && made->type == LIBRAW_IMAGE_BITMAP && (made->colors == 1 || made->colors == 3) &&
		made->bits == options->bits)
		return made;
	if (result)
		raw_file_fail(file, result, err);
	else
		err_set(err, REASON_UNSUPPORTED, "LibRaw develops it into %s",
			made ? "odd colours" : "nothing");
	if (made)
		libraw_dcraw_clear_mem(made);
	return NULL;
}

static void release(VipsImage *image, libraw_processed_image_t *made)
{
	(void)image;
	libraw_dcraw_clear_mem(made);
}

static VipsInterpretation interpretation_of(const libraw_processed_image_t *made)
{
	if (made->colors == 1)
		return made->bits == 16 ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W;
	return made->bits == 16 ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB;
}

/* Takes `made` over. The copy, since nothing may be set on a picture that others hold. */
static VipsImage *wrap(libraw_processed_image_t *made)
{
	VipsImage *whole = vips_image_new_from_memory(made->data, made->data_size, made->width, made->height,
		made->colors, made->bits == 16 ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR);
	VipsImage *image = NULL;

	if (!whole) {
		libraw_dcraw_clear_mem(made);
		return NULL;
	}
	g_signal_connect(whole, "postclose", G_CALLBACK(release), made);
	vips_copy(whole, &image, "interpretation", interpretation_of(made), "xres", DPI / MM_PER_INCH, "yres",
		DPI / MM_PER_INCH, NULL);
	g_object_unref(whole);
	return image;
}

static void set_blob(VipsImage *image, const char *field, const struct blob *blob)
{
	if (blob->data)
		vips_image_set_blob_copy(image, field, blob->data, blob->size_bytes);
}

static VipsImage *make(struct raw_file *file, int fd, const struct open_options *options, struct err *err)
{
	struct metadata metadata;
	libraw_processed_image_t *made = develop(file, options, err);
	VipsImage *image;

	if (!made)
		return NULL;
	image = wrap(made);
	if (!image) {
		err_set_vips(err, REASON_INTERNAL);
		return NULL;
	}
	raw_tags_read(file, fd, &metadata);
	set_blob(image, VIPS_META_EXIF_NAME, &metadata.exif);
	set_blob(image, VIPS_META_XMP_NAME, &metadata.xmp);
	metadata_finish(&metadata);
	return image;
}

VipsImage *raw_develop(int fd, const struct open_options *options, struct err *err)
{
	struct raw_file file;
	VipsImage *image = NULL;

	if (raw_check_whole(fd, options->fail_on, err))
		return NULL;
	if (raw_file_open(&file, fd, err) == 0)
		image = make(&file, fd, options, err);
	raw_file_close(&file);
	return image;
}
