#include "job/sheet_plan.h"

#include <glib.h>
#include <string.h>

#include "job/naming.h"

static int64_t time_of(const struct plan *plan, size_t input)
{
	int64_t taken_s = plan->probed[input].facts.taken_s;

	return taken_s ? taken_s : plan->scan->inputs[input].mtime_ns / 1000000000;
}

static gint by_name(gconstpointer one, gconstpointer other, gpointer data)
{
	const struct plan *plan = data;
	size_t a = *(const size_t *)one, b = *(const size_t *)other;
	int names = strcmp(plan->scan->inputs[a].path, plan->scan->inputs[b].path);

	return names ? names : (a > b) - (a < b);
}

static gint by_time(gconstpointer one, gconstpointer other, gpointer data)
{
	int64_t a_s = time_of(data, *(const size_t *)one), b_s = time_of(data, *(const size_t *)other);

	if (a_s != b_s)
		return a_s < b_s ? -1 : 1;
	return by_name(one, other, data);
}

/* Copies of pictures that do not tell are newer than any that does. */
static bool is_newer(const struct plan *plan, size_t one, size_t other)
{
	bool tells = plan->probed[one].facts.taken_s != 0,
	     other_tells = plan->probed[other].facts.taken_s != 0;

	return tells != other_tells ? tells : time_of(plan, one) > time_of(plan, other);
}

static void choose_inputs(struct plan *plan, struct planned_sheet *sheet)
{
	sheet->inputs = g_new(size_t, plan->scan->inputs_count + 1);
	for (size_t i = 0; i < plan->scan->inputs_count; i++) {
		if (plan->inputs[i].action != ACTION_MAKE)
			continue;
		if (sheet->inputs_count == 0 || is_newer(plan, i, sheet->newest))
			sheet->newest = i;
		sheet->inputs[sheet->inputs_count++] = i;
	}
	g_qsort_with_data(sheet->inputs, (gint)sheet->inputs_count, sizeof(*sheet->inputs),
		sheet->settings->order == SHEET_BY_TIME ? by_time : by_name, plan);
}

size_t sheet_plan_per_file(const struct planned_sheet *sheet)
{
	if (sheet->settings->format == SHEET_PDF)
		return MAX(sheet->inputs_count, 1);
	return (size_t)sheet->layout.columns * (size_t)sheet->layout.rows;
}

int64_t sheet_plan_date(const struct plan *plan, const struct planned_sheet *sheet)
{
	return sheet->inputs_count > 0 ? time_of(plan, sheet->newest) : 0;
}

/* `template` is sound. Heap memory; NULL with `err`. */
static char *expand(const struct plan *plan, const struct planned_sheet *sheet, const char *template,
	const struct token_sheet *page, bool for_path, struct err *err)
{
	struct token_subject subject = { .input = "",
		.output = plan->settings->outputs[sheet->output].label,
		.facts = &plan->probed[sheet->newest].facts,
		.changed_s = plan->scan->inputs[sheet->newest].mtime_ns / 1000000000,
		.sheet = page };
	g_autoptr(GString) text = NULL;

	if (for_path)
		return naming_expand(template, &subject, err);
	text = g_string_new("");
	return tokens_expand(template, &subject, false, text, err) < 0 ? NULL
								       : g_strndup(text->str, text->len);
}

static void name_file(struct plan *plan, struct planned_sheet *sheet, size_t index)
{
	const struct sheet_settings *settings = sheet->settings;
	const struct token_sheet page = { settings->label, settings->format == SHEET_PDF ? "pdf" : "jpg",
		(int)index + 1, 0 };
	struct err err;
	char *path = expand(plan, sheet, sheet_name(settings), &page, true, &err);

	if (path && plan->settings->outputs[sheet->output].windows_names) {
		g_autofree char *old = path;

		path = naming_for_windows(old);
	}
	if (!path)
		plan_add_problem(plan, "[sheet %s]: cannot be named: %s", settings->label, err.text);
	sheet->files[index].path = path ? path : g_strdup("");
}

void sheet_plan_init(struct plan *plan, size_t index)
{
	struct planned_sheet *sheet = &plan->sheets[index];
	struct err err;
	size_t per_file;

	sheet->settings = &plan->settings->sheets[index];
	sheet->output = settings_sheet_output(plan->settings, sheet->settings);
	if (sheet_layout_compute(sheet->settings, &sheet->layout, &err) < 0) {
		plan_add_problem(plan, "[sheet %s]: %s", sheet->settings->label, err.text);
		return;
	}
	choose_inputs(plan, sheet);
	per_file = sheet_plan_per_file(sheet);
	sheet->files_count = (sheet->inputs_count + per_file - 1) / per_file;
	sheet->files = g_new0(struct planned_output, sheet->files_count + 1);
	for (size_t i = 0; i < sheet->files_count; i++)
		name_file(plan, sheet, i);
}

void sheet_plan_finish(struct planned_sheet *sheet)
{
	for (size_t i = 0; i < sheet->files_count; i++)
		g_free(sheet->files[i].path);
	g_free(sheet->files);
	g_free(sheet->inputs);
}

/* Names are bytes, and cameras write what they like. Takes over `text`. */
static char *clean(char *text)
{
	g_autofree char *bytes = text;
	char *line = g_utf8_make_valid(bytes ? bytes : "", -1);

	for (char *at = line; *at; at++)
		if ((unsigned char)*at < 0x20 || *at == 0x7f)
			*at = ' ';
	return line;
}

char *sheet_plan_header(const struct plan *plan, const struct planned_sheet *sheet, int page, int pages)
{
	const struct token_sheet counted = { sheet->settings->label,
		sheet->settings->format == SHEET_PDF ? "pdf" : "jpg", page, pages };
	struct err ignored; /* the recipe was checked */

	if (!sheet->settings->header)
		return g_strdup("");
	return clean(expand(plan, sheet, sheet->settings->header, &counted, false, &ignored));
}

char *sheet_plan_caption(const struct plan *plan, const struct planned_sheet *sheet, size_t input)
{
	struct token_subject subject = plan_subject(plan, input, sheet->output);
	const char *template = sheet->settings->caption;
	g_autoptr(GString) text = g_string_new("");
	struct err ignored;

	if (template)
		tokens_expand(template, &subject, false, text, &ignored);
	/* {dir}/{stem} of a picture that lies in no folder */
	if (*text->str == '/' && *template != '/')
		g_string_erase(text, 0, 1);
	return clean(g_strndup(text->str, text->len));
}
