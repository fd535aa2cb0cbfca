#include "image/sizer.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "image/soften.h"

#define BAND_ROWS 64

/* One axis of one plane, in samples unless named otherwise. */
struct span {
	int picture_px, scaled_px; /* the picture before and after */
	int first_px, length_px;   /* the window, after */
	int in_step, in_samples;   /* pixels per sample, and how many there are */
	int in_first_px;           /* where the first of them begins */
	int out_step, out_samples;
	bool from_end;
};

/* A sample of the result covers out_step pixels of the scaled picture. The last may reach over the window's
 * edge; counted from the end it is the first that does. */
static struct resample_axis axis_of(const struct span *span)
{
	double scale = (double)span->picture_px / span->scaled_px;
	int covered_px = span->out_samples * span->out_step;
	int first_px = span->from_end ? span->first_px + span->length_px - covered_px : span->first_px;

	return (struct resample_axis){
		.from = span->in_samples,
		.to = span->out_samples,
		.start = (first_px * scale - span->in_first_px) / span->in_step,
		.span = covered_px * scale / span->in_step,
	};
}

static bool changes_nothing(const struct resample_axis *axis)
{
	return axis->from == axis->to && axis->start == 0 && axis->span == axis->from;
}

/* How a picture comes: its size, and each of its planes. */
struct source {
	int width_px, height_px, count;
	struct incoming {
		int width, height;   /* samples */
		int step_x, step_y;  /* pixels that each covers */
		int left_px, top_px; /* where the first begins */
		int room;            /* rows of a full band */
	} plane[PLANES_MAX];
};

static struct source source_of_decoder(const struct jpeg_decoder *decoder)
{
	const struct jpeg_header *header = &decoder->header;
	struct source source = { header->width_px, header->height_px,
		header->colour == JPEG_GREY ? 1 : PLANES_MAX, { { 0 } } };

	for (int i = 0; i < source.count; i++) {
		const struct jpeg_component *component = &decoder->component[i];

		source.plane[i] = (struct incoming){
			.width = component->width,
			.height = component->height,
			.step_x = component->step_x,
			.step_y = component->step_y,
			.room = jpeg_decoder_band_rows(decoder, i),
		};
	}
	return source;
}

static struct source source_of_planes(const struct planes *planes)
{
	struct source source = { planes->width_px, planes->height_px, planes->count, { { 0 } } };

	for (int i = 0; i < source.count; i++)
		source.plane[i] = (struct incoming){
			.width = planes->plane[i].width,
			.height = planes->plane[i].height,
			.step_x = i ? planes->chroma_h : 1,
			.step_y = i ? planes->chroma_v : 1,
			.left_px = i ? planes->chroma_left_px : 0,
			.top_px = i ? planes->chroma_top_px : 0,
			.room = BAND_ROWS,
		};
	return source;
}

static struct resample_shape shape_of(
	const struct sizer_target *target, const struct planes *result, const struct source *source, int i)
{
	const struct incoming *in = &source->plane[i];
	const struct span x = {
		.picture_px = source->width_px,
		.scaled_px = target->scaled_width_px,
		.first_px = target->left_px,
		.length_px = target->width_px,
		.in_step = in->step_x,
		.in_samples = in->width,
		.in_first_px = in->left_px,
		.out_step = i ? result->chroma_h : 1,
		.out_samples = result->plane[i].width,
		.from_end = target->chroma_from_right,
	};
	const struct span y = {
		.picture_px = source->height_px,
		.scaled_px = target->scaled_height_px,
		.first_px = target->top_px,
		.length_px = target->height_px,
		.in_step = in->step_y,
		.in_samples = in->height,
		.in_first_px = in->top_px,
		.out_step = i ? result->chroma_v : 1,
		.out_samples = result->plane[i].height,
		.from_end = target->chroma_from_bottom,
	};

	return (struct resample_shape){ .x = axis_of(&x), .y = axis_of(&y) };
}

static int reserve_result(const struct sizer_target *target, int count, struct planes *result)
{
	bool chroma = count > 1;

	assert(target->left_px >= 0 && target->left_px + target->width_px <= target->scaled_width_px);
	assert(target->top_px >= 0 && target->top_px + target->height_px <= target->scaled_height_px);
	if (planes_reserve(result, target->width_px, target->height_px, count, chroma ? target->chroma_h : 1,
		    chroma ? target->chroma_v : 1))
		return -1;
	if (chroma && target->chroma_from_right)
		result->chroma_left_px = result->width_px - result->plane[1].width * result->chroma_h;
	if (chroma && target->chroma_from_bottom)
		result->chroma_top_px = result->height_px - result->plane[1].height * result->chroma_v;
	return 0;
}

/* How many samples before the first, or after the last, the filter looks at. */
static void find_margins(const struct resample_axis *axis, int *before, int *after)
{
	double scale = axis->span / axis->to, reach = RESAMPLER_LOBES * (scale > 1 ? scale : 1) + 1;
	int least = (int)floor(axis->start - reach), most = (int)ceil(axis->start + axis->span + reach);

	*before = *after = 0;
	if (changes_nothing(axis))
		return;
	*before = least < 0 ? -least : 0;
	*after = most > axis->from ? most - axis->from : 0;
}

/* Room for whole bands, since the last one is resampled with the rows that it lacks, and for the margins. */
static int reserve_tall(struct sizer *sizer, const struct source *source)
{
	size_t offset_bytes[PLANES_MAX], size_bytes = 0;

	for (int i = 0; i < sizer->count; i++) {
		struct sizer_plane *tall = &sizer->tall[i];
		int room = source->plane[i].room, height = source->plane[i].height, rows;

		find_margins(&sizer->shape[i].y, &tall->rows_before, &tall->rows_after);
		rows = plane_samples(height, room) * room;
		if (rows < height + tall->rows_after)
			rows = height + tall->rows_after;
		tall->width = sizer->result->plane[i].width;
		tall->height = height;
		tall->stride_bytes = plane_stride(tall->width);
		offset_bytes[i] = size_bytes + (size_t)tall->rows_before * tall->stride_bytes;
		size_bytes += (size_t)(tall->rows_before + rows) * tall->stride_bytes;
	}
	if (kept_reserve(&sizer->memory, size_bytes))
		return -1;
	for (int i = 0; i < sizer->count; i++)
		sizer->tall[i].data = sizer->memory.data + offset_bytes[i];
	return 0;
}

/* Whether a viewer would interpolate between the samples that come, but not between those of the result. */
static bool is_soft(int luma_step, int chroma_step, int result_step)
{
	return result_step == 1 && chroma_step > luma_step;
}

static void shape_planes(struct sizer *sizer, const struct source *source, const struct sizer_target *target)
{
	const struct incoming *luma = &source->plane[0], *chroma = &source->plane[1];

	sizer->same_size = true;
	sizer->soft_x = source->count > 1 && is_soft(luma->step_x, chroma->step_x, sizer->result->chroma_h);
	sizer->soft_y = source->count > 1 && is_soft(luma->step_y, chroma->step_y, sizer->result->chroma_v);
	for (int i = 0; i < sizer->count; i++) {
		struct resample_shape *shape = &sizer->shape[i];

		*shape = shape_of(target, sizer->result, source, i);
		shape->x.linear = i > 0 && sizer->soft_x;
		shape->y.linear = i > 0 && sizer->soft_y;
		sizer->same_size =
			sizer->same_size && changes_nothing(&shape->x) && changes_nothing(&shape->y);
	}
}

static int begin(struct sizer *sizer, const struct source *source, const struct sizer_target *target,
	struct planes *result, struct err *err)
{
	sizer->count = source->count;
	sizer->result = result;
	if (reserve_result(target, source->count, result))
		return err_set(err, REASON_OUT_OF_MEMORY, "no memory for a picture of %d x %d",
			target->width_px, target->height_px);
	shape_planes(sizer, source, target);
	if (!sizer->same_size && reserve_tall(sizer, source))
		return err_set(err, REASON_OUT_OF_MEMORY, "no memory to resize in");
	return 0;
}

void sizer_init(struct sizer *sizer, struct resampler *resampler)
{
	*sizer = (struct sizer){ .resampler = resampler };
}

void sizer_finish(struct sizer *sizer)
{
	kept_finish(&sizer->memory);
	kept_finish(&sizer->rows);
	*sizer = (struct sizer){ 0 };
}

int sizer_begin(struct sizer *sizer, const struct jpeg_decoder *decoder, const struct sizer_target *target,
	struct planes *result, struct err *err)
{
	const struct source source = source_of_decoder(decoder);

	return begin(sizer, &source, target, result, err);
}

static void copy_rows(const struct sizer *sizer, const struct band *band, int i)
{
	const struct plane *plane = &sizer->result->plane[i];

	for (int y = 0; y < band->plane[i].rows; y++)
		memcpy(plane->data + (size_t)(band->plane[i].first + y) * plane->stride_bytes,
			band->plane[i].data + (size_t)y * band->plane[i].stride_bytes, (size_t)plane->width);
}

/* The margins of the band's rows belong to what is resampled, unless nothing changes across. */
static int resample_across(struct sizer *sizer, const struct band *band, int i, struct err *err)
{
	const struct band_plane *from = &band->plane[i];
	const struct sizer_plane *tall = &sizer->tall[i];
	int margin = changes_nothing(&sizer->shape[i].x) ? 0 : BAND_MARGIN;
	struct resample_job job = {
		.shape = { .x = sizer->shape[i].x, .y = resample_axis_same(from->room) },
		.in = from->data - margin,
		.in_stride_bytes = from->stride_bytes,
		.out = tall->data + (size_t)from->first * tall->stride_bytes,
		.out_stride_bytes = tall->stride_bytes,
	};

	job.shape.x.from += 2 * margin;
	job.shape.x.start += margin;
	return resampler_run(sizer->resampler, &job, err);
}

int sizer_band(struct sizer *sizer, const struct band *band, struct err *err)
{
	for (int i = 0; i < sizer->count; i++) {
		if (sizer->same_size)
			copy_rows(sizer, band, i);
		else if (band->plane[i].rows && resample_across(sizer, band, i, err))
			return -1;
	}
	return 0;
}

/* As in band.h, but of rows. */
static void repeat_edges(const struct sizer_plane *tall)
{
	size_t stride_bytes = tall->stride_bytes;
	uint8_t *end = tall->data + (size_t)tall->height * stride_bytes;

	for (int y = 1; y <= tall->rows_before; y++)
		memcpy(tall->data - (size_t)y * stride_bytes, tall->data, (size_t)tall->width);
	for (int y = 0; y < tall->rows_after; y++)
		memcpy(end + (size_t)y * stride_bytes, end - stride_bytes, (size_t)tall->width);
}

static int resample_down(struct sizer *sizer, int i, struct err *err)
{
	const struct sizer_plane *tall = &sizer->tall[i];
	const struct plane *plane = &sizer->result->plane[i];
	struct resample_job job = {
		.shape = { .x = resample_axis_same(tall->width), .y = sizer->shape[i].y },
		.in = tall->data - (size_t)tall->rows_before * tall->stride_bytes,
		.in_stride_bytes = tall->stride_bytes,
		.out = plane->data,
		.out_stride_bytes = plane->stride_bytes,
	};

	repeat_edges(tall);
	job.shape.y.from += tall->rows_before + tall->rows_after;
	job.shape.y.start += tall->rows_before;
	return resampler_run(sizer->resampler, &job, err);
}

/* Where chroma grows, interpolating linearly has done it. */
static void soften(const struct sizer *sizer, int i)
{
	const struct resample_shape *shape = &sizer->shape[i];
	double scale_x = shape->x.span / shape->x.to, scale_y = shape->y.span / shape->y.to;

	if (sizer->soft_x && scale_x >= 1)
		soften_across(&sizer->result->plane[i], scale_x);
	if (sizer->soft_y && scale_y >= 1)
		soften_down(&sizer->result->plane[i], scale_y);
}

int sizer_end(struct sizer *sizer, struct err *err)
{
	for (int i = 0; i < sizer->count && !sizer->same_size; i++) {
		if (resample_down(sizer, i, err))
			return -1;
		if (i > 0)
			soften(sizer, i);
	}
	sizer->result = NULL;
	return 0;
}

/* Some rows of whole planes as a band. Each plane has its own number of them: bands of planes that are there
 * need not be of the same part of the picture. */
static int reserve_band(struct sizer *sizer, const struct planes *in, struct band *band)
{
	size_t offset_bytes[PLANES_MAX], size_bytes = 0;

	band->count = in->count;
	for (int i = 0; i < in->count; i++) {
		struct band_plane *plane = &band->plane[i];

		*plane = (struct band_plane){ .width = in->plane[i].width, .room = BAND_ROWS };
		plane->stride_bytes = band_stride(plane->width);
		offset_bytes[i] = size_bytes + BAND_MARGIN;
		size_bytes += plane->stride_bytes * BAND_ROWS;
	}
	if (kept_reserve(&sizer->rows, size_bytes))
		return -1;
	memset(sizer->rows.data, 0, size_bytes);
	for (int i = 0; i < in->count; i++)
		band->plane[i].data = sizer->rows.data + offset_bytes[i];
	return 0;
}

/* The next rows of each plane that has more; false at the end. */
static bool fill_band(const struct planes *in, struct band *band)
{
	bool any = false;

	for (int i = 0; i < in->count; i++) {
		struct band_plane *to = &band->plane[i];
		const struct plane *from = &in->plane[i];
		int left;

		to->first += to->rows;
		left = from->height - to->first;
		to->rows = left < to->room ? left : to->room;
		any = any || to->rows;
		for (int y = 0; y < to->rows; y++)
			memcpy(to->data + (size_t)y * to->stride_bytes,
				from->data + (size_t)(to->first + y) * from->stride_bytes, (size_t)to->width);
	}
	band_repeat_edges(band);
	return any;
}

int sizer_resize(struct sizer *sizer, const struct planes *in, const struct sizer_target *target,
	struct planes *result, struct err *err)
{
	const struct source source = source_of_planes(in);
	struct band band = { 0 };

	if (begin(sizer, &source, target, result, err))
		return -1;
	if (reserve_band(sizer, in, &band))
		return err_set(err, REASON_OUT_OF_MEMORY, "no memory to resize in");
	while (fill_band(in, &band))
		if (sizer_band(sizer, &band, err))
			return -1;
	return sizer_end(sizer, err);
}

void sizer_trim(struct sizer *sizer, size_t size_bytes)
{
	if (sizer->memory.capacity_bytes > size_bytes)
		kept_finish(&sizer->memory);
	if (sizer->rows.capacity_bytes > size_bytes)
		kept_finish(&sizer->rows);
}
