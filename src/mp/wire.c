#include "mp/wire.h"

#include <errno.h>
#include <string.h>

size_t wire_space(size_t size_bytes)
{
	if (size_bytes > SIZE_MAX - sizeof(struct wire_record) - 7)
		return SIZE_MAX;
	return sizeof(struct wire_record) + (size_bytes + 7) / 8 * 8;
}

unsigned char *wire_put(unsigned char *to, const struct wire_record *record, const void *data)
{
	size_t used = sizeof *record + record->size_bytes;

	memcpy(to, record, sizeof *record);
	if (record->size_bytes > 0)
		memcpy(to + sizeof *record, data, record->size_bytes);
	memset(to + used, 0, wire_space(record->size_bytes) - used);
	return to + wire_space(record->size_bytes);
}

int wire_next(struct wire_reader *reader, struct wire_record *record, const void **data)
{
	size_t space;

	if (reader->left_bytes == 0)
		return 0;
	if (reader->left_bytes < sizeof *record)
		return -EBADMSG;
	memcpy(record, reader->next, sizeof *record);
	space = wire_space(record->size_bytes);
	if (space > reader->left_bytes)
		return -EBADMSG;
	*data = reader->next + sizeof *record;
	reader->next += space;
	reader->left_bytes -= space;
	return 1;
}
