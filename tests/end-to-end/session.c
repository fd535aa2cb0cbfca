#include "end-to-end/session.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "sys/clock.h"

struct report {
	enum session_report what;
	int wait_status;
	pid_t pid;
	char mark[sizeof(((struct program *)0)->mark)];
};

/* The shell: tells of every stop, continues on each byte it is sent, tells of the end and ends. */
static int be_shell(const struct program_options *options, int terminal_fd, int order_fd, int report_fd)
{
	struct program_options own = *options;
	struct program program;
	struct report report = { .what = SESSION_NOTHING };
	char order;

	if (setsid() < 0 || ioctl(terminal_fd, TIOCSCTTY, 0) < 0)
		return 1;
	signal(SIGTTOU, SIG_IGN);
	own.err_fd = terminal_fd;
	program_start(&program, &own);
	tcsetpgrp(terminal_fd, program.pid);
	report.pid = program.pid;
	memcpy(report.mark, program.mark, sizeof(report.mark));
	for (;;) {
		if (write(report_fd, &report, sizeof(report)) != sizeof(report))
			return 1;
		if (report.what == SESSION_ENDED)
			return 0;
		if (report.what == SESSION_STOPPED) {
			tcsetpgrp(terminal_fd, getpgrp());
			if (read(order_fd, &order, 1) != 1)
				return 1;
			tcsetpgrp(terminal_fd, program.pid);
			kill(-program.pid, SIGCONT);
		}
		if (waitpid(program.pid, &report.wait_status, WUNTRACED) < 0)
			return 1;
		report.what = WIFSTOPPED(report.wait_status) ? SESSION_STOPPED : SESSION_ENDED;
	}
}

void session_start(struct session *session, const struct program_options *options)
{
	int orders[2], reports[2], far_fd;
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	struct report report;

	assert_int_equal(pipe2(orders, O_CLOEXEC), 0);
	assert_int_equal(pipe2(reports, O_CLOEXEC), 0);
	assert_int_equal(openpty(&session->terminal_fd, &far_fd, NULL, NULL, &size), 0);
	fcntl(session->terminal_fd, F_SETFD, FD_CLOEXEC);
	fcntl(far_fd, F_SETFD, FD_CLOEXEC);
	session->shell = fork();
	assert_true(session->shell >= 0);
	if (session->shell == 0) {
		close(session->terminal_fd);
		close(orders[1]);
		close(reports[0]);
		_exit(be_shell(options, far_fd, orders[0], reports[1]));
	}
	close(far_fd);
	close(orders[0]);
	close(reports[1]);
	session->order_fd = orders[1];
	session->report_fd = reports[0];
	session->seen = g_string_new(NULL);
	assert_int_equal(read(session->report_fd, &report, sizeof(report)), sizeof(report));
	session->program = (struct program){ .pid = report.pid };
	memcpy(session->program.mark, report.mark, sizeof(report.mark));
}

void session_type(struct session *session, const char *keys)
{
	assert_int_equal(write(session->terminal_fd, keys, strlen(keys)), strlen(keys));
}

static void collect(struct session *session)
{
	char buffer[4096];
	ssize_t size = read(session->terminal_fd, buffer, sizeof(buffer));

	if (size > 0)
		g_string_append_len(session->seen, buffer, size);
}

enum session_report session_watch(struct session *session, int patience_ms, int *wait_status)
{
	int64_t begin_ms = clock_ms();
	struct report report;

	for (;;) {
		struct pollfd watched[] = { { .fd = session->terminal_fd, .events = POLLIN },
			{ .fd = session->report_fd, .events = POLLIN } };
		int left_ms = patience_ms - (int)(clock_ms() - begin_ms);

		if (left_ms <= 0 || poll(watched, 2, left_ms) == 0)
			return SESSION_NOTHING;
		if (watched[0].revents & POLLIN) {
			collect(session);
			continue;
		}
		if (watched[1].revents & POLLIN) {
			/* what was written last takes a moment from one end of a terminal to the other */
			while (poll(watched, 1, 200) > 0 && (watched[0].revents & POLLIN))
				collect(session);
			assert_int_equal(read(session->report_fd, &report, sizeof(report)), sizeof(report));
			*wait_status = report.wait_status;
			return report.what;
		}
		g_usleep(1000);
	}
}

void session_continue(struct session *session)
{
	assert_int_equal(write(session->order_fd, "c", 1), 1);
}

void session_finish(struct session *session)
{
	close(session->order_fd);
	close(session->report_fd);
	close(session->terminal_fd);
	kill(session->shell, SIGKILL);
	waitpid(session->shell, NULL, 0);
	g_string_free(session->seen, TRUE);
}

char *session_screen(const struct session *session)
{
	GString *done = g_string_new(NULL), *line = g_string_new(NULL);
	gsize column = 0;

	for (const char *p = session->seen->str; *p; p++) {
		if (g_str_has_prefix(p, "\x1b[K")) {
			g_string_truncate(line, column);
			p += 2;
		} else if (*p == '\r') {
			column = 0;
		} else if (*p == '\n') {
			g_string_append_printf(done, "%s\n", line->str);
			g_string_truncate(line, 0);
		} else {
			if (column < line->len)
				g_string_overwrite_len(line, column, p, 1);
			else
				g_string_append_c(line, *p);
			column++;
		}
	}
	g_string_append(done, line->str);
	g_string_free(line, TRUE);
	return g_string_free(done, FALSE);
}
