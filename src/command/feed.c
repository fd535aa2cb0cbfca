#include "command/feed.h"

#include <assert.h>
#include <glib.h>

struct item {
	size_t index;
	int64_t need_bytes;
	double work;
	bool given, second;
};

struct feed {
	int64_t budget_bytes, used_bytes;
	int at_once, in_hand;
	GArray *items;  /* struct item; sorted when the first is asked for */
	guint first;    /* all before it have been given */
	GHashTable *at; /* index to place in items, plus 1 */
	bool sorted;
	GQueue again; /* places in items, plus 1, of those to be tried alone */
	bool alone;   /* one of those is in hand */
};

struct feed *feed_new(int64_t budget_bytes, int at_once)
{
	struct feed *feed = g_new0(struct feed, 1);

	feed->budget_bytes = budget_bytes;
	feed->at_once = at_once;
	feed->items = g_array_new(FALSE, TRUE, sizeof(struct item));
	feed->at = g_hash_table_new(NULL, NULL);
	g_queue_init(&feed->again);
	return feed;
}

void feed_free(struct feed *feed)
{
	if (!feed)
		return;
	g_queue_clear(&feed->again);
	g_hash_table_destroy(feed->at);
	g_array_free(feed->items, TRUE);
	g_free(feed);
}

void feed_add(struct feed *feed, size_t index, int64_t need_bytes, double work)
{
	struct item item = { .index = index, .need_bytes = need_bytes, .work = work };

	assert(!feed->sorted);
	g_array_append_val(feed->items, item);
}

static struct item *item_at(const struct feed *feed, guint place)
{
	return &g_array_index(feed->items, struct item, place);
}

static struct item *find(const struct feed *feed, size_t index)
{
	guint place = GPOINTER_TO_UINT(g_hash_table_lookup(feed->at, GSIZE_TO_POINTER(index)));

	assert(place > 0);
	return item_at(feed, place - 1);
}

static gint most_work_first(gconstpointer one, gconstpointer other)
{
	const struct item *a = one, *b = other;

	if (a->work != b->work)
		return a->work < b->work ? 1 : -1;
	return (a->index > b->index) - (a->index < b->index);
}

static void sort(struct feed *feed)
{
	g_array_sort(feed->items, most_work_first);
	for (guint i = 0; i < feed->items->len; i++)
		g_hash_table_insert(
			feed->at, GSIZE_TO_POINTER(item_at(feed, i)->index), GUINT_TO_POINTER(i + 1));
	feed->sorted = true;
}

static size_t give(struct feed *feed, struct item *item)
{
	item->given = true;
	feed->in_hand++;
	feed->used_bytes += item->need_bytes;
	while (feed->first < feed->items->len && item_at(feed, feed->first)->given)
		feed->first++;
	return item->index;
}

/* How far to look for a smaller one behind a big one that must wait. */
enum {
	LOOK_AHEAD = 1000
};

static struct item *find_fitting(const struct feed *feed)
{
	guint end = MIN(feed->items->len, feed->first + LOOK_AHEAD);

	for (guint i = feed->first; i < end; i++) {
		struct item *item = item_at(feed, i);

		if (!item->given &&
			(feed->in_hand == 0 || feed->used_bytes + item->need_bytes <= feed->budget_bytes))
			return item;
	}
	return NULL;
}

static size_t next_alone(struct feed *feed)
{
	struct item *item;

	if (g_queue_is_empty(&feed->again))
		return FEED_EMPTY;
	if (feed->in_hand > 0)
		return FEED_WAIT;
	item = item_at(feed, GPOINTER_TO_UINT(g_queue_pop_head(&feed->again)) - 1);
	item->second = true;
	feed->alone = true;
	return give(feed, item);
}

size_t feed_next(struct feed *feed)
{
	struct item *item;

	if (!feed->sorted)
		sort(feed);
	if (feed->alone || feed->in_hand >= feed->at_once)
		return FEED_WAIT;
	if (feed->first == feed->items->len)
		return next_alone(feed);
	item = find_fitting(feed);
	return item ? give(feed, item) : FEED_WAIT;
}

bool feed_has_more(const struct feed *feed)
{
	return feed->first < feed->items->len || !g_queue_is_empty((GQueue *)&feed->again);
}

size_t feed_peek(const struct feed *feed)
{
	return feed->sorted && feed->first < feed->items->len ? item_at(feed, feed->first)->index
							      : FEED_EMPTY;
}

void feed_ended(struct feed *feed, size_t index, bool again)
{
	struct item *item = find(feed, index);

	assert(item->given && feed->in_hand > 0);
	feed->in_hand--;
	feed->used_bytes -= item->need_bytes;
	feed->alone = false;
	if (again && !item->second)
		g_queue_push_tail(&feed->again, g_hash_table_lookup(feed->at, GSIZE_TO_POINTER(index)));
}

bool feed_is_second(const struct feed *feed, size_t index)
{
	return find(feed, index)->second;
}

size_t feed_take_back(struct feed *feed)
{
	if (!feed->sorted)
		sort(feed);
	if (!g_queue_is_empty(&feed->again))
		return item_at(feed, GPOINTER_TO_UINT(g_queue_pop_head(&feed->again)) - 1)->index;
	while (feed->first < feed->items->len) {
		struct item *item = item_at(feed, feed->first++);

		if (!item->given) {
			item->given = true;
			return item->index;
		}
	}
	return FEED_EMPTY;
}
