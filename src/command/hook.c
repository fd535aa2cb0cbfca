#include "command/hook.h"

#ifdef STAMPMILL_TEST_HOOKS
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct hook {
	char stage[16], action[16], name[256];
	int attempts;
};

static void take_part(const char **text, char *part, size_t size)
{
	size_t length = strcspn(*text, ":");

	if (length < size) {
		memcpy(part, *text, length);
		part[length] = '\0';
	}
	*text += length + ((*text)[length] == ':');
}

static struct hook parse(const char *text)
{
	struct hook hook = { .attempts = 0 };
	char attempts[16] = "";

	take_part(&text, hook.stage, sizeof(hook.stage));
	take_part(&text, hook.action, sizeof(hook.action));
	take_part(&text, hook.name, sizeof(hook.name));
	take_part(&text, attempts, sizeof(attempts));
	hook.attempts = atoi(attempts);
	return hook;
}

static void let_take_over(const char *library)
{
	void *loaded = library ? dlopen(library, RTLD_NOW) : NULL;
	void (*hostile)(void) = NULL;

	if (loaded)
		*(void **)&hostile = dlsym(loaded, "hostile");
	if (!hostile)
		_exit(97);
	hostile();
}

static void act(const char *action)
{
	if (strcmp(action, "kill") == 0)
		raise(SIGKILL);
	if (strcmp(action, "segv") == 0) {
		signal(SIGSEGV, SIG_DFL); /* a sanitizer catches it */
		raise(SIGSEGV);
	}
	if (strcmp(action, "abort") == 0)
		abort();
	if (strcmp(action, "exit") == 0)
		_exit(7);
	if (strcmp(action, "stop") == 0)
		raise(SIGSTOP);
	if (strcmp(action, "load") == 0)
		let_take_over(getenv("STAMPMILL_TEST_LIBRARY"));
	while (strcmp(action, "hang") == 0)
		pause();
	if (strncmp(action, "wait-", 5) == 0) {
		long ms = atol(action + 5);
		struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

		nanosleep(&time, NULL);
	}
}

static int ends_in(const char *text, const char *end)
{
	size_t length = strlen(text), end_length = strlen(end);

	return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

void hook_reach(const char *stage, const char *picture, int attempt)
{
	const char *text = getenv("STAMPMILL_TEST_HOOK");
	struct hook hook;

	if (!text)
		return;
	hook = parse(text);
	if (strcmp(hook.stage, stage) != 0 || !picture || !ends_in(picture, hook.name))
		return;
	if (hook.attempts && attempt > hook.attempts)
		return;
	act(hook.action);
}
#endif
