#include "mp/ring.h"

#include <errno.h>
#include <unistd.h>

#include "sys/life.h"

/* A word is | kind: 2 | pid or block: 22 | ticket: 40 |. Process numbers go to 2^22 - 1 (proc(5)), and 40
 * bits of a ticket come round again after a day of a million messages a second, which no half-done step
 * outlives. */
#define TICKET_MASK (((uint64_t)1 << 40) - 1)
#define NUMBER_MASK (((uint64_t)1 << 22) - 1)

/* Only a hostile process makes a loop go round so often without an end. */
#define ATTEMPTS 10000

enum state {
	FREE,
	WRITING,
	READY,
	TAKEN
};

static uint64_t word(unsigned kind, uint32_t number, uint64_t ticket)
{
	return (uint64_t)kind << 62 | (uint64_t)number << 40 | (ticket & TICKET_MASK);
}

static uint64_t empty(uint64_t ticket)
{
	return word(0, 0, ticket);
}

static uint64_t full(uint64_t ticket, uint32_t block)
{
	return word(1, block, ticket);
}

static unsigned kind_of(uint64_t from)
{
	return (unsigned)(from >> 62);
}

static uint32_t number_of(uint64_t from)
{
	return (uint32_t)(from >> 40 & NUMBER_MASK);
}

static uint64_t ticket_of(uint64_t from)
{
	return from & TICKET_MASK;
}

static uint64_t load(const uint64_t *from)
{
	return __atomic_load_n(from, __ATOMIC_SEQ_CST);
}

static void store(uint64_t *to, uint64_t value)
{
	__atomic_store_n(to, value, __ATOMIC_RELEASE);
}

static bool swap(uint64_t *at, uint64_t from, uint64_t to)
{
	return __atomic_compare_exchange_n(at, &from, to, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

static uint64_t *place_of(const struct ring *ring, uint64_t ticket)
{
	return &ring->places[ticket % ring->capacity];
}

void ring_init(struct ring *ring)
{
	for (uint32_t i = 0; i < ring->capacity; i++)
		store(&ring->places[i], empty(i));
}

int ring_take_free(struct ring *ring, uint32_t *block)
{
	uint64_t mine = word(WRITING, (uint32_t)getpid(), 0);
	uint32_t hint = __atomic_load_n(&ring->hint, __ATOMIC_RELAXED);

	for (uint32_t i = 0; i < ring->blocks; i++) {
		uint32_t candidate = (uint32_t)(((uint64_t)hint + i) % ring->blocks);
		uint64_t seen = load(&ring->states[candidate]);

		if (kind_of(seen) == FREE && swap(&ring->states[candidate], seen, mine)) {
			__atomic_store_n(&ring->hint, candidate + 1, __ATOMIC_RELAXED);
			*block = candidate;
			return 0;
		}
	}
	return -EAGAIN;
}

void ring_release(struct ring *ring, uint32_t block)
{
	store(&ring->states[block], word(FREE, 0, 0));
}

/* The state of the message that `seen`, the word of a full place, names, if it is still in the line; or 0. */
static uint64_t waiting_state(const struct ring *ring, uint64_t seen)
{
	uint64_t state;

	if (number_of(seen) >= ring->blocks)
		return 0;
	state = load(&ring->states[number_of(seen)]);
	return kind_of(state) == READY && ticket_of(state) == ticket_of(seen) ? state : 0;
}

/* The message of `ticket` has been taken: what is left to do for it. Its producer may not have moved the tail
 * on yet; with its place gone nobody else could see that this is to be done. */
static void move_head_on(struct ring *ring, uint64_t ticket, uint64_t seen)
{
	if (load(&ring->ends->tail) == ticket)
		swap(&ring->ends->tail, ticket, ticket + 1);
	swap(place_of(ring, ticket), seen, empty(ticket + ring->capacity));
	swap(&ring->ends->head, ticket, ticket + 1);
}

int ring_publish(struct ring *ring, uint32_t block)
{
	uint32_t self = (uint32_t)getpid();

	for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
		uint64_t tail = load(&ring->ends->tail);
		uint64_t seen = load(place_of(ring, tail));

		if (seen == empty(tail)) {
			store(&ring->states[block], word(READY, self, tail));
			if (!swap(place_of(ring, tail), seen, full(tail, block)))
				continue;
			swap(&ring->ends->tail, tail, tail + 1);
			return 0;
		}
		if (kind_of(seen) && ticket_of(seen) == (tail & TICKET_MASK)) {
			swap(&ring->ends->tail, tail, tail + 1);
		} else if (kind_of(seen) && ticket_of(seen) == ((tail - ring->capacity) & TICKET_MASK)) {
			if (waiting_state(ring, seen))
				return -EAGAIN;
			move_head_on(ring, tail - ring->capacity, seen);
		}
	}
	return -EAGAIN;
}

int ring_claim(struct ring *ring, uint32_t *block)
{
	uint64_t mine = word(TAKEN, (uint32_t)getpid(), 0);

	for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
		uint64_t head = load(&ring->ends->head);
		uint64_t seen = load(place_of(ring, head));
		uint64_t state;

		if (seen == empty(head))
			return -EAGAIN;
		if (seen == empty(head + ring->capacity)) {
			swap(&ring->ends->head, head, head + 1);
			continue;
		}
		if (!kind_of(seen) || ticket_of(seen) != (head & TICKET_MASK))
			continue; /* the head has moved meanwhile */
		state = waiting_state(ring, seen);
		if (state && swap(&ring->states[number_of(seen)], state, mine)) {
			*block = number_of(seen);
			move_head_on(ring, head, seen);
			return 0;
		}
		move_head_on(ring, head, seen);
	}
	return -EAGAIN;
}

bool ring_holds(const struct ring *ring, uint32_t block)
{
	return block < ring->blocks && load(&ring->states[block]) == word(TAKEN, (uint32_t)getpid(), 0);
}

/* Is a ready block in the line, or has it been? Its ticket was the tail's once, which never goes back. */
static bool is_named(const struct ring *ring, uint32_t block, uint64_t state)
{
	uint64_t tail = load(&ring->ends->tail);
	uint64_t ticket = tail - ((tail - state) & TICKET_MASK);

	return load(place_of(ring, ticket)) == full(ticket, block);
}

/* Once its process is dead, only a consumer can still change a block's state. */
static bool is_abandoned(const struct ring *ring, uint32_t block, uint64_t state)
{
	switch (kind_of(state)) {
	case FREE:
		return false;
	case READY:
		if (is_named(ring, block, state))
			return false;
		return life_has_ended((pid_t)number_of(state)) && !is_named(ring, block, state);
	default:
		return life_has_ended((pid_t)number_of(state));
	}
}

int ring_reclaim(struct ring *ring, uint32_t *block)
{
	uint64_t mine = word(WRITING, (uint32_t)getpid(), 0);

	for (uint32_t i = 0; i < ring->blocks; i++) {
		uint64_t state = load(&ring->states[i]);

		if (is_abandoned(ring, i, state) && swap(&ring->states[i], state, mine)) {
			*block = i;
			return 0;
		}
	}
	return -EAGAIN;
}

uint32_t ring_count(const struct ring *ring)
{
	uint64_t head = load(&ring->ends->head), tail = load(&ring->ends->tail);

	return tail - head <= ring->capacity ? (uint32_t)(tail - head) : 0;
}
