/*
 * sandbox.h: a process shuts itself in before it looks at a stranger's file.
 *
 * Calling order: fork, sandbox_enter(), and only then whatever starts threads or decodes: Landlock binds the
 * calling thread and those born later, never one that lives already. There is no way out again, for children
 * neither.
 *
 * Two mechanisms of the kernel, neither of which needs privileges:
 *  - Landlock (kernel.org, Documentation/userspace-api/landlock.rst): files can only be opened where the
 * config allows it; TCP from ABI 4; signals and abstract Unix sockets to other processes from ABI 6.
 *  - seccomp, by libseccomp: no socket, no program started, no process made (threads are), no other process
 * looked into or signalled (by a descriptor's owner neither), no memory, semaphore or queue of System V or
 * POSIX shared with it, none of its files watched, no change of user, no owner, mode, time stamp or attribute
 * of a file changed by name or on a file open for reading, no mount, no name space, no io_uring (it goes
 * around filters), nothing of the kernel's administration. Refused calls give EPERM (clone3: ENOSYS, so that
 * the C library falls back to clone, whose flags a filter can read). Where a kernel lacks one, the other
 * still holds; the result says what is in force.
 */
#ifndef STAMPMILL_SYS_SANDBOX_H
#define STAMPMILL_SYS_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

/* What is in force. */
enum sandbox_part {
	SANDBOX_FILES = 1,    /* opening is confined */
	SANDBOX_TRUNCATE = 2, /* truncating by name is, too (Landlock ABI 3) */
	SANDBOX_TCP = 4,      /* ABI 4 */
	SANDBOX_SIGNALS = 8,  /* ABI 6 */
	SANDBOX_CALLS = 16    /* the seccomp filter */
};

struct sandbox_config {
	const int *read_fds; /* folders below which files may be read; descriptors, O_PATH will do */
	size_t read_fds_count;
	const char *const *read_paths; /* more of them by name: libraries, fonts; ends with NULL; those that
					  do not exist are left out */
	int write_fd; /* the folder below which files may be made, written, renamed and removed; -1: none */
	bool may_set_times; /* of files that are open; never by name */
};

/* Returns the set of parts in force (0 where the kernel has neither), or a negative errno when a part that
 * the kernel has could not be brought into force: the process must not go on to open strangers' files then.
 */
int sandbox_enter(const struct sandbox_config *config);

/* What this kernel offers, as a set of parts; changes nothing. */
int sandbox_available(void);

/* In words, what this kernel lacks: "" when nothing. Returns whether anything is missing. */
bool sandbox_missing(char *buffer, size_t size);

/* The ABI of this kernel's Landlock; 0 where there is none. */
int sandbox_landlock_abi(void);

#endif
