#include "image/raw.h"

#include <unistd.h>

#include "base/cleanup.h"
#include "image/jpeg_header.h"
#include "image/raw_cut.h"
#include "image/raw_file.h"
#include "image/raw_tags.h"
#include "image/raw_unwrap.h"

#define ADOBE_RGB 2 /* of LibRaw's, which calls it by this name from 0.21 on only */
/* of DNG's PreviewColorSpace, 50970 */
#define DNG_UNSAID 0
#define DNG_ADOBE_RGB 3

bool raw_is_built(void)
{
	return true;
}

const char *raw_version(void)
{
	return libraw_version();
}

/* dcraw's way of saying it: 4 swaps the axes, then 2 turns it upside down, 1 left to right. */
static int orientation_of(int flip)
{
	static const int orientations[] = { 1, 2, 4, 3, 5, 8, 6, 7 };

	return orientations[flip & 7];
}

/* Of the developed picture, full-size and not turned. */
static int take_developed(struct raw_file *file, struct raw_facts *raw, struct err *err)
{
	libraw_data_t *libraw = file->libraw;
	int result;

	raw->orientation = orientation_of(libraw->sizes.flip);
	libraw->params.user_flip = 0;
	result = libraw_adjust_sizes_info_only(libraw);
	if (result)
		return raw_file_fail(file, result, err);
	raw->width_px = libraw->sizes.iwidth;
	raw->height_px = libraw->sizes.iheight;
	if (raw->width_px < 1 || raw->height_px < 1)
		return err_set(err, REASON_CORRUPT, "LibRaw finds no pixels in it");
	return 0;
}

/* Most previews lie as the sensor does and do not say so; some cameras' are upright already. */
static int orientation_of_preview(int own, const struct facts *preview, const struct raw_facts *raw)
{
	bool lies = preview->width_px > preview->height_px, sensor_lies = raw->width_px > raw->height_px;

	if (own != 1)
		return own;
	return raw->orientation >= 5 && lies != sensor_lies ? 1 : raw->orientation;
}

/* What is said of the preview itself counts more than what the camera was set to. */
static bool is_adobe(const libraw_data_t *libraw, const struct facts *preview)
{
	unsigned int said = libraw->color.dng_levels.preview_colorspace;

	if (said != DNG_UNSAID)
		return said == DNG_ADOBE_RGB;
	return preview->interop_adobe || libraw->color.ExifColorSpace == ADOBE_RGB ||
	       libraw->makernotes.common.ColorSpace == ADOBE_RGB;
}

/* A preview that cannot be read is none. */
static void take_preview(
	const struct unwrapped *unwrapped, const libraw_data_t *libraw, struct raw_facts *raw)
{
	struct facts facts;
	struct err ignored;

	if (jpeg_header_read(unwrapped->fd, &facts, &ignored))
		return;
	raw->preview = (struct raw_preview){
		.width_px = facts.width_px,
		.height_px = facts.height_px,
		.orientation = orientation_of_preview(unwrapped->orientation, &facts, raw),
		.model = facts.model,
		.progressive = facts.progressive,
		.profile = facts.profile,
		.interop_adobe = is_adobe(libraw, &facts),
		.chroma_h = facts.chroma_h,
		.chroma_v = facts.chroma_v,
		.planes = facts.planes,
	};
}

static int probe(struct raw_file *file, const struct metadata *metadata, struct facts *facts, struct err *err)
{
	struct unwrapped unwrapped = { .fd = -1 };
	struct exif_facts exif;
	int found;

	metadata_read_facts(&metadata->exif, &exif);
	*facts = (struct facts){
		.frames = 1,
		.taken_s = exif.taken_s,
		.exif = exif.texts,
		.raw = { .source = RAW_DEVELOPED },
	};
	if (take_developed(file, &facts->raw, err))
		return -1;
	found = raw_unwrap(file, metadata, &unwrapped, err);
	if (found > 0)
		take_preview(&unwrapped, file->libraw, &facts->raw);
	if (unwrapped.fd >= 0)
		close(unwrapped.fd);
	facts_take_developed(facts, 8);
	return found < 0 ? -1 : 0;
}

int raw_probe(int fd, struct facts *facts, struct err *err)
{
	struct metadata metadata = { 0 };
	struct raw_file file;
	int result = raw_file_open(&file, fd, err);

	if (result == 0) {
		raw_tags_read(&file, fd, &metadata);
		result = probe(&file, &metadata, facts, err);
	}
	metadata_finish(&metadata);
	raw_file_close(&file);
	/* LibRaw does not say why it makes no sense of it */
	if (result && err->reason == REASON_CORRUPT)
		raw_check_whole(fd, FAIL_ON_TRUNCATED, err);
	return result;
}

int raw_preview(int fd, enum fail_on fail_on, struct err *err)
{
	struct unwrapped unwrapped = { .fd = -1 };
	struct metadata metadata = { 0 };
	struct raw_file file;
	int found;

	if (raw_check_whole(fd, fail_on, err))
		return -1;
	found = raw_file_open(&file, fd, err);
	if (found == 0) {
		raw_tags_read(&file, fd, &metadata);
		found = raw_unwrap(&file, &metadata, &unwrapped, err);
		if (found == 0)
			err_set(err, REASON_CORRUPT, "its preview cannot be read");
	}
	metadata_finish(&metadata);
	raw_file_close(&file);
	return found > 0 ? unwrapped.fd : -1;
}
