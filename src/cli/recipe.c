#include "cli/recipe.h"

#include <glib.h>
#include <string.h>

#include "base/text.h"
#include "cli/assign.h"
#include "cli/options.h"
#include "cli/parsers.h"
#include "cli/recipe_book.h"

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
	return entry->row->parse == parse_file && *entry->value && strcmp(entry->value, "-") != 0;
}

static int apply(const struct recipe_entry *entry, void *base, struct err *err)
{
	g_autofree char *path = is_path(entry) ? recipe_book_resolve(entry->page, entry->value) : NULL;
	char file[160], said[SAID_SIZE];

	text_printable(entry->page->file, file, sizeof(file));
	if (entry->label && *entry->label)
		g_snprintf(said, sizeof(said), "%s:%d: [output %s] %s", file, entry->line, entry->label,
			entry->row->name);
	else
		g_snprintf(said, sizeof(said), "%s:%d: %s", file, entry->line, entry->row->name);
	if (!options_takes_value(entry->row))
		return apply_switch(entry, base, said, err);
	return assign_value(entry->row, base, path ? path : entry->value, said, err);
}

/* All entries of `label` (NULL: of no output). 0, or -1 with the book's err. */
static int apply_all(const struct recipe_book *book, const char *label, void *base)
{
	int result = 0;

	for (guint i = 0; i < book->entries->len && result == 0; i++) {
		const struct recipe_entry *entry = &g_array_index(book->entries, struct recipe_entry, i);

		if (g_strcmp0(entry->label, label) == 0)
			result = apply(entry, base, book->err);
	}
	return result;
}

static int apply_book(const struct recipe_book *book, struct settings *settings)
{
	int result;

	if (book->labels->len > 0)
		settings_name_outputs(settings, (const char *const *)book->labels->pdata, book->labels->len);
	result = apply_all(book, NULL, settings);
	for (size_t i = 0; i < settings->outputs_count && result == 0; i++) {
		struct output_settings *output = &settings->outputs[i];

		result = apply_all(book, "", output);
		if (result == 0 && *output->label)
			result = apply_all(book, output->label, output);
	}
	return result;
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
