/*
 * manager.h: lists and dictionaries that processes share, kept by a server process.
 *
 * Calling order: mp_manager_new(), which starts the server; mp_list_new(), mp_dict_new(); the calls on them
 * in this process and in all that are forked afterwards; mp_list_free(), mp_dict_free() and mp_manager_free()
 * in each. Each process has a connection of its own to the server, which its first call makes. A manager and
 * all that belongs to it is used by one thread of a process at a time.
 *
 * Items are bytes; the keys of a dictionary are strings, and it keeps the order in which they were added.
 * Each call is one step: nobody sees half of it. An object lives as long as its manager, whoever made it;
 * mp_list_free() and mp_dict_free() free only this process's handle. The handles must be freed before the
 * manager's.
 *
 * What holds when a party dies: a client's death harms nothing, at whatever instruction; what it had asked
 * for is done wholly or not at all. When the process that made the manager dies, by SIGKILL too, so does the
 * server. When the server dies, its objects are lost: each call gives -EPIPE from then on, in every process.
 * When a client is stopped, nobody waits for it. When the server is stopped, clients wait for as long as
 * mp_manager_set_timeout() said. When a client turns hostile, it can do what clients do: change and read
 * every object, fill the server's memory, or end it; what is no request ends its own connection, and nothing
 * else.
 *
 * Errors: 0 on success, a negative errno otherwise; nothing is printed. Each call that asks the server may
 * give -EPIPE when it is gone, -ETIMEDOUT (then it may or may not be done), and -ENOMEM or -EMFILE, here
 * or there. Bad use is told so as well: NULL in place of a handle, a name or a result gives -EINVAL, or
 * where no errno is returned NULL with EINVAL, 0, -1 or ""; freeing NULL does nothing.
 */
#ifndef STAMPMILL_MP_MANAGER_H
#define STAMPMILL_MP_MANAGER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "mp/bytes.h"

#ifdef __cplusplus
extern "C" {
#endif

struct mp_manager;
struct mp_list;
struct mp_dict;

/* An item and its key together may have so many bytes. */
#define MP_MANAGER_ITEM_MAX ((size_t)1 << 30)

/* NULL with errno: ENOMEM, EMFILE, EAGAIN when there are too many processes. */
struct mp_manager *mp_manager_new(void);

/* How long a call of this process waits for the server, from 0 on; -1, as it is at first: for ever. */
void mp_manager_set_timeout(struct mp_manager *manager, int timeout_ms);

/* The server's, or -1 in a process that did not make the manager. */
pid_t mp_manager_pid(const struct mp_manager *manager);

/* The way to the server, for processes that do not have it by fork (mp_manager_attach()), and for workers
 * that close other descriptors (mp_pool_config.keep_fds). Do not read or close it. */
int mp_manager_fd(const struct mp_manager *manager);

/* The manager whose mp_manager_fd() this was in another process; the descriptor stays the caller's. NULL with
 * errno: EINVAL for anything else, EMFILE, ENOMEM. */
struct mp_manager *mp_manager_attach(int fd);

/* In the process that made it: ends the server, and waits for that, some seconds at most. In others: closes
 * the connection. Sets *manager to NULL; NULL is allowed. */
void mp_manager_free(struct mp_manager **manager);

/* ---- lists ---- */

/* An empty one. NULL with errno. */
struct mp_list *mp_list_new(struct mp_manager *manager);
/* The number that mp_list_id() has told of it in another process, which has to be right: on anything else
 * calls give -EINVAL. NULL with errno: ENOMEM. */
struct mp_list *mp_list_attach(struct mp_manager *manager, uint64_t id);
uint64_t mp_list_id(const struct mp_list *list);
void mp_list_free(struct mp_list **list); /* sets *list to NULL; NULL is allowed */

/* An index from 0 on counts from the start, a negative one from the end: -1 is the last item. -ERANGE when
 * there is no such item; -EMSGSIZE for one that is too big; -EINVAL for no data and a size. */
int mp_list_append(struct mp_list *list, const void *data, size_t size_bytes);
/* Before the item at `index`; past either end: there. */
int mp_list_insert(struct mp_list *list, int64_t index, const void *data, size_t size_bytes);
int mp_list_set(struct mp_list *list, int64_t index, const void *data, size_t size_bytes);
int mp_list_get(struct mp_list *list, int64_t index, struct mp_bytes *bytes);
int mp_list_pop(struct mp_list *list, int64_t index, struct mp_bytes *bytes); /* get and remove */
int mp_list_clear(struct mp_list *list);
/* How many items it has, or a negative errno. */
int64_t mp_list_count(struct mp_list *list);

/* ---- dictionaries ---- */

struct mp_dict *mp_dict_new(struct mp_manager *manager);
struct mp_dict *mp_dict_attach(struct mp_manager *manager, uint64_t id);
uint64_t mp_dict_id(const struct mp_dict *dict);
void mp_dict_free(struct mp_dict **dict);

/* -ENOENT when there is no such key. */
int mp_dict_set(struct mp_dict *dict, const char *key, const void *data, size_t size_bytes);
int mp_dict_get(struct mp_dict *dict, const char *key, struct mp_bytes *bytes);
int mp_dict_pop(struct mp_dict *dict, const char *key, struct mp_bytes *bytes);
int mp_dict_clear(struct mp_dict *dict);
int64_t mp_dict_count(struct mp_dict *dict);

/* ---- all items ---- */

/* All items of an object as they were in one moment. Start with MP_COPY_INIT. */
struct mp_copy {
	struct mp_bytes bytes;
	size_t next_byte; /* where mp_copy_next() goes on */
};

#define MP_COPY_INIT           \
	{                      \
		{ 0, 0, 0 }, 0 \
	}

struct mp_item {
	const char *key; /* NULL in a list */
	const void *data;
	size_t size_bytes;
};

int mp_list_copy(struct mp_list *list, struct mp_copy *copy);
int mp_dict_copy(struct mp_dict *dict, struct mp_copy *copy);

/* Returns 1 and the next item, which is the copy's; 0 when that was all; -EBADMSG for what is no copy. */
int mp_copy_next(struct mp_copy *copy, struct mp_item *item);

/* It is as at the start and can be used again. */
void mp_copy_free(struct mp_copy *copy);

#ifdef __cplusplus
}
#endif

#endif
