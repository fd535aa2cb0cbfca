/*
 * fork_server.h: a process whose only work is to fork others: clean and single-threaded, whatever its owner
 * does.
 *
 * The server calls fork_server_run() with its end of a SOCK_SEQPACKET pair; the owner calls fork_server_ask()
 * with the other, from any thread, and gets a struct child as child_start() makes one: it can be signalled,
 * waited for and watched (child_fd()), though it is the server's child and not the owner's.
 *
 * What holds when a party dies: the server ends when the owner's end is closed, and all that it has started
 * are killed with it. Then child_reap() says that nobody knows how they ended, and sees to it that they have.
 */
#ifndef STAMPMILL_SYS_FORK_SERVER_H
#define STAMPMILL_SYS_FORK_SERVER_H

#include <stdbool.h>

#include "sys/child.h"

/* A process that runs what fork_server_run() was given, with a socket of which child->socket is the other
 * end. `name` and `is_worker` as in struct child_config. Waits for the server's answer, which takes less than
 * a millisecond, up to timeout_ms. Returns 0; -ETIMEDOUT: the server does not answer and should be killed,
 * for it might start the process yet; -EPIPE when it is gone; what child_start() returns. */
int fork_server_ask(int server, const char *name, bool is_worker, int timeout_ms, struct child *child);

/* Serve until the owner's end is closed. A process that is born runs `born` with its own end of its socket,
 * which it must not close; what it returns is its exit status. Returns 0 or a negative errno. */
int fork_server_run(int socket, int (*born)(int line));

#endif
