/* Inputs of earlier runs that are no longer there, and what becomes of their outputs. */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/path.h"
#include "base/text.h"
#include "command/record.h"
#include "sys/dir.h"

/* Sets of strings: keys of pictures, and paths of outputs. */
struct search {
	const struct run *run;
	GHashTable *present, *gone;
	GPtrArray *outputs;
};

/* Neither a real path nor one below a root has two slashes in a row ("/" itself as the root makes three). */
static char *key_of(const char *root, const char *path)
{
	return g_strconcat(root, "//", path, NULL);
}

/* A picture that a filter leaves out is still there. */
static bool is_gone(const struct run *run, const struct ledger_picture *picture)
{
	struct stat status;

	for (size_t i = 0; i < run->scan.roots_count; i++)
		if (strcmp(run->roots[i], picture->root) == 0)
			return fstatat(run->scan.roots[i].fd, picture->path, &status, AT_SYMLINK_NOFOLLOW) <
				       0 &&
			       (errno == ENOENT || errno == ENOTDIR);
	return false;
}

static void visit_picture(void *data, const struct ledger_picture *picture)
{
	struct search *search = data;
	char *key = key_of(picture->root, picture->path);

	if (!g_hash_table_contains(search->present, key) && is_gone(search->run, picture))
		g_hash_table_add(search->gone, key);
	else
		g_free(key);
}

static void visit_output(void *data, const struct ledger_output *output)
{
	struct search *search = data;
	g_autofree char *key = key_of(output->root, output->input);

	if (g_hash_table_contains(search->gone, key))
		g_ptr_array_add(search->outputs, g_strdup(output->path));
}

static void find(struct search *search)
{
	const struct run *run = search->run;

	for (size_t i = 0; i < run->scan.inputs_count; i++)
		g_hash_table_add(search->present,
			key_of(run->roots[run->scan.inputs[i].root], run->scan.inputs[i].path));
	ledger_each_picture(run->state.ledger, visit_picture, search);
	if (g_hash_table_size(search->gone) > 0)
		ledger_each_output(run->state.ledger, visit_output, search);
}

__attribute__((format(printf, 3, 4))) static void tell(
	struct run *run, const char *path, const char *format, ...)
{
	g_autofree char *what = NULL;
	va_list args;
	autofree char *name = path_join(run->settings.output_folder, path);
	char shown[1024];

	va_start(args, format);
	what = g_strdup_vprintf(format, args);
	va_end(args);
	log_line(run->log, LOG_INFO, NULL, "%s: %s", text_printable(name ? name : path, shown, sizeof(shown)),
		what);
}

/* Its name is gone from the disk before the ledger forgets it: nobody would remove it any more. */
static int remove_for_good(struct run *run, const char *path)
{
	autofree char *folder = path_dir(path);
	autoclose int fd =
		folder ? dir_open_beneath(run->output.fd, folder, O_RDONLY | O_DIRECTORY, false) : -ENOMEM;

	if (fd < 0)
		return fd;
	if (unlinkat(fd, path_base(path), 0) < 0)
		return -errno;
	return run->settings.run.sync ? dir_flush(fd, 0) : 0;
}

bool record_remove_output(struct run *run, const char *path, const char *why, size_t *removed)
{
	const struct ledger_output *row = ledger_find_output(run->state.ledger, path);
	struct err err;

	if (!record_is_untouched(run, row))
		tell(run, path, "not touched, though %s: it is not what was made", why);
	else if (remove_for_good(run, path) == 0) {
		tell(run, path, "removed, because %s", why);
		(*removed)++;
	} else {
		tell(run, path, "cannot be removed");
		return false;
	}
	return ledger_forget_output(run->state.ledger, path, &err) == 0;
}

static size_t prune(struct run *run, const struct search *search)
{
	GHashTableIter iter;
	gpointer key;
	size_t removed = 0;
	bool all = true;

	for (guint i = 0; i < search->outputs->len; i++)
		all &= record_remove_output(
			run, g_ptr_array_index(search->outputs, i), "its input is no longer there", &removed);
	g_hash_table_iter_init(&iter, search->gone);
	while (all && g_hash_table_iter_next(&iter, &key, NULL)) {
		char *root = key, *path = strstr(root + 1, "//");
		struct err err;

		*path = '\0';
		ledger_forget_picture(run->state.ledger, root, path + 2, &err);
		*path = '/';
	}
	return removed;
}

static void report(struct run *run, const struct search *search)
{
	guint gone = g_hash_table_size(search->gone);
	size_t removed;

	if (run->settings.run.prune) {
		removed = prune(run, search);
		log_line(run->log, LOG_WARNING, NULL,
			"%u inputs of earlier runs are no longer there; removed %zu outputs of theirs", gone,
			removed);
		return;
	}
	for (guint i = 0; i < search->outputs->len; i++)
		tell(run, g_ptr_array_index(search->outputs, i), "kept, though its input is no longer there");
	if (search->outputs->len > 0)
		log_line(run->log, LOG_WARNING, NULL,
			"%u inputs of earlier runs are no longer there; their %u outputs are kept (--prune "
			"removes them)",
			gone, search->outputs->len);
}

void record_vanished(struct run *run)
{
	struct search search = { .run = run,
		.outputs = g_ptr_array_new_with_free_func(g_free),
		.present = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
		.gone = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL) };

	find(&search);
	if (g_hash_table_size(search.gone) > 0)
		report(run, &search);
	g_hash_table_destroy(search.present);
	g_hash_table_destroy(search.gone);
	g_ptr_array_free(search.outputs, TRUE);
}
