#include "sys/syscall_filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Never of use to a decoder. Names that this machine or libseccomp does not know are passed over. */
static const char *const refused[] = {
	/* the network, and any other socket */
	"socket",
	"socketpair",
	"bind",
	"listen",
	"connect",
	"accept",
	"accept4",
	/* programs and processes; threads are let through below */
	"execve",
	"execveat",
	"fork",
	"vfork",
	/* other processes */
	"ptrace",
	"process_vm_readv",
	"process_vm_writev",
	"process_madvise",
	"process_mrelease",
	"kcmp",
	"pidfd_open",
	"pidfd_getfd",
	"pidfd_send_signal",
	"tkill",
	"rt_sigqueueinfo",
	"setpriority",
	"ioprio_set",
	"move_pages",
	"migrate_pages",
	"setpgid",
	"setsid",
	/* what other processes of the same user have put up: memory, semaphores and queues by number or name
	 */
	"ipc",
	"shmget",
	"shmat",
	"shmdt",
	"shmctl",
	"semget",
	"semop",
	"semtimedop",
	"semtimedop_time64",
	"semctl",
	"msgget",
	"msgsnd",
	"msgrcv",
	"msgctl",
	"mq_open",
	"mq_unlink",
	"mq_timedsend",
	"mq_timedsend_time64",
	"mq_timedreceive",
	"mq_timedreceive_time64",
	"mq_notify",
	"mq_getsetattr",
	/* what others do with their files, which Landlock does not hide */
	"inotify_init",
	"inotify_init1",
	"inotify_add_watch",
	"fanotify_init",
	"fanotify_mark",
	/* another user: it would also forget that this process ends with the supervisor */
	"setuid",
	"setuid32",
	"setgid",
	"setgid32",
	"setreuid",
	"setreuid32",
	"setregid",
	"setregid32",
	"setresuid",
	"setresuid32",
	"setresgid",
	"setresgid32",
	"setfsuid",
	"setfsuid32",
	"setfsgid",
	"setfsgid32",
	"setgroups",
	"setgroups32",
	"capset",
	/* what Landlock does not cover: owner, mode and attributes, by name or on what is open, and
	   truncating by name */
	"chmod",
	"fchmod",
	"fchmodat",
	"fchmodat2",
	"chown",
	"fchown",
	"lchown",
	"fchownat",
	"setxattr",
	"lsetxattr",
	"fsetxattr",
	"setxattrat",
	"removexattr",
	"lremovexattr",
	"fremovexattr",
	"removexattrat",
	"file_setattr",
	"mknod",
	"mknodat",
	"utime",
	"utimes",
	"futimesat",
	"truncate",
	"name_to_handle_at",
	"open_by_handle_at",
	/* the machine */
	"mount",
	"umount",
	"umount2",
	"pivot_root",
	"chroot",
	"move_mount",
	"open_tree",
	"open_tree_attr",
	"fsopen",
	"fsconfig",
	"fsmount",
	"fspick",
	"mount_setattr",
	"unshare",
	"setns",
	"bpf",
	"perf_event_open",
	"userfaultfd",
	"io_uring_setup",
	"io_uring_enter",
	"io_uring_register",
	"keyctl",
	"add_key",
	"request_key",
	"init_module",
	"finit_module",
	"delete_module",
	"kexec_load",
	"kexec_file_load",
	"reboot",
	"swapon",
	"swapoff",
	"acct",
	"quotactl",
	"quotactl_fd",
	"personality",
	"settimeofday",
	"clock_settime",
	"clock_settime64",
	"adjtimex",
	"clock_adjtime",
	"clock_adjtime64",
	"sethostname",
	"setdomainname",
	"syslog",
	"lsm_set_self_attr",
	"vhangup",
	"iopl",
	"ioperm",
	"modify_ldt",
};

static int refuse(scmp_filter_ctx filter, const char *call, int error, unsigned int conditions_count,
	const struct scmp_arg_cmp *conditions)
{
	int number = seccomp_syscall_resolve_name(call);
	int result;

	if (number == __NR_SCMP_ERROR)
		return 0;
	result = seccomp_rule_add_array(
		filter, SCMP_ACT_ERRNO((uint32_t)error), number, conditions_count, conditions);
	return result == -EDOM ? 0 : result; /* not on this architecture */
}

static int refuse_when(scmp_filter_ctx filter, const char *call, struct scmp_arg_cmp condition)
{
	return refuse(filter, call, EPERM, 1, &condition);
}

/* Calls of which some commands are refused; the kernel reads the low 32 bits of a command only. */
static const struct {
	const char *call;
	unsigned int argument;
	uint32_t command;
} refused_commands[] = {
	/* attributes of files, and typing into the user's terminal */
	{ "ioctl", 1, FS_IOC_SETFLAGS },
	{ "ioctl", 1, FS_IOC_FSSETXATTR },
	{ "ioctl", 1, TIOCSTI },
	{ "ioctl", 1, TIOCLINUX },
	/* a descriptor that sends signals, to whomever its owner names */
	{ "ioctl", 1, FIOASYNC },
	{ "ioctl", 1, FIOSETOWN },
	{ "ioctl", 1, SIOCSPGRP },
	{ "fcntl", 1, F_SETOWN },
	{ "fcntl", 1, F_SETOWN_EX },
	{ "fcntl", 1, F_SETSIG },
	{ "fcntl64", 1, F_SETOWN },
	{ "fcntl64", 1, F_SETOWN_EX },
	{ "fcntl64", 1, F_SETSIG },
	/* watching a folder, and holding up those who open a file */
	{ "fcntl", 1, F_NOTIFY },
	{ "fcntl", 1, F_SETLEASE },
	{ "fcntl64", 1, F_NOTIFY },
	{ "fcntl64", 1, F_SETLEASE },
	/* outliving the supervisor */
	{ "prctl", 0, PR_SET_PDEATHSIG },
};

static int refuse_commands(scmp_filter_ctx filter)
{
	int error = 0;

	for (size_t i = 0; i < sizeof(refused_commands) / sizeof(refused_commands[0]) && !error; i++)
		error = refuse_when(filter, refused_commands[i].call,
			SCMP_CMP(refused_commands[i].argument, SCMP_CMP_MASKED_EQ, 0xffffffff,
				refused_commands[i].command));
	return error;
}

/* abort() and raise() signal this process; nobody else is signalled. Threads have numbers that are not known
 * yet, so of how processes are scheduled only the supervisor's is out of reach. */
static int leave_others_alone(scmp_filter_ctx filter)
{
	static const char *const signalling[] = { "kill", "tgkill", "rt_tgsigqueueinfo" };
	static const char *const scheduling[] = { "sched_setscheduler", "sched_setparam", "sched_setattr",
		"sched_setaffinity" };
	scmp_datum_t self = (scmp_datum_t)getpid(), supervisor = (scmp_datum_t)getppid();
	int error = refuse_when(filter, "prlimit64", SCMP_A0(SCMP_CMP_NE, 0));

	for (size_t i = 0; i < sizeof(signalling) / sizeof(signalling[0]) && !error; i++)
		error = refuse_when(filter, signalling[i], SCMP_A0(SCMP_CMP_NE, self));
	for (size_t i = 0; i < sizeof(scheduling) / sizeof(scheduling[0]) && !error; i++)
		error = refuse_when(
			filter, scheduling[i], SCMP_A0(SCMP_CMP_MASKED_EQ, 0xffffffff, supervisor));
	return error;
}

/* A thread yes, a process no. The flags of clone3 are out of a filter's reach: ENOSYS makes the C library use
 * clone. */
static int refuse_processes(scmp_filter_ctx filter)
{
	int error = refuse_when(filter, "clone", SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));

	return error ? error : refuse(filter, "clone3", ENOSYS, 0, NULL);
}

static int refuse_times(scmp_filter_ctx filter, bool may_set_times)
{
	if (may_set_times)
		return refuse_when(filter, "utimensat", SCMP_A1(SCMP_CMP_NE, 0));
	return refuse(filter, "utimensat", EPERM, 0, NULL);
}

static int fill(scmp_filter_ctx filter, bool may_set_times)
{
	int error = 0;

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]) && !error; i++)
		error = refuse(filter, refused[i], EPERM, 0, NULL);
	error = error ? error : refuse_commands(filter);
	error = error ? error : leave_others_alone(filter);
	error = error ? error : refuse_processes(filter);
	return error ? error : refuse_times(filter, may_set_times);
}

bool syscall_filter_available(void)
{
	unsigned int action = SECCOMP_RET_ERRNO;

	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

int syscall_filter_enter(bool may_set_times)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int error;

	if (!filter)
		return -ENOMEM;
	/* A 32-bit call on a 64-bit machine would have other numbers: libseccomp kills what it has no rules
	 * for. */
	error = fill(filter, may_set_times);
	if (!error)
		error = seccomp_load(filter);
	seccomp_release(filter);
	return error;
}
