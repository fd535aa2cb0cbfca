#include "cli/recipe.h"

#include <glib.h>
#include <limits.h>
#include <string.h>

#include "base/text.h"
#include "cli/assign.h"
#include "cli/options.h"
#include "cli/parsers.h"
#include "cli/recipe_book.h"
#include "job/sheet_layout.h"

enum {
	SAID_SIZE = 320
};

static int turn(const struct option_row *row, void *base, bool on)
{
	void *target = (char *)base + row->offset;

	if (on)
		row->parse(target, NULL, NULL);
	else if (row->parse == parse_on)
		parse_off(target, NULL, NULL);
	else if (row->parse == parse_off)
		parse_on(target, NULL, NULL);
	return 0;
}

static int apply_switch(const struct recipe_entry *entry, void *base, const char *said, struct err *err)
{
	static const struct {
		const char *word;
		bool on;
	} words[] = { { "yes", true }, { "no", false }, { "true", true }, { "false", false }, { "on", true },
		{ "off", false } };
	char shown[80];

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		if (strcmp(entry->value, words[i].word) == 0)
			return turn(entry->row, base, words[i].on);
	return err_set(err, REASON_UNSUPPORTED, "%s '%s': expected yes or no", said,
		text_printable(entry->value, shown, sizeof(shown)));
}

/* - is no file where an option takes that for standard input or output; elsewhere it is ./- */
static bool is_path(const struct recipe_entry *entry)
{
	bool (*parse)(void *, const char *, struct err *) = entry->row->parse;

	if (!*entry->value || (parse != parse_file && parse != parse_colour_policy))
		return false;
	for (const char *const *word = entry->row->words; word && *word; word++)
		if (strcmp(entry->value, *word) == 0)
			return false;
	return strcmp(entry->value, "-") != 0;
}

static int apply(const struct recipe_entry *entry, void *base, struct err *err)
{
	g_autofree char *path = is_path(entry) ? recipe_book_resolve(entry->page, entry->value) : NULL;
	char file[160], said[SAID_SIZE];

	text_printable(entry->page->file, file, sizeof(file));
	if (entry->label && *entry->label)
		g_snprintf(said, sizeof(said), "%s:%d: [%s %s] %s", file, entry->line,
			recipe_book_word(entry->kind), entry->label, entry->row->name);
	else
		g_snprintf(said, sizeof(said), "%s:%d: %s", file, entry->line, entry->row->name);
	if (!options_takes_value(entry->row))
		return apply_switch(entry, base, said, err);
	return assign_value(entry->row, base, path ? path : entry->value, said, err);
}

/* All entries of `label` (NULL: of no output, mark or sheet). 0, or -1 with the book's err. */
static int apply_all(const struct recipe_book *book, enum recipe_kind kind, const char *label, void *base)
{
	int result = 0;

	for (guint i = 0; i < book->entries->len && result == 0; i++) {
		const struct recipe_entry *entry = &g_array_index(book->entries, struct recipe_entry, i);

		if (g_strcmp0(entry->label, label) == 0 && (!label || entry->kind == kind))
			result = apply(entry, base, book->err);
	}
	return result;
}

/* What all of them share, then what each has of its own. */
static int apply_to(const struct recipe_book *book, enum recipe_kind kind, const char *label, void *base)
{
	int result = apply_all(book, kind, "", base);

	return result == 0 && *label ? apply_all(book, kind, label, base) : result;
}

static int apply_each(
	const struct recipe_book *book, enum recipe_kind kind, struct output_settings *each, size_t count)
{
	int result = 0;

	for (size_t i = 0; i < count && result == 0; i++)
		result = apply_to(book, kind, each[i].label, &each[i]);
	return result;
}

static int apply_sheets(const struct recipe_book *book, struct settings *settings)
{
	int result = 0;

	for (size_t i = 0; i < settings->sheets_count && result == 0; i++)
		result = apply_to(book, RECIPE_SHEET, settings->sheets[i].label, &settings->sheets[i]);
	return result;
}

/* What the line names is no section. */
static int refuse_name(
	const struct recipe_book *book, enum recipe_kind kind, const char *label, struct err *err)
{
	const GPtrArray *labels = book->names[kind].labels;
	const char *nearest = NULL;
	char shown[120], other[120];
	int least = INT_MAX;

	for (guint i = 0; i < labels->len; i++) {
		int distance = text_distance(label, g_ptr_array_index(labels, i));

		if (distance < least)
			nearest = g_ptr_array_index(labels, i);
		least = MIN(least, distance);
	}
	text_printable(label, shown, sizeof(shown));
	return err_set(err, REASON_UNSUPPORTED,
		nearest ? "there is no [%s %s]; did you mean %s?" : "there is no [%s %s]",
		recipe_book_word(kind), shown, nearest ? text_printable(nearest, other, sizeof(other)) : "");
}

/* A line says which marks there are to be: all of them have to be sections. */
static int check_marks(const struct recipe_book *book, const struct settings *settings)
{
	for (guint i = 0; i < book->entries->len; i++) {
		const struct recipe_entry *entry = &g_array_index(book->entries, struct recipe_entry, i);
		struct output_settings named = { .label = NULL };
		const char *unknown;
		struct err why;
		char file[160];

		if (strcmp(entry->row->name, "watermarks") != 0)
			continue;
		parse_marks(&named.marks, entry->value, NULL);
		unknown = settings_unknown_mark(settings, &named);
		if (unknown) {
			refuse_name(book, RECIPE_MARK, unknown, &why);
			err_set(book->err, REASON_UNSUPPORTED, "%s:%d: watermarks: %s",
				text_printable(entry->page->file, file, sizeof(file)), entry->line, why.text);
		}
		g_strfreev(named.marks);
		if (unknown)
			return -1;
	}
	return 0;
}

/* Half of a pair is something; what is wrong with it is told for marks of all kinds (parse.c). */
static bool is_nothing(const struct mark_settings *mark)
{
	return !settings_mark_is_made(mark) && !mark->light && !mark->dark;
}

/* A mark of the recipe's has to be something. */
static int check_marks_are_seen(const struct recipe_book *book, const struct settings *settings)
{
	const struct recipe_names *names = &book->names[RECIPE_MARK];

	for (size_t i = 0; i < settings->marks_count; i++)
		if (is_nothing(&settings->marks[i].mark))
			return err_set(book->err, REASON_UNSUPPORTED,
				"[mark %s], in line %d: expected watermark = FILE or watermark-text = TEXT "
				"in it, or both watermark-light and watermark-dark",
				settings->marks[i].label, g_array_index(names->lines, int, i));
	return 0;
}

/* The sheet's last line that says what it shows, its own or one for all sheets. */
static const struct recipe_entry *find_of(const struct recipe_book *book, const char *label)
{
	const struct recipe_entry *found = NULL;

	for (guint i = 0; i < book->entries->len; i++) {
		const struct recipe_entry *entry = &g_array_index(book->entries, struct recipe_entry, i);

		if (entry->kind == RECIPE_SHEET && strcmp(entry->row->name, "of") == 0 &&
			(strcmp(entry->label, label) == 0 || (!*entry->label && (!found || !*found->label))))
			found = entry;
	}
	return found;
}

static int refuse_of(const struct recipe_book *book, const struct sheet_settings *sheet)
{
	const struct recipe_entry *entry = find_of(book, sheet->label);
	char file[160];
	struct err why;

	refuse_name(book, RECIPE_OUTPUT, sheet->of, &why);
	return err_set(book->err, REASON_UNSUPPORTED, "%s:%d: of: %s",
		text_printable(entry->page->file, file, sizeof(file)), entry->line, why.text);
}

/* A sheet shows an output that there is, on pages that can be. */
static int check_sheets(const struct recipe_book *book, const struct settings *settings)
{
	for (size_t i = 0; i < settings->sheets_count; i++) {
		const struct sheet_settings *sheet = &settings->sheets[i];
		struct sheet_layout layout;
		struct err why;

		if (settings_sheet_output(settings, sheet) == settings->outputs_count)
			return refuse_of(book, sheet);
		if (sheet_layout_compute(sheet, &layout, &why) < 0)
			return err_set(
				book->err, REASON_UNSUPPORTED, "[sheet %s]: %s", sheet->label, why.text);
	}
	return 0;
}

/* [sheet] alone is one, too, as [output] is. */
static void name_sheets(const struct recipe_book *book, struct settings *settings)
{
	const struct recipe_names *names = &book->names[RECIPE_SHEET];

	if (names->labels->len == 0 && names->has_shared)
		settings_name_sheets(settings, (const char *const[]){ "contact" }, 1);
	else
		settings_name_sheets(settings, (const char *const *)names->labels->pdata, names->labels->len);
}

static int apply_book(const struct recipe_book *book, struct settings *settings)
{
	const GPtrArray *outputs = book->names[RECIPE_OUTPUT].labels,
			*marks = book->names[RECIPE_MARK].labels;

	if (outputs->len > 0)
		settings_name_outputs(settings, (const char *const *)outputs->pdata, outputs->len);
	settings_name_marks(settings, (const char *const *)marks->pdata, marks->len);
	name_sheets(book, settings);
	if (apply_all(book, RECIPE_OUTPUT, NULL, settings) < 0 ||
		apply_each(book, RECIPE_OUTPUT, settings->outputs, settings->outputs_count) < 0 ||
		apply_each(book, RECIPE_MARK, settings->marks, settings->marks_count) < 0 ||
		apply_sheets(book, settings) < 0)
		return -1;
	if (check_marks(book, settings) < 0 || check_marks_are_seen(book, settings) < 0)
		return -1;
	return check_sheets(book, settings);
}

int recipe_load(const char *file, struct settings *settings, struct err *err)
{
	struct recipe_book book;
	int result = recipe_book_read(&book, file, err);

	if (result == 0)
		result = apply_book(&book, settings);
	recipe_book_finish(&book);
	return result;
}
