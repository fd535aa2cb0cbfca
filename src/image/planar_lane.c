#include "image/planar_lane.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "image/attach.h"
#include "image/jpeg_encoder.h"
#include "image/planar_plan.h"
#include "image/planes_colour.h"
#include "image/planes_mark.h"
#include "image/planes_paint.h"
#include "image/planes_turn.h"
#include "image/resampler.h"
#include "image/sharpen.h"
#include "image/sink.h"
#include "image/sizer.h"
#include "sys/clock.h"

#define SUBSAMPLING 2
#define SOI_BYTES 2
/* The memory of one step that is kept for the next picture: enough for 40 megapixels that stay as they are.
 */
#define KEEP_BYTES (64 * 1024 * 1024)

struct planar_piece {
	struct planar_output order;
	int chroma; /* luma samples per chroma sample of the file, on each axis */
	bool plain; /* the planes need no other colours and no canvas */
	struct sizer sizer;
	struct planes planes; /* sized, as stored */
};

struct planar {
	struct jpeg_decoder *decoder;
	struct resampler *resampler;
	struct jpeg_encoder *encoder;
	struct planar_piece *pieces;
	size_t pieces_count, pieces_made; /* in use; with memory of their own */
	int orientation;
	struct planes scratch[2];
	struct planes *composed; /* one of the scratch planes, or a piece's */
	struct planar_times times;
};

struct planar *planar_new(void)
{
	struct planar *planar = calloc(1, sizeof(*planar));

	if (!planar)
		return NULL;
	planar->decoder = jpeg_decoder_new();
	planar->resampler = resampler_new();
	planar->encoder = jpeg_encoder_new();
	planar->pieces = calloc(TASK_OUTPUTS_MAX, sizeof(*planar->pieces));
	if (planar->decoder && planar->resampler && planar->encoder && planar->pieces)
		return planar;
	planar_free(planar);
	return NULL;
}

void planar_free(struct planar *planar)
{
	if (!planar)
		return;
	for (size_t i = 0; i < planar->pieces_made; i++) {
		sizer_finish(&planar->pieces[i].sizer);
		planes_finish(&planar->pieces[i].planes);
	}
	planes_finish(&planar->scratch[0]);
	planes_finish(&planar->scratch[1]);
	free(planar->pieces);
	jpeg_encoder_free(planar->encoder);
	resampler_free(planar->resampler);
	jpeg_decoder_free(planar->decoder);
	free(planar);
}

static bool fits(const struct jpeg_header *header, const struct facts *facts)
{
	return header->width_px == facts->width_px && header->height_px == facts->height_px &&
	       header->colour == (facts->model == MODEL_GREY ? JPEG_GREY : JPEG_YCC) && header->chroma_h &&
	       header->chroma_v;
}

const struct jpeg_header *planar_open(
	struct planar *planar, int fd, const struct facts *facts, enum fail_on fail_on, struct err *err)
{
	int64_t begun_us = clock_us();

	planar->times = (struct planar_times){ 0 };
	planar->pieces_count = 0;
	planar->orientation = facts->orientation;
	if (jpeg_decoder_open(planar->decoder, fd, fail_on, err))
		return NULL;
	planar->times.decoded_us += clock_us() - begun_us;
	if (fits(&planar->decoder->header, facts))
		return &planar->decoder->header;
	err_set(err, REASON_VANISHED, "changed since it was probed: it was %dx%d", facts->width_px,
		facts->height_px);
	return NULL;
}

static void set_piece(struct planar *planar, size_t i, const struct planar_output *output)
{
	const struct compose *compose = output->compose;
	struct planar_piece *piece = &planar->pieces[i];

	assert(compose->from.bits == 8 && compose->to.bits == 8 && !compose->from.alpha &&
		!compose->to.alpha);
	assert(compose->from.model == MODEL_RGB || compose->from.model == MODEL_GREY);
	assert(compose->to.model == MODEL_RGB || compose->to.model == MODEL_GREY);
	if (i == planar->pieces_made) {
		sizer_init(&piece->sizer, planar->resampler);
		planar->pieces_made++;
	}
	piece->order = *output;
	piece->chroma = !output->full_chroma && compose->to.model == MODEL_RGB ? SUBSAMPLING : 1;
	piece->plain = recolour_is_copy(compose->recolour) &&
		       compose->width_px == output->geometry->crop_width_px &&
		       compose->height_px == output->geometry->crop_height_px;
}

static int begin_pieces(struct planar *planar, const struct planar_plan *plan,
	const struct sizer_target *targets, struct err *err)
{
	for (size_t k = 0; k < plan->count && plan->steps[k].from < 0; k++) {
		size_t i = plan->steps[k].output;
		struct planar_piece *piece = &planar->pieces[i];

		if (sizer_begin(&piece->sizer, planar->decoder, &targets[i], &piece->planes, err))
			return -1;
	}
	return 0;
}

static int size_band(
	struct planar *planar, const struct planar_plan *plan, const struct band *band, struct err *err)
{
	int64_t begun_us = clock_us();
	int result = 0;

	for (size_t k = 0; k < plan->count && plan->steps[k].from < 0 && result == 0; k++)
		result = sizer_band(&planar->pieces[plan->steps[k].output].sizer, band, err);
	planar->times.resized_us += clock_us() - begun_us;
	return result;
}

static int decode_bands(struct planar *planar, const struct planar_plan *plan, struct err *err)
{
	for (;;) {
		int64_t begun_us = clock_us();
		struct band band;
		int got = jpeg_decoder_read(planar->decoder, &band, err);

		planar->times.decoded_us += clock_us() - begun_us;
		if (got <= 0)
			return got;
		if (size_band(planar, plan, &band, err))
			return -1;
	}
}

static int end_pieces(struct planar *planar, const struct planar_plan *plan,
	const struct sizer_target *targets, struct err *err)
{
	int64_t begun_us = clock_us();
	int result = 0;

	for (size_t k = 0; k < plan->count && result == 0; k++) {
		const struct planar_step *step = &plan->steps[k];
		struct planar_piece *piece = &planar->pieces[step->output];

		if (step->from < 0)
			result = sizer_end(&piece->sizer, err);
		else
			result = sizer_resize(&piece->sizer, &planar->pieces[step->from].planes,
				&targets[step->output], &piece->planes, err);
	}
	planar->times.resized_us += clock_us() - begun_us;
	return result;
}

int planar_decode(struct planar *planar, const struct planar_output *outputs, size_t count,
	enum sampling sampling, struct err *err)
{
	const struct jpeg_header *header = &planar->decoder->header;
	struct sizer_target targets[TASK_OUTPUTS_MAX];
	struct planar_plan plan;
	int64_t begun_us = clock_us();

	assert(count >= 1 && count <= TASK_OUTPUTS_MAX);
	for (size_t i = 0; i < count; i++) {
		set_piece(planar, i, &outputs[i]);
		int chroma = planar->pieces[i].plain ? planar->pieces[i].chroma : 1;

		targets[i] = planar_target(outputs[i].geometry, planar->orientation, chroma, chroma);
	}
	planar->pieces_count = count;
	planar_plan(&plan, targets, count, header->width_px, header->height_px, sampling);
	if (jpeg_decoder_start(planar->decoder, plan.denominator, err))
		return -1;
	planar->times.decoded_us += clock_us() - begun_us;
	if (begin_pieces(planar, &plan, targets, err) || decode_bands(planar, &plan, err))
		return -1;
	return end_pieces(planar, &plan, targets, err);
}

static struct planes *other_scratch(struct planar *planar)
{
	return planar->composed == &planar->scratch[0] ? &planar->scratch[1] : &planar->scratch[0];
}

/* Each step makes new planes of the composed ones, unless it changes nothing. 0 or a negative errno. */

static int turn(struct planar *planar)
{
	struct planes *next = other_scratch(planar);
	int error = 0;

	if (planar->orientation != 1) {
		error = planes_turn(planar->composed, planar->orientation, next);
		planar->composed = next;
	}
	return error;
}

static int recolour(struct planar *planar, const struct compose *compose)
{
	const struct planes_recolour how = { compose->from, compose->to, compose->recolour };
	struct planes *next = other_scratch(planar);
	int error = 0;

	if (!recolour_is_copy(compose->recolour)) {
		error = planes_recolour(planar->composed, &how, next);
		planar->composed = next;
	}
	return error;
}

static void read_luma(void *data, int y, float *lightness)
{
	const struct plane *luma = data;
	const uint8_t *row = luma->data + (size_t)y * luma->stride_bytes;

	for (int x = 0; x < luma->width; x++)
		lightness[x] = row[x];
}

static void add_luma(void *data, int y, const float *addition)
{
	const struct plane *luma = data;
	uint8_t *row = luma->data + (size_t)y * luma->stride_bytes;

	for (int x = 0; x < luma->width; x++)
		row[x] = (uint8_t)lrintf(fminf(fmaxf((float)row[x] + addition[x], 0), 255));
}

/* In place: nothing else is made of these planes any more. */
static int sharpen(struct planar *planar, const struct sharpen_settings *settings)
{
	struct plane *luma = &planar->composed->plane[0];
	const struct sharpen_picture picture = { luma->width, luma->height, read_luma, add_luma, luma };

	return settings->radius_px <= 0 || sharpen_picture(&picture, settings) ? 0 : -ENOMEM;
}

static int pad(struct planar *planar, const struct compose *compose)
{
	const struct planes *picture = planar->composed;
	struct planes *next = other_scratch(planar);
	uint8_t colour[PLANES_MAX];
	int error;

	if (picture->width_px == compose->width_px && picture->height_px == compose->height_px)
		return 0;
	error = planes_reserve(next, compose->width_px, compose->height_px, picture->count, 1, 1);
	if (error)
		return error;
	planes_colour_of(compose->background, picture->count, colour);
	planes_fill(next, colour);
	planes_place(picture, next, compose->left_px, compose->top_px);
	planar->composed = next;
	return 0;
}

static int subsample(struct planar *planar, int chroma)
{
	struct planes *next = other_scratch(planar);
	int error = 0;

	if (planar->composed->chroma_h != chroma) {
		error = planes_subsample(planar->composed, chroma, chroma, next);
		planar->composed = next;
	}
	return error;
}

int planar_compose(struct planar *planar, size_t i, struct err *err)
{
	const struct planar_piece *piece = &planar->pieces[i];
	const struct compose *compose = piece->order.compose;
	int error;

	assert(i < planar->pieces_count);
	planar->composed = &planar->pieces[i].planes;
	error = turn(planar);
	if (!error && !piece->plain)
		error = recolour(planar, compose);
	if (!error)
		error = sharpen(planar, piece->order.sharpen);
	if (!error && !piece->plain)
		error = pad(planar, compose);
	if (!error && planar->composed->count > 1)
		error = subsample(planar, piece->chroma);
	return error ? err_set_errno(err, error, "no memory for the picture") : 0;
}

void planar_read(const struct planar *planar, int x, int y, int count, uint8_t *pixels)
{
	planes_read(planar->composed, x, y, count, pixels);
}

int planar_stamp(struct planar *planar, size_t i, struct err *err)
{
	const struct compose *compose = planar->pieces[i].order.compose;
	int error = 0;

	for (size_t k = 0; k < compose->marks_count && !error; k++)
		error = planes_mark(planar->composed, &compose->marks[k]);
	return error ? err_set_errno(err, error, "no memory for the picture") : 0;
}

static int write_file(int fd, const struct jpeg_file *file, const GByteArray *markers, struct err *err)
{
	struct sink sink;
	int error = sink_init(&sink, fd);

	if (error)
		return err_set_errno(err, error, "cannot write");
	sink.lead_bytes = SOI_BYTES;
	sink.put = markers->data;
	sink.put_bytes = markers->len;
	sink_write(&sink, file->data, file->size_bytes);
	error = sink_flush(&sink);
	sink_finish(&sink);
	return error ? err_set_errno(err, error, "cannot write") : 0;
}

int planar_encode(
	struct planar *planar, int fd, const struct encode_order *order, bool *dropped, struct err *err)
{
	const struct jpeg_encode_options options = {
		.quality = encode_quality(order),
		.progressive = order->settings->progressive,
		.optimize = order->settings->optimize,
	};
	struct attachments attachments = {
		.metadata = order->metadata,
		.icc = order->icc,
		.icc_bytes = order->icc_bytes,
		.density_x = order->density_x,
		.density_y = order->density_y,
	};
	struct jpeg_file file;
	GByteArray *markers;
	int result;

	if (jpeg_encoder_encode(planar->encoder, planar->composed, &options, &file, err))
		return -1;
	markers = g_byte_array_new();
	attach_jpeg(&attachments, true, markers);
	result = write_file(fd, &file, markers, err);
	g_byte_array_unref(markers);
	*dropped = attachments.dropped;
	return result;
}

struct planar_times planar_times(const struct planar *planar)
{
	return planar->times;
}

static void trim_planes(struct planes *planes)
{
	if (planes->memory.capacity_bytes > KEEP_BYTES)
		planes_finish(planes);
}

void planar_close(struct planar *planar)
{
	jpeg_decoder_trim(planar->decoder, KEEP_BYTES);
	jpeg_encoder_trim(planar->encoder, KEEP_BYTES);
	for (size_t i = 0; i < planar->pieces_made; i++) {
		sizer_trim(&planar->pieces[i].sizer, KEEP_BYTES);
		trim_planes(&planar->pieces[i].planes);
	}
	trim_planes(&planar->scratch[0]);
	trim_planes(&planar->scratch[1]);
	planar->composed = NULL;
	planar->pieces_count = 0;
}
