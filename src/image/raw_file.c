#include "image/raw_file.h"

#include <stdio.h>

#if LIBRAW_VERSION < LIBRAW_MAKE_VERSION(0, 21, 0)
#define SILENT (LIBRAW_OPIONS_NO_MEMERR_CALLBACK | LIBRAW_OPIONS_NO_DATAERR_CALLBACK)
#else
#define SILENT LIBRAW_OPIONS_NO_DATAERR_CALLBACK
#endif
#if LIBRAW_VERSION < LIBRAW_MAKE_VERSION(0, 22, 0)
typedef int file_offset;
#else
typedef INT64 file_offset;
#endif

/* Negative: at the end of the file. */
static void note_flaw(void *data, const char *name, const file_offset offset)
{
	struct raw_file *file = data;

	(void)name;
	if (offset < 0)
		file->ended = true;
	else
		file->damaged = true;
}

int raw_file_open(struct raw_file *file, int fd, struct err *err)
{
	char name[64];
	int result;

	*file = (struct raw_file){ .libraw = libraw_init(SILENT) };
	if (!file->libraw)
		return err_set(err, REASON_OUT_OF_MEMORY, "no memory for LibRaw");
	libraw_set_dataerror_handler(file->libraw, note_flaw, file);
	/* the descriptor's own name: it has no folder in which LibRaw could look for more */
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	result = libraw_open_file(file->libraw, name);
	if (result == LIBRAW_FILE_UNSUPPORTED)
		return err_set(
			err, REASON_UNSUPPORTED, "LibRaw %s does not know what it is", libraw_version());
	return result ? raw_file_fail(file, result, err) : 0;
}

void raw_file_close(struct raw_file *file)
{
	if (file->libraw)
		libraw_close(file->libraw);
	file->libraw = NULL;
}

int raw_file_fail(const struct raw_file *file, int result, struct err *err)
{
	const char *words = libraw_strerror(result);

	switch (result) {
	case LIBRAW_UNSUFFICIENT_MEMORY:
	case LIBRAW_MEMPOOL_OVERFLOW:
	case LIBRAW_TOO_BIG:
		return err_set(err, REASON_OUT_OF_MEMORY, "LibRaw: %s", words);
	case LIBRAW_IO_ERROR:
		if (file->ended)
			return err_set(err, REASON_TRUNCATED, "file ends before its sensor's values do");
		return err_set(err, REASON_CORRUPT, "LibRaw cannot make sense of it, or of its end");
	case LIBRAW_FILE_UNSUPPORTED:
		return err_set(err, REASON_UNSUPPORTED, "LibRaw %s cannot develop this camera's files",
			libraw_version());
	default:
		if (result > 0)
			return err_set_errno(err, -result, "cannot be read");
		return err_set(err, REASON_CORRUPT, "LibRaw: %s", words);
	}
}
