#include "job/names.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"

/* No list of names is longer; and what GByteArray can count ends not far above. */
#define LIST_MAX_BYTES (1u << 30)

/* Returns 0 or a negative errno. */
static int read_all(int fd, GByteArray *into)
{
	unsigned char buffer[65536];

	for (;;) {
		ssize_t got = read(fd, buffer, sizeof(buffer));

		if (got == 0)
			return 0;
		if (got < 0 && errno != EINTR)
			return -errno;
		if (got > 0)
			g_byte_array_append(into, buffer, (guint)got);
		if (into->len > LIST_MAX_BYTES)
			return -EFBIG;
	}
}

static int read_file(const char *file, GByteArray *into)
{
	autoclose int opened = -1;

	if (strcmp(file, "-") == 0)
		return read_all(STDIN_FILENO, into);
	opened = open(file, O_RDONLY | O_CLOEXEC);
	return opened < 0 ? -errno : read_all(opened, into);
}

/* Cuts `data`, which ends in a NUL after `size` bytes, into names. */
static void cut(struct names *names, size_t size, char separator)
{
	GPtrArray *found = g_ptr_array_new();
	char *next = names->data, *end = names->data + size;

	while (next < end) {
		char *stop = memchr(next, separator, (size_t)(end - next));

		if (!stop)
			stop = end;
		*stop = '\0';
		if (separator == '\n' && stop > next && stop[-1] == '\r')
			stop[-1] = '\0';
		if (*next)
			g_ptr_array_add(found, next);
		next = stop + 1;
	}
	names->count = found->len;
	names->names = (char **)g_ptr_array_free(found, FALSE);
}

int names_read(struct names *names, const char *file, bool null_separated, struct err *err)
{
	GByteArray *bytes = g_byte_array_new();
	int error = read_file(file, bytes);
	size_t size = bytes->len;
	char shown[256];

	g_byte_array_append(bytes, (const guint8 *)"", 1);
	*names = (struct names){ .data = (char *)g_byte_array_free(bytes, FALSE) };
	text_printable(strcmp(file, "-") == 0 ? "standard input" : file, shown, sizeof(shown));
	if (error < 0)
		return err_set_errno(err, error, "%s: cannot read the names of --files-from", shown);
	if (!null_separated && memchr(names->data, '\0', size))
		return err_set(err, REASON_INTERNAL,
			"%s: has NUL bytes among the names of --files-from; -0 reads names that end in NUL",
			shown);
	cut(names, size, null_separated ? '\0' : '\n');
	return 0;
}

void names_finish(struct names *names)
{
	g_free(names->names);
	g_free(names->data);
	*names = (struct names){ NULL };
}

static void append_part(GString *path, const char *part, size_t length)
{
	if (path->len > 0 && path->str[path->len - 1] != '/')
		g_string_append_c(path, '/');
	g_string_append_len(path, part, (gssize)length);
}

char *names_split(const char *name, char **base)
{
	GString *outside = g_string_new(*name == '/' ? "/" : ""), *path = g_string_new("");
	bool sound = true;

	while (*name) {
		size_t length = strcspn(name, "/");
		bool up = length == 2 && memcmp(name, "..", 2) == 0;

		if (up && path->len == 0 && outside->str[0] != '/')
			append_part(outside, name, length);
		else if (up)
			sound = false;
		else if (length > 0 && !(length == 1 && *name == '.'))
			append_part(path, name, length);
		name += length + (name[length] == '/');
	}
	*base = g_string_free(outside, FALSE);
	return g_string_free(path, !sound);
}
