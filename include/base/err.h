/*
 * err.h: what went wrong, in a form that can cross a process boundary.
 *
 * Layers above `base`, `sys` and `mp` report a failure as a struct err: a reason code that scripts rely on
 * and a sentence for people. It holds no pointers, so a worker can send it to the supervisor as bytes. The
 * layers below return 0 or a negative errno; err_set_errno() is the bridge.
 *
 * A function that takes a struct err fills it exactly when it fails. The caller owns the struct.
 */
#ifndef STAMPMILL_BASE_ERR_H
#define STAMPMILL_BASE_ERR_H

/* Why a picture was not made. The names (reason_name) are a contract with users' scripts. */
enum reason {
	REASON_NONE,
	REASON_NOT_A_PICTURE, /* the first bytes are no picture format of ours */
	REASON_CAMERA_RAW,    /* a camera's raw file that cannot be read, or one of a pair that is left out */
	REASON_UNSUPPORTED,   /* a picture, but of a kind that this build cannot read or may not (untrusted
				 loader) */
	REASON_TRUNCATED,     /* the file ends before the picture does */
	REASON_CORRUPT,       /* the decoder refused the data */
	REASON_TOO_MANY_PIXELS,
	REASON_TOO_LARGE, /* no quality gives a file within --max-bytes */
	REASON_OUT_OF_MEMORY,
	REASON_TIMEOUT,
	REASON_CRASHED, /* the worker died of a signal that was not ours */
	REASON_PERMISSION,
	REASON_VANISHED, /* the input was there when the folder was listed, and is not now */
	REASON_DISK_FULL,
	REASON_WATERMARK, /* the mark could not be drawn */
	REASON_INTERRUPTED,
	REASON_INTERNAL, /* a mistake of ours, or of a library, that has no name yet */
	REASON_COUNT
};

#define ERR_TEXT_SIZE 480

struct err {
	enum reason reason;
	char text[ERR_TEXT_SIZE]; /* a whole sentence, lower case, no full stop; NUL-terminated valid UTF-8 */
};

/* "truncated", "not-a-picture", ...; NULL for REASON_NONE and for values out of range. */
const char *reason_name(enum reason reason);

/* Fill `err` (which may be NULL). Always returns -1, so that a caller can `return err_set(...)`.
 * Bytes that are not UTF-8 and control characters are replaced by '?'. */
__attribute__((format(printf, 3, 4))) int err_set(
	struct err *err, enum reason reason, const char *format, ...);

/* The same for a negative errno of the layers below: picks the reason (-ENOSPC and -EDQUOT: disk-full,
 * -EACCES and -EPERM: permission, -ENOENT: vanished, -ENOMEM: out-of-memory, otherwise internal) and appends
 * ": " and the system's words for it. */
__attribute__((format(printf, 3, 4))) int err_set_errno(struct err *err, int error, const char *format, ...);

#endif
