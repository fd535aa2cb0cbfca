#include "sys/run_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"

static void read_holder(int fd, struct run_lock_holder *holder)
{
	char words[sizeof(holder->text)];
	ssize_t length = pread(fd, words, sizeof(words) - 1, 0);

	words[length > 0 ? length : 0] = '\0';
	text_printable(words, holder->text, sizeof(holder->text));
}

/* Best effort: the lock holds without it. */
static void write_holder(int fd)
{
	char host[65] = "", when[32] = "", words[sizeof(((struct run_lock_holder *)0)->text)];
	time_t now = time(NULL);
	struct tm parts;
	int length;

	gethostname(host, sizeof(host) - 1);
	if (localtime_r(&now, &parts))
		strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", &parts);
	length = snprintf(words, sizeof(words), "process %d on %s since %s", (int)getpid(), host, when);
	if (ftruncate(fd, 0) == 0 && pwrite(fd, words, (size_t)length, 0) != length)
		(void)ftruncate(fd, 0);
}

/* How file systems say that they have none: network mounts without a lock daemon, mostly. */
static bool means_no_locks(int error)
{
	return error == ENOLCK || error == ENOSYS || error == EOPNOTSUPP || error == EINVAL;
}

bool run_lock_possible(int fd)
{
	struct flock whole = { .l_type = F_RDLCK, .l_whence = SEEK_SET };

	return fcntl(fd, F_GETLK, &whole) == 0 || !means_no_locks(errno);
}

int run_lock_acquire(struct run_lock *lock, int folder_fd, struct run_lock_holder *holder)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	autoclose int fd = openat(folder_fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);

	if (fd < 0)
		return -errno;
	if (fcntl(fd, F_SETLK, &whole) < 0) {
		if (errno == EACCES || errno == EAGAIN) {
			read_holder(fd, holder);
			return -EBUSY;
		}
		return means_no_locks(errno) ? -ENOLCK : -errno;
	}
	write_holder(fd);
	lock->fd = take_fd(&fd);
	return 0;
}

void run_lock_release(struct run_lock *lock)
{
	if (lock->fd >= 0)
		close(lock->fd);
	lock->fd = -1;
}
