#include "job/originals.h"

#include <fcntl.h>
#include <glib.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "job/sheet_plan.h"

static guint input_hash(const void *data)
{
	const struct input *input = data;

	return (guint)input->inode ^ (guint)(input->inode >> 32) ^ (guint)input->device;
}

static gboolean input_equal(const void *one, const void *other)
{
	const struct input *a = one, *b = other;

	return a->inode == b->inode && a->device == b->device;
}

static void check_output(
	struct plan *plan, GHashTable *inputs, int folder_fd, const struct planned_output *output)
{
	g_autofree char *name = NULL, *input_name = NULL;
	const struct input *input;
	struct stat data;

	if (!*output->path || fstatat(folder_fd, output->path, &data, 0) < 0)
		return;
	input = g_hash_table_lookup(inputs, &(struct input){ .device = data.st_dev, .inode = data.st_ino });
	if (!input && !S_ISDIR(data.st_mode))
		return;
	name = plan_show_output(plan, output);
	if (!input) {
		plan_add_problem(plan, "%s: is a folder", name);
		return;
	}
	input_name = plan_show_input(plan, (size_t)(input - plan->scan->inputs));
	plan_add_problem(plan, "%s: would overwrite an input: it is %s", name, input_name);
}

void originals_check(struct plan *plan)
{
	g_autoptr(GHashTable) inputs = NULL;
	autoclose int folder_fd = open(plan->settings->output_folder, O_PATH | O_DIRECTORY | O_CLOEXEC);

	/* a folder that is not there holds no input; one that cannot be opened cannot be written to either */
	if (folder_fd < 0)
		return;
	inputs = g_hash_table_new(input_hash, input_equal);
	for (size_t i = 0; i < plan->scan->inputs_count; i++)
		g_hash_table_add(inputs, &plan->scan->inputs[i]);
	for (size_t i = 0; i < plan->scan->inputs_count; i++)
		for (size_t j = 0; plan->inputs[i].outputs && j < plan->outputs_count; j++)
			check_output(plan, inputs, folder_fd, &plan->inputs[i].outputs[j]);
	for (size_t i = 0; i < plan->settings->sheets_count; i++)
		for (size_t j = 0; j < plan->sheets[i].files_count; j++)
			check_output(plan, inputs, folder_fd, &plan->sheets[i].files[j]);
}
