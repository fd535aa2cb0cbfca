/*
 * fds.h: which descriptors a process has.
 */
#ifndef STAMPMILL_SYS_FDS_H
#define STAMPMILL_SYS_FDS_H

#include <stddef.h>

/* Open /dev/null in place of each of the descriptors 0 to 2 that is closed, so that no file opened later gets
 * their numbers and messages. */
void fds_fill_standard(void);

/* Close every descriptor of this process but 0 to 2 and those of `keep` (any order; negative ones are passed
 * over), and child_leash(). Returns 0 or a negative errno. */
int fds_close_others(const int *keep, size_t keep_count);

/* Close every descriptor from `first` on. Takes no memory and no lock. Returns 0 or a negative errno. */
int fds_close_from(int first);

#endif
