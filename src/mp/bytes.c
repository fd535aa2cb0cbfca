#include "mp/bytes.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

int mp_bytes_resize(struct mp_bytes *bytes, size_t size_bytes)
{
	if (!bytes)
		return -EINVAL;
	if (size_bytes == SIZE_MAX)
		return -ENOMEM;
	if (size_bytes + 1 > bytes->capacity_bytes) {
		char *data = malloc(size_bytes + 1);

		if (!data)
			return -ENOMEM;
		free(bytes->data);
		bytes->data = data;
		bytes->capacity_bytes = size_bytes + 1;
	}
	bytes->size_bytes = size_bytes;
	bytes->data[size_bytes] = '\0';
	return 0;
}

void mp_bytes_free(struct mp_bytes *bytes)
{
	if (!bytes)
		return;
	free(bytes->data);
	*bytes = (struct mp_bytes)MP_BYTES_INIT;
}
