// A program of somebody else's, in C++: the same as user.c. installed.py puts an include of every installed header before it.
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

static int square(mp_worker *, const void *payload, size_t, mp_reply *reply)
{
	int number;

	std::memcpy(&number, payload, sizeof number);
	number *= number;
	return mp_reply_set(reply, &number, sizeof number) ? 1 : 0;
}

struct free_team {
	void operator()(mp_team *team) const
	{
		mp_team_free(&team);
	}
};

static void print_squares()
{
	const mp_task tasks[] = { { "square", square, 1 }, {} };
	mp_pool_config config = {};
	const std::vector<int> numbers = { 1, 2, 3, 4, 5 };
	mp_items items = {};

	config.workers = 2;
	config.tasks = tasks;
	items.data = numbers.data();
	items.item_bytes = sizeof(int);
	items.count = numbers.size();
	std::unique_ptr<mp_team, free_team> team(mp_team_new(&config));
	mp_batch *batch = mp_team_map(team.get(), "square", &items, 0);
	for (size_t i = 0; i < mp_batch_count(batch); i++)
		std::printf("%d ", *static_cast<const int *>(mp_batch_result(batch, i)->data));
	mp_batch_free(&batch);
}

int main()
{
	mp_queue *queue = mp_queue_new(0);
	mp_process_config config = {};
	mp_bytes bytes = MP_BYTES_INIT;

	print_squares();
	config.run = [](void *argument) {
		return mp_queue_put(static_cast<mp_queue *>(argument), "hello", 5, -1) ? 1 : 0;
	};
	config.argument = queue;
	mp_process *process = mp_process_new(&config);
	if (mp_process_start(process) || mp_queue_get(queue, &bytes, 10000) || mp_process_join(process, -1))
		return 1;
	std::printf("%s from %s\n", bytes.data, mp_process_name(process));
	mp_bytes_free(&bytes);
	mp_process_free(&process);
	mp_queue_free(&queue);
	return 0;
}
