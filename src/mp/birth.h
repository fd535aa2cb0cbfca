/*
 * birth.h: what a process that does not have its parent's memory is told on its line, the first thing that
 * comes there.
 */
#ifndef STAMPMILL_MP_BIRTH_H
#define STAMPMILL_MP_BIRTH_H

#include <stdbool.h>
#include <stddef.h>

#include "mp/current.h"
#include "mp/given.h"
#include "sys/channel.h"

#define BIRTH_ROLE_SIZE 64

enum birth_kind {
	BIRTH_PROCESS,
	BIRTH_WORKER,
	BIRTH_SERVER
};

struct birth {
	enum birth_kind kind;
	const char *role, *name, *number; /* "" where there is none */
	struct mp_given given;
	/* a worker's */
	int index;
	bool of_chunks;
	size_t result_max_bytes;
};

/* True when it can be sent: sizes, and one thing in each share. */
bool birth_is_sound(const struct mp_given *given);

/* Never waits. Returns 0; -EBADF for a share whose descriptor was closed; -EPIPE, -ENOMEM, -EMFILE, -ENOSPC,
 * -ETOOMANYREFS. */
int birth_send(int line, const struct birth *birth);

/* A birth that was received, and what it owns. */
struct born {
	struct birth birth;
	struct channel_inbox inbox;
	struct mp_share *shares;
};

/* Waits. Returns 1; 0 when whoever should send it is gone; a negative errno, with nothing to finish. */
int birth_receive(int line, struct born *born);
void born_finish(struct born *born);

#endif
