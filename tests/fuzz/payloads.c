/* Messages between supervisor and workers: what is accepted is sound, and packs to the same bytes again. */
#include "fuzz.h"

#include "base/path.h"
#include "base/text.h"
#include "job/sheet_task.h"
#include "job/task.h"

static void check_same(struct pack *pack, const unsigned char *data, size_t size)
{
	REQUIRE(!pack->failed && pack->size_bytes == size);
	REQUIRE(memcmp(pack->data, data, size) == 0);
	pack_finish(pack);
}

static void probe_request(const unsigned char *data, size_t size, struct pack *pack)
{
	struct probe_request request;

	if (probe_request_unpack(&request, data, size) < 0)
		return;
	REQUIRE(path_is_beneath(request.input.path));
	probe_request_pack(&request, pack);
	check_same(pack, data, size);
}

static void probe_reply(const unsigned char *data, size_t size, struct pack *pack)
{
	struct probe_reply reply;

	if (probe_reply_unpack(&reply, data, size) < 0)
		return;
	if (reply.err.reason == REASON_NONE)
		REQUIRE(facts_upright_width(&reply.facts) >= 1 && facts_upright_height(&reply.facts) >= 1);
	else
		REQUIRE(reason_name(reply.err.reason) && text_is_utf8(reply.err.text));
	probe_reply_pack(&reply, pack);
	check_same(pack, data, size);
}

static void make_request(const unsigned char *data, size_t size, struct pack *pack)
{
	static struct make_request request;

	if (make_request_unpack(&request, data, size) < 0)
		return;
	REQUIRE(request.outputs_count >= 1 && request.outputs_count <= TASK_OUTPUTS_MAX);
	for (size_t i = 0; i < request.outputs_count; i++)
		REQUIRE(path_is_beneath(request.outputs[i].path));
	make_request_pack(&request, pack);
	check_same(pack, data, size);
}

static void make_reply(const unsigned char *data, size_t size, struct pack *pack)
{
	static struct make_reply reply;

	if (make_reply_unpack(&reply, data, size) < 0)
		return;
	REQUIRE(reply.outputs_count <= TASK_OUTPUTS_MAX);
	REQUIRE(text_is_utf8(reply.warning) && text_is_utf8(reply.lane));
	make_reply_pack(&reply, pack);
	check_same(pack, data, size);
}

static void sheet_request(const unsigned char *data, size_t size, struct pack *pack)
{
	static const struct settings settings = { .sheets_count = 3 };
	struct sheet_request request;

	if (sheet_request_unpack(&request, &settings, data, size) < 0)
		return;
	REQUIRE(request.sheet < 3 && path_is_beneath(request.path) && request.pages >= 1);
	for (size_t i = 0; i < request.pictures_count; i++)
		REQUIRE(path_is_beneath(request.pictures[i].path) &&
			text_is_utf8(request.pictures[i].caption));
	sheet_request_pack(&request, pack);
	check_same(pack, data, size);
	sheet_request_finish(&request);
}

/* A byte that picks the message, then its payload. */
static void fuzz_one(const unsigned char *data, size_t size)
{
	static void (*const messages[])(const unsigned char *data, size_t size,
		struct pack *pack) = { probe_request, probe_reply, make_request, make_reply, sheet_request };
	unsigned int which = fuzz_choice(&data, &size) % 5;
	struct pack pack;

	pack_init(&pack);
	messages[which](data, size, &pack);
}
