#include "job/naming.h"

#include <assert.h>
#include <glib.h>
#include <limits.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/path.h"

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

char *naming_expand(const char *template, const struct token_subject *subject, struct err *err)
{
	g_autoptr(GString) path = g_string_new("");

	if (tokens_expand(template, subject, true, path, err) < 0 || naming_check_path(path->str, err) < 0)
		return NULL;
	return g_strndup(path->str, path->len);
}

/* With a picture that says all, and with one that says nothing. */
int naming_check(const char *template, struct err *err)
{
	static const struct facts telling = { .taken_s = 1,
		.exif = { "m", "m", "l", "a", "1", "1", "1", "1" } };
	struct token_subject example = { "d/s.jpg", "o", FORMAT_JPEG, 1, 1, &telling, 1, 1, NULL };
	g_autofree char *full = naming_expand(template, &example, err), *bare = NULL;

	example.facts = NULL;
	bare = full ? naming_expand(template, &example, err) : NULL;
	return bare ? 0 : -1;
}

int naming_check_sheet(const char *template, struct err *err)
{
	static const struct token_sheet sheet = { "s", "jpg", 1, 0 };
	struct token_subject example = { .input = "", .output = "o", .sheet = &sheet };
	g_autofree char *name = naming_expand(template, &example, err);

	return name ? 0 : -1;
}

/* Names that Windows keeps for devices, with any extension. */
static bool is_device(const char *part, size_t length)
{
	static const char *const devices[] = { "CON", "PRN", "AUX", "NUL", "COM", "LPT" };
	size_t stem = MIN(strcspn(part, ". "), length);

	for (size_t i = 0; i < G_N_ELEMENTS(devices); i++)
		if (stem == (i < 4 ? 3u : 4u) && g_ascii_strncasecmp(part, devices[i], 3) == 0 &&
			(i < 4 || (part[3] >= '1' && part[3] <= '9')))
			return true;
	return false;
}

static void add_part(GString *path, const char *part, size_t length)
{
	if (is_device(part, length))
		g_string_append_c(path, '_');
	for (size_t i = 0; i < length; i++) {
		bool last = i == length - 1 && (part[i] == '.' || part[i] == ' ');

		g_string_append_c(path, last || (unsigned char)part[i] < 0x20 || strchr("<>:\"\\|?*", part[i])
						? '_'
						: part[i]);
	}
}

char *naming_for_windows(const char *path)
{
	g_autofree char *valid = g_utf8_make_valid(path, -1);
	g_autoptr(GString) result = g_string_new("");

	for (const char *part = valid; part; part = strchr(part, '/'), part = part ? part + 1 : NULL) {
		if (part > valid)
			g_string_append_c(result, '/');
		add_part(result, part, strcspn(part, "/"));
	}
	return g_strndup(result->str, result->len);
}

char *naming_insert(const char *path, const char *text)
{
	const char *ext = path_ext(path);
	size_t length = (size_t)(*ext ? ext - 1 - path : (ptrdiff_t)strlen(path));

	return g_strdup_printf("%.*s%s%s", (int)length, path, text, path + length);
}
