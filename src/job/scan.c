#include "job/scan.h"

#include <errno.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/path.h"
#include "base/text.h"
#include "job/names.h"
#include "job/walk.h"

static int refuse_input(struct err *err, const char *input, int error)
{
	char shown[256];

	return err_set_errno(err, error, "%s", *input ? text_printable(input, shown, sizeof(shown)) : "\"\"");
}

/* The folder that holds the file `path`, as open() takes it. */
static char *holder_of(const char *path)
{
	g_autofree char *dir = path_dir(path);

	if (*dir)
		return g_steal_pointer(&dir);
	return g_strdup(*path == '/' ? "/" : ".");
}

static int add_input_file(struct walk *walk, const char *input, struct err *err)
{
	g_autofree char *holder = holder_of(input);
	int root = walk_root(walk, holder);
	char shown[256];
	struct err why;

	if (root < 0)
		return refuse_input(err, input, root);
	if (walk_file(walk, root, path_base(input), &why) == 0)
		return 0;
	text_printable(input, shown, sizeof(shown));
	return err_set(err, why.reason, "%s: %.200s", shown, why.text);
}

static int add_input(struct walk *walk, const char *input, struct err *err)
{
	struct stat data;
	int root;

	if (stat(input, &data) < 0)
		return refuse_input(err, input, -errno);
	if (!S_ISDIR(data.st_mode))
		return add_input_file(walk, input, err);
	root = walk_root(walk, input);
	if (root < 0)
		return refuse_input(err, input, root);
	walk_folder(walk, root, "", true);
	return 0;
}

/* What of the absolute path `name` lies below the folder `above` (absolute too, no slash at its end); NULL
 * when it does not. */
static const char *below(const char *name, const char *above)
{
	size_t length = strlen(above);

	if (strncmp(name, above, length) != 0)
		return NULL;
	name += length;
	return *name == '/' ? name + 1 : *name ? NULL : name;
}

/* The part of an absolute name (`path` is without its leading slash) that lies below INPUT, as the user wrote
 * it or as it really is. */
static char *path_below_input(const char *path, const char *input)
{
	autofree char *real = realpath(input, NULL);
	g_autofree char *base = NULL, *written = names_split(input, &base);
	const char *found = NULL;

	if (written && strcmp(base, "/") == 0)
		found = below(path, written);
	if (!found && real)
		found = below(path, real + 1);
	return g_strdup(found);
}

/* `input` is the one INPUT folder, or NULL; root 0 is that, or the current folder. */
static void add_name(struct walk *walk, const char *name, const char *input)
{
	g_autofree char *base = NULL, *path = names_split(name, &base);
	struct err err;
	int root = 0;

	if (path && input && strcmp(base, "/") == 0) {
		char *shorter = path_below_input(path, input);

		g_free(path);
		path = shorter;
	} else if (path && input && *base) {
		g_clear_pointer(&path, g_free);
	} else if (path && *base) {
		root = walk_root(walk, base);
	}
	if (!path)
		err_set(&err, REASON_UNSUPPORTED, input ? "is not below INPUT" : "has .. in its middle");
	else if (root < 0)
		err_set_errno(&err, root, "cannot be found");
	else if (!*path)
		return walk_folder(walk, root, path, false);
	else if (walk_file(walk, root, path, &err) == 0)
		return;
	walk_problem(walk, name, &err);
}

static int add_names(struct walk *walk, struct err *err)
{
	const struct input_settings *asked = &walk->settings->input;
	const char *input = asked->inputs ? asked->inputs[0] : NULL;
	struct names names;
	int error, root;

	if (input && asked->inputs[1])
		return err_set(err, REASON_UNSUPPORTED, "--files-from: takes one INPUT folder at most");
	root = walk_root(walk, input ? input : ".");
	if (root < 0)
		return refuse_input(err, input ? input : ".", root);
	error = names_read(&names, asked->files_from, asked->null_separated, err);
	if (error == 0)
		for (size_t i = 0; i < names.count; i++)
			add_name(walk, names.names[i], input);
	names_finish(&names);
	return error;
}

static int add_inputs(struct walk *walk, struct err *err)
{
	for (char **input = walk->settings->input.inputs; input && *input; input++)
		if (add_input(walk, *input, err) < 0)
			return -1;
	return 0;
}

/* The rank of a character in the order of paths: a slash comes before all else, so that what is in a folder
 * stays together. */
static int rank(char character)
{
	return character == '\0' ? 0 : character == '/' ? 1 : 1 + (unsigned char)character;
}

static int compare_paths(const char *one, const char *other)
{
	while (*one && *one == *other) {
		one++;
		other++;
	}
	return rank(*one) - rank(*other);
}

static int compare_found(const void *one, const void *other)
{
	const struct input *a = &((const struct found *)one)->input,
			   *b = &((const struct found *)other)->input;

	return a->root != b->root ? a->root - b->root : compare_paths(a->path, b->path);
}

/* By the folder that the name is in and the name: the same for each way to reach it. */
static guint found_hash(const void *data)
{
	const struct found *found = data;

	return g_str_hash(path_base(found->input.path)) ^ (guint)found->folder.inode;
}

/* Below one root, a folder may be reached by a link too: that is another place in OUTPUT. */
static gboolean found_equal(const void *one, const void *other)
{
	const struct found *a = one, *b = other;

	if (a->input.root == b->input.root)
		return strcmp(a->input.path, b->input.path) == 0;
	return a->folder.inode == b->folder.inode && a->folder.device == b->folder.device &&
	       strcmp(path_base(a->input.path), path_base(b->input.path)) == 0;
}

/* Takes the inputs over from `found`, which is in order, each only once. */
static void collect_inputs(struct scan *scan, GArray *found)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(found_hash, found_equal);

	scan->inputs = g_new(struct input, found->len);
	for (guint i = 0; i < found->len; i++) {
		struct found *one = &g_array_index(found, struct found, i);

		if (g_hash_table_contains(seen, one)) {
			g_free(one->input.path);
			continue;
		}
		g_hash_table_add(seen, one);
		scan->inputs[scan->inputs_count++] = one->input;
	}
	g_array_set_size(found, 0);
}

static void collect(struct scan *scan, struct walk *walk)
{
	g_array_sort(walk->found, compare_found);
	collect_inputs(scan, walk->found);
	scan->roots = g_array_steal(walk->roots, &scan->roots_count);
	scan->problems = g_array_steal(walk->problems, &scan->problems_count);
	scan->links_count = walk->links_count;
	scan->others_count = walk->others_count;
}

int scan_run(struct scan *scan, const struct settings *settings, struct err *err)
{
	struct walk walk;
	int error;

	*scan = (struct scan){ NULL };
	walk_init(&walk, settings);
	error = settings->input.files_from ? add_names(&walk, err) : add_inputs(&walk, err);
	if (error == 0)
		error = walk_run(&walk, err);
	if (error == 0)
		collect(scan, &walk);
	walk_finish(&walk);
	return error;
}

void scan_finish(struct scan *scan)
{
	for (size_t i = 0; i < scan->roots_count; i++) {
		cleanup_close(&scan->roots[i].fd);
		g_free(scan->roots[i].path);
	}
	for (size_t i = 0; i < scan->inputs_count; i++)
		g_free(scan->inputs[i].path);
	for (size_t i = 0; i < scan->problems_count; i++)
		g_free(scan->problems[i].name);
	g_free(scan->roots);
	g_free(scan->inputs);
	g_free(scan->problems);
	*scan = (struct scan){ NULL };
}

char *scan_input_name(const struct scan *scan, const struct input *input)
{
	return path_join(scan->roots[input->root].path, input->path);
}
