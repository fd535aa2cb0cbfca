#include "job/sheet_task.h"

#include <errno.h>
#include <glib.h>

#include "base/path.h"
#include "base/text.h"

void sheet_request_pack(const struct sheet_request *request, struct pack *pack)
{
	pack_i64(pack, (int64_t)request->sheet);
	pack_string(pack, request->path);
	pack_i64(pack, request->date_s);
	pack_i64(pack, (int64_t)request->pages);
	for (size_t i = 0; i < request->pages; i++)
		pack_string(pack, request->headers[i]);
	pack_i64(pack, (int64_t)request->pictures_count);
	for (size_t i = 0; i < request->pictures_count; i++) {
		pack_string(pack, request->pictures[i].path);
		pack_string(pack, request->pictures[i].caption);
		pack_i64(pack, request->pictures[i].width_px);
		pack_i64(pack, request->pictures[i].height_px);
	}
}

static const char *unpack_path(struct unpack *unpack)
{
	const char *path = unpack_string(unpack);

	if (!path_is_beneath(path))
		unpack->failed = true;
	return path;
}

static const char *unpack_line(struct unpack *unpack)
{
	const char *line = unpack_string(unpack);

	if (!text_is_utf8(line))
		unpack->failed = true;
	return line;
}

static void unpack_picture(struct unpack *unpack, struct sheet_picture *picture)
{
	picture->path = unpack_path(unpack);
	picture->caption = unpack_line(unpack);
	picture->width_px = (int)unpack_range(unpack, 1, PICTURE_SIDE_MAX_PX);
	picture->height_px = (int)unpack_range(unpack, 1, PICTURE_SIDE_MAX_PX);
}

int sheet_request_unpack(
	struct sheet_request *request, const struct settings *settings, const void *data, size_t size_bytes)
{
	/* each takes at least a byte: no number in a message makes us ask for more memory than that */
	int64_t most = (int64_t)MIN(size_bytes, INT32_MAX);
	struct sheet_request unpacked = { .sheet = 0 };
	struct unpack unpack;

	unpack_init(&unpack, data, size_bytes);
	unpacked.sheet = (size_t)unpack_range(&unpack, 0, (int64_t)settings->sheets_count - 1);
	unpacked.path = unpack_path(&unpack);
	unpacked.date_s = unpack_i64(&unpack);
	unpacked.pages = (size_t)unpack_range(&unpack, 1, most);
	unpacked.headers = g_new0(const char *, unpacked.pages);
	for (size_t i = 0; i < unpacked.pages && !unpack.failed; i++)
		unpacked.headers[i] = unpack_line(&unpack);
	unpacked.pictures_count = (size_t)unpack_range(&unpack, 1, most);
	unpacked.pictures = g_new0(struct sheet_picture, unpacked.pictures_count);
	for (size_t i = 0; i < unpacked.pictures_count && !unpack.failed; i++)
		unpack_picture(&unpack, &unpacked.pictures[i]);
	if (!unpack_done(&unpack) || unpacked.sheet >= settings->sheets_count) {
		sheet_request_finish(&unpacked);
		return -EBADMSG;
	}
	*request = unpacked;
	return 0;
}

void sheet_request_finish(struct sheet_request *request)
{
	g_clear_pointer(&request->headers, g_free);
	g_clear_pointer(&request->pictures, g_free);
}
