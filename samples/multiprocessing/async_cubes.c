/* The main process works on while the team does. */
#include <stdio.h>

#include <mp/team.h>

static int cube(struct mp_worker *worker, const void *item, size_t size_bytes, struct mp_reply *reply)
{
	int number = *(const int *)item, result = number * number * number;

	(void)worker;
	(void)size_bytes;
	return mp_reply_set(reply, &result, sizeof result) ? 1 : 0;
}

int main(void)
{
	/* A worker may have 8 chunks in hand, so that it has enough to do until somebody asks for results. */
	static const struct mp_task tasks[] = { { "cube", cube, 8 }, { NULL, NULL, 0 } };
	static const int numbers[] = { 1, 2, 3 };
	const struct mp_pool_config config = { .tasks = tasks }; /* as many workers as there are CPUs */
	const struct mp_items items = { .data = numbers, .item_bytes = sizeof numbers[0], .count = 3 };
	struct mp_team *team = mp_team_new(&config);
	struct mp_batch *cubes = team ? mp_team_map_async(team, "cube", &items, 0) : NULL;

	if (!cubes)
		return 1;
	printf("Main thread working...\n");
	mp_batch_get(cubes, -1);
	for (size_t i = 0; i < mp_batch_count(cubes); i++)
		printf("%s%d", i ? ", " : "[", *(const int *)mp_batch_result(cubes, i)->data);
	printf("]\n");
	mp_batch_free(&cubes);
	mp_team_free(&team);
	return 0;
}
