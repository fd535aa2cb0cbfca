#include "image/make_vips.h"

#include <stdlib.h>
#include <string.h>

#include "image/open.h"
#include "image/png_colour.h"
#include "image/png_scan.h"
#include "image/sharpen_vips.h"
#include "image/tiff_tags.h"
#include "image/vips_lane.h"
#include "image/vips_plan.h"
#include "image/working.h"
#include "sys/clock.h"

/* What becomes of one picture here, beside what both lanes share. */
struct job {
	struct making *makings;
	size_t count;
	struct geometry geometries[TASK_OUTPUTS_MAX];
	struct vips_plan plan;
	struct lane lane;
	bool opened, spent;    /* the lane; its one picture was made, and it holds no more */
	struct metadata found; /* in the input */
	struct blob icc;       /* found in the input */
	struct lane_picture pictures[TASK_OUTPUTS_MAX];
	int64_t decoded_us, resized_us; /* by lanes that are closed */
};

/* What is encoded. */
struct encoding {
	VipsImage *image;
	bool in_memory;
};

static void begin_decoding(void *data)
{
	maker_reach(data, STAGE_DECODE);
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

/* What libvips does not read, of TIFF, of PNG, and of HEIC and AVIF. */

static void find_in_tiff(struct job *job)
{
	if (!job->found.exif.data)
		tiff_tags_read(job->makings[0].picture_fd, &job->found.exif);
}

static void find_in_png(struct job *job)
{
	struct png_scan scan;
	struct err ignored;

	if (!job->icc.data)
		png_colour_read(job->makings[0].picture_fd, &job->icc);
	/* EXIF may stand behind the pixels */
	if (!job->found.exif.data && png_scan(job->makings[0].picture_fd, &scan, &ignored) == 0) {
		job->found.exif = scan.exif;
		scan.exif = (struct blob){ 0 };
		png_scan_finish(&scan);
	}
}

static bool is_xmp(const struct blob *blob)
{
	static const char rdf[] = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";

	return blob->data && memmem(blob->data, blob->size_bytes, rdf, sizeof(rdf) - 1);
}

/* libvips names it by the kind and number of its item: "heif-mime-1". */
static void find_in_heif(struct job *job)
{
	char **fields = vips_image_get_fields(job->lane.source);

	for (char **field = fields; *field && !job->found.xmp.data; field++) {
		struct blob blob = { 0 };

		if (g_str_has_prefix(*field, "heif-mime-"))
			blob = get_blob(job->lane.source, *field);
		if (is_xmp(&blob))
			job->found.xmp = blob;
		else
			free(blob.data);
	}
	g_strfreev(fields);
}

static void find_metadata(struct job *job)
{
	enum format format = job->makings[0].request->facts.format;
	VipsImage *picture = job->lane.source;

	job->found.exif = get_blob(picture, VIPS_META_EXIF_NAME);
	job->found.xmp = get_blob(picture, VIPS_META_XMP_NAME);
	job->found.iptc = get_blob(picture, VIPS_META_IPTC_NAME);
	job->icc = get_blob(picture, VIPS_META_ICC_NAME);
	if (format == FORMAT_TIFF)
		find_in_tiff(job);
	if (format == FORMAT_PNG)
		find_in_png(job);
	if (format == FORMAT_HEIC || format == FORMAT_AVIF)
		find_in_heif(job);
}

static void tell_found(struct job *job)
{
	VipsImage *source = job->lane.source;

	find_metadata(job);
	for (size_t i = 0; i < job->count; i++)
		job->makings[i].found = (struct found){
			.pixels = working_pixels(source),
			.icc = job->icc.data,
			.icc_bytes = job->icc.size_bytes,
			.metadata = &job->found,
			.density_x = source->Xres,
			.density_y = source->Yres,
		};
}

static void close_lane(struct job *job)
{
	struct lane *lane = &job->lane;

	if (!job->opened)
		return;
	job->decoded_us += lane->decoded.spent_us;
	job->resized_us += lane->resized.spent_us - (lane->decoded.spent_us - lane->held_us);
	lane_finish(lane);
	job->opened = job->spent = false;
}

/* The scale suits all outputs that come from the decoder, whichever of them are made this time. */
static int open_lane(struct job *job, struct err *err)
{
	const struct making *making = &job->makings[0];
	struct geometry decoded[TASK_OUTPUTS_MAX];
	const struct lane_order order = {
		.fd = making->picture_fd,
		.facts = &making->request->facts,
		.geometries = decoded,
		.count = job->plan.decoded_count,
		.fail_on = making->maker->settings->run.fail_on,
		.sampling = making->maker->settings->run.sampling,
		.decoding = begin_decoding,
		.data = making->maker,
	};

	for (size_t i = 0; i < job->plan.decoded_count; i++)
		decoded[i] = job->geometries[job->plan.decoded[i]];
	maker_reach(making->maker, STAGE_OPEN);
	if (lane_open(&job->lane, &order, err))
		return -1;
	job->opened = true;
	return 0;
}

static bool is_needed(const struct job *job, size_t i)
{
	if (!job->makings[i].output->up_to_date)
		return true;
	for (size_t k = 0; k < job->count; k++)
		if (job->plan.from[k] == (int)i && is_needed(job, k))
			return true;
	return false;
}

static bool is_shared(const struct job *job)
{
	size_t needed = 0;

	for (size_t i = 0; i < job->plan.decoded_count; i++)
		needed += is_needed(job, job->plan.decoded[i]);
	return needed > 1;
}

/* A lane with a picture in it. */
static int get_lane(struct job *job, struct err *err)
{
	bool first = !job->opened;

	if (job->opened && !job->spent)
		return 0;
	close_lane(job);
	if (open_lane(job, err))
		return -1;
	if (first)
		tell_found(job);
	return is_shared(job) ? lane_hold(&job->lane, err) : 0;
}

static bool is_encoded_often(const struct job *job, size_t i)
{
	return job->makings[i].settings->max_bytes > 0;
}

static int get_picture(struct job *job, size_t i, struct err *err)
{
	int from = job->plan.from[i];

	if (job->pictures[i].image)
		return 0;
	if (from >= 0)
		return get_picture(job, (size_t)from, err) ||
				       lane_derive(&job->lane, &job->pictures[from], &job->geometries[i],
					       &job->pictures[i], err)
			       ? -1
			       : 0;
	if (get_lane(job, err))
		return -1;
	job->spent = !job->lane.held;
	return lane_make(&job->lane, &job->geometries[i], job->plan.is_source[i] || is_encoded_often(job, i),
		&job->pictures[i], err);
}

static int encode(void *data, int fd, struct encode_order *order, bool *dropped, struct err *err)
{
	const struct encoding *encoding = data;

	order->image = encoding->image;
	order->otherwise = encoding->in_memory ? REASON_INTERNAL : REASON_CORRUPT;
	return encode_to(fd, order, dropped, err);
}

static bool has_lightness(const struct pixels *pixels)
{
	return pixels->model == MODEL_GREY || pixels->model == MODEL_RGB;
}

/* The picture alone, in the output's colours, or where those are inks in its own. */
static struct compose before_sharpening(const struct making *making, const VipsImage *picture)
{
	struct compose first = making->compose;

	if (!has_lightness(&first.to)) {
		first.to = first.from;
		first.recolour = colours_between(making->maker->colours, &first.to, &first.to);
	}
	first.to.alpha = first.from.alpha;
	first.left_px = first.top_px = 0;
	first.width_px = picture->Xsize;
	first.height_px = picture->Ysize;
	first.marks_count = 0;
	return first;
}

/* In two steps: the picture is sharpened, and what does not want that, canvas and mark, comes then. */
static VipsImage *compose_sharpened(struct making *making, const struct lane_picture *picture)
{
	struct compose first = before_sharpening(making, picture->image), second = making->compose;
	VipsImage *coloured, *sharp, *image;

	if (!has_lightness(&first.to)) {
		making_warn(making->reply, "it keeps its inks, and was not sharpened");
		return compose_new(picture->image, &making->compose);
	}
	second.from = first.to;
	if (has_lightness(&second.to))
		second.recolour = colours_between(making->maker->colours, &first.to, &first.to);
	coloured = first.recolour && second.recolour ? compose_new(picture->image, &first) : NULL;
	sharp = coloured ? sharpen_image(coloured, &first.to, &making->settings->sharpen) : NULL;
	image = sharp ? compose_new(sharp, &second) : NULL;
	g_clear_object(&coloured);
	g_clear_object(&sharp);
	return image;
}

/* The output's image; in memory where it is encoded more than once, or marks wait for it. */
static VipsImage *compose(struct making *making, const struct lane_picture *picture)
{
	VipsImage *image = making->settings->sharpen.radius_px > 0
				   ? compose_sharpened(making, picture)
				   : compose_new(picture->image, &making->compose);
	VipsImage *memory;

	if (!image || (!making->settings->max_bytes && !making_waits(making)))
		return image;
	memory = vips_image_copy_memory(image);
	g_object_unref(image);
	return memory;
}

static void read_memory(void *data, int x, int y, int count, void *row)
{
	VipsImage *image = data;

	memcpy(row, VIPS_IMAGE_ADDR(image, x, y), (size_t)count * VIPS_IMAGE_SIZEOF_PEL(image));
}

/* Choose the marks that waited for this image, which is in memory and ours, and stamp it there. */
static int stamp(struct making *making, VipsImage *image, struct err *err)
{
	const struct compose *compose = &making->compose;

	if (vips_image_inplace(image))
		return err_set_vips(err, REASON_INTERNAL);
	if (making_choose_marks(making, read_memory, image, err))
		return -1;
	for (int y = 0; y < image->Ysize; y++)
		for (size_t i = 0; i < compose->marks_count; i++)
			mark_blend(&compose->marks[i], &compose->to, VIPS_IMAGE_ADDR(image, 0, y), 0, y,
				image->Xsize);
	return 0;
}

static int write_output(struct making *making, const struct lane_picture *picture, struct err *err)
{
	struct encoding encoding = { .in_memory = picture->in_memory };
	int result;

	maker_reach(making->maker, STAGE_STAMP);
	if (making_plan(making, err))
		return -1;
	encoding.image = compose(making, picture);
	if (!encoding.image)
		return making_check_unchanged(making,
			err_set_vips(err, picture->in_memory ? REASON_INTERNAL : REASON_CORRUPT), err);
	result = making_waits(making) ? stamp(making, encoding.image, err) : 0;
	if (result == 0)
		result = making_write(making, encode, &encoding, err);
	g_object_unref(encoding.image);
	return result;
}

static int make_output(struct job *job, size_t i, struct err *err)
{
	struct making *making = &job->makings[i];

	if (making->output->up_to_date)
		return 0;
	if (making_check_unchanged(making, get_picture(job, i, err), err))
		return -1;
	if (write_output(making, &job->pictures[i], err))
		return -1;
	if (!job->plan.is_source[i])
		g_clear_object(&job->pictures[i].image);
	return 0;
}

static int check_sizes(const struct job *job, struct err *err)
{
	for (size_t i = 0; i < job->count; i++)
		if (encode_check_size(job->makings[i].output->format, job->geometries[i].out_width_px,
			    job->geometries[i].out_height_px, err))
			return -1;
	return 0;
}

static void plan(struct job *job)
{
	const struct making *making = &job->makings[0];
	const struct facts *facts = &making->request->facts;

	for (size_t i = 0; i < job->count; i++)
		job->geometries[i] = job->makings[i].output->geometry;
	vips_plan(&job->plan, job->geometries, job->count, facts_upright_width(facts),
		facts_upright_height(facts), making->maker->settings->run.sampling);
}

/* Decoding and resizing are timed where they happen, inside the evaluation: the rest of it is encoding. */
static void finish(struct job *job, int64_t begun_us)
{
	struct make_reply *reply = job->makings[0].reply;

	for (size_t i = 0; i < job->count; i++)
		g_clear_object(&job->pictures[i].image);
	close_lane(job);
	metadata_finish(&job->found);
	free(job->icc.data);
	reply->decode_ms = making_ms(job->decoded_us);
	reply->resize_ms = making_ms(job->resized_us);
	reply->encode_ms = making_ms(clock_us() - begun_us - job->decoded_us - job->resized_us);
}

int make_vips(struct making *makings, size_t count, struct err *err)
{
	struct job job = { .makings = makings, .count = count };
	int64_t begun_us = clock_us();
	int result;

	plan(&job);
	result = check_sizes(&job, err);
	for (size_t i = 0; i < count && result == 0; i++)
		result = make_output(&job, i, err);
	finish(&job, begun_us);
	return result;
}
