#include "mp/shared.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "sys/long_lock.h"
#include "sys/memfile.h"

#define ALIGNMENT ((size_t)64)
#define MAGIC 0x61706d31u
/* The lock is in the first page, whatever its size; the rest is behind it. */
#define LOCK_BYTES ((size_t)65536)

/* In shared memory; the content follows, and then its copy. */
struct state {
	uint32_t is_open __attribute__((aligned(64))); /* an update is under way: the copy is what holds */
	uint32_t magic;
	uint64_t item_bytes, count;
};

struct mp_shared {
	struct memfile file;
	struct long_lock lock;
	struct state *state;
	unsigned char *data, *copy;
	size_t count, size_bytes;
};

static size_t space_bytes(size_t size_bytes)
{
	return (size_bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static size_t file_bytes(size_t size_bytes)
{
	return LOCK_BYTES + sizeof(struct state) + 2 * space_bytes(size_bytes);
}

static bool is_possible(size_t item_bytes, size_t count)
{
	return item_bytes > 0 && count > 0 && count <= SIZE_MAX / 4 / item_bytes;
}

/* Memory of that size: new, or that of `fd`. Returns NULL with errno. */
static struct mp_shared *make(int fd, size_t item_bytes, size_t count)
{
	autofree struct mp_shared *shared = calloc(1, sizeof *shared);
	size_t size_bytes = item_bytes * count, all_bytes = file_bytes(size_bytes);
	int result;

	if (!shared)
		return NULL;
	result = fd < 0 ? memfile_create(&shared->file, all_bytes, all_bytes)
			: memfile_attach(&shared->file, fd, all_bytes);
	if (result == 0)
		result = long_lock_init(&shared->lock, shared->file.fd);
	if (result) {
		memfile_finish(&shared->file);
		errno = -result;
		return NULL;
	}
	shared->count = count;
	shared->size_bytes = size_bytes;
	shared->state = (struct state *)((unsigned char *)shared->file.data + LOCK_BYTES);
	shared->data = (unsigned char *)(shared->state + 1);
	shared->copy = shared->data + space_bytes(size_bytes);
	return take_ptr(shared);
}

struct mp_shared *mp_shared_new(const void *initial, size_t item_bytes, size_t count)
{
	struct mp_shared *shared;

	if (!is_possible(item_bytes, count)) {
		errno = item_bytes && count ? ENOMEM : EINVAL;
		return NULL;
	}
	shared = make(-1, item_bytes, count);
	if (!shared)
		return NULL;
	if (initial)
		memcpy(shared->data, initial, shared->size_bytes);
	shared->state->item_bytes = item_bytes;
	shared->state->count = count;
	shared->state->magic = MAGIC;
	return shared;
}

struct mp_shared *mp_shared_attach(int fd)
{
	struct memfile file;
	struct state state = { 0 };
	int result = memfile_attach(&file, fd, LOCK_BYTES + sizeof state);

	if (result == 0) {
		memcpy(&state, (unsigned char *)file.data + LOCK_BYTES, sizeof state);
		if (state.magic != MAGIC || !is_possible(state.item_bytes, state.count))
			result = -EINVAL;
	}
	memfile_finish(&file);
	if (result) {
		errno = -result;
		return NULL;
	}
	return make(fd, state.item_bytes, state.count);
}

int mp_shared_fd(const struct mp_shared *shared)
{
	if (!shared)
		return -1;
	return shared->file.fd;
}

void *mp_shared_data(struct mp_shared *shared)
{
	if (!shared) {
		errno = EINVAL;
		return NULL;
	}
	return shared->data;
}

size_t mp_shared_count(const struct mp_shared *shared)
{
	if (!shared)
		return 0;
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
	int result;

	if (!shared)
		return -EINVAL;
	result = long_lock_acquire(&shared->lock, timeout_ms);
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
	if (!shared)
		return -EINVAL;
	if (!long_lock_is_held(&shared->lock))
		return -EPERM;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	set_open(shared, 0);
	return long_lock_release(&shared->lock);
}

void mp_shared_free(struct mp_shared **shared_address)
{
	struct mp_shared *shared = shared_address ? *shared_address : NULL;

	if (!shared)
		return;
	*shared_address = NULL;
	mp_shared_release(shared);
	long_lock_finish(&shared->lock);
	memfile_finish(&shared->file);
	free(shared);
}
