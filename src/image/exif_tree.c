#include "image/exif_tree.h"

#include <string.h>

#include "image/embedded_jpeg.h"

#define HEADER_BYTES 8
#define ENTRY_BYTES 12
#define INLINE_BYTES 4
#define PREFIX "Exif\0\0"
#define PREFIX_BYTES 6

/* Where each directory's pointer stands. */
static const struct {
	enum exif_dir parent;
	uint16_t tag;
} pointers[EXIF_DIR_COUNT] = {
	[EXIF_DIR_EXIF] = { EXIF_DIR_MAIN, EXIF_EXIF_DIR },
	[EXIF_DIR_GPS] = { EXIF_DIR_MAIN, EXIF_GPS_DIR },
	[EXIF_DIR_INTEROP] = { EXIF_DIR_EXIF, EXIF_INTEROP_DIR },
};

void exif_tree_init(struct exif_tree *tree, const struct tiff_view *view)
{
	*tree = (struct exif_tree){ 0 };
	if (view) {
		tree->big_endian = view->big_endian;
		tree->budget_bytes = 2 * view->size_bytes;
		tree->base_data = view->data;
	}
	for (int dir = 0; dir < EXIF_DIR_COUNT; dir++)
		tree->dirs[dir] = g_array_new(FALSE, TRUE, sizeof(struct exif_item));
}

void exif_tree_finish(struct exif_tree *tree)
{
	for (int dir = 0; dir < EXIF_DIR_COUNT; dir++)
		g_clear_pointer(&tree->dirs[dir], g_array_unref);
}

static struct exif_item *item_at(GArray *items, unsigned int index)
{
	return &g_array_index(items, struct exif_item, index);
}

void exif_tree_add(
	struct exif_tree *tree, enum exif_dir dir, const struct tiff_entry *entry, bool blank_jpegs)
{
	struct exif_item item = {
		.entry = *entry, .blank_jpegs = blank_jpegs, .order = tree->dirs[dir]->len
	};
	size_t cost = ENTRY_BYTES + (entry->size_bytes > INLINE_BYTES ? entry->size_bytes : 0);

	if (cost > tree->budget_bytes)
		return;
	tree->budget_bytes -= cost;
	g_array_append_val(tree->dirs[dir], item);
}

static int compare_items(const void *one, const void *other)
{
	const struct exif_item *a = one, *b = other;

	if (a->entry.tag != b->entry.tag)
		return a->entry.tag < b->entry.tag ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

void exif_tree_sort(struct exif_tree *tree)
{
	for (int dir = 0; dir < EXIF_DIR_COUNT; dir++) {
		GArray *items = tree->dirs[dir];
		unsigned int kept = 0;

		g_array_sort(items, compare_items);
		for (unsigned int i = 0; i < items->len; i++) {
			if (kept == 0 || item_at(items, kept - 1)->entry.tag != item_at(items, i)->entry.tag)
				*item_at(items, kept++) = *item_at(items, i);
		}
		g_array_set_size(items, kept);
	}
}

/* The index of the first item whose tag is not below `tag`. */
static unsigned int position_of(const GArray *items, uint16_t tag)
{
	unsigned int low = 0, high = items->len;

	while (low < high) {
		unsigned int middle = low + (high - low) / 2;

		if (g_array_index(items, struct exif_item, middle).entry.tag < tag)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct exif_item *find_item(const struct exif_tree *tree, enum exif_dir dir, uint16_t tag)
{
	GArray *items = tree->dirs[dir];
	unsigned int index = position_of(items, tag);

	return index < items->len && item_at(items, index)->entry.tag == tag ? item_at(items, index) : NULL;
}

bool exif_tree_has(const struct exif_tree *tree, enum exif_dir dir, uint16_t tag)
{
	return find_item(tree, dir, tag) != NULL;
}

void exif_tree_remove(struct exif_tree *tree, enum exif_dir dir, uint16_t tag)
{
	if (exif_tree_has(tree, dir, tag))
		g_array_remove_index(tree->dirs[dir], position_of(tree->dirs[dir], tag));
}

static void set_item(struct exif_tree *tree, enum exif_dir dir, const struct exif_item *item)
{
	struct exif_item *found = find_item(tree, dir, item->entry.tag);

	if (found)
		*found = *item;
	else
		g_array_insert_vals(tree->dirs[dir], position_of(tree->dirs[dir], item->entry.tag), item, 1);
}

static void put_u16(const struct exif_tree *tree, unsigned char *at, uint16_t number)
{
	at[tree->big_endian ? 0 : 1] = (unsigned char)(number >> 8);
	at[tree->big_endian ? 1 : 0] = (unsigned char)number;
}

static void put_u32(const struct exif_tree *tree, unsigned char *at, uint32_t number)
{
	put_u16(tree, at + (tree->big_endian ? 0 : 2), (uint16_t)(number >> 16));
	put_u16(tree, at + (tree->big_endian ? 2 : 0), (uint16_t)number);
}

void exif_tree_set_short(struct exif_tree *tree, enum exif_dir dir, uint16_t tag, uint16_t number)
{
	struct exif_item item = { .entry = { .tag = tag, .type = TIFF_SHORT, .count = 1, .size_bytes = 2 } };

	put_u16(tree, item.own, number);
	set_item(tree, dir, &item);
}

void exif_tree_set_long(struct exif_tree *tree, enum exif_dir dir, uint16_t tag, uint32_t number)
{
	struct exif_item item = { .entry = { .tag = tag, .type = TIFF_LONG, .count = 1, .size_bytes = 4 } };

	put_u32(tree, item.own, number);
	set_item(tree, dir, &item);
}

void exif_tree_set_rational(
	struct exif_tree *tree, enum exif_dir dir, uint16_t tag, uint32_t number, uint32_t divisor)
{
	struct exif_item item = { .entry = {
					  .tag = tag, .type = TIFF_RATIONAL, .count = 1, .size_bytes = 8 } };

	put_u32(tree, item.own, number);
	put_u32(tree, item.own + 4, divisor);
	set_item(tree, dir, &item);
}

void exif_tree_set_bytes(struct exif_tree *tree, enum exif_dir dir, uint16_t tag, enum tiff_type type,
	const void *data, uint32_t size_bytes)
{
	struct exif_item item = { .entry = { .tag = tag,
					  .type = (uint16_t)type,
					  .count = size_bytes,
					  .value = data,
					  .size_bytes = size_bytes } };

	set_item(tree, dir, &item);
}

/* Hands out room in the block, around the one piece that must not move. */
struct layout {
	size_t low;   /* next free byte before the fixed piece */
	size_t fixed; /* where it is; SIZE_MAX: there is none */
	size_t high;  /* next free byte after it */
};

static size_t layout_place(struct layout *layout, size_t size_bytes)
{
	size_t even = layout->low + (layout->low & 1);

	if (size_bytes <= layout->fixed && even <= layout->fixed - size_bytes) {
		layout->low = even + size_bytes;
		return even;
	}
	even = layout->high + (layout->high & 1);
	layout->high = even + size_bytes;
	return even;
}

static size_t layout_end(const struct layout *layout)
{
	return layout->fixed == SIZE_MAX ? layout->low : layout->high;
}

/* The maker note, unless it is stored in its entry or claims to lie in the header: its offset means nothing
 * then. */
static const struct exif_item *fixed_item(const struct exif_tree *tree)
{
	const struct exif_item *note = find_item(tree, EXIF_DIR_EXIF, EXIF_MAKER_NOTE);

	if (!note || note->entry.size_bytes <= INLINE_BYTES ||
		note->entry.value - tree->base_data < HEADER_BYTES)
		return NULL;
	return note;
}

static struct layout layout_start(const struct exif_tree *tree)
{
	const struct exif_item *note = fixed_item(tree);
	struct layout layout = { .low = HEADER_BYTES, .fixed = SIZE_MAX };

	if (note) {
		layout.fixed = (size_t)(note->entry.value - tree->base_data);
		layout.high = layout.fixed + note->entry.size_bytes;
	}
	return layout;
}

static size_t dir_size(const GArray *items)
{
	return 2 + (size_t)items->len * ENTRY_BYTES + 4;
}

/* The value of `item` goes to `at` in the block. */
static void put_value(GByteArray *out, const struct exif_item *item, size_t at)
{
	unsigned char *to = out->data + PREFIX_BYTES + at;

	if (item->entry.size_bytes == 0)
		return;
	memcpy(to, item->entry.value ? item->entry.value : item->own, item->entry.size_bytes);
	if (item->blank_jpegs)
		embedded_jpegs_blank(to, item->entry.size_bytes);
}

static void reserve(GByteArray *out, const struct layout *layout)
{
	unsigned int had = out->len, want = (unsigned int)(PREFIX_BYTES + layout_end(layout));

	if (want > had) {
		g_byte_array_set_size(out, want);
		memset(out->data + had, 0, want - had);
	}
}

/* The directory's table at `at`; values that do not fit into it get their places and are written too. */
static void put_dir(
	struct exif_tree *tree, enum exif_dir dir, size_t at, struct layout *layout, GByteArray *out)
{
	GArray *items = tree->dirs[dir];
	const struct exif_item *fixed = fixed_item(tree);

	put_u16(tree, out->data + PREFIX_BYTES + at, (uint16_t)items->len);
	for (unsigned int i = 0; i < items->len; i++) {
		const struct exif_item *item = item_at(items, i);
		size_t entry_at = at + 2 + (size_t)i * ENTRY_BYTES, value_at = entry_at + 8;
		unsigned char *entry;

		if (item->entry.size_bytes > INLINE_BYTES) {
			value_at =
				item == fixed ? layout->fixed : layout_place(layout, item->entry.size_bytes);
			reserve(out, layout);
		}
		entry = out->data + PREFIX_BYTES + entry_at;
		put_u16(tree, entry, item->entry.tag);
		put_u16(tree, entry + 2, item->entry.type);
		put_u32(tree, entry + 4, item->entry.count);
		if (item->entry.size_bytes > INLINE_BYTES)
			put_u32(tree, entry + 8, (uint32_t)value_at);
		put_value(out, item, value_at);
	}
}

/* Directories that are not empty get their places, and the pointers to them: first all pointers, from the
 * leaves up, so that each table has its full length when it is placed. */
static void place_dirs(struct exif_tree *tree, struct layout *layout, size_t at[EXIF_DIR_COUNT])
{
	for (int dir = EXIF_DIR_COUNT - 1; dir > EXIF_DIR_MAIN; dir--) {
		if (tree->dirs[dir]->len)
			exif_tree_set_long(tree, pointers[dir].parent, pointers[dir].tag, 0);
	}
	for (int dir = 0; dir < EXIF_DIR_COUNT; dir++) {
		if (dir != EXIF_DIR_MAIN && tree->dirs[dir]->len == 0)
			continue;
		at[dir] = layout_place(layout, dir_size(tree->dirs[dir]));
		if (dir != EXIF_DIR_MAIN)
			exif_tree_set_long(tree, pointers[dir].parent, pointers[dir].tag, (uint32_t)at[dir]);
	}
}

void exif_tree_write(struct exif_tree *tree, GByteArray *out)
{
	struct layout layout = layout_start(tree);
	size_t at[EXIF_DIR_COUNT] = { 0 };
	unsigned char *head;

	place_dirs(tree, &layout, at);
	reserve(out, &layout);
	head = out->data;
	memcpy(head, PREFIX, PREFIX_BYTES);
	memcpy(head + PREFIX_BYTES, tree->big_endian ? "MM\0*" : "II*\0", 4);
	put_u32(tree, head + PREFIX_BYTES + 4, (uint32_t)at[EXIF_DIR_MAIN]);
	for (int dir = 0; dir < EXIF_DIR_COUNT; dir++) {
		if (at[dir])
			put_dir(tree, (enum exif_dir)dir, at[dir], &layout, out);
	}
}
