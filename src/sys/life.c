#include "sys/life.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"

static bool look(pid_t pid)
{
	autoclose int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd ended = { .fd = pidfd, .events = POLLIN };

	if (pidfd < 0)
		return errno == ESRCH || (kill(pid, 0) && errno == ESRCH);
	return poll(&ended, 1, 0) == 1 && ended.revents & POLLIN;
}

bool life_has_ended(pid_t pid)
{
	int saved = errno;
	bool ended = pid > 0 && pid != getpid() && look(pid);

	errno = saved;
	return ended;
}
