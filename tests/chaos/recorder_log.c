#include "recorder_log.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

struct log {
	uint64_t used, space;
	pthread_mutex_t lock;
	unsigned char bytes[] __attribute__((aligned(64)));
};

static struct log *record_log;
static char root[PATH_MAX];
bool log_without_tmpfile, log_without_tmpfile_names;
long log_flush_ms;
long (*log_call)(long number, ...);

static void map_log(const char *path)
{
	int fd = (int)log_call(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);
	pthread_mutexattr_t attributes;
	struct stat status;

	if (fd < 0 || fstat(fd, &status) < 0)
		abort();
	record_log = mmap(NULL, (size_t)status.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (record_log == MAP_FAILED)
		abort();
	record_log->space = (uint64_t)status.st_size - sizeof(*record_log);
	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(&record_log->lock, &attributes);
}

void log_begin(void)
{
	if (!log_call)
		*(void **)&log_call = dlsym(RTLD_NEXT, "syscall");
}

bool log_is_on(void)
{
	return record_log;
}

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("RECORDER_LOG"), *folder = getenv("RECORDER_ROOT");
	const char *without = getenv("RECORDER_WITHOUT");

	log_begin();
	if (!path || !folder)
		return;
	snprintf(root, sizeof(root), "%s", folder);
	log_flush_ms = getenv("RECORDER_FLUSH_MS") ? atol(getenv("RECORDER_FLUSH_MS")) : 0;
	log_without_tmpfile = without && strcmp(without, "tmpfile") == 0;
	log_without_tmpfile_names = without && strcmp(without, "tmpfile-names") == 0;
	map_log(path);
}

void log_lock(void)
{
	if (record_log && pthread_mutex_lock(&record_log->lock) == EOWNERDEAD)
		pthread_mutex_consistent(&record_log->lock);
}

void log_unlock(void)
{
	int saved = errno;

	if (record_log)
		pthread_mutex_unlock(&record_log->lock);
	errno = saved;
}

static void append(const void *bytes, size_t size)
{
	if (size > record_log->space - record_log->used)
		abort();
	memcpy(record_log->bytes + record_log->used, bytes, size);
	record_log->used += size;
}

void log_put(struct record record, const char *name, const char *other_name, const void *data)
{
	int saved = errno;

	record.pid = (uint32_t)getpid();
	record.name_bytes = (uint32_t)strlen(name);
	record.other_name_bytes = (uint32_t)strlen(other_name);
	append(&record, sizeof(record));
	append(name, record.name_bytes);
	append(other_name, record.other_name_bytes);
	append(data, record.data_bytes);
	errno = saved;
}

static bool is_below_root(const char *path)
{
	size_t length = strlen(root);

	return record_log && strncmp(path, root, length) == 0 &&
	       (path[length] == '/' || path[length] == '\0');
}

/* What is open there; "" for what has no path. */
static void path_of_fd(int fd, char path[PATH_MAX])
{
	char entry[32];
	ssize_t length;

	snprintf(entry, sizeof(entry), "/proc/self/fd/%d", fd);
	length = log_call(SYS_readlinkat, AT_FDCWD, entry, path, (size_t)PATH_MAX - 1);
	path[length > 0 && *path == '/' ? length : 0] = '\0';
}

bool log_find(int folder_fd, const char *name, char path[PATH_MAX])
{
	size_t length = 0;

	*path = '\0';
	if (*name != '/') {
		if (folder_fd != AT_FDCWD)
			path_of_fd(folder_fd, path);
		else if (!getcwd(path, PATH_MAX))
			*path = '\0';
		length = strlen(path);
	}
	snprintf(path + length, PATH_MAX - length, "%s%s", length ? "/" : "", name);
	return is_below_root(path);
}

bool log_find_fd(int fd, char path[PATH_MAX], struct stat *status)
{
	int saved = errno;
	bool found = record_log && fstat(fd, status) == 0 &&
		     (S_ISREG(status->st_mode) || S_ISDIR(status->st_mode));

	if (found)
		path_of_fd(fd, path);
	errno = saved;
	return found && is_below_root(path);
}

static int64_t mtime_ns(const struct stat *status)
{
	return (int64_t)status->st_mtim.tv_sec * 1000000000 + status->st_mtim.tv_nsec;
}

void log_put_file(enum kind kind, const struct stat *status, const char *path, int64_t offset)
{
	log_put((struct record){ .kind = kind,
			.inode = status->st_ino,
			.offset = offset,
			.mtime_ns = mtime_ns(status) },
		path, "", "");
}
