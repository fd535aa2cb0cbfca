/*
 * cleanup.h: scoped ownership, for memory and descriptors.
 *
 * `autofree` and `autoclose` variables are released when they leave scope; initialise them (NULL, -1).
 * take_ptr() and take_fd() move the value out on success. Both keep errno.
 */
#ifndef STAMPMILL_BASE_CLEANUP_H
#define STAMPMILL_BASE_CLEANUP_H

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static inline void cleanup_free(void *pointer_address)
{
	int saved = errno;

	free(*(void **)pointer_address);
	errno = saved;
}

static inline void cleanup_close(const int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	errno = saved;
}

static inline int take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

#define autofree __attribute__((cleanup(cleanup_free)))
#define autoclose __attribute__((cleanup(cleanup_close)))
#define take_ptr(pointer)                       \
	__extension__({                         \
		__auto_type taken_ = (pointer); \
		(pointer) = NULL;               \
		taken_;                         \
	})

#endif
