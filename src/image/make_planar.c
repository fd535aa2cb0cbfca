#include "image/make_planar.h"

#include <assert.h>

#include "image/density.h"
#include "image/planar_lane.h"
#include "sys/clock.h"

bool make_planar_is_built(void)
{
	return true;
}

void make_planar_finish(struct maker *maker)
{
	planar_free(maker->planar);
}

static void tell_found(struct making *making, const struct jpeg_header *header)
{
	const struct density density = density_find(&header->density, &header->metadata.exif);

	making->found = (struct found){
		.pixels = { .model = header->colour == JPEG_GREY ? MODEL_GREY : MODEL_RGB, .bits = 8 },
		.icc = header->profile.data,
		.icc_bytes = header->profile.size_bytes,
		.metadata = &header->metadata,
		.density_x = density.x,
		.density_y = density.y,
	};
}

static int check_sizes(const struct making *makings, size_t count, struct err *err)
{
	for (size_t i = 0; i < count; i++) {
		const struct geometry *geometry = &makings[i].output->geometry;

		if (encode_check_size(FORMAT_JPEG, geometry->out_width_px, geometry->out_height_px, err))
			return -1;
	}
	return 0;
}

/* Colours and marks are decided on before anything is decoded: they say in which form planes are wanted. */
static int plan(struct making *makings, size_t count, struct planar_output *outputs, struct err *err)
{
	const struct making *first = &makings[0];
	const struct jpeg_header *header;

	maker_reach(first->maker, STAGE_OPEN);
	header = planar_open(first->maker->planar, first->picture_fd, &first->request->facts,
		first->maker->settings->run.fail_on, err);
	if (!header)
		return -1;
	for (size_t i = 0; i < count; i++) {
		tell_found(&makings[i], header);
		if (making_plan(&makings[i], err))
			return -1;
		outputs[i] = (struct planar_output){
			.geometry = &makings[i].output->geometry,
			.compose = &makings[i].compose,
			.full_chroma = settings_full_chroma(makings[i].settings),
			.sharpen = &makings[i].settings->sharpen,
		};
	}
	return 0;
}

static int decode(struct making *makings, size_t count, struct err *err)
{
	struct planar_output outputs[TASK_OUTPUTS_MAX];
	struct maker *maker = makings[0].maker;
	int result;

	assert(count <= TASK_OUTPUTS_MAX);
	result = plan(makings, count, outputs, err);
	if (result == 0) {
		maker_reach(maker, STAGE_DECODE);
		result = planar_decode(maker->planar, outputs, count, maker->settings->run.sampling, err);
	}
	return making_check_unchanged(&makings[0], result, err);
}

static int encode(void *data, int fd, struct encode_order *order, bool *dropped, struct err *err)
{
	return planar_encode(data, fd, order, dropped, err);
}

static void read_picture(void *data, int x, int y, int count, void *row)
{
	planar_read(data, x, y, count, row);
}

static int compose(struct making *making, size_t i, struct err *err)
{
	struct planar *planar = making->maker->planar;

	if (planar_compose(planar, i, err))
		return -1;
	if (making_waits(making) && making_choose_marks(making, read_picture, planar, err))
		return -1;
	return planar_stamp(planar, i, err);
}

static int finish(struct making *makings, size_t count, struct err *err)
{
	struct maker *maker = makings[0].maker;

	for (size_t i = 0; i < count; i++) {
		if (makings[i].output->up_to_date)
			continue;
		maker_reach(maker, STAGE_STAMP);
		if (compose(&makings[i], i, err) || making_write(&makings[i], encode, maker->planar, err))
			return -1;
	}
	return 0;
}

static void add_times(const struct making *making, int64_t begun_us)
{
	const struct planar_times times = planar_times(making->maker->planar);
	struct make_reply *reply = making->reply;

	reply->decode_ms = making_ms(times.decoded_us);
	reply->resize_ms = making_ms(times.resized_us);
	reply->encode_ms = making_ms(clock_us() - begun_us - times.decoded_us - times.resized_us);
}

int make_planar(struct making *makings, size_t count, struct err *err)
{
	struct maker *maker = makings[0].maker;
	int64_t begun_us = clock_us();
	int result;

	if (check_sizes(makings, count, err))
		return -1;
	if (!maker->planar)
		maker->planar = planar_new();
	if (!maker->planar)
		return err_set(err, REASON_OUT_OF_MEMORY, "no memory for the planar lane");
	result = decode(makings, count, err);
	if (result == 0)
		result = finish(makings, count, err);
	add_times(&makings[0], begun_us);
	planar_close(maker->planar);
	return result;
}
