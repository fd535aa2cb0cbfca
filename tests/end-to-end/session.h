/*
 * session.h: the program in the foreground of a terminal, with a shell behind it, as far as job control goes.
 *
 * A pseudo-terminal, a session leader that starts the program in a process group of its own, puts it into the
 * foreground, notices when it stops and continues it on request. What the program writes to the terminal is
 * collected.
 */
#ifndef STAMPMILL_TESTS_SESSION_H
#define STAMPMILL_TESTS_SESSION_H

#include <glib.h>

#include "end-to-end/program.h"

struct session {
	pid_t shell;
	int terminal_fd; /* the end where the person sits */
	int order_fd, report_fd;
	struct program program; /* pid and mark, of the program */
	GString *seen;          /* everything that was written to the terminal */
};

enum session_report {
	SESSION_NOTHING, /* it runs */
	SESSION_STOPPED,
	SESSION_ENDED
};

void session_start(struct session *session, const struct program_options *options);

/* Press keys: "\x1a" is ^Z, "\x03" is ^C. */
void session_type(struct session *session, const char *keys);

/* Collect what was written, for at most `patience_ms`, until something is reported; `wait_status` is filled
 * when it has ended. */
enum session_report session_watch(struct session *session, int patience_ms, int *wait_status);

/* fg */
void session_continue(struct session *session);

void session_finish(struct session *session);

/* What the terminal shows at the end, its lines joined by '\n', as "\r" and erasing to the end of the line
 * leave it. To be freed. */
char *session_screen(const struct session *session);

#endif
