#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

static const char *const reason_names[REASON_COUNT] = {
	[REASON_NOT_A_PICTURE] = "not-a-picture",
	[REASON_CAMERA_RAW] = "camera-raw",
	[REASON_UNSUPPORTED] = "unsupported",
	[REASON_TRUNCATED] = "truncated",
	[REASON_CORRUPT] = "corrupt",
	[REASON_TOO_MANY_PIXELS] = "too-many-pixels",
	[REASON_TOO_LARGE] = "too-large",
	[REASON_OUT_OF_MEMORY] = "out-of-memory",
	[REASON_TIMEOUT] = "timeout",
	[REASON_CRASHED] = "crashed",
	[REASON_PERMISSION] = "permission",
	[REASON_VANISHED] = "vanished",
	[REASON_DISK_FULL] = "disk-full",
	[REASON_WATERMARK] = "watermark",
	[REASON_INTERRUPTED] = "interrupted",
	[REASON_INTERNAL] = "internal",
};

const char *reason_name(enum reason reason)
{
	return (unsigned)reason < REASON_COUNT ? reason_names[reason] : NULL;
}

/* Text that was cut to a length may end in the middle of a character: drop what is left of it. */
static void drop_cut_character(char *text)
{
	size_t length = strlen(text);

	for (size_t cut = 1; cut <= 3 && cut <= length && !text_is_utf8(text); cut++)
		text[length - cut] = '\0';
}

static void make_clean(char *text)
{
	bool utf8 = text_is_utf8(text);

	for (char *c = text; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f || (!utf8 && (unsigned char)*c >= 0x80))
			*c = '?';
}

static enum reason reason_of_errno(int error)
{
	switch (error) {
	case -ENOSPC:
	case -EDQUOT:
		return REASON_DISK_FULL;
	case -EACCES:
	case -EPERM:
	case -EROFS:
		return REASON_PERMISSION;
	case -ENOENT:
	case -ENOTDIR:
	case -ESTALE:
		return REASON_VANISHED;
	case -ENOMEM:
		return REASON_OUT_OF_MEMORY;
	default:
		return REASON_INTERNAL;
	}
}

int err_set(struct err *err, enum reason reason, const char *format, ...)
{
	va_list args;

	if (!err)
		return -1;
	err->reason = reason;
	va_start(args, format);
	if (vsnprintf(err->text, sizeof(err->text), format, args) >= ERR_TEXT_SIZE)
		drop_cut_character(err->text);
	va_end(args);
	make_clean(err->text);
	return -1;
}

int err_set_errno(struct err *err, int error, const char *format, ...)
{
	char what[400]; /* leaves room for the system's words */
	va_list args;

	va_start(args, format);
	if (vsnprintf(what, sizeof(what), format, args) >= (int)sizeof(what))
		drop_cut_character(what);
	va_end(args);
	return err_set(err, reason_of_errno(error), "%s: %s", what, strerror(-error));
}
