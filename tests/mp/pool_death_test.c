/* What holds when a worker, or the pool's owner, dies or is stopped, or cannot be started. */
#include "mp/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sys/clock.h"

#include "pool_checks.h"

/* What the processes of a test share. */
static struct shared {
	volatile int begun, died;
	volatile uint64_t died_task[64];
	volatile int died_index[64];
	volatile pid_t workers[8], grandchild;
} * shared;

static int set_up(void **state)
{
	note_what_there_is(state);
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return shared == MAP_FAILED ? -1 : 0;
}

static int tear_down(void **state)
{
	munmap(shared, sizeof *shared);
	return check_that_nothing_is_left(state);
}

/* ---- tasks ---- */

#define TASK(name)       \
	static int name( \
		struct mp_worker *worker, const void *payload, size_t size_bytes, struct mp_reply *reply)

#define UNUSED            \
	(void)worker;     \
	(void)payload;    \
	(void)size_bytes; \
	(void)reply

static int tasks_of_this_process;

TASK(nothing)
{
	UNUSED;
	tasks_of_this_process++;
	return 0;
}

/* Dies in its first attempt; tells in its second how many tasks its worker has had. */
TASK(die_once)
{
	UNUSED;
	tasks_of_this_process++;
	if (worker->attempt == 1)
		raise(SIGKILL);
	return mp_reply_set(reply, &tasks_of_this_process, sizeof tasks_of_this_process);
}

TASK(echo)
{
	UNUSED;
	return mp_reply_set(reply, payload, size_bytes);
}

/* Until the time in the payload has passed, running or stopped. */
TASK(wait_ms)
{
	int64_t until_ms = clock_ms() + *(const int *)payload;

	UNUSED;
	shared->workers[worker->index] = getpid();
	shared->begun = 1;
	while (clock_ms() < until_ms)
		usleep(2000);
	return 0;
}

/* The first task: a child of its answers in its place, when it has been killed already. */
TASK(answer_late)
{
	static const struct {
		uint32_t magic, type; /* as channel.c and wire.c lay them out */
		uint64_t body_bytes, zeros, id;
		uint32_t status, attempt;
		uint64_t size_bytes;
	} result = { 0x6c6c696d, 4, 24, 0, 1, 0, 1, 0 };
	int socket_type = 0, fd = -1;
	pid_t grandchild;
	socklen_t size = sizeof socket_type;

	UNUSED;
	if (worker->task != 1)
		return 0;
	while (getsockopt(++fd, SOL_SOCKET, SO_TYPE, &socket_type, &size) || socket_type != SOCK_SEQPACKET)
		size = sizeof socket_type;
	grandchild = fork();
	if (grandchild == 0) {
		usleep(700000);
		send(fd, &result, sizeof result, MSG_NOSIGNAL);
		_exit(0);
	}
	shared->grandchild = grandchild;
	shared->begun = 1;
	for (;;)
		pause();
	return 0;
}

static const struct mp_task tasks[] = {
	{ "nothing", nothing, 8 },
	{ "die-once", die_once, 8 },
	{ "echo", echo, 1 },
	{ "wait", wait_ms, 1 },
	{ "answer-late", answer_late, 8 },
	{ NULL, NULL, 0 },
};

static void note_death(void *inherited, int index, uint64_t task)
{
	struct shared *notes = inherited;
	int number = notes->died++ % 64;

	notes->died_index[number] = index;
	notes->died_task[number] = task;
}

static struct mp_pool *new_pool(int workers)
{
	const struct mp_pool_config config = {
		.workers = workers, .tasks = tasks, .inherited = shared, .died = note_death
	};

	return new_pool_of(&config);
}

static bool is_gone(pid_t pid)
{
	return kill(pid, 0) < 0 && errno == ESRCH;
}

/* ---- a worker dies ---- */

static void a_retry_is_alone_in_a_fresh_worker(void **state)
{
	struct mp_pool *pool = new_pool(2);
	struct mp_submission mortal = { .task = "die-once", .retries = 1 };

	(void)state;
	for (int i = 0; i < 300; i++) {
		mortal.task = i % 20 == 7 ? "die-once" : "nothing";
		assert_int_equal(mp_pool_submit(pool, &mortal), i + 1);
	}
	for (int i = 0; i < 300; i++) {
		const struct mp_ended *ended = next_ended(pool);
		int tasks_of_worker;

		assert_int_equal(ended->outcome, MP_DONE);
		if ((ended->id - 1) % 20 != 7) {
			assert_int_equal(ended->attempts, 1);
			continue;
		}
		assert_int_equal(ended->attempts, 2);
		assert_int_equal(ended->size_bytes, sizeof tasks_of_worker);
		memcpy(&tasks_of_worker, ended->data, sizeof tasks_of_worker);
		assert_int_equal(tasks_of_worker, 1);
	}
	assert_int_equal(shared->died, 15);
	for (int i = 0; i < 15; i++) {
		assert_int_equal((shared->died_task[i] - 1) % 20, 7);
		assert_in_range(shared->died_index[i], 0, 1);
	}
	mp_pool_free(&pool);
}

static void an_idle_workers_death_costs_no_task(void **state)
{
	struct mp_pool *pool = new_pool(1);
	struct mp_pool_counts counts;

	(void)state;
	for (int i = 0; i < 5; i++) {
		submit(pool, "nothing", NULL, 0);
		assert_int_equal(next_ended(pool)->outcome, MP_DONE);
		kill(mp_pool_worker_pid(pool, 0), SIGKILL);
		while (mp_pool_counts(pool, &counts), counts.died <= (uint64_t)i)
			mp_pool_step(pool);
		assert_int_equal(mp_pool_worker_pid(pool, 0), -1);
		assert_int_equal(shared->died_task[i], 0);
	}
	mp_pool_free(&pool);
}

static void deaths_that_nobody_can_tell_of_are_crashes(void **state)
{
	struct mp_pool *pool = new_pool(1);
	const struct mp_ended *ended;

	(void)state;
	signal(SIGCHLD, SIG_IGN);
	submit(pool, "die-once", NULL, 0);
	ended = next_ended(pool);
	assert_int_equal(ended->outcome, MP_CRASHED);
	assert_int_equal(ended->signal, 0);
	submit(pool, "nothing", NULL, 0);
	assert_int_equal(next_ended(pool)->outcome, MP_DONE);
	mp_pool_free(&pool);
	signal(SIGCHLD, SIG_DFL);
}

/* ---- SIGKILL does not end a worker ---- */

/* As its tracer, hold `pid` at the door when it is about to exit, until told otherwise. */
static pid_t hold_at_the_door(pid_t pid, int *go)
{
	int ends[2], ready[2];
	pid_t tracer;
	char byte = 0;

	if (pipe(ends) || pipe(ready))
		return -1;
	tracer = fork();
	if (tracer == 0) {
		bool traced = ptrace(PTRACE_SEIZE, pid, NULL, PTRACE_O_TRACEEXIT) == 0;

		close(ends[1]);
		byte = traced;
		if (write(ready[1], &byte, 1) == 1 && traced && read(ends[0], &byte, 1) == 1)
			_exit(0); /* which lets go of it */
		_exit(1);
	}
	close(ends[0]);
	close(ready[1]);
	*go = ends[1];
	if (read(ready[0], &byte, 1) != 1)
		byte = 0;
	close(ready[0]);
	if (byte)
		return tracer;
	close(ends[1]);
	waitpid(tracer, NULL, 0);
	return -1;
}

static void let_go(pid_t tracer, int go)
{
	assert_int_equal(write(go, "", 1), 1);
	close(go);
	waitpid(tracer, NULL, 0);
}

/* Two of them: one ends while the pool is there, one only after it. */
static void a_worker_that_sigkill_does_not_end_is_given_up(void **state)
{
	struct mp_pool *pool = new_pool(2);
	int wait = 60000, go[2] = { -1, -1 };
	const struct mp_submission late = {
		.task = "wait", .payload = &wait, .size_bytes = sizeof wait, .timeout_ms = 300
	};
	struct mp_pool_counts counts;
	pid_t tracers[2], held[2];
	int64_t before_ms;

	(void)state;
	for (int i = 0; i < 2; i++)
		assert_true(mp_pool_submit(pool, &late) > 0);
	while (!shared->workers[0] || !shared->workers[1])
		assert_int_equal(mp_pool_wait(pool, 1), -ETIMEDOUT);
	for (int i = 0; i < 2; i++) {
		held[i] = mp_pool_worker_pid(pool, i);
		tracers[i] = hold_at_the_door(held[i], &go[i]);
		if (tracers[i] < 0) {
			mp_pool_free(&pool);
			skip();
		}
	}
	before_ms = clock_ms();
	for (int i = 0; i < 2; i++)
		assert_int_equal(next_ended(pool)->outcome, MP_TIMEOUT);
	submit(pool, "nothing", NULL, 0);
	assert_int_equal(next_ended(pool)->outcome, MP_DONE);
	mp_pool_counts(pool, &counts);
	assert_int_equal(counts.stuck, 2);
	assert_false(is_gone(held[0]) || is_gone(held[1]));
	let_go(tracers[0], go[0]);
	while (!is_gone(held[0]))
		assert_int_equal(mp_pool_step(pool), 0);
	mp_pool_free(&pool);
	assert_true(clock_ms() - before_ms < 30000);
	let_go(tracers[1], go[1]);
	assert_int_equal(waitpid(held[1], NULL, 0), held[1]);
}

/* The first task is late and its worker is killed, yet its result comes out of the socket in the end: so it
 * was the second one that was killed, and for no fault of its own. */
static void who_is_killed_in_anothers_stead_is_not_charged(void **state)
{
	struct mp_pool *pool = new_pool(1);
	const struct mp_submission late = { .task = "answer-late", .timeout_ms = 300 };
	pid_t tracer;
	int go = -1;

	(void)state;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	assert_int_equal(mp_pool_submit(pool, &late), 1);
	assert_int_equal(mp_pool_submit(pool, &late), 2);
	while (!shared->begun)
		assert_int_equal(mp_pool_wait(pool, 1), -ETIMEDOUT);
	tracer = hold_at_the_door(mp_pool_worker_pid(pool, 0), &go);
	if (tracer < 0) {
		mp_pool_free(&pool);
		skip();
	}
	assert_int_equal(mp_pool_wait(pool, 1000), -ETIMEDOUT);
	let_go(tracer, go);
	for (int i = 0; i < 2; i++) {
		const struct mp_ended *ended = next_ended(pool);

		assert_int_equal(ended->outcome, MP_DONE);
		assert_int_equal(ended->attempts, 1);
	}
	assert_int_equal(shared->died, 1);
	mp_pool_free(&pool);
	assert_int_equal(waitpid(shared->grandchild, NULL, 0), shared->grandchild);
	prctl(PR_SET_CHILD_SUBREAPER, 0);
}

/* ---- the owner dies or is stopped ---- */

/* A process that owns a pool whose workers wait for `wait` ms with a deadline; ends with the first outcome.
 */
static pid_t start_owner(int wait, int64_t timeout_ms)
{
	pid_t owner = fork();

	if (owner == 0) {
		const struct mp_pool_config config = { .workers = 2, .tasks = tasks };
		const struct mp_submission submission = {
			.task = "wait", .payload = &wait, .size_bytes = sizeof wait, .timeout_ms = timeout_ms
		};
		struct mp_pool *pool = mp_pool_new(&config);
		const struct mp_ended *ended;
		int outcome = 99;

		if (!pool || mp_pool_submit(pool, &submission) < 0 || mp_pool_submit(pool, &submission) < 0)
			_exit(99);
		if (mp_pool_wait(pool, -1) == 1 && (ended = mp_pool_next(pool)))
			outcome = (int)ended->outcome;
		mp_pool_free(&pool);
		_exit(outcome);
	}
	for (int i = 0; i < 30000 && (!shared->workers[0] || !shared->workers[1]); i++)
		usleep(1000);
	return owner;
}

static int exit_status(pid_t pid)
{
	int status = 0;

	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void a_killed_owner_leaves_no_worker(void **state)
{
	pid_t owner;

	(void)state;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	owner = start_owner(60000, 0);
	kill(owner, SIGKILL);
	assert_int_equal(exit_status(owner), -SIGKILL);
	for (int i = 0; i < 2; i++)
		assert_int_equal(exit_status(shared->workers[i]), -SIGKILL);
	prctl(PR_SET_CHILD_SUBREAPER, 0);
}

/* The workers went on meanwhile, and their results lie there when the owner does. */
static void time_in_which_the_owner_was_stopped_counts_for_no_deadline(void **state)
{
	pid_t owner = start_owner(600, 800);

	(void)state;
	kill(owner, SIGSTOP);
	usleep(1500000);
	kill(owner, SIGCONT);
	assert_int_equal(exit_status(owner), MP_DONE);
}

static void time_in_which_all_were_stopped_counts_for_no_deadline(void **state)
{
	pid_t owner = start_owner(1000, 1500);

	(void)state;
	/* the wait is over when they go on, but nobody had a chance to say so in time */
	kill(owner, SIGSTOP);
	kill(shared->workers[0], SIGSTOP);
	kill(shared->workers[1], SIGSTOP);
	usleep(2000000);
	kill(owner, SIGCONT);
	usleep(300000);
	kill(shared->workers[0], SIGCONT);
	kill(shared->workers[1], SIGCONT);
	assert_int_equal(exit_status(owner), MP_DONE);
}

static void a_child_of_the_owner_cannot_harm_the_pool(void **state)
{
	struct mp_pool *pool = new_pool(2);
	pid_t child;

	(void)state;
	submit(pool, "nothing", NULL, 0);
	assert_int_equal(next_ended(pool)->outcome, MP_DONE);
	child = fork();
	if (child == 0) {
		bool refused = mp_pool_step(pool) == -EPERM && mp_pool_wait(pool, -1) == -EPERM;

		mp_pool_terminate(pool);
		mp_pool_free(&pool);
		_exit(refused ? 0 : 1);
	}
	assert_int_equal(exit_status(child), 0);
	assert_false(is_gone(mp_pool_worker_pid(pool, 0)));
	submit(pool, "nothing", NULL, 0);
	assert_int_equal(next_ended(pool)->outcome, MP_DONE);
	mp_pool_free(&pool);
}

/* ---- the system has no room ---- */

static struct rlimit no_more_descriptors(void)
{
	struct rlimit before, now;

	getrlimit(RLIMIT_NOFILE, &before);
	now = before;
	now.rlim_cur = (rlim_t)open("/dev/null", O_RDONLY | O_CLOEXEC);
	close((int)now.rlim_cur);
	setrlimit(RLIMIT_NOFILE, &now);
	return before;
}

static void a_pool_that_can_start_no_worker_ends(void **state)
{
	struct mp_pool *pool = new_pool(2);
	struct rlimit before = no_more_descriptors();

	(void)state;
	for (int i = 0; i < 3; i++)
		submit(pool, "nothing", NULL, 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(next_ended(pool)->outcome, MP_LOST);
	assert_int_equal(mp_pool_wait(pool, -1), -EMFILE);
	mp_pool_free(&pool);
	setrlimit(RLIMIT_NOFILE, &before);
}

static void a_pool_that_cannot_start_a_worker_now_tries_again(void **state)
{
	struct mp_pool *pool = new_pool(2);
	struct rlimit before = no_more_descriptors();

	(void)state;
	submit(pool, "nothing", NULL, 0);
	assert_int_equal(mp_pool_wait(pool, 50), -ETIMEDOUT);
	setrlimit(RLIMIT_NOFILE, &before);
	assert_int_equal(next_ended(pool)->outcome, MP_DONE);
	mp_pool_free(&pool);
}

/* A payload that needs a memfd, and no descriptor for it. */
static void a_task_that_cannot_be_sent_now_is_sent_later(void **state)
{
	struct mp_pool *pool = new_pool(1);
	size_t size_bytes = 1 << 20;
	void *payload = calloc(1, size_bytes);
	struct rlimit before;

	(void)state;
	submit(pool, "nothing", NULL, 0);
	assert_int_equal(next_ended(pool)->outcome, MP_DONE);
	before = no_more_descriptors();
	submit(pool, "echo", payload, size_bytes);
	assert_int_equal(mp_pool_wait(pool, 50), -ETIMEDOUT);
	setrlimit(RLIMIT_NOFILE, &before);
	assert_int_equal(next_ended(pool)->size_bytes, size_bytes);
	no_more_descriptors();
	submit(pool, "echo", payload, size_bytes);
	submit(pool, "nothing", NULL, 0);
	assert_int_equal(next_ended(pool)->outcome, MP_LOST);
	assert_int_equal(next_ended(pool)->outcome, MP_DONE);
	setrlimit(RLIMIT_NOFILE, &before);
	free(payload);
	mp_pool_free(&pool);
}

/* In a process of a user of its own, which may have two processes: itself and one worker. */
static int run_with_two_processes(void)
{
	const struct rlimit two = { 2, 2 };
	const uid_t nobody = 20000 + (uid_t)getpid() % 40000; /* who has no other processes */
	const struct mp_pool_config config = { .workers = 4, .tasks = tasks, .inherited = shared };
	const struct mp_submission mortal = { .task = "die-once", .retries = 1 };
	struct mp_pool *pool;
	int done = 0;

	if (setrlimit(RLIMIT_NPROC, &two) || setresgid(nobody, nobody, nobody) ||
		setresuid(nobody, nobody, nobody))
		return 77;
	pool = mp_pool_new(&config);
	if (!pool)
		return 1;
	for (int i = 0; i < 20; i++)
		if (mp_pool_submit(pool, &mortal) < 0)
			return 2;
	while (mp_pool_wait(pool, 60000) == 1)
		done += mp_pool_next(pool)->outcome == MP_DONE;
	mp_pool_free(&pool);
	return done == 20 ? 0 : 3;
}

static void a_pool_works_with_as_many_workers_as_it_gets(void **state)
{
	pid_t child;
	int status;

	(void)state;
	child = fork();
	if (child == 0)
		_exit(run_with_two_processes());
	status = exit_status(child);
	if (status == 77)
		skip();
	assert_int_equal(status, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests_of_death[] = {
		TEST(a_retry_is_alone_in_a_fresh_worker),
		TEST(an_idle_workers_death_costs_no_task),
		TEST(deaths_that_nobody_can_tell_of_are_crashes),
		TEST(a_worker_that_sigkill_does_not_end_is_given_up),
		TEST(who_is_killed_in_anothers_stead_is_not_charged),
		TEST(a_killed_owner_leaves_no_worker),
		TEST(time_in_which_the_owner_was_stopped_counts_for_no_deadline),
		TEST(time_in_which_all_were_stopped_counts_for_no_deadline),
		TEST(a_child_of_the_owner_cannot_harm_the_pool),
		TEST(a_pool_that_can_start_no_worker_ends),
		TEST(a_pool_that_cannot_start_a_worker_now_tries_again),
		TEST(a_task_that_cannot_be_sent_now_is_sent_later),
		TEST(a_pool_works_with_as_many_workers_as_it_gets),
	};

	return cmocka_run_group_tests(tests_of_death, NULL, NULL);
}
