/* One file a task: count_lines FILE... */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <mp/team.h>

/* An item is a string here, with its zero byte. */
static int count_lines(struct mp_worker *worker, const void *name, size_t size_bytes, struct mp_reply *reply)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	char bytes[65536];
	long lines = 0;
	ssize_t got;

	(void)worker;
	(void)size_bytes;
	if (fd < 0)
		return 1;
	while ((got = read(fd, bytes, sizeof bytes)) > 0)
		for (ssize_t i = 0; i < got; i++)
			lines += bytes[i] == '\n';
	close(fd);
	return mp_reply_set(reply, &lines, sizeof lines) ? 1 : 0;
}

int main(int argc, char **argv)
{
	static const struct mp_task tasks[] = { { "count_lines", count_lines, 1 }, { NULL, NULL, 0 } };
	const struct mp_pool_config config = { .tasks = tasks };
	const struct mp_items files = { .texts = (const char *const *)argv + 1, .count = (size_t)argc - 1 };
	struct mp_team *team = mp_team_new(&config);
	struct mp_batch *line_counts = team ? mp_team_map(team, "count_lines", &files, 1) : NULL;

	if (!line_counts)
		return 1;
	for (size_t i = 0; i < mp_batch_count(line_counts); i++) {
		const struct mp_result *result = mp_batch_result(line_counts, i);

		printf("%s%ld", i ? ", " : "[",
			result->outcome == MP_DONE ? *(const long *)result->data : -1);
	}
	printf("]\n");
	mp_batch_free(&line_counts);
	mp_team_free(&team);
	return 0;
}
