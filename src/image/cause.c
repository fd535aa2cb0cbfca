#include "image/cause.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define LINES_MAX 16

/* The first row that is found in any line decides, so the order is that of weight: what the machine lacks
 * before what the file lacks, and exceptions before the rule. Matched without regard to case. */
static const struct {
	const char *words;
	enum reason reason;
} word_table[] = {
	{ "security limit", REASON_UNSUPPORTED },
	{ "maximum supported image dimension", REASON_UNSUPPORTED },
	{ "(0 elements of", REASON_CORRUPT }, /* libtiff, out of memory for nothing */
	{ "exceeds limit", REASON_UNSUPPORTED },
	{ "out of memory", REASON_OUT_OF_MEMORY },
	{ "insufficient memory", REASON_OUT_OF_MEMORY },
	{ "not enough memory", REASON_OUT_OF_MEMORY },
	{ "allocate memory", REASON_OUT_OF_MEMORY },
	{ "memory allocation", REASON_OUT_OF_MEMORY },
	{ "unable to allocate", REASON_OUT_OF_MEMORY },
	{ "failed to allocate", REASON_OUT_OF_MEMORY },
	{ "resources exhausted", REASON_OUT_OF_MEMORY },
	{ "unsupported marker type", REASON_CORRUPT },
	{ "unsupported", REASON_UNSUPPORTED },
	{ "not supported", REASON_UNSUPPORTED },
	{ "unimplemented", REASON_UNSUPPORTED },
	{ "not implemented", REASON_UNSUPPORTED },
	{ "not configured", REASON_UNSUPPORTED },
	{ "omitted at compile time", REASON_UNSUPPORTED },
	{ "legal restrictions", REASON_UNSUPPORTED },
	{ "not a whole number of bytes", REASON_UNSUPPORTED },
	{ "no decode delegate", REASON_UNSUPPORTED },
	{ "not allowed by the security policy", REASON_UNSUPPORTED },
	{ "no loader", REASON_UNSUPPORTED },
	{ "no decoding plugin", REASON_UNSUPPORTED },
	{ "known file format", REASON_UNSUPPORTED },
	{ "known format", REASON_UNSUPPORTED },
	{ "operation is blocked", REASON_UNSUPPORTED },
	{ "premature end of data segment", REASON_CORRUPT },
	{ "bad seek to -", REASON_CORRUPT },
	{ "premature end", REASON_TRUNCATED },
	{ "unexpected end", REASON_TRUNCATED },
	{ "end of file", REASON_TRUNCATED },
	{ "end of data", REASON_TRUNCATED },
	{ "end of stream", REASON_TRUNCATED },
	{ "truncated", REASON_TRUNCATED },
	{ "not enough data", REASON_TRUNCATED },
	{ "not enough image data", REASON_TRUNCATED },
	{ "insufficient data", REASON_TRUNCATED },
	{ "bytes, expected", REASON_TRUNCATED },
	{ "too short", REASON_TRUNCATED },
	{ "missing sos marker", REASON_TRUNCATED },
	{ "contains no image", REASON_TRUNCATED },
	{ "bad seek to", REASON_TRUNCATED },
	{ "read error at", REASON_TRUNCATED },
	{ "read error on", REASON_TRUNCATED },
	{ "seek error", REASON_TRUNCATED },
};

/* The words for these are the C library's, so that they are found in any language. */
static const struct {
	int error;
	enum reason reason;
} errno_table[] = {
	{ ENOSPC, REASON_DISK_FULL },
	{ EDQUOT, REASON_DISK_FULL },
	{ ENOMEM, REASON_OUT_OF_MEMORY },
	{ EACCES, REASON_PERMISSION },
	{ EROFS, REASON_PERMISSION },
	{ EIO, REASON_INTERNAL },
};

/* What explains no failure, worth repeating only where there is nothing else: any line with these words, */
static const char *const noise[] = { "read gave", "unable to open source", "unable to read buffer",
	"TIFF_SETGET_UNDEFINED", "Unknown field with tag", "ignoring nclx profile", "unknown JFIF revision",
	"tag ignored", "error in tile" };
/* and lines that are nothing but these. */
static const char *const noise_lines[] = { "read error", "libpng read error", "libspng read error" };

struct lines {
	char text[LINES_MAX][160];
	size_t count;
};

static bool starts(const char *text, size_t length, const char *with)
{
	return length >= strlen(with) && memcmp(text, with, strlen(with)) == 0;
}

static bool ends(const char *text, size_t length, const char *with)
{
	return length >= strlen(with) && memcmp(text + length - strlen(with), with, strlen(with)) == 0;
}

/* Whether the part before a colon is a name from inside a library, which tells nobody anything. */
static bool is_inner_name(const char *name, size_t length)
{
	static const char *const names[] = { "source", "source input", "target", "unix error", "system error",
		"glib", "heif", "webp", "JPEGLib", "unlabelled", "MissingRequired", "libMagick error" };
	static const char *const beginnings[] = { "Vips", "vips", "TIFF", "_TIFF" };
	static const char *const endings[] = { "load", "save", "_base", "_source", "_buffer", "_target",
		"2vips", "Decode", "Encode", "Setup" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (length == strlen(names[i]) && starts(name, length, names[i]))
			return true;
	if (memchr(name, ' ', length))
		return false;
	for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++)
		if (starts(name, length, beginnings[i]))
			return true;
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (ends(name, length, endings[i]))
			return true;
	return false;
}

static bool same_but_for_numbers(const char *one, const char *other)
{
	for (;;) {
		one += strspn(one, "0123456789");
		other += strspn(other, "0123456789");
		if (*one != *other)
			return false;
		if (!*one)
			return true;
		one++;
		other++;
	}
}

/* A library may quote the file, or say more than one line. */
static void blank_controls(char *line)
{
	for (; *line; line++)
		if (iscntrl((unsigned char)*line))
			*line = ' ';
}

/* ImageMagick adds a file's name and a place in its source: "improper image header `x.bmp' @ error/bmp.c/..."
 */
static size_t without_place(const char *text, size_t length)
{
	const char *place = memmem(text, length, " @ error/", 9);
	const char *name = memmem(text, length, " `", 2);

	return !place ? length : name && name < place ? (size_t)(name - text) : (size_t)(place - text);
}

static void add_line(struct lines *lines, const char *text, size_t length)
{
	const char *colon;
	char *line;

	while (length && isspace((unsigned char)*text)) {
		text++;
		length--;
	}
	while ((colon = memmem(text, length, ": ", 2)) && is_inner_name(text, (size_t)(colon - text))) {
		length -= (size_t)(colon + 2 - text);
		text = colon + 2;
	}
	length = without_place(text, length);
	while (length && (isspace((unsigned char)text[length - 1]) || strchr(".!:", text[length - 1])))
		length--;
	if (!length || lines->count == LINES_MAX)
		return;
	line = lines->text[lines->count];
	snprintf(line, sizeof(lines->text[0]), "%.*s", (int)(length > 4096 ? 4096 : length), text);
	blank_controls(line);
	/* "Premature end of JPEG file", but "IHDR: CRC error" */
	if (isupper((unsigned char)line[0]) && islower((unsigned char)line[1]))
		line[0] = (char)tolower((unsigned char)line[0]);
	for (size_t i = 0; i < lines->count; i++)
		if (same_but_for_numbers(lines->text[i], line))
			return;
	lines->count++;
}

static void split(struct lines *lines, const char *text, const char *separator)
{
	while (*text) {
		const char *end = strstr(text, separator);
		size_t length = end ? (size_t)(end - text) : strlen(text);

		add_line(lines, text, length);
		text += length;
		text += end ? strlen(separator) : 0;
	}
}

/* libheif finds the end of a file by seeking past it, which libvips calls a bad seek. */
static bool is_noise(const char *line, bool from_heif)
{
	for (size_t i = 0; i < sizeof(noise) / sizeof(noise[0]); i++)
		if (strcasestr(line, noise[i]))
			return true;
	for (size_t i = 0; i < sizeof(noise_lines) / sizeof(noise_lines[0]); i++)
		if (strcmp(line, noise_lines[i]) == 0)
			return true;
	return from_heif && starts(line, strlen(line), "bad seek to");
}

/* Drops noise unless there is nothing else. Returns whether there is. */
static bool drop_noise(struct lines *lines, bool from_heif)
{
	struct lines kept = { .count = 0 };

	for (size_t i = 0; i < lines->count; i++)
		if (!is_noise(lines->text[i], from_heif))
			memcpy(kept.text[kept.count++], lines->text[i], sizeof(kept.text[0]));
	if (kept.count)
		*lines = kept;
	return kept.count > 0;
}

static bool find_words(const struct lines *lines, const char *words, size_t *found)
{
	for (size_t i = 0; i < lines->count; i++)
		if (strcasestr(lines->text[i], words)) {
			*found = i;
			return true;
		}
	return false;
}

static enum reason classify(const struct lines *lines, size_t *lead)
{
	for (size_t i = 0; i < sizeof(errno_table) / sizeof(errno_table[0]); i++)
		if (find_words(lines, strerror(errno_table[i].error), lead))
			return errno_table[i].reason;
	for (size_t i = 0; i < sizeof(word_table) / sizeof(word_table[0]); i++)
		if (find_words(lines, word_table[i].words, lead))
			return word_table[i].reason;
	return REASON_NONE;
}

static void append(struct cause *cause, const char *text)
{
	size_t length = strlen(cause->text);

	snprintf(cause->text + length, sizeof(cause->text) - length, "%s%s", length ? "; " : "", text);
}

void cause_find(struct cause *cause, const char *said, const char *logged, enum reason otherwise)
{
	struct lines lines = { .count = 0 };
	bool from_heif = strstr(said, "heif: ") != NULL;
	bool told;
	size_t said_count, lead = 0;

	split(&lines, said, "\n");
	told = drop_noise(&lines, from_heif);
	said_count = lines.count;
	cause->reason = classify(&lines, &lead);
	if (cause->reason == REASON_NONE) {
		split(&lines, logged, "; ");
		drop_noise(&lines, from_heif);
		cause->reason = classify(&lines, &lead);
		/* a warning that explains nothing is only worth repeating where there is nothing else */
		if (cause->reason == REASON_NONE && told)
			lines.count = said_count;
	}
	if (cause->reason == REASON_NONE)
		cause->reason = otherwise;
	cause->text[0] = '\0';
	if (lines.count)
		append(cause, lines.text[lead]);
	for (size_t i = 0; i < lines.count && strlen(cause->text) < sizeof(cause->text) / 2; i++)
		if (i != lead)
			append(cause, lines.text[i]);
	if (!cause->text[0])
		append(cause, "the library that reads this format gives no cause");
}
