/* Four workers say when they start and when they have finished. */
#include <stdio.h>
#include <unistd.h>

#include <mp/team.h>

static int work(struct mp_worker *worker, const void *item, size_t size_bytes, struct mp_reply *reply)
{
	int number = *(const int *)item;

	(void)worker;
	(void)size_bytes;
	(void)reply; /* there is no result */
	dprintf(STDOUT_FILENO, "Starting worker %d\n", number);
	usleep(100000); /* time-consuming tasks */
	dprintf(STDOUT_FILENO, "Finished worker %d\n", number);
	return 0;
}

int main(void)
{
	static const struct mp_task tasks[] = { { "work", work, 1 }, { NULL, NULL, 0 } };
	static const int numbers[] = { 1, 2, 3, 4 };
	const struct mp_pool_config config = { .workers = 4, .tasks = tasks };
	const struct mp_items items = { .data = numbers, .item_bytes = sizeof numbers[0], .count = 4 };
	struct mp_team *team = mp_team_new(&config);
	struct mp_batch *batch = team ? mp_team_map(team, "work", &items, 1) : NULL;

	if (!batch)
		return 1;
	mp_batch_free(&batch);
	mp_team_close(team);
	mp_team_join(team, -1);
	printf("Parent process finished\n");
	mp_team_free(&team);
	return 0;
}
