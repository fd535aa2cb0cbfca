#include "job/raw_pairs.h"

#include <glib.h>
#include <string.h>

#include "base/path.h"
#include "job/collide.h"

/* Of one shot, the inputs that may take the other's place; 1 + their index, 0: none. */
struct shot {
	size_t picture, raw;
};

static bool is_made(const struct probe_verdict *verdict)
{
	return verdict->err.reason == REASON_NONE;
}

static bool is_raw(const struct probe_verdict *verdict)
{
	return is_made(verdict) ? verdict->facts.raw.source != RAW_NONE
				: verdict->err.reason == REASON_CAMERA_RAW;
}

static bool is_cameras_picture(const struct probe_verdict *verdict)
{
	return is_made(verdict) && !is_raw(verdict) &&
	       (verdict->facts.format == FORMAT_JPEG || verdict->facts.format == FORMAT_HEIC);
}

/* The same for all files of one shot. */
static char *key_of(const struct input *input)
{
	g_autofree char *stem = g_strdup(input->path), *folded = NULL;
	char *dot = strrchr(stem, '.');

	if (dot && dot > path_base(stem))
		*dot = '\0';
	folded = collide_key(stem);
	return g_strdup_printf("%d/%s", input->root, folded);
}

static struct shot *find(GHashTable *shots, const struct input *input)
{
	char *key = key_of(input);
	struct shot *shot = g_hash_table_lookup(shots, key);

	if (shot) {
		g_free(key);
		return shot;
	}
	shot = g_new0(struct shot, 1);
	g_hash_table_insert(shots, key, shot);
	return shot;
}

static void note(GHashTable *shots, const struct input *input, const struct probe_verdict *verdict, size_t i)
{
	if (is_cameras_picture(verdict)) {
		struct shot *shot = find(shots, input);

		shot->picture = shot->picture ? shot->picture : i + 1;
	} else if (is_made(verdict) && is_raw(verdict)) {
		struct shot *shot = find(shots, input);

		shot->raw = shot->raw ? shot->raw : i + 1;
	}
}

static size_t instead_of(const struct shot *shot, const struct probe_verdict *verdict, enum raw_pairs wish)
{
	if (wish == RAW_PAIRS_JPEG && is_raw(verdict))
		return shot->picture;
	if (wish == RAW_PAIRS_RAW && is_cameras_picture(verdict))
		return shot->raw;
	return 0;
}

void raw_pairs_mark(struct probe_verdict *verdicts, const struct scan *scan, const struct settings *settings)
{
	enum raw_pairs wish = settings->input.raw_pairs;
	GHashTable *shots = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

	for (size_t i = 0; i < scan->inputs_count; i++)
		note(shots, &scan->inputs[i], &verdicts[i], i);
	for (size_t i = 0; i < scan->inputs_count; i++) {
		bool paired = is_raw(&verdicts[i]) || is_cameras_picture(&verdicts[i]);

		verdicts[i].taken_instead =
			paired ? instead_of(find(shots, &scan->inputs[i]), &verdicts[i], wish) : 0;
	}
	g_hash_table_destroy(shots);
}
