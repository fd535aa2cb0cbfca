/*
 * saboteur [OPTION...] -- PROGRAM [ARGUMENT...]: runs a program, sees every system call by which it, or a
 * process that it forks, would change a folder, and lets some of them fail, or kills the caller instead. Raw
 * calls and those of libraries are seen too: the kernel itself hands them over (seccomp's user notifications;
 * Linux 5.5 or later), before anything is done.
 *
 *   --beneath FOLDER   calls on names and open files below it count (an absolute path without links;
 * repeatable)
 *   --log FILE         a line for each that counts: "supervisor|worker CALL PATH [failed|killed]"
 *   --call NAME,...    of those, only these calls are candidates for sabotage (default: all)
 *   --who WHO          of those, only the supervisor's, or only the workers'
 *   --first N          the first candidate that is sabotaged, from 1 (default: none)
 *   --every N          and each Nth after it (default: 1, the next one)
 *   --count N          until so many are (default: 1; 0: to the end)
 *   --error NAME       they fail with EIO, ENOSPC, EDQUOT or EROFS...
 *   --kill             ...or who calls them is killed by SIGKILL instead
 *
 * Ends as the program does; 125 for its own troubles, 77 where the kernel has no such notifications.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	TROUBLE = 125,
	NOT_HERE = 77,
	BENEATH_MAX = 4,
	PATH_SIZE = 8192,
	GRACE_MS = 10 * 1000 /* for processes that outlive the program */
};

/* Where a call's arguments say what it changes. */
enum target {
	OPEN_FILE, /* argument `file` */
	NAME,      /* argument `file`, relative to the working folder */
	NAME_AT    /* argument `file`, relative to the folder in the argument before it */
};

struct call {
	int number;
	const char *name;
	enum target target;
	int file;
	int flags; /* the argument with open's flags: only those that make or empty a file count; -1: none */
};

static const struct call calls[] = {
	{ SYS_write, "write", OPEN_FILE, 0, -1 },
	{ SYS_pwrite64, "pwrite64", OPEN_FILE, 0, -1 },
	{ SYS_writev, "writev", OPEN_FILE, 0, -1 },
	{ SYS_pwritev, "pwritev", OPEN_FILE, 0, -1 },
	{ SYS_pwritev2, "pwritev2", OPEN_FILE, 0, -1 },
	{ SYS_sendfile, "sendfile", OPEN_FILE, 0, -1 },
	{ SYS_copy_file_range, "copy_file_range", OPEN_FILE, 2, -1 },
	{ SYS_ftruncate, "ftruncate", OPEN_FILE, 0, -1 },
	{ SYS_fallocate, "fallocate", OPEN_FILE, 0, -1 },
	{ SYS_fsync, "fsync", OPEN_FILE, 0, -1 },
	{ SYS_fdatasync, "fdatasync", OPEN_FILE, 0, -1 },
	{ SYS_fchmod, "fchmod", OPEN_FILE, 0, -1 },
	{ SYS_openat, "openat", NAME_AT, 1, 2 },
	{ SYS_mkdirat, "mkdirat", NAME_AT, 1, -1 },
	{ SYS_linkat, "linkat", NAME_AT, 3, -1 },
	{ SYS_unlinkat, "unlinkat", NAME_AT, 1, -1 },
	{ SYS_utimensat, "utimensat", NAME_AT, 1, -1 },
	{ SYS_renameat2, "renameat2", NAME_AT, 3, -1 },
#ifdef SYS_renameat
	{ SYS_renameat, "renameat", NAME_AT, 3, -1 },
#endif
#ifdef SYS_open
	{ SYS_open, "open", NAME, 0, 1 },
	{ SYS_creat, "creat", NAME, 0, -1 },
	{ SYS_mkdir, "mkdir", NAME, 0, -1 },
	{ SYS_rmdir, "rmdir", NAME, 0, -1 },
	{ SYS_link, "link", NAME, 1, -1 },
	{ SYS_rename, "rename", NAME, 1, -1 },
	{ SYS_unlink, "unlink", NAME, 0, -1 },
#endif
	{ SYS_truncate, "truncate", NAME, 0, -1 },
};

enum {
	CALLS = sizeof(calls) / sizeof(calls[0])
};

static const struct {
	const char *name;
	int number;
} errors[] = { { "EIO", EIO }, { "ENOSPC", ENOSPC }, { "EDQUOT", EDQUOT }, { "EROFS", EROFS } };

struct order {
	const char *beneath[BENEATH_MAX];
	int beneath_count;
	FILE *log;
	const char *call; /* NAME,NAME; NULL: any */
	const char *who;  /* NULL: anybody */
	long first, every, count;
	int error; /* 0: kill */
};

struct watch {
	const struct order *order;
	int listener, pidfd;
	pid_t program;
	long candidates, hits;
};

static _Noreturn void give_up(const char *what)
{
	fprintf(stderr, "saboteur: %s: %s\n", what, strerror(errno));
	_exit(errno == ENOSYS || errno == EINVAL || errno == EBUSY ? NOT_HERE : TROUBLE);
}

/* ---- the program's side: the filter, whose listener goes to us ---- */

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#elif defined(__riscv)
#define ARCHITECTURE AUDIT_ARCH_RISCV64
#else
#define ARCHITECTURE 0 /* nothing is watched there */
#endif

static int install_filter(void)
{
	struct sock_filter code[CALLS + 6];
	struct sock_fprog program = { .filter = code };
	unsigned int at = 0;

	code[at++] =
		(struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
	code[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 0, CALLS + 1);
	code[at++] =
		(struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	for (unsigned int i = 0; i < CALLS; i++)
		code[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
			(unsigned int)calls[i].number, (unsigned char)(CALLS - i), 0);
	code[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	code[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
	program.len = (unsigned short)at;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -1;
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
}

struct parcel {
	struct msghdr message;
	struct iovec data;
	char byte;
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
};

static void wrap(struct parcel *parcel)
{
	*parcel = (struct parcel){ .byte = '!' };
	parcel->data = (struct iovec){ .iov_base = &parcel->byte, .iov_len = 1 };
	parcel->message = (struct msghdr){ .msg_iov = &parcel->data,
		.msg_iovlen = 1,
		.msg_control = &parcel->control,
		.msg_controllen = sizeof(parcel->control) };
}

static _Noreturn void become(char **program, int socket)
{
	struct parcel parcel;
	struct cmsghdr *header;
	int listener = install_filter();

	if (listener < 0)
		give_up("the kernel hands no system calls over");
	wrap(&parcel);
	header = CMSG_FIRSTHDR(&parcel.message);
	*header = (struct cmsghdr){
		.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS
	};
	memcpy(CMSG_DATA(header), &listener, sizeof(listener));
	if (sendmsg(socket, &parcel.message, 0) < 0)
		give_up("sendmsg");
	close(listener);
	close(socket);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	execvp(program[0], program);
	give_up(program[0]);
}

static int receive_listener(int socket)
{
	struct parcel parcel;
	struct cmsghdr *header;
	int listener;

	wrap(&parcel);
	if (recvmsg(socket, &parcel.message, MSG_CMSG_CLOEXEC) <= 0)
		return -1;
	header = CMSG_FIRSTHDR(&parcel.message);
	if (!header)
		return -1;
	memcpy(&listener, CMSG_DATA(header), sizeof(listener));
	return listener;
}

/* ---- our side: whom a call is about ---- */

static const struct call *find_call(int number)
{
	for (size_t i = 0; i < CALLS; i++)
		if (calls[i].number == number)
			return &calls[i];
	return NULL;
}

/* The process of a thread. */
static pid_t process_of(pid_t thread)
{
	char path[64], line[256];
	int process = thread;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)thread);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file) && sscanf(line, "Tgid: %d", &process) != 1)
		continue;
	if (file)
		fclose(file);
	return process;
}

static void read_link(pid_t pid, int fd, char *path)
{
	char entry[64];
	ssize_t length;

	if (fd == AT_FDCWD)
		snprintf(entry, sizeof(entry), "/proc/%d/cwd", (int)pid);
	else
		snprintf(entry, sizeof(entry), "/proc/%d/fd/%d", (int)pid, fd);
	length = readlink(entry, path, PATH_SIZE - 1);
	path[length > 0 ? length : 0] = '\0';
}

/* A string in the caller's memory, which ends at any page's end at the latest. */
static void read_string(pid_t pid, uint64_t address, char *text, size_t size)
{
	size_t done = 0;

	while (done < size - 1) {
		size_t part = 4096 - (address + done) % 4096;
		struct iovec to = { .iov_base = text + done,
			.iov_len = part < size - 1 - done ? part : size - 1 - done };
		struct iovec from = { .iov_base = (void *)(uintptr_t)(address + done),
			.iov_len = to.iov_len };
		ssize_t got = process_vm_readv(pid, &to, 1, &from, 1, 0);

		if (got <= 0)
			break;
		if (memchr(text + done, '\0', (size_t)got))
			return;
		done += (size_t)got;
	}
	text[done] = '\0';
}

static void find_path(const struct call *call, const struct seccomp_notif *notice, char *path)
{
	const __u64 *arguments = notice->data.args;
	pid_t pid = (pid_t)notice->pid;
	char name[PATH_SIZE / 2] = "";
	size_t length;

	if (call->target == OPEN_FILE || (call->target == NAME_AT && !arguments[call->file])) {
		read_link(pid, (int)arguments[call->target == OPEN_FILE ? call->file : call->file - 1], path);
		return;
	}
	read_string(pid, arguments[call->file], name, sizeof(name));
	if (name[0] == '/') {
		snprintf(path, PATH_SIZE, "%s", name);
		return;
	}
	read_link(pid, call->target == NAME ? AT_FDCWD : (int)arguments[call->file - 1], path);
	length = strlen(path);
	snprintf(path + length, PATH_SIZE - length, "/%s", name);
}

static bool is_beneath(const struct order *order, const char *path)
{
	for (int i = 0; i < order->beneath_count; i++) {
		size_t length = strlen(order->beneath[i]);

		if (strncmp(path, order->beneath[i], length) == 0 &&
			(path[length] == '/' || path[length] == '\0'))
			return true;
	}
	return false;
}

static bool makes_a_file(const struct call *call, const struct seccomp_notif *notice)
{
	return call->flags < 0 || (notice->data.args[call->flags] & (O_CREAT | O_TRUNC)) ||
	       (notice->data.args[call->flags] & O_TMPFILE) == O_TMPFILE;
}

static bool is_listed(const char *list, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = list; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (strncmp(at, name, length) == 0 && (at[length] == ',' || at[length] == '\0'))
			return true;
	}
	return !list;
}

/* ---- our side: what becomes of it ---- */

static bool is_to_be_sabotaged(struct watch *watch, const struct call *call, const char *who)
{
	const struct order *order = watch->order;

	if (!is_listed(order->call, call->name) || (order->who && strcmp(order->who, who) != 0))
		return false;
	watch->candidates++;
	if (!order->first || watch->candidates < order->first ||
		(watch->candidates - order->first) % order->every != 0 ||
		(order->count && watch->hits >= order->count))
		return false;
	watch->hits++;
	return true;
}

/* Returns the error to answer with, 0 to let the call be made, or -1 when nobody is left to answer. */
static int judge(struct watch *watch, const struct seccomp_notif *notice)
{
	const struct call *call = find_call(notice->data.nr);
	pid_t process = process_of((pid_t)notice->pid);
	const char *who = process == watch->program ? "supervisor" : "worker";
	static char path[PATH_SIZE];
	bool hit;

	if (!call || !makes_a_file(call, notice))
		return 0;
	find_path(call, notice, path);
	if (!is_beneath(watch->order, path))
		return 0;
	hit = is_to_be_sabotaged(watch, call, who);
	fprintf(watch->order->log, "%s %s %s%s\n", who, call->name, path,
		!hit                  ? ""
		: watch->order->error ? " failed"
				      : " killed");
	if (!hit)
		return 0;
	if (watch->order->error)
		return watch->order->error;
	fflush(watch->order->log);
	kill(process, SIGKILL);
	return -1;
}

static void answer_one(struct watch *watch)
{
	struct seccomp_notif notice = { 0 };
	struct seccomp_notif_resp response = { 0 };
	int error;

	if (ioctl(watch->listener, SECCOMP_IOCTL_NOTIF_RECV, &notice) < 0)
		return; /* whoever called is dead already */
	error = judge(watch, &notice);
	if (error < 0)
		return;
	response.id = notice.id;
	if (error)
		response.error = -error;
	else
		response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	ioctl(watch->listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
}

/* Until nobody is left who could call, or the program has ended and others linger. */
static void serve(struct watch *watch)
{
	struct pollfd polled[] = { { .fd = watch->listener, .events = POLLIN },
		{ .fd = watch->pidfd, .events = POLLIN } };

	while (poll(polled, 2, polled[1].fd < 0 ? GRACE_MS : -1) > 0) {
		if (polled[0].revents & POLLIN)
			answer_one(watch);
		else if (polled[0].revents & (POLLHUP | POLLERR))
			return;
		if (polled[1].revents)
			polled[1].fd = -1;
	}
}

static int end_as(pid_t program)
{
	struct rlimit no_core = { 0, 0 };
	int status;

	if (waitpid(program, &status, 0) < 0)
		give_up("waitpid");
	if (!WIFSIGNALED(status))
		return WEXITSTATUS(status);
	setrlimit(RLIMIT_CORE, &no_core);
	signal(WTERMSIG(status), SIG_DFL);
	raise(WTERMSIG(status));
	return TROUBLE;
}

static int run(const struct order *order, char **program)
{
	struct watch watch = { .order = order };
	int pair[2], outcome;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		give_up("socketpair");
	watch.program = fork();
	if (watch.program < 0)
		give_up("fork");
	if (watch.program == 0)
		become(program, pair[1]);
	close(pair[1]);
	watch.listener = receive_listener(pair[0]);
	if (watch.listener >= 0) {
		watch.pidfd = (int)syscall(SYS_pidfd_open, watch.program, 0);
		serve(&watch);
	}
	outcome = end_as(watch.program);
	fclose(order->log);
	return outcome;
}

/* ---- the command line ---- */

static int error_number(const char *name)
{
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (strcmp(errors[i].name, name) == 0)
			return errors[i].number;
	fprintf(stderr, "saboteur: --error %s: not known\n", name);
	exit(TROUBLE);
}

static void take_option(struct order *order, int option)
{
	switch (option) {
	case 'b':
		if (order->beneath_count < BENEATH_MAX)
			order->beneath[order->beneath_count++] = optarg;
		break;
	case 'l':
		order->log = fopen(optarg, "we");
		break;
	case 'c':
		order->call = optarg;
		break;
	case 'w':
		order->who = optarg;
		break;
	case 'f':
		order->first = atol(optarg);
		break;
	case 'y':
		order->every = atol(optarg) > 0 ? atol(optarg) : 1;
		break;
	case 'n':
		order->count = atol(optarg);
		break;
	case 'e':
		order->error = error_number(optarg);
		break;
	case 'k':
		order->error = 0;
		break;
	default:
		exit(TROUBLE);
	}
}

int main(int argc, char **argv)
{
	static const struct option options[] = { { "beneath", required_argument, NULL, 'b' },
		{ "log", required_argument, NULL, 'l' }, { "call", required_argument, NULL, 'c' },
		{ "who", required_argument, NULL, 'w' }, { "first", required_argument, NULL, 'f' },
		{ "every", required_argument, NULL, 'y' }, { "count", required_argument, NULL, 'n' },
		{ "error", required_argument, NULL, 'e' }, { "kill", no_argument, NULL, 'k' },
		{ NULL, 0, NULL, 0 } };
	struct order order = { .every = 1, .count = 1 };
	int option;

	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1)
		take_option(&order, option);
	if (!order.log || !order.beneath_count || optind == argc) {
		fprintf(stderr, "saboteur: --beneath, --log and a program are wanted\n");
		return TROUBLE;
	}
	return run(&order, argv + optind);
}
