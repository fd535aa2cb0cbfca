/* A shared number and a shared array, each changed by a process of its own. */
#include <stdio.h>

#include <mp/process.h>
#include <mp/shared.h>

static int increment_counter(void *counter)
{
	int *value = mp_shared_data(counter);

	for (int i = 0; i < 1000; i++) {
		mp_shared_acquire(counter, -1);
		*value += 1;
		mp_shared_release(counter);
	}
	return 0;
}

/* One update of all of it: whoever looks sees none of the numbers doubled, or all. */
static int modify_array(void *array)
{
	double *numbers = mp_shared_data(array);

	mp_shared_acquire(array, -1);
	for (size_t i = 0; i < mp_shared_count(array); i++)
		numbers[i] *= 2;
	mp_shared_release(array);
	return 0;
}

int main(void)
{
	static const double initial[] = { 1.0, 2.0, 3.0 };
	struct mp_shared *counter = mp_shared_new(NULL, sizeof(int), 1);
	struct mp_shared *array = mp_shared_new(initial, sizeof initial[0], 3);
	const struct mp_process_config first = { .run = increment_counter, .argument = counter };
	const struct mp_process_config second = { .run = modify_array, .argument = array };
	struct mp_process *p1 = mp_process_new(&first), *p2 = mp_process_new(&second);
	const double *numbers = mp_shared_data(array);

	mp_process_start(p1);
	mp_process_start(p2);
	mp_process_join(p1, -1);
	mp_process_join(p2, -1);
	printf("Final counter: %d\n", *(int *)mp_shared_data(counter));
	printf("Modified array: [%.1f, %.1f, %.1f]\n", numbers[0], numbers[1], numbers[2]);
	mp_process_free(&p1);
	mp_process_free(&p2);
	mp_shared_free(&counter);
	mp_shared_free(&array);
	return 0;
}
