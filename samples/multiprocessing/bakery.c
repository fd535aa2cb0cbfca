/* A cashier passes order slips to a baker, who goes home at "exit". */
#include <stdio.h>
#include <string.h>

#include <mp/process.h>
#include <mp/queue.h>

static int baker(void *order_queue)
{
	struct mp_bytes order = MP_BYTES_INIT;

	while (mp_queue_get(order_queue, &order, -1) == 0 && strcmp(order.data, "exit") != 0)
		printf("Baker: Preparing %s bread\n", order.data);
	mp_bytes_free(&order);
	return 0;
}

static int cashier(void *order_queue)
{
	static const char *const orders[] = { "Baguette", "Ciabatta", "Sourdough", "exit" };

	for (int i = 0; i < 4; i++)
		mp_queue_put(order_queue, orders[i], strlen(orders[i]), -1);
	return 0;
}

int main(void)
{
	struct mp_queue *order_queue = mp_queue_new(0);
	const struct mp_process_config bakes = { .run = baker, .argument = order_queue };
	const struct mp_process_config sells = { .run = cashier, .argument = order_queue };
	struct mp_process *baker_process = mp_process_new(&bakes), *cashier_process = mp_process_new(&sells);

	mp_process_start(baker_process);
	mp_process_start(cashier_process);
	mp_process_join(baker_process, -1);
	mp_process_join(cashier_process, -1);
	printf("Bakery is closed for the day.\n");
	mp_process_free(&baker_process);
	mp_process_free(&cashier_process);
	mp_queue_free(&order_queue);
	return 0;
}
