#include "image/engine.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vips/vips.h>

#include "check.h"
#include "image/raw.h"

static int start(void **state)
{
	struct err err;

	(void)state;
	/* what a user's shell may hold */
	setenv("VIPS_WARNING", "1", 1);
	setenv("VIPS_MAX_THREADS", "4", 1);
	setenv("VIPS_CONCURRENCY", "7", 1);
	return engine_start("engine_test", false, &err);
}

static int count_threads(void)
{
	char line[200];
	int threads = 0;
	FILE *file = fopen("/proc/self/status", "re");

	while (file && fgets(line, sizeof(line), file))
		sscanf(line, "Threads: %d", &threads);
	if (file)
		fclose(file);
	return threads;
}

static void the_start_leaves_one_thread(void **state)
{
	(void)state;
	assert_int_equal(count_threads(), 1);
	assert_int_equal(vips_concurrency_get(), 1);
	assert_int_equal(vips_cache_get_max(), 0);
}

static void the_log_is_caught_once_and_taken_once(void **state)
{
	char log[200];

	(void)state;
	engine_take_log(log, sizeof(log));
	g_log("VIPS", G_LOG_LEVEL_WARNING, "IHDR: CRC error");
	g_log("VIPS", G_LOG_LEVEL_WARNING, "IHDR: CRC error");
	g_log("GLib", G_LOG_LEVEL_CRITICAL, "second\n");
	g_log("VIPS", G_LOG_LEVEL_INFO, "chatter");
	engine_take_log(log, sizeof(log));
	assert_string_equal(log, "IHDR: CRC error; second");
	engine_take_log(log, sizeof(log));
	assert_string_equal(log, "");
}

static void a_flood_of_log_stays_in_bounds(void **state)
{
	char log[100];

	(void)state;
	for (int i = 0; i < 2000; i++)
		g_log("VIPS", G_LOG_LEVEL_WARNING, "warning number %d", i);
	engine_take_log(log, sizeof(log));
	assert_int_equal(strlen(log), sizeof(log) - 1);
	assert_memory_equal(log, "warning number 0; warning", 25);
}

static void nothing_that_a_library_says_reaches_standard_error(void **state)
{
	int pipe_fds[2], saved;
	char byte;

	(void)state;
	assert_int_equal(pipe2(pipe_fds, O_NONBLOCK | O_CLOEXEC), 0);
	saved = dup(STDERR_FILENO);
	dup2(pipe_fds[1], STDERR_FILENO);
	g_warning("to nobody");
	dup2(saved, STDERR_FILENO);
	close(saved);
	assert_int_equal(read(pipe_fds[0], &byte, 1), -1);
	close(pipe_fds[0]);
	close(pipe_fds[1]);
}

static int average_of_a_picture_in_a_child(void)
{
	VipsImage *noise = NULL;
	double average = 0;
	char log[100];

	engine_enter_worker();
	engine_take_log(log, sizeof(log));
	if (log[0] || vips_error_buffer()[0])
		return 1;
	if (vips_gaussnoise(&noise, 300, 300, NULL) || vips_avg(noise, &average, NULL))
		return 2;
	g_object_unref(noise);
	return average > 120 && average < 136 ? 0 : 3;
}

static void workers_forked_after_the_start_work_and_begin_clean(void **state)
{
	(void)state;
	vips_error("before", "the fork");
	g_log("VIPS", G_LOG_LEVEL_WARNING, "before the fork");
	for (int i = 0; i < 3; i++) {
		int status;
		pid_t pid = fork();

		if (pid == 0) {
			alarm(60);
			_exit(average_of_a_picture_in_a_child());
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
	}
}

static void untrusted_loaders_are_blocked_unless_allowed(void **state)
{
	static const char svg[] = "<svg xmlns='http://www.w3.org/2000/svg' width='3' height='2'/>";
	VipsImage *image;
	struct err err;

	(void)state;
	assert_false(engine_readable() & FORMAT_BIT(FORMAT_OTHER));
	assert_null(vips_image_new_from_buffer(svg, sizeof(svg) - 1, "", NULL));
	assert_int_equal(engine_start("engine_test", true, &err), 0);
	assert_true(engine_readable() & FORMAT_BIT(FORMAT_OTHER));
	image = vips_image_new_from_buffer(svg, sizeof(svg) - 1, "", NULL);
	assert_non_null(image);
	g_object_unref(image);
	assert_int_equal(engine_start("engine_test", false, &err), 0);
	assert_null(vips_image_new_from_buffer(svg, sizeof(svg) - 1, "", NULL));
}

/* The codec behind AVIF may be missing: what engine_writable() says must be what happens. */
static int avif_can_be_written_in_a_child(void)
{
	VipsImage *black = NULL;
	void *data;
	size_t size_bytes;

	if (vips_black(&black, 16, 16, "bands", 3, NULL))
		return 2;
	black->Type = VIPS_INTERPRETATION_sRGB;
	return vips_heifsave_buffer(
		       black, &data, &size_bytes, "compression", VIPS_FOREIGN_HEIF_COMPRESSION_AV1, NULL)
		       ? 0
		       : 1;
}

static void what_is_said_to_be_writable_is(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	for (enum format format = FORMAT_JPEG; format <= FORMAT_TIFF; format++) {
		assert_true(engine_readable() & FORMAT_BIT(format));
		assert_true(engine_writable() & FORMAT_BIT(format));
	}
	assert_true(engine_readable() & FORMAT_BIT(FORMAT_GIF));
	assert_false(engine_readable() & FORMAT_BIT(FORMAT_NONE));
	assert_int_equal(!(engine_readable() & FORMAT_BIT(FORMAT_RAW)), !raw_is_built());
	assert_false(engine_writable() & (FORMAT_BIT(FORMAT_GIF) | FORMAT_BIT(FORMAT_HEIC)));
	pid = fork();
	if (pid == 0) {
		alarm(60);
		_exit(avif_can_be_written_in_a_child());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), !!(engine_writable() & FORMAT_BIT(FORMAT_AVIF)));
}

static void the_version_has_three_numbers(void **state)
{
	int a, b, c;

	(void)state;
	assert_int_equal(sscanf(engine_version(), "%d.%d.%d", &a, &b, &c), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_start_leaves_one_thread),
		cmocka_unit_test(the_log_is_caught_once_and_taken_once),
		cmocka_unit_test(a_flood_of_log_stays_in_bounds),
		cmocka_unit_test(nothing_that_a_library_says_reaches_standard_error),
		cmocka_unit_test(workers_forked_after_the_start_work_and_begin_clean),
		cmocka_unit_test(untrusted_loaders_are_blocked_unless_allowed),
		cmocka_unit_test(what_is_said_to_be_writable_is),
		cmocka_unit_test(the_version_has_three_numbers),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
