/*
 * bytes.h: a message that has been received: bytes whose memory is used again for the next one.
 *
 * Start with MP_BYTES_INIT, hand it to any number of calls that fill it, and free it by mp_bytes_free().
 *
 * Errors: 0 on success, a negative errno otherwise; nothing is printed. Bad use is told so as well: NULL
 * in place of a handle, a name or a result gives -EINVAL, or where no errno is returned NULL with EINVAL,
 * 0, -1 or ""; freeing NULL does nothing.
 */
#ifndef STAMPMILL_MP_BYTES_H
#define STAMPMILL_MP_BYTES_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mp_bytes {
	char *data; /* owned; a zero byte follows the last one, so a text is a string; NULL before it is
		       filled */
	size_t size_bytes;
	size_t capacity_bytes;
};

#define MP_BYTES_INIT   \
	{               \
		0, 0, 0 \
	}

/* Room for `size_bytes` bytes and the zero, which is set; size_bytes becomes that. What was in it is lost.
 * Returns 0 or -ENOMEM, leaving it as it was. */
int mp_bytes_resize(struct mp_bytes *bytes, size_t size_bytes);

/* It is as at the start and can be used again. */
void mp_bytes_free(struct mp_bytes *bytes);

#ifdef __cplusplus
}
#endif

#endif
