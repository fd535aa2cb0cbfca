#include "mp/context.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "mp/process.h"
#include "mp/team.h"
#include "sys/child.h"
#include "sys/clock.h"

#include "pool_checks.h"

/* context_leash_test.c runs all of this where there is no pidfd_open(). */
#ifdef WITHOUT_PIDFD
#include <seccomp.h>

#define OF_THE_LIBRARY 1 /* the leash (sys/child.h) */

static bool prepare(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	bool done = filter &&
		    seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(pidfd_open), 0) == 0 &&
		    seccomp_load(filter) == 0;

	seccomp_release(filter);
	return done && syscall(SYS_pidfd_open, getpid(), 0) < 0;
}
#else
#define OF_THE_LIBRARY 0

static bool prepare(void)
{
	return true;
}
#endif

static const enum mp_start_method methods[] = { MP_FORK, MP_SPAWN, MP_FORKSERVER };
#define EACH_METHOD(i)                        \
	size_t i = 0;                         \
	i < sizeof methods / sizeof *methods; \
	i++

/* ---- what is started ---- */

/* What a process sees of itself. */
struct sight {
	pid_t pid, parent;
	int descriptors, blocked, ignores_sigterm;
	size_t size_bytes;
	char name[64], inner_name[64], data[64];
};

static int count_blocked(void)
{
	sigset_t mask;
	int count = 0;

	sigprocmask(SIG_BLOCK, NULL, &mask);
	for (int number = 1; number < NSIG; number++)
		count += sigismember(&mask, number) == 1;
	return count;
}

static int look_around(const struct mp_given *given)
{
	const struct mp_process_config inner_config = { .run_given = look_around };
	struct mp_process *inner = mp_process_new(&inner_config);
	struct sigaction action;
	struct sight sight = {
		.pid = getpid(),
		.parent = getppid(),
		.descriptors = count_descriptors(),
		.blocked = count_blocked(),
		.size_bytes = given->size_bytes,
	};

	if (!inner || sigaction(SIGTERM, NULL, &action))
		return 1;
	sight.ignores_sigterm = action.sa_handler == SIG_IGN;
	snprintf(sight.name, sizeof sight.name, "%s", mp_current_process_name());
	snprintf(sight.inner_name, sizeof sight.inner_name, "%s", mp_process_name(inner));
	memcpy(sight.data, given->data, given->size_bytes < 64 ? given->size_bytes : 64);
	mp_process_free(&inner);
	return mp_queue_put(given->shares[0].queue, &sight, sizeof sight, 0) ? 1 : 7;
}

/* One of each: the only turn, an item in a list, a message, a word through the pipe, and the
 * value doubled under both locks.
 */
static int use_all(const struct mp_given *given)
{
	const struct mp_share *shares = given->shares;
	int *value = mp_shared_data(shares[3].shared);

	struct mp_list *list = mp_list_attach(shares[5].manager, *(const uint64_t *)given->data);
	int appended = mp_list_append(list, "manager", 8);

	mp_list_free(&list);
	if (appended || given->share_count != 7 || mp_rate_take(shares[6].rate, 0) ||
		mp_queue_put(shares[0].queue, "queue", 6, 0) || mp_pipe_send(shares[1].pipe, "pipe", 5, 0) ||
		mp_lock_acquire(shares[2].lock, 0) || mp_shared_acquire(shares[3].shared, 0))
		return 1;
	*value *= 2;
	mp_shared_release(shares[3].shared);
	mp_lock_release(shares[2].lock);
	return write(shares[4].fd, "fd", 3) == 3 ? 0 : 2;
}

static int say_pid_and_wait(const struct mp_given *given)
{
	pid_t pid = getpid();

	if (mp_queue_put(given->shares[0].queue, &pid, sizeof pid, 0))
		return 1;
	for (;;)
		pause();
}

static int die_holding(const struct mp_given *given)
{
	if (mp_lock_acquire(given->shares[0].lock, 0) == 0)
		raise(SIGKILL);
	return 1;
}

static int leak(const struct mp_given *given)
{
	char *volatile lost = malloc(100 + given->size_bytes);

	lost = NULL;
	return lost != NULL;
}

/* A process that has processes of its own, which say their pids. */
static int be_a_parent(const struct mp_given *given)
{
	const enum mp_start_method *method = given->data;
	struct mp_context *context = mp_context_new(*method);
	struct mp_process_config config = {
		.run_given = say_pid_and_wait, .given = *given, .context = context
	};
	struct mp_process *process = mp_process_new(&config);

	if (!process || mp_process_start(process))
		return 1;
	return say_pid_and_wait(given);
}

static int enter(struct mp_worker *worker, void **state)
{
	*state = (void *)worker->given->data;
	return 0;
}

static void leave(struct mp_worker *worker)
{
	if (worker->given->share_count > 0)
		mp_queue_put(worker->given->shares[0].queue, "left", 5, 0);
}

/* The item times what the workers were given. */
static int multiply(struct mp_worker *worker, const void *item, size_t size_bytes, struct mp_reply *reply)
{
	int product = *(const int *)item * *(const int *)worker->state;

	(void)size_bytes;
	return mp_reply_set(reply, &product, sizeof product) ? 1 : 0;
}

/* The first time it is done, it kills its worker. */
static int die_once(struct mp_worker *worker, const void *item, size_t size_bytes, struct mp_reply *reply)
{
	(void)item;
	(void)size_bytes;
	(void)reply;
	if (worker->attempt == 1)
		raise(SIGKILL);
	return 0;
}

static const struct mp_task tasks[] = { { "multiply", multiply, 8 }, { "die once", die_once, 1 },
	{ NULL, NULL, 0 } };

static const struct mp_role roles[] = {
	{ .name = "look around", .run = look_around },
	{ .name = "use all", .run = use_all },
	{ .name = "say pid and wait", .run = say_pid_and_wait },
	{ .name = "die holding", .run = die_holding },
	{ .name = "leak", .run = leak },
	{ .name = "be a parent", .run = be_a_parent },
	{ .name = "multiply", .tasks = tasks, .enter = enter, .leave = leave },
	{ .name = NULL },
};

/* ---- short forms ---- */

static struct mp_queue *queue;
static struct mp_context *context;

static int set_up(void **state)
{
	note_what_there_is(state);
	queue = mp_queue_new(64);
	return queue ? 0 : -1;
}

static int tear_down(void **state)
{
	mp_context_free(&context);
	mp_queue_free(&queue);
	return check_that_nothing_is_left(state);
}

static void use(enum mp_start_method method)
{
	mp_context_free(&context);
	context = mp_context_new(method);
	assert_non_null(context);
	assert_int_equal(mp_context_method(context), method);
}

static struct mp_process *start(int (*run)(const struct mp_given *), const void *data, size_t size_bytes)
{
	struct mp_share share = { .queue = queue };
	const struct mp_process_config config = {
		.run_given = run, .given = { data, size_bytes, &share, 1 }, .context = context
	};
	struct mp_process *process = mp_process_new(&config);

	assert_non_null(process);
	assert_int_equal(mp_process_start(process), 0);
	return process;
}

/* Its exit status, or minus its signal. */
static int finish(struct mp_process *process)
{
	struct mp_process_end end = { .status = -1 };
	int result = mp_process_join(process, 60000);

	assert_int_equal(result, 0);
	result = mp_process_ended(process, &end);
	mp_process_free(&process);
	return result ? result : end.signal ? -end.signal : end.status;
}

static void take(void *message, size_t size_bytes)
{
	struct mp_bytes bytes = MP_BYTES_INIT;

	assert_int_equal(mp_queue_get(queue, &bytes, 60000), 0);
	assert_int_equal(bytes.size_bytes, size_bytes);
	memcpy(message, bytes.data, size_bytes);
	mp_bytes_free(&bytes);
}

static pid_t take_pid(void)
{
	pid_t pid;

	take(&pid, sizeof pid);
	return pid;
}

/* Waits until a process, which need not be a child, is gone. */
static bool is_soon_gone(pid_t pid)
{
	for (int i = 0; i < 10000; i++) {
		if (kill(pid, 0) && errno == ESRCH)
			return true;
		usleep(1000);
	}
	return false;
}

/* ---- processes ---- */

static void a_process_is_what_it_is_under_each_method(void **state)
{
	(void)state;
	for (EACH_METHOD(i)) {
		struct mp_process *process;
		struct sight sight;
		pid_t server;

		use(methods[i]);
		server = mp_context_server_pid(context);
		process = start(look_around, "some bytes", 11);
		take(&sight, sizeof sight);
		assert_int_equal(sight.pid, mp_process_pid(process));
		assert_int_equal(sight.parent, methods[i] == MP_FORKSERVER ? server : getpid());
		assert_string_equal(sight.name, mp_process_name(process));
		assert_non_null(strstr(sight.inner_name, strchr(sight.name, '-')));
		assert_string_equal(sight.data, "some bytes");
		assert_int_equal(sight.blocked, 0);
		assert_false(sight.ignores_sigterm);
		assert_int_equal(finish(process), 7);
	}
}

static void a_spawned_process_has_only_the_descriptors_it_is_given(void **state)
{
	int stray = open("/dev/null", O_RDONLY), expected;

	(void)state;
	/* "." and "..", the folder itself, 0 to 2, and the queue; not the stray one,
	 * which is not close-on-exec */
	expected = 2 + 1 + 3 + 1 + OF_THE_LIBRARY;
	for (EACH_METHOD(i)) {
		struct sight sight;

		if (methods[i] == MP_FORK)
			continue;
		use(methods[i]);
		assert_int_equal(finish(start(look_around, NULL, 0)), 7);
		take(&sight, sizeof sight);
		assert_int_equal(sight.descriptors, expected);
	}
	close(stray);
}

static void megabytes_arrive_whole(void **state)
{
	const size_t size_bytes = (size_t)3 << 20;
	char *data = malloc(size_bytes);

	(void)state;
	memset(data, 'x', size_bytes);
	for (EACH_METHOD(i)) {
		struct sight sight;

		use(methods[i]);
		assert_int_equal(finish(start(look_around, data, size_bytes)), 7);
		take(&sight, sizeof sight);
		assert_int_equal(sight.size_bytes, size_bytes);
		assert_int_equal(sight.data[63], 'x');
	}
	free(data);
}

static void everything_that_can_be_given_is_the_same_thing_there(void **state)
{
	(void)state;
	for (EACH_METHOD(i)) {
		int pair[2], value = 21;
		struct mp_pipe *ours, *theirs;
		struct mp_lock *lock = mp_lock_new();
		struct mp_shared *shared = mp_shared_new(&value, sizeof value, 1);
		struct mp_manager *manager = mp_manager_new();
		struct mp_rate *rate = mp_rate_new(0.001, 1);
		struct mp_list *list = mp_list_new(manager);
		uint64_t id = mp_list_id(list);
		char bytes[8] = "";

		assert_int_equal(mp_pipe_new(&ours, &theirs), 0);
		assert_int_equal(pipe(pair), 0);
		use(methods[i]);
		{
			const struct mp_share shares[] = { { .queue = queue }, { .pipe = theirs },
				{ .lock = lock }, { .shared = shared }, { .fd = pair[1] },
				{ .manager = manager }, { .rate = rate } };
			const struct mp_process_config config = { .run_given = use_all,
				.given = { &id, sizeof id, shares, 7 },
				.context = context };
			struct mp_process *process = mp_process_new(&config);
			struct mp_bytes word = MP_BYTES_INIT;

			assert_int_equal(mp_process_start(process), 0);
			assert_int_equal(finish(process), 0);
			take(bytes, 6);
			assert_string_equal(bytes, "queue");
			assert_int_equal(mp_pipe_receive(ours, &word, 0), 1);
			assert_string_equal(word.data, "pipe");
			mp_pipe_free(&theirs);
			assert_int_equal(mp_pipe_receive(ours, &word, 0), 0);
			assert_int_equal(mp_list_get(list, -1, &word), 0);
			assert_string_equal(word.data, "manager");
			mp_bytes_free(&word);
		}
		assert_int_equal(mp_rate_take(rate, 0), -ETIMEDOUT);
		mp_rate_free(&rate);
		mp_list_free(&list);
		mp_manager_free(&manager);
		assert_int_equal(*(int *)mp_shared_data(shared), 42);
		assert_int_equal(read(pair[0], bytes, sizeof bytes), 3);
		close(pair[0]);
		close(pair[1]);
		mp_pipe_free(&ours);
		mp_lock_free(&lock);
		mp_shared_free(&shared);
	}
}

static void a_lock_whose_holder_dies_is_free_under_each_method(void **state)
{
	(void)state;
	for (EACH_METHOD(i)) {
		struct mp_share share = { .lock = mp_lock_new() };
		struct mp_process_config config = { .run_given = die_holding,
			.given = { NULL, 0, &share, 1 } };
		struct mp_process *process;

		use(methods[i]);
		config.context = context;
		process = mp_process_new(&config);
		assert_int_equal(mp_process_start(process), 0);
		assert_int_equal(finish(process), -SIGKILL);
		assert_int_equal(mp_lock_acquire(share.lock, 0), 1);
		mp_lock_free(&share.lock);
	}
}

static void a_process_can_be_ended_and_watched_under_each_method(void **state)
{
	(void)state;
	for (EACH_METHOD(i)) {
		struct pollfd ended;
		struct mp_process *process;

		use(methods[i]);
		process = start(say_pid_and_wait, NULL, 0);
		assert_int_equal(take_pid(), mp_process_pid(process));
		ended = (struct pollfd){ .fd = mp_process_fd(process), .events = POLLIN };
		assert_int_equal(poll(&ended, 1, 0), 0);
		assert_int_equal(mp_process_is_alive(process), 1);
		assert_int_equal(mp_process_join(process, 10), -ETIMEDOUT);
		assert_int_equal(mp_process_terminate(process), 0);
		assert_int_equal(poll(&ended, 1, 60000), 1);
		assert_int_equal(finish(process), -SIGTERM);
		process = start(say_pid_and_wait, NULL, 0);
		take_pid();
		mp_process_free(&process);
	}
}

static void memory_that_a_process_loses_is_found_under_each_method(void **state)
{
#if defined(__SANITIZE_ADDRESS__) && !defined(WITHOUT_PIDFD) /* it cannot look under a seccomp filter */
	const int expected = CHILD_LEAKED;
#else
	const int expected = 0;
#endif

	(void)state;
	for (EACH_METHOD(i)) {
		use(methods[i]);
		assert_int_equal(finish(start(leak, NULL, 0)), expected);
	}
}

/* ---- whatever the parent does ---- */

static pthread_barrier_t barrier;

static void *hold_stdio_and_memory(void *argument)
{
	flockfile(stdout);
	flockfile(stderr);
	pthread_barrier_wait(&barrier);
	for (int i = 0; i < 200000; i++)
		free(malloc(100 + (size_t)i % 1000));
	pthread_barrier_wait(&barrier);
	funlockfile(stderr);
	funlockfile(stdout);
	return argument;
}

static void spawn_works_while_threads_hold_locks(void **state)
{
	struct mp_process *processes[8];
	pthread_t thread;

	(void)state;
	use(MP_SPAWN);
	pthread_barrier_init(&barrier, NULL, 2);
	assert_int_equal(pthread_create(&thread, NULL, hold_stdio_and_memory, NULL), 0);
	pthread_barrier_wait(&barrier);
	for (int i = 0; i < 8; i++)
		processes[i] = start(look_around, NULL, 0);
	for (int i = 0; i < 8; i++)
		assert_int_equal(finish(processes[i]), 7);
	pthread_barrier_wait(&barrier);
	assert_int_equal(pthread_join(thread, NULL), 0);
	pthread_barrier_destroy(&barrier);
}

/* ---- pools ---- */

static struct mp_pool_config pool_config(const int *factor, const struct mp_share *share)
{
	return (struct mp_pool_config){
		.workers = 2,
		.tasks = tasks,
		.enter = enter,
		.leave = leave,
		.given = { factor, sizeof *factor, share, share ? 1 : 0 },
		.context = context,
	};
}

static void a_team_maps_under_each_method(void **state)
{
	static const int factor = 3;
	int numbers[100];

	(void)state;
	for (int i = 0; i < 100; i++)
		numbers[i] = i;
	for (EACH_METHOD(i)) {
		const struct mp_share share = { .queue = queue };
		const struct mp_items items = {
			.data = numbers, .item_bytes = sizeof *numbers, .count = 100
		};
		struct mp_pool_config config;
		struct mp_batch *batch;
		struct mp_team *team;

		use(methods[i]);
		config = pool_config(&factor, &share);
		team = mp_team_new(&config);
		assert_non_null(team);
		batch = mp_team_map(team, "multiply", &items, 7);
		for (size_t j = 0; j < 100; j++)
			assert_int_equal(*(const int *)mp_batch_result(batch, j)->data, 3 * j);
		mp_batch_free(&batch);
		mp_team_close(team);
		assert_int_equal(mp_team_join(team, 60000), 0);
		assert_int_equal(mp_queue_count(queue), 2);
		mp_team_free(&team);
		take(&(char[5]){ 0 }, 5);
		take(&(char[5]){ 0 }, 5);
	}
}

static void a_pool_is_whole_again_after_a_death_under_each_method(void **state)
{
	static const int factor = 3;

	(void)state;
	for (EACH_METHOD(i)) {
		const struct mp_submission deadly = { .task = "die once", .retries = 1 };
		const struct mp_ended *ended;
		struct mp_pool_config config;
		struct mp_pool *pool;

		use(methods[i]);
		config = pool_config(&factor, NULL);
		pool = new_pool_of(&config);
		assert_true(mp_pool_submit(pool, &deadly) > 0);
		ended = next_ended(pool);
		assert_int_equal(ended->outcome, MP_DONE);
		assert_int_equal(ended->attempts, 2);
		assert_string_equal(ended->worker_name, "worker-1");
		submit(pool, "die once", "", 0);
		ended = next_ended(pool);
		assert_int_equal(ended->outcome, MP_CRASHED);
		assert_int_equal(ended->signal, SIGKILL);
		mp_pool_free(&pool);
	}
}

/* ---- the server ---- */

static void a_dead_server_takes_its_processes_along_and_is_replaced(void **state)
{
	struct mp_process *process;
	struct mp_process_end end;
	pid_t server, pid;

	(void)state;
	use(MP_FORKSERVER);
	server = mp_context_server_pid(context);
	process = start(say_pid_and_wait, NULL, 0);
	pid = take_pid();
	assert_int_equal(kill(server, SIGKILL), 0);
	assert_int_equal(mp_process_join(process, 60000), 0);
	assert_int_equal(mp_process_ended(process, &end), -ECHILD);
	assert_true(is_soon_gone(pid));
	mp_process_free(&process);
	assert_int_equal(finish(start(look_around, NULL, 0)), 7);
	assert_int_not_equal(mp_context_server_pid(context), server);
}

static void a_pool_survives_its_server(void **state)
{
	static const int factor = 3;
	const struct mp_submission submission = {
		.task = "multiply", .payload = &factor, .size_bytes = sizeof factor, .retries = 3
	};
	struct mp_pool_config config;
	struct mp_pool *pool;

	(void)state;
	use(MP_FORKSERVER);
	config = pool_config(&factor, NULL);
	pool = new_pool_of(&config);
	for (int i = 0; i < 300; i++) {
		assert_true(mp_pool_submit(pool, &submission) > 0);
		if (i % 100 == 50)
			kill(mp_context_server_pid(context), SIGKILL);
		if (i % 10 == 0)
			mp_pool_step(pool);
	}
	for (int i = 0; i < 300; i++) {
		const struct mp_ended *ended = next_ended(pool);

		assert_int_equal(ended->outcome, MP_DONE);
		assert_int_equal(*(const int *)ended->data, 9);
	}
	mp_pool_free(&pool);
}

static void a_stopped_server_is_replaced(void **state)
{
	pid_t server;
	int64_t before_ms;

	(void)state;
	use(MP_FORKSERVER);
	server = mp_context_server_pid(context);
	assert_int_equal(kill(server, SIGSTOP), 0);
	before_ms = clock_ms();
	assert_int_equal(finish(start(look_around, NULL, 0)), 7);
	assert_true(clock_ms() - before_ms >= 1900);
	assert_true(is_soon_gone(server));
}

static void whoever_started_them_takes_all_along(void **state)
{
	(void)state;
	for (EACH_METHOD(i)) {
		struct mp_process *parent;
		pid_t child;

		use(MP_SPAWN);
		parent = start(be_a_parent, &methods[i], sizeof methods[i]);
		child = take_pid();
		if (child == mp_process_pid(parent))
			child = take_pid();
		else
			take_pid();
		assert_int_equal(mp_process_kill(parent), 0);
		assert_int_equal(finish(parent), -SIGKILL);
		assert_true(is_soon_gone(child));
	}
}

/* ---- misuse ---- */

static int not_in_the_table(const struct mp_given *given)
{
	return given != NULL;
}

static int run(void *argument)
{
	return argument != NULL;
}

static void assert_no_process(const struct mp_process_config *config)
{
	errno = 0;
	assert_null(mp_process_new(config));
	assert_int_equal(errno, EINVAL);
}

static void what_cannot_be_started_is_refused(void **state)
{
	const struct mp_share none = { .fd = 0 }, two = { .queue = queue, .fd = 5 };
	struct mp_process_config config = { .run = run };

	(void)state;
	use(MP_SPAWN);
	config.context = context;
	assert_no_process(&config);
	assert_no_process(&(struct mp_process_config){ .run = run, .run_given = look_around });
	assert_no_process(&(struct mp_process_config){ .context = context });
	config = (struct mp_process_config){ .run_given = not_in_the_table, .context = context };
	assert_no_process(&config);
	config.run_given = look_around;
	config.given = (struct mp_given){ .size_bytes = 1 };
	assert_no_process(&config);
	config.given = (struct mp_given){ .shares = &none, .share_count = 1 };
	assert_no_process(&config);
	config.given = (struct mp_given){ .shares = &two, .share_count = 1 };
	assert_no_process(&config);
	config.given = (struct mp_given){ .shares = &two, .share_count = MP_SHARES_MAX + 1 };
	assert_no_process(&config);
}

static void a_pool_that_cannot_be_started_is_refused(void **state)
{
	static const struct mp_task others[] = { { "multiply", multiply, 8 }, { NULL, NULL, 0 } };
	static const int factor = 3;
	struct mp_pool_config config;

	(void)state;
	use(MP_SPAWN);
	config = pool_config(&factor, NULL);
	config.inherited = &config;
	assert_null(mp_pool_new(&config));
	assert_int_equal(errno, EINVAL);
	config.inherited = NULL;
	config.leave = NULL;
	assert_null(mp_pool_new(&config));
	config.leave = leave;
	config.tasks = others;
	assert_null(mp_pool_new(&config));
	config.tasks = tasks;
	config.given.size_bytes = 0;
	config.given.share_count = 1;
	assert_null(mp_team_new(&config));
	assert_int_equal(errno, EINVAL);
}

static void a_share_that_is_not_open_is_told(void **state)
{
	struct mp_share share = { .fd = 0 };
	struct mp_process_config config = { .run_given = look_around, .given = { NULL, 0, &share, 1 } };

	(void)state;
	for (EACH_METHOD(i)) {
		struct mp_process *process;

		if (methods[i] == MP_FORK)
			continue;
		use(methods[i]);
		config.context = context;
		share.fd = 500;
		process = mp_process_new(&config);
		assert_int_equal(mp_process_start(process), -EBADF);
		assert_int_equal(mp_process_pid(process), -1);
		mp_process_free(&process);
	}
}

static int start_with_the_parents_context(void *argument)
{
	const struct mp_process_config config = {
		.run_given = look_around, .given = { NULL, 0, NULL, 0 }, .context = context
	};
	struct mp_process *process = mp_process_new(&config);
	int result = process ? mp_process_start(process) : 0;

	(void)argument;
	mp_process_free(&process);
	mp_context_free(&context);
	return result == -EPERM ? 0 : 1;
}

static void a_context_is_its_makers(void **state)
{
	const struct mp_process_config config = { .run = start_with_the_parents_context };
	struct mp_process *process = mp_process_new(&config);

	(void)state;
	use(MP_FORKSERVER);
	assert_int_equal(mp_process_start(process), 0);
	assert_int_equal(finish(process), 0);
	/* and it serves on */
	assert_int_equal(finish(start(look_around, NULL, 0)), 7);
}

static void tables_are_looked_at(void **state)
{
	static char name[] = "program";
	char *argv[] = { name, NULL };

	(void)state;
	assert_int_equal(mp_context_init(1, argv, roles), -EALREADY);
	errno = 0;
	assert_null(mp_context_new((enum mp_start_method)3));
	assert_int_equal(errno, EINVAL);
	context = NULL;
	mp_context_free(&context);
}

static void the_argument_given_by_hand_starts_nothing(void **state)
{
	int status = system("exec /proc/$PPID/exe --mp-child");

	(void)state;
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 42);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(int argc, char **argv)
{
	static const struct mp_role twice[] = { { .name = "one", .run = use_all },
		{ .name = "one", .run = use_all }, { .name = NULL } };
	static const struct mp_role both[] = { { .name = "one", .run = use_all, .tasks = tasks },
		{ .name = NULL } };
	static const struct mp_role neither[] = { { .name = "one" }, { .name = NULL } };
	const struct CMUnitTest tests[] = {
		TEST(a_process_is_what_it_is_under_each_method),
		TEST(a_spawned_process_has_only_the_descriptors_it_is_given),
		TEST(megabytes_arrive_whole),
		TEST(everything_that_can_be_given_is_the_same_thing_there),
		TEST(a_lock_whose_holder_dies_is_free_under_each_method),
		TEST(a_process_can_be_ended_and_watched_under_each_method),
		TEST(memory_that_a_process_loses_is_found_under_each_method),
		TEST(spawn_works_while_threads_hold_locks),
		TEST(a_team_maps_under_each_method),
		TEST(a_pool_is_whole_again_after_a_death_under_each_method),
		TEST(a_dead_server_takes_its_processes_along_and_is_replaced),
		TEST(a_pool_survives_its_server),
		TEST(a_stopped_server_is_replaced),
		TEST(whoever_started_them_takes_all_along),
		TEST(what_cannot_be_started_is_refused),
		TEST(a_pool_that_cannot_be_started_is_refused),
		TEST(a_share_that_is_not_open_is_told),
		TEST(a_context_is_its_makers),
		TEST(tables_are_looked_at),
		TEST(the_argument_given_by_hand_starts_nothing),
	};

	if (!prepare())
		return 41;
	/* before there is a table */
	if (mp_context_new(MP_SPAWN) || errno != EINVAL || mp_context_init(argc, argv, NULL) != -EINVAL ||
		mp_context_init(argc, argv, twice) != -EINVAL ||
		mp_context_init(argc, argv, both) != -EINVAL ||
		mp_context_init(argc, argv, neither) != -EINVAL)
		return 41;
	if (mp_context_init(argc, argv, roles))
		return 41;
	if (argc == 2 && strcmp(argv[1], "--mp-child") == 0)
		return 42;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
