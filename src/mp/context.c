#include "mp/context.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "mp/live.h"
#include "mp/starting.h"
#include "mp/worker.h"
#include "sys/fork_server.h"

#define ARGUMENT "--mp-child"
/* So long may a fork server take to answer, and to end. */
#define SERVER_PATIENCE_MS 2000
/* A process that was not told what it is, or cannot be it, exits so. */
#define MISBORN 127

struct mp_context {
	enum mp_start_method method;
	pid_t owner;
	struct child server;
};

static const struct mp_role *all_roles; /* NULL: mp_context_init() was not called */
static char *program;

/* ---- the table ---- */

static const struct mp_role *find_role(const char *name)
{
	for (const struct mp_role *role = all_roles; role && role->name; role++)
		if (strcmp(role->name, name) == 0)
			return role;
	return NULL;
}

const char *starting_role_of_process(int (*run)(const struct mp_given *given))
{
	for (const struct mp_role *role = all_roles; role && role->name; role++)
		if (role->run == run)
			return role->name;
	return NULL;
}

const char *starting_role_of_pool(const struct mp_pool_config *config)
{
	for (const struct mp_role *role = all_roles; role && role->name; role++)
		if (role->tasks == config->tasks && role->enter == config->enter &&
			role->leave == config->leave)
			return role->name;
	return NULL;
}

static bool is_sound(const struct mp_role *roles)
{
	for (const struct mp_role *role = roles; role->name; role++) {
		size_t length = strlen(role->name);

		if (length == 0 || length >= BIRTH_ROLE_SIZE || !role->run == !role->tasks)
			return false;
		for (const struct mp_role *before = roles; before < role; before++)
			if (strcmp(before->name, role->name) == 0)
				return false;
	}
	return true;
}

/* ---- the child ---- */

static int live_as_worker(const struct mp_role *role, const struct birth *birth, int line)
{
	const struct mp_pool_config config = {
		.tasks = role->tasks,
		.enter = role->enter,
		.leave = role->leave,
		.result_max_bytes = birth->result_max_bytes,
		.given = birth->given,
	};
	struct worker_birth worker = {
		.config = &config, .of_chunks = birth->of_chunks, .index = birth->index, .name = birth->name
	};

	return worker_live(&worker, line);
}

static int live(int line);

static int live_as(const struct birth *birth, int line)
{
	const struct mp_role *role = find_role(birth->role);
	const struct mp_process_config process = {
		.name = birth->name, .run_given = role ? role->run : NULL, .given = birth->given
	};

	prctl(PR_SET_NAME, birth->name);
	if (birth->kind == BIRTH_SERVER)
		return fork_server_run(line, live) ? MISBORN : 0;
	if (birth->kind == BIRTH_WORKER && role && role->tasks)
		return live_as_worker(role, birth, line);
	close(line);
	return role && role->run ? live_as_process(&process, birth->number) : MISBORN;
}

static int live(int line)
{
	struct born born;
	int result = birth_receive(line, &born);

	if (result != 1)
		return result ? MISBORN : 0;
	result = live_as(&born.birth, line);
	born_finish(&born);
	return result;
}

/* Only a parent that has started this process so has a line to it there. */
static bool is_child(int argc, char **argv)
{
	int type;
	struct ucred peer;
	socklen_t type_size = sizeof type, peer_size = sizeof peer;

	return argc == 2 && strcmp(argv[1], ARGUMENT) == 0 &&
	       getsockopt(CHILD_LINE, SOL_SOCKET, SO_TYPE, &type, &type_size) == 0 &&
	       type == SOCK_SEQPACKET &&
	       getsockopt(CHILD_LINE, SOL_SOCKET, SO_PEERCRED, &peer, &peer_size) == 0 &&
	       peer.pid == getppid();
}

int mp_context_init(int argc, char **argv, const struct mp_role *roles)
{
	if (all_roles)
		return -EALREADY;
	if (argc < 1 || !argv || !roles || !is_sound(roles))
		return -EINVAL;
	all_roles = roles;
	program = argv[0];
	if (is_child(argc, argv)) {
		child_arrive();
		child_leave(live(CHILD_LINE));
	}
	return 0;
}

/* ---- the parent ---- */

static int spawn(const struct birth *birth, struct child *child)
{
	static char argument[] = ARGUMENT;
	char *const argv[] = { program, argument, NULL };
	const struct child_config config = {
		.argv = argv,
		.name = birth->name,
		.with_socket = true,
		.is_worker = birth->kind == BIRTH_WORKER,
	};

	return child_start(child, &config);
}

static void end_now(struct child *child)
{
	struct child_end end;

	child_signal(child, SIGKILL);
	child_wait(child, SERVER_PATIENCE_MS, &end);
	child_finish(child);
}

/* What it has been started for. A process that cannot be told is ended. */
static int tell(struct child *child, const struct birth *birth)
{
	int result = birth_send(child->socket, birth);

	if (result)
		end_now(child);
	return result;
}

static int start_server(struct mp_context *context)
{
	const struct birth birth = {
		.kind = BIRTH_SERVER, .role = "", .name = "mp-forkserver", .number = ""
	};
	int result = spawn(&birth, &context->server);

	return result ? result : tell(&context->server, &birth);
}

static int ask_server(struct mp_context *context, const struct birth *birth, struct child *child)
{
	return fork_server_ask(
		context->server.socket, birth->name, birth->kind == BIRTH_WORKER, SERVER_PATIENCE_MS, child);
}

/* A server that is dead or does not answer is replaced, once. */
static int fork_cleanly(struct mp_context *context, const struct birth *birth, struct child *child)
{
	int result = context->server.pid ? ask_server(context, birth, child) : -EPIPE;

	if (result != -EPIPE && result != -ETIMEDOUT)
		return result;
	end_now(&context->server);
	result = start_server(context);
	return result ? result : ask_server(context, birth, child);
}

int starting_start(struct mp_context *context, const struct birth *birth, struct child *child)
{
	int result;

	if (context->owner != getpid())
		return -EPERM;
	result = context->method == MP_SPAWN ? spawn(birth, child) : fork_cleanly(context, birth, child);
	return result ? result : tell(child, birth);
}

bool starting_is_by_fork(const struct mp_context *context)
{
	return !context || context->method == MP_FORK;
}

struct mp_context *mp_context_new(enum mp_start_method method)
{
	autofree struct mp_context *context = NULL;
	int result = 0;

	if (method != MP_FORK && ((method != MP_SPAWN && method != MP_FORKSERVER) || !all_roles)) {
		errno = EINVAL;
		return NULL;
	}
	context = calloc(1, sizeof *context);
	if (!context)
		return NULL;
	*context = (struct mp_context){ .method = method, .owner = getpid(), .server = CHILD_INIT };
	if (method == MP_FORKSERVER)
		result = start_server(context);
	if (result) {
		errno = -result;
		return NULL;
	}
	return take_ptr(context);
}

enum mp_start_method mp_context_method(const struct mp_context *context)
{
	return context ? context->method : MP_FORK;
}

pid_t mp_context_server_pid(const struct mp_context *context)
{
	if (!context)
		return -1;
	return context->server.pid ? context->server.pid : -1;
}

void mp_context_free(struct mp_context **context_address)
{
	struct mp_context *context = context_address ? *context_address : NULL;

	if (!context)
		return;
	*context_address = NULL;
	if (context->owner == getpid() && context->server.pid) {
		struct child_end end;

		/* it ends by itself, or is ended */
		shutdown(context->server.socket, SHUT_RDWR);
		if (child_wait(&context->server, SERVER_PATIENCE_MS, &end) == 0)
			end_now(&context->server);
	}
	child_finish(&context->server);
	free(context);
}
