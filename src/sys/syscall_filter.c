#include "sys/syscall_filter.h"

#include <errno.h>
#include <linux/fs.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
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
	"fanotify_init",
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

/* Calls of which only some uses are refused. */
static int refuse_some_uses(scmp_filter_ctx filter, bool may_set_times)
{
	scmp_datum_t self = (scmp_datum_t)getpid();
	int error = 0;

	/* A thread yes, a process no. The flags of clone3 are out of a filter's reach: ENOSYS makes the C
	 * library use clone. */
	error = error ? error : refuse_when(filter, "clone", SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
	error = error ? error : refuse(filter, "clone3", ENOSYS, 0, NULL);
	/* abort() and raise() signal this process. */
	error = error ? error : refuse_when(filter, "kill", SCMP_A0(SCMP_CMP_NE, self));
	error = error ? error : refuse_when(filter, "tgkill", SCMP_A0(SCMP_CMP_NE, self));
	error = error ? error : refuse_when(filter, "rt_tgsigqueueinfo", SCMP_A0(SCMP_CMP_NE, self));
	error = error ? error : refuse_when(filter, "prlimit64", SCMP_A0(SCMP_CMP_NE, 0));
	/* Attributes of files, and typing into the user's terminal; the kernel reads the low 32 bits only. */
	error = error ? error
		      : refuse_when(
				filter, "ioctl", SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffff, FS_IOC_SETFLAGS));
	error = error ? error
		      : refuse_when(
				filter, "ioctl", SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffff, FS_IOC_FSSETXATTR));
	error = error ? error
		      : refuse_when(filter, "ioctl", SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffff, TIOCSTI));
	error = error ? error
		      : refuse_when(filter, "ioctl", SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffff, TIOCLINUX));
	if (may_set_times)
		return error ? error : refuse_when(filter, "utimensat", SCMP_A1(SCMP_CMP_NE, 0));
	return error ? error : refuse(filter, "utimensat", EPERM, 0, NULL);
}

static int fill(scmp_filter_ctx filter, bool may_set_times)
{
	int error = 0;

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]) && !error; i++)
		error = refuse(filter, refused[i], EPERM, 0, NULL);
	return error ? error : refuse_some_uses(filter, may_set_times);
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
