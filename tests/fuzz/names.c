/* Lists of names (--files-from), and names for people. */
#include "fuzz.h"

#include <glib.h>

#include "base/path.h"
#include "base/text.h"
#include "job/names.h"

static void check_printable(const char *name, size_t size)
{
	autofree char *shown = malloc(size);

	REQUIRE(shown);
	REQUIRE(text_printable(name, shown, size) == shown);
	REQUIRE(strlen(shown) < size && text_is_utf8(shown));
	for (const char *at = shown; *at; at++)
		REQUIRE((unsigned char)*at >= 0x20 && *at != 0x7f);
}

static void check_name(const char *name)
{
	g_autofree char *base = NULL, *path = names_split(name, &base);

	REQUIRE(base);
	if (path && *path)
		REQUIRE(path_is_beneath(path));
	check_printable(name, 1);
	check_printable(name, 7);
	check_printable(name, 4096);
	text_distance(name, "watermark-position");
}

static void fuzz_one(const unsigned char *data, size_t size)
{
	bool null_separated = fuzz_choice(&data, &size) % 2;
	autoclose int fd = fuzz_file(data, size);
	struct names names;
	struct err err;
	char file[32];

	snprintf(file, sizeof(file), "/proc/self/fd/%d", fd);
	if (names_read(&names, file, null_separated, &err) == 0) {
		for (size_t i = 0; i < names.count; i++)
			check_name(names.names[i]);
	}
	names_finish(&names);
}
