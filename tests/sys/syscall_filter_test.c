#include "sys/syscall_filter.h"

#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

/* What an attempt made in a process of its own came to: 0, or an error's number. */
static int alone(int (*attempt)(void), bool filtered)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		if (filtered && (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || syscall_filter_enter(false)))
			_exit(255);
		_exit(attempt() < 0 ? errno : 0);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* By number: <sys/shm.h> would be our own header. */
static int make_memory(void)
{
	long id = syscall(SYS_shmget, IPC_PRIVATE, 4096L, 0600);

	return id < 0 ? -1 : (int)syscall(SYS_shmctl, id, IPC_RMID, NULL);
}

static int make_semaphore(void)
{
	int id = semget(IPC_PRIVATE, 1, 0600);

	return id < 0 ? -1 : semctl(id, 0, IPC_RMID);
}

static int make_queue(void)
{
	int id = msgget(IPC_PRIVATE, 0600);

	return id < 0 ? -1 : msgctl(id, IPC_RMID, NULL);
}

static int open_named_queue(void)
{
	char name[32];
	mqd_t queue;

	snprintf(name, sizeof(name), "/stampmill-%d", (int)getpid());
	queue = mq_open(name, O_RDWR | O_CREAT, 0600, NULL);
	return queue == (mqd_t)-1 ? -1 : mq_unlink(name);
}

static int a_pipe(void)
{
	int ends[2];

	return pipe(ends) < 0 ? -1 : ends[0];
}

static int signal_by_owner(void)
{
	return fcntl(a_pipe(), F_SETOWN, getppid());
}

static int signal_by_extended_owner(void)
{
	struct f_owner_ex owner = { .type = F_OWNER_PID, .pid = getppid() };

	return fcntl(a_pipe(), F_SETOWN_EX, &owner);
}

static int signal_of_choice(void)
{
	return fcntl(a_pipe(), F_SETSIG, SIGKILL);
}

static int signal_when_ready(void)
{
	int on = 1;

	return ioctl(a_pipe(), FIOASYNC, &on);
}

static int signal_when_ready_in_high_bits(void)
{
	int on = 1;

	return (int)syscall(SYS_ioctl, a_pipe(), FIOASYNC | 1ul << 40, &on);
}

static int watch_folder(void)
{
	return fcntl(open("/", O_RDONLY | O_DIRECTORY), F_NOTIFY, DN_CREATE);
}

static int hold_up_openers(void)
{
	return fcntl(open("/tmp", O_TMPFILE | O_RDWR, 0600), F_SETLEASE, F_WRLCK);
}

static int outlive_parent(void)
{
	return prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0);
}

static int move_parent(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) < 0 ? -1
							   : sched_setaffinity(getppid(), sizeof(set), &set);
}

static int schedule_parent(void)
{
	struct sched_param parameter = { .sched_priority = 0 };

	return sched_setscheduler(getppid(), SCHED_OTHER, &parameter);
}

static int signal_parent(void)
{
	return kill(getppid(), 0);
}

static int signal_all(void)
{
	return kill(0, 0);
}

static int start_what_is_in_memory(void)
{
	static char *const arguments[] = { (char *)"x", NULL };
	int fd = memfd_create("x", 0);

	if (write(fd, "#!/bin/true\n", 12) != 12)
		return -1;
	return fexecve(fd, arguments, arguments + 1);
}

static const struct {
	const char *name;
	int (*attempt)(void);
} attempts[] = {
	{ "shared memory", make_memory },
	{ "a semaphore", make_semaphore },
	{ "a message queue", make_queue },
	{ "a named message queue", open_named_queue },
	{ "signals by a descriptor's owner", signal_by_owner },
	{ "signals by a descriptor's owner, the newer way", signal_by_extended_owner },
	{ "a descriptor's signal", signal_of_choice },
	{ "signals when a descriptor is ready", signal_when_ready },
	{ "the same with bits that the kernel does not read", signal_when_ready_in_high_bits },
	{ "watching a folder", watch_folder },
	{ "a lease", hold_up_openers },
	{ "outliving the parent", outlive_parent },
	{ "the parent's processors", move_parent },
	{ "the parent's scheduling", schedule_parent },
	{ "a signal to the parent", signal_parent },
	{ "a signal to the group", signal_all },
	{ "a program in memory", start_what_is_in_memory },
};

/* Calls by number, with arguments that no call makes sense of: outside, the kernel says so. */
static const struct {
	const char *name;
	long number;
} calls[] = {
	{ "inotify_add_watch", SYS_inotify_add_watch },
	{ "fanotify_mark", SYS_fanotify_mark },
	{ "io_uring_setup", SYS_io_uring_setup },
	{ "io_uring_enter", SYS_io_uring_enter },
	{ "userfaultfd", SYS_userfaultfd },
	{ "bpf", SYS_bpf },
	{ "perf_event_open", SYS_perf_event_open },
	{ "keyctl", SYS_keyctl },
	{ "add_key", SYS_add_key },
	{ "process_vm_readv", SYS_process_vm_readv },
	{ "process_vm_writev", SYS_process_vm_writev },
	{ "pidfd_send_signal", SYS_pidfd_send_signal },
	{ "pidfd_getfd", SYS_pidfd_getfd },
	{ "setns", SYS_setns },
	{ "unshare", SYS_unshare },
	{ "mount", SYS_mount },
	{ "umount2", SYS_umount2 },
	{ "execveat", SYS_execveat },
	{ "ptrace", SYS_ptrace },
	{ "mq_timedsend", SYS_mq_timedsend },
	{ "semtimedop", SYS_semtimedop },
	{ "capset", SYS_capset },
	{ "setresuid", SYS_setresuid },
	{ "mknodat", SYS_mknodat },
};

static long number_in_hand;

static int call_without_sense(void)
{
	return (int)syscall(number_in_hand, -1L, -1L, -1L, -1L, -1L, -1L);
}

static void what_reaches_other_processes_is_refused(void **state)
{
	for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++)
		if (alone(attempts[i].attempt, true) != EPERM)
			fail_msg("%s: not refused", attempts[i].name);
}

/* Or their refusal would say nothing. */
static void the_same_attempts_work_outside(void **state)
{
	for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++) {
		int error = alone(attempts[i].attempt, false);

		if (error && error != ENOSYS)
			fail_msg("%s: error %d outside", attempts[i].name, error);
	}
}

static void calls_of_no_use_to_a_decoder_are_refused(void **state)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		number_in_hand = calls[i].number;
		if (alone(call_without_sense, true) != EPERM)
			fail_msg("%s: not refused", calls[i].name);
	}
}

static int use_own_signals_and_locks(void)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = open("/tmp", O_TMPFILE | O_RDWR, 0600);

	if (fd < 0 || fcntl(fd, F_SETLK, &lock) || fcntl(fd, F_SETFL, O_NONBLOCK))
		return -1;
	return raise(SIGCONT);
}

static void what_a_library_does_with_its_own_is_let_through(void **state)
{
	assert_int_equal(alone(use_own_signals_and_locks, true), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_reaches_other_processes_is_refused),
		cmocka_unit_test(the_same_attempts_work_outside),
		cmocka_unit_test(calls_of_no_use_to_a_decoder_are_refused),
		cmocka_unit_test(what_a_library_does_with_its_own_is_let_through),
	};

	if (!syscall_filter_available())
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
