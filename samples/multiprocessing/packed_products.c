/* Five packers, ten products each, one total. */
#include <stdio.h>

#include <mp/process.h>
#include <mp/shared.h>

struct packer {
	int id;
	struct mp_shared *total;
};

static int pack(void *argument)
{
	const struct packer *packer = argument;
	int *total = mp_shared_data(packer->total);

	for (int i = 0; i < 10; i++) {
		mp_shared_acquire(packer->total, -1);
		*total += 1;
		printf("Worker %d: Packed 1 product (Total: %d products)\n", packer->id, *total);
		mp_shared_release(packer->total);
	}
	return 0;
}

int main(void)
{
	struct mp_shared *total = mp_shared_new(NULL, sizeof(int), 1);
	struct packer packers[5];
	struct mp_process *processes[5];

	for (int i = 0; i < 5; i++) {
		const struct mp_process_config config = { .run = pack, .argument = &packers[i] };

		packers[i] = (struct packer){ i, total };
		processes[i] = mp_process_new(&config);
		mp_process_start(processes[i]);
	}
	for (int i = 0; i < 5; i++) {
		mp_process_join(processes[i], -1);
		mp_process_free(&processes[i]);
	}
	printf("Total products packed: %d\n", *(int *)mp_shared_data(total));
	mp_shared_free(&total);
	return 0;
}
