#include "mp/batch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

struct mp_batch *batch_new(struct mp_team *team, size_t count, bool unordered)
{
	autofree struct mp_batch *batch = calloc(1, sizeof *batch);
	autofree struct batch_item *items = calloc(count + 1, sizeof *items);

	if (!batch || !items)
		return NULL;
	if (unordered) {
		batch->order = calloc(count + 1, sizeof *batch->order);
		if (!batch->order)
			return NULL;
	}
	batch->team = team;
	batch->count = count;
	batch->items = take_ptr(items);
	return take_ptr(batch);
}

void batch_let_go(struct mp_batch *batch)
{
	if (!batch->is_freed || batch->chunks > 0)
		return;
	while (batch->memory) {
		struct batch_memory *memory = batch->memory;

		batch->memory = memory->next;
		free(memory);
	}
	free(batch->items);
	free(batch->order);
	free(batch);
}

void batch_end(struct mp_batch *batch, const struct mp_result *result)
{
	struct batch_item *item = &batch->items[result->index];

	item->result = *result;
	item->has_ended = true;
	if (batch->order)
		batch->order[batch->ended] = result->index;
	batch->ended++;
}

const void *batch_keep(struct mp_batch *batch, const void *data, size_t size_bytes)
{
	struct batch_memory *memory = malloc(sizeof *memory + size_bytes);

	if (!memory)
		return NULL;
	memcpy(memory->data, data, size_bytes);
	memory->next = batch->memory;
	batch->memory = memory;
	return memory->data;
}

size_t mp_batch_count(const struct mp_batch *batch)
{
	if (!batch)
		return 0;
	return batch->count;
}

const struct mp_result *mp_batch_result(const struct mp_batch *batch, size_t index)
{
	if (!batch) {
		errno = EINVAL;
		return NULL;
	}
	if (index >= batch->count || !batch->items[index].has_ended)
		return NULL;
	return &batch->items[index].result;
}

void mp_batch_free(struct mp_batch **batch_address)
{
	struct mp_batch *batch = batch_address ? *batch_address : NULL;

	if (!batch)
		return;
	*batch_address = NULL;
	batch->is_freed = true;
	batch_let_go(batch);
}

void batch_end_all(struct mp_batch *batch, size_t first, size_t count, enum mp_outcome outcome)
{
	for (size_t i = first; i < first + count; i++)
		batch_end(batch, &(struct mp_result){ .index = i, .outcome = outcome });
}
