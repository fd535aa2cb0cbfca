/* The downloads of the tutorials, with files in place of the network: fetch_files FILE... */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mp/team.h>

static int fetch(struct mp_worker *worker, const void *name, size_t size_bytes, struct mp_reply *reply)
{
	struct stat status;
	char answer[4200];
	int length, found = stat(name, &status) == 0;

	(void)worker;
	(void)size_bytes;
	if (found)
		dprintf(STDOUT_FILENO, "Downloaded %s (%lld bytes)\n", (const char *)name,
			(long long)status.st_size);
	length = snprintf(answer, sizeof answer, "%s: %d", (const char *)name, found ? 200 : 404);
	return mp_reply_set(reply, answer, (size_t)length + 1) ? 1 : 0;
}

int main(int argc, char **argv)
{
	static const struct mp_task tasks[] = { { "fetch", fetch, 1 }, { NULL, NULL, 0 } };
	const struct mp_items files = { .texts = (const char *const *)argv + 1, .count = (size_t)argc - 1 };
	const struct mp_pool_config config = { .workers = 3, .tasks = tasks };
	struct mp_team *team = mp_team_new(&config);
	struct mp_batch *answers = team ? mp_team_map(team, "fetch", &files, 1) : NULL;

	if (!answers)
		return 1;
	for (size_t i = 0; i < mp_batch_count(answers); i++)
		printf("%s'%s'", i ? ", " : "[", (const char *)mp_batch_result(answers, i)->data);
	printf("]\n");
	mp_batch_free(&answers);
	mp_team_free(&team);
	return 0;
}
