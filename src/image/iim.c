#include "image/iim.h"

#include <string.h>

#include "image/utf8.h"

#define MARKER 0x1c
#define EXTENDED 0x8000
#define SIZE_LIMIT 0x7fff /* of a dataset without an extended length */

#define BYLINE_LIMIT_BYTES 32
#define NOTICE_LIMIT_BYTES 128
#define CONTACT_LIMIT_BYTES 128

#define ID(record, dataset) ((uint16_t)((record) << 8 | (dataset)))

enum {
	ENVELOPE_VERSION = ID(1, 0),
	CHARACTER_SET = ID(1, 90),
	APPLICATION_VERSION = ID(2, 0),
	BYLINE = ID(2, 80),
	COPYRIGHT_NOTICE = ID(2, 116),
	CONTACT = ID(2, 118)
};

/* ISO 2022's way to UTF-8: escape, percent, G. */
#define UTF8_ESCAPE "\x1b%G"
#define VERSION_4 "\0\4"

static const struct {
	uint16_t first, last;
	enum tag_group group;
} ranges[] = {
	{ ENVELOPE_VERSION, ENVELOPE_VERSION, TAG_TECHNICAL },
	{ CHARACTER_SET, CHARACTER_SET, TAG_TECHNICAL }, { ID(1, 1), ID(1, 255), TAG_DESCRIPTION },
	{ APPLICATION_VERSION, APPLICATION_VERSION, TAG_TECHNICAL }, { BYLINE, BYLINE, TAG_RIGHTS },
	{ ID(2, 85), ID(2, 85), TAG_RIGHTS },   /* By-line Title */
	{ ID(2, 110), ID(2, 110), TAG_RIGHTS }, /* Credit */
	{ ID(2, 115), ID(2, 116), TAG_RIGHTS }, /* Source, Copyright Notice */
	{ CONTACT, CONTACT, TAG_RIGHTS }, { ID(2, 200), ID(2, 202), TAG_THUMBNAIL },
	{ ID(2, 230), ID(2, 231), TAG_EDITING }, /* notes and history of the document */
	{ ID(2, 232), ID(2, 232), TAG_CAPTURE }, /* camera, as text */
	{ ID(2, 1), ID(2, 255), TAG_DESCRIPTION },
	{ ID(3, 0), ID(3, 255), TAG_ORIGINAL },  /* the pixels' layout */
	{ ID(7, 0), ID(9, 255), TAG_THUMBNAIL }, /* an object, usually the picture, inside IPTC */
};

/* Datasets of records 1 and 2 that are numbers, pictures or escape sequences, not text. */
static const uint16_t binary_datasets[] = { ENVELOPE_VERSION, ID(1, 20), ID(1, 22), CHARACTER_SET, ID(1, 120),
	ID(1, 122), APPLICATION_VERSION, ID(2, 125) };

struct dataset {
	uint16_t id;
	const unsigned char *data;
	size_t size_bytes;
	char *owned; /* the same bytes where they are ours, g_free() */
};

static enum tag_group group_of(uint16_t id)
{
	for (size_t i = 0; i < G_N_ELEMENTS(ranges); i++) {
		if (id >= ranges[i].first && id <= ranges[i].last)
			return ranges[i].group;
	}
	return TAG_MAKER;
}

static void dataset_clear(void *dataset)
{
	g_free(((struct dataset *)dataset)->owned);
}

static struct dataset *dataset_at(GArray *datasets, unsigned int index)
{
	return &g_array_index(datasets, struct dataset, index);
}

/* Length of an extended dataset's length, which comes first; false when it is none that fits into memory. */
static bool read_extended(const unsigned char *at, size_t left, size_t *head_bytes, size_t *size_bytes)
{
	size_t digits = *size_bytes & (EXTENDED - 1);

	if (digits > 4 || digits > left)
		return false;
	*size_bytes = 0;
	for (size_t i = 0; i < digits; i++)
		*size_bytes = *size_bytes << 8 | at[i];
	*head_bytes += digits;
	return true;
}

/* The dataset at `data` and how many bytes it takes, head included; 0 when it is broken. */
static size_t read_dataset(const unsigned char *data, size_t left, struct dataset *dataset)
{
	size_t head_bytes = 5, size_bytes;

	if (left < head_bytes || data[0] != MARKER)
		return 0;
	size_bytes = (size_t)data[3] << 8 | data[4];
	if (size_bytes & EXTENDED && !read_extended(data + 5, left - 5, &head_bytes, &size_bytes))
		return 0;
	if (size_bytes > left - head_bytes)
		return 0;
	*dataset = (struct dataset){
		.id = ID(data[1], data[2]), .data = data + head_bytes, .size_bytes = size_bytes
	};
	return head_bytes + size_bytes;
}

static GArray *load(const unsigned char *data, size_t size_bytes, tag_set kept)
{
	GArray *datasets = g_array_new(FALSE, FALSE, sizeof(struct dataset));
	struct dataset dataset;
	size_t taken;

	g_array_set_clear_func(datasets, dataset_clear);
	while ((taken = read_dataset(data, size_bytes, &dataset)) > 0) {
		if (tag_set_has(kept, group_of(dataset.id)))
			g_array_append_val(datasets, dataset);
		data += taken;
		size_bytes -= taken;
	}
	return datasets;
}

static const struct dataset *find(GArray *datasets, uint16_t id)
{
	for (unsigned int i = 0; i < datasets->len; i++) {
		if (dataset_at(datasets, i)->id == id)
			return dataset_at(datasets, i);
	}
	return NULL;
}

static void remove_all(GArray *datasets, uint16_t id)
{
	for (unsigned int i = datasets->len; i > 0; i--) {
		if (dataset_at(datasets, i - 1)->id == id)
			g_array_remove_index(datasets, i - 1);
	}
}

/* Insert after the last dataset that does not come later by number, leaving the order of the others alone. */
static void insert(GArray *datasets, uint16_t id, const char *data, size_t size_bytes)
{
	struct dataset dataset = { .id = id, .size_bytes = size_bytes, .owned = g_malloc(size_bytes + 1) };
	unsigned int at = datasets->len;

	memcpy(dataset.owned, data, size_bytes);
	while (at > 0 && dataset_at(datasets, at - 1)->id > id)
		at--;
	dataset.data = (const unsigned char *)dataset.owned;
	g_array_insert_val(datasets, at, dataset);
}

static void insert_text(GArray *datasets, uint16_t id, const char *text, size_t limit_bytes)
{
	insert(datasets, id, text, utf8_cut(text, limit_bytes));
}

static bool says_utf8(GArray *datasets)
{
	const struct dataset *set = find(datasets, CHARACTER_SET);

	return set && set->size_bytes == strlen(UTF8_ESCAPE) &&
	       memcmp(set->data, UTF8_ESCAPE, strlen(UTF8_ESCAPE)) == 0;
}

static bool is_text(uint16_t id)
{
	for (size_t i = 0; i < G_N_ELEMENTS(binary_datasets); i++) {
		if (id == binary_datasets[i])
			return false;
	}
	return id < ID(3, 0);
}

/* What claims no character set is UTF-8 where it can be, and Latin-1 (with Windows' additions) elsewhere. */
static void convert_to_utf8(GArray *datasets)
{
	if (says_utf8(datasets))
		return;
	for (unsigned int i = 0; i < datasets->len; i++) {
		struct dataset *dataset = dataset_at(datasets, i);

		if (!is_text(dataset->id) ||
			g_utf8_validate_len((const char *)dataset->data, dataset->size_bytes, NULL))
			continue;
		dataset->owned = utf8_from_latin1((const char *)dataset->data, dataset->size_bytes);
		dataset->data = (const unsigned char *)dataset->owned;
		dataset->size_bytes = strlen(dataset->owned);
	}
	remove_all(datasets, CHARACTER_SET);
	insert(datasets, CHARACTER_SET, UTF8_ESCAPE, strlen(UTF8_ESCAPE));
}

static bool has_rights(const struct metadata_job *job)
{
	return job->copyright || job->artist || metadata_job_has_contact(job);
}

static bool is_ascii(const char *text)
{
	return !text || g_str_is_ascii(text);
}

static bool rights_are_ascii(const struct metadata_job *job)
{
	return is_ascii(job->copyright) && is_ascii(job->artist) && is_ascii(job->email) &&
	       is_ascii(job->url) && is_ascii(job->phone);
}

/* Contact may be there several times: each part of it is a text of its own, which need not be cut. */
static void insert_contact(GArray *datasets, const struct metadata_job *job)
{
	const char *const parts[] = { job->email, job->url, job->phone };

	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
		if (parts[i])
			insert_text(datasets, CONTACT, parts[i], CONTACT_LIMIT_BYTES);
	}
}

static void set_rights(GArray *datasets, const struct metadata_job *job)
{
	if (job->copyright)
		remove_all(datasets, COPYRIGHT_NOTICE);
	if (job->artist)
		remove_all(datasets, BYLINE);
	if (metadata_job_has_contact(job))
		remove_all(datasets, CONTACT);
	if (!rights_are_ascii(job))
		convert_to_utf8(datasets);
	if (job->copyright)
		insert_text(datasets, COPYRIGHT_NOTICE, job->copyright, NOTICE_LIMIT_BYTES);
	for (size_t i = 0; job->artist && job->artists[i]; i++)
		insert_text(datasets, BYLINE, job->artists[i], BYLINE_LIMIT_BYTES);
	insert_contact(datasets, job);
}

/* Each record begins with its version. */
static void set_versions(GArray *datasets)
{
	if (!find(datasets, APPLICATION_VERSION))
		insert(datasets, APPLICATION_VERSION, VERSION_4, 2);
	if (find(datasets, CHARACTER_SET) && !find(datasets, ENVELOPE_VERSION))
		insert(datasets, ENVELOPE_VERSION, VERSION_4, 2);
}

static void append(GByteArray *out, const struct dataset *dataset)
{
	size_t size_bytes = dataset->size_bytes;
	unsigned char head[9] = { MARKER, (unsigned char)(dataset->id >> 8), (unsigned char)dataset->id };

	if (size_bytes <= SIZE_LIMIT) {
		head[3] = (unsigned char)(size_bytes >> 8);
		head[4] = (unsigned char)size_bytes;
		g_byte_array_append(out, head, 5);
	} else {
		head[3] = EXTENDED >> 8;
		head[4] = 4;
		for (int i = 0; i < 4; i++)
			head[5 + i] = (unsigned char)(size_bytes >> (24 - 8 * i));
		g_byte_array_append(out, head, 9);
	}
	g_byte_array_append(out, dataset->data, (unsigned int)size_bytes);
}

static bool has_more_than_technical(GArray *datasets)
{
	for (unsigned int i = 0; i < datasets->len; i++) {
		if (group_of(dataset_at(datasets, i)->id) != TAG_TECHNICAL)
			return true;
	}
	return false;
}

void iim_edit(const unsigned char *data, size_t size_bytes, const struct metadata_job *job, tag_set kept,
	GByteArray *out)
{
	g_autoptr(GArray) datasets = load(data, size_bytes, kept);

	if (has_rights(job)) {
		set_rights(datasets, job);
		set_versions(datasets);
	}
	if (!has_more_than_technical(datasets))
		return;
	for (unsigned int i = 0; i < datasets->len; i++)
		append(out, dataset_at(datasets, i));
}
