#include "mp/queue.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "mp/ring.h"
#include "sys/bell.h"
#include "sys/clock.h"
#include "sys/memfile.h"

#define CAPACITY_MAX ((size_t)1 << 20)
#define CAPACITY_USUAL 1024
/* Blocks beyond the capacity: in the hands of producers and consumers. */
#define BLOCKS_IN_HAND 64
#define BLOCK_BYTES 4096
#define INLINE_BYTES (BLOCK_BYTES - sizeof(struct block))
#define PAGE_BYTES ((size_t)4096)
#define MAGIC 0x71706d31u
#define NO_BLOCK UINT32_MAX

/* A message: here, or in this block's part of the file behind the mapped memory. */
struct block {
	uint64_t size_bytes;
	uint64_t spilled; /* not 0: behind; stays so until that part was given back */
	unsigned char data[];
};

/* The first page; places, states and blocks follow. */
struct shared {
	uint32_t magic, capacity;
	struct ring_ends ends;
	struct bell items __attribute__((aligned(64)));
	struct bell space __attribute__((aligned(64)));
};

struct mp_queue {
	struct memfile file;
	struct shared *shared;
	unsigned char *blocks;
	struct ring ring;
	uint32_t held; /* a message that was taken and could not be given yet, or NO_BLOCK */
};

static size_t round_up(size_t size_bytes)
{
	return (size_bytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
}

static size_t words_bytes(size_t count)
{
	return round_up(count * sizeof(uint64_t));
}

/* Where things are, from the capacity alone. */
static size_t lay_out(struct mp_queue *queue, uint32_t capacity)
{
	size_t places = PAGE_BYTES, states, blocks;

	queue->ring.capacity = capacity;
	queue->ring.blocks = capacity + BLOCKS_IN_HAND;
	states = places + words_bytes(capacity);
	blocks = states + words_bytes(queue->ring.blocks);
	if (queue->file.data) {
		unsigned char *start = queue->file.data;

		queue->shared = queue->file.data;
		queue->ring.ends = &queue->shared->ends;
		queue->ring.places = (uint64_t *)(start + places);
		queue->ring.states = (uint64_t *)(start + states);
		queue->blocks = start + blocks;
	}
	return blocks + (size_t)queue->ring.blocks * BLOCK_BYTES;
}

static struct mp_queue *new_handle(void)
{
	struct mp_queue *queue = calloc(1, sizeof *queue);

	if (!queue)
		return NULL;
	queue->file = (struct memfile)MEMFILE_INIT;
	queue->held = NO_BLOCK;
	return queue;
}

struct mp_queue *mp_queue_new(size_t capacity)
{
	autofree struct mp_queue *queue = NULL;
	size_t mapped_bytes;
	int result;

	if (capacity == 0)
		capacity = CAPACITY_USUAL;
	if (capacity > CAPACITY_MAX) {
		errno = EINVAL;
		return NULL;
	}
	queue = new_handle();
	if (!queue)
		return NULL;
	mapped_bytes = lay_out(queue, (uint32_t)capacity);
	result = memfile_create(&queue->file, mapped_bytes,
		mapped_bytes + (uint64_t)queue->ring.blocks * MP_QUEUE_MESSAGE_MAX);
	if (result) {
		errno = -result;
		return NULL;
	}
	lay_out(queue, (uint32_t)capacity);
	queue->shared->capacity = (uint32_t)capacity;
	ring_init(&queue->ring);
	queue->shared->magic = MAGIC;
	return take_ptr(queue);
}

/* The capacity that the file's first page tells, or 0. */
static uint32_t read_capacity(int fd)
{
	struct memfile page;
	const struct shared *shared;
	uint32_t capacity = 0;

	if (memfile_attach(&page, fd, PAGE_BYTES) == 0) {
		shared = page.data;
		capacity = __atomic_load_n(&shared->capacity, __ATOMIC_RELAXED);
		if (shared->magic != MAGIC || capacity > CAPACITY_MAX)
			capacity = 0;
	}
	memfile_finish(&page);
	return capacity;
}

struct mp_queue *mp_queue_attach(int fd)
{
	autofree struct mp_queue *queue = NULL;
	uint32_t capacity = read_capacity(fd);
	int result;

	if (capacity == 0) {
		errno = EINVAL;
		return NULL;
	}
	queue = new_handle();
	if (!queue)
		return NULL;
	result = memfile_attach(&queue->file, fd, lay_out(queue, capacity));
	if (result) {
		errno = -result;
		return NULL;
	}
	lay_out(queue, capacity);
	return take_ptr(queue);
}

void mp_queue_free(struct mp_queue **queue_address)
{
	struct mp_queue *queue = queue_address ? *queue_address : NULL;

	if (!queue)
		return;
	*queue_address = NULL;
	if (ring_holds(&queue->ring, queue->held))
		ring_release(&queue->ring, queue->held);
	memfile_finish(&queue->file);
	free(queue);
}

int mp_queue_fd(const struct mp_queue *queue)
{
	if (!queue)
		return -1;
	return queue->file.fd;
}

size_t mp_queue_count(const struct mp_queue *queue)
{
	if (!queue)
		return 0;
	return ring_count(&queue->ring);
}

/* ---- a block's content ---- */

static struct block *block_at(const struct mp_queue *queue, uint32_t block)
{
	return (struct block *)(queue->blocks + (size_t)block * BLOCK_BYTES);
}

static uint64_t spill_of(const struct mp_queue *queue, uint32_t block)
{
	return queue->file.mapped_bytes + (uint64_t)block * MP_QUEUE_MESSAGE_MAX;
}

/* Whoever had it before may have died before giving its part of the file back. */
static void clear(const struct mp_queue *queue, uint32_t number)
{
	struct block *block = block_at(queue, number);

	if (!block->spilled)
		return;
	memfile_forget(&queue->file, spill_of(queue, number), MP_QUEUE_MESSAGE_MAX);
	block->spilled = 0;
}

static int fill(const struct mp_queue *queue, uint32_t number, const void *data, size_t size_bytes)
{
	struct block *block = block_at(queue, number);

	clear(queue, number);
	block->size_bytes = size_bytes;
	if (size_bytes > INLINE_BYTES) {
		block->spilled = 1;
		return memfile_write(&queue->file, spill_of(queue, number), data, size_bytes);
	}
	if (size_bytes > 0)
		memcpy(block->data, data, size_bytes);
	return 0;
}

static int empty_into(const struct mp_queue *queue, uint32_t number, struct mp_bytes *bytes)
{
	const struct block *block = block_at(queue, number);
	size_t size_bytes = __atomic_load_n(&block->size_bytes, __ATOMIC_RELAXED);
	int result;

	if (size_bytes > MP_QUEUE_MESSAGE_MAX)
		return -EBADMSG;
	result = mp_bytes_resize(bytes, size_bytes);
	if (result)
		return result;
	if (size_bytes > INLINE_BYTES) {
		result = memfile_read(&queue->file, spill_of(queue, number), bytes->data, size_bytes);
		if (result == 0)
			clear(queue, number);
		return result;
	}
	memcpy(bytes->data, block->data, size_bytes);
	return 0;
}

/* ---- waiting ---- */

/* Try `step` until it gives something else than -EAGAIN. */
static int wait_for(struct mp_queue *queue, struct bell *bell,
	int (*step)(struct mp_queue *queue, uint32_t *block), uint32_t *block, int timeout_ms)
{
	int result = step(queue, block);
	int64_t until_ms;

	if (result != -EAGAIN)
		return result;
	until_ms = clock_ms() + timeout_ms;
	for (;;) {
		uint32_t heard = bell_listen(bell);
		int64_t left_ms = timeout_ms < 0 ? -1 : until_ms - clock_ms();

		result = step(queue, block);
		if (result != -EAGAIN)
			return result;
		if (timeout_ms >= 0 && left_ms <= 0)
			return -ETIMEDOUT;
		bell_sleep(bell, heard, left_ms);
	}
}

static int take_free(struct mp_queue *queue, uint32_t *block)
{
	int result = ring_take_free(&queue->ring, block);

	return result ? ring_reclaim(&queue->ring, block) : 0;
}

static int publish(struct mp_queue *queue, uint32_t *block)
{
	return ring_publish(&queue->ring, *block);
}

static int claim(struct mp_queue *queue, uint32_t *block)
{
	uint32_t held = __atomic_exchange_n(&queue->held, NO_BLOCK, __ATOMIC_RELAXED);

	/* one that was forked has the number too, but not the message */
	if (!ring_holds(&queue->ring, held))
		return ring_claim(&queue->ring, block);
	*block = held;
	return 0;
}

/* Producers that found the queue full are woken when it is half empty, so that they do not take turns with a
 * consumer for each single message. */
static void tell_of_space(struct mp_queue *queue)
{
	if (ring_count(&queue->ring) <= queue->ring.capacity / 2)
		bell_ring(&queue->shared->space);
}

int mp_queue_put(struct mp_queue *queue, const void *data, size_t size_bytes, int timeout_ms)
{
	int64_t until_ms = timeout_ms > 0 ? clock_ms() + timeout_ms : 0, left_ms = timeout_ms;
	uint32_t block;
	int result;

	if (!queue)
		return -EINVAL;
	if (size_bytes > MP_QUEUE_MESSAGE_MAX)
		return -EMSGSIZE;
	if (!data && size_bytes > 0)
		return -EINVAL;
	result = wait_for(queue, &queue->shared->space, take_free, &block, timeout_ms);
	if (result)
		return result;
	result = fill(queue, block, data, size_bytes);
	if (timeout_ms > 0)
		left_ms = until_ms > clock_ms() ? until_ms - clock_ms() : 0;
	if (result == 0)
		result = wait_for(queue, &queue->shared->space, publish, &block, (int)left_ms);
	if (result) {
		clear(queue, block);
		ring_release(&queue->ring, block);
		return result;
	}
	bell_ring(&queue->shared->items);
	tell_of_space(queue);
	return 0;
}

int mp_queue_get(struct mp_queue *queue, struct mp_bytes *bytes, int timeout_ms)
{
	uint32_t block;
	int result;

	if (!queue || !bytes)
		return -EINVAL;
	result = wait_for(queue, &queue->shared->items, claim, &block, timeout_ms);
	if (result)
		return result;
	result = empty_into(queue, block, bytes);
	if (result == 0 || result == -EBADMSG ||
		!__atomic_compare_exchange_n(&queue->held, &(uint32_t){ NO_BLOCK }, block, false,
			__ATOMIC_RELAXED, __ATOMIC_RELAXED))
		ring_release(&queue->ring, block);
	tell_of_space(queue);
	/* one was woken for it, and there is more */
	if (ring_count(&queue->ring) > 0)
		bell_ring(&queue->shared->items);
	return result;
}
