/*
 * scratch.h: a folder of a test's own, files in it, and children that do something in it.
 */
#ifndef STAMPMILL_TESTS_SCRATCH_H
#define STAMPMILL_TESTS_SCRATCH_H

#include <fcntl.h>
#include <fts.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct scratch {
	char path[4096];
	int fd;
};

/* A new, empty folder below $TMPDIR or /tmp, open. */
static inline bool scratch_init(struct scratch *scratch)
{
	const char *parent = getenv("TMPDIR");

	snprintf(scratch->path, sizeof(scratch->path), "%s/stampmill-test-XXXXXX", parent ? parent : "/tmp");
	if (!mkdtemp(scratch->path) || chmod(scratch->path, 0777) < 0)
		return false;
	scratch->fd = open(scratch->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return scratch->fd >= 0;
}

/* By fts, which goes into each folder: a test may have made a tree that is deeper than a path may be long. */
static inline void scratch_finish(struct scratch *scratch)
{
	char *const paths[] = { scratch->path, NULL };
	FTS *tree = fts_open(paths, FTS_PHYSICAL, NULL);
	FTSENT *entry;

	close(scratch->fd);
	while (tree && (entry = fts_read(tree)))
		if (entry->fts_info == FTS_DP)
			rmdir(entry->fts_accpath);
		else if (entry->fts_info != FTS_D)
			unlink(entry->fts_accpath);
	if (tree)
		fts_close(tree);
}

/* The absolute path of what is in it, in one of four buffers in turn. */
__attribute__((format(printf, 2, 3))) static inline const char *scratch_path(
	const struct scratch *scratch, const char *format, ...)
{
	static char buffers[4][8192];
	static int next;
	char *buffer = buffers[next++ % 4];
	int length = snprintf(buffer, sizeof(buffers[0]), "%s/", scratch->path);
	va_list args;

	va_start(args, format);
	vsnprintf(buffer + length, sizeof(buffers[0]) - (size_t)length, format, args);
	va_end(args);
	return buffer;
}

/* A file with that text, its missing folders made; false when it cannot be. */
static inline bool scratch_write(const struct scratch *scratch, const char *name, const char *text)
{
	char path[8192];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", scratch->path, name);
	for (char *slash = path + strlen(scratch->path) + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
		*slash = '\0';
		mkdir(path, 0777);
	}
	file = fopen(path, "w");
	if (!file)
		return false;
	fputs(text, file);
	return fclose(file) == 0;
}

/* The whole of a file, cut at 64 KB, in static memory; NULL when it cannot be read. */
static inline const char *scratch_read(const struct scratch *scratch, const char *name)
{
	static char text[65536];
	FILE *file = fopen(scratch_path(scratch, "%s", name), "r");

	if (!file)
		return NULL;
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	return text;
}

/* Run `act` in a child; its exit status, or 1000 + the signal that killed it, or -1. */
static inline int in_child(int (*act)(const void *data), const void *data)
{
	pid_t child;
	int status;

	fflush(NULL);
	child = fork();
	if (child == 0)
		_exit(act(data));
	if (child < 0 || waitpid(child, &status, 0) != child)
		return -1;
	return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
}

#endif
