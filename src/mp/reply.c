#include "mp/reply.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A reply's memory is kept for the next one, up to this size. */
#define KEPT_BYTES (1024 * 1024)

int mp_reply_set(struct mp_reply *reply, const void *data, size_t size_bytes)
{
	if (!reply || (!data && size_bytes > 0))
		return -EINVAL;
	if (size_bytes > reply->limit_bytes)
		return -EMSGSIZE;
	if (size_bytes > reply->capacity_bytes) {
		void *grown = malloc(size_bytes);

		if (!grown)
			return -ENOMEM;
		free(reply->data);
		reply->data = grown;
		reply->capacity_bytes = size_bytes;
	}
	if (size_bytes > 0)
		memcpy(reply->data, data, size_bytes);
	reply->size_bytes = size_bytes;
	return 0;
}

void reply_finish(struct mp_reply *reply)
{
	free(reply->data);
	reply->data = NULL;
	reply->size_bytes = reply->capacity_bytes = 0;
}

void reply_forget(struct mp_reply *reply)
{
	reply->size_bytes = 0;
	if (reply->capacity_bytes > KEPT_BYTES)
		reply_finish(reply);
}
