/* Globs of --include and --exclude against a path. */
#include "fuzz.h"

#include "base/path.h"
#include "job/filter.h"
#include "job/glob.h"

/* What a filter takes must lie in folders that it enters. */
static void check_folders(const struct filter *filter, const char *path)
{
	autofree char *folder = path_dir(path);

	if (!filter_takes(filter, path))
		return;
	while (folder && *folder) {
		char *above = path_dir(folder);

		REQUIRE(filter_enters(filter, folder));
		free(folder);
		folder = above;
	}
}

/* The path, a NUL, and globs with NULs between them. */
static void fuzz_one(const unsigned char *data, size_t size)
{
	autofree char *path = fuzz_text(data, size);
	struct filter_rule rules[8] = { { .include = false } };
	size_t at = strlen(path) + 1, count = 0;
	struct filter *filter;

	for (; at < size && count < 8; at += strlen(rules[count++].glob) + 1) {
		rules[count] =
			(struct filter_rule){ .include = at % 2, .glob = fuzz_text(data + at, size - at) };
		/* whatever matches a folder on the way stands for all that lies below it */
		if (glob_match(rules[count].glob, path, GLOB_FOLDERS))
			REQUIRE(glob_match(rules[count].glob, path, GLOB_WHOLE));
	}
	filter = filter_new(rules, count);
	if (path_is_beneath(path))
		check_folders(filter, path);
	filter_free(filter);
	while (count > 0)
		free(rules[--count].glob);
}
