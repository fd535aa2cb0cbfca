/* The command line of `run`: arguments in, settings out. GLib's parser is not used because it does not say
 * which option was unknown other than in a translated sentence, and converts what should stay bytes. */
#include <assert.h>
#include <glib.h>
#include <string.h>

#include "base/text.h"
#include "cli/assign.h"
#include "cli/options.h"
#include "cli/recipe.h"

struct arguments {
	char **next; /* ends with NULL */
	struct settings *settings;
	GPtrArray *names; /* what is no option; owns them */
	bool verify;      /* of that command */
	bool recipe_only; /* pass over all options but that, and all names */
	struct err *err;
};

static enum parse_outcome refuse_unknown(
	const struct arguments *arguments, const char *option, const char *nearest)
{
	char shown[80];

	text_printable(option, shown, sizeof(shown));
	if (nearest)
		err_set(arguments->err, REASON_UNSUPPORTED, "%s: no such option; did you mean --%s?", shown,
			nearest);
	else
		err_set(arguments->err, REASON_UNSUPPORTED, "%s: no such option; see stampmill %s --help",
			shown, arguments->verify ? "verify" : "run");
	return PARSE_ERROR;
}

static enum parse_outcome apply(
	const struct arguments *arguments, const struct option_row *row, const char *value)
{
	struct settings *settings = arguments->settings;
	g_autofree char *said = g_strconcat("--", row->name, NULL);
	int result = 0;

	if (arguments->recipe_only && row != options_find("recipe"))
		return PARSE_OK;
	if (!row->per_output)
		result = assign_value(row, settings, value, said, arguments->err);
	for (size_t i = 0; row->per_output && result == 0 && i < settings->outputs_count; i++)
		result = assign_value(row, &settings->outputs[i], value, said, arguments->err);
	for (size_t i = 0; row->per_mark && result == 0 && i < settings->marks_count; i++)
		result = assign_value(row, &settings->marks[i], value, said, arguments->err);
	return result == 0 ? PARSE_OK : PARSE_ERROR;
}

static enum parse_outcome refuse_missing(const struct arguments *arguments, const struct option_row *row)
{
	g_autofree char *argument = options_argument(row);

	err_set(arguments->err, REASON_UNSUPPORTED, "--%s: needs a value: --%s %s", row->name, row->name,
		argument);
	return PARSE_ERROR;
}

/* `option` is an argument that begins with two dashes and is longer. */
static enum parse_outcome parse_long(struct arguments *arguments, const char *option)
{
	const char *equals = strchr(option, '=');
	g_autofree char *name =
		equals ? g_strndup(option + 2, (size_t)(equals - option - 2)) : g_strdup(option + 2);
	const struct option_row *row = options_find(name);

	if (row && arguments->verify && !row->verify)
		return refuse_unknown(arguments, option, NULL);
	if (!row && strcmp(option, "--help") == 0)
		return PARSE_HELP;
	if (!row && strcmp(option, "--version") == 0)
		return PARSE_VERSION;
	if (!row)
		return refuse_unknown(arguments, option, options_nearest(name));
	if (!options_takes_value(row) && equals) {
		err_set(arguments->err, REASON_UNSUPPORTED, "--%s: takes no value", row->name);
		return PARSE_ERROR;
	}
	if (!options_takes_value(row))
		return apply(arguments, row, NULL);
	if (equals)
		return apply(arguments, row, equals + 1);
	return *arguments->next ? apply(arguments, row, *arguments->next++) : refuse_missing(arguments, row);
}

static const struct option_row *find_letter(char letter)
{
	const struct option_row *row = options_table();

	while (row->name && row->letter != letter)
		row++;
	return row->name ? row : NULL;
}

/* `option` is an argument that begins with one dash: letters of options, none of which takes a value. */
static enum parse_outcome parse_letters(const struct arguments *arguments, const char *option)
{
	for (const char *letter = option + 1; *letter; letter++) {
		const struct option_row *row = find_letter(*letter);

		if (!row && *letter == 'h')
			return PARSE_HELP;
		if (!row || (arguments->verify && !row->verify))
			return refuse_unknown(arguments, option, NULL);
		assert(!options_takes_value(row));
		apply(arguments, row, NULL);
	}
	return PARSE_OK;
}

static void add_name(struct arguments *arguments, const char *name)
{
	if (!arguments->recipe_only)
		g_ptr_array_add(arguments->names, g_strdup(name));
}

static enum parse_outcome parse_all(struct arguments *arguments)
{
	enum parse_outcome outcome = PARSE_OK;
	bool options_end = false;

	while (outcome == PARSE_OK && *arguments->next) {
		const char *argument = *arguments->next++;

		if (options_end || argument[0] != '-' || !argument[1])
			add_name(arguments, argument);
		else if (strcmp(argument, "--") == 0)
			options_end = true;
		else if (argument[1] == '-')
			outcome = parse_long(arguments, argument);
		else
			outcome = parse_letters(arguments, argument);
	}
	return outcome;
}

static enum parse_outcome refuse_names(const struct arguments *arguments)
{
	bool listed = arguments->settings->input.files_from;
	char shown[160];

	if (arguments->names->len > 0)
		err_set(arguments->err, REASON_UNSUPPORTED,
			"only '%s' is given: stampmill run INPUT... OUTPUT",
			text_printable(g_ptr_array_index(arguments->names, 0), shown, sizeof(shown)));
	else
		err_set(arguments->err, REASON_UNSUPPORTED, "no %s is given: stampmill run %s OUTPUT",
			listed ? "OUTPUT" : "INPUT", listed ? "[INPUT]" : "INPUT...");
	return PARSE_ERROR;
}

/* The last name is OUTPUT, those before it are INPUTs. */
static enum parse_outcome take_names(struct arguments *arguments)
{
	struct settings *settings = arguments->settings;
	guint count = arguments->names->len;

	if (count < (settings->input.files_from ? 1 : 2))
		return refuse_names(arguments);
	settings->output_folder = g_ptr_array_steal_index(arguments->names, count - 1);
	if (!*settings->output_folder) {
		err_set(arguments->err, REASON_UNSUPPORTED,
			"OUTPUT is an empty name: stampmill run INPUT... OUTPUT");
		return PARSE_ERROR;
	}
	g_ptr_array_add(arguments->names, NULL);
	settings->input.inputs = g_strdupv((char **)arguments->names->pdata);
	return PARSE_OK;
}

/* "[mark logo] ", or "" where no recipe has a name for it. */
static const char *show_place(const char *section, const char *label, char *shown, size_t size)
{
	char name[100];

	if (*label)
		g_snprintf(shown, size, "[%s %s] ", section, text_printable(label, name, sizeof(name)));
	else
		*shown = '\0';
	return shown;
}

/* A mark is one of these: which of them would be seen must not be a matter of luck. */
static enum parse_outcome check_mark(
	const struct arguments *arguments, const char *section, const struct output_settings *output)
{
	const struct mark_settings *mark = &output->mark;
	const char *pair = mark->light ? "watermark-light" : mark->dark ? "watermark-dark" : NULL;
	const char *one = mark->file ? "watermark" : pair, *other = mark->text ? "watermark-text" : pair;
	char place[120];

	show_place(section, output->label, place, sizeof(place));
	if (one && other && one != other) {
		err_set(arguments->err, REASON_UNSUPPORTED,
			"%s--%s and --%s: expected one of the two, as a mark is a picture, text, or a light "
			"and a dark picture",
			place, one, other);
		return PARSE_ERROR;
	}
	if (!mark->light != !mark->dark) {
		err_set(arguments->err, REASON_UNSUPPORTED,
			"%s--%s: needs --watermark-%s too: which of the two is stamped is up to the picture",
			place, pair, mark->light ? "dark" : "light");
		return PARSE_ERROR;
	}
	return PARSE_OK;
}

static enum parse_outcome check_each_mark(const struct arguments *arguments, const char *section,
	const struct output_settings *outputs, size_t count)
{
	enum parse_outcome outcome = PARSE_OK;

	for (size_t i = 0; i < count && outcome == PARSE_OK; i++)
		outcome = check_mark(arguments, section, &outputs[i]);
	return outcome;
}

static enum parse_outcome check_marks(const struct arguments *arguments)
{
	const struct settings *settings = arguments->settings;
	char shown[80];

	if (check_each_mark(arguments, "output", settings->outputs, settings->outputs_count) != PARSE_OK ||
		check_each_mark(arguments, "mark", settings->marks, settings->marks_count) != PARSE_OK)
		return PARSE_ERROR;
	for (size_t i = 0; i < settings->outputs_count; i++) {
		const char *unknown = settings_unknown_mark(settings, &settings->outputs[i]);

		if (!unknown)
			continue;
		err_set(arguments->err, REASON_UNSUPPORTED, "--watermarks: the recipe has no [mark %s]",
			text_printable(unknown, shown, sizeof(shown)));
		return PARSE_ERROR;
	}
	return PARSE_OK;
}

static enum parse_outcome take_output(struct arguments *arguments)
{
	if (arguments->names->len != 1 || !*(char *)g_ptr_array_index(arguments->names, 0)) {
		err_set(arguments->err, REASON_UNSUPPORTED, "%s: stampmill verify OUTPUT",
			arguments->names->len == 0 ? "no OUTPUT is given" : "one OUTPUT at a time");
		return PARSE_ERROR;
	}
	arguments->settings->output_folder = g_ptr_array_steal_index(arguments->names, 0);
	return PARSE_OK;
}

static enum parse_outcome parse(struct arguments *arguments)
{
	enum parse_outcome outcome;

	arguments->names = g_ptr_array_new_with_free_func(g_free);
	outcome = parse_all(arguments);
	if (outcome == PARSE_OK)
		outcome = arguments->verify ? take_output(arguments) : take_names(arguments);
	if (outcome == PARSE_OK)
		outcome = check_marks(arguments);
	g_ptr_array_free(arguments->names, TRUE);
	return outcome;
}

static enum parse_outcome take_recipe(struct arguments arguments)
{
	struct settings *settings = arguments.settings;
	enum parse_outcome outcome;

	arguments.recipe_only = true;
	outcome = parse_all(&arguments);
	if (outcome == PARSE_OK && settings->recipe &&
		recipe_load(settings->recipe, settings, arguments.err) < 0)
		return PARSE_ERROR;
	return outcome;
}

enum parse_outcome options_parse_run(int argc, char **argv, struct settings *settings, struct err *err)
{
	struct arguments arguments = { .next = argc > 0 ? argv + 1 : argv, .settings = settings, .err = err };
	enum parse_outcome outcome = take_recipe(arguments);

	return outcome == PARSE_OK ? parse(&arguments) : outcome;
}

enum parse_outcome options_parse_verify(int argc, char **argv, struct settings *settings, struct err *err)
{
	struct arguments arguments = {
		.next = argc > 0 ? argv + 1 : argv, .settings = settings, .err = err, .verify = true
	};

	return parse(&arguments);
}
