/*
 * state.h: the folder that a run keeps its ledger in: opened, locked, and taken back when the run does not
 * start.
 *
 * Calling order: state_open(), use .ledger, state_close(); state_undo() before that when nothing was made
 * after all.
 */
#ifndef STAMPMILL_COMMAND_STATE_H
#define STAMPMILL_COMMAND_STATE_H

#include <stdbool.h>

#include "base/err.h"
#include "job/ledger.h"
#include "sys/run_lock.h"

struct log;

struct state {
	char *folder; /* owned */
	int fd;
	bool made;      /* the folder was not there before */
	bool unguarded; /* this file system has no locks */
	struct run_lock lock;
	struct ledger *ledger;
	struct ledger_opened opened;
};

#define STATE_INIT                              \
	{                                       \
		.fd = -1, .lock = RUN_LOCK_INIT \
	}

/* Open or make the folder `wanted` (NULL: ".stampmill" in `output_folder`), lock it and open its ledger. 0,
 * or -1 with `err`: another run holds it (it says which), it cannot be written, the ledger is a newer
 * program's. What is worth a word is logged. */
int state_open(
	struct state *state, const char *wanted, const char *output_folder, struct log *log, struct err *err);

/* The ledger for looking only, without a lock. 0, or -1 with `err`: there is none (reason vanished), or it
 * cannot be used as it is. */
int state_look(struct state *state, const char *wanted, const char *output_folder, struct err *err);

void state_undo(struct state *state);
void state_close(struct state *state);

#endif
