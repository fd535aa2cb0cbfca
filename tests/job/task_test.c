#include "job/task.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/text.h"
#include "check.h"

static const struct facts sample_facts = { .format = FORMAT_PNG,
	.width_px = 640,
	.height_px = 480,
	.orientation = 1,
	.frames = 3,
	.model = MODEL_RGB,
	.bits = 16,
	.alpha = true,
	.chroma_h = 1,
	.chroma_v = 1 };

static struct make_request sample_request(void)
{
	struct make_request request = {
		.input = { .root = 1, .path = "a/b.png", .size_bytes = 1234, .mtime_ns = -5 },
		.has_ahead = true,
		.ahead = { .root = 0, .path = "a/c.jpg", .size_bytes = 99, .mtime_ns = 7 },
		.facts = sample_facts,
		.outputs_count = 2,
	};

	request.outputs[0] = (struct make_output){ "a/b.png", FORMAT_PNG,
		{ 320, 240, 10, 20, 300, 200, 5, 6, 310, 210 }, false };
	request.outputs[1] =
		(struct make_output){ "t/b.jpg", FORMAT_JPEG, { 64, 48, 0, 0, 64, 48, 0, 0, 64, 48 }, true };
	return request;
}

static struct make_reply sample_reply(void)
{
	struct make_reply reply = {
		.outputs_count = 2,
		.outputs = { { 310, 210, 5000 }, { 64, 48, 700 } },
		.warning = "only the first of 3 pages was taken",
		.decode_ms = 1.5,
		.resize_ms = 2.5,
		.encode_ms = 3.5,
		.total_ms = 8,
		.read_bytes = 1234,
		.lane = "vips",
	};

	return reply;
}

static void a_make_request_comes_out_as_it_went_in(void **state)
{
	struct make_request in = sample_request(), out = { 0 };
	struct pack pack;

	(void)state;
	pack_init(&pack);
	make_request_pack(&in, &pack);
	assert_int_equal(make_request_unpack(&out, pack.data, pack.size_bytes), 0);
	assert_int_equal(out.input.root, 1);
	assert_string_equal(out.input.path, "a/b.png");
	assert_int_equal(out.input.size_bytes, 1234);
	assert_int_equal(out.input.mtime_ns, -5);
	assert_true(out.has_ahead);
	assert_int_equal(out.ahead.root, 0);
	assert_string_equal(out.ahead.path, "a/c.jpg");
	assert_int_equal(out.ahead.size_bytes, 99);
	assert_int_equal(out.ahead.mtime_ns, 7);
	assert_memory_equal(&out.facts, &in.facts, sizeof(in.facts));
	assert_int_equal(out.outputs_count, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(out.outputs[i].path, in.outputs[i].path);
		assert_int_equal(out.outputs[i].format, in.outputs[i].format);
		assert_int_equal(out.outputs[i].up_to_date, i == 1);
		assert_memory_equal(
			&out.outputs[i].geometry, &in.outputs[i].geometry, sizeof(struct geometry));
	}
	pack_finish(&pack);
}

static void a_make_reply_comes_out_as_it_went_in(void **state)
{
	struct make_reply in = sample_reply(), out;
	struct pack pack;

	(void)state;
	memset(&out, 0xff, sizeof(out));
	pack_init(&pack);
	make_reply_pack(&in, &pack);
	assert_int_equal(make_reply_unpack(&out, pack.data, pack.size_bytes), 0);
	assert_int_equal(out.err.reason, REASON_NONE);
	assert_string_equal(out.err.text, "");
	assert_int_equal(out.outputs_count, 2);
	assert_memory_equal(out.outputs, in.outputs, sizeof(in.outputs));
	assert_string_equal(out.warning, in.warning);
	assert_true(out.decode_ms == 1.5 && out.resize_ms == 2.5 && out.encode_ms == 3.5);
	assert_true(out.total_ms == 8);
	assert_int_equal(out.read_bytes, 1234);
	assert_string_equal(out.lane, "vips");
	pack_finish(&pack);
}

static void probe_messages_come_out_as_they_went_in(void **state)
{
	struct probe_request request = { { .root = 0, .path = "x.jpg", .size_bytes = 1, .mtime_ns = 2 } };
	struct probe_reply reply = { .facts = sample_facts }, failed = { 0 }, out;
	struct probe_request request_out;
	struct pack pack;

	(void)state;
	pack_init(&pack);
	probe_request_pack(&request, &pack);
	assert_int_equal(probe_request_unpack(&request_out, pack.data, pack.size_bytes), 0);
	assert_string_equal(request_out.input.path, "x.jpg");
	pack_finish(&pack);

	probe_reply_pack(&reply, &pack);
	assert_int_equal(probe_reply_unpack(&out, pack.data, pack.size_bytes), 0);
	assert_int_equal(out.err.reason, REASON_NONE);
	assert_memory_equal(&out.facts, &sample_facts, sizeof(sample_facts));
	pack_finish(&pack);

	err_set(&failed.err, REASON_CORRUPT, "größer als gut");
	probe_reply_pack(&failed, &pack);
	assert_int_equal(probe_reply_unpack(&out, pack.data, pack.size_bytes), 0);
	assert_int_equal(out.err.reason, REASON_CORRUPT);
	assert_string_equal(out.err.text, "größer als gut");
	pack_finish(&pack);
}

/* Packs `reply` after it was spoilt in some way, and expects that it is refused and the result untouched. */
static void assert_refused(const struct make_reply *reply)
{
	struct make_reply out = { .read_bytes = 77 };
	struct pack pack;

	pack_init(&pack);
	make_reply_pack(reply, &pack);
	assert_int_equal(make_reply_unpack(&out, pack.data, pack.size_bytes), -EBADMSG);
	assert_int_equal(out.read_bytes, 77);
	pack_finish(&pack);
}

static void replies_that_no_honest_worker_sends_are_refused(void **state)
{
	struct make_reply reply;

	(void)state;
	reply = sample_reply();
	reply.outputs[1].width_px = 0;
	assert_refused(&reply);
	reply = sample_reply();
	reply.outputs[1].size_bytes = -1;
	assert_refused(&reply);
	reply = sample_reply();
	reply.total_ms = -1;
	assert_refused(&reply);
	reply = sample_reply();
	strcpy(reply.warning, "\x1b]0;owned\a");
	assert_refused(&reply);
	reply = sample_reply();
	strcpy(reply.warning, "\xff");
	assert_refused(&reply);
	reply = sample_reply();
	reply.err.reason = REASON_COUNT;
	assert_refused(&reply);
	reply = sample_reply();
	reply.err.reason = REASON_CORRUPT; /* without a word */
	assert_refused(&reply);
}

static void paths_that_lead_away_are_refused(void **state)
{
	static const char *const bad[] = { "", "/etc/passwd", "../x", "a/../../x", "a//b", "./a", "a/" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct make_request request = sample_request(), out;
		struct pack pack;

		pack_init(&pack);
		request.outputs[1].path = bad[i];
		make_request_pack(&request, &pack);
		assert_int_equal(make_request_unpack(&out, pack.data, pack.size_bytes), -EBADMSG);
		pack_finish(&pack);
		request = sample_request();
		request.input.path = bad[i];
		make_request_pack(&request, &pack);
		assert_int_equal(make_request_unpack(&out, pack.data, pack.size_bytes), -EBADMSG);
		pack_finish(&pack);
	}
}

static void geometry_that_does_not_hold_together_is_refused(void **state)
{
	struct make_request out;

	(void)state;
	for (int spoil = 0; spoil < 4; spoil++) {
		struct make_request request = sample_request();
		struct geometry *geometry = &request.outputs[0].geometry;
		int *spoilt[] = { &geometry->crop_left_px, &geometry->crop_top_px, &geometry->pad_left_px,
			&geometry->pad_top_px };
		struct pack pack;

		*spoilt[spoil] = 100;
		pack_init(&pack);
		make_request_pack(&request, &pack);
		assert_int_equal(make_request_unpack(&out, pack.data, pack.size_bytes), -EBADMSG);
		pack_finish(&pack);
	}
}

static void assert_sound_reply(const struct make_reply *reply)
{
	assert_in_range(reply->err.reason, 0, REASON_COUNT - 1);
	assert_true(memchr(reply->err.text, '\0', sizeof(reply->err.text)) && text_is_utf8(reply->err.text));
	assert_in_range(reply->outputs_count, 0, TASK_OUTPUTS_MAX);
	for (size_t i = 0; i < reply->outputs_count; i++) {
		assert_in_range(reply->outputs[i].width_px, 1, PICTURE_SIDE_MAX_PX);
		assert_true(reply->outputs[i].size_bytes >= 0);
	}
	assert_true(memchr(reply->warning, '\0', sizeof(reply->warning)) && text_is_utf8(reply->warning));
	assert_true(memchr(reply->lane, '\0', sizeof(reply->lane)));
	assert_true(reply->total_ms >= 0);
}

static void unpack_anything(const unsigned char *data, size_t size_bytes)
{
	struct probe_request probe_request;
	struct probe_reply probe_reply;
	struct make_request make_request;
	struct make_reply make_reply;

	if (probe_request_unpack(&probe_request, data, size_bytes) == 0)
		assert_true(path_is_beneath(probe_request.input.path));
	if (probe_reply_unpack(&probe_reply, data, size_bytes) == 0 && !probe_reply.err.reason)
		assert_in_range(probe_reply.facts.format, FORMAT_JPEG, FORMAT_COUNT - 1);
	if (make_request_unpack(&make_request, data, size_bytes) == 0)
		for (size_t i = 0; i < make_request.outputs_count; i++)
			assert_true(path_is_beneath(make_request.outputs[i].path));
	if (make_reply_unpack(&make_reply, data, size_bytes) == 0)
		assert_sound_reply(&make_reply);
}

static uint32_t random_next(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* One message with a few bytes changed and its end cut or lengthened, in heap memory of its exact size, for
 * the sanitizer. */
static void unpack_mutant(const struct pack *message, uint32_t *seed)
{
	size_t size =
		random_next(seed) % 4 ? message->size_bytes : random_next(seed) % (message->size_bytes + 9);
	unsigned char *mutant = calloc(1, size + !size);

	assert_non_null(mutant);
	memcpy(mutant, message->data, size < message->size_bytes ? size : message->size_bytes);
	for (uint32_t changes = random_next(seed) % 4; size && changes > 0; changes--) {
		size_t place = random_next(seed) % size;

		mutant[place] =
			(unsigned char)(random_next(seed) % 2 ? random_next(seed) : mutant[place] + 1U);
	}
	unpack_anything(mutant, size);
	free(mutant);
}

static void mutated_messages_are_refused_or_sound(void **state)
{
	struct make_request make_request = sample_request();
	struct make_reply make_reply = sample_reply(), failed = { 0 };
	struct probe_request probe_request = { make_request.input };
	struct probe_reply probe_reply = { .facts = sample_facts };
	struct pack messages[5];
	uint32_t seed = 42;

	(void)state;
	for (size_t i = 0; i < 5; i++)
		pack_init(&messages[i]);
	err_set(&failed.err, REASON_TRUNCATED, "truncated after 5 of 9 bytes");
	make_request_pack(&make_request, &messages[0]);
	make_reply_pack(&make_reply, &messages[1]);
	make_reply_pack(&failed, &messages[2]);
	probe_request_pack(&probe_request, &messages[3]);
	probe_reply_pack(&probe_reply, &messages[4]);
	for (int round = 0; round < 100000; round++)
		unpack_mutant(&messages[round % 5], &seed);
	for (size_t i = 0; i < 5; i++)
		pack_finish(&messages[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_make_request_comes_out_as_it_went_in),
		cmocka_unit_test(a_make_reply_comes_out_as_it_went_in),
		cmocka_unit_test(probe_messages_come_out_as_they_went_in),
		cmocka_unit_test(replies_that_no_honest_worker_sends_are_refused),
		cmocka_unit_test(paths_that_lead_away_are_refused),
		cmocka_unit_test(geometry_that_does_not_hold_together_is_refused),
		cmocka_unit_test(mutated_messages_are_refused_or_sound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
