/* A task that fails gives its error to its own result; the others go on, and so does the team. */
#include <stdio.h>

#include <mp/team.h>

static int safe_divide(struct mp_worker *worker, const void *item, size_t size_bytes, struct mp_reply *reply)
{
	static const char error[] = "Error: division by zero";
	int divisor = *(const int *)item;
	double quotient;

	(void)worker;
	(void)size_bytes;
	if (divisor == 0) {
		mp_reply_set(reply, error, sizeof error);
		return 1; /* failed */
	}
	quotient = 100.0 / divisor;
	return mp_reply_set(reply, &quotient, sizeof quotient) ? 1 : 0;
}

static void divide(struct mp_team *team, const int *divisors, size_t count)
{
	const struct mp_items items = { .data = divisors, .item_bytes = sizeof *divisors, .count = count };
	struct mp_batch *quotients = mp_team_map(team, "safe_divide", &items, 0);

	for (size_t i = 0; quotients && i < mp_batch_count(quotients); i++) {
		const struct mp_result *result = mp_batch_result(quotients, i);
		char text[80];

		printf("%s", i ? ", " : "[");
		if (result->outcome == MP_DONE)
			printf("%.1f", *(const double *)result->data);
		else
			printf("'%s'", mp_result_text(result, text, sizeof text));
	}
	printf("]\n");
	mp_batch_free(&quotients);
}

int main(void)
{
	static const struct mp_task tasks[] = { { "safe_divide", safe_divide, 1 }, { NULL, NULL, 0 } };
	static const int divisors[] = { 10, 0, 5 }, more[] = { 4, 2 };
	const struct mp_pool_config config = { .workers = 2, .tasks = tasks };
	struct mp_team *team = mp_team_new(&config);

	if (!team)
		return 1;
	divide(team, divisors, 3);
	divide(team, more, 2);
	mp_team_free(&team);
	return 0;
}
