/* One process puts items on a queue, another takes them, until a poison pill comes: here an empty message. */
#include <stdio.h>
#include <string.h>

#include <mp/process.h>
#include <mp/queue.h>

static int producer(void *queue)
{
	static const char *const items[] = { "A", "B", "C", "D" };

	for (int i = 0; i < 4; i++) {
		printf("Producing %s\n", items[i]);
		mp_queue_put(queue, items[i], strlen(items[i]), -1);
	}
	return 0;
}

static int consumer(void *queue)
{
	struct mp_bytes item = MP_BYTES_INIT;

	while (mp_queue_get(queue, &item, -1) == 0 && item.size_bytes > 0)
		printf("Consuming %s\n", item.data);
	mp_bytes_free(&item);
	return 0;
}

int main(void)
{
	struct mp_queue *queue = mp_queue_new(0);
	const struct mp_process_config first = { .run = producer, .argument = queue };
	const struct mp_process_config second = { .run = consumer, .argument = queue };
	struct mp_process *p1 = mp_process_new(&first), *p2 = mp_process_new(&second);

	mp_process_start(p1);
	mp_process_start(p2);
	mp_process_join(p1, -1);
	mp_queue_put(queue, "", 0, -1); /* signal the consumer to stop */
	mp_process_join(p2, -1);
	mp_process_free(&p1);
	mp_process_free(&p2);
	mp_queue_free(&queue);
	return 0;
}
