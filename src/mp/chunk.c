#include "mp/chunk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "mp/reply.h"

#define CANNOT 255

size_t chunk_space(size_t size_bytes)
{
	return sizeof(uint64_t) + (size_bytes + 7) / 8 * 8;
}

unsigned char *chunk_put(unsigned char *to, unsigned status, const void *data, size_t size_bytes)
{
	uint64_t head = (uint64_t)size_bytes << 8 | status;
	size_t padded = (size_bytes + 7) / 8 * 8;

	memcpy(to, &head, sizeof head);
	to += sizeof head;
	if (size_bytes > 0)
		memcpy(to, data, size_bytes);
	memset(to + size_bytes, 0, padded - size_bytes);
	return to + padded;
}

int chunk_next(struct chunk_reader *reader, struct chunk_entry *entry)
{
	uint64_t head;
	size_t padded;

	if (reader->left_bytes == 0)
		return 0;
	if (reader->left_bytes < sizeof head)
		return -EBADMSG;
	memcpy(&head, reader->next, sizeof head);
	padded = (size_t)(head >> 8) + 7;
	padded -= padded % 8;
	if (padded > reader->left_bytes - sizeof head)
		return -EBADMSG;
	entry->size_bytes = (size_t)(head >> 8);
	entry->status = (unsigned)(head & 0xff);
	entry->data = entry->size_bytes ? reader->next + sizeof head : NULL;
	reader->next += sizeof head + padded;
	reader->left_bytes -= sizeof head + padded;
	return 1;
}

struct output {
	unsigned char *data; /* owned */
	size_t size_bytes, capacity_bytes;
};

static int append(struct output *output, unsigned status, const struct mp_reply *item)
{
	size_t needed = output->size_bytes + chunk_space(item->size_bytes);

	if (needed > output->capacity_bytes) {
		size_t capacity = needed + needed / 2;
		unsigned char *grown = realloc(output->data, capacity);

		if (!grown)
			return -ENOMEM;
		output->data = grown;
		output->capacity_bytes = capacity;
	}
	chunk_put(output->data + output->size_bytes, status, item->data, item->size_bytes);
	output->size_bytes = needed;
	return 0;
}

int chunk_run(mp_task_function *function, struct mp_worker *worker, const void *payload, size_t size_bytes,
	struct mp_reply *reply)
{
	struct chunk_reader reader = { .next = payload, .left_bytes = size_bytes };
	struct mp_reply item = { .limit_bytes = reply->limit_bytes };
	struct output output = { 0 };
	struct chunk_entry entry;
	int error = 0;

	while (!error && chunk_next(&reader, &entry) == 1) {
		int status = function(worker, entry.data, entry.size_bytes, &item);

		error = append(&output, status >= 0 && status <= 255 ? (unsigned)status : CANNOT, &item);
		reply_forget(&item);
	}
	if (!error)
		error = mp_reply_set(reply, output.data, output.size_bytes);
	reply_finish(&item);
	free(output.data);
	return error ? CANNOT : 0;
}
