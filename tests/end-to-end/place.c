#include "end-to-end/place.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

static GPtrArray *paths;

int place_setup(void **state)
{
	struct place *place = g_new0(struct place, 1);
	char *made = g_dir_make_tmp("stampmill-e2e-XXXXXX", NULL);

	assert_non_null(getenv("STAMPMILL")); /* as `meson test` sets it */
	assert_non_null(getenv("SAMPLES"));
	assert_non_null(made);
	place->folder = g_canonicalize_filename(made, NULL);
	g_free(made);
	paths = g_ptr_array_new_with_free_func(g_free);
	*state = place;
	return 0;
}

static void remove_tree(const char *path)
{
	struct stat status;
	GDir *folder = NULL;
	const char *name;

	if (lstat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
		chmod(path, 0700);
		folder = g_dir_open(path, 0, NULL);
	}
	while (folder && (name = g_dir_read_name(folder))) {
		char *below = g_build_filename(path, name, NULL);

		remove_tree(below);
		g_free(below);
	}
	if (folder)
		g_dir_close(folder);
	g_remove(path);
}

int place_teardown(void **state)
{
	struct place *place = *state;

	remove_tree(place->folder);
	g_ptr_array_unref(paths);
	g_free(place->folder);
	g_free(place);
	return 0;
}

char *place_path(struct place *place, const char *format, ...)
{
	va_list arguments;
	char *below, *path;

	va_start(arguments, format);
	below = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	path = g_strconcat(place->folder, "/", below, NULL);
	g_free(below);
	g_ptr_array_add(paths, path);
	return path;
}

static void make_parent(const char *path)
{
	char *parent = g_path_get_dirname(path);

	folder_make(parent);
	g_free(parent);
}

void folder_make(const char *path)
{
	assert_int_equal(g_mkdir_with_parents(path, 0755), 0);
}

void file_write(const char *path, const void *data, size_t size_bytes)
{
	make_parent(path);
	assert_true(g_file_set_contents(path, data, (gssize)size_bytes, NULL));
}

void file_write_text(const char *path, const char *text)
{
	file_write(path, text, strlen(text));
}

char *file_read(const char *path, size_t *size_bytes)
{
	char *data = NULL;
	gsize size = 0;

	if (!g_file_get_contents(path, &data, &size, NULL))
		fail_msg("%s cannot be read", path);
	if (size_bytes)
		*size_bytes = size;
	return data;
}

void file_copy(const char *from, const char *to)
{
	size_t size_bytes;
	char *data = file_read(from, &size_bytes);

	file_write(to, data, size_bytes);
	g_free(data);
}

void file_hard_link(const char *from, const char *to)
{
	make_parent(to);
	assert_int_equal(link(from, to), 0);
}

void file_symbolic_link(const char *target, const char *name)
{
	make_parent(name);
	assert_int_equal(symlink(target, name), 0);
}

void file_cut(const char *path, double share)
{
	struct stat status;

	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(truncate(path, (off_t)((double)status.st_size * share)), 0);
}

int file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

#define STATE_FOLDER ".stampmill"

static void list_into(GPtrArray *names, const char *folder, const char *prefix, int with_state)
{
	GDir *dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		char *path, *below;

		if (strcmp(name, STATE_FOLDER) == 0 && !with_state)
			continue;
		path = g_build_filename(folder, name, NULL);
		below = g_strconcat(prefix, name, NULL);
		if (g_file_test(path, G_FILE_TEST_IS_DIR) && !g_file_test(path, G_FILE_TEST_IS_SYMLINK)) {
			char *deeper = g_strconcat(below, "/", NULL);

			list_into(names, path, deeper, with_state);
			g_free(deeper);
			g_free(below);
		} else {
			g_ptr_array_add(names, below);
		}
		g_free(path);
	}
	if (dir)
		g_dir_close(dir);
}

static gint compare(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static GPtrArray *list(const char *folder, int with_state)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

	list_into(names, folder, "", with_state);
	g_ptr_array_sort(names, compare);
	return names;
}

char *tree_list(const char *folder)
{
	GPtrArray *names = list(folder, 0);
	char *joined;

	g_ptr_array_add(names, NULL);
	joined = g_strjoinv("\n", (char **)names->pdata);
	g_ptr_array_unref(names);
	return joined;
}

size_t tree_count(const char *folder)
{
	GPtrArray *names = list(folder, 0);
	size_t count = names->len;

	g_ptr_array_unref(names);
	return count;
}

static unsigned long sum_of(const char *folder, int with_state)
{
	GPtrArray *names = list(folder, with_state);
	unsigned long sum = 5381;

	for (unsigned i = 0; i < names->len; i++) {
		char *path = g_build_filename(folder, names->pdata[i], NULL);
		char *target = g_file_read_link(path, NULL);
		size_t size_bytes = target ? strlen(target) : 0;
		char *data = target ? target : file_read(path, &size_bytes);

		sum = sum * 33 + g_str_hash(names->pdata[i]);
		for (size_t k = 0; k < size_bytes; k++)
			sum = sum * 33 + (unsigned char)data[k];
		g_free(data);
		g_free(path);
	}
	g_ptr_array_unref(names);
	return sum;
}

unsigned long tree_sum(const char *folder)
{
	return sum_of(folder, 0);
}

unsigned long tree_sum_all(const char *folder)
{
	return sum_of(folder, 1);
}
