/*
 * kept_out.h: the descriptors that children must not have. (sys/child.h has what others may call.)
 *
 * The lock is held from before a descriptor is made until it is kept out, or until after the fork, so that no
 * thread forks between another thread's making a descriptor and its keeping it out.
 */
#ifndef STAMPMILL_SYS_KEPT_OUT_H
#define STAMPMILL_SYS_KEPT_OUT_H

#include <stddef.h>

void kept_out_lock(void);
void kept_out_unlock(void);

/* With the lock held. Room for so many more: 0 or -ENOMEM. Then so many can be added. */
int kept_out_make_room(size_t more);
void kept_out_add(int fd); /* -1 is passed over */

/* In a child that was forked with the lock held: close all of them, and be unlocked. */
void kept_out_close_all(void);

#endif
