/*
 * record.h: the ledger's part in a run: what it knows before a picture is looked at, and what it is told as
 * pictures end.
 *
 * Calling order: record_begin(); record_known() for each input before the probe; record_look() for each that
 * would be made; record_*() as pictures end, record_tick() now and then; record_end(). When the ledger
 * cannot be written, run->fatal says so and the run is stopped. In a dry run there may be no ledger: nothing
 * is known then, and nothing is recorded.
 */
#ifndef STAMPMILL_COMMAND_RECORD_H
#define STAMPMILL_COMMAND_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "command/run.h"
#include "job/sheet_task.h"

/* 0, or -1 with `err`: a logo or the ledger cannot be read. */
int record_begin(struct run *run, struct err *err);

/* What an earlier run found out about input `index`, if it has not changed since. */
bool record_known(const struct run *run, size_t index, struct probe_verdict *verdict);

/* Which outputs of input `index` are there as recorded, made from the same input by the same section of the
 * recipe: bit i is for output i. The ledger's row is record_output(run, index, i). */
uint64_t record_look(const struct run *run, size_t index);
bool record_has(uint64_t up_to_date, size_t output);
bool record_has_all(const struct run *run, uint64_t up_to_date);
const struct ledger_output *record_output(const struct run *run, size_t index, size_t output);

/* The number that input `index` has had in names; 0: none yet. */
int record_sequence(const struct run *run, size_t index);

/* The output is there and as it was when it was recorded. */
bool record_is_untouched(const struct run *run, const struct ledger_output *row);

/* The outputs of input `index` that were not up to date are made. */
void record_made(struct run *run, size_t index, const struct make_reply *reply, int attempts);
void record_not_made(struct run *run, size_t index, const struct err *err, int attempts);

/* The file of a contact sheet that is at `path`, made from `digest`; NULL: none, or not as it was made. */
const struct ledger_output *record_sheet(
	const struct run *run, const char *path, const unsigned char digest[TASK_DIGEST_BYTES]);
/* The file is made. */
void record_sheet_made(struct run *run, const struct sheet_request *request,
	const unsigned char digest[TASK_DIGEST_BYTES], const struct made_output *made);

/* Remove an output from the disk and from the ledger; what somebody has changed since is not ours any more,
 * and only forgotten. `why` is a half sentence, for the log. Returns false when it has to be tried again. */
bool record_remove_output(struct run *run, const char *path, const char *why, size_t *removed);

/* Inputs of earlier runs that are no longer there: says so, and removes their outputs with --prune. */
void record_vanished(struct run *run);

void record_tick(struct run *run);
void record_end(struct run *run, int exit_status);
/* Once no worker is left: removes what those that were killed have left behind. */
void record_sweep(struct run *run);
void record_finish(struct run *run);

#endif
