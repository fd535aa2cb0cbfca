/* What every function says to a caller who has no handle, whose mp_..._new() failed, or who gives no place
 * for a result. tests/installed sees to it that none is left out. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "mp/board.h"
#include "mp/context.h"
#include "mp/log.h"
#include "mp/manager.h"
#include "mp/process.h"
#include "mp/rate.h"
#include "mp/team.h"

#include "pool_checks.h"

/* Compiles as a call with that first argument, whatever its type is. */
#define REFUSES(call) assert_int_equal(call, -EINVAL)
#define GIVES_NULL(call)                         \
	do {                                     \
		errno = 0;                       \
		assert_null(call);               \
		assert_int_equal(errno, EINVAL); \
	} while (0)

static int nothing(struct mp_worker *worker, const void *item, size_t size_bytes, struct mp_reply *reply)
{
	(void)worker;
	(void)item;
	(void)size_bytes;
	return mp_reply_set(reply, NULL, 0) || mp_reply_set(reply, NULL, 1) != -EINVAL ||
	       mp_reply_set(NULL, "x", 1) != -EINVAL;
}

static const struct mp_task tasks[] = { { "nothing", nothing, 1 }, { NULL, NULL, 0 } };
static const struct mp_pool_config pool_config = { .workers = 1, .tasks = tasks };

static void processes_refuse(void **state)
{
	struct mp_process_end end;

	(void)state;
	GIVES_NULL(mp_process_new(NULL));
	REFUSES(mp_process_start(NULL));
	REFUSES(mp_process_join(NULL, 0));
	REFUSES(mp_process_ended(NULL, &end));
	REFUSES(mp_process_terminate(NULL));
	REFUSES(mp_process_kill(NULL));
	assert_int_equal(mp_process_is_alive(NULL), 0);
	assert_string_equal(mp_process_name(NULL), "");
	assert_int_equal(mp_process_pid(NULL), -1);
	assert_int_equal(mp_process_fd(NULL), -1);
	assert_string_equal(mp_current_process_name(), "MainProcess");
	mp_process_free(NULL);
}

static void contexts_refuse(void **state)
{
	(void)state;
	REFUSES(mp_context_init(0, NULL, NULL));
	GIVES_NULL(mp_context_new(MP_SPAWN));
	assert_int_equal(mp_context_method(NULL), MP_FORK);
	assert_int_equal(mp_context_server_pid(NULL), -1);
	mp_context_free(NULL);
}

static void pools_refuse(void **state)
{
	struct mp_pool *pool = mp_pool_new(&pool_config);
	struct mp_pool_counts counts;
	struct mp_pool_config no_fds = pool_config;

	(void)state;
	assert_non_null(pool);
	no_fds.close_others = true;
	no_fds.keep_fds_count = 1;
	GIVES_NULL(mp_pool_new(NULL));
	GIVES_NULL(mp_pool_new(&no_fds));
	REFUSES(mp_pool_submit(NULL, &(struct mp_submission){ .task = "nothing" }));
	REFUSES(mp_pool_submit(pool, NULL));
	REFUSES(mp_pool_submit(pool, &(struct mp_submission){ .task = NULL }));
	REFUSES(mp_pool_step(NULL));
	REFUSES(mp_pool_wait(NULL, -1));
	GIVES_NULL(mp_pool_next(NULL));
	assert_int_equal(mp_pool_fd(NULL), -1);
	assert_int_equal(mp_pool_pending(NULL), 0);
	assert_int_equal(mp_pool_running(NULL), 0);
	assert_int_equal(mp_pool_workers(NULL), 0);
	assert_int_equal(mp_pool_worker_pid(NULL, 0), -1);
	assert_int_equal(mp_pool_worker_pid(pool, -1), -1);
	assert_int_equal(mp_pool_worker_pid(pool, 1), -1);
	mp_pool_counts(NULL, &counts);
	mp_pool_counts(pool, NULL);
	mp_pool_cancel(NULL);
	mp_pool_close(NULL);
	mp_pool_terminate(NULL);
	mp_pool_pause(NULL);
	mp_pool_resume(NULL);
	mp_pool_free(NULL);
	mp_pool_free(&pool);
}

static void teams_refuse(void **state)
{
	const struct mp_items items = { .data = "x", .item_bytes = 1, .count = 1 };
	struct mp_team *team = mp_team_new(&pool_config);
	const char *no_text = NULL;
	char text[32];

	(void)state;
	assert_non_null(team);
	GIVES_NULL(mp_team_new(NULL));
	GIVES_NULL(mp_team_pool(NULL));
	GIVES_NULL(mp_team_map(NULL, "nothing", &items, 0));
	GIVES_NULL(mp_team_map_async(NULL, "nothing", &items, 0));
	GIVES_NULL(mp_team_imap(NULL, "nothing", &items, 0));
	GIVES_NULL(mp_team_imap_unordered(NULL, "nothing", &items, 0));
	GIVES_NULL(mp_team_apply(NULL, "nothing", "x", 1));
	GIVES_NULL(mp_team_apply_async(NULL, "nothing", "x", 1));
	GIVES_NULL(mp_team_map(team, "nothing", NULL, 0));
	GIVES_NULL(mp_team_map(team, NULL, &items, 0));
	GIVES_NULL(mp_team_map(team, "nothing", &(struct mp_items){ .texts = &no_text, .count = 1 }, 0));
	GIVES_NULL(mp_team_apply(team, "nothing", NULL, 1));
	REFUSES(mp_team_join(NULL, 0));
	REFUSES(mp_team_join(team, 0));
	REFUSES(mp_batch_get(NULL, 0));
	REFUSES(mp_batch_next(NULL, 0, &(const struct mp_result *){ NULL }));
	GIVES_NULL(mp_batch_result(NULL, 0));
	assert_int_equal(mp_batch_count(NULL), 0);
	assert_string_equal(mp_result_text(NULL, text, sizeof text), "not ended");
	assert_null(mp_result_text(NULL, NULL, 5));
	mp_team_close(NULL);
	mp_team_terminate(NULL);
	mp_team_free(NULL);
	mp_batch_free(NULL);
	mp_team_free(&team);
}

static void results_say_when_nothing_can_be_set(void **state)
{
	struct mp_team *team = mp_team_new(&pool_config);
	struct mp_batch *batch = mp_team_apply(team, "nothing", "x", 1);

	(void)state;
	assert_int_equal(mp_batch_result(batch, 0)->outcome, MP_DONE);
	assert_null(mp_batch_result(batch, 1));
	mp_batch_free(&batch);
	mp_team_free(&team);
}

static void queues_refuse(void **state)
{
	struct mp_queue *queue = mp_queue_new(1);
	struct mp_bytes bytes = MP_BYTES_INIT;

	(void)state;
	GIVES_NULL(mp_queue_new((size_t)1 << 40));
	REFUSES(mp_queue_put(NULL, "x", 1, 0));
	REFUSES(mp_queue_put(queue, NULL, 1, 0));
	REFUSES(mp_queue_get(NULL, &bytes, 0));
	REFUSES(mp_queue_get(queue, NULL, 0));
	GIVES_NULL(mp_queue_attach(0));
	assert_int_equal(mp_queue_count(NULL), 0);
	assert_int_equal(mp_queue_fd(NULL), -1);
	mp_queue_free(NULL);
	mp_queue_free(&queue);
	REFUSES(mp_bytes_resize(NULL, 1));
	mp_bytes_free(NULL);
}

static void pipes_refuse(void **state)
{
	struct mp_pipe *one, *other;

	(void)state;
	REFUSES(mp_pipe_new(NULL, &other));
	REFUSES(mp_pipe_new(&one, NULL));
	assert_int_equal(mp_pipe_new(&one, &other), 0);
	REFUSES(mp_pipe_send(NULL, "x", 1, 0));
	REFUSES(mp_pipe_send(one, NULL, 1, 0));
	REFUSES(mp_pipe_receive(NULL, &(struct mp_bytes)MP_BYTES_INIT, 0));
	REFUSES(mp_pipe_receive(one, NULL, 0));
	assert_int_equal(mp_pipe_fd(NULL), -1);
	GIVES_NULL(mp_pipe_attach(-1));
	mp_pipe_free(NULL);
	mp_pipe_free(&one);
	mp_pipe_free(&other);
}

static void locks_and_values_refuse(void **state)
{
	struct mp_lock *lock = mp_lock_new();

	(void)state;
	REFUSES(mp_lock_acquire(NULL, 0));
	REFUSES(mp_lock_release(NULL));
	assert_int_equal(mp_lock_release(lock), -EPERM);
	assert_int_equal(mp_lock_fd(NULL), -1);
	GIVES_NULL(mp_lock_attach(0));
	mp_lock_free(NULL);
	mp_lock_free(&lock);
	GIVES_NULL(mp_shared_new(NULL, 0, 1));
	GIVES_NULL(mp_shared_new(NULL, 1, 0));
	GIVES_NULL(mp_shared_attach(0));
	GIVES_NULL(mp_shared_data(NULL));
	REFUSES(mp_shared_acquire(NULL, 0));
	REFUSES(mp_shared_release(NULL));
	assert_int_equal(mp_shared_count(NULL), 0);
	assert_int_equal(mp_shared_fd(NULL), -1);
	mp_shared_free(NULL);
}

static void boards_and_rates_refuse(void **state)
{
	struct mp_board_slot slot;
	uint64_t total;

	(void)state;
	GIVES_NULL(mp_board_new(0));
	REFUSES(mp_board_stage(NULL, 0, 1, 1));
	REFUSES(mp_board_count(NULL, 0, 1));
	REFUSES(mp_board_uncount(NULL, 0, 1));
	REFUSES(mp_board_total(NULL, 0, &total));
	REFUSES(mp_board_read(NULL, 0, &slot));
	mp_board_free(NULL);
	GIVES_NULL(mp_rate_new(0, 1));
	GIVES_NULL(mp_rate_attach(0));
	assert_int_equal(mp_rate_fd(NULL), -1);
	REFUSES(mp_rate_take(NULL, 0));
	REFUSES(mp_rate_wait_us(NULL));
	mp_rate_free(NULL);
}

static void managers_refuse(void **state)
{
	(void)state;
	GIVES_NULL(mp_manager_attach(0));
	mp_manager_set_timeout(NULL, 0);
	assert_int_equal(mp_manager_pid(NULL), -1);
	assert_int_equal(mp_manager_fd(NULL), -1);
	mp_manager_free(NULL);
	GIVES_NULL(mp_list_new(NULL));
	GIVES_NULL(mp_list_attach(NULL, 1));
	GIVES_NULL(mp_dict_new(NULL));
	GIVES_NULL(mp_dict_attach(NULL, 1));
	assert_int_equal(mp_list_id(NULL), 0);
	assert_int_equal(mp_dict_id(NULL), 0);
	mp_list_free(NULL);
	mp_dict_free(NULL);
}

static void lists_and_dictionaries_refuse(void **state)
{
	struct mp_bytes bytes = MP_BYTES_INIT;
	struct mp_copy copy = MP_COPY_INIT;
	struct mp_item item;

	(void)state;
	REFUSES(mp_list_append(NULL, "x", 1));
	REFUSES(mp_list_insert(NULL, 0, "x", 1));
	REFUSES(mp_list_set(NULL, 0, "x", 1));
	REFUSES(mp_list_get(NULL, 0, &bytes));
	REFUSES(mp_list_pop(NULL, 0, &bytes));
	REFUSES(mp_list_clear(NULL));
	REFUSES(mp_list_count(NULL));
	REFUSES(mp_list_copy(NULL, &copy));
	REFUSES(mp_dict_set(NULL, "key", "x", 1));
	REFUSES(mp_dict_get(NULL, "key", &bytes));
	REFUSES(mp_dict_pop(NULL, "key", &bytes));
	REFUSES(mp_dict_clear(NULL));
	REFUSES(mp_dict_count(NULL));
	REFUSES(mp_dict_copy(NULL, &copy));
	REFUSES(mp_copy_next(NULL, &item));
	REFUSES(mp_copy_next(&copy, NULL));
	assert_int_equal(mp_copy_next(&copy, &item), 0);
	mp_copy_free(NULL);
}

/* With a manager that lives. */
static void keys_and_places_are_asked_for(void **state)
{
	struct mp_manager *manager = mp_manager_new();
	struct mp_list *list = mp_list_new(manager);
	struct mp_dict *dict = mp_dict_new(manager);

	(void)state;
	assert_int_equal(mp_list_append(list, "x", 1), 0);
	REFUSES(mp_list_append(list, NULL, 1));
	REFUSES(mp_list_get(list, 0, NULL));
	REFUSES(mp_list_pop(list, 0, NULL));
	REFUSES(mp_list_copy(list, NULL));
	REFUSES(mp_dict_set(dict, NULL, "x", 1));
	REFUSES(mp_dict_get(dict, NULL, &(struct mp_bytes)MP_BYTES_INIT));
	REFUSES(mp_dict_get(dict, "key", NULL));
	REFUSES(mp_dict_pop(dict, NULL, &(struct mp_bytes)MP_BYTES_INIT));
	REFUSES(mp_dict_copy(dict, NULL));
	assert_int_equal(mp_list_count(list), 1);
	mp_list_free(&list);
	mp_dict_free(&dict);
	mp_manager_free(&manager);
}

static void logs_refuse(void **state)
{
	struct mp_bytes bytes = MP_BYTES_INIT;
	struct mp_record record = { .level = MP_LOG_INFO };
	char line[8];

	(void)state;
	REFUSES(mp_log_take(NULL, &bytes, 0, &record));
	REFUSES(mp_log_listen(NULL, 1));
	REFUSES(mp_log_end(NULL));
	assert_int_equal(mp_record_line(NULL, line, sizeof line), 0);
	assert_int_equal(mp_record_line(&record, NULL, 8), 0);
	assert_int_equal(mp_log_level(), MP_LOG_WARNING);
	mp_log_set_level((enum mp_log_level)77);
	assert_non_null(mp_log_level_name(mp_log_level()));
	mp_log_set_level(MP_LOG_WARNING);
	mp_log_to_stderr();
	mp_log_to_fd(-1);
	mp_log_to_queue(NULL);
	mp_log(MP_LOG_ERROR, "nobody hears %s", "this");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		POOL_TEST(processes_refuse),
		POOL_TEST(contexts_refuse),
		POOL_TEST(pools_refuse),
		POOL_TEST(teams_refuse),
		POOL_TEST(results_say_when_nothing_can_be_set),
		POOL_TEST(queues_refuse),
		POOL_TEST(pipes_refuse),
		POOL_TEST(locks_and_values_refuse),
		POOL_TEST(boards_and_rates_refuse),
		POOL_TEST(managers_refuse),
		POOL_TEST(lists_and_dictionaries_refuse),
		POOL_TEST(keys_and_places_are_asked_for),
		POOL_TEST(logs_refuse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
