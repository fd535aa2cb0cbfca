/* Numbers on a queue, doubled by another process, up to and with the sentinel. */
#include <stdio.h>
#include <string.h>

#include <mp/process.h>
#include <mp/queue.h>

#define SENTINEL (-1)

static int creator(void *queue)
{
	static const int data[] = { 5, 10, 13, SENTINEL };

	printf("Creating data and putting it on the queue\n");
	for (int i = 0; i < 4; i++)
		mp_queue_put(queue, &data[i], sizeof data[i], -1);
	return 0;
}

static int my_consumer(void *queue)
{
	struct mp_bytes bytes = MP_BYTES_INIT;
	int data = 0;

	while (data != SENTINEL && mp_queue_get(queue, &bytes, -1) == 0) {
		memcpy(&data, bytes.data, sizeof data);
		printf("data found to be processed: %d\n", data);
		printf("%d\n", data * 2);
	}
	mp_bytes_free(&bytes);
	return 0;
}

int main(void)
{
	struct mp_queue *queue = mp_queue_new(0);
	const struct mp_process_config one = { .run = creator, .argument = queue };
	const struct mp_process_config two = { .run = my_consumer, .argument = queue };
	struct mp_process *process_one = mp_process_new(&one), *process_two = mp_process_new(&two);

	mp_process_start(process_one);
	mp_process_start(process_two);
	mp_process_join(process_one, -1);
	mp_process_join(process_two, -1);
	mp_process_free(&process_one);
	mp_process_free(&process_two);
	mp_queue_free(&queue);
	return 0;
}
