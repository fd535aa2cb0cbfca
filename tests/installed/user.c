/* A program of somebody else's, in C: squares by a pool, and a process that puts a message on a queue. */
#include <stdio.h>
#include <string.h>

#include <mp/process.h>
#include <mp/queue.h>
#include <mp/team.h>

static int square(struct mp_worker *worker, const void *payload, size_t size_bytes, struct mp_reply *reply)
{
	int number;

	(void)worker;
	(void)size_bytes;
	memcpy(&number, payload, sizeof number);
	number *= number;
	return mp_reply_set(reply, &number, sizeof number) ? 1 : 0;
}

static int say_hello(void *queue)
{
	return mp_queue_put(queue, "hello", 5, -1) ? 1 : 0;
}

static void print_squares(void)
{
	static const struct mp_task tasks[] = { { "square", square, 1 }, { NULL, NULL, 0 } };
	const struct mp_pool_config config = { .workers = 2, .tasks = tasks };
	static const int numbers[] = { 1, 2, 3, 4, 5 };
	const struct mp_items items = { .data = numbers, .item_bytes = sizeof numbers[0], .count = 5 };
	struct mp_team *team = mp_team_new(&config);
	struct mp_batch *batch = mp_team_map(team, "square", &items, 0);

	for (size_t i = 0; i < mp_batch_count(batch); i++)
		printf("%d ", *(const int *)mp_batch_result(batch, i)->data);
	mp_batch_free(&batch);
	mp_team_free(&team);
}

int main(void)
{
	struct mp_queue *queue = mp_queue_new(0);
	const struct mp_process_config config = { .run = say_hello, .argument = queue };
	struct mp_process *process = mp_process_new(&config);
	struct mp_bytes bytes = MP_BYTES_INIT;

	print_squares();
	if (mp_process_start(process) || mp_queue_get(queue, &bytes, 10000) || mp_process_join(process, -1))
		return 1;
	printf("%s from %s\n", bytes.data, mp_process_name(process));
	mp_bytes_free(&bytes);
	mp_process_free(&process);
	mp_queue_free(&queue);
	return 0;
}
