#include "image/sink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* libvips hands over 8 KB at a time; fewer system calls cost less */
#define BUFFER_BYTES (256 * 1024)

int sink_init(struct sink *sink, int fd)
{
	*sink = (struct sink){ .fd = fd, .buffer = malloc(BUFFER_BYTES) };
	return sink->buffer ? 0 : -ENOMEM;
}

void sink_finish(struct sink *sink)
{
	free(sink->buffer);
	sink->buffer = NULL;
}

int sink_flush(struct sink *sink)
{
	size_t done = 0;

	while (!sink->error && done < sink->buffered_bytes) {
		ssize_t wrote = write(sink->fd, sink->buffer + done, sink->buffered_bytes - done);

		if (wrote >= 0)
			done += (size_t)wrote;
		else if (errno != EINTR)
			sink->error = -errno;
	}
	sink->buffered_bytes = 0;
	return sink->error;
}

static void hold(struct sink *sink, const uint8_t *data, size_t size_bytes)
{
	while (size_bytes && !sink->error) {
		size_t room = BUFFER_BYTES - sink->buffered_bytes;
		size_t part = size_bytes < room ? size_bytes : room;

		memcpy(sink->buffer + sink->buffered_bytes, data, part);
		sink->buffered_bytes += part;
		data += part;
		size_bytes -= part;
		if (sink->buffered_bytes == BUFFER_BYTES)
			sink_flush(sink);
	}
}

int sink_write(struct sink *sink, const void *data, size_t size_bytes)
{
	const uint8_t *next = data;

	if (sink->put && sink->taken_bytes + size_bytes >= sink->lead_bytes) {
		size_t lead = sink->lead_bytes - (size_t)sink->taken_bytes;

		hold(sink, next, lead);
		hold(sink, sink->put, sink->put_bytes);
		sink->put = NULL;
		next += lead;
		size_bytes -= lead;
		sink->taken_bytes += lead;
	}
	hold(sink, next, size_bytes);
	sink->taken_bytes += size_bytes;
	return sink->error;
}

static gint64 take(VipsTargetCustom *target, const void *data, gint64 size_bytes, void *sink)
{
	(void)target;
	return sink_write(sink, data, (size_t)size_bytes) ? -1 : size_bytes;
}

VipsTarget *sink_target(struct sink *sink)
{
	VipsTargetCustom *target = vips_target_custom_new();

	g_signal_connect(target, "write", G_CALLBACK(take), sink);
	return VIPS_TARGET(target);
}

static gint64 put_at_once(VipsTargetCustom *target, const void *data, gint64 size_bytes, void *user_data)
{
	struct sink *sink = user_data;
	gint64 done = 0;

	(void)target;
	while (!sink->error && done < size_bytes) {
		ssize_t wrote = write(sink->fd, (const uint8_t *)data + done, (size_t)(size_bytes - done));

		if (wrote >= 0)
			done += wrote;
		else if (errno != EINTR)
			sink->error = -errno;
	}
	return sink->error ? -1 : done;
}

static gint64 get_back(VipsTargetCustom *target, void *data, gint64 size_bytes, void *sink)
{
	(void)target;
	return read(((struct sink *)sink)->fd, data, (size_t)size_bytes);
}

static gint64 seek(VipsTargetCustom *target, gint64 offset, int whence, void *sink)
{
	(void)target;
	return lseek(((struct sink *)sink)->fd, offset, whence);
}

VipsTarget *sink_seekable_target(struct sink *sink)
{
	VipsTargetCustom *target = vips_target_custom_new();

	g_signal_connect(target, "write", G_CALLBACK(put_at_once), sink);
	g_signal_connect(target, "read", G_CALLBACK(get_back), sink);
	g_signal_connect(target, "seek", G_CALLBACK(seek), sink);
	return VIPS_TARGET(target);
}
