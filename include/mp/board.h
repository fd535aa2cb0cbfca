/*
 * board.h: the counter that every worker adds to and the progress bar reads, and a slot for each worker.
 *
 * One page of shared memory, made before the workers are forked and inherited by them. A process-shared,
 * robust lock guards the total. The total is always the sum of the slots' counts: when a worker dies with the
 * lock held, the next owner repairs it by summing. A reader never waits without a bound: mp_board_total()
 * gives up on the lock after `patience_ms` and sums the slots itself, so a stopped or hostile worker stops
 * nobody.
 *
 * What is read here was written by another process: indices are checked, numbers are only numbers.
 *
 * Errors: 0 on success, a negative errno otherwise; nothing is printed. Bad use is told so as well: NULL
 * in place of a handle, a name or a result gives -EINVAL, or where no errno is returned NULL with EINVAL,
 * 0, -1 or ""; freeing NULL does nothing.
 */
#ifndef STAMPMILL_MP_BOARD_H
#define STAMPMILL_MP_BOARD_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mp_board;

/* What a worker says it is doing. */
struct mp_board_slot {
	uint64_t task;    /* the id of the task in hand; 0: none */
	uint32_t stage;   /* the application's number */
	int64_t since_ms; /* CLOCK_MONOTONIC when the stage began */
	uint64_t count;   /* how much this slot has added to the total */
	uint64_t counted; /* the task that was counted last; 0: none */
};

/* `slots` from 1 to 4096. NULL with errno when it cannot be made. */
struct mp_board *mp_board_new(int slots);

/* Unmaps it in this process. Sets *board to NULL; NULL is allowed. */
void mp_board_free(struct mp_board **board);

/* Worker: "task `task` is now in stage `stage`". Takes no lock. Returns 0 or -EINVAL. */
int mp_board_stage(struct mp_board *board, int slot, uint64_t task, uint32_t stage);

/* Worker: count `task` (not 0) as done, once, under the lock. Returns 0; -EINVAL for a slot out of range;
 * -ETIMEDOUT when the lock could not be had within a second (the slot is counted all the same, and the total
 * is repaired by whoever has the lock next; until then this process does not wait for it again). */
int mp_board_count(struct mp_board *board, int slot, uint64_t task);

/* Supervisor: worker `slot` died with `task` in hand, which will be done again: takes the count back if that
 * task had been counted, at whatever instruction the worker died. Only for a worker that is dead. Takes no
 * lock: the next owner sums. Returns 0 or -EINVAL. */
int mp_board_uncount(struct mp_board *board, int slot, uint64_t task);

/* Anyone: the total into `total`. Returns 0 when it was read under the lock, 1 when the slots were summed
 * without it. */
int mp_board_total(struct mp_board *board, int patience_ms, uint64_t *total);

/* Anyone: a copy of one slot. Returns 0 or -EINVAL. */
int mp_board_read(struct mp_board *board, int slot, struct mp_board_slot *copy);

#ifdef __cplusplus
}
#endif

#endif
