#include "mp/shared.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "sys/long_lock.h"
#include "sys/shm.h"

#define ALIGNMENT ((size_t)64)

/* In shared memory; the content follows, and then its copy. */
struct state {
	uint32_t is_open __attribute__((aligned(64))); /* an update is under way: the copy is what holds */
};

struct mp_shared {
	struct long_lock lock;
	struct shm shm;
	struct state *state;
	unsigned char *data, *copy;
	size_t count, size_bytes;
};

static int map(struct mp_shared *shared)
{
	size_t space_bytes = (shared->size_bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	int result = shm_init(&shared->shm, sizeof *shared->state + 2 * space_bytes);

	if (result)
		return result;
	shared->state = shared->shm.data;
	shared->data = (unsigned char *)(shared->state + 1);
	shared->copy = shared->data + space_bytes;
	result = long_lock_init(&shared->lock);
	if (result)
		shm_finish(&shared->shm);
	return result;
}

struct mp_shared *mp_shared_new(const void *initial, size_t item_bytes, size_t count)
{
	autofree struct mp_shared *shared = NULL;
	int result;

	if (item_bytes == 0 || count == 0 || count > SIZE_MAX / 4 / item_bytes) {
		errno = item_bytes && count ? ENOMEM : EINVAL;
		return NULL;
	}
	shared = calloc(1, sizeof *shared);
	if (!shared)
		return NULL;
	shared->count = count;
	shared->size_bytes = count * item_bytes;
	result = map(shared);
	if (result) {
		errno = -result;
		return NULL;
	}
	if (initial)
		memcpy(shared->data, initial, shared->size_bytes);
	return take_ptr(shared);
}

void *mp_shared_data(struct mp_shared *shared)
{
	return shared->data;
}

size_t mp_shared_count(const struct mp_shared *shared)
{
	return shared->count;
}

static void set_open(struct mp_shared *shared, uint32_t is_open)
{
	/* a process may die between any two instructions, so their order counts, for the compiler too */
	__atomic_store_n(&shared->state->is_open, is_open, __ATOMIC_SEQ_CST);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

int mp_shared_acquire(struct mp_shared *shared, int timeout_ms)
{
	int result = long_lock_acquire(&shared->lock, timeout_ms);

	if (result < 0)
		return result;
	if (__atomic_load_n(&shared->state->is_open, __ATOMIC_SEQ_CST))
		memcpy(shared->data, shared->copy, shared->size_bytes);
	set_open(shared, 0);
	memcpy(shared->copy, shared->data, shared->size_bytes);
	set_open(shared, 1);
	return result;
}

int mp_shared_release(struct mp_shared *shared)
{
	if (!long_lock_is_held(&shared->lock))
		return -EPERM;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	set_open(shared, 0);
	return long_lock_release(&shared->lock);
}

void mp_shared_free(struct mp_shared **shared_address)
{
	struct mp_shared *shared = *shared_address;

	*shared_address = NULL;
	if (!shared)
		return;
	mp_shared_release(shared);
	long_lock_finish(&shared->lock);
	shm_finish(&shared->shm);
	free(shared);
}
