#include "cli/recipe_text.h"

#include <glib.h>
#include <string.h>

#include "base/text.h"

struct cutter {
	const char *file;
	int number; /* of the line in hand */
	GArray *lines;
	struct err *err;
};

static int refuse(const struct cutter *cutter, const char *line, const char *what)
{
	char file[160], shown[80];

	text_printable(cutter->file, file, sizeof(file));
	text_printable(line, shown, sizeof(shown));
	return err_set(cutter->err, REASON_UNSUPPORTED, "%s:%d: '%s': %s", file, cutter->number, shown, what);
}

static int add_section(struct cutter *cutter, char *line)
{
	struct recipe_line added = { .number = cutter->number, .section = line + 1 };
	char *end = line + strlen(line) - 1;

	if (*end != ']' || strpbrk(line + 1, "[]") != end)
		return refuse(cutter, line, "a section is written [input], [run] or [output NAME]");
	*end = '\0';
	g_strstrip(line + 1);
	g_array_append_val(cutter->lines, added);
	return 0;
}

static int add_key(struct cutter *cutter, char *line)
{
	struct recipe_line added = { .number = cutter->number, .key = line };
	char *equals = strchr(line, '=');

	if (!equals || equals == line)
		return refuse(cutter, line, "expected KEY = VALUE or [SECTION]; a comment begins with #");
	*equals = '\0';
	g_strchomp(line);
	added.value = g_strstrip(equals + 1);
	g_array_append_val(cutter->lines, added);
	return 0;
}

static int add_line(struct cutter *cutter, char *line, size_t length)
{
	if (length > RECIPE_LINE_BYTES_MAX) {
		line[RECIPE_LINE_BYTES_MAX] = '\0';
		return refuse(cutter, line, "the line is longer than a recipe's may be");
	}
	if (strlen(line) != length || !text_is_utf8(line))
		return refuse(cutter, line, "the line is not text in UTF-8");
	g_strstrip(line);
	if (!*line || *line == '#')
		return 0;
	return *line == '[' ? add_section(cutter, line) : add_key(cutter, line);
}

static int cut(struct cutter *cutter, char *text, size_t size)
{
	char *end = text + size;

	if (g_str_has_prefix(text, "\xef\xbb\xbf"))
		text += 3;
	while (text < end) {
		char *stop = memchr(text, '\n', (size_t)(end - text));

		if (!stop)
			stop = end;
		*stop = '\0';
		cutter->number++;
		if (add_line(cutter, text, (size_t)(stop - text)) < 0)
			return -1;
		text = stop + 1;
	}
	return 0;
}

struct recipe_line *recipe_text_cut(char *text, size_t size, const char *file, size_t *count, struct err *err)
{
	struct cutter cutter = {
		.file = file, .lines = g_array_new(FALSE, FALSE, sizeof(struct recipe_line)), .err = err
	};
	int result = cut(&cutter, text, size);

	*count = cutter.lines->len;
	if (result < 0) {
		g_array_free(cutter.lines, TRUE);
		return NULL;
	}
	/* never NULL, though there be no lines */
	g_array_set_size(cutter.lines, cutter.lines->len + 1);
	return (struct recipe_line *)g_array_free(cutter.lines, FALSE);
}
