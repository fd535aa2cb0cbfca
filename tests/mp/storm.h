/*
 * storm.h: what the storms share: numbers from the environment, so that one can be made longer or another by
 * hand, and random numbers that are the same each time.
 */
#ifndef STAMPMILL_TESTS_MP_STORM_H
#define STAMPMILL_TESTS_MP_STORM_H

#include <stdint.h>
#include <stdlib.h>

static inline uint64_t storm_number(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 10) : otherwise;
}

static uint64_t storm_state;

static inline void storm_seed(uint64_t seed)
{
	storm_state = seed ? seed : 1;
}

/* xorshift64 */
static inline uint64_t storm_random(void)
{
	storm_state ^= storm_state << 13;
	storm_state ^= storm_state >> 7;
	storm_state ^= storm_state << 17;
	return storm_state;
}

#endif
