#include "job/collide.h"

#include <glib.h>
#include <string.h>

#include "base/path.h"
#include "job/naming.h"
#include "job/sheet_plan.h"

/* One output's wish for a name. */
struct claim {
	struct planned_output *output;
	size_t input;                      /* index into scan->inputs */
	const struct planned_sheet *sheet; /* whose file it is; NULL: a picture's */
	char *key;                         /* owned by the claims */
};

struct claims {
	struct claim *rows; /* in the order of the inputs */
	size_t count;
	GHashTable *first;   /* by key: the first claim that has it */
	GHashTable *folders; /* by the key of each folder that outputs lie in: a claim that lies in it; owns
				keys */
};

static bool is_ascii(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

char *collide_key(const char *path)
{
	g_autofree char *composed = NULL, *folded = NULL;

	if (is_ascii(path))
		return g_ascii_strdown(path, -1);
	composed = g_utf8_normalize(path, -1, G_NORMALIZE_NFC);
	if (!composed) /* not UTF-8: only equal bytes are the same name */
		return g_ascii_strdown(path, -1);
	folded = g_utf8_casefold(composed, -1);
	/* folding may take a composed character apart */
	return g_utf8_normalize(folded, -1, G_NORMALIZE_NFC);
}

/* The folders that `claim` lies in, from the innermost on until one that is known. */
static void add_folders(struct claims *claims, struct claim *claim)
{
	g_autofree char *folder = g_strdup(claim->key);
	char *slash;

	while ((slash = strrchr(folder, '/'))) {
		*slash = '\0';
		if (g_hash_table_contains(claims->folders, folder))
			return;
		g_hash_table_insert(claims->folders, g_strdup(folder), claim);
	}
}

static void claims_add(struct claims *claims, const struct claim *added)
{
	struct claim *claim = &claims->rows[claims->count++];

	*claim = *added;
	claim->key = collide_key(claim->output->path);
	if (!g_hash_table_contains(claims->first, claim->key))
		g_hash_table_insert(claims->first, claim->key, claim);
	add_folders(claims, claim);
}

static size_t count_files(const struct plan *plan)
{
	size_t count = plan->scan->inputs_count * plan->outputs_count;

	for (size_t i = 0; i < plan->settings->sheets_count; i++)
		count += plan->sheets[i].files_count;
	return count;
}

/* After all pictures, so that these come to their names first. */
static void add_sheets(struct claims *claims, const struct plan *plan)
{
	for (size_t i = 0; i < plan->settings->sheets_count; i++) {
		const struct planned_sheet *sheet = &plan->sheets[i];

		for (size_t j = 0; j < sheet->files_count; j++)
			if (*sheet->files[j].path)
				claims_add(claims,
					&(struct claim){ .output = &sheet->files[j], .sheet = sheet });
	}
}

static void claims_init(struct claims *claims, struct plan *plan)
{
	*claims = (struct claims){
		.rows = g_new(struct claim, count_files(plan)),
		.first = g_hash_table_new(g_str_hash, g_str_equal),
		.folders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
	};
	for (size_t i = 0; i < plan->scan->inputs_count; i++) {
		struct planned_output *outputs = plan->inputs[i].outputs;

		for (size_t j = 0; outputs && j < plan->outputs_count; j++)
			if (*outputs[j].path)
				claims_add(claims, &(struct claim){ .output = &outputs[j], .input = i });
	}
	add_sheets(claims, plan);
}

static void claims_finish(struct claims *claims)
{
	g_hash_table_destroy(claims->first);
	g_hash_table_destroy(claims->folders);
	for (size_t i = 0; i < claims->count; i++)
		g_free(claims->rows[i].key);
	g_free(claims->rows);
}

static void rename_output(struct claim *claim, const char *inserted)
{
	char *path = naming_insert(claim->output->path, inserted);

	g_free(claim->output->path);
	claim->output->path = path;
}

/* Gives `claim` the first numbered name from `*next` on that nobody has or wants. */
static void number(struct claims *claims, struct claim *claim, size_t *next)
{
	char inserted[32];

	for (;; (*next)++) {
		g_autofree char *path = NULL, *key = NULL;

		g_snprintf(inserted, sizeof(inserted), "-%zu", *next);
		path = naming_insert(claim->output->path, inserted);
		key = collide_key(path);
		if (g_hash_table_contains(claims->first, key) || g_hash_table_contains(claims->folders, key))
			continue;
		rename_output(claim, inserted);
		if (g_hash_table_lookup(claims->first, claim->key) == claim)
			g_hash_table_remove(claims->first, claim->key);
		g_free(claim->key);
		claim->key = g_steal_pointer(&key);
		g_hash_table_insert(claims->first, claim->key, claim);
		(*next)++;
		return;
	}
}

/* `first` holds the names that all outputs want before any is numbered, so a number never takes one of those.
 * How far the numbers of a name have come is kept, so that a thousand of one name take a thousand steps. */
static void number_all(struct claims *claims)
{
	g_autoptr(GHashTable) counters = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

	for (size_t i = 0; i < claims->count; i++) {
		struct claim *claim = &claims->rows[i];
		bool first = g_hash_table_lookup(claims->first, claim->key) == claim;
		size_t *next;

		if (first && !g_hash_table_contains(claims->folders, claim->key))
			continue;
		next = g_hash_table_lookup(counters, claim->key);
		if (!next) {
			next = g_new(size_t, 1);
			*next = 2;
			g_hash_table_insert(counters, g_strdup(claim->key), next);
		}
		number(claims, claim, next);
	}
}

static void keep_extensions(struct plan *plan, struct claims *claims)
{
	g_autoptr(GHashTable) shared = g_hash_table_new(g_str_hash, g_str_equal);

	for (size_t i = 0; i < claims->count; i++) {
		struct claim *claim = &claims->rows[i];

		if (g_hash_table_lookup(claims->first, claim->key) != claim)
			g_hash_table_add(shared, claim->key);
	}
	for (size_t i = 0; i < claims->count; i++) {
		struct claim *claim = &claims->rows[i];
		const char *own = claim->sheet ? "" : path_ext(plan->scan->inputs[claim->input].path);
		g_autofree char *inserted = g_strconcat(".", own, NULL);

		if (*own && strcmp(own, path_ext(claim->output->path)) != 0 &&
			g_hash_table_contains(shared, claim->key))
			rename_output(claim, inserted);
	}
}

void collide_resolve(struct plan *plan)
{
	enum collision_policy policy = plan->settings->run.on_collision;
	struct claims claims;

	if (policy == COLLISION_FAIL)
		return;
	claims_init(&claims, plan);
	if (policy == COLLISION_NUMBER)
		number_all(&claims);
	else
		keep_extensions(plan, &claims);
	claims_finish(&claims);
}

/* The claims that share a key with an earlier one. */
struct clash {
	const struct claim *second;
	size_t others; /* beyond the first two */
};

static GHashTable *find_clashes(const struct claims *claims)
{
	GHashTable *clashes = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);

	for (size_t i = 0; i < claims->count; i++) {
		struct claim *claim = &claims->rows[i];
		struct clash *clash = g_hash_table_lookup(clashes, claim->key);

		if (g_hash_table_lookup(claims->first, claim->key) == claim)
			continue;
		if (clash) {
			clash->others++;
			continue;
		}
		clash = g_new0(struct clash, 1);
		clash->second = claim;
		g_hash_table_insert(clashes, claim->key, clash);
	}
	return clashes;
}

/* Which of the recipe's outputs it is. */
static const char *label_of(const struct plan *plan, const struct claim *claim)
{
	return plan->settings->outputs[claim->output - plan->inputs[claim->input].outputs].label;
}

/* Two outputs of one picture: it will be so with the others, and is told once. */
static void add_clash_of_outputs(struct plan *plan, const struct claim *one, const struct claim *other)
{
	g_autofree char *name = plan_show_output(plan, one->output);

	plan_add_problem(plan,
		"%s: would be made as [output %s] and as [output %s]; a name with {output} tells them apart",
		name, label_of(plan, one), label_of(plan, other));
}

static bool is_of_one_picture(const struct claim *one, const struct claim *other)
{
	return !one->sheet && !other->sheet && one->input == other->input &&
	       strcmp(one->output->path, other->output->path) == 0;
}

/* "of shoot/a.jpg", "as page 2 of [sheet proof]" */
static char *show_origin(const struct plan *plan, const struct claim *claim)
{
	g_autofree char *input = claim->sheet ? NULL : plan_show_input(plan, claim->input);

	if (input)
		return g_strconcat("of ", input, NULL);
	return g_strdup_printf("as page %zu of [sheet %s]", (size_t)(claim->output - claim->sheet->files) + 1,
		claim->sheet->settings->label);
}

static void add_clash(struct plan *plan, const struct claim *first, const struct clash *clash)
{
	g_autofree char *name = plan_show_output(plan, first->output);
	g_autofree char *other = plan_show_output(plan, clash->second->output);
	g_autofree char *origin = show_origin(plan, first);
	g_autofree char *other_origin = show_origin(plan, clash->second);
	bool pages = first->sheet && first->sheet == clash->second->sheet;
	char more[48] = "";

	if (clash->others > 0)
		g_snprintf(more, sizeof(more), " and %zu more", clash->others);
	if (strcmp(first->output->path, clash->second->output->path) == 0)
		plan_add_problem(plan, "%s: would be made %s and %s%s%s", name, origin, other_origin, more,
			pages ? "; a name with {page} tells them apart" : "");
	else
		plan_add_problem(plan, "%s: is the same name as %s on Windows and macOS (made %s and %s%s)",
			name, other, origin, other_origin, more);
}

static void check_folder(struct plan *plan, const struct claims *claims, const struct claim *claim)
{
	const struct claim *inside = g_hash_table_lookup(claims->folders, claim->key);
	g_autofree char *name = NULL, *other = NULL;

	if (!inside)
		return;
	name = plan_show_output(plan, claim->output);
	other = plan_show_output(plan, inside->output);
	plan_add_problem(plan, "%s: would be a file, and the folder of %s", name, other);
}

/* Is it the first clash of these two outputs? */
static bool is_news(
	GHashTable *told, const struct plan *plan, const struct claim *one, const struct claim *other)
{
	size_t a = (size_t)(one->output - plan->inputs[one->input].outputs);
	size_t b = (size_t)(other->output - plan->inputs[other->input].outputs);

	return g_hash_table_add(told, GSIZE_TO_POINTER(a * plan->outputs_count + b));
}

void collide_check(struct plan *plan)
{
	g_autoptr(GHashTable) clashes = NULL, told = g_hash_table_new(NULL, NULL);
	struct claims claims;

	claims_init(&claims, plan);
	clashes = find_clashes(&claims);
	for (size_t i = 0; i < claims.count; i++) {
		const struct claim *claim = &claims.rows[i];
		const struct clash *clash;

		if (g_hash_table_lookup(claims.first, claim->key) != claim)
			continue;
		clash = g_hash_table_lookup(clashes, claim->key);
		if (clash && !is_of_one_picture(claim, clash->second))
			add_clash(plan, claim, clash);
		else if (clash && is_news(told, plan, claim, clash->second))
			add_clash_of_outputs(plan, claim, clash->second);
		check_folder(plan, &claims, claim);
	}
	claims_finish(&claims);
}
