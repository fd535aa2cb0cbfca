/*
 * recorder_log.h: the record itself, in memory that all processes of a run share.
 *
 * Calling order, for a change: log_lock(), the system call by log_call(), log_put() when it succeeded,
 * log_unlock(); errno is kept throughout. What does not lie below RECORDER_ROOT is not to be recorded:
 * log_find() and log_find_fd() tell. Without RECORDER_LOG they find nothing, and nothing is locked.
 */
#ifndef STAMPMILL_TESTS_RECORDER_LOG_H
#define STAMPMILL_TESTS_RECORDER_LOG_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

/* disk.py knows them by these letters. */
enum kind {
	CREATE = 'c',   /* a file, with a name */
	NAMELESS = 'n', /* a file, without one */
	WRITE = 'w',
	RESIZE = 't',
	SYNC = 's',
	SYNC_FOLDER = 'S',
	SYNC_ALL = 'A',
	RENAME = 'r',
	LINK = 'l',
	UNLINK = 'u',
	MAKE_FOLDER = 'm',
	REMOVE_FOLDER = 'd',
	NOT_COVERED = '?'
};

/* What a record begins with; two names and the data follow. */
struct record {
	uint32_t kind, pid;
	uint64_t inode;
	int64_t offset, mtime_ns;
	uint32_t name_bytes, other_name_bytes;
	uint64_t data_bytes;
};

/* What RECORDER_WITHOUT and RECORDER_FLUSH_MS say. */
extern bool log_without_tmpfile, log_without_tmpfile_names;
extern long log_flush_ms;

/* The C library's syscall(), which recorder.c stands in for. */
extern long (*log_call)(long number, ...);

/* To be called before log_call, by whoever may come before the constructor. */
void log_begin(void);

bool log_is_on(void);
void log_lock(void);
void log_unlock(void);

/* The name of no use is "". */
void log_put(struct record record, const char *name, const char *other_name, const void *data);

/* With the inode and time of change of `status`. */
void log_put_file(enum kind kind, const struct stat *status, const char *path, int64_t offset);

/* True when the name lies below the root; it is made absolute. */
bool log_find(int folder_fd, const char *name, char path[PATH_MAX]);

/* True for a file or folder below the root: its path and status. */
bool log_find_fd(int fd, char path[PATH_MAX], struct stat *status);

#endif
