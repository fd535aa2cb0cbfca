/* Lists and dictionaries as clients of a manager have them: a number, and what to ask. */
#include "mp/manager.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mp/ask.h"

struct mp_list {
	struct mp_manager *manager; /* borrowed */
	uint64_t id;
};

struct mp_dict {
	struct mp_manager *manager;
	uint64_t id;
};

/* Returns the new object's id, or 0 with errno. */
static uint64_t new_object(struct mp_manager *manager, enum store_kind kind)
{
	int64_t id =
		manager ? ask(manager, &(struct ask){ .what = REQUEST_NEW, .kind = kind }, NULL) : -EINVAL;

	if (id > 0)
		return (uint64_t)id;
	errno = id < 0 ? (int)-id : EPIPE;
	return 0;
}

static int check(const void *data, size_t size_bytes)
{
	return !data && size_bytes > 0 ? -EINVAL : 0;
}

/* ---- lists ---- */

struct mp_list *mp_list_attach(struct mp_manager *manager, uint64_t id)
{
	struct mp_list *list;

	if (!manager) {
		errno = EINVAL;
		return NULL;
	}
	list = calloc(1, sizeof *list);
	if (list)
		*list = (struct mp_list){ .manager = manager, .id = id };
	return list;
}

struct mp_list *mp_list_new(struct mp_manager *manager)
{
	uint64_t id = new_object(manager, STORE_LIST);

	return id ? mp_list_attach(manager, id) : NULL;
}

uint64_t mp_list_id(const struct mp_list *list)
{
	return list ? list->id : 0;
}

void mp_list_free(struct mp_list **list)
{
	if (!list)
		return;
	free(*list);
	*list = NULL;
}

static int64_t ask_list(struct mp_list *list, struct ask request, struct mp_bytes *bytes)
{
	if (!list)
		return -EINVAL;
	request.kind = STORE_LIST;
	request.object = list->id;
	return ask(list->manager, &request, bytes);
}

int mp_list_append(struct mp_list *list, const void *data, size_t size_bytes)
{
	const struct ask request = { .what = REQUEST_APPEND, .data = data, .size_bytes = size_bytes };

	return check(data, size_bytes) ?: (int)ask_list(list, request, NULL);
}

int mp_list_insert(struct mp_list *list, int64_t index, const void *data, size_t size_bytes)
{
	const struct ask request = {
		.what = REQUEST_INSERT, .index = index, .data = data, .size_bytes = size_bytes
	};

	return check(data, size_bytes) ?: (int)ask_list(list, request, NULL);
}

int mp_list_set(struct mp_list *list, int64_t index, const void *data, size_t size_bytes)
{
	const struct ask request = {
		.what = REQUEST_SET, .index = index, .data = data, .size_bytes = size_bytes
	};

	return check(data, size_bytes) ?: (int)ask_list(list, request, NULL);
}

int mp_list_get(struct mp_list *list, int64_t index, struct mp_bytes *bytes)
{
	if (!bytes)
		return -EINVAL;
	return (int)ask_list(list, (struct ask){ .what = REQUEST_GET, .index = index }, bytes);
}

int mp_list_pop(struct mp_list *list, int64_t index, struct mp_bytes *bytes)
{
	if (!bytes)
		return -EINVAL;
	return (int)ask_list(list, (struct ask){ .what = REQUEST_POP, .index = index }, bytes);
}

int mp_list_clear(struct mp_list *list)
{
	return (int)ask_list(list, (struct ask){ .what = REQUEST_CLEAR }, NULL);
}

int64_t mp_list_count(struct mp_list *list)
{
	return ask_list(list, (struct ask){ .what = REQUEST_COUNT }, NULL);
}

int mp_list_copy(struct mp_list *list, struct mp_copy *copy)
{
	int64_t count = copy ? ask_list(list, (struct ask){ .what = REQUEST_COPY }, &copy->bytes) : -EINVAL;

	if (count >= 0)
		copy->next_byte = 0;
	return count < 0 ? (int)count : 0;
}

/* ---- dictionaries ---- */

struct mp_dict *mp_dict_attach(struct mp_manager *manager, uint64_t id)
{
	struct mp_dict *dict;

	if (!manager) {
		errno = EINVAL;
		return NULL;
	}
	dict = calloc(1, sizeof *dict);
	if (dict)
		*dict = (struct mp_dict){ .manager = manager, .id = id };
	return dict;
}

struct mp_dict *mp_dict_new(struct mp_manager *manager)
{
	uint64_t id = new_object(manager, STORE_DICT);

	return id ? mp_dict_attach(manager, id) : NULL;
}

uint64_t mp_dict_id(const struct mp_dict *dict)
{
	return dict ? dict->id : 0;
}

void mp_dict_free(struct mp_dict **dict)
{
	if (!dict)
		return;
	free(*dict);
	*dict = NULL;
}

static int64_t ask_dict(struct mp_dict *dict, struct ask request, struct mp_bytes *bytes)
{
	if (!dict)
		return -EINVAL;
	request.kind = STORE_DICT;
	request.object = dict->id;
	return ask(dict->manager, &request, bytes);
}

int mp_dict_set(struct mp_dict *dict, const char *key, const void *data, size_t size_bytes)
{
	const struct ask request = {
		.what = REQUEST_SET, .key = key, .data = data, .size_bytes = size_bytes
	};

	return key ? check(data, size_bytes) ?: (int)ask_dict(dict, request, NULL) : -EINVAL;
}

int mp_dict_get(struct mp_dict *dict, const char *key, struct mp_bytes *bytes)
{
	if (!key || !bytes)
		return -EINVAL;
	return (int)ask_dict(dict, (struct ask){ .what = REQUEST_GET, .key = key }, bytes);
}

int mp_dict_pop(struct mp_dict *dict, const char *key, struct mp_bytes *bytes)
{
	if (!key || !bytes)
		return -EINVAL;
	return (int)ask_dict(dict, (struct ask){ .what = REQUEST_POP, .key = key }, bytes);
}

int mp_dict_clear(struct mp_dict *dict)
{
	return (int)ask_dict(dict, (struct ask){ .what = REQUEST_CLEAR }, NULL);
}

int64_t mp_dict_count(struct mp_dict *dict)
{
	return ask_dict(dict, (struct ask){ .what = REQUEST_COUNT }, NULL);
}

int mp_dict_copy(struct mp_dict *dict, struct mp_copy *copy)
{
	int64_t count = copy ? ask_dict(dict, (struct ask){ .what = REQUEST_COPY }, &copy->bytes) : -EINVAL;

	if (count >= 0)
		copy->next_byte = 0;
	return count < 0 ? (int)count : 0;
}

/* ---- all items ---- */

/* Takes `size_bytes`, padded, of what is left; NULL when there is less. */
static const char *take(struct mp_copy *copy, uint64_t size_bytes)
{
	const char *start = copy->bytes.data + copy->next_byte;
	size_t left_bytes = copy->bytes.size_bytes - copy->next_byte;

	if (size_bytes > left_bytes || request_padded(size_bytes) > left_bytes)
		return NULL;
	copy->next_byte += request_padded(size_bytes);
	return start;
}

int mp_copy_next(struct mp_copy *copy, struct mp_item *item)
{
	struct request_item head;
	const char *start, *key = NULL, *data;

	if (!copy || !item)
		return -EINVAL;
	if (copy->next_byte >= copy->bytes.size_bytes)
		return 0;
	start = take(copy, sizeof head);
	if (!start)
		return -EBADMSG;
	memcpy(&head, start, sizeof head);
	if (head.key_bytes > 0) {
		key = take(copy, head.key_bytes);
		if (!key || strnlen(key, head.key_bytes) != head.key_bytes - 1)
			return -EBADMSG;
	}
	data = take(copy, head.size_bytes);
	if (!data)
		return -EBADMSG;
	*item = (struct mp_item){ .key = key, .data = data, .size_bytes = head.size_bytes };
	return 1;
}

void mp_copy_free(struct mp_copy *copy)
{
	if (!copy)
		return;
	mp_bytes_free(&copy->bytes);
	copy->next_byte = 0;
}
