/*
 * robust.h: the lock word that the kernel cleans up after a dead holder, as sys/lock.h and sys/long_lock.h
 * use it (set_robust_list(2), futex(2)).
 */
#ifndef STAMPMILL_SYS_ROBUST_H
#define STAMPMILL_SYS_ROBUST_H

#include <linux/futex.h>
#include <stdbool.h>
#include <stdint.h>

/* This thread's list, which libc has registered with the kernel; NULL with errno. */
struct robust_list_head *robust_head(void);

/* From here until robust_forget(), the kernel looks at the word when this thread dies: if it then holds this
 * thread's id it sets FUTEX_OWNER_DIED there and wakes a waiter; if it is 0 it wakes one as well, for the
 * release that did not get that far. robust_head() must have been called; one word at a time. */
void robust_announce(uint32_t *word);
void robust_forget(void);
bool robust_is_announced(void);

/* Wait up to timeout_ms (-1: for ever) for the word to be this thread's. Returns 0, 1 when the last holder
 * died, or -ETIMEDOUT. The word must be announced. */
int robust_take(uint32_t *word, int timeout_ms);
void robust_give_back(uint32_t *word);

#endif
