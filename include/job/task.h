/*
 * task.h: the messages between supervisor and workers, as plain data and as bytes.
 *
 * `probe` asks for a picture's facts, `make` for its outputs. What comes back may come from a worker that a
 * hostile picture has taken over, so *_unpack() checks every value and returns -EBADMSG for what no honest
 * worker sends.
 */
#ifndef STAMPMILL_JOB_TASK_H
#define STAMPMILL_JOB_TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/pack.h"
#include "job/facts.h"
#include "job/geometry.h"

#define TASK_OUTPUTS_MAX 64
#define TASK_WARNING_SIZE 240

/* Which picture: the input's root and its path below. Strings point into the message. */
struct task_input {
	int root;
	const char *path;
	int64_t size_bytes, mtime_ns; /* as scanned */
};

struct probe_request {
	struct task_input input;
};

struct probe_reply {
	struct err err; /* REASON_NONE: facts are there */
	struct facts facts;
};

struct make_output {
	const char *path; /* below the output folder */
	enum format format;
	struct geometry geometry;
	bool up_to_date; /* not to be made: asked for because it may shape the others' way from the decoder */
};

struct make_request {
	struct task_input input;
	bool has_ahead;
	struct task_input ahead; /* what whoever is free next will be given: to be read ahead meanwhile */
	struct facts facts;
	size_t outputs_count; /* output i follows settings->outputs[i] */
	struct make_output outputs[TASK_OUTPUTS_MAX];
};

#define TASK_DIGEST_BYTES 32

struct made_output {
	int width_px, height_px;
	int64_t size_bytes;
	unsigned char content[TASK_DIGEST_BYTES]; /* SHA-256 of the file */
	bool marked;                              /* it bears a mark */
};

struct make_reply {
	struct err err;       /* REASON_NONE: all outputs that were to be made are published */
	size_t outputs_count; /* the request's; 0 where there is an err */
	struct made_output outputs[TASK_OUTPUTS_MAX];
	char warning[TASK_WARNING_SIZE]; /* "" or what a person should know: "only the first of 3 pages was
					    taken" */
	double decode_ms, resize_ms, encode_ms, total_ms;
	int64_t read_bytes;
	char lane[16];
};

void probe_request_pack(const struct probe_request *request, struct pack *pack);
int probe_request_unpack(struct probe_request *request, const void *data, size_t size_bytes);
void probe_reply_pack(const struct probe_reply *reply, struct pack *pack);
int probe_reply_unpack(struct probe_reply *reply, const void *data, size_t size_bytes);
void make_request_pack(const struct make_request *request, struct pack *pack);
int make_request_unpack(struct make_request *request, const void *data, size_t size_bytes);
void make_reply_pack(const struct make_reply *reply, struct pack *pack);
int make_reply_unpack(struct make_reply *reply, const void *data, size_t size_bytes);

#endif
