#include "mp/board.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "sys/clock.h"
#include "sys/lock.h"
#include "sys/shm.h"

#define SLOTS_MAX 4096
#define COUNT_PATIENCE_MS 1000

/* In shared memory, a cache line each. Only the slot's worker writes here, or the supervisor when that worker
 * is dead. A count is made in three steps: `before` is the count without the task, `counted` names the task,
 * `count` is one more. Whoever dies between two steps leaves what mp_board_uncount() puts right. */
struct slot {
	uint64_t task;
	uint64_t count;
	uint64_t before;
	uint64_t counted;
	int64_t since_ms;
	uint32_t stage;
} __attribute__((aligned(64)));

struct shared {
	struct lock lock;
	uint32_t stale; /* `total` is not the sum of the slots: whoever has the lock next sums */
	uint64_t total;
	struct slot slots[] __attribute__((aligned(64)));
};

/* This process's own view: nothing in the shared page decides where it reads. */
struct mp_board {
	struct shm shm;
	struct shared *shared;
	int slots;
	bool gave_up; /* the lock was not to be had: do not wait for it again until it is */
};

#define LOAD(field) __atomic_load_n(&(field), __ATOMIC_ACQUIRE)
#define STORE(field, value) __atomic_store_n(&(field), (value), __ATOMIC_RELEASE)

struct mp_board *mp_board_new(int slots)
{
	autofree struct mp_board *board = NULL;
	int result;

	if (slots < 1 || slots > SLOTS_MAX) {
		errno = EINVAL;
		return NULL;
	}
	board = calloc(1, sizeof *board);
	if (!board)
		return NULL;
	result = shm_init(&board->shm, sizeof(struct shared) + (size_t)slots * sizeof(struct slot));
	if (result) {
		errno = -result;
		return NULL;
	}
	board->shared = board->shm.data;
	board->slots = slots;
	lock_init(&board->shared->lock);
	return take_ptr(board);
}

void mp_board_free(struct mp_board **board_address)
{
	struct mp_board *board = board_address ? *board_address : NULL;

	if (!board)
		return;
	*board_address = NULL;
	shm_finish(&board->shm);
	free(board);
}

static struct slot *slot_of(struct mp_board *board, int slot)
{
	return slot >= 0 && slot < board->slots ? &board->shared->slots[slot] : NULL;
}

static uint64_t sum(const struct mp_board *board)
{
	uint64_t total = 0;

	for (int i = 0; i < board->slots; i++)
		total += LOAD(board->shared->slots[i].count);
	return total;
}

static void repair(void *argument)
{
	struct mp_board *board = argument;

	/* before the slots are read, for every processor: one that changes meanwhile calls for another sum */
	__atomic_exchange_n(&board->shared->stale, 0, __ATOMIC_SEQ_CST);
	STORE(board->shared->total, sum(board));
}

/* Take the lock, and see to it that the total is right. Returns 0 or a negative errno. */
static int enter(struct mp_board *board, int patience_ms)
{
	int result = lock_acquire(&board->shared->lock, board->gave_up ? 0 : patience_ms, repair, board);

	board->gave_up = result == -ETIMEDOUT;
	if (result < 0)
		return result;
	if (LOAD(board->shared->stale))
		repair(board);
	return 0;
}

int mp_board_stage(struct mp_board *board, int slot, uint64_t task, uint32_t stage)
{
	struct slot *own;

	if (!board)
		return -EINVAL;
	own = slot_of(board, slot);
	if (!own)
		return -EINVAL;
	STORE(own->task, task);
	STORE(own->stage, stage);
	STORE(own->since_ms, clock_ms());
	return 0;
}

int mp_board_count(struct mp_board *board, int slot, uint64_t task)
{
	struct slot *own;
	int result;

	if (!board)
		return -EINVAL;
	own = slot_of(board, slot);
	if (!own || task == 0)
		return -EINVAL;
	if (LOAD(own->counted) == task)
		return 0;
	result = enter(board, COUNT_PATIENCE_MS);
	STORE(own->before, own->count);
	STORE(own->counted, task);
	STORE(own->count, own->before + 1);
	if (result) {
		STORE(board->shared->stale, 1);
		return result;
	}
	STORE(board->shared->total, board->shared->total + 1);
	lock_release(&board->shared->lock);
	return 0;
}

int mp_board_uncount(struct mp_board *board, int slot, uint64_t task)
{
	struct slot *dead;

	if (!board)
		return -EINVAL;
	dead = slot_of(board, slot);
	if (!dead)
		return -EINVAL;
	if (task == 0 || LOAD(dead->counted) != task)
		return 0;
	STORE(dead->count, LOAD(dead->before));
	STORE(dead->counted, 0);
	STORE(board->shared->stale, 1);
	return 0;
}

int mp_board_total(struct mp_board *board, int patience_ms, uint64_t *total)
{
	if (!board || !total)
		return -EINVAL;
	if (enter(board, patience_ms)) {
		*total = sum(board);
		return 1;
	}
	*total = LOAD(board->shared->total);
	lock_release(&board->shared->lock);
	return 0;
}

int mp_board_read(struct mp_board *board, int slot, struct mp_board_slot *copy)
{
	const struct slot *from;

	if (!board || !copy)
		return -EINVAL;
	from = slot_of(board, slot);
	if (!from)
		return -EINVAL;
	*copy = (struct mp_board_slot){
		.task = LOAD(from->task),
		.stage = LOAD(from->stage),
		.since_ms = LOAD(from->since_ms),
		.count = LOAD(from->count),
		.counted = LOAD(from->counted),
	};
	return 0;
}
