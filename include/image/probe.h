/*
 * probe.h: what a file is, from its first bytes and its header; no pixel is decoded.
 *
 * Runs in workers only. A header can hang, crash or take a gigabyte: the caller has a deadline and a spare
 * process.
 */
#ifndef STAMPMILL_IMAGE_PROBE_H
#define STAMPMILL_IMAGE_PROBE_H

#include <stdint.h>

#include "base/err.h"
#include "image/sniff.h"
#include "job/facts.h"

struct probe_limits {
	int64_t max_pixels; /* bigger pictures fail with too-many-pixels */
	bool allow_untrusted;
};

/* Probe the file open for reading on `fd`; its offset may be moved. Returns 0 with `facts` filled, or -1 with
 * `err`: not-a-picture, camera-raw, unsupported, too-many-pixels, truncated, corrupt, out-of-memory,
 * internal. */
int probe_file(int fd, const struct probe_limits *limits, struct facts *facts, struct err *err);

#endif
