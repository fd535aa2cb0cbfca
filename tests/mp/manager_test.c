#include "mp/manager.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mp/process.h"
#include "sys/channel.h"
#include "sys/clock.h"
#include "sys/rights.h"

#include "pool_checks.h"

static struct mp_manager *manager;
static struct mp_list *list;
static struct mp_dict *dict;
static struct mp_bytes bytes = MP_BYTES_INIT;

static int set_up(void **state)
{
	note_what_there_is(state);
	manager = mp_manager_new();
	if (!manager)
		return -1;
	list = mp_list_new(manager);
	dict = mp_dict_new(manager);
	return list && dict ? 0 : -1;
}

static int tear_down(void **state)
{
	mp_bytes_free(&bytes);
	mp_list_free(&list);
	mp_dict_free(&dict);
	mp_manager_free(&manager);
	return check_that_nothing_is_left(state);
}

static struct mp_process *start(int (*run)(void *argument), intptr_t argument)
{
	const struct mp_process_config config = { .run = run, .argument = (void *)argument };
	struct mp_process *process = mp_process_new(&config);

	assert_non_null(process);
	assert_int_equal(mp_process_start(process), 0);
	return process;
}

static int finish(struct mp_process *process)
{
	struct mp_process_end end = { .status = -1 };

	mp_process_join(process, 60000);
	mp_process_ended(process, &end);
	mp_process_free(&process);
	return end.signal ? -end.signal : end.status;
}

static int append(const char *text)
{
	return mp_list_append(list, text, strlen(text));
}

/* The items, or the keys and items, one after the other. */
static const char *all_of(int (*fill)(struct mp_copy *copy))
{
	static char text[4096];
	struct mp_copy copy = MP_COPY_INIT;
	struct mp_item item;
	size_t length = 0;
	int more;

	text[0] = '\0';
	assert_int_equal(fill(&copy), 0);
	while ((more = mp_copy_next(&copy, &item)) == 1)
		length += (size_t)snprintf(text + length, sizeof text - length, "%s%s%.*s ",
			item.key ? item.key : "", item.key ? ":" : "", (int)item.size_bytes,
			(const char *)item.data);
	assert_int_equal(more, 0);
	mp_copy_free(&copy);
	return text;
}

static int fill_from_list(struct mp_copy *copy)
{
	return mp_list_copy(list, copy);
}

static int fill_from_dict(struct mp_copy *copy)
{
	return mp_dict_copy(dict, copy);
}

/* ---- lists ---- */

static int append_number(void *argument)
{
	int number = (int)(intptr_t)argument;

	return mp_list_append(list, &number, sizeof number) ? 1 : 0;
}

static void five_processes_append_and_all_five_are_there(void **state)
{
	struct mp_process *processes[5];
	int seen[5] = { 0 };

	(void)state;
	for (int i = 0; i < 5; i++)
		processes[i] = start(append_number, i);
	for (int i = 0; i < 5; i++)
		assert_int_equal(finish(processes[i]), 0);
	assert_int_equal(mp_list_count(list), 5);
	for (int i = 0; i < 5; i++) {
		int number;

		assert_int_equal(mp_list_get(list, i, &bytes), 0);
		assert_int_equal(bytes.size_bytes, sizeof number);
		memcpy(&number, bytes.data, sizeof number);
		assert_in_range(number, 0, 4);
		assert_int_equal(seen[number]++, 0);
	}
}

static void a_list_does_what_pythons_does(void **state)
{
	(void)state;
	assert_string_equal(all_of(fill_from_list), "");
	assert_int_equal(append("a"), 0);
	assert_int_equal(append("b"), 0);
	assert_int_equal(mp_list_insert(list, 1, "c", 1), 0);
	assert_int_equal(mp_list_insert(list, -100, "first", 5), 0);
	assert_int_equal(mp_list_insert(list, 100, "last", 4), 0);
	assert_int_equal(mp_list_insert(list, -1, "d", 1), 0);
	assert_string_equal(all_of(fill_from_list), "first a c b d last ");
	assert_int_equal(mp_list_set(list, -1, "end", 3), 0);
	assert_int_equal(mp_list_get(list, -1, &bytes), 0);
	assert_string_equal(bytes.data, "end");
	assert_int_equal(mp_list_pop(list, 0, &bytes), 0);
	assert_string_equal(bytes.data, "first");
	assert_int_equal(mp_list_pop(list, 4, &bytes), 0);
	assert_string_equal(all_of(fill_from_list), "a c b d ");
	assert_int_equal(mp_list_count(list), 4);
	assert_int_equal(mp_list_clear(list), 0);
	assert_int_equal(mp_list_count(list), 0);
	assert_int_equal(mp_list_get(list, 0, &bytes), -ERANGE);
	assert_int_equal(mp_list_pop(list, -1, &bytes), -ERANGE);
	assert_int_equal(mp_list_set(list, 0, "", 0), -ERANGE);
	assert_int_equal(mp_list_append(list, NULL, 0), 0);
	assert_int_equal(mp_list_get(list, 0, &bytes), 0);
	assert_int_equal(bytes.size_bytes, 0);
}

static void items_may_have_64_mib(void **state)
{
	size_t size = ((size_t)64 << 20) + 3;
	char *big = malloc(size);
	struct mp_copy copy = MP_COPY_INIT;
	struct mp_item item;

	(void)state;
	assert_non_null(big);
	memset(big, 'x', size);
	big[size - 1] = 'y';
	assert_int_equal(append("small"), 0);
	assert_int_equal(mp_list_append(list, big, size), 0);
	assert_int_equal(mp_list_copy(list, &copy), 0);
	assert_int_equal(mp_copy_next(&copy, &item), 1);
	assert_int_equal(mp_copy_next(&copy, &item), 1);
	assert_int_equal(item.size_bytes, size);
	assert_int_equal(memcmp(item.data, big, size), 0);
	mp_copy_free(&copy);
	assert_int_equal(mp_list_pop(list, 1, &bytes), 0);
	assert_int_equal(bytes.size_bytes, size);
	assert_int_equal(memcmp(bytes.data, big, size), 0);
	assert_int_equal(mp_list_append(list, big, MP_MANAGER_ITEM_MAX + 1), -EMSGSIZE);
	/* and the connection goes on */
	assert_int_equal(mp_list_count(list), 1);
	free(big);
}

/* ---- dictionaries ---- */

static void a_dictionary_keeps_the_order_of_its_keys(void **state)
{
	(void)state;
	assert_string_equal(all_of(fill_from_dict), "");
	assert_int_equal(mp_dict_get(dict, "a", &bytes), -ENOENT);
	assert_int_equal(mp_dict_set(dict, "b", "1", 1), 0);
	assert_int_equal(mp_dict_set(dict, "a", "2", 1), 0);
	assert_int_equal(mp_dict_set(dict, "", "3", 1), 0);
	assert_int_equal(mp_dict_set(dict, "b", "four", 4), 0);
	assert_string_equal(all_of(fill_from_dict), "b:four a:2 :3 ");
	assert_int_equal(mp_dict_pop(dict, "a", &bytes), 0);
	assert_string_equal(bytes.data, "2");
	assert_int_equal(mp_dict_pop(dict, "a", &bytes), -ENOENT);
	assert_int_equal(mp_dict_set(dict, "a", "5", 1), 0);
	assert_string_equal(all_of(fill_from_dict), "b:four :3 a:5 ");
	assert_int_equal(mp_dict_count(dict), 3);
	assert_int_equal(mp_dict_clear(dict), 0);
	assert_int_equal(mp_dict_count(dict), 0);
	assert_int_equal(mp_dict_set(dict, "a", "6", 1), 0);
	assert_string_equal(all_of(fill_from_dict), "a:6 ");
}

/* Against a plain array, with keys that come and go. */
static void a_dictionary_agrees_with_an_array(void **state)
{
	int values[200], count = 0;

	(void)state;
	memset(values, -1, sizeof values);
	srand(17);
	for (int round = 0; round < 6000; round++) {
		int number = rand() % 200, known = values[number] >= 0;
		char key[16];

		snprintf(key, sizeof key, "key-%d", number);
		if (rand() % 2) {
			assert_int_equal(mp_dict_set(dict, key, &round, sizeof round), 0);
			count += !known;
			values[number] = round;
			continue;
		}
		assert_int_equal(mp_dict_pop(dict, key, &bytes), known ? 0 : -ENOENT);
		if (known)
			assert_memory_equal(bytes.data, &values[number], sizeof(int));
		count -= known;
		values[number] = -1;
	}
	assert_int_equal(mp_dict_count(dict), count);
}

/* ---- deaths ---- */

static int append_for_ever(void *argument)
{
	while (append("whole") == 0)
		continue;
	return argument != NULL;
}

static void killed_and_stopped_clients_harm_nothing(void **state)
{
	struct mp_process *stopped = start(append_for_ever, 0);

	(void)state;
	kill(mp_process_pid(stopped), SIGSTOP);
	for (int round = 0; round < 60; round++) {
		struct mp_process *client = start(append_for_ever, 0);
		int64_t before;

		while (mp_list_count(list) == 0)
			usleep(100);
		usleep((unsigned)(round * 137 % 1500));
		assert_int_equal(mp_process_kill(client), 0);
		assert_int_equal(finish(client), -SIGKILL);
		before = mp_list_count(list);
		assert_true(before > 0);
		assert_int_equal(mp_list_get(list, -1, &bytes), 0);
		assert_string_equal(bytes.data, "whole");
		assert_int_equal(mp_list_clear(list), 0);
	}
	mp_process_free(&stopped);
}

static int expect_no_server(void *argument)
{
	(void)argument;
	return append("x") == -EPIPE && mp_list_count(list) == -EPIPE ? 0 : 1;
}

static void the_servers_death_is_an_error_everywhere(void **state)
{
	struct mp_process *client = start(append_for_ever, 1);

	(void)state;
	while (mp_list_count(list) < 100)
		usleep(1000);
	kill(mp_manager_pid(manager), SIGKILL);
	/* it had a connection; its successor has none */
	assert_int_equal(finish(client), 1);
	assert_int_equal(finish(start(expect_no_server, 0)), 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(append("x"), -EPIPE);
		assert_int_equal(mp_dict_set(dict, "a", "b", 1), -EPIPE);
	}
	errno = 0;
	assert_null(mp_list_new(manager));
	assert_int_equal(errno, EPIPE);
}

static int make_manager_and_tell(void *argument)
{
	int *end = argument;
	struct mp_manager *own = mp_manager_new();
	pid_t pid = own ? mp_manager_pid(own) : 0;

	if (write(*end, &pid, sizeof pid) != sizeof pid)
		return 1;
	pause();
	return 0;
}

static void a_killed_owner_leaves_no_server(void **state)
{
	int ends[2];
	struct mp_process *owner;
	pid_t pid = 0;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	owner = start(make_manager_and_tell, (intptr_t)&ends[1]);
	assert_int_equal(read(ends[0], &pid, sizeof pid), sizeof pid);
	assert_true(pid > 0);
	mp_process_free(&owner);
	for (int i = 0; i < 6000 && kill(pid, 0) == 0; i++)
		usleep(10000);
	assert_int_equal(kill(pid, 0), -1);
	close(ends[0]);
	close(ends[1]);
}

static void a_stopped_server_costs_the_time_that_was_said(void **state)
{
	int64_t before_ms;

	(void)state;
	assert_int_equal(append("a"), 0);
	kill(mp_manager_pid(manager), SIGSTOP);
	mp_manager_set_timeout(manager, 50);
	before_ms = clock_ms();
	for (int i = 0; i < 3; i++)
		assert_int_equal(mp_list_count(list), -ETIMEDOUT);
	assert_in_range(clock_ms() - before_ms, 150, 10000);
	kill(mp_manager_pid(manager), SIGCONT);
	mp_manager_set_timeout(manager, 60000);
	/* the answers that came too late are not taken for this one's */
	assert_int_equal(append("b"), 0);
	assert_int_equal(mp_list_count(list), 2);
	kill(mp_manager_pid(manager), SIGSTOP);
	before_ms = clock_ms();
	mp_list_free(&list);
	mp_dict_free(&dict);
	mp_manager_free(&manager);
	assert_true(clock_ms() - before_ms < 30000);
}

/* ---- hostile clients ---- */

/* A connection that says what no client says. */
static int connect_raw(void)
{
	int pair[2], result;

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	while ((result = rights_send(mp_manager_fd(manager), "", 1, &pair[1], 1)) == -EAGAIN)
		usleep(100);
	assert_int_equal(result, 0);
	close(pair[1]);
	return pair[0];
}

/* A request as src/mp/request.h has it. */
struct request {
	uint64_t object;
	int64_t index;
	uint32_t kind, zero;
	uint64_t key_bytes;
};

static void garbage_ends_its_own_connection_only(void **state)
{
	unsigned char garbage[2000];
	int null;

	(void)state;
	assert_int_equal(append("a"), 0);
	srand(23);
	for (int round = 0; round < 300; round++) {
		int raw = connect_raw();
		struct iovec part = { .iov_base = garbage, .iov_len = (size_t)rand() % 60 + 1 };

		for (size_t i = 0; i < part.iov_len; i++)
			garbage[i] = (unsigned char)rand();
		if (round % 2) /* of no type, or too short */
			assert_int_equal(channel_send(raw, round % 4 == 1 ? 99 : 2, &part, 1, true), 0);
		else
			assert_int_equal(send(raw, garbage, part.iov_len, MSG_NOSIGNAL), part.iov_len);
		if (round % 3 == 0 && (round % 4 == 1 || part.iov_len < sizeof(struct request)))
			assert_int_equal(recv(raw, garbage, sizeof garbage, 0), 0);
		close(raw);
		assert_int_equal(mp_list_count(list), 1);
	}
	/* and at the door */
	null = dup(2);
	assert_int_equal(rights_send(mp_manager_fd(manager), "", 1, &null, 1), 0);
	close(null);
	assert_int_equal(send(mp_manager_fd(manager), garbage, sizeof garbage, 0), sizeof garbage);
	assert_int_equal(mp_list_count(list), 1);
}

/* Right in form, and wrong in each of its numbers in turn. */
static void wrong_requests_are_answered_or_refused(void **state)
{
	(void)state;
	assert_int_equal(append("a"), 0);
	srand(29);
	for (int round = 0; round < 2000; round++) {
		int raw = connect_raw();
		struct request request = {
			.object = (uint64_t)rand() % 4,
			.index = rand() % 2 ? INT64_MIN + rand() % 3 : rand() % 5 - 2,
			.kind = (uint32_t)rand() % 4,
			.key_bytes = rand() % 3 ? (uint64_t)rand() % 4 : UINT64_MAX - (uint64_t)rand() % 3,
		};
		const struct iovec parts[] = {
			{ .iov_base = &request, .iov_len = sizeof request },
			{ .iov_base = (char[3]){ "ab" }, .iov_len = (size_t)rand() % 4 },
		};

		assert_int_equal(channel_send(raw, (uint32_t)rand() % 10, parts, 2, true), 0);
		close(raw);
	}
	assert_true(mp_list_count(list) >= 0);
	assert_true(mp_dict_count(dict) >= 0);
}

/* In a build that looks for leaks it would end with another status. */
static void the_server_ends_in_peace_and_leaks_nothing(void **state)
{
	struct request end = { 0 };
	const struct iovec part = { .iov_base = &end, .iov_len = sizeof end };
	siginfo_t info = { 0 };
	int raw = connect_raw();

	(void)state;
	assert_int_equal(append("a"), 0);
	assert_int_equal(append("b"), 0);
	assert_int_equal(mp_list_pop(list, 0, &bytes), 0);
	assert_string_equal(all_of(fill_from_list), "b ");
	assert_int_equal(mp_dict_set(dict, "a", "b", 1), 0);
	assert_int_equal(channel_send(raw, 10, &part, 1, true), 0);
	assert_int_equal(waitid(P_PID, (id_t)mp_manager_pid(manager), &info, WEXITED | WNOWAIT), 0);
	assert_int_equal(info.si_code, CLD_EXITED);
	assert_int_equal(info.si_status, 0);
	close(raw);
}

static void nobody_waits_for_who_reads_no_answer(void **state)
{
	int raw = connect_raw(), result;
	struct request request = { .object = mp_list_id(list), .kind = 1 };
	const struct iovec part = { .iov_base = &request, .iov_len = sizeof request };
	char text[10000];

	(void)state;
	memset(text, 'x', sizeof text);
	assert_int_equal(mp_list_append(list, text, sizeof text), 0);
	while ((result = channel_send(raw, 4, &part, 1, true)) == 0)
		assert_int_equal(mp_list_count(list), 1);
	assert_true(result == -EPIPE || result == -ECONNRESET);
	close(raw);
}

/* ---- other ways ---- */

static void a_manager_can_be_attached_by_its_descriptor(void **state)
{
	struct mp_manager *again = mp_manager_attach(mp_manager_fd(manager));
	struct mp_list *same, *wrong;

	(void)state;
	assert_non_null(again);
	assert_int_equal(mp_manager_pid(again), -1);
	same = mp_list_attach(again, mp_list_id(list));
	wrong = mp_list_attach(again, mp_dict_id(dict));
	assert_int_equal(mp_list_append(same, "a", 1), 0);
	assert_string_equal(all_of(fill_from_list), "a ");
	assert_int_equal(mp_list_append(wrong, "a", 1), -EINVAL);
	mp_list_free(&same);
	mp_list_free(&wrong);
	mp_manager_free(&again);
	assert_null(again);
	/* it is its maker's to end */
	assert_int_equal(mp_list_count(list), 1);
	errno = 0;
	assert_null(mp_manager_attach(0));
	assert_int_equal(errno, EINVAL);
	assert_null(mp_manager_attach(-1));
}

static void misuse_is_an_error(void **state)
{
	struct mp_manager *no_manager = NULL;
	struct mp_list *no_list = NULL;
	struct mp_copy copy = MP_COPY_INIT;
	struct mp_item item;

	(void)state;
	assert_int_equal(mp_list_append(list, NULL, 1), -EINVAL);
	assert_int_equal(mp_list_insert(list, 0, NULL, 1), -EINVAL);
	assert_int_equal(mp_dict_set(dict, "a", NULL, 1), -EINVAL);
	assert_int_equal(mp_dict_get(dict, NULL, &bytes), -EINVAL);
	assert_int_equal(mp_dict_set(dict, NULL, "a", 1), -EINVAL);
	assert_int_equal(mp_copy_next(&copy, &item), 0);
	assert_int_equal(mp_bytes_resize(&copy.bytes, 20), 0);
	memset(copy.bytes.data, 0xff, 20);
	assert_int_equal(mp_copy_next(&copy, &item), -EBADMSG);
	mp_copy_free(&copy);
	mp_list_free(&no_list);
	mp_manager_free(&no_manager);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(five_processes_append_and_all_five_are_there),
		TEST(a_list_does_what_pythons_does),
		TEST(items_may_have_64_mib),
		TEST(a_dictionary_keeps_the_order_of_its_keys),
		TEST(a_dictionary_agrees_with_an_array),
		TEST(killed_and_stopped_clients_harm_nothing),
		TEST(the_servers_death_is_an_error_everywhere),
		TEST(a_killed_owner_leaves_no_server),
		TEST(a_stopped_server_costs_the_time_that_was_said),
		TEST(garbage_ends_its_own_connection_only),
		TEST(wrong_requests_are_answered_or_refused),
		TEST(the_server_ends_in_peace_and_leaks_nothing),
		TEST(nobody_waits_for_who_reads_no_answer),
		TEST(a_manager_can_be_attached_by_its_descriptor),
		TEST(misuse_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
