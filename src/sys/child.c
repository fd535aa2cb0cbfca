#include "sys/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
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
#include "sys/fds.h"
#include "sys/kept_out.h"
#include "sys/rights.h"
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

/* ---- where there is no pidfd ---- */

/* A pipe stands in for it then: the child has one end for all its life and no other process has, so the end
 * here says end-of-file when it is dead. */
static int own_leash = -1;

static bool has_pidfd(void)
{
	static enum {
		UNKNOWN,
		YES,
		NO
	} answer;

	if (answer == UNKNOWN) {
		int fd = (int)syscall(SYS_pidfd_open, getpid(), 0);

		answer = fd < 0 && errno == ENOSYS ? NO : YES;
		if (fd >= 0)
			close(fd);
	}
	return answer == YES;
}

int child_leash(void)
{
	return own_leash;
}

void child_arrive(void)
{
	const int leash = CHILD_LINE + 1;

	fcntl(CHILD_LINE, F_SETFD, FD_CLOEXEC);
	if (fcntl(leash, F_SETFD, FD_CLOEXEC) == 0 && child_keep_out(leash) == 0)
		own_leash = leash;
}

/* ---- in the child ---- */

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
static bool can_look_for_leaks = true;

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

_Noreturn void child_leave(int status)
{
	status &= 0xff;
	_exit(status ? status : status_of_leaks());
}

/* The program again. Nothing here may take a lock: the parent may have had other threads. */
static _Noreturn void execute_anew(char *const *argv, int socket, int leash)
{
	/* out of the way of the places where they belong */
	int high_socket = fcntl(socket, F_DUPFD, CHILD_LINE + 2), high_leash = -1, self;

	if (leash >= 0)
		high_leash = fcntl(leash, F_DUPFD, CHILD_LINE + 2);
	dup2(high_socket, CHILD_LINE);
	if (leash >= 0)
		dup2(high_leash, CHILD_LINE + 1);
	fds_close_from(leash >= 0 ? CHILD_LINE + 2 : CHILD_LINE + 1);
	/* by a descriptor, because valgrind would execute itself under that name */
	self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	if (self >= 0)
		fexecve(self, argv, environ);
	_exit(127);
}

static _Noreturn void live(const struct child_config *config, pid_t parent, int socket, int leash)
{
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	if (config->name)
		prctl(PR_SET_NAME, config->name);
	kept_out_close_all();
	forget_handlers();
	if (config->is_worker)
		signals_enter_worker();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (config->argv)
		execute_anew(config->argv, socket, leash);
	own_leash = leash >= 0 && child_keep_out(leash) == 0 ? leash : -1;
	child_leave(config->run(config->argument, socket));
}

/* Fork with every signal blocked, so that no handler of the parent's runs in the child. */
static pid_t fork_quietly(bool is_executed_anew)
{
	sigset_t all, before;
	pid_t pid;

	if (!is_executed_anew) {
		fflush(NULL);
		prepare_leak_check();
	}
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
	autoclose int ours = -1, theirs = -1, pidfd = -1, leash = -1;
	pid_t parent = getpid(), pid;
	int pair[2];

	if (kept_out_make_room(2))
		return -ENOMEM;
	if (config->with_socket) {
		if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
			return -errno;
		ours = pair[0];
		theirs = pair[1];
	}
	if (!has_pidfd()) {
		if (pipe2(pair, O_CLOEXEC))
			return -errno;
		pidfd = pair[0];
		leash = pair[1];
	}
	pid = fork_quietly(config->argv != NULL);
	if (pid < 0)
		return -errno;
	if (pid == 0) {
		if (ours >= 0)
			close(ours);
		if (pidfd >= 0)
			close(pidfd);
		live(config, parent, theirs, leash);
	}
	if (pidfd < 0)
		pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (pidfd < 0)
		return undo(pid, -errno);
	child->pid = pid;
	child->socket = take_fd(&ours);
	child->pidfd = take_fd(&pidfd);
	kept_out_add(child->socket);
	kept_out_add(child->pidfd);
	return 0;
}

int child_start(struct child *child, const struct child_config *config)
{
	int result;

	kept_out_lock();
	result = start(child, config);
	kept_out_unlock();
	return result;
}

int child_fd(const struct child *child)
{
	return child->report >= 0 ? child->report : child->pidfd;
}

/* Its server is gone, and has taken it along or is about to. */
static void end_orphan(const struct child *child)
{
	struct pollfd ended = { .fd = child->pidfd, .events = POLLIN };

	child_signal(child, SIGKILL);
	poll(&ended, 1, 1000);
}

static int take_report(struct child *child, struct child_end *end)
{
	struct child_end told;
	int result = rights_receive(child->report, &told, sizeof told, NULL, 0, 0);

	if (result == -ETIMEDOUT)
		return 0;
	if (result != 1)
		end_orphan(child);
	else
		*end = told;
	child->pid = 0;
	return result == 1 ? 1 : -ECHILD;
}

int child_reap(struct child *child, struct child_end *end)
{
	siginfo_t info = { 0 };

	if (child->pid == 0)
		return -ECHILD;
	if (child->report >= 0)
		return take_report(child, end);
	while (waitid(has_pidfd() ? (idtype_t)P_PIDFD : P_PID,
		       (id_t)(has_pidfd() ? child->pidfd : child->pid), &info, WEXITED | WNOHANG) < 0)
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
		struct pollfd ended = { .fd = child_fd(child), .events = POLLIN };
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
	/* without a pidfd, the number is the child's as long as it is not reaped */
	result = has_pidfd() ? (int)syscall(SYS_pidfd_send_signal, child->pidfd, number, NULL, 0)
			     : kill(child->pid, number);
	return result && errno != ESRCH ? -errno : 0;
}

void child_finish(struct child *child)
{
	child_close_kept_out(child->socket);
	child_close_kept_out(child->pidfd);
	child_close_kept_out(child->report);
	*child = (struct child)CHILD_INIT;
}
