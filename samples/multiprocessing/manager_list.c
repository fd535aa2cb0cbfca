/* A list that a server process keeps, and five processes append to. */
#include <stdio.h>

#include <mp/manager.h>
#include <mp/process.h>

static struct mp_list *shared_list;

static int add_to_list(void *value)
{
	return mp_list_append(shared_list, value, sizeof(int)) ? 1 : 0;
}

int main(void)
{
	struct mp_manager *manager = mp_manager_new();
	int values[] = { 0, 1, 2, 3, 4 };
	struct mp_process *processes[5];
	struct mp_copy copy = MP_COPY_INIT;
	struct mp_item item;
	const char *before = "[";

	shared_list = mp_list_new(manager);
	for (int i = 0; i < 5; i++) {
		const struct mp_process_config config = { .run = add_to_list, .argument = &values[i] };

		processes[i] = mp_process_new(&config);
		mp_process_start(processes[i]);
	}
	for (int i = 0; i < 5; i++) {
		mp_process_join(processes[i], -1);
		mp_process_free(&processes[i]);
	}
	mp_list_copy(shared_list, &copy);
	for (; mp_copy_next(&copy, &item) == 1; before = ", ")
		printf("%s%d", before, *(const int *)item.data);
	printf("]\n");
	mp_copy_free(&copy);
	mp_list_free(&shared_list);
	mp_manager_free(&manager);
	return 0;
}
