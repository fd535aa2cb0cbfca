#include "job/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "refuse.h"

static char folder[64];

static int set_up(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/ledger-test-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
	char command[96];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static char *file_name(void)
{
	static char name[96];

	snprintf(name, sizeof(name), "%s/ledger.sqlite", folder);
	return name;
}

static struct ledger *open_or_fail(struct ledger_opened *opened)
{
	struct err err = { .text = "" };
	struct ledger *ledger = ledger_open(folder, opened, &err);

	if (!ledger)
		print_error("%s\n", err.text);
	assert_non_null(ledger);
	return ledger;
}

static struct ledger_picture picture(const char *path)
{
	return (struct ledger_picture){ .root = "/srv/shoot",
		.path = path,
		.size_bytes = 8400000,
		.mtime_ns = 1700000000123456789,
		.inode = UINT64_MAX,
		.message = "",
		.attempts = 1,
		.facts = { .format = FORMAT_JPEG,
			.width_px = 6000,
			.height_px = 4000,
			.orientation = 6,
			.frames = 1,
			.model = MODEL_RGB,
			.bits = 8,
			.chroma_h = 2,
			.chroma_v = 2 } };
}

static struct ledger_output output(const char *path)
{
	struct ledger_output row = { .path = path,
		.root = "/srv/shoot",
		.input = "a.jpg",
		.input_bytes = 8400000,
		.input_mtime_ns = 1700000000123456789,
		.size_bytes = 412345,
		.mtime_ns = 5,
		.width_px = 2048,
		.height_px = 1365 };

	row.mark_wanted = row.marked = true;
	row.metadata = METADATA_COPYRIGHT;
	memset(row.recipe, 0xab, sizeof(row.recipe));
	memset(row.content, 0xcd, sizeof(row.content));
	return row;
}

static void record(struct ledger *ledger, const char *path)
{
	struct ledger_picture one = picture(path);
	struct ledger_output other = output(path);
	struct err err;

	assert_int_equal(ledger_record_picture(ledger, &one, &err), 0);
	assert_int_equal(ledger_record_output(ledger, &other, &err), 0);
}

static void begin_run(struct ledger *ledger)
{
	struct err err;

	assert_int_equal(ledger_begin_run(ledger, "0.1.0", &err), 0);
}

static void what_was_recorded_is_there_the_next_time(void **state)
{
	struct ledger_opened opened;
	struct ledger *ledger = open_or_fail(&opened);
	const char *name = "Z\xfcrich/a \n.jpg"; /* bytes, not UTF-8 */
	const struct ledger_picture *found;
	const struct ledger_output *made;
	struct err err;

	(void)state;
	assert_true(opened.made_new);
	begin_run(ledger);
	record(ledger, name);
	assert_non_null(ledger_find_picture(ledger, "/srv/shoot", name));
	assert_int_equal(ledger_commit(ledger, &err), 0);
	assert_int_equal(ledger_end_run(ledger, 0, &err), 0);
	ledger_close(ledger);

	ledger = open_or_fail(&opened);
	assert_false(opened.made_new);
	assert_string_equal(opened.set_aside, "");
	found = ledger_find_picture(ledger, "/srv/shoot", name);
	assert_non_null(found);
	assert_int_equal(found->mtime_ns, 1700000000123456789);
	assert_true(found->inode == UINT64_MAX);
	assert_int_equal(found->facts.width_px, 6000);
	assert_int_equal(found->facts.orientation, 6);
	assert_int_equal(found->reason, REASON_NONE);
	assert_null(ledger_find_picture(ledger, "/srv/other", name));
	made = ledger_find_output(ledger, name);
	assert_non_null(made);
	assert_int_equal(made->size_bytes, 412345);
	assert_int_equal(made->recipe[31], 0xab);
	assert_int_equal(made->content[0], 0xcd);
	assert_true(made->mark_wanted && made->marked);
	assert_int_equal(made->metadata, METADATA_COPYRIGHT);
	assert_string_equal(made->input, "a.jpg");
	ledger_close(ledger);
}

static void what_was_not_committed_is_not(void **state)
{
	struct ledger_opened opened;
	struct ledger *ledger = open_or_fail(&opened);
	struct err err;

	(void)state;
	begin_run(ledger);
	record(ledger, "a.jpg");
	assert_int_equal(ledger_commit(ledger, &err), 0);
	record(ledger, "b.jpg");
	ledger_close(ledger);
	ledger = open_or_fail(&opened);
	assert_non_null(ledger_find_output(ledger, "a.jpg"));
	assert_null(ledger_find_output(ledger, "b.jpg"));
	ledger_close(ledger);
}

static void a_row_is_replaced_and_forgotten(void **state)
{
	struct ledger_opened opened;
	struct ledger *ledger = open_or_fail(&opened);
	struct ledger_picture failed = picture("a.jpg");
	struct err err;

	(void)state;
	begin_run(ledger);
	record(ledger, "a.jpg");
	failed.reason = REASON_TRUNCATED;
	failed.message = "cut short";
	failed.facts.format = FORMAT_NONE;
	assert_int_equal(ledger_record_picture(ledger, &failed, &err), 0);
	assert_int_equal(ledger_forget_output(ledger, "a.jpg", &err), 0);
	assert_null(ledger_find_output(ledger, "a.jpg"));
	assert_int_equal(ledger_commit(ledger, &err), 0);
	ledger_close(ledger);
	ledger = open_or_fail(&opened);
	assert_null(ledger_find_output(ledger, "a.jpg"));
	assert_int_equal(ledger_find_picture(ledger, "/srv/shoot", "a.jpg")->reason, REASON_TRUNCATED);
	assert_string_equal(ledger_find_picture(ledger, "/srv/shoot", "a.jpg")->message, "cut short");
	assert_int_equal(ledger_find_picture(ledger, "/srv/shoot", "a.jpg")->facts.format, FORMAT_NONE);
	assert_int_equal(ledger_forget_picture(ledger, "/srv/shoot", "a.jpg", &err), 0);
	assert_null(ledger_find_picture(ledger, "/srv/shoot", "a.jpg"));
	ledger_close(ledger);
}

static void change_file(const char *sql)
{
	sqlite3 *database;

	assert_int_equal(sqlite3_open(file_name(), &database), SQLITE_OK);
	assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(database);
}

static void an_older_ledger_is_brought_up_to_date_with_its_rows(void **state)
{
	struct ledger_opened opened;
	struct ledger *ledger = open_or_fail(&opened);
	struct ledger_picture row = { .root = "/srv/shoot", .path = "a.jpg", .message = "", .sequence = 7 };
	struct err err;

	(void)state;
	assert_int_equal(ledger_begin_run(ledger, "1", &err), 0);
	assert_int_equal(ledger_record_picture(ledger, &row, &err), 0);
	assert_int_equal(ledger_commit(ledger, &err), 0);
	ledger_close(ledger);
	change_file("ALTER TABLE pictures DROP COLUMN sequence; PRAGMA user_version = 1");
	assert_null(ledger_look(folder, &err));
	ledger = open_or_fail(&opened);
	assert_false(opened.made_new);
	assert_int_equal(ledger_find_picture(ledger, "/srv/shoot", "a.jpg")->sequence, 0);
	assert_int_equal(ledger_begin_run(ledger, "2", &err), 0);
	assert_int_equal(ledger_record_picture(ledger, &row, &err), 0);
	assert_int_equal(ledger_commit(ledger, &err), 0);
	ledger_close(ledger);
	ledger = open_or_fail(&opened);
	assert_int_equal(ledger_find_picture(ledger, "/srv/shoot", "a.jpg")->sequence, 7);
	ledger_close(ledger);
}

/* In a child, where locks are refused as on a network mount that has none: 0 when a ledger can be made, and
 * read again. */
static int use_without_locks(void)
{
	struct ledger_opened opened;
	struct ledger *ledger;
	struct err err;

	if (!refuse_call(SYS_fcntl, 1, F_SETLK, ENOLCK) || !refuse_call(SYS_fcntl, 1, F_GETLK, ENOLCK))
		return 1;
	ledger = ledger_open(folder, &opened, &err);
	if (!ledger || !opened.made_new || ledger_begin_run(ledger, "0.1.0", &err) < 0)
		return 2;
	ledger_close(ledger);
	ledger = ledger_look(folder, &err);
	if (!ledger)
		return 3;
	ledger_close(ledger);
	return 0;
}

static void a_file_system_without_locks_will_do(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	if (pid == 0)
		_exit(use_without_locks());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void a_newer_ledger_is_refused_and_left_alone(void **state)
{
	struct ledger_opened opened;
	struct err err;

	(void)state;
	ledger_close(open_or_fail(&opened));
	change_file("PRAGMA user_version = 99");
	assert_null(ledger_open(folder, &opened, &err));
	assert_non_null(strstr(err.text, "newer stampmill"));
	assert_string_equal(opened.set_aside, "");
	assert_int_equal(access(file_name(), F_OK), 0);
}

/* What a run leaves that is killed while it writes: some of a change in the file, the rest of what was there
 * in a journal. */
static void die_while_writing(void)
{
	static const char sql[] =
		"PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN IMMEDIATE;"
		"UPDATE pictures SET message = printf('%.4000c', 'x'); UPDATE outputs SET size_bytes = 0";
	pid_t pid = fork();
	sqlite3 *database;
	int status;

	if (pid == 0)
		_exit(sqlite3_open(file_name(), &database) != SQLITE_OK ||
			sqlite3_exec(database, sql, NULL, NULL, NULL) != SQLITE_OK);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void what_a_killed_run_left_half_written_is_taken_back(void **state)
{
	struct ledger_opened opened;
	struct ledger *ledger = open_or_fail(&opened);
	struct err err;
	char journal[128];

	(void)state;
	begin_run(ledger);
	for (int i = 0; i < 20; i++)
		record(ledger, (char[]){ (char)('a' + i), '\0' });
	assert_int_equal(ledger_commit(ledger, &err), 0);
	ledger_close(ledger);
	die_while_writing();
	snprintf(journal, sizeof(journal), "%s-journal", file_name());
	assert_int_equal(access(journal, F_OK), 0);
	ledger = ledger_look(folder, &err);
	assert_non_null(ledger);
	assert_int_equal(ledger_find_output(ledger, "c")->size_bytes, 412345);
	ledger_close(ledger);
}

static void looking_says_why_a_ledger_cannot_be_used(void **state)
{
	struct ledger_opened opened;
	struct err err;

	(void)state;
	assert_null(ledger_look(folder, &err));
	assert_int_equal(err.reason, REASON_VANISHED);
	ledger_close(open_or_fail(&opened));
	change_file("PRAGMA user_version = 99");
	assert_null(ledger_look(folder, &err));
	assert_non_null(strstr(err.text, "newer stampmill"));
	assert_int_equal(truncate(file_name(), 5000), 0);
	assert_null(ledger_look(folder, &err));
	assert_int_equal(err.reason, REASON_CORRUPT);
}

static void a_file_that_is_no_ledger_is_set_aside(void **state)
{
	struct ledger_opened opened;
	char name[400];
	FILE *file = fopen(file_name(), "w");

	(void)state;
	assert_non_null(file);
	for (int i = 0; i < 3000; i++)
		fputs("not a database ", file);
	fclose(file);
	ledger_close(open_or_fail(&opened));
	assert_string_not_equal(opened.set_aside, "");
	snprintf(name, sizeof(name), "%s/%s", folder, opened.set_aside);
	assert_int_equal(access(name, F_OK), 0);
	assert_int_equal(opened.saved_outputs, 0);
}

/* Overwrite a page in the middle, as a bad disk might. */
static void damage_a_page(void)
{
	char rubbish[4096];
	int fd = open(file_name(), O_WRONLY);
	off_t size = lseek(fd, 0, SEEK_END);

	memset(rubbish, 0x5a, sizeof(rubbish));
	assert_int_equal(pwrite(fd, rubbish, sizeof(rubbish), size / 4096 / 2 * 4096), sizeof(rubbish));
	close(fd);
}

static void most_of_a_damaged_ledger_is_saved(void **state)
{
	struct ledger_opened opened;
	struct ledger *ledger = open_or_fail(&opened);
	struct err err;
	char name[32];

	(void)state;
	begin_run(ledger);
	for (int i = 0; i < 2000; i++) {
		snprintf(name, sizeof(name), "%04d.jpg", i);
		record(ledger, name);
	}
	assert_int_equal(ledger_commit(ledger, &err), 0);
	ledger_close(ledger);
	damage_a_page();
	ledger = open_or_fail(&opened);
	assert_string_not_equal(opened.set_aside, "");
	assert_true(opened.saved_outputs > 1900);
	assert_non_null(ledger_find_output(ledger, "0000.jpg"));
	assert_non_null(ledger_find_output(ledger, "1999.jpg"));
	ledger_close(ledger);
}

static void a_folder_that_cannot_be_written_is_told(void **state)
{
	struct ledger_opened opened;
	struct err err;

	(void)state;
	assert_null(ledger_open("/proc/self", &opened, &err));
	assert_non_null(strstr(err.text, "ledger"));
}

/* A limit on the size of files stands for a disk that refuses. */
static void why_the_ledger_cannot_be_written_is_told_in_the_systems_words(void **state)
{
	struct rlimit before, limit;
	struct ledger_opened opened;
	struct ledger *ledger = open_or_fail(&opened);
	struct stat status;
	struct err err = { .text = "" };
	char name[16];
	int result;

	(void)state;
	begin_run(ledger);
	for (int i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "%d.jpg", i);
		record(ledger, name);
	}
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before) | stat(file_name(), &status), 0);
	limit = (struct rlimit){ .rlim_cur = (rlim_t)status.st_size, .rlim_max = before.rlim_max };
	setrlimit(RLIMIT_FSIZE, &limit);
	result = ledger_commit(ledger, &err);
	setrlimit(RLIMIT_FSIZE, &before);
	ledger_close(ledger);
	assert_int_equal(result, -1);
	assert_non_null(strstr(err.text, "the ledger cannot be written: "));
	assert_non_null(strstr(err.text, "File too large"));
}

/* The journal is opened with the first row of each commit. */
static void too_few_open_files_are_told_in_the_systems_words(void **state)
{
	const struct ledger_picture row = picture("a.jpg");
	struct rlimit before, limit;
	struct ledger_opened opened;
	struct ledger *ledger = open_or_fail(&opened);
	struct err err = { .text = "" };
	int next, result;

	(void)state;
	begin_run(ledger);
	assert_int_equal(ledger_commit(ledger, &err), 0);
	next = dup(0);
	close(next);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	limit = (struct rlimit){ .rlim_cur = (rlim_t)next, .rlim_max = before.rlim_max };
	setrlimit(RLIMIT_NOFILE, &limit);
	result = ledger_record_picture(ledger, &row, &err);
	setrlimit(RLIMIT_NOFILE, &before);
	ledger_close(ledger);
	assert_int_equal(result, -1);
	assert_non_null(strstr(err.text, "the ledger cannot be written: "));
	assert_non_null(strstr(err.text, "Too many open files"));
}

static void a_ledger_that_is_deleted_under_a_run_is_told_as_such(void **state)
{
	const struct ledger_picture row = picture("a.jpg");
	struct ledger_opened opened;
	struct ledger *ledger = open_or_fail(&opened);
	struct err err = { .text = "" };

	(void)state;
	begin_run(ledger);
	assert_int_equal(ledger_commit(ledger, &err), 0);
	assert_int_equal(unlink(file_name()), 0);
	assert_int_equal(ledger_record_picture(ledger, &row, &err), -1);
	assert_string_equal(err.text, "the ledger cannot be written: its file was deleted or moved away");
	ledger_close(ledger);
}

static void count(void *data, const struct ledger_output *row)
{
	(void)row;
	++*(int *)data;
}

static void every_output_is_visited_once(void **state)
{
	struct ledger_opened opened;
	struct ledger *ledger = open_or_fail(&opened);
	int visits = 0;

	(void)state;
	begin_run(ledger);
	record(ledger, "a.jpg");
	record(ledger, "b.jpg");
	record(ledger, "a.jpg");
	ledger_each_output(ledger, count, &visits);
	assert_int_equal(visits, 2);
	ledger_close(ledger);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_was_recorded_is_there_the_next_time, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_was_not_committed_is_not, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_row_is_replaced_and_forgotten, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			an_older_ledger_is_brought_up_to_date_with_its_rows, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_file_system_without_locks_will_do, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_newer_ledger_is_refused_and_left_alone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			what_a_killed_run_left_half_written_is_taken_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(looking_says_why_a_ledger_cannot_be_used, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_file_that_is_no_ledger_is_set_aside, set_up, tear_down),
		cmocka_unit_test_setup_teardown(most_of_a_damaged_ledger_is_saved, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_folder_that_cannot_be_written_is_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			why_the_ledger_cannot_be_written_is_told_in_the_systems_words, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			too_few_open_files_are_told_in_the_systems_words, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_ledger_that_is_deleted_under_a_run_is_told_as_such, set_up, tear_down),
		cmocka_unit_test_setup_teardown(every_output_is_visited_once, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
