#include "mp/keeper.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "mp/manager.h"
#include "mp/request.h"
#include "mp/store.h"
#include "sys/channel.h"
#include "sys/fds.h"
#include "sys/rights.h"

#define EVENTS 64

struct client {
	int fd;
	struct client *next, **link; /* `link` points at what points here */
};

struct keeper {
	int door, epoll_fd;
	bool ended;
	struct client *clients;
	struct channel_inbox inbox;
	struct store store;
};

/* ---- what is asked ---- */

/* A request that has been looked at. */
struct asked {
	enum request what;
	struct request_head head;
	const char *key;
	const void *data;
	size_t size_bytes;
	struct store_object *object;
};

/* Data of an answer. */
struct answer {
	const void *data;
	size_t size_bytes;
	void *memory;             /* owned; `data` may lie there */
	struct store_item *spent; /* to be removed when it was sent */
};

/* Returns false for what no client of ours sends. */
static bool read_request(
	const struct keeper *keeper, const struct channel_message *message, struct asked *asked)
{
	const char *body = message->body;
	size_t left_bytes = message->size_bytes - sizeof asked->head;

	if (message->size_bytes < sizeof asked->head || message->type < REQUEST_NEW ||
		message->type > REQUEST_END)
		return false;
	*asked = (struct asked){ .what = (enum request)message->type };
	memcpy(&asked->head, body, sizeof asked->head);
	body += sizeof asked->head;
	if (asked->head.key_bytes > left_bytes)
		return false;
	if (asked->head.key_bytes > 0) {
		asked->key = body;
		if (strnlen(body, asked->head.key_bytes) != asked->head.key_bytes - 1)
			return false;
	}
	asked->data = body + asked->head.key_bytes;
	asked->size_bytes = left_bytes - asked->head.key_bytes;
	asked->object = store_find(&keeper->store, asked->head.object, (enum store_kind)asked->head.kind);
	return true;
}

static void write_item(unsigned char **end, const struct store_item *item)
{
	struct request_item head = { .key_bytes = item->key ? strlen(item->key) + 1 : 0,
		.size_bytes = item->size_bytes };

	memcpy(*end, &head, sizeof head);
	*end += sizeof head;
	if (item->key)
		memcpy(*end, item->key, head.key_bytes);
	*end += request_padded(head.key_bytes);
	memcpy(*end, item->data, head.size_bytes);
	*end += request_padded(head.size_bytes);
}

static int64_t copy_all(const struct store_object *object, struct answer *answer)
{
	size_t size_bytes = 0;
	unsigned char *end;

	for (size_t i = 0; i < object->used; i++) {
		const struct store_item *item = &object->items[i];

		if (item->data)
			size_bytes += sizeof(struct request_item) +
				      request_padded(item->key ? strlen(item->key) + 1 : 0) +
				      request_padded(item->size_bytes);
	}
	/* what pads must not tell what was in this memory before */
	answer->memory = end = calloc(1, size_bytes + 1);
	if (!end)
		return -ENOMEM;
	answer->data = end;
	answer->size_bytes = size_bytes;
	for (size_t i = 0; i < object->used; i++)
		if (object->items[i].data)
			write_item(&end, &object->items[i]);
	return (int64_t)object->count;
}

static int64_t give(struct store_item *item, struct answer *answer)
{
	answer->data = item->data;
	answer->size_bytes = item->size_bytes;
	return 0;
}

static int64_t set(const struct asked *asked, struct store_item *item)
{
	if (asked->object->kind == STORE_DICT)
		return store_dict_set(asked->object, asked->key, asked->data, asked->size_bytes);
	return item ? store_item_set(item, asked->data, asked->size_bytes) : -ERANGE;
}

static int64_t reach_item(const struct asked *asked, struct answer *answer)
{
	bool is_dict = asked->object->kind == STORE_DICT;
	struct store_item *item;

	if (is_dict != (asked->key != NULL))
		return -EINVAL;
	item = is_dict ? store_dict_at(asked->object, asked->key)
		       : store_list_at(asked->object, asked->head.index);
	if (asked->what == REQUEST_SET)
		return set(asked, item);
	if (!item)
		return is_dict ? -ENOENT : -ERANGE;
	if (asked->what == REQUEST_POP)
		answer->spent = item;
	return give(item, answer);
}

static int64_t insert(const struct asked *asked)
{
	if (asked->object->kind != STORE_LIST)
		return -EINVAL;
	return store_list_insert(asked->object, asked->what == REQUEST_APPEND ? INT64_MAX : asked->head.index,
		asked->data, asked->size_bytes);
}

static int64_t obey(struct keeper *keeper, const struct asked *asked, struct answer *answer)
{
	if (asked->what == REQUEST_END) {
		keeper->ended = true;
		return 0;
	}
	if (asked->what == REQUEST_NEW)
		return asked->head.kind == STORE_LIST || asked->head.kind == STORE_DICT
			       ? store_add(&keeper->store, (enum store_kind)asked->head.kind)
			       : -EINVAL;
	if (!asked->object)
		return -EINVAL;
	switch (asked->what) {
	case REQUEST_COUNT:
		return (int64_t)asked->object->count;
	case REQUEST_CLEAR:
		store_clear(asked->object);
		return 0;
	case REQUEST_COPY:
		return copy_all(asked->object, answer);
	case REQUEST_APPEND:
	case REQUEST_INSERT:
		return insert(asked);
	default:
		return reach_item(asked, answer);
	}
}

static void remove_spent(const struct asked *asked, struct store_item *spent)
{
	if (asked->object->kind == STORE_DICT)
		store_dict_remove(asked->object, spent);
	else
		store_list_remove(asked->object, spent);
}

/* ---- clients ---- */

static int send_answer(const struct client *client, int64_t result, const struct answer *answer)
{
	const struct iovec parts[] = {
		{ .iov_base = &result, .iov_len = sizeof result },
		{ .iov_base = (void *)answer->data, .iov_len = answer->size_bytes },
	};

	return channel_send(client->fd, REQUEST_ANSWER, parts, 2, false);
}

/* Returns false for a client to hang up on. */
static bool serve_request(
	struct keeper *keeper, const struct client *client, const struct channel_message *message)
{
	struct answer answer = { 0 };
	struct asked asked;
	int64_t result;
	int error;

	if (!read_request(keeper, message, &asked))
		return false;
	result = obey(keeper, &asked, &answer);
	error = send_answer(client, result, &answer);
	free(answer.memory);
	/* an item is popped when it was sent: not when there was no memory for that, which is told instead */
	if (error == 0 && answer.spent)
		remove_spent(&asked, answer.spent);
	if (error == -ENOMEM || error == -EMFILE || error == -ENOSPC || error == -ETOOMANYREFS)
		error = send_answer(client, -ENOMEM, &(struct answer){ 0 });
	return error == 0;
}

static void hang_up(struct client *client)
{
	close(client->fd);
	*client->link = client->next;
	if (client->next)
		client->next->link = client->link;
	free(client);
}

static void serve(struct keeper *keeper, struct client *client)
{
	struct channel_message message;
	int result = channel_receive(client->fd, &keeper->inbox, false, &message);
	bool stays = true;

	if (result == 1)
		stays = serve_request(keeper, client, &message);
	else if (result == -ENOMEM || result == -EMFILE || result == -EMSGSIZE)
		stays = send_answer(client, result, &(struct answer){ 0 }) == 0;
	else
		stays = result == -EAGAIN;
	if (!stays)
		hang_up(client);
}

/* A client's socket has come through the door. Owns `given`. */
static void welcome(struct keeper *keeper, int given)
{
	autoclose int fd = given;
	struct client *client = calloc(1, sizeof *client);
	struct epoll_event interest = { .events = EPOLLIN, .data.ptr = client };
	socklen_t length = sizeof(int);
	int type;

	if (!client || getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) || type != SOCK_SEQPACKET ||
		epoll_ctl(keeper->epoll_fd, EPOLL_CTL_ADD, fd, &interest)) {
		free(client);
		return;
	}
	client->fd = take_fd(&fd);
	client->next = keeper->clients;
	client->link = &keeper->clients;
	if (client->next)
		client->next->link = &client->next;
	keeper->clients = client;
}

static void open_door(struct keeper *keeper)
{
	char byte;
	int fd, result = rights_receive(keeper->door, &byte, 1, &fd, 1, 0);

	if (result == 1)
		welcome(keeper, fd);
	else if (result == 0)
		keeper->ended = true;
}

/* ---- its life ---- */

/* Each client is a descriptor. */
static void have_many_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static int prepare(struct keeper *keeper)
{
	struct epoll_event interest = { .events = EPOLLIN, .data.ptr = NULL };
	int result = fds_close_others(&keeper->door, 1);

	have_many_descriptors();
	if (result == 0)
		result =
			channel_inbox_init(&keeper->inbox, MP_MANAGER_ITEM_MAX + sizeof(struct request_head));
	if (result)
		return result;
	keeper->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (keeper->epoll_fd < 0 || epoll_ctl(keeper->epoll_fd, EPOLL_CTL_ADD, keeper->door, &interest))
		return -errno;
	return 0;
}

static void turn(struct keeper *keeper)
{
	struct epoll_event events[EVENTS];
	int count = epoll_wait(keeper->epoll_fd, events, EVENTS, -1);

	for (int i = 0; i < count && !keeper->ended; i++) {
		if (events[i].data.ptr)
			serve(keeper, events[i].data.ptr);
		else
			open_door(keeper);
	}
}

int keeper_live(void *argument, int door)
{
	struct keeper keeper = { .door = door, .epoll_fd = -1 };
	int result = prepare(&keeper);

	(void)argument;
	while (result == 0 && !keeper.ended)
		turn(&keeper);
	while (keeper.clients)
		hang_up(keeper.clients);
	store_finish(&keeper.store);
	channel_inbox_finish(&keeper.inbox);
	return result ? 1 : 0;
}
