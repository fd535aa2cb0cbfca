/* A team of two workers applies a function to each item of a list; the results come in the order of the
 * items. */
#include <stdio.h>

#include <mp/team.h>

static int square(struct mp_worker *worker, const void *item, size_t size_bytes, struct mp_reply *reply)
{
	int number = *(const int *)item, result = number * number;

	(void)worker;
	(void)size_bytes;
	return mp_reply_set(reply, &result, sizeof result) ? 1 : 0;
}

int main(void)
{
	static const struct mp_task tasks[] = { { "square", square, 1 }, { NULL, NULL, 0 } };
	static const int numbers[] = { 1, 2, 3, 4, 5 };
	const struct mp_pool_config config = { .workers = 2, .tasks = tasks };
	const struct mp_items items = { .data = numbers, .item_bytes = sizeof numbers[0], .count = 5 };
	struct mp_team *team = mp_team_new(&config);
	struct mp_batch *squares = team ? mp_team_map(team, "square", &items, 0) : NULL;

	if (!squares)
		return 1;
	for (size_t i = 0; i < mp_batch_count(squares); i++)
		printf("%s%d", i ? ", " : "[", *(const int *)mp_batch_result(squares, i)->data);
	printf("]\n");
	mp_batch_free(&squares);
	mp_team_free(&team);
	return 0;
}
