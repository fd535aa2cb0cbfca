#include "command/rebuild.h"

#include <fcntl.h>
#include <glib.h>
#include <string.h>

#include "base/cleanup.h"
#include "image/fingerprint.h"
#include "sys/dir.h"

/* Copies, since nothing may be recorded while the ledger is visited. */
struct rows {
	GPtrArray *pictures, *outputs;
};

static void copy_picture(void *data, const struct ledger_picture *picture)
{
	struct ledger_picture *copy = g_memdup2(picture, sizeof(*picture));

	copy->root = g_strdup(picture->root);
	copy->path = g_strdup(picture->path);
	copy->message = g_strdup(picture->message);
	g_ptr_array_add(((struct rows *)data)->pictures, copy);
}

static void free_picture(gpointer data)
{
	struct ledger_picture *picture = data;

	g_free((char *)picture->root);
	g_free((char *)picture->path);
	g_free((char *)picture->message);
	g_free(picture);
}

static void copy_output(void *data, const struct ledger_output *output)
{
	struct ledger_output *copy = g_memdup2(output, sizeof(*output));

	copy->path = g_strdup(output->path);
	copy->root = g_strdup(output->root);
	copy->input = g_strdup(output->input);
	g_ptr_array_add(((struct rows *)data)->outputs, copy);
}

static void free_output(gpointer data)
{
	struct ledger_output *output = data;

	g_free((char *)output->path);
	g_free((char *)output->root);
	g_free((char *)output->input);
	g_free(output);
}

static bool is_true(const struct ledger_output *output, int output_fd)
{
	autoclose int fd = dir_open_beneath(output_fd, output->path, O_RDONLY, false);
	unsigned char content[FINGERPRINT_BYTES];

	return fd >= 0 && fingerprint_file(fd, content) == 0 &&
	       memcmp(content, output->content, sizeof(content)) == 0;
}

static int record_again(
	struct ledger *ledger, const struct rows *rows, int output_fd, size_t *kept, struct err *err)
{
	int result = 0;

	for (guint i = 0; i < rows->pictures->len && result == 0; i++)
		result = ledger_record_picture(ledger, g_ptr_array_index(rows->pictures, i), err);
	for (guint i = 0; i < rows->outputs->len && result == 0; i++) {
		const struct ledger_output *output = g_ptr_array_index(rows->outputs, i);
		bool keep = is_true(output, output_fd);

		*kept += keep;
		result = keep ? ledger_record_output(ledger, output, err)
			      : ledger_forget_output(ledger, output->path, err);
	}
	return result;
}

int rebuild_ledger(struct ledger *ledger, int output_fd, size_t *kept, struct err *err)
{
	struct rows rows = { .pictures = g_ptr_array_new_with_free_func(free_picture),
		.outputs = g_ptr_array_new_with_free_func(free_output) };
	int result;

	*kept = 0;
	ledger_each_picture(ledger, copy_picture, &rows);
	ledger_each_output(ledger, copy_output, &rows);
	result = record_again(ledger, &rows, output_fd, kept, err);
	g_ptr_array_free(rows.pictures, TRUE);
	g_ptr_array_free(rows.outputs, TRUE);
	return result < 0 ? -1 : ledger_commit(ledger, err);
}
