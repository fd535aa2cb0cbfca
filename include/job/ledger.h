/*
 * ledger.h: what a folder's runs have done, in an SQLite file that a power cut leaves whole.
 *
 * Calling order: ledger_open(); ledger_begin_run(); look things up; ledger_record_*() as pictures end, with
 * ledger_commit() now and then (each commit is on the disk when it returns); ledger_end_run();
 * ledger_close(). One process at a time (run_lock.h); the supervisor's only.
 *
 * Rows are recorded after the pictures are on the disk under their names, so a row is never there without its
 * picture. What was made but not yet committed when the power went is made again.
 *
 * A picture is known by its root's real path and its path below; its size and time of change tell whether it
 * is still the same. Look-ups are answered from memory, which holds the whole ledger (about 300 bytes a
 * picture). What they return is the ledger's until the next record or close. Paths are bytes.
 */
#ifndef STAMPMILL_JOB_LEDGER_H
#define STAMPMILL_JOB_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "job/facts.h"
#include "job/settings.h"

struct ledger;

#define LEDGER_DIGEST_BYTES 32

/* An input, and what the probe found. */
struct ledger_picture {
	const char *root; /* real path */
	const char *path; /* below the root */
	int64_t size_bytes, mtime_ns;
	uint64_t inode;      /* a hint only: restores and network mounts change it */
	enum reason reason;  /* why it was not made the last time; REASON_NONE: it was, or nothing was wrong
				with it */
	const char *message; /* "" where there is no reason */
	int attempts;
	struct facts facts; /* format FORMAT_NONE where there are none */
	int sequence;       /* its number in names; 0: none */
};

/* The root of a contact sheet's file, which is an output too: its input is the sheet's name, of no size and
 * time. No real path is like it. */
#define LEDGER_SHEETS "sheets"

/* A picture that was made. */
struct ledger_output {
	const char *path;         /* below the output folder */
	const char *root, *input; /* of what it was made from */
	int64_t input_bytes, input_mtime_ns;
	unsigned char recipe[LEDGER_DIGEST_BYTES]; /* digest of everything that shapes the picture */
	int64_t size_bytes, mtime_ns;
	int width_px, height_px;
	unsigned char content[LEDGER_DIGEST_BYTES]; /* SHA-256 of the file */
	bool mark_wanted, marked;                   /* the recipe has a mark; the picture got it */
	enum metadata_policy metadata;
};

/* How ledger_open() found it. */
struct ledger_opened {
	bool made_new;
	bool interrupted;     /* a run did not come to its end: it was killed, or the power went */
	char set_aside[256];  /* the name that a damaged ledger was moved to; "" when it was whole */
	size_t saved_outputs; /* rows that could still be read out of it, for the caller to verify and keep or
				 forget */
};

/* Open or make the ledger in `folder`. A damaged one is moved aside and a new one is filled with what can
 * still be read of it. Returns NULL with `err`: one that a newer stampmill wrote, a folder that cannot be
 * written, a full disk. */
struct ledger *ledger_open(const char *folder, struct ledger_opened *opened, struct err *err);

/* Open the ledger in `folder` for looking only: nothing is made, changed or moved, but that a change which a
 * killed run has left half written is taken back. NULL with `err`: there is none (reason vanished), or none
 * that can be used as it is: a newer stampmill's, an older one's, a damaged one. */
struct ledger *ledger_look(const char *folder, struct err *err);

/* Uncommitted rows are dropped. NULL is allowed. */
void ledger_close(struct ledger *ledger);

const struct ledger_picture *ledger_find_picture(
	const struct ledger *ledger, const char *root, const char *path);
const struct ledger_output *ledger_find_output(const struct ledger *ledger, const char *path);

/* Visit all, in no order; nothing may be recorded meanwhile. */
void ledger_each_picture(const struct ledger *ledger,
	void (*visit)(void *data, const struct ledger_picture *picture), void *data);
void ledger_each_output(const struct ledger *ledger,
	void (*visit)(void *data, const struct ledger_output *output), void *data);

/* Each returns 0, or -1 with `err` (disk-full where it is that, else internal): the run cannot go on. */
int ledger_begin_run(struct ledger *ledger, const char *version, struct err *err);
int ledger_end_run(struct ledger *ledger, int exit_status, struct err *err);
int ledger_record_picture(struct ledger *ledger, const struct ledger_picture *picture, struct err *err);
int ledger_record_output(struct ledger *ledger, const struct ledger_output *output, struct err *err);
int ledger_forget_picture(struct ledger *ledger, const char *root, const char *path, struct err *err);
int ledger_forget_output(struct ledger *ledger, const char *path, struct err *err);
int ledger_commit(struct ledger *ledger, struct err *err);

#endif
