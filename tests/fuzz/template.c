/* --name templates: what a sound one makes of any path below INPUT is a path below OUTPUT. */
#include "fuzz.h"

#include <glib.h>

#include "base/path.h"
#include "job/naming.h"

/* The same of a contact sheet. */
static void fuzz_sheet(const char *template)
{
	const struct token_sheet sheet = { "proof", "pdf", 12, 0 };
	const struct token_subject subject = { .input = "", .output = "web", .sheet = &sheet };
	g_autofree char *path = NULL;
	struct err err;

	if (naming_check_sheet(template, &err) < 0)
		return;
	path = naming_expand(template, &subject, &err);
	REQUIRE(!path || path_is_beneath(path));
}

/* The template, a NUL and the input's path. */
static void fuzz_one(const unsigned char *data, size_t size)
{
	autofree char *template = fuzz_text(data, size);
	size_t length = strlen(template) + 1;
	autofree char *input = length < size ? fuzz_text(data + length, size - length) : strdup("a/b.jpg");
	static const struct facts facts = { .taken_s = 1707660138,
		.exif = { .model = "../D1", .lens = "a/b" } };
	struct token_subject subject = {
		.input = input, .output = "web", .width_px = 2048, .height_px = 1365, .facts = &facts
	};
	struct err err;

	fuzz_sheet(template);
	if (naming_check(template, &err) < 0 || !path_is_beneath(input))
		return;
	for (enum format format = FORMAT_JPEG; format <= FORMAT_AVIF; format++) {
		g_autofree char *path = NULL, *numbered = NULL, *windows = NULL;

		subject.format = format;
		path = naming_expand(template, &subject, &err);
		if (!path)
			continue;
		REQUIRE(path_is_beneath(path));
		numbered = naming_insert(path, "-2");
		windows = naming_for_windows(path);
		REQUIRE(path_is_beneath(windows) && !strpbrk(windows, "<>:\"\\|?*"));
		REQUIRE(path_is_beneath(numbered) && strlen(numbered) == strlen(path) + 2);
	}
}
