/*
 * hostile.c: what a worker does that a stranger's picture has taken over. hostile.py puts it among the
 * pictures and has the test hook load it.
 *
 * HOSTILE says what is to be done. HOSTILE_REPORT names a file below OUTPUT, where a worker may write:
 * "attempt: error's number" a line, 0 for what could be done. HOSTILE_PLACE is the folder that holds the
 * job's: in/ and out/ are the job's, secret is not.
 */
#include "hostile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

void hostile(void);

const char *hostile_path(const char *name)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/%s", getenv("HOSTILE_PLACE"), name);
	return path;
}

/* ---- what cannot be refused, and must do no harm ---- */

static void fill(unsigned char *bytes, size_t size, unsigned int *state)
{
	for (size_t i = 0; i < size; i++)
		bytes[i] = (unsigned char)rand_r(state);
}

/* Every mapping that is shared and writable, with 0xff, zeros or garbage. */
static void scribble(int way)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	unsigned int state = 1;
	char line[512];

	while (maps && fgets(line, sizeof(line), maps)) {
		unsigned long from, to;
		char mode[5];

		if (sscanf(line, "%lx-%lx %4s", &from, &to, mode) != 3 || strcmp(mode, "rw-s") != 0)
			continue;
		if (way == 2)
			fill((unsigned char *)from, to - from, &state);
		else
			memset((void *)from, way ? 0xff : 0, to - from);
	}
	if (maps)
		fclose(maps);
}

static int scribble_zeros(void)
{
	scribble(0);
	return 0;
}

static int scribble_ones(void)
{
	scribble(1);
	return 0;
}

static int scribble_garbage(void)
{
	scribble(2);
	return 0;
}

static void *scribble_on(void *data)
{
	for (;;) {
		scribble(2);
		usleep(100);
	}
	return data;
}

static int scribble_for_ever(void)
{
	pthread_t thread;

	return pthread_create(&thread, NULL, scribble_on, NULL) ? -1 : 0;
}

static int own_socket(void)
{
	for (int fd = 0; fd < 1000; fd++) {
		int type = 0;
		socklen_t size = sizeof(type);

		if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET)
			return fd;
	}
	return -1;
}

static int say_garbage(void)
{
	unsigned char bytes[4096];
	unsigned int state = 1;

	for (int i = 0; i < 1000; i++) {
		fill(bytes, sizeof(bytes), &state);
		if (i % 2)
			memcpy(bytes, "mill", 4); /* as channel.c's messages begin */
		if (send(own_socket(), bytes, (size_t)rand_r(&state) % sizeof(bytes),
			    MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
			return errno == EAGAIN || errno == EPIPE ? 0 : -1;
	}
	return 0;
}

static int say_nothing_more(void)
{
	return shutdown(own_socket(), SHUT_RDWR);
}

static int close_everything(void)
{
	for (int fd = 0; fd < 1000; fd++)
		close(fd);
	return 0;
}

static int take_all_memory(void)
{
	for (int i = 0; i < 100000; i++) {
		char *piece = malloc(1 << 20);

		if (!piece)
			return 0;
		memset(piece, 1, 1 << 20);
	}
	return -1;
}

static int open_all_files(void)
{
	while (open(hostile_path("in/p0000.jpg"), O_RDONLY) >= 0)
		;
	return 0;
}

static int never_end(void)
{
	while (getppid())
		;
	return 0;
}

static int stop_itself(void)
{
	return raise(SIGSTOP);
}

static int leave_quietly(void)
{
	_exit(0);
}

/* Below OUTPUT it may do as it likes: what the next run finds must be made again. */
static int spoil(const char *folder)
{
	DIR *entries = opendir(folder);
	struct dirent *entry;
	char path[8192];

	while (entries && (entry = readdir(entries))) {
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
			spoil(path);
		else if (entry->d_type == DT_REG && entry->d_name[0] != '.' &&
			 strcmp(entry->d_name, "report") != 0)
			close(open(path, O_WRONLY | O_TRUNC));
	}
	if (entries)
		closedir(entries);
	return 0;
}

static int spoil_outputs(void)
{
	char folder[4096];

	strcpy(folder, hostile_path("out"));
	return spoil(folder);
}

static int spoil_ledger(void)
{
	int fd = open(hostile_path("out/.stampmill/ledger.sqlite"), O_WRONLY);
	unsigned char bytes[65536];
	unsigned int state = 1;

	fill(bytes, sizeof(bytes), &state);
	return fd < 0 || write(fd, bytes, sizeof(bytes)) < 0 ? -1 : close(fd);
}

static int remove_ledger(void)
{
	return unlink(hostile_path("out/.stampmill/ledger.sqlite"));
}

static const struct attempt harms[] = {
	{ "zeros", scribble_zeros, false },
	{ "ones", scribble_ones, false },
	{ "garbage", scribble_garbage, false },
	{ "scribble", scribble_for_ever, false },
	{ "say", say_garbage, false },
	{ "hang-up", say_nothing_more, false },
	{ "close", close_everything, false },
	{ "memory", take_all_memory, false },
	{ "files", open_all_files, false },
	{ "spin", never_end, false },
	{ "stop", stop_itself, false },
	{ "leave", leave_quietly, false },
	{ "spoil", spoil_outputs, false },
	{ "ledger", spoil_ledger, false },
	{ "no-ledger", remove_ledger, false },
};

static void report(const char *name, int result)
{
	int fd = open(getenv("HOSTILE_REPORT"), O_WRONLY | O_CREAT | O_APPEND, 0600);
	char line[200];
	int length = snprintf(line, sizeof(line), "%s: %d\n", name, result < 0 ? errno : 0);

	if (fd < 0 || write(fd, line, (size_t)length) != length)
		_exit(98);
	close(fd);
}

/* HOSTILE says what: "refusals", "control" (those that are not harmful), or the name of one harm. */
__attribute__((visibility("default"))) void hostile(void)
{
	const char *what = getenv("HOSTILE");
	bool control = strcmp(what, "control") == 0;

	if (control || strcmp(what, "refusals") == 0)
		for (const struct attempt *attempt = hostile_refusals; attempt->name; attempt++)
			if (!control || !attempt->harmful)
				report(attempt->name, attempt->function());
	for (size_t i = 0; i < sizeof(harms) / sizeof(harms[0]); i++)
		if (strcmp(what, harms[i].name) == 0) {
			report(harms[i].name, 0); /* afterwards there may be no way */
			harms[i].function();
		}
}
