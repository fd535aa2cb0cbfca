#include "mp/store.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

#define PLACES_LEAST 16

/* `array` with room for one more item than `used`, or NULL, leaving it as it was. */
static void *with_room(void *array, size_t used, size_t *capacity, size_t item_bytes)
{
	size_t more = *capacity ? *capacity * 2 : 8;
	void *grown;

	if (used < *capacity)
		return array;
	grown = reallocarray(array, more, item_bytes);
	if (grown)
		*capacity = more;
	return grown;
}

/* ---- items ---- */

static void *copy_of(const void *data, size_t size_bytes)
{
	void *copy = malloc(size_bytes ? size_bytes : 1);

	if (copy && size_bytes > 0)
		memcpy(copy, data, size_bytes);
	return copy;
}

int store_item_set(struct store_item *item, const void *data, size_t size_bytes)
{
	void *copy = copy_of(data, size_bytes);

	if (!copy)
		return -ENOMEM;
	free(item->data);
	item->data = copy;
	item->size_bytes = size_bytes;
	return 0;
}

static void item_finish(struct store_item *item)
{
	free(item->key);
	free(item->data);
	*item = (struct store_item){ 0 };
}

static int make_room(struct store_object *object)
{
	void *grown = with_room(object->items, object->used, &object->capacity, sizeof *object->items);

	if (!grown)
		return -ENOMEM;
	object->items = grown;
	return 0;
}

/* ---- lists ---- */

struct store_item *store_list_at(const struct store_object *list, int64_t index)
{
	if (index < 0)
		index += (int64_t)list->used;
	return index >= 0 && (uint64_t)index < list->used ? &list->items[index] : NULL;
}

int store_list_insert(struct store_object *list, int64_t index, const void *data, size_t size_bytes)
{
	struct store_item item = { 0 };
	int result = make_room(list);

	if (result == 0)
		result = store_item_set(&item, data, size_bytes);
	if (result)
		return result;
	if (index < 0)
		index += (int64_t)list->used;
	if (index < 0)
		index = 0;
	if ((uint64_t)index > list->used)
		index = (int64_t)list->used;
	memmove(&list->items[index + 1], &list->items[index],
		(list->used - (size_t)index) * sizeof *list->items);
	list->items[index] = item;
	list->used++;
	list->count++;
	return 0;
}

void store_list_remove(struct store_object *list, struct store_item *item)
{
	size_t index = (size_t)(item - list->items);

	item_finish(item);
	memmove(item, item + 1, (list->used - index - 1) * sizeof *item);
	list->used--;
	list->count--;
}

/* ---- dictionaries ---- */

/* FNV-1a. */
static uint32_t hash_of(const char *key)
{
	uint32_t hash = 2166136261u;

	for (; *key; key++)
		hash = (hash ^ (unsigned char)*key) * 16777619u;
	return hash;
}

/* The place of the item with that key, or the free one where it would be. There is always a free one. */
static uint32_t *place_of(const struct store_object *dict, const char *key, uint32_t hash)
{
	size_t mask = dict->places_count - 1;

	for (size_t at = hash & mask;; at = (at + 1) & mask) {
		uint32_t *place = &dict->places[at];
		const struct store_item *item = *place ? &dict->items[*place - 1] : NULL;

		if (!item || (item->key && item->hash == hash && strcmp(item->key, key) == 0))
			return place;
	}
}

struct store_item *store_dict_at(const struct store_object *dict, const char *key)
{
	uint32_t place = dict->places_count ? *place_of(dict, key, hash_of(key)) : 0;

	return place ? &dict->items[place - 1] : NULL;
}

/* Closes the gaps that removed items have left. */
static void close_up(struct store_object *dict)
{
	size_t kept = 0;

	for (size_t i = 0; i < dict->used; i++)
		if (dict->items[i].data)
			dict->items[kept++] = dict->items[i];
	dict->used = kept;
}

/* A hash table of at least twice as many places as there are items. */
static int place_all(struct store_object *dict)
{
	size_t wanted = PLACES_LEAST;
	uint32_t *places;

	while (wanted < 2 * (dict->count + 1))
		wanted *= 2;
	if (wanted > UINT32_MAX)
		return -ENOMEM;
	places = calloc(wanted, sizeof *places);
	if (!places)
		return -ENOMEM;
	free(dict->places);
	dict->places = places;
	dict->places_count = wanted;
	close_up(dict);
	for (size_t i = 0; i < dict->used; i++)
		*place_of(dict, dict->items[i].key, dict->items[i].hash) = (uint32_t)i + 1;
	return 0;
}

int store_dict_set(struct store_object *dict, const char *key, const void *data, size_t size_bytes)
{
	struct store_item *item = store_dict_at(dict, key), added = { .hash = hash_of(key) };
	int result = 0;

	if (item)
		return store_item_set(item, data, size_bytes);
	if (4 * (dict->used + 1) > 3 * dict->places_count)
		result = place_all(dict);
	if (result == 0)
		result = make_room(dict);
	if (result == 0)
		result = store_item_set(&added, data, size_bytes);
	added.key = result == 0 ? strdup(key) : NULL;
	if (!added.key) {
		item_finish(&added);
		return -ENOMEM;
	}
	dict->items[dict->used++] = added;
	dict->count++;
	*place_of(dict, key, added.hash) = (uint32_t)dict->used;
	return 0;
}

/* Its place stays taken, by an item without a key, so that what lies behind it is found. */
void store_dict_remove(struct store_object *dict, struct store_item *item)
{
	item_finish(item);
	dict->count--;
}

/* ---- objects ---- */

void store_clear(struct store_object *object)
{
	for (size_t i = 0; i < object->used; i++)
		item_finish(&object->items[i]);
	free(object->items);
	free(object->places);
	*object = (struct store_object){ .kind = object->kind };
}

int64_t store_add(struct store *store, enum store_kind kind)
{
	struct store_object **objects =
		with_room(store->objects, store->count, &store->capacity, sizeof(struct store_object *));
	struct store_object *object;

	if (!objects)
		return -ENOMEM;
	store->objects = objects;
	object = calloc(1, sizeof *object);
	if (!object)
		return -ENOMEM;
	object->kind = kind;
	store->objects[store->count++] = object;
	return (int64_t)store->count;
}

struct store_object *store_find(const struct store *store, uint64_t id, enum store_kind kind)
{
	if (id < 1 || id > store->count || store->objects[id - 1]->kind != kind)
		return NULL;
	return store->objects[id - 1];
}

void store_finish(struct store *store)
{
	for (size_t i = 0; i < store->count; i++) {
		store_clear(store->objects[i]);
		free(store->objects[i]);
	}
	free(store->objects);
	*store = (struct store){ 0 };
}
