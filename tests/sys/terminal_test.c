#include "sys/terminal.h"

#include <signal.h>
#include <sys/ioctl.h>

#include "base/cleanup.h"
#include "check.h"
#include "scratch.h"

/* The two ends of a new pseudo-terminal. */
struct terminal {
	int master_fd, fd;
};

static int setup(void **state)
{
	static struct terminal terminal;

	terminal.master_fd = posix_openpt(O_RDWR | O_NOCTTY);
	if (terminal.master_fd < 0 || grantpt(terminal.master_fd) < 0 || unlockpt(terminal.master_fd) < 0)
		return -1;
	terminal.fd = open(ptsname(terminal.master_fd), O_RDWR | O_NOCTTY);
	setenv("TERM", "xterm", 1);
	*state = &terminal;
	return terminal.fd < 0 ? -1 : 0;
}

static int teardown(void **state)
{
	struct terminal *terminal = *state;

	close(terminal->fd);
	close(terminal->master_fd);
	return 0;
}

static void a_terminal_can_be_drawn_on(void **state)
{
	const struct terminal *terminal = *state;

	assert_true(terminal_is_smart(terminal->fd));
	assert_true(terminal_can_draw(terminal->fd));
}

static void a_dumb_or_unknown_terminal_cannot(void **state)
{
	const struct terminal *terminal = *state;

	setenv("TERM", "dumb", 1);
	assert_false(terminal_is_smart(terminal->fd));
	assert_false(terminal_can_draw(terminal->fd));
	setenv("TERM", "", 1);
	assert_false(terminal_can_draw(terminal->fd));
	unsetenv("TERM");
	assert_false(terminal_can_draw(terminal->fd));
}

static void other_descriptors_cannot(void **state)
{
	autoclose int null = open("/dev/null", O_RDWR);
	int ends[2];

	(void)state;
	assert_false(terminal_can_draw(null));
	assert_false(terminal_can_draw(-1));
	assert_int_equal(pipe(ends), 0);
	assert_false(terminal_can_draw(ends[1]));
	close(ends[0]);
	close(ends[1]);
}

static int in_background(const void *data)
{
	const struct terminal *terminal = data;

	return setpgid(0, 0) == 0 && !terminal_can_draw(terminal->fd) && terminal_is_smart(terminal->fd) ? 0
													 : 1;
}

/* A session of its own on the terminal, first in its foreground, then with a child in its background. */
static int control(const void *data)
{
	const struct terminal *terminal = data;

	if (setsid() < 0 || ioctl(terminal->fd, TIOCSCTTY, 0) < 0)
		return 1;
	if (!terminal_can_draw(terminal->fd))
		return 2;
	return in_child(in_background, data) == 0 ? 0 : 3;
}

static void a_job_in_the_background_does_not_draw(void **state)
{
	assert_int_equal(in_child(control, *state), 0);
}

static void the_width_is_the_terminals_own(void **state)
{
	const struct terminal *terminal = *state;
	struct winsize size = { .ws_row = 24, .ws_col = 132 };

	assert_int_equal(terminal_width(terminal->fd), 80);
	assert_int_equal(ioctl(terminal->master_fd, TIOCSWINSZ, &size), 0);
	assert_int_equal(terminal_width(terminal->fd), 132);
	size.ws_col = 7;
	assert_int_equal(ioctl(terminal->master_fd, TIOCSWINSZ, &size), 0);
	assert_int_equal(terminal_width(terminal->fd), 20);
	assert_int_equal(terminal_width(-1), 80);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_terminal_can_be_drawn_on, setup, teardown),
		cmocka_unit_test_setup_teardown(a_dumb_or_unknown_terminal_cannot, setup, teardown),
		cmocka_unit_test_setup_teardown(other_descriptors_cannot, setup, teardown),
		cmocka_unit_test_setup_teardown(a_job_in_the_background_does_not_draw, setup, teardown),
		cmocka_unit_test_setup_teardown(the_width_is_the_terminals_own, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
