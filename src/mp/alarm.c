#include "mp/alarm.h"

#include <errno.h>
#include <sys/timerfd.h>
#include <time.h>

#include "sys/child.h"
#include "sys/clock.h"

#define HEARTBEAT_MS 500
#define DELAY_MS 250

int alarm_init(struct alarm *alarm)
{
	int result;

	*alarm = (struct alarm){ .fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK) };
	if (alarm->fd < 0)
		return -errno;
	result = child_keep_out(alarm->fd);
	alarm->seen_ms = clock_ms();
	return result;
}

void alarm_finish(struct alarm *alarm)
{
	child_close_kept_out(alarm->fd);
	alarm->fd = -1;
}

/* 0 disarms, and what had rung is silent. Cannot fail with these values. */
static void set_timer(const struct alarm *alarm, int64_t at_ms)
{
	struct itimerspec at = {
		.it_value = { .tv_sec = at_ms / 1000, .tv_nsec = at_ms % 1000 * 1000000 },
	};

	timerfd_settime(alarm->fd, TFD_TIMER_ABSTIME, &at, NULL);
}

void alarm_by(struct alarm *alarm, int64_t at_ms)
{
	int64_t heartbeat_ms = alarm->seen_ms + HEARTBEAT_MS;

	if (at_ms > heartbeat_ms)
		at_ms = heartbeat_ms;
	if (alarm->due_ms && alarm->due_ms <= at_ms)
		return;
	alarm->due_ms = at_ms;
	if (!alarm->ringing)
		set_timer(alarm, at_ms);
}

void alarm_now(struct alarm *alarm)
{
	if (!alarm->ringing)
		set_timer(alarm, 1);
	alarm->ringing = true;
}

void alarm_set(struct alarm *alarm, int64_t at_ms)
{
	alarm->ringing = false;
	alarm->due_ms = 0;
	if (at_ms)
		alarm_by(alarm, at_ms);
	else
		set_timer(alarm, 0);
}

int64_t alarm_look(struct alarm *alarm, int64_t now_ms)
{
	int64_t lost_ms = 0;

	if (alarm->due_ms && now_ms - alarm->due_ms > DELAY_MS)
		lost_ms = now_ms - alarm->seen_ms;
	alarm->seen_ms = now_ms;
	return lost_ms;
}
