#include "image/iptc_block.h"

#include <string.h>

#include "image/embedded_jpeg.h"
#include "image/iim.h"

#define PREFIX "Photoshop 3.0"
#define PREFIX_BYTES sizeof(PREFIX) /* its NUL is part of it */
#define IIM_MARKER 0x1c
#define HEAD_BYTES 6 /* signature and number */

enum {
	RESOURCE_IPTC = 1028,
	RESOURCE_COPYRIGHT_FLAG = 1034,
	RESOURCE_IPTC_DIGEST = 1061
};

static const struct {
	uint16_t first, last;
	enum tag_group group;
} ranges[] = {
	{ 1008, 1008, TAG_DESCRIPTION },                /* caption */
	{ 1020, 1020, TAG_DESCRIPTION },                /* caption, as text */
	{ RESOURCE_IPTC, RESOURCE_IPTC, TAG_ORIGINAL }, /* written anew */
	{ 1033, 1033, TAG_THUMBNAIL },
	{ RESOURCE_COPYRIGHT_FLAG, 1035, TAG_RIGHTS }, /* and URL */
	{ 1036, 1036, TAG_THUMBNAIL },
	{ 1039, 1039, TAG_ORIGINAL },                                 /* ICC profile */
	{ 1041, 1041, TAG_ORIGINAL },                                 /* "untagged on purpose" */
	{ 1058, 1060, TAG_ORIGINAL },                                 /* EXIF (two halves) and XMP, again */
	{ RESOURCE_IPTC_DIGEST, RESOURCE_IPTC_DIGEST, TAG_ORIGINAL }, /* kept where it is still true */
	{ 1000, 1099, TAG_EDITING },
	{ 2000, 2999, TAG_EDITING }, /* paths */
	{ 10000, 10000, TAG_EDITING },
};

struct resource {
	const unsigned char *start; /* signature, number, name */
	size_t head_bytes;          /* up to the length of the data */
	uint16_t number;
	const unsigned char *data;
	size_t size_bytes;
};

static enum tag_group group_of(uint16_t number)
{
	for (size_t i = 0; i < G_N_ELEMENTS(ranges); i++) {
		if (number >= ranges[i].first && number <= ranges[i].last)
			return ranges[i].group;
	}
	return TAG_MAKER;
}

/* Photoshop's own, and those of its relatives that write the same form. */
static bool has_signature(const unsigned char *at, size_t left)
{
	static const char signatures[][5] = { "8BIM", "PHUT", "AgHg", "DCSR", "MeSa" };

	for (size_t i = 0; left >= 4 && i < G_N_ELEMENTS(signatures); i++) {
		if (memcmp(at, signatures[i], 4) == 0)
			return true;
	}
	return false;
}

/* The resource at `at` and how many bytes it takes; 0 when it is broken. */
static size_t read_resource(const unsigned char *at, size_t left, struct resource *resource)
{
	size_t head_bytes, size_bytes, end;

	if (left < HEAD_BYTES + 1 || !has_signature(at, left))
		return 0;
	head_bytes = HEAD_BYTES + 1 + at[HEAD_BYTES];
	head_bytes += head_bytes & 1;
	if (left < head_bytes + 4)
		return 0;
	size_bytes = (size_t)at[head_bytes] << 24 | (size_t)at[head_bytes + 1] << 16 |
		     (size_t)at[head_bytes + 2] << 8 | at[head_bytes + 3];
	if (size_bytes > left - head_bytes - 4)
		return 0;
	*resource = (struct resource){ .start = at,
		.head_bytes = head_bytes,
		.number = (uint16_t)(at[4] << 8 | at[5]),
		.data = at + head_bytes + 4,
		.size_bytes = size_bytes };
	end = head_bytes + 4 + size_bytes;
	/* Data is padded to an even length, but not by every program. */
	if (end & 1 && end < left && !has_signature(at + end, left - end))
		end++;
	return end;
}

static void put_resource(GByteArray *out, const unsigned char *head, size_t head_bytes,
	const unsigned char *data, size_t size_bytes)
{
	unsigned char length[4] = { (unsigned char)(size_bytes >> 24), (unsigned char)(size_bytes >> 16),
		(unsigned char)(size_bytes >> 8), (unsigned char)size_bytes };

	g_byte_array_append(out, head, (unsigned int)head_bytes);
	g_byte_array_append(out, length, sizeof(length));
	g_byte_array_append(out, data, (unsigned int)size_bytes);
	if (size_bytes & 1)
		g_byte_array_append(out, (const unsigned char *)"", 1);
}

static void put_iptc(GByteArray *out, const GByteArray *iim)
{
	static const unsigned char head[] = { '8', 'B', 'I', 'M', RESOURCE_IPTC >> 8, RESOURCE_IPTC & 0xff, 0,
		0 };

	if (iim->len)
		put_resource(out, head, sizeof(head), iim->data, iim->len);
}

/* A resource of the input, as it is but for what must not stay as it is. */
static void copy_resource(GByteArray *out, const struct resource *resource, const struct metadata_job *job,
	enum tag_group group)
{
	unsigned int value_at;

	put_resource(out, resource->start, resource->head_bytes, resource->data, resource->size_bytes);
	value_at = out->len - (unsigned int)(resource->size_bytes + (resource->size_bytes & 1));
	if (resource->number == RESOURCE_COPYRIGHT_FLAG && job->copyright && resource->size_bytes)
		out->data[value_at] = 1;
	if (group == TAG_MAKER)
		embedded_jpegs_blank(out->data + value_at, resource->size_bytes);
}

/* The first IPTC resource that has anything in it; false when there is none. */
static bool find_iptc(const unsigned char *data, size_t size_bytes, struct resource *iptc)
{
	size_t taken;

	while ((taken = read_resource(data, size_bytes, iptc)) > 0) {
		if (iptc->number == RESOURCE_IPTC && iptc->size_bytes)
			return true;
		data += taken;
		size_bytes -= taken;
	}
	*iptc = (struct resource){ 0 };
	return false;
}

static void edit_resources(const unsigned char *data, size_t size_bytes, const struct metadata_job *job,
	tag_set kept, GByteArray *out)
{
	g_autoptr(GByteArray) iim = g_byte_array_new();
	struct resource resource, iptc;
	bool same, put = !find_iptc(data, size_bytes, &iptc);
	size_t taken;

	iim_edit(iptc.data, iptc.size_bytes, job, kept, iim);
	same = iim->len && iim->len == iptc.size_bytes && memcmp(iim->data, iptc.data, iim->len) == 0;
	g_byte_array_append(out, (const unsigned char *)PREFIX, PREFIX_BYTES);
	if (put)
		put_iptc(out, iim);
	while ((taken = read_resource(data, size_bytes, &resource)) > 0) {
		enum tag_group group = group_of(resource.number);
		bool still_true = resource.number == RESOURCE_IPTC_DIGEST && same;

		if (resource.number == RESOURCE_IPTC && resource.size_bytes && !put) {
			put_iptc(out, iim);
			put = true;
		} else if (still_true || tag_set_has(kept, group)) {
			copy_resource(out, &resource, job, group);
		}
		data += taken;
		size_bytes -= taken;
	}
	if (out->len == PREFIX_BYTES)
		g_byte_array_set_size(out, 0);
}

static void edit_bare(const unsigned char *data, size_t size_bytes, const struct metadata_job *job,
	tag_set kept, bool from_resources, GByteArray *out)
{
	struct resource iptc = { .data = data, .size_bytes = size_bytes };

	if (from_resources)
		find_iptc(data, size_bytes, &iptc);
	iim_edit(iptc.data, iptc.size_bytes, job, kept, out);
}

/* Bare datasets as the only resource. */
static void wrap_bare(const unsigned char *data, size_t size_bytes, const struct metadata_job *job,
	tag_set kept, GByteArray *out)
{
	g_autoptr(GByteArray) iim = g_byte_array_new();

	iim_edit(data, size_bytes, job, kept, iim);
	if (iim->len) {
		g_byte_array_append(out, (const unsigned char *)PREFIX, PREFIX_BYTES);
		put_iptc(out, iim);
	}
}

/* Bare datasets that a TIFF of the other byte order declares as words of four bytes, which libtiff then turns
 * round. */
static bool is_turned(const struct blob *in)
{
	return in->size_bytes >= 8 && in->size_bytes % 4 == 0 && in->data[0] != IIM_MARKER &&
	       in->data[3] == IIM_MARKER && memcmp(in->data, PREFIX, 4) != 0 && !has_signature(in->data, 4);
}

static struct blob turn_back(const struct blob *in)
{
	struct blob turned = { .data = g_malloc(in->size_bytes), .size_bytes = in->size_bytes };

	for (size_t i = 0; i < in->size_bytes; i++)
		turned.data[i] = in->data[i ^ 3];
	return turned;
}

static void edit(const struct blob *in, const struct metadata_job *job, tag_set kept, GByteArray *out)
{
	const unsigned char *data = in->data;
	size_t size_bytes = in->data ? in->size_bytes : 0;
	bool is_bare = size_bytes && data[0] == IIM_MARKER;
	enum iptc_form form = job->target->iptc_form;

	if (size_bytes >= PREFIX_BYTES && memcmp(data, PREFIX, PREFIX_BYTES) == 0) {
		data += PREFIX_BYTES;
		size_bytes -= PREFIX_BYTES;
	}
	if (form == IPTC_FORM_BARE || (form == IPTC_FORM_INPUT && is_bare))
		edit_bare(data, size_bytes, job, kept, !is_bare, out);
	else if (is_bare)
		wrap_bare(data, size_bytes, job, kept, out);
	else
		edit_resources(data, size_bytes, job, kept, out);
}

void iptc_block_edit(const struct blob *in, const struct metadata_job *job, struct blob *out)
{
	static const enum tag_group shed[] = { TAG_MAKER, TAG_EDITING, TAG_DESCRIPTION, TAG_CAPTURE,
		TAG_RIGHTS, TAG_TECHNICAL };
	tag_set kept = tag_set_kept(job->target->policy);
	GByteArray *bytes = g_byte_array_new();
	struct blob turned = { 0 };

	if (is_turned(in)) {
		turned = turn_back(in);
		in = &turned;
	}
	edit(in, job, kept, bytes);
	for (size_t i = 0; i < G_N_ELEMENTS(shed) && bytes->len > SEGMENT_LIMIT_BYTES; i++) {
		kept = tag_set_without(kept, shed[i]);
		g_byte_array_set_size(bytes, 0);
		edit(in, job, kept, bytes);
	}
	g_free(turned.data);
	blob_take(out, bytes);
}
