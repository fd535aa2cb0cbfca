#include "job/naming.h"

#include <assert.h>
#include <glib.h>
#include <limits.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/path.h"
#include "base/text.h"

static void add_dir(GString *path, const struct naming_subject *subject)
{
	autofree char *dir = path_dir(subject->input);

	g_string_append(path, dir ? dir : "");
}

static void add_stem(GString *path, const struct naming_subject *subject)
{
	autofree char *stem = path_stem(subject->input);

	g_string_append(path, stem ? stem : "");
}

static void add_ext(GString *path, const struct naming_subject *subject)
{
	const char *own = path_ext(subject->input);

	g_string_append(
		path, format_has_extension(subject->format, own) ? own : format_extension(subject->format));
}

static void add_output(GString *path, const struct naming_subject *subject)
{
	g_string_append(path, subject->output);
}

static void add_width(GString *path, const struct naming_subject *subject)
{
	g_string_append_printf(path, "%d", subject->width_px);
}

static void add_height(GString *path, const struct naming_subject *subject)
{
	g_string_append_printf(path, "%d", subject->height_px);
}

static const struct token {
	const char *name;
	void (*add)(GString *path, const struct naming_subject *subject);
} tokens[] = {
	{ "dir", add_dir },
	{ "stem", add_stem },
	{ "ext", add_ext },
	{ "output", add_output },
	{ "width", add_width },
	{ "height", add_height },
};

static int refuse_token(const char *name, size_t length, struct err *err)
{
	g_autoptr(GString) known = g_string_new("");
	g_autofree char *copy = g_strndup(name, length);
	char shown[64];

	for (size_t i = 0; i < G_N_ELEMENTS(tokens); i++)
		g_string_append_printf(known, " {%s}", tokens[i].name);
	text_printable(copy, shown, sizeof(shown));
	return err_set(err, REASON_UNSUPPORTED, "{%s} is not known; there are%s", shown, known->str);
}

/* The token at `*text`, which is a brace; `*text` moves behind it. NULL with `err`. */
static const struct token *read_token(const char **text, struct err *err)
{
	const char *name = *text + 1;
	size_t length = strcspn(name, "{}");

	if (**text == '}' || name[length] != '}') {
		err_set(err, REASON_UNSUPPORTED, "a single %c: a brace is written {{ or }}", **text);
		return NULL;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(tokens); i++) {
		if (strlen(tokens[i].name) == length && memcmp(tokens[i].name, name, length) == 0) {
			*text = name + length + 1;
			return &tokens[i];
		}
	}
	refuse_token(name, length, err);
	return NULL;
}

/* Returns 0, or -1 with `err`. */
static int expand(const char *text, const struct naming_subject *subject, GString *path, struct err *err)
{
	while (*text) {
		size_t plain = strcspn(text, "{}"), before;
		const struct token *token;

		g_string_append_len(path, text, (gssize)plain);
		text += plain;
		if (!*text)
			break;
		if (text[0] == text[1]) {
			g_string_append_c(path, *text);
			text += 2;
			continue;
		}
		token = read_token(&text, err);
		if (!token)
			return -1;
		before = path->len;
		token->add(path, subject);
		if (path->len == before && (before == 0 || path->str[before - 1] == '/') && *text == '/')
			text++;
	}
	return 0;
}

int naming_check_path(const char *path, struct err *err)
{
	if (!path_is_beneath(path))
		return err_set(err, REASON_UNSUPPORTED,
			"not a path below OUTPUT: no part may be empty, . or .., and none begins with a "
			"slash");
	for (const char *part = path; part; part = strchr(part, '/'), part = part ? part + 1 : NULL)
		if (strcspn(part, "/") > NAME_MAX)
			return err_set(err, REASON_UNSUPPORTED,
				"a name of %zu bytes, and file systems take %d", strcspn(part, "/"),
				NAME_MAX);
	if (strlen(path) >= PATH_MAX)
		return err_set(err, REASON_UNSUPPORTED, "a path of %zu bytes, and the system takes %d",
			strlen(path), PATH_MAX - 1);
	return 0;
}

char *naming_expand(const char *template, const struct naming_subject *subject, struct err *err)
{
	g_autoptr(GString) path = g_string_new("");

	if (expand(template, subject, path, err) < 0 || naming_check_path(path->str, err) < 0)
		return NULL;
	return g_strndup(path->str, path->len);
}

int naming_check(const char *template, struct err *err)
{
	static const struct naming_subject example = { "d/s.jpg", "o", FORMAT_JPEG, 1, 1 };
	g_autofree char *path = naming_expand(template, &example, err);

	return path ? 0 : -1;
}

char *naming_insert(const char *path, const char *text)
{
	const char *ext = path_ext(path);
	size_t length = (size_t)(*ext ? ext - 1 - path : (ptrdiff_t)strlen(path));

	return g_strdup_printf("%.*s%s%s", (int)length, path, text, path + length);
}
