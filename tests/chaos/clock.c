/*
 * clock.c: loaded into the program (LD_PRELOAD), sets its clock back in the middle of a run: from
 * CLOCK_BACK_AFTER_MS milliseconds after the first process began on, the time of day is CLOCK_BACK_S seconds
 * earlier. What the kernel writes itself, the times of files, stays as it is, as with files that come from a
 * machine whose clock is right.
 */
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define SHOWN __attribute__((visibility("default")))

static long number_in(const char *name)
{
	const char *text = getenv(name);

	return text ? atol(text) : 0;
}

static void ask_kernel(clockid_t clock, struct timespec *time)
{
	syscall(SYS_clock_gettime, clock, time);
}

/* Forked workers have the same beginning. */
static struct timespec began;

__attribute__((constructor)) static void begin(void)
{
	ask_kernel(CLOCK_MONOTONIC, &began);
}

static long seconds_back(void)
{
	struct timespec now;
	long ms;

	ask_kernel(CLOCK_MONOTONIC, &now);
	ms = (now.tv_sec - began.tv_sec) * 1000 + (now.tv_nsec - began.tv_nsec) / 1000000;
	return ms >= number_in("CLOCK_BACK_AFTER_MS") ? number_in("CLOCK_BACK_S") : 0;
}

SHOWN int clock_gettime(clockid_t clock, struct timespec *time)
{
	long result = syscall(SYS_clock_gettime, clock, time);

	if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
		time->tv_sec -= seconds_back();
	return (int)result;
}

SHOWN int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
	struct timespec now;

	(void)zone;
	clock_gettime(CLOCK_REALTIME, &now);
	*time = (struct timeval){ .tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000 };
	return 0;
}

SHOWN time_t time(time_t *result)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (result)
		*result = now.tv_sec;
	return now.tv_sec;
}
