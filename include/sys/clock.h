/*
 * clock.h: time that never goes back.
 */
#ifndef STAMPMILL_SYS_CLOCK_H
#define STAMPMILL_SYS_CLOCK_H

#include <stdint.h>

/* CLOCK_MONOTONIC: does not count the time the machine sleeps, and no setting of the clock moves it. */
int64_t clock_ms(void);
int64_t clock_us(void);

#endif
