/* Two workers, and five requests a second by both of them together. */
#include <stdio.h>
#include <unistd.h>

#include <mp/rate.h>
#include <mp/team.h>

/* The workers are forked, so they have what the parent had: config.inherited hands it to them. */
static int fetch(struct mp_worker *worker, const void *url, size_t size_bytes, struct mp_reply *reply)
{
	struct mp_rate *rate = worker->inherited;

	(void)size_bytes;
	(void)reply;
	if (mp_rate_take(rate, -1))
		return 1;
	dprintf(STDOUT_FILENO, "Fetched data from %s\n", (const char *)url);
	return 0;
}

int main(void)
{
	static const struct mp_task tasks[] = { { "fetch", fetch, 1 }, { NULL, NULL, 0 } };
	static const char *const urls[] = { "https://example.com", "https://api.github.com",
		"https://google.com" };
	struct mp_rate *rate = mp_rate_new(5, 1);
	const struct mp_pool_config config = { .workers = 2, .tasks = tasks, .inherited = rate };
	const struct mp_items items = { .texts = urls, .count = 3 };
	struct mp_team *team = rate ? mp_team_new(&config) : NULL;
	struct mp_batch *batch = team ? mp_team_map(team, "fetch", &items, 1) : NULL;

	if (!batch)
		return 1;
	mp_batch_free(&batch);
	mp_team_free(&team);
	mp_rate_free(&rate);
	return 0;
}
