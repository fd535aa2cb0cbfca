/*
 * store.h: the lists and dictionaries that a manager's server keeps, as plain data.
 */
#ifndef STAMPMILL_MP_STORE_H
#define STAMPMILL_MP_STORE_H

#include <stddef.h>
#include <stdint.h>

struct store_item {
	char *key;  /* owned; NULL in a list */
	void *data; /* owned; NULL: the item was removed, which only dictionaries leave standing */
	size_t size_bytes;
	uint32_t hash;
};

enum store_kind {
	STORE_LIST = 1,
	STORE_DICT
};

struct store_object {
	enum store_kind kind;
	struct store_item *items; /* owned */
	size_t used, capacity;    /* of items, with those that were removed */
	size_t count;             /* without them */
	uint32_t *places;         /* owned; a hash table of indices into items, plus 1; 0: free */
	size_t places_count;      /* 0 or a power of 2, more than `used` */
};

struct store {
	struct store_object **objects; /* owned; an id is an index here, plus 1 */
	size_t count, capacity;
};

void store_finish(struct store *store);

/* Returns the new object's id, or -ENOMEM. */
int64_t store_add(struct store *store, enum store_kind kind);

/* NULL when there is none of that kind. */
struct store_object *store_find(const struct store *store, uint64_t id, enum store_kind kind);

/* Returns the item at `index`, which may be negative, or NULL. */
struct store_item *store_list_at(const struct store_object *list, int64_t index);
/* `index` past either end is that end. Copies the data. Returns 0 or -ENOMEM. */
int store_list_insert(struct store_object *list, int64_t index, const void *data, size_t size_bytes);
void store_list_remove(struct store_object *list, struct store_item *item);

struct store_item *store_dict_at(const struct store_object *dict, const char *key);
/* Returns 0 or -ENOMEM, leaving it as it was. */
int store_dict_set(struct store_object *dict, const char *key, const void *data, size_t size_bytes);
void store_dict_remove(struct store_object *dict, struct store_item *item);

/* Give an item other data, a copy. Returns 0 or -ENOMEM. */
int store_item_set(struct store_item *item, const void *data, size_t size_bytes);

void store_clear(struct store_object *object);

#endif
