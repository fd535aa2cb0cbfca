#include "sys/fds.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/child.h"

void fds_fill_standard(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == STDIN_FILENO ? O_RDONLY : O_WRONLY) < 0)
			return;
}

/* Kernels before 5.9, and filters of containers, lack close_range(). */
static int close_range_of(unsigned int first, unsigned int last)
{
	if (first > last || syscall(SYS_close_range, first, last, 0) == 0)
		return 0;
	if (errno != ENOSYS && errno != EPERM)
		return -errno;
	if (last == UINT_MAX)
		last = (unsigned int)sysconf(_SC_OPEN_MAX) - 1;
	for (unsigned int fd = first; fd <= last; fd++)
		close((int)fd);
	return 0;
}

static int compare(const void *one, const void *other)
{
	int a = *(const int *)one, b = *(const int *)other;

	return (a > b) - (a < b);
}

int fds_close_others(const int *keep, size_t keep_count)
{
	autofree int *sorted = malloc((keep_count + 1) * sizeof(*sorted));
	unsigned int next = STDERR_FILENO + 1;
	int error = 0;

	if (!sorted)
		return -ENOMEM;
	for (size_t i = 0; i < keep_count; i++)
		sorted[i] = keep[i];
	sorted[keep_count++] = child_leash();
	qsort(sorted, keep_count, sizeof(*sorted), compare);
	for (size_t i = 0; i < keep_count && !error; i++) {
		if (sorted[i] < (int)next)
			continue;
		error = close_range_of(next, (unsigned int)sorted[i] - 1);
		next = (unsigned int)sorted[i] + 1;
	}
	return error ? error : close_range_of(next, UINT_MAX);
}

int fds_close_from(int first)
{
	return close_range_of((unsigned int)first, UINT_MAX);
}
