/* Five tasks of a second each on three workers: about two seconds, not five. */
#include <stdio.h>
#include <unistd.h>

#include <mp/team.h>

/* Workers leave stdio alone, whose buffers nobody would empty for them: they write lines with dprintf(). */
static int square(struct mp_worker *worker, const void *item, size_t size_bytes, struct mp_reply *reply)
{
	int number = *(const int *)item, result = number * number;

	(void)worker;
	(void)size_bytes;
	dprintf(STDOUT_FILENO, "Processing %d\n", number);
	sleep(1); /* simulate work */
	return mp_reply_set(reply, &result, sizeof result) ? 1 : 0;
}

int main(void)
{
	static const struct mp_task tasks[] = { { "square", square, 1 }, { NULL, NULL, 0 } };
	static const int numbers[] = { 1, 2, 3, 4, 5 };
	const struct mp_pool_config config = { .workers = 3, .tasks = tasks };
	const struct mp_items items = { .data = numbers, .item_bytes = sizeof numbers[0], .count = 5 };
	struct mp_team *team = mp_team_new(&config);
	struct mp_batch *squares = team ? mp_team_map(team, "square", &items, 1) : NULL;

	if (!squares)
		return 1;
	printf("Squares: ");
	for (size_t i = 0; i < mp_batch_count(squares); i++)
		printf("%s%d", i ? ", " : "[", *(const int *)mp_batch_result(squares, i)->data);
	printf("]\n");
	mp_batch_free(&squares);
	mp_team_free(&team);
	return 0;
}
