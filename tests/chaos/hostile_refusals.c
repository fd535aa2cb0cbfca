/* What a sandboxed worker is refused: see hostile.c. */
#include "hostile.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <linux/netlink.h>
#include <mqueue.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static int closed(int fd)
{
	return fd < 0 ? -1 : close(fd);
}

static int at(const char *name, int flags)
{
	return closed(open(*name == '/' ? name : hostile_path(name), flags, 0600));
}

static const char *of_parent(const char *name)
{
	static char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)getppid(), name);
	return path;
}

/* ---- what it may do ---- */

static int read_input(void)
{
	return at("in/p0000.jpg", O_RDONLY);
}

static int write_output(void)
{
	return at("out/by-a-stranger.txt", O_WRONLY | O_CREAT) < 0
		       ? -1
		       : unlink(hostile_path("out/by-a-stranger.txt"));
}

static void *nothing(void *data)
{
	return data;
}

static int start_thread(void)
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, nothing, NULL);
	return errno ? -1 : pthread_join(thread, NULL);
}

/* ---- files ---- */

static int read_secret(void)
{
	return at("secret", O_RDONLY);
}

static int read_passwords(void)
{
	return at("/etc/passwd", O_RDONLY);
}

static int list_place(void)
{
	return at(".", O_RDONLY | O_DIRECTORY);
}

static int climb_from_input(void)
{
	return at("in/../secret", O_RDONLY);
}

static int read_parents_memory(void)
{
	return at(of_parent("mem"), O_RDONLY);
}

static int read_parents_environment(void)
{
	return at(of_parent("environ"), O_RDONLY);
}

static int read_parents_files(void)
{
	return at(of_parent("fd"), O_RDONLY | O_DIRECTORY);
}

static int write_beside_output(void)
{
	return at("beside", O_WRONLY | O_CREAT);
}

static int write_temporary(void)
{
	char name[] = "/tmp/stampmill-hostile-XXXXXX";
	int fd = mkstemp(name);

	if (fd >= 0)
		unlink(name);
	return closed(fd);
}

static int write_input(void)
{
	return at("in/p0000.jpg", O_WRONLY);
}

static int write_beside_input(void)
{
	return at("in/new.jpg", O_WRONLY | O_CREAT);
}

static int write_kernel(void)
{
	return at("/proc/self/oom_score_adj", O_WRONLY);
}

static int remove_input(void)
{
	return unlink(hostile_path("in/p0000.jpg"));
}

static int move_input(void)
{
	char from[4096];

	strcpy(from, hostile_path("in/p0000.jpg"));
	return rename(from, hostile_path("out/moved.jpg"));
}

static int link_secret(void)
{
	char from[4096];

	strcpy(from, hostile_path("secret"));
	return link(from, hostile_path("out/secret"));
}

static int point_to_secret(void)
{
	return symlink("../secret", hostile_path("out/pointer"));
}

static int open_input_to_all(void)
{
	return chmod(hostile_path("in/p0000.jpg"), 0666);
}

static int shorten_input(void)
{
	return truncate(hostile_path("in/p0000.jpg"), 1);
}

static int watch_input(void)
{
	return closed(inotify_init1(0));
}

/* ---- sockets ---- */

static int tcp4(void)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	connect(fd, (struct sockaddr *)&to, sizeof(to));
	return close(fd);
}

static int udp4(void)
{
	return closed(socket(AF_INET, SOCK_DGRAM, 0));
}

static int tcp6(void)
{
	return closed(socket(AF_INET6, SOCK_STREAM, 0));
}

static int local_socket(void)
{
	return closed(socket(AF_UNIX, SOCK_STREAM, 0));
}

static int netlink_socket(void)
{
	return closed(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
}

static int packet_socket(void)
{
	return closed(socket(AF_PACKET, SOCK_RAW, 0));
}

static int socket_pair(void)
{
	int pair[2];

	return socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 ? -1 : close(pair[0]) | close(pair[1]);
}

/* ---- programs and processes ---- */

static char *const no_words[] = { NULL };

static int ended(pid_t pid)
{
	return pid < 0 ? -1 : waitpid(pid, NULL, 0) < 0 ? -1 : 0;
}

static int start_program(void)
{
	pid_t pid;

	errno = posix_spawn(&pid, "/bin/true", NULL, NULL, no_words, no_words);
	return errno ? -1 : ended(pid);
}

static int become_program(void)
{
	return execve("/bin/true", no_words, no_words); /* outside, nothing is reported any more */
}

static int become_memory(void)
{
	int fd = memfd_create("x", 0);

	if (write(fd, "#!/bin/true\n", 12) != 12)
		return -1;
	return fexecve(fd, no_words, no_words);
}

static int fork_itself(void)
{
	pid_t pid = (pid_t)syscall(SYS_clone, SIGCHLD, 0L, 0L, 0L, 0L);

	if (pid == 0)
		_exit(0);
	return ended(pid);
}

static int fork_itself_newly(void)
{
	uint64_t arguments[8] = { [4] = SIGCHLD };
	pid_t pid = (pid_t)syscall(SYS_clone3, arguments, sizeof(arguments));

	if (pid == 0)
		_exit(0);
	return ended(pid);
}

static int trace_parent(void)
{
	return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) < 0
		       ? -1
		       : (int)ptrace(PTRACE_DETACH, getppid(), NULL, NULL);
}

static int read_parent(void)
{
	char byte;
	struct iovec here = { &byte, 1 }, there = { (void *)read_parent, 1 };

	return process_vm_readv(getppid(), &here, 1, &there, 1, 0) < 0 ? -1 : 0;
}

static int write_parent(void)
{
	static char byte;
	struct iovec here = { &byte, 1 }, there = { &byte, 1 };

	return process_vm_writev(getppid(), &here, 1, &there, 1, 0) < 0 ? -1 : 0;
}

static int kill_parent(void)
{
	return kill(getppid(), SIGKILL);
}

static int kill_parents_thread(void)
{
	return (int)syscall(SYS_tgkill, getppid(), getppid(), SIGKILL);
}

static int kill_group(void)
{
	return kill(0, SIGTERM);
}

static int kill_everybody(void)
{
	return kill(-1, 0);
}

static int queue_signal(void)
{
	return sigqueue(getppid(), SIGTERM, (union sigval){ .sival_int = 0 });
}

static int hold_parent(void)
{
	return closed((int)syscall(SYS_pidfd_open, getppid(), 0));
}

static int signal_by_owner(void)
{
	int ends[2];

	return pipe(ends) < 0 ? -1 : fcntl(ends[0], F_SETOWN, getppid());
}

static int signal_when_ready(void)
{
	int ends[2], on = 1;

	return pipe(ends) < 0 ? -1 : ioctl(ends[0], FIOASYNC, &on);
}

static int slow_parent(void)
{
	return setpriority(PRIO_PROCESS, (id_t)getppid(), 19);
}

static int limit_parent(void)
{
	struct rlimit limit;

	return prlimit(getppid(), RLIMIT_NOFILE, NULL, &limit);
}

static int move_parent(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) < 0 ? -1
							   : sched_setaffinity(getppid(), sizeof(set), &set);
}

static int outlive_parent(void)
{
	return prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0);
}

/* ---- the kernel ---- */

static int ring(void)
{
	char parameters[120] = "";

	return closed((int)syscall(SYS_io_uring_setup, 1, parameters));
}

static int fault_handler(void)
{
	return closed((int)syscall(SYS_userfaultfd, 0));
}

static int kernel_program(void)
{
	return (int)syscall(SYS_bpf, 0, NULL, 0);
}

static int performance(void)
{
	return (int)syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0);
}

static int keys(void)
{
	return (int)syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0) < 0 ? -1 : 0;
}

static int name_space(void)
{
	return unshare(CLONE_NEWUSER);
}

static int mount_over(void)
{
	return mount("none", hostile_path("out"), "tmpfs", 0, NULL);
}

static int new_root(void)
{
	return chroot("/");
}

static int another_user(void)
{
	return setuid(getuid());
}

static int shared_memory(void)
{
	long id = syscall(SYS_shmget, 0, 4096L, 0600);

	return id < 0 ? -1 : (int)syscall(SYS_shmctl, id, 0, NULL);
}

static int semaphore(void)
{
	int id = semget(IPC_PRIVATE, 1, 0600);

	return id < 0 ? -1 : semctl(id, 0, IPC_RMID);
}

static int named_queue(void)
{
	mqd_t queue = mq_open("/stampmill-hostile", O_RDWR | O_CREAT, 0600, NULL);

	return queue == (mqd_t)-1 ? -1 : mq_unlink("/stampmill-hostile");
}

const struct attempt hostile_refusals[] = {
	{ "may: read an input", read_input, false },
	{ "may: write below OUTPUT", write_output, false },
	{ "may: start a thread", start_thread, false },
	{ "read a file beside the job's folders", read_secret, false },
	{ "read /etc/passwd", read_passwords, false },
	{ "list the folder above the job's", list_place, false },
	{ "leave the inputs by ..", climb_from_input, false },
	{ "read the supervisor's memory", read_parents_memory, false },
	{ "read the supervisor's environment", read_parents_environment, false },
	{ "list the supervisor's open files", read_parents_files, false },
	{ "write a file beside OUTPUT", write_beside_output, false },
	{ "write to the temporary folder", write_temporary, false },
	{ "write to an input", write_input, false },
	{ "make a file beside an input", write_beside_input, false },
	{ "write to /proc", write_kernel, false },
	{ "remove an input", remove_input, true },
	{ "move an input to OUTPUT", move_input, true },
	{ "link a file from elsewhere into OUTPUT", link_secret, false },
	{ "make a symbolic link in OUTPUT", point_to_secret, false },
	{ "change an input's mode", open_input_to_all, false },
	{ "shorten an input", shorten_input, true },
	{ "watch files", watch_input, false },
	{ "an IPv4 connection", tcp4, false },
	{ "an IPv4 datagram socket", udp4, false },
	{ "an IPv6 socket", tcp6, false },
	{ "a Unix socket", local_socket, false },
	{ "a netlink socket", netlink_socket, false },
	{ "a packet socket", packet_socket, false },
	{ "a pair of sockets", socket_pair, false },
	{ "start a program", start_program, false },
	{ "become a program", become_program, true },
	{ "become a program in memory", become_memory, true },
	{ "fork", fork_itself, false },
	{ "fork by clone3", fork_itself_newly, false },
	{ "trace the supervisor", trace_parent, true },
	{ "read from the supervisor", read_parent, false },
	{ "write into the supervisor", write_parent, true },
	{ "kill the supervisor", kill_parent, true },
	{ "kill the supervisor's thread", kill_parents_thread, true },
	{ "signal its process group", kill_group, true },
	{ "signal every process", kill_everybody, true },
	{ "queue a signal for the supervisor", queue_signal, true },
	{ "hold on to the supervisor", hold_parent, false },
	{ "signal the supervisor by a descriptor's owner", signal_by_owner, false },
	{ "signals when a descriptor is ready", signal_when_ready, false },
	{ "slow the supervisor down", slow_parent, true },
	{ "limit the supervisor", limit_parent, false },
	{ "move the supervisor to another processor", move_parent, false },
	{ "outlive the supervisor", outlive_parent, false },
	{ "io_uring", ring, false },
	{ "userfaultfd", fault_handler, false },
	{ "load a kernel program", kernel_program, false },
	{ "measure others' performance", performance, false },
	{ "the session's keys", keys, false },
	{ "a name space of its own", name_space, false },
	{ "mount something over OUTPUT", mount_over, true },
	{ "another root", new_root, false },
	{ "another user", another_user, false },
	{ "System V shared memory", shared_memory, false },
	{ "System V semaphores", semaphore, false },
	{ "a POSIX message queue", named_queue, false },
	{ NULL, NULL, false },
};
