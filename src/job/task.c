#include "job/task.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/path.h"
#include "base/text.h"

static void refuse_unless(struct unpack *unpack, bool sound)
{
	if (!sound)
		unpack->failed = true;
}

static int verdict(const struct unpack *unpack)
{
	return unpack_done(unpack) ? 0 : -EBADMSG;
}

/* Text for people that another process made: short enough, UTF-8, and without control characters, so that it
 * may go to a terminal. */
static void unpack_text(struct unpack *unpack, char *text, size_t size)
{
	const char *from = unpack_string(unpack);
	size_t length = strlen(from);

	refuse_unless(unpack, length < size && text_is_utf8(from));
	for (size_t i = 0; i < length; i++)
		refuse_unless(unpack, (unsigned char)from[i] >= 0x20 && from[i] != 0x7f);
	if (!unpack->failed)
		memcpy(text, from, length + 1);
}

static double unpack_amount(struct unpack *unpack)
{
	double amount = unpack_f64(unpack);

	refuse_unless(unpack, amount >= 0);
	return amount;
}

static void err_pack(const struct err *err, struct pack *pack)
{
	pack_i64(pack, err->reason);
	if (err->reason != REASON_NONE)
		pack_string(pack, err->text);
}

static void err_unpack(struct err *err, struct unpack *unpack)
{
	err->reason = (enum reason)unpack_range(unpack, REASON_NONE, REASON_COUNT - 1);
	if (err->reason == REASON_NONE)
		return;
	unpack_text(unpack, err->text, sizeof(err->text));
	refuse_unless(unpack, err->text[0] != '\0');
}

static void input_pack(const struct task_input *input, struct pack *pack)
{
	pack_i64(pack, input->root);
	pack_string(pack, input->path);
	pack_i64(pack, input->size_bytes);
	pack_i64(pack, input->mtime_ns);
}

static void input_unpack(struct task_input *input, struct unpack *unpack)
{
	input->root = (int)unpack_range(unpack, 0, INT_MAX);
	input->path = unpack_string(unpack);
	refuse_unless(unpack, path_is_beneath(input->path));
	input->size_bytes = unpack_range(unpack, 0, INT64_MAX);
	input->mtime_ns = unpack_i64(unpack);
}

static void geometry_pack(const struct geometry *geometry, struct pack *pack)
{
	pack_i64(pack, geometry->scaled_width_px);
	pack_i64(pack, geometry->scaled_height_px);
	pack_i64(pack, geometry->crop_left_px);
	pack_i64(pack, geometry->crop_top_px);
	pack_i64(pack, geometry->crop_width_px);
	pack_i64(pack, geometry->crop_height_px);
	pack_i64(pack, geometry->pad_left_px);
	pack_i64(pack, geometry->pad_top_px);
	pack_i64(pack, geometry->out_width_px);
	pack_i64(pack, geometry->out_height_px);
}

static int unpack_side(struct unpack *unpack)
{
	return (int)unpack_range(unpack, 1, PICTURE_SIDE_MAX_PX);
}

static int unpack_offset(struct unpack *unpack)
{
	return (int)unpack_range(unpack, 0, PICTURE_SIDE_MAX_PX);
}

static void geometry_unpack(struct geometry *geometry, struct unpack *unpack)
{
	geometry->scaled_width_px = unpack_side(unpack);
	geometry->scaled_height_px = unpack_side(unpack);
	geometry->crop_left_px = unpack_offset(unpack);
	geometry->crop_top_px = unpack_offset(unpack);
	geometry->crop_width_px = unpack_side(unpack);
	geometry->crop_height_px = unpack_side(unpack);
	geometry->pad_left_px = unpack_offset(unpack);
	geometry->pad_top_px = unpack_offset(unpack);
	geometry->out_width_px = unpack_side(unpack);
	geometry->out_height_px = unpack_side(unpack);
	/* the crop lies in the scaled picture, and what is kept lies on the canvas */
	refuse_unless(unpack, geometry->crop_left_px + geometry->crop_width_px <= geometry->scaled_width_px);
	refuse_unless(unpack, geometry->crop_top_px + geometry->crop_height_px <= geometry->scaled_height_px);
	refuse_unless(unpack, geometry->pad_left_px + geometry->crop_width_px <= geometry->out_width_px);
	refuse_unless(unpack, geometry->pad_top_px + geometry->crop_height_px <= geometry->out_height_px);
}

void probe_request_pack(const struct probe_request *request, struct pack *pack)
{
	input_pack(&request->input, pack);
}

int probe_request_unpack(struct probe_request *request, const void *data, size_t size_bytes)
{
	struct probe_request unpacked = { 0 };
	struct unpack unpack;

	unpack_init(&unpack, data, size_bytes);
	input_unpack(&unpacked.input, &unpack);
	if (unpack_done(&unpack))
		*request = unpacked;
	return verdict(&unpack);
}

void probe_reply_pack(const struct probe_reply *reply, struct pack *pack)
{
	err_pack(&reply->err, pack);
	if (reply->err.reason == REASON_NONE)
		facts_pack(&reply->facts, pack);
}

int probe_reply_unpack(struct probe_reply *reply, const void *data, size_t size_bytes)
{
	struct probe_reply unpacked = { 0 };
	struct unpack unpack;

	unpack_init(&unpack, data, size_bytes);
	err_unpack(&unpacked.err, &unpack);
	if (unpacked.err.reason == REASON_NONE)
		facts_unpack(&unpacked.facts, &unpack);
	if (unpack_done(&unpack))
		*reply = unpacked;
	return verdict(&unpack);
}

static void make_output_pack(const struct make_output *output, struct pack *pack)
{
	pack_string(pack, output->path);
	pack_i64(pack, output->format);
	geometry_pack(&output->geometry, pack);
	pack_i64(pack, output->up_to_date);
}

static void make_output_unpack(struct make_output *output, struct unpack *unpack)
{
	output->path = unpack_string(unpack);
	refuse_unless(unpack, path_is_beneath(output->path));
	output->format = (enum format)unpack_range(unpack, FORMAT_JPEG, FORMAT_COUNT - 1);
	geometry_unpack(&output->geometry, unpack);
	output->up_to_date = unpack_range(unpack, 0, 1);
}

void make_request_pack(const struct make_request *request, struct pack *pack)
{
	input_pack(&request->input, pack);
	pack_i64(pack, request->has_ahead);
	if (request->has_ahead)
		input_pack(&request->ahead, pack);
	facts_pack(&request->facts, pack);
	pack_i64(pack, (int64_t)request->outputs_count);
	for (size_t i = 0; i < request->outputs_count; i++)
		make_output_pack(&request->outputs[i], pack);
}

int make_request_unpack(struct make_request *request, const void *data, size_t size_bytes)
{
	struct make_request unpacked = { 0 };
	struct unpack unpack;

	unpack_init(&unpack, data, size_bytes);
	input_unpack(&unpacked.input, &unpack);
	unpacked.has_ahead = unpack_range(&unpack, 0, 1);
	if (unpacked.has_ahead)
		input_unpack(&unpacked.ahead, &unpack);
	facts_unpack(&unpacked.facts, &unpack);
	unpacked.outputs_count = (size_t)unpack_range(&unpack, 1, TASK_OUTPUTS_MAX);
	for (size_t i = 0; i < unpacked.outputs_count; i++)
		make_output_unpack(&unpacked.outputs[i], &unpack);
	if (unpack_done(&unpack))
		*request = unpacked;
	return verdict(&unpack);
}

static void made_output_pack(const struct made_output *output, struct pack *pack)
{
	pack_i64(pack, output->width_px);
	pack_i64(pack, output->height_px);
	pack_i64(pack, output->size_bytes);
	pack_bytes(pack, output->content, sizeof(output->content));
	pack_i64(pack, output->marked);
}

static void made_output_unpack(struct made_output *output, struct unpack *unpack)
{
	const void *content;
	size_t size_bytes;

	output->width_px = unpack_side(unpack);
	output->height_px = unpack_side(unpack);
	output->size_bytes = unpack_range(unpack, 0, INT64_MAX);
	content = unpack_bytes(unpack, &size_bytes);
	if (content && size_bytes == sizeof(output->content))
		memcpy(output->content, content, sizeof(output->content));
	else
		unpack->failed = true;
	output->marked = unpack_range(unpack, 0, 1);
}

void make_reply_pack(const struct make_reply *reply, struct pack *pack)
{
	err_pack(&reply->err, pack);
	pack_i64(pack, (int64_t)reply->outputs_count);
	for (size_t i = 0; i < reply->outputs_count; i++)
		made_output_pack(&reply->outputs[i], pack);
	pack_string(pack, reply->warning);
	pack_f64(pack, reply->decode_ms);
	pack_f64(pack, reply->resize_ms);
	pack_f64(pack, reply->encode_ms);
	pack_f64(pack, reply->total_ms);
	pack_i64(pack, reply->read_bytes);
	pack_string(pack, reply->lane);
}

int make_reply_unpack(struct make_reply *reply, const void *data, size_t size_bytes)
{
	struct make_reply unpacked = { 0 };
	struct unpack unpack;

	unpack_init(&unpack, data, size_bytes);
	err_unpack(&unpacked.err, &unpack);
	unpacked.outputs_count = (size_t)unpack_range(&unpack, 0, TASK_OUTPUTS_MAX);
	for (size_t i = 0; i < unpacked.outputs_count; i++)
		made_output_unpack(&unpacked.outputs[i], &unpack);
	unpack_text(&unpack, unpacked.warning, sizeof(unpacked.warning));
	unpacked.decode_ms = unpack_amount(&unpack);
	unpacked.resize_ms = unpack_amount(&unpack);
	unpacked.encode_ms = unpack_amount(&unpack);
	unpacked.total_ms = unpack_amount(&unpack);
	unpacked.read_bytes = unpack_range(&unpack, 0, INT64_MAX);
	unpack_text(&unpack, unpacked.lane, sizeof(unpacked.lane));
	if (unpack_done(&unpack))
		*reply = unpacked;
	return verdict(&unpack);
}
