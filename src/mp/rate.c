#include "mp/rate.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "base/cleanup.h"
#include "sys/memfile.h"

#define SECOND_NS INT64_C(1000000000)
#define LEAST_PER_SECOND 0.000001
#define MOST_PER_SECOND 1000000.0
#define BURST_MAX 1000000

#define MAGIC INT64_C(0x657461726d70)

/* In shared memory. The numbers of the rate are there for mp_rate_attach(), which looks at them once. */
struct shared {
	int64_t full_ns; /* when the bucket will be full, or was, on CLOCK_MONOTONIC */
	int64_t interval_ns, bucket_ns, magic;
};

struct mp_rate {
	struct memfile file;
	struct shared *shared;
	int64_t interval_ns; /* a token's time */
	int64_t bucket_ns;   /* that of all the tokens in a full bucket */
};

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * SECOND_NS + now.tv_nsec;
}

/* Numbers with which sums with any time of the clock are numbers, too. */
static bool is_sound(const struct mp_rate *rate)
{
	return rate->interval_ns >= 1 && rate->interval_ns <= rate->bucket_ns &&
	       rate->bucket_ns <= INT64_MAX / 8;
}

struct mp_rate *mp_rate_new(double per_second, int burst)
{
	autofree struct mp_rate *rate = NULL;
	int result;

	if (!(per_second >= LEAST_PER_SECOND && per_second <= MOST_PER_SECOND) || burst < 1 ||
		burst > BURST_MAX) {
		errno = EINVAL;
		return NULL;
	}
	rate = calloc(1, sizeof *rate);
	if (!rate)
		return NULL;
	rate->interval_ns = (int64_t)((double)SECOND_NS / per_second);
	if (rate->interval_ns > INT64_MAX / 8 / burst)
		burst = (int)(INT64_MAX / 8 / rate->interval_ns);
	rate->bucket_ns = rate->interval_ns * burst;
	result = memfile_create(&rate->file, sizeof *rate->shared, sizeof *rate->shared);
	if (result) {
		errno = -result;
		return NULL;
	}
	rate->shared = rate->file.data;
	*rate->shared = (struct shared){
		.interval_ns = rate->interval_ns, .bucket_ns = rate->bucket_ns, .magic = MAGIC
	};
	return take_ptr(rate);
}

struct mp_rate *mp_rate_attach(int fd)
{
	autofree struct mp_rate *rate = calloc(1, sizeof *rate);
	int result;

	if (!rate)
		return NULL;
	result = memfile_attach(&rate->file, fd, sizeof *rate->shared);
	if (result == 0) {
		rate->shared = rate->file.data;
		rate->interval_ns = rate->shared->interval_ns;
		rate->bucket_ns = rate->shared->bucket_ns;
		if (rate->shared->magic != MAGIC || !is_sound(rate)) {
			memfile_finish(&rate->file);
			result = -EINVAL;
		}
	}
	if (result) {
		errno = -result;
		return NULL;
	}
	return take_ptr(rate);
}

int mp_rate_fd(const struct mp_rate *rate)
{
	return rate ? rate->file.fd : -1;
}

/* When the next token is due, seen from `now`, if the bucket will be full at `full_ns`. What a hostile
 * process may have written there is brought into range first. */
static int64_t due_ns(const struct mp_rate *rate, int64_t full_ns, int64_t now)
{
	if (full_ns > INT64_MAX / 2)
		full_ns = INT64_MAX / 2;
	if (full_ns < now)
		full_ns = now;
	return full_ns + rate->interval_ns - rate->bucket_ns;
}

/* A signal does not end it. */
static void sleep_until(int64_t when_ns)
{
	const struct timespec when = { .tv_sec = when_ns / SECOND_NS, .tv_nsec = when_ns % SECOND_NS };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, NULL) == EINTR)
		continue;
}

int mp_rate_take(struct mp_rate *rate, int timeout_ms)
{
	int64_t now = now_ns(), full_ns, due;

	if (!rate)
		return -EINVAL;
	full_ns = __atomic_load_n(&rate->shared->full_ns, __ATOMIC_RELAXED);
	do {
		due = due_ns(rate, full_ns, now);
		if (timeout_ms >= 0 && due > now + timeout_ms * INT64_C(1000000))
			return -ETIMEDOUT;
	} while (!__atomic_compare_exchange_n(&rate->shared->full_ns, &full_ns, due + rate->bucket_ns, false,
		__ATOMIC_RELAXED, __ATOMIC_RELAXED));
	if (due > now)
		sleep_until(due);
	return 0;
}

int64_t mp_rate_wait_us(const struct mp_rate *rate)
{
	int64_t now = now_ns(), due;

	if (!rate)
		return -EINVAL;
	due = due_ns(rate, __atomic_load_n(&rate->shared->full_ns, __ATOMIC_RELAXED), now);
	return due > now ? (due - now + 999) / 1000 : 0;
}

void mp_rate_free(struct mp_rate **rate_address)
{
	struct mp_rate *rate = rate_address ? *rate_address : NULL;

	if (!rate)
		return;
	*rate_address = NULL;
	memfile_finish(&rate->file);
	free(rate);
}
