#include "image/maker.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "image/make_planar.h"
#include "image/make_vips.h"
#include "image/making.h"
#include "image/palette.h"
#include "image/raw.h"
#include "job/lane_choice.h"
#include "sys/clock.h"

const char *stage_name(enum stage stage)
{
	static const char *const names[STAGE_COUNT] = { "idle", "open", "decode", "stamp", "encode", "sync",
		"publish" };

	assert(stage >= STAGE_IDLE && stage < STAGE_COUNT);
	return names[stage];
}

struct maker *maker_new(const struct settings *settings, int output_fd, const struct maker_hooks *hooks)
{
	struct maker *maker = calloc(1, sizeof(*maker));

	if (!maker)
		return NULL;
	maker->settings = settings;
	maker->output_fd = output_fd;
	if (hooks)
		maker->hooks = *hooks;
	maker->colours = colours_new();
	maker->marks = maker->colours ? marks_new(maker->colours) : NULL;
	if (maker->marks)
		return maker;
	maker_free(maker);
	return NULL;
}

void maker_free(struct maker *maker)
{
	if (!maker)
		return;
	make_planar_finish(maker);
	marks_free(maker->marks);
	colours_free(maker->colours);
	free(maker);
}

int maker_check_marks(struct maker *maker, struct err *err)
{
	const struct mark_settings *marks[MARKS_MAX];

	for (size_t i = 0; i < maker->settings->outputs_count; i++) {
		size_t count = settings_marks(maker->settings, &maker->settings->outputs[i], marks);

		for (size_t k = 0; k < count; k++)
			if (marks_check(maker->marks, marks[k], err))
				return -1;
	}
	return 0;
}

/* An output that is written as PNG is not known before there are pictures where the format is kept. */
static int check_palettes(const struct settings *settings, struct err *err)
{
	for (size_t i = 0; i < settings->outputs_count; i++) {
		const struct output_settings *output = &settings->outputs[i];
		bool may_be_png = output->format == FORMAT_PNG || output->format == FORMAT_NONE;

		if (output->png_palette && may_be_png && !palette_can_be_written())
			return err_set(err, REASON_UNSUPPORTED,
				"--png-palette: this build of libvips cannot choose colours; it wants "
				"libimagequant");
	}
	return 0;
}

static int check_targets(struct maker *maker, struct err *err)
{
	for (size_t i = 0; i < maker->settings->outputs_count; i++) {
		const struct output_settings *output = &maker->settings->outputs[i];

		if (output->colour == COLOUR_PROFILE &&
			colours_check_target(
				maker->colours, output->colour_profile, output->colour_file, err))
			return -1;
	}
	return 0;
}

int maker_check(struct maker *maker, struct err *err)
{
	if (maker_check_marks(maker, err) || check_targets(maker, err))
		return -1;
	return check_palettes(maker->settings, err);
}

bool maker_has_planar(void)
{
	return make_planar_is_built();
}

static void warn_of_frames(struct make_reply *reply, const struct facts *facts)
{
	char text[80];

	if (facts->frames <= 1)
		return;
	snprintf(text, sizeof(text), "only the first of %d %s was taken", facts->frames,
		facts->format == FORMAT_TIFF ? "pages" : "frames");
	making_warn(reply, text);
}

/* Where the picture is a raw file's preview, let all outputs be made of that. */
static int unwrap(struct making *makings, size_t count, int *preview_fd, struct err *err)
{
	if (makings[0].request->facts.raw.source != RAW_PREVIEW)
		return 0;
	maker_reach(makings[0].maker, STAGE_OPEN);
	*preview_fd = raw_preview(makings[0].input_fd, makings[0].maker->settings->run.fail_on, err);
	for (size_t i = 0; i < count; i++)
		makings[i].picture_fd = *preview_fd;
	return making_check_unchanged(&makings[0], *preview_fd < 0 ? -1 : 0, err);
}

static int make_all(
	struct maker *maker, int input_fd, const struct make_request *request, struct make_reply *reply)
{
	enum lane_wish wish = maker->settings->run.lane;
	struct lane_choice choice = lane_choose(request, maker->settings, make_planar_is_built());
	autofree struct making *makings = calloc(request->outputs_count, sizeof(*makings));
	autoclose int preview_fd = -1;
	int result;

	snprintf(reply->lane, sizeof(reply->lane), "%s", lane_name(choice.planar));
	if (wish == LANE_WISH_PLANAR && !choice.planar)
		return err_set(
			&reply->err, REASON_UNSUPPORTED, "the planar lane cannot make it: %s", choice.why);
	if (!makings)
		return err_set(&reply->err, REASON_OUT_OF_MEMORY, "no memory for the picture");
	for (size_t i = 0; i < request->outputs_count; i++)
		making_init(&makings[i], maker, input_fd, request, i, reply);
	result = unwrap(makings, request->outputs_count, &preview_fd, &reply->err);
	if (result == 0)
		result = choice.planar ? make_planar(makings, request->outputs_count, &reply->err)
				       : make_vips(makings, request->outputs_count, &reply->err);
	if (result == 0)
		reply->outputs_count = request->outputs_count;
	for (size_t i = 0; i < request->outputs_count; i++)
		making_finish(&makings[i]);
	return result;
}

int maker_make(
	struct maker *maker, int input_fd, const struct make_request *request, struct make_reply *reply)
{
	int64_t begun_us = clock_us();
	int result;

	assert(request->outputs_count <= maker->settings->outputs_count);
	memset(reply, 0, sizeof(*reply));
	reply->read_bytes = request->input.size_bytes;
	warn_of_frames(reply, &request->facts);
	colours_trim(maker->colours);
	marks_trim(maker->marks);
	result = make_all(maker, input_fd, request, reply);
	reply->total_ms = making_ms(clock_us() - begun_us);
	maker_reach(maker, STAGE_IDLE);
	return result;
}
