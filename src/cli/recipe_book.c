#include "cli/recipe_book.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/path.h"
#include "base/text.h"
#include "cli/recipe.h"
#include "cli/recipe_text.h"
#include "job/sheet_settings.h"
#include "job/task.h"

enum {
	INCLUDES_DEEP_MAX = 16,
	RECIPE_MARKS_MAX = 64
};

/* Where reading has come to in a page. */
struct place {
	struct recipe_book *book;
	struct recipe_page *page;
	const struct recipe_line *line;
	const char *section; /* "input", "run", "output", "mark", "sheet"; NULL: before the first */
	enum recipe_kind kind;
	const char *label; /* in [output LABEL], [mark LABEL], [sheet LABEL]; "" in [output] and the like */
};

static void page_free(gpointer data)
{
	struct recipe_page *page = data;

	g_free(page->file);
	g_free(page->text);
	g_free(page);
}

/* Fill `err` with what is wrong at the place. Always -1. */
__attribute__((format(printf, 2, 3))) static int refuse(const struct place *place, const char *format, ...)
{
	g_autofree char *text = NULL;
	char file[160];
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	text_printable(place->page->file, file, sizeof(file));
	return err_set(place->book->err, REASON_UNSUPPORTED, "%s:%d: %s", file, place->line->number, text);
}

/* "[output web]" */
static const char *show_section(const struct place *place, char *shown, size_t size)
{
	g_autofree char *words = NULL;

	if (!place->section)
		return "no section";
	words = g_strdup_printf(
		place->label && *place->label ? "[%s %s]" : "[%s]", place->section, place->label);
	return text_printable(words, shown, size);
}

/* The file's bytes and a NUL in page->text; returns their number or a negative errno. */
static ssize_t read_text(struct recipe_page *page)
{
	autoclose int fd = open(page->file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat status;
	ssize_t size = 0, got = 1;

	if (fd < 0 || fstat(fd, &status) < 0)
		return -errno;
	if (!S_ISREG(status.st_mode))
		return -EINVAL;
	page->device = status.st_dev;
	page->inode = status.st_ino;
	page->text = g_malloc(RECIPE_BYTES_MAX + 2);
	while (got > 0 && size <= RECIPE_BYTES_MAX) {
		got = read(fd, page->text + size, (size_t)(RECIPE_BYTES_MAX + 1 - size));
		if (got < 0 && errno != EINTR)
			return -errno;
		size += got > 0 ? got : 0;
	}
	page->text[size] = '\0';
	page->text = g_realloc(page->text, (gsize)size + 1);
	return size > RECIPE_BYTES_MAX ? -EFBIG : size;
}

static const char *explain(int error)
{
	switch (error) {
	case EINVAL:
		return "is not a regular file";
	case EFBIG:
		return "is larger than the 1 MiB that a recipe may have";
	default:
		return g_strerror(error);
	}
}

/* The sections of the lines that follow. 0, or -1 with the book's err. */

static bool is_fit_for_names(const char *label)
{
	for (const char *at = label; *at; at = g_utf8_next_char(at))
		if (!g_unichar_isprint(g_utf8_get_char(at)))
			return false;
	return strlen(label) <= 100 && !strchr(label, '/') && path_is_beneath(label);
}

/* What a section is called, and how many of them there may be. */
static const struct kind {
	const char *section;
	size_t most;
} kinds[RECIPE_KINDS] = {
	[RECIPE_OUTPUT] = { "output", TASK_OUTPUTS_MAX },
	[RECIPE_MARK] = { "mark", RECIPE_MARKS_MAX },
	[RECIPE_SHEET] = { "sheet", SHEETS_MAX },
};

const char *recipe_book_word(enum recipe_kind kind)
{
	return kinds[kind].section;
}

static int check_label(const struct place *place, const char *label)
{
	char shown[160];

	show_section(place, shown, sizeof(shown));
	if (!is_fit_for_names(label))
		return refuse(place,
			"%s: expected a name that can be part of a file's: at most 100 bytes, no slash, not "
			". or ..",
			shown);
	if (place->kind == RECIPE_MARK && strchr(label, ','))
		return refuse(
			place, "%s: expected a name without a comma, which parts names in watermarks", shown);
	return 0;
}

/* In [output LABEL] and the like. */
static int begin_named(struct place *place, const char *label)
{
	struct recipe_names *names = &place->book->names[place->kind];
	size_t i = 0;
	char shown[160];

	place->label = label;
	if (!*label) {
		names->has_shared = true;
		return 0;
	}
	if (check_label(place, label) < 0)
		return -1;
	show_section(place, shown, sizeof(shown));
	while (i < names->labels->len && strcmp(g_ptr_array_index(names->labels, i), label) != 0)
		i++;
	if (i < names->labels->len && i >= place->page->names_before[place->kind])
		return refuse(place, "%s: there is one already, in line %d", shown,
			g_array_index(names->lines, int, i));
	if (i < names->labels->len)
		return 0;
	if (names->labels->len == kinds[place->kind].most)
		return refuse(place, "%s: there are %zu %ss already, and no more can be", shown,
			kinds[place->kind].most, kinds[place->kind].section);
	g_ptr_array_add(names->labels, (gpointer)label);
	g_array_append_val(names->lines, place->line->number);
	return 0;
}

/* What follows the word in "word NAME"; NULL where it is another word. */
static const char *after_word(const char *section, const char *word)
{
	size_t length = strlen(word);

	if (!g_str_has_prefix(section, word) || (section[length] && !g_ascii_isspace(section[length])))
		return NULL;
	return section + length + strspn(section + length, " \t");
}

static int begin_section(struct place *place)
{
	const char *section = place->line->section;
	char shown[80];

	place->section = section;
	place->label = NULL;
	if (strcmp(section, "input") == 0 || strcmp(section, "run") == 0)
		return 0;
	for (int kind = 0; kind < RECIPE_KINDS; kind++) {
		const char *label = after_word(section, kinds[kind].section);

		if (!label)
			continue;
		place->kind = (enum recipe_kind)kind;
		place->section = kinds[kind].section;
		return begin_named(place, label);
	}
	return refuse(place,
		"[%s]: no such section; there are [input], [run], [output NAME], [output], [mark NAME], "
		"[mark], "
		"[sheet NAME] and [sheet]",
		text_printable(section, shown, sizeof(shown)));
}

/* Keys. */

static bool is_in_sheet(const struct place *place)
{
	return place->section && strcmp(place->section, "sheet") == 0;
}

static const struct option_row *table_of(const struct place *place)
{
	return is_in_sheet(place) ? options_sheet_table() : options_table();
}

static const struct option_row *other_table_of(const struct place *place)
{
	return is_in_sheet(place) ? options_table() : options_sheet_table();
}

/* A row of options_table(). */
static bool is_at_home(const struct option_row *row, const char *section)
{
	if (strcmp(section, "mark") == 0)
		return row->per_mark;
	if (strcmp(section, "output") == 0 || row->per_output)
		return row->per_output && strcmp(section, "output") == 0;
	return strcmp(section, row->group == GROUP_WHICH ? "input" : "run") == 0;
}

static int refuse_home(const struct place *place, const char *key, const char *home)
{
	char section[160];

	return refuse(place, "%s in %s: belongs into %s", key,
		place->section ? show_section(place, section, sizeof(section)) : "front of all sections",
		home);
}

static int refuse_section(const struct place *place, const struct option_row *row)
{
	const char *home = row->per_mark              ? "[output NAME] or [mark NAME]"
			   : row->per_output          ? "[output NAME]"
			   : is_at_home(row, "input") ? "[input]"
						      : "[run]";

	return refuse_home(place, row->name, home);
}

/* A key that is none here: of another kind of section, or misspelt. */
static int refuse_unknown(const struct place *place)
{
	const char *nearest = options_nearest_in(table_of(place), place->line->key);
	const struct option_row *other = options_find_in(other_table_of(place), place->line->key);
	char shown[80], section[160];

	if (other)
		return is_in_sheet(place) ? refuse_section(place, other)
					  : refuse_home(place, other->name, "[sheet NAME]");
	text_printable(place->line->key, shown, sizeof(shown));
	show_section(place, section, sizeof(section));
	if (nearest)
		return refuse(place, "%s in %s: no such key; did you mean %s?", shown, section, nearest);
	return refuse(place, "%s in %s: no such key; %s", shown, section,
		is_in_sheet(place) ? "stampmill run --help has those of sheets"
				   : "the keys are the long options of stampmill run --help");
}

static int include(struct place *place);

static int add_key(struct place *place)
{
	const struct option_row *row = options_find_in(table_of(place), place->line->key);
	struct recipe_entry entry = { .page = place->page,
		.line = place->line->number,
		.row = row,
		.kind = place->kind,
		.label = place->label,
		.value = place->line->value };

	if (!place->section && strcmp(place->line->key, "include") == 0)
		return include(place);
	if (!row)
		return refuse_unknown(place);
	if (strcmp(row->name, "recipe") == 0)
		return refuse(place,
			"recipe: is for the command line; a recipe takes another by include = FILE before "
			"its first section");
	if (!place->section || (!is_in_sheet(place) && !is_at_home(row, place->section)))
		return refuse_section(place, row);
	g_array_append_val(place->book->entries, entry);
	return 0;
}

static void note_names(const struct recipe_book *book, struct recipe_page *page)
{
	for (int kind = 0; kind < RECIPE_KINDS; kind++)
		page->names_before[kind] = book->names[kind].labels->len;
}

static int read_lines(
	struct recipe_book *book, struct recipe_page *page, const struct recipe_line *lines, size_t count)
{
	struct place place = { .book = book, .page = page };
	int result = 0;

	for (size_t i = 0; i < count && result == 0; i++) {
		place.line = &lines[i];
		if (lines[i].section && !place.section)
			note_names(book, page);
		result = lines[i].section ? begin_section(&place) : add_key(&place);
	}
	return result;
}

/* `page` has its text. 0, or -1 with the book's err. */
static int read_page(struct recipe_book *book, struct recipe_page *page, size_t size)
{
	size_t count;
	g_autofree struct recipe_line *lines =
		recipe_text_cut(page->text, size, page->file, &count, book->err);

	return lines ? read_lines(book, page, lines, count) : -1;
}

static bool is_open(const struct recipe_page *page, const struct recipe_page *includer)
{
	for (; includer; includer = includer->includer)
		if (includer->device == page->device && includer->inode == page->inode)
			return true;
	return false;
}

static struct recipe_page *add_page(struct recipe_book *book, char *file, const struct recipe_page *includer)
{
	struct recipe_page *page = g_new0(struct recipe_page, 1);

	page->file = file;
	page->includer = includer;
	page->depth = includer ? includer->depth + 1 : 0;
	g_ptr_array_add(book->pages, page);
	return page;
}

/* `value` as the program has to open it. Heap memory (g_free()). */
char *recipe_book_resolve(const struct recipe_page *page, const char *value)
{
	g_autofree char *folder = g_path_get_dirname(page->file);
	autofree char *joined = *value == '/' ? NULL : path_join(folder, value);

	return g_strdup(joined ? joined : value);
}

static int include(struct place *place)
{
	const char *value = place->line->value;
	struct recipe_page *page =
		add_page(place->book, recipe_book_resolve(place->page, value), place->page);
	ssize_t size = *value ? read_text(page) : -ENOENT;
	char shown[160];

	text_printable(value, shown, sizeof(shown));
	if (size < 0)
		return refuse(place, "include '%s': expected a recipe file: %s", shown, explain((int)-size));
	if (is_open(page, place->page))
		return refuse(
			place, "include '%s': goes in a circle: that file is what includes this one", shown);
	if (page->depth > INCLUDES_DEEP_MAX)
		return refuse(place, "include '%s': the %dth within one another, and no more can be", shown,
			INCLUDES_DEEP_MAX);
	return read_page(place->book, page, (size_t)size);
}

int recipe_book_read(struct recipe_book *book, const char *file, struct err *err)
{
	struct recipe_page *page;
	ssize_t size;
	char shown[160];

	*book = (struct recipe_book){ .pages = g_ptr_array_new_with_free_func(page_free),
		.entries = g_array_new(FALSE, FALSE, sizeof(struct recipe_entry)),
		.err = err };
	for (int kind = 0; kind < RECIPE_KINDS; kind++)
		book->names[kind] = (struct recipe_names){ g_ptr_array_new(),
			g_array_new(FALSE, FALSE, sizeof(int)), false };
	page = add_page(book, g_strdup(file), NULL);
	size = read_text(page);
	if (size < 0)
		return err_set(err, REASON_UNSUPPORTED, "--recipe '%s': expected a recipe file: %s",
			text_printable(file, shown, sizeof(shown)), explain((int)-size));
	return read_page(book, page, (size_t)size);
}

void recipe_book_finish(struct recipe_book *book)
{
	for (int kind = 0; kind < RECIPE_KINDS; kind++) {
		g_array_free(book->names[kind].lines, TRUE);
		g_ptr_array_free(book->names[kind].labels, TRUE);
	}
	g_array_free(book->entries, TRUE);
	g_ptr_array_free(book->pages, TRUE);
}
