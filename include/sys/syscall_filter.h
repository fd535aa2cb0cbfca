/*
 * syscall_filter.h: the system calls that a worker has no use for, refused (seccomp, by libseccomp).
 *
 * A list of what is refused, not of what is allowed: decoders differ from version to version in what they
 * call, and a picture lost to a new harmless call would be a defect. sandbox.h says what the list is for.
 */
#ifndef STAMPMILL_SYS_SYSCALL_FILTER_H
#define STAMPMILL_SYS_SYSCALL_FILTER_H

#include <stdbool.h>

/* True when this kernel has seccomp filters. */
bool syscall_filter_available(void);

/* Bring the filter into force for this process, threads that live already included. no_new_privs must be set.
 * Time stamps of open files can be set only with `may_set_times`, since a filter cannot tell a picture being
 * made from an original that is open for reading. 0 or a negative errno. */
int syscall_filter_enter(bool may_set_times);

#endif
