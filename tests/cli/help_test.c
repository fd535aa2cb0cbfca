#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "cli/options.h"
#include "cli/topics.h"

static const struct manual_policy_row policies[] = {
	{ "camera, lens, exposure, date", { true, true, false, false } },
	{ "GPS", { true, false, false, false } },
	{ "embedded thumbnail", { false, false, false, false } },
	{ NULL, { false, false, false, false } },
};

static void print_help(const void *command)
{
	help_print(command);
}

static void print_manual(const void *unused)
{
	(void)unused;
	manual_print(policies);
}

static void print_completion(const void *unused)
{
	(void)unused;
	completion_print();
}

/* What `print` writes to standard output, which is a file meanwhile. */
static char *printed_by(void (*print)(const void *data), const void *data)
{
	FILE *file = tmpfile();
	int saved = dup(STDOUT_FILENO);
	char *text;
	long size;

	assert_non_null(file);
	fflush(stdout);
	dup2(fileno(file), STDOUT_FILENO);
	print(data);
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	fseek(file, 0, SEEK_END);
	size = ftell(file);
	rewind(file);
	text = g_malloc((gsize)size + 1);
	text[fread(text, 1, (size_t)size, file)] = '\0';
	fclose(file);
	return text;
}

static void help_fits_a_terminal_of_80_columns(void **state)
{
	static const char *const commands[] = { NULL, "run", "doctor" };

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
		g_autofree char *help = printed_by(print_help, commands[i]);
		g_auto(GStrv) lines = g_strsplit(help, "\n", -1);

		assert_true(strlen(help) > 100);
		for (char **line = lines; *line; line++) {
			size_t length = strlen(*line);

			if (length > 79 || (length > 0 && (*line)[length - 1] == ' '))
				fail_msg("%s", *line);
		}
	}
}

static void help_and_manual_name_every_option_and_its_default(void **state)
{
	g_autofree char *help = printed_by(print_help, "run"), *manual = printed_by(print_manual, NULL);

	(void)state;
	for (const struct option_row *row = options_table(); row->name; row++) {
		g_autofree char *in_help = g_strconcat("--", row->name, NULL);
		g_auto(GStrv) parts = g_strsplit(in_help, "-", -1);
		g_autofree char *joined = g_strjoinv("\\-", parts);
		g_autofree char *in_manual = g_strconcat("\\fB", joined, "\\fR", NULL);

		assert_non_null(strstr(help, in_help));
		if (!strstr(manual, in_manual))
			fail_msg("%s", in_manual);
		assert_true(g_ascii_islower(row->help[0]));
		assert_false(g_str_has_suffix(row->help, "."));
	}
	for (const struct option_row *row = options_sheet_table(); row->name; row++) {
		g_autofree char *in_help = g_strdup_printf("\n  %s ", row->name);
		g_auto(GStrv) parts = g_strsplit(row->name, "-", -1);
		g_autofree char *joined = g_strjoinv("\\-", parts);
		g_autofree char *in_manual = g_strconcat("\\fB", joined, "\\fR", NULL);

		assert_non_null(strstr(help, in_help));
		assert_non_null(strstr(manual, in_manual));
		assert_true(g_ascii_islower(row->help[0]));
		assert_false(g_str_has_suffix(row->help, "."));
		assert_non_null(row->default_value);
	}
	assert_non_null(strstr(help, "(default: {dir}/{stem}.{ext})"));
	for (const struct topic *topic = topics_table(); topic->title; topic++) {
		assert_non_null(strstr(manual, topic->title));
		assert_int_equal(strstr(help, topic->title) != NULL && topic->in_help, topic->in_help);
	}
}

static void the_manual_explains_every_reason_code_that_there_is(void **state)
{
	g_autofree char *manual = printed_by(print_manual, NULL);

	(void)state;
	for (enum reason reason = REASON_NONE + 1; reason < REASON_COUNT; reason++) {
		/* belongs to --max-bytes, which is not built yet */
		if (reason == REASON_TOO_LARGE)
			continue;
		assert_non_null(topics_reason(reason));
	}
	assert_null(topics_reason(REASON_NONE));
	assert_non_null(strstr(manual, "too\\-many\\-pixels"));
	assert_non_null(strstr(manual, "\\fBGPS\\fR\nKept by all.\n"));
	assert_non_null(strstr(manual, "\\fBcamera, lens, exposure, date\\fR\nKept by all, safe.\n"));
	assert_non_null(strstr(manual, "\\fBembedded thumbnail\\fR\nNever kept.\n"));
}

/* Runs a shell command with `text` as its input; its output, or NULL when the command is not there. */
static char *filter(const char *command, const char *text, int *status)
{
	char name[] = "/tmp/stampmill-test-XXXXXX";
	int fd = mkstemp(name);
	g_autofree char *line = g_strdup_printf("%s %s 2>&1", command, name);
	g_autoptr(GString) got = g_string_new("");
	size_t length = strlen(text);
	char buffer[4096];
	FILE *pipe;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, length), (ssize_t)length);
	close(fd);
	pipe = popen(line, "r");
	assert_non_null(pipe);
	while (fgets(buffer, sizeof(buffer), pipe))
		g_string_append(got, buffer);
	*status = pclose(pipe);
	unlink(name);
	return g_strdup(got->str);
}

static void the_manual_is_clean_roff(void **state)
{
	char *manual, *complaints;
	int status;

	(void)state;
	if (system("command -v mandoc >/dev/null") != 0)
		skip();
	manual = printed_by(print_manual, NULL);
	complaints = filter("mandoc -Tlint", manual, &status);
	assert_string_equal(complaints, "");
	assert_int_equal(status, 0);
	g_free(manual);
	g_free(complaints);
}

static char *completed(const char *script, const char *words)
{
	g_autofree char *program =
		g_strdup_printf("%s\nCOMP_WORDS=(%s)\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_stampmill\n"
				"echo \"${COMPREPLY[*]}\"\n",
			script, words);
	int status;
	char *output = filter("bash", program, &status);

	assert_int_equal(status, 0);
	return g_strchomp(output);
}

static void bash_completes_commands_options_and_words(void **state)
{
	static const char *const examples[][2] = { { "stampmill r", "run" },
		{ "stampmill ''", "run verify doctor --help --version" },
		{ "stampmill run --no", "--no-recurse --no-sandbox" },
		{ "stampmill run --sync ''", "yes no" },
		{ "stampmill run --watermark-position s", "sw s se" }, { "stampmill run --quality ''", "" },
		{ "stampmill run --watermark-p", "--watermark-position" }, { "stampmill run x", "" },
		{ "stampmill doctor --", "" } };
	char *script;

	(void)state;
	if (system("command -v bash >/dev/null") != 0)
		skip();
	script = printed_by(print_completion, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(examples); i++) {
		g_autofree char *reply = completed(script, examples[i][0]);

		assert_string_equal(reply, examples[i][1]);
	}
	g_free(script);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(help_fits_a_terminal_of_80_columns),
		cmocka_unit_test(help_and_manual_name_every_option_and_its_default),
		cmocka_unit_test(the_manual_explains_every_reason_code_that_there_is),
		cmocka_unit_test(the_manual_is_clean_roff),
		cmocka_unit_test(bash_completes_commands_options_and_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
