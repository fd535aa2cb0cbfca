/*
 * alarm.h: one timerfd for all deadlines, which also notices when this process itself did not run.
 *
 * While something is due it rings at least twice a second. When it is looked at much later than it rang, the
 * process was stopped (or busy elsewhere) since it last looked, and that time counts for no deadline.
 */
#ifndef STAMPMILL_MP_ALARM_H
#define STAMPMILL_MP_ALARM_H

#include <stdbool.h>
#include <stdint.h>

struct alarm {
	int fd;          /* readable when it has rung; -1: none */
	int64_t due_ms;  /* CLOCK_MONOTONIC; 0: not set */
	int64_t seen_ms; /* when it was looked at last */
	bool ringing;    /* it was told to ring at once */
};

int alarm_init(struct alarm *alarm); /* 0 or a negative errno */
void alarm_finish(struct alarm *alarm);

/* Ring at `at_ms` or earlier. */
void alarm_by(struct alarm *alarm, int64_t at_ms);
/* Ring now, until it is set anew. */
void alarm_now(struct alarm *alarm);
/* Stop ringing; ring again at `at_ms` or a little earlier; 0: not at all. */
void alarm_set(struct alarm *alarm, int64_t at_ms);

/* Look at it. Returns the milliseconds for which this process did not run, 0 for what is no more than a busy
 * machine's delay. */
int64_t alarm_look(struct alarm *alarm, int64_t now_ms);

#endif
