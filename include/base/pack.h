/*
 * pack.h: plain values to bytes and back, for what crosses a process boundary.
 *
 * Writing: pack_init, pack_*, then use .data and .size_bytes; pack_finish frees. A failed allocation is
 * remembered in .failed and checked once at the end.
 *
 * Reading trusts nothing: the bytes may come from a worker that a picture has taken over. unpack_init,
 * unpack_*; every read is checked against the end, a read that does not fit returns 0 (or an empty string)
 * and sets .failed, and everything after it fails too. Check unpack_done() once at the end: it is true when
 * nothing failed and nothing is left over. Strings returned point into the buffer, are NUL-terminated there
 * and contain no other NUL.
 *
 * Numbers are in the machine's own order: both ends are the same program on the same machine.
 */
#ifndef STAMPMILL_BASE_PACK_H
#define STAMPMILL_BASE_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pack {
	unsigned char *data; /* owned */
	size_t size_bytes, capacity_bytes;
	bool failed;
};

struct unpack {
	const unsigned char *next, *end; /* borrowed */
	bool failed;
};

void pack_init(struct pack *pack);
void pack_finish(struct pack *pack);
void pack_i64(struct pack *pack, int64_t value);
void pack_f64(struct pack *pack, double value);
void pack_bytes(struct pack *pack, const void *data, size_t size_bytes);
void pack_string(struct pack *pack, const char *text); /* NULL is written as "" */

void unpack_init(struct unpack *unpack, const void *data, size_t size_bytes);
int64_t unpack_i64(struct unpack *unpack);
int64_t unpack_range(
	struct unpack *unpack, int64_t least, int64_t most); /* fails, giving `least`, when outside */
double unpack_f64(struct unpack *unpack);                    /* fails on NaN and infinities */
const void *unpack_bytes(struct unpack *unpack, size_t *size_bytes);
const char *unpack_string(struct unpack *unpack);
bool unpack_done(const struct unpack *unpack);

#endif
