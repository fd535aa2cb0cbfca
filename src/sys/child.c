#include "sys/child.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/clock.h"
#include "sys/signals.h"

#if defined(__SANITIZE_ADDRESS__)
#define LOOKS_FOR_LEAKS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LOOKS_FOR_LEAKS 1
#endif
#endif
#ifdef LOOKS_FOR_LEAKS
#include <sanitizer/lsan_interface.h>
#include <sys/stat.h>
#endif

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

/* The descriptors that children must not have. The lock is held from before a socket pair is made until after
 * the fork, so that no thread forks between another thread's making a descriptor and its keeping it out. */
static pthread_mutex_t kept_out_lock = PTHREAD_MUTEX_INITIALIZER;
static int *kept_out;
static size_t kept_out_count, kept_out_capacity;

static int make_room(size_t more)
{
	size_t capacity = kept_out_capacity ? kept_out_capacity : 16;
	int *grown;

	while (capacity < kept_out_count + more)
		capacity *= 2;
	if (capacity == kept_out_capacity)
		return 0;
	grown = realloc(kept_out, capacity * sizeof *grown);
	if (!grown)
		return -ENOMEM;
	kept_out = grown;
	kept_out_capacity = capacity;
	return 0;
}

int child_keep_out(int fd)
{
	int result;

	pthread_mutex_lock(&kept_out_lock);
	result = make_room(1);
	if (result == 0)
		kept_out[kept_out_count++] = fd;
	else
		close(fd);
	pthread_mutex_unlock(&kept_out_lock);
	return result;
}

void child_close_kept_out(int fd)
{
	pthread_mutex_lock(&kept_out_lock);
	for (size_t i = 0; i < kept_out_count; i++)
		if (kept_out[i] == fd) {
			kept_out[i] = kept_out[--kept_out_count];
			close(fd);
			break;
		}
	if (kept_out_count == 0) {
		free(kept_out);
		kept_out = NULL;
		kept_out_capacity = 0;
	}
	pthread_mutex_unlock(&kept_out_lock);
}

static void close_all_kept_out(void)
{
	for (size_t i = 0; i < kept_out_count; i++)
		close(kept_out[i]);
	kept_out_count = 0;
}

static void forget_handlers(void)
{
	for (int number = 1; number < NSIG; number++) {
		struct sigaction action;

		if (sigaction(number, NULL, &action) || action.sa_handler == SIG_IGN ||
			action.sa_handler == SIG_DFL)
			continue;
		action.sa_handler = SIG_DFL;
		action.sa_flags = 0;
		sigaction(number, &action, NULL);
	}
}

#ifdef LOOKS_FOR_LEAKS
/* The checker takes the stacks of a parent's other threads, which a child does not have, for lost memory. And
 * under a seccomp filter it would die instead of telling. */
static bool can_look_for_leaks;

static void prepare_leak_check(void)
{
	struct stat threads;

	can_look_for_leaks = stat("/proc/self/task", &threads) == 0 && threads.st_nlink == 3;
}

static int status_of_leaks(void)
{
	if (can_look_for_leaks && prctl(PR_GET_SECCOMP) == 0 && __lsan_do_recoverable_leak_check())
		return CHILD_LEAKED;
	return 0;
}
#else
static void prepare_leak_check(void)
{
}

static int status_of_leaks(void)
{
	return 0;
}
#endif

static _Noreturn void live(const struct child_config *config, pid_t parent, int socket)
{
	sigset_t none;
	int status;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	if (config->name)
		prctl(PR_SET_NAME, config->name);
	close_all_kept_out();
	pthread_mutex_unlock(&kept_out_lock);
	forget_handlers();
	if (config->is_worker)
		signals_enter_worker();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	status = config->run(config->argument, socket) & 0xff;
	_exit(status ? status : status_of_leaks());
}

/* Fork with every signal blocked, so that no handler of the parent's runs in the child. */
static pid_t fork_quietly(void)
{
	sigset_t all, before;
	pid_t pid;

	fflush(NULL);
	prepare_leak_check();
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pid = fork();
	if (pid != 0)
		pthread_sigmask(SIG_SETMASK, &before, NULL);
	return pid;
}

/* The child exists and nobody holds it by a pidfd: take it back. */
static int undo(pid_t pid, int error)
{
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	return error;
}

static int start(struct child *child, const struct child_config *config)
{
	autoclose int ours = -1, theirs = -1, pidfd = -1;
	pid_t parent = getpid(), pid;
	int pair[2];

	if (make_room(2))
		return -ENOMEM;
	if (config->with_socket) {
		if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
			return -errno;
		ours = pair[0];
		theirs = pair[1];
	}
	pid = fork_quietly();
	if (pid < 0)
		return -errno;
	if (pid == 0) {
		if (ours >= 0)
			close(ours);
		live(config, parent, theirs);
	}
	pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (pidfd < 0)
		return undo(pid, -errno);
	child->pid = pid;
	child->socket = take_fd(&ours);
	child->pidfd = take_fd(&pidfd);
	if (child->socket >= 0)
		kept_out[kept_out_count++] = child->socket;
	kept_out[kept_out_count++] = child->pidfd;
	return 0;
}

int child_start(struct child *child, const struct child_config *config)
{
	int result;

	pthread_mutex_lock(&kept_out_lock);
	result = start(child, config);
	pthread_mutex_unlock(&kept_out_lock);
	return result;
}

int child_reap(struct child *child, struct child_end *end)
{
	siginfo_t info = { 0 };

	if (child->pid == 0)
		return -ECHILD;
	while (waitid((idtype_t)P_PIDFD, (id_t)child->pidfd, &info, WEXITED | WNOHANG) < 0)
		if (errno != EINTR) {
			child->pid = 0;
			return -ECHILD;
		}
	if (info.si_pid == 0)
		return 0;
	child->pid = 0;
	end->status = info.si_code == CLD_EXITED ? info.si_status : -1;
	end->signal = info.si_code == CLD_EXITED ? 0 : info.si_status;
	return 1;
}

int child_wait(struct child *child, int timeout_ms, struct child_end *end)
{
	int64_t until_ms = clock_ms() + timeout_ms;

	for (;;) {
		struct pollfd ended = { .fd = child->pidfd, .events = POLLIN };
		int result = child_reap(child, end);
		int64_t left_ms = timeout_ms < 0 ? -1 : until_ms - clock_ms();

		if (result != 0)
			return result;
		if (timeout_ms >= 0 && left_ms <= 0)
			return 0;
		poll(&ended, 1, (int)left_ms);
	}
}

int child_signal(const struct child *child, int number)
{
	int result;

	if (child->pid == 0)
		return 0;
	result = (int)syscall(SYS_pidfd_send_signal, child->pidfd, number, NULL, 0);
	/* under valgrind; the number is the child's as long as it is not reaped */
	if (result && errno == ENOSYS)
		result = kill(child->pid, number);
	return result && errno != ESRCH ? -errno : 0;
}

void child_finish(struct child *child)
{
	child_close_kept_out(child->socket);
	child_close_kept_out(child->pidfd);
	*child = (struct child)CHILD_INIT;
}
