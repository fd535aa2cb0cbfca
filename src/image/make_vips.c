#include "image/make_vips.h"

#include <stdlib.h>
#include <string.h>

#include "image/open.h"
#include "image/png_colour.h"
#include "image/png_scan.h"
#include "image/tiff_tags.h"
#include "image/vips_lane.h"
#include "image/working.h"
#include "sys/clock.h"

/* What becomes of one output here, beside what both lanes share. */
struct job {
	struct making *making;
	struct lane lane;
	struct metadata found; /* in the input */
	struct blob icc;       /* found in the input */
	VipsImage *image;      /* the output's */
};

static void begin_decoding(void *data)
{
	maker_reach(data, STAGE_DECODE);
}

static int decode(struct job *job, struct err *err)
{
	const struct lane_order order = {
		.fd = job->making->input_fd,
		.facts = &job->making->request->facts,
		.geometry = &job->making->output->geometry,
		.fail_on = job->making->maker->settings->run.fail_on,
		.sampling = job->making->maker->settings->run.sampling,
		.decoding = begin_decoding,
		.data = job->making->maker,
	};

	maker_reach(job->making->maker, STAGE_OPEN);
	return lane_begin(&job->lane, &order, err);
}

static struct blob get_blob(VipsImage *image, const char *field)
{
	struct blob blob = { 0 };
	const void *data;
	size_t size_bytes;

	if (!vips_image_get_typeof(image, field) || vips_image_get_blob(image, field, &data, &size_bytes))
		return blob;
	blob.data = malloc(size_bytes ? size_bytes : 1);
	if (blob.data)
		memcpy(blob.data, data, blob.size_bytes = size_bytes);
	return blob;
}

/* What libvips does not read, of TIFF and of PNG. */

static void find_in_tiff(struct job *job)
{
	if (!job->found.exif.data)
		tiff_tags_read(job->making->input_fd, &job->found.exif);
}

static void find_in_png(struct job *job)
{
	struct png_scan scan;
	struct err ignored;

	if (!job->icc.data)
		png_colour_read(job->making->input_fd, &job->icc);
	/* EXIF may stand behind the pixels */
	if (!job->found.exif.data && png_scan(job->making->input_fd, &scan, &ignored) == 0) {
		job->found.exif = scan.exif;
		scan.exif = (struct blob){ 0 };
		png_scan_finish(&scan);
	}
}

static void find_metadata(struct job *job)
{
	VipsImage *picture = job->lane.picture;

	job->found.exif = get_blob(picture, VIPS_META_EXIF_NAME);
	job->found.xmp = get_blob(picture, VIPS_META_XMP_NAME);
	job->found.iptc = get_blob(picture, VIPS_META_IPTC_NAME);
	job->icc = get_blob(picture, VIPS_META_ICC_NAME);
	if (job->making->request->facts.format == FORMAT_TIFF)
		find_in_tiff(job);
	if (job->making->request->facts.format == FORMAT_PNG)
		find_in_png(job);
}

static void tell_found(struct job *job)
{
	VipsImage *picture = job->lane.picture;
	struct found *found = &job->making->found;

	find_metadata(job);
	*found = (struct found){
		.pixels = working_pixels(picture),
		.icc = job->icc.data,
		.icc_bytes = job->icc.size_bytes,
		.metadata = &job->found,
		.density_x = picture->Xres,
		.density_y = picture->Yres,
	};
}

static int encode(void *data, int fd, struct encode_order *order, bool *dropped, struct err *err)
{
	struct job *job = data;

	order->image = job->image;
	order->otherwise = job->lane.in_memory ? REASON_INTERNAL : REASON_CORRUPT;
	return encode_to(fd, order, dropped, err);
}

static int make_decoded(struct job *job, struct err *err)
{
	struct making *making = job->making;
	int result;

	tell_found(job);
	maker_reach(making->maker, STAGE_STAMP);
	if (making_plan(making, err))
		return -1;
	job->image = compose_new(job->lane.picture, &making->compose);
	if (!job->image)
		return err_set_vips(err, REASON_INTERNAL);
	result = making_write(making, encode, job, err);
	g_object_unref(job->image);
	return result;
}

/* Decoding and resizing are timed where they happen, inside the evaluation: the rest of it is encoding. */
static void add_times(const struct job *job, int64_t begun_us)
{
	const struct lane *lane = &job->lane;
	struct make_reply *reply = job->making->reply;
	int64_t all_us = clock_us() - begun_us;

	reply->decode_ms += making_ms(lane->decoded.spent_us);
	reply->resize_ms += making_ms(lane->resized.spent_us - lane->decoded.spent_us);
	reply->encode_ms += making_ms(all_us - lane->resized.spent_us);
}

int make_vips(struct making *making, struct err *err)
{
	const struct geometry *geometry = &making->output->geometry;
	struct job job = { .making = making };
	int64_t begun_us = clock_us();
	int result;

	if (encode_check_size(making->output->format, geometry->out_width_px, geometry->out_height_px, err))
		return -1;
	result = making_check_unchanged(making, decode(&job, err), err);
	if (result == 0)
		result = make_decoded(&job, err);
	add_times(&job, begun_us);
	lane_finish(&job.lane);
	metadata_finish(&job.found);
	free(job.icc.data);
	return result;
}
