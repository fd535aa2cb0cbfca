/*
 * hook.h: for the tests, a place where a worker can be made to crash, hang or stop on purpose.
 *
 * STAMPMILL_TEST_HOOK="STAGE:ACTION[:NAME[:ATTEMPTS]]" makes a worker that reaches STAGE ("probe", "open",
 * "ahead" for the one to be read ahead, "decode", "stamp", "encode", "sync", "publish") with a picture whose
 * path ends in NAME (any, if left out) in one of its first ATTEMPTS attempts (each, if left out) do ACTION:
 * kill, segv, abort, exit, stop, hang, wait-MS, or load: run hostile() of the library STAMPMILL_TEST_LIBRARY,
 * which lies where a worker may read. Only in a build with -Dtest_hooks=true; elsewhere it does nothing.
 */
#ifndef STAMPMILL_COMMAND_HOOK_H
#define STAMPMILL_COMMAND_HOOK_H

#ifdef STAMPMILL_TEST_HOOKS
void hook_reach(const char *stage, const char *picture, int attempt);
#else
static inline void hook_reach(const char *stage, const char *picture, int attempt)
{
	(void)stage;
	(void)picture;
	(void)attempt;
}
#endif

#endif
