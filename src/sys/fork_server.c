#include "sys/fork_server.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/kept_out.h"
#include "sys/rights.h"

/* Comes with two descriptors: the child's end of its socket, and the one on which the server tells its fate:
 * first a struct birth, with its pidfd behind it if there is one, and at the end a struct child_end. */
struct request {
	char name[16];
	uint32_t is_worker;
};

struct birth {
	int32_t pid; /* or a negative errno */
};

/* ---- the owner ---- */

struct pairs {
	int line[2], report[2];
};

static void close_pairs(const struct pairs *pairs)
{
	for (int i = 0; i < 2; i++) {
		if (pairs->line[i] >= 0)
			close(pairs->line[i]);
		if (pairs->report[i] >= 0)
			close(pairs->report[i]);
	}
}

/* With the lock of the kept-out held. Ours, in `pairs`, are kept out; theirs are sent. */
static int send_request(int server, const struct request *request, struct pairs *pairs)
{
	int result = kept_out_make_room(3);

	*pairs = (struct pairs){ .line = { -1, -1 }, .report = { -1, -1 } };
	if (result)
		return result;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pairs->line) ||
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pairs->report))
		result = -errno;
	if (result == 0) {
		const int theirs[] = { pairs->line[1], pairs->report[1] };

		result = rights_send(server, request, sizeof *request, theirs, 2);
	}
	if (result) {
		close_pairs(pairs);
		return result == -ECONNRESET ? -EPIPE : result;
	}
	close(pairs->line[1]);
	close(pairs->report[1]);
	kept_out_add(pairs->line[0]);
	kept_out_add(pairs->report[0]);
	return 0;
}

/* Returns 0 and the pid and pidfd, which is kept out, or a negative errno. */
static int receive_birth(int report, int timeout_ms, struct child *child)
{
	struct birth birth;
	int result = rights_receive(report, &birth, sizeof birth, NULL, 0, timeout_ms);
	char byte;

	if (result != 1)
		return result == 0 ? -EPIPE : result;
	if (birth.pid < 0)
		return birth.pid;
	kept_out_lock();
	/* it was sent right behind */
	result = kept_out_make_room(1);
	if (result == 0)
		result = rights_receive(report, &byte, 1, &child->pidfd, 1, 1000);
	if (result == 1)
		kept_out_add(child->pidfd);
	kept_out_unlock();
	if (result != 1)
		return result == 0 ? -EPIPE : result;
	child->pid = birth.pid;
	return 0;
}

int fork_server_ask(int server, const char *name, bool is_worker, int timeout_ms, struct child *child)
{
	struct request request = { .is_worker = is_worker };
	struct child born = CHILD_INIT;
	struct pairs pairs;
	int result;

	snprintf(request.name, sizeof request.name, "%s", name ? name : "");
	kept_out_lock();
	result = send_request(server, &request, &pairs);
	kept_out_unlock();
	if (result)
		return result;
	born.socket = pairs.line[0];
	born.report = pairs.report[0];
	result = receive_birth(born.report, timeout_ms, &born);
	if (result) {
		child_finish(&born);
		return result;
	}
	*child = born;
	return 0;
}

/* ---- the server ---- */

struct ward {
	struct child child;
	int report;
};

struct server {
	int socket;
	int (*born)(int line);
	struct ward *wards;     /* owned */
	struct pollfd *watched; /* owned; the socket first */
	size_t count, capacity;
};

/* What a ward runs first of all. */
struct delivery {
	int (*born)(int line);
	int line;
};

static int deliver(void *argument, int socket)
{
	const struct delivery *delivery = argument;

	(void)socket;
	return delivery->born(delivery->line);
}

/* Room for one more, in memory and in descriptors: so that the next request can still be received, and
 * refused. */
static int make_room(struct server *server)
{
	size_t capacity = server->capacity ? server->capacity * 2 : 16;
	struct rlimit limit;
	void *grown;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && 2 * server->count + 16 > limit.rlim_cur)
		return -EMFILE;
	if (server->count < server->capacity)
		return 0;
	grown = realloc(server->wards, capacity * sizeof *server->wards);
	if (!grown)
		return -ENOMEM;
	server->wards = grown;
	grown = realloc(server->watched, (capacity + 1) * sizeof *server->watched);
	if (!grown)
		return -ENOMEM;
	server->watched = grown;
	server->capacity = capacity;
	return 0;
}

/* Returns 0 or a negative errno; the descriptors stay the caller's. */
static int start(struct server *server, const struct request *request, int line, struct child *child)
{
	struct delivery delivery = { .born = server->born, .line = line };
	const struct child_config config = {
		.run = deliver,
		.argument = &delivery,
		.name = request->name[0] ? request->name : NULL,
		.is_worker = request->is_worker != 0,
	};
	int result = make_room(server);

	return result ? result : child_start(child, &config);
}

/* With room for it. */
static void serve(struct server *server, const struct request *request, int line, int report)
{
	struct ward ward = { .child = CHILD_INIT, .report = report };
	struct birth birth;
	int result = child_keep_out(report);

	if (result) {
		close(line);
		return; /* it is closed, which says enough */
	}
	result = start(server, request, line, &ward.child);
	close(line);
	birth.pid = result ? result : ward.child.pid;
	rights_send(report, &birth, sizeof birth, NULL, 0);
	if (result) {
		child_close_kept_out(report);
		return;
	}
	rights_send(report, "", 1, &ward.child.pidfd, 1);
	server->wards[server->count++] = ward;
}

static void bury_dead(struct server *server)
{
	size_t left = 0;

	for (size_t i = 0; i < server->count; i++) {
		struct ward *ward = &server->wards[i];
		struct child_end end;
		int result = child_reap(&ward->child, &end);

		if (result == 0) {
			server->wards[left++] = *ward;
			continue;
		}
		if (result == 1)
			rights_send(ward->report, &end, sizeof end, NULL, 0);
		child_close_kept_out(ward->report);
		child_finish(&ward->child);
	}
	server->count = left;
}

/* Returns 1 to go on; 0 at the end. */
static int take_request(struct server *server)
{
	struct request request;
	int fds[2];
	int result = rights_receive(server->socket, &request, sizeof request, fds, 2, 0);

	if (result == 1) {
		request.name[sizeof request.name - 1] = '\0';
		serve(server, &request, fds[0], fds[1]);
	}
	return result == 0 ? 0 : 1;
}

/* Signals are for those it starts, which begin with none blocked, and with no child of theirs ignored. */
static void be_deaf(void)
{
	sigset_t all;

	signal(SIGCHLD, SIG_DFL);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
}

int fork_server_run(int socket, int (*born)(int line))
{
	struct server server = { .socket = socket, .born = born };
	int result = child_keep_out(socket);

	be_deaf();
	if (result == 0)
		result = make_room(&server);
	if (result)
		return result;
	do {
		server.watched[0] = (struct pollfd){ .fd = socket, .events = POLLIN };
		for (size_t i = 0; i < server.count; i++)
			server.watched[1 + i] =
				(struct pollfd){ .fd = child_fd(&server.wards[i].child), .events = POLLIN };
		poll(server.watched, 1 + server.count, -1);
		bury_dead(&server);
		result = server.watched[0].revents ? take_request(&server) : 1;
	} while (result == 1);
	free(server.wards);
	free(server.watched);
	return result;
}
