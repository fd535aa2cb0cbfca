/* Results one by one, as they come, in whatever order. */
#include <stdio.h>
#include <unistd.h>

#include <mp/team.h>

static int square(struct mp_worker *worker, const void *item, size_t size_bytes, struct mp_reply *reply)
{
	int number = *(const int *)item, result = number * number;

	(void)worker;
	(void)size_bytes;
	usleep(100000); /* simulate a time-consuming calculation */
	return mp_reply_set(reply, &result, sizeof result) ? 1 : 0;
}

int main(void)
{
	static const struct mp_task tasks[] = { { "square", square, 1 }, { NULL, NULL, 0 } };
	static const int numbers[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 };
	const struct mp_pool_config config = { .tasks = tasks };
	const struct mp_items items = { .data = numbers, .item_bytes = sizeof numbers[0], .count = 10 };
	struct mp_team *team = mp_team_new(&config);
	struct mp_batch *squares = team ? mp_team_imap_unordered(team, "square", &items, 1) : NULL;
	const struct mp_result *result;

	if (!squares)
		return 1;
	while (mp_batch_next(squares, -1, &result) == 1)
		printf("%d\n", *(const int *)result->data);
	mp_batch_free(&squares);
	mp_team_free(&team);
	return 0;
}
