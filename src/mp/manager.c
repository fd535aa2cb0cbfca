#include "mp/manager.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "mp/ask.h"
#include "mp/keeper.h"
#include "sys/channel.h"
#include "sys/child.h"
#include "sys/clock.h"
#include "sys/rights.h"

/* What a server that is told to end may take; one that is stopped takes for ever. */
#define END_PATIENCE_MS 1000
#define KILL_PATIENCE_MS 3000

struct mp_manager {
	int door;
	int timeout_ms;
	pid_t user;     /* the process whose connection it is */
	int connection; /* of that process; -1: none */
	struct channel_inbox inbox;
	pid_t owner; /* who made the server; 0: this is not known here */
	pid_t server;
	struct child child; /* the owner's */
};

/* Owns `door` on success. */
static struct mp_manager *new_handle(int door)
{
	autofree struct mp_manager *manager = calloc(1, sizeof *manager);

	if (!manager || channel_inbox_init(&manager->inbox, SIZE_MAX)) {
		errno = ENOMEM;
		return NULL;
	}
	manager->door = door;
	manager->timeout_ms = -1;
	manager->connection = -1;
	manager->child = (struct child)CHILD_INIT;
	return take_ptr(manager);
}

/* The door is a second descriptor of the socket that this process has to the server, so that children have
 * it: what child_start() made is kept from them. */
struct mp_manager *mp_manager_new(void)
{
	const struct child_config config = {
		.run = keeper_live, .name = "manager", .with_socket = true, .is_worker = true
	};
	struct child child = CHILD_INIT;
	struct mp_manager *manager = NULL;
	struct child_end end;
	int result = child_start(&child, &config);

	if (result) {
		errno = -result;
		return NULL;
	}
	result = fcntl(child.socket, F_DUPFD_CLOEXEC, 0);
	if (result >= 0)
		manager = new_handle(result);
	if (!manager) {
		int error = errno;

		if (result >= 0)
			close(result);
		child_signal(&child, SIGKILL);
		child_wait(&child, KILL_PATIENCE_MS, &end);
		child_finish(&child);
		errno = error;
		return NULL;
	}
	manager->owner = getpid();
	manager->server = child.pid;
	manager->child = child;
	return manager;
}

struct mp_manager *mp_manager_attach(int fd)
{
	struct mp_manager *manager;
	socklen_t length = sizeof(int);
	int type, door;

	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) || type != SOCK_SEQPACKET) {
		errno = EINVAL;
		return NULL;
	}
	door = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (door < 0)
		return NULL;
	manager = new_handle(door);
	if (!manager)
		close(door);
	return manager;
}

void mp_manager_set_timeout(struct mp_manager *manager, int timeout_ms)
{
	if (!manager)
		return;
	manager->timeout_ms = timeout_ms;
}

pid_t mp_manager_pid(const struct mp_manager *manager)
{
	if (!manager)
		return -1;
	return manager->owner == getpid() ? manager->server : -1;
}

int mp_manager_fd(const struct mp_manager *manager)
{
	if (!manager)
		return -1;
	return manager->door;
}

/* ---- the connection ---- */

/* Returns 0, or -ETIMEDOUT. */
static int wait_for(int fd, short events, int timeout_ms, int64_t until_ms)
{
	struct pollfd ready = { .fd = fd, .events = events };
	int64_t left_ms = timeout_ms < 0 ? -1 : until_ms - clock_ms();

	if (timeout_ms >= 0 && left_ms <= 0)
		return -ETIMEDOUT;
	poll(&ready, 1, (int)left_ms);
	return 0;
}

static void disconnect(struct mp_manager *manager)
{
	child_close_kept_out(manager->connection);
	manager->connection = -1;
}

static int knock(struct mp_manager *manager, int theirs, int64_t until_ms)
{
	int result;

	while ((result = rights_send(manager->door, "", 1, &theirs, 1)) == -EAGAIN) {
		result = wait_for(manager->door, POLLOUT, manager->timeout_ms, until_ms);
		if (result)
			return result;
	}
	return result;
}

/* A child has its parent's connection by number only: child_start() closes it there. */
static int connect_if_needed(struct mp_manager *manager, int64_t until_ms)
{
	int pair[2], result;

	if (manager->user == getpid() && manager->connection >= 0)
		return 0;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return -errno;
	result = knock(manager, pair[1], until_ms);
	close(pair[1]);
	if (result) {
		close(pair[0]);
		return result;
	}
	result = child_keep_out(pair[0]);
	if (result)
		return result;
	manager->user = getpid();
	manager->connection = pair[0];
	return 0;
}

static int send_request(struct mp_manager *manager, const struct ask *ask, int64_t until_ms)
{
	const struct request_head head = {
		.object = ask->object,
		.index = ask->index,
		.kind = ask->kind,
		.key_bytes = ask->key ? strlen(ask->key) + 1 : 0,
	};
	const struct iovec parts[] = {
		{ .iov_base = (void *)&head, .iov_len = sizeof head },
		{ .iov_base = (void *)ask->key, .iov_len = head.key_bytes },
		{ .iov_base = (void *)ask->data, .iov_len = ask->size_bytes },
	};
	int result;

	if (head.key_bytes > MP_MANAGER_ITEM_MAX || ask->size_bytes > MP_MANAGER_ITEM_MAX - head.key_bytes)
		return -EMSGSIZE;
	result = connect_if_needed(manager, until_ms);
	if (result)
		return result;
	while ((result = channel_send(manager->connection, ask->what, parts, 3, false)) == -EAGAIN) {
		result = wait_for(manager->connection, POLLOUT, manager->timeout_ms, until_ms);
		if (result)
			break;
	}
	return result;
}

static int receive_answer(struct mp_manager *manager, struct channel_message *message, int64_t until_ms)
{
	int result;

	while ((result = channel_receive(manager->connection, &manager->inbox, false, message)) == -EAGAIN) {
		result = wait_for(manager->connection, POLLIN, manager->timeout_ms, until_ms);
		if (result)
			return result;
	}
	if (result != 1)
		return result == 0 ? -EPIPE : result;
	return message->type == REQUEST_ANSWER && message->size_bytes >= sizeof(int64_t) ? 0 : -EPIPE;
}

static int64_t read_answer(const struct channel_message *message, struct mp_bytes *bytes)
{
	size_t size_bytes = message->size_bytes - sizeof(int64_t);
	int64_t result;

	memcpy(&result, message->body, sizeof result);
	if (result < 0 || !bytes)
		return result;
	if (mp_bytes_resize(bytes, size_bytes))
		return -ENOMEM;
	memcpy(bytes->data, (const char *)message->body + sizeof result, size_bytes);
	return result;
}

int64_t ask(struct mp_manager *manager, const struct ask *ask, struct mp_bytes *bytes)
{
	int64_t until_ms = clock_ms() + manager->timeout_ms;
	struct channel_message message;
	int result = send_request(manager, ask, until_ms);

	if (result == 0)
		result = receive_answer(manager, &message, until_ms);
	if (result == 0)
		return read_answer(&message, bytes);
	/* an answer may be under way still: it must not be taken for the next one's */
	if (manager->user == getpid() && result != -EMSGSIZE)
		disconnect(manager);
	return result == -ECONNRESET || result == -ECONNREFUSED || result == -EBADMSG ? -EPIPE : result;
}

/* ---- the end ---- */

static void end_server(struct mp_manager *manager)
{
	const struct ask end = { .what = REQUEST_END };
	struct child_end how;

	manager->timeout_ms = END_PATIENCE_MS;
	ask(manager, &end, NULL);
	if (child_wait(&manager->child, END_PATIENCE_MS, &how) != 0)
		return;
	child_signal(&manager->child, SIGKILL);
	child_wait(&manager->child, KILL_PATIENCE_MS, &how);
}

void mp_manager_free(struct mp_manager **manager_address)
{
	struct mp_manager *manager = manager_address ? *manager_address : NULL;

	if (!manager)
		return;
	*manager_address = NULL;
	if (manager->owner == getpid()) {
		end_server(manager);
		child_finish(&manager->child);
	}
	if (manager->user == getpid())
		disconnect(manager);
	close(manager->door);
	channel_inbox_finish(&manager->inbox);
	free(manager);
}
