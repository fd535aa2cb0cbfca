#include "sys/signals.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/cleanup.h"

/* What signals_release() puts back. */
static struct {
	sigset_t mask;
	struct sigaction pipe;
} before;

static const int caught[] = { SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGCONT, SIGWINCH };
static const int left_to_supervisor[] = { SIGINT, SIGTERM, SIGHUP, SIGTSTP };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void set_action(int number, void (*handler)(int), struct sigaction *old)
{
	struct sigaction action = { .sa_handler = handler };

	sigemptyset(&action.sa_mask);
	sigaction(number, &action, old);
}

/* A signal that is ignored would still be queued, and read, while it is blocked: leave those alone. */
static void wanted_set(sigset_t *set)
{
	sigemptyset(set);
	for (size_t i = 0; i < COUNT(caught); i++) {
		struct sigaction now;

		if (sigaction(caught[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
			sigaddset(set, caught[i]);
	}
}

int signals_catch(void)
{
	autoclose int fd = -1;
	sigset_t wanted;

	wanted_set(&wanted);
	fd = signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		return -errno;
	if (sigprocmask(SIG_BLOCK, &wanted, &before.mask) < 0)
		return -errno;
	set_action(SIGPIPE, SIG_IGN, &before.pipe);
	return take_fd(&fd);
}

int signals_next(int fd)
{
	struct signalfd_siginfo info;
	ssize_t got;

	do
		got = read(fd, &info, sizeof(info));
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return errno == EAGAIN ? 0 : -errno;
	return got == sizeof(info) ? (int)info.ssi_signo : -EIO;
}

void signals_release(int fd)
{
	sigaction(SIGPIPE, &before.pipe, NULL);
	sigprocmask(SIG_SETMASK, &before.mask, NULL);
	cleanup_close(&fd);
}

void signals_enter_worker(void)
{
	sigset_t none;

	/* first ignored, which drops those that wait, then let through */
	for (size_t i = 0; i < COUNT(left_to_supervisor); i++)
		set_action(left_to_supervisor[i], SIG_IGN, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

void signals_stop_self(void)
{
	struct sigaction old;
	sigset_t stop, mask;

	set_action(SIGTSTP, SIG_DFL, &old);
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	sigprocmask(SIG_BLOCK, &stop, &mask);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &stop, NULL);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	sigaction(SIGTSTP, &old, NULL);
}

void signals_die_of(int number)
{
	sigset_t one;

	set_action(number, SIG_DFL, NULL);
	sigemptyset(&one);
	sigaddset(&one, number);
	sigprocmask(SIG_UNBLOCK, &one, NULL);
	raise(number);
	/* the first process of a container is spared by the kernel */
	_exit(128 + number);
}

#define NAME(number) [number] = #number

static const char *const names[] = {
	NAME(SIGHUP),
	NAME(SIGINT),
	NAME(SIGQUIT),
	NAME(SIGILL),
	NAME(SIGTRAP),
	NAME(SIGABRT),
	NAME(SIGBUS),
	NAME(SIGFPE),
	NAME(SIGKILL),
	NAME(SIGUSR1),
	NAME(SIGSEGV),
	NAME(SIGUSR2),
	NAME(SIGPIPE),
	NAME(SIGALRM),
	NAME(SIGTERM),
	NAME(SIGSTKFLT),
	NAME(SIGCHLD),
	NAME(SIGCONT),
	NAME(SIGSTOP),
	NAME(SIGTSTP),
	NAME(SIGTTIN),
	NAME(SIGTTOU),
	NAME(SIGURG),
	NAME(SIGXCPU),
	NAME(SIGXFSZ),
	NAME(SIGVTALRM),
	NAME(SIGPROF),
	NAME(SIGWINCH),
	NAME(SIGIO),
	NAME(SIGPWR),
	NAME(SIGSYS),
};

const char *signals_name(int number)
{
	static char unnamed[32];

	if (number > 0 && (size_t)number < COUNT(names) && names[number])
		return names[number];
	snprintf(unnamed, sizeof(unnamed), "signal %d", number);
	return unnamed;
}
