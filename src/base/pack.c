#include "base/pack.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void pack_init(struct pack *pack)
{
	*pack = (struct pack){ 0 };
}

void pack_finish(struct pack *pack)
{
	free(pack->data);
	pack_init(pack);
}

static bool make_room(struct pack *pack, size_t more_bytes)
{
	size_t capacity = pack->capacity_bytes ? pack->capacity_bytes : 256;
	unsigned char *data;

	if (pack->failed || more_bytes > SIZE_MAX / 4 - pack->size_bytes) {
		pack->failed = true;
		return false;
	}
	if (pack->data && pack->capacity_bytes - pack->size_bytes >= more_bytes)
		return true;
	while (capacity - pack->size_bytes < more_bytes)
		capacity *= 2;
	data = realloc(pack->data, capacity);
	if (!data) {
		pack->failed = true;
		return false;
	}
	pack->data = data;
	pack->capacity_bytes = capacity;
	return true;
}

static void append(struct pack *pack, const void *data, size_t size_bytes)
{
	if (!make_room(pack, size_bytes) || size_bytes == 0)
		return;
	memcpy(pack->data + pack->size_bytes, data, size_bytes);
	pack->size_bytes += size_bytes;
}

void pack_i64(struct pack *pack, int64_t value)
{
	append(pack, &value, sizeof(value));
}

void pack_f64(struct pack *pack, double value)
{
	append(pack, &value, sizeof(value));
}

void pack_bytes(struct pack *pack, const void *data, size_t size_bytes)
{
	pack_i64(pack, (int64_t)size_bytes);
	append(pack, data, size_bytes);
}

void pack_string(struct pack *pack, const char *text)
{
	if (!text)
		text = "";
	pack_bytes(pack, text, strlen(text) + 1);
}

void unpack_init(struct unpack *unpack, const void *data, size_t size_bytes)
{
	static const unsigned char nothing;
	const unsigned char *start = data ? data : &nothing;

	*unpack = (struct unpack){ .next = start, .end = start + (data ? size_bytes : 0) };
}

static const unsigned char *take(struct unpack *unpack, size_t size_bytes)
{
	const unsigned char *taken = unpack->next;

	if (unpack->failed || (size_t)(unpack->end - unpack->next) < size_bytes) {
		unpack->failed = true;
		return NULL;
	}
	unpack->next += size_bytes;
	return taken;
}

int64_t unpack_i64(struct unpack *unpack)
{
	const unsigned char *from = take(unpack, sizeof(int64_t));
	int64_t value = 0;

	if (from)
		memcpy(&value, from, sizeof(value));
	return value;
}

int64_t unpack_range(struct unpack *unpack, int64_t least, int64_t most)
{
	int64_t value = unpack_i64(unpack);

	if (unpack->failed || value < least || value > most) {
		unpack->failed = true;
		return least;
	}
	return value;
}

double unpack_f64(struct unpack *unpack)
{
	const unsigned char *from = take(unpack, sizeof(double));
	double value = 0;

	if (from)
		memcpy(&value, from, sizeof(value));
	if (!isfinite(value)) {
		unpack->failed = true;
		return 0;
	}
	return value;
}

const void *unpack_bytes(struct unpack *unpack, size_t *size_bytes)
{
	int64_t size = unpack_range(unpack, 0, unpack->end - unpack->next);
	const unsigned char *from = take(unpack, (size_t)size);

	*size_bytes = from ? (size_t)size : 0;
	return from;
}

const char *unpack_string(struct unpack *unpack)
{
	size_t size;
	const char *text = unpack_bytes(unpack, &size);

	if (!text || size == 0 || memchr(text, '\0', size) != text + size - 1) {
		unpack->failed = true;
		return "";
	}
	return text;
}

bool unpack_done(const struct unpack *unpack)
{
	return !unpack->failed && unpack->next == unpack->end;
}
