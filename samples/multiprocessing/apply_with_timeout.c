/* One task, and a limit to how long its result is waited for. The task itself goes on when the time is over.
 */
#include <errno.h>
#include <stdio.h>

#include <mp/team.h>

static int doubler(struct mp_worker *worker, const void *item, size_t size_bytes, struct mp_reply *reply)
{
	int result = *(const int *)item * 2;

	(void)worker;
	(void)size_bytes;
	return mp_reply_set(reply, &result, sizeof result) ? 1 : 0;
}

int main(void)
{
	static const struct mp_task tasks[] = { { "doubler", doubler, 1 }, { NULL, NULL, 0 } };
	const struct mp_pool_config config = { .workers = 3, .tasks = tasks };
	struct mp_team *team = mp_team_new(&config);
	int number = 25;
	struct mp_batch *result = team ? mp_team_apply_async(team, "doubler", &number, sizeof number) : NULL;

	if (!result)
		return 1;
	if (mp_batch_get(result, 1000) == -ETIMEDOUT)
		printf("not within a second\n");
	else
		printf("%d\n", *(const int *)mp_batch_result(result, 0)->data);
	mp_batch_free(&result);
	mp_team_free(&team);
	return 0;
}
