#include <glib.h>
#include <string.h>

#include "command/record.h"
#include "command/run.h"
#include "job/sheet_settings.h"
#include "job/tokens.h"

static bool numbers_are_wanted(const struct settings *settings)
{
	for (size_t i = 0; i < settings->outputs_count; i++)
		if (tokens_count(settings->outputs[i].name))
			return true;
	for (size_t i = 0; i < settings->sheets_count; i++)
		if (settings->sheets[i].caption && tokens_count(settings->sheets[i].caption))
			return true;
	return false;
}

/* The numbers that any picture has, of this run or of others into the same folder. */
static void note_number(void *data, const struct ledger_picture *picture)
{
	if (picture->sequence > 0)
		g_hash_table_add(data, GINT_TO_POINTER(picture->sequence));
}

static int64_t time_of(const struct run *run, size_t index)
{
	int64_t taken_s = run->probed[index].facts.taken_s;

	return taken_s ? taken_s : run->scan.inputs[index].mtime_ns / 1000000000;
}

static gint by_time_and_name(gconstpointer one, gconstpointer other, gpointer data)
{
	const struct run *run = data;
	size_t a = *(const size_t *)one, b = *(const size_t *)other;
	int64_t a_s = time_of(run, a), b_s = time_of(run, b);
	int names = strcmp(run->scan.inputs[a].path, run->scan.inputs[b].path);

	if (a_s != b_s)
		return a_s < b_s ? -1 : 1;
	return names ? names : (a > b) - (a < b);
}

void number_pictures(struct run *run)
{
	g_autoptr(GHashTable) taken = g_hash_table_new(NULL, NULL);
	g_autoptr(GArray) unnumbered = g_array_new(FALSE, FALSE, sizeof(size_t));
	int next = 1;

	if (!numbers_are_wanted(&run->settings))
		return;
	if (run->state.ledger)
		ledger_each_picture(run->state.ledger, note_number, taken);
	for (size_t i = 0; i < run->scan.inputs_count; i++) {
		run->probed[i].sequence = record_sequence(run, i);
		if (!run->probed[i].sequence && run->probed[i].err.reason == REASON_NONE &&
			!run->probed[i].taken_instead)
			g_array_append_val(unnumbered, i);
	}
	g_array_sort_with_data(unnumbered, by_time_and_name, run);
	for (guint i = 0; i < unnumbered->len; i++, next++) {
		while (g_hash_table_contains(taken, GINT_TO_POINTER(next)))
			next++;
		run->probed[g_array_index(unnumbered, size_t, i)].sequence = next;
	}
}
