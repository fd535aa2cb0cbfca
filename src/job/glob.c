#include "job/glob.h"

#include <glib.h>
#include <string.h>

/* One character of a name, which may be any bytes: a byte that is not UTF-8 stands for itself, outside of
 * Unicode. Returns what follows it. */
static const char *next_character(const char *text, gunichar *code)
{
	gunichar read = g_utf8_get_char_validated(text, -1);

	if (read == (gunichar)-1 || read == (gunichar)-2) {
		*code = 0x110000 + (unsigned char)*text;
		return text + 1;
	}
	*code = read;
	return g_utf8_next_char(text);
}

/* One end of a range in a set: a character, or the one after a backslash. NULL at the glob's end. */
static const char *set_character(const char *glob, gunichar *code)
{
	glob += *glob == '\\';
	return *glob ? next_character(glob, code) : NULL;
}

/* Is `code` in the set that begins after '[' at `set`? Returns what follows the set, or NULL when it has no
 * end. A ']' that comes first belongs to the set. */
static const char *match_set(const char *set, gunichar code, bool *matched)
{
	bool inverted = *set == '!' || *set == '^', inside = false;
	const char *first = set + inverted;

	set = first;
	while (*set != ']' || set == first) {
		gunichar low, high;

		set = set_character(set, &low);
		if (!set)
			return NULL;
		high = low;
		if (set[0] == '-' && set[1] && set[1] != ']')
			set = set_character(set + 1, &high);
		if (!set)
			return NULL;
		inside |= code >= low && code <= high;
	}
	*matched = inside != inverted;
	return set + 1;
}

/* One item of the glob (no star) against one character of the path. Both move on when they match. */
static bool match_one(const char **glob, const char **path)
{
	const char *item = *glob, *after, *after_set;
	gunichar code, wanted;
	bool matched;

	if (!**path)
		return false;
	after = next_character(*path, &code);
	if (*item == '?') {
		matched = code != '/';
		item++;
	} else if (*item == '[' && (after_set = match_set(item + 1, code, &matched))) {
		matched &= code != '/';
		item = after_set;
	} else {
		item += *item == '\\' && item[1];
		item = next_character(item, &wanted);
		matched = code == wanted;
	}
	if (!matched)
		return false;
	*glob = item;
	*path = after;
	return true;
}

/* Where to go on when the glob fails after a star: the star takes some more of the path. */
struct retry {
	const char *glob,
		*path; /* after the star; up to where it has taken. glob is NULL where there is none */
	bool parts;    /* it takes whole folders, each with its slash */
};

static bool retry_more(struct retry *retry, bool over_slashes)
{
	gunichar code;

	if (!retry->glob || !*retry->path || (!over_slashes && *retry->path == '/'))
		return false;
	if (!retry->parts) {
		retry->path = next_character(retry->path, &code);
		return true;
	}
	retry->path += strcspn(retry->path, "/");
	if (!*retry->path)
		return false;
	retry->path++;
	return true;
}

/* Takes the stars that `*glob` begins with and notes how to go on after them. */
static void take_stars(
	const char *whole, const char **glob, const char *path, struct retry *star, struct retry *deep)
{
	size_t stars = strspn(*glob, "*");
	bool starts_part = *glob == whole || (*glob)[-1] == '/';

	*glob += stars;
	*star = (struct retry){ NULL };
	if (stars == 1) {
		*star = (struct retry){ *glob, path, false };
		return;
	}
	*deep = (struct retry){ *glob, path, starts_part && **glob == '/' };
	deep->glob += deep->parts;
	*glob = deep->glob;
}

/* Only the last star of each kind is ever retried: whatever an earlier one could take in addition, the later
 * one can take as well. So the time is bounded by the lengths, however many stars there are. */
bool glob_match(const char *glob, const char *path, enum glob_end end)
{
	const char *whole = glob;
	struct retry star = { NULL }, deep = { NULL };

	for (;;) {
		if (*glob == '*') {
			take_stars(whole, &glob, path, &star, &deep);
			continue;
		}
		if (!*glob && (*path == '/' || (!*path && end == GLOB_WHOLE)))
			return true;
		if (*glob && match_one(&glob, &path))
			continue;
		if (retry_more(&star, false)) {
			glob = star.glob;
			path = star.path;
		} else if (retry_more(&deep, true)) {
			star = (struct retry){ NULL };
			glob = deep.glob;
			path = deep.path;
		} else {
			return false;
		}
	}
}
