#include "command/sheet_list.h"

#include <string.h>

#include "command/record.h"

void letter_finish(struct letter *letter)
{
	sheet_request_finish(&letter->request);
	g_ptr_array_unref(letter->texts);
}

static const char *keep(struct letter *letter, char *text)
{
	g_ptr_array_add(letter->texts, text);
	return text;
}

static void describe_picture(const struct run *run, struct letter *letter, size_t input, size_t i)
{
	const struct planned_sheet *planned = &run->plan->sheets[letter->request.sheet];
	const struct planned_output *output = &run->plan->inputs[input].outputs[planned->output];
	const struct ledger_output *row = record_output(run, input, planned->output);
	struct sheet_picture *picture = &letter->request.pictures[i];

	*picture = (struct sheet_picture){ .path = output->path,
		.caption = keep(letter, sheet_plan_caption(run->plan, planned, input)),
		.width_px = row->width_px,
		.height_px = row->height_px };
	memcpy(picture->content, row->content, sizeof(picture->content));
}

void letter_write(const struct run *run, const struct sheet_file *file, struct letter *letter)
{
	const struct planned_sheet *planned = &run->plan->sheets[file->sheet];

	*letter = (struct letter){ .request = { .sheet = file->sheet,
					   .path = file->path,
					   .pages = (size_t)file->pages,
					   .pictures_count = file->count },
		.texts = g_ptr_array_new_with_free_func(g_free) };
	if (planned->settings->format == SHEET_PDF)
		letter->request.date_s = sheet_plan_date(run->plan, planned);
	letter->request.headers = g_new0(const char *, file->pages);
	letter->request.pictures = g_new0(struct sheet_picture, file->count);
	for (int i = 0; i < file->pages; i++)
		letter->request.headers[i] = keep(
			letter, sheet_plan_header(run->plan, planned, file->page + i, file->pages_of_sheet));
	for (size_t i = 0; i < file->count; i++)
		describe_picture(run, letter, run->sheets->shown[file->sheet].inputs[file->first + i], i);
}

/* It is on the disk as the ledger says. */
static bool is_shown(const struct run *run, const struct planned_sheet *planned, size_t input)
{
	const struct ledger_output *row;

	if (run->settings.run.dry_run)
		return true;
	row = run->delivered[input] ? record_output(run, input, planned->output) : NULL;
	return row && record_is_untouched(run, row);
}

static void choose_pictures(struct run *run, size_t sheet)
{
	const struct planned_sheet *planned = &run->plan->sheets[sheet];
	struct shown *shown = &run->sheets->shown[sheet];

	shown->inputs = g_new(size_t, planned->inputs_count + 1);
	for (size_t i = 0; i < planned->inputs_count; i++)
		if (is_shown(run, planned, planned->inputs[i]))
			shown->inputs[shown->count++] = planned->inputs[i];
	sheet_digest_section(planned->settings, shown->section, &shown->err);
}

static void divide(struct run *run, size_t sheet)
{
	const struct planned_sheet *planned = &run->plan->sheets[sheet];
	size_t count = run->sheets->shown[sheet].count, per_file = sheet_plan_per_file(planned);
	int pages = (int)sheet_layout_pages(&planned->layout, count);

	for (size_t first = 0; first < count; first += per_file) {
		struct sheet_file file = { .sheet = sheet,
			.first = first,
			.count = MIN(per_file, count - first),
			.page = planned->settings->format == SHEET_PDF ? 1 : (int)(first / per_file) + 1,
			.pages = planned->settings->format == SHEET_PDF ? pages : 1,
			.pages_of_sheet = pages,
			.path = planned->files[first / per_file].path };

		g_array_append_val(run->sheets->files, file);
	}
}

void sheet_list_begin(struct run *run)
{
	size_t count = run->settings.sheets_count;

	run->sheets = g_new0(struct sheets, 1);
	run->sheets->shown = g_new0(struct shown, count);
	run->sheets->files = g_array_new(FALSE, TRUE, sizeof(struct sheet_file));
	for (size_t i = 0; i < count; i++) {
		choose_pictures(run, i);
		divide(run, i);
	}
}

void sheet_list_end(struct run *run)
{
	for (size_t i = 0; i < run->settings.sheets_count; i++)
		g_free(run->sheets->shown[i].inputs);
	g_free(run->sheets->shown);
	g_array_free(run->sheets->files, TRUE);
	g_clear_pointer(&run->sheets, g_free);
}

struct sheet_file *sheet_list_file(const struct run *run, guint index)
{
	return &g_array_index(run->sheets->files, struct sheet_file, index);
}

int sheet_list_digest(const struct run *run, struct sheet_file *file, struct err *err)
{
	const struct shown *shown = &run->sheets->shown[file->sheet];
	struct letter letter;
	int result;

	if (shown->err.reason != REASON_NONE) {
		*err = shown->err;
		return -1;
	}
	letter_write(run, file, &letter);
	result = sheet_digest(&letter.request, shown->section, file->digest, err);
	letter_finish(&letter);
	return result;
}
