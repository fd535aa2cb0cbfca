/* What a run remembers in OUTPUT/.stampmill, and what verify makes of it. */
#include <fcntl.h>
#include <glib.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "end-to-end/picture.h"
#include "end-to-end/place.h"
#include "end-to-end/program.h"

enum {
	PICTURES = 5
};

/* PLACE/in/0.jpg to 4.jpg, made into PLACE/out. */
static void make(struct place *place)
{
	struct ended ended;

	for (int i = 0; i < PICTURES; i++)
		picture_write_plain(place_path(place, "in/%d.jpg", i), 300 + i, 200);
	RUN(&ended, "run", place_path(place, "in"), place_path(place, "out"), "--resize", "100");
	ASSERT_SAYS(ended.err, "5 made in ");
	ASSERT_EXIT(&ended, 0);
}

static void verify_finds_everything_as_it_was_made(void **state)
{
	struct place *place = *state;
	struct ended ended;

	make(place);
	RUN(&ended, "verify", place_path(place, "out"));
	ASSERT_EXIT(&ended, 0);
}

static void verify_names_what_is_damaged_changed_or_gone(void **state)
{
	struct place *place = *state;
	struct ended ended;
	size_t size_bytes;
	char *data;

	make(place);
	data = file_read(place_path(place, "out/1.jpg"), &size_bytes);
	data[size_bytes / 2] ^= 1;
	file_write(place_path(place, "out/1.jpg"), data, size_bytes);
	g_free(data);
	file_cut(place_path(place, "out/2.jpg"), 0.5);
	assert_int_equal(unlink(place_path(place, "out/3.jpg")), 0);
	RUN(&ended, "verify", place_path(place, "out"));
	ASSERT_SAYS(ended.err, "out/1.jpg");
	ASSERT_SAYS(ended.err, "out/2.jpg");
	ASSERT_SAYS(ended.err, "out/3.jpg");
	assert_null(strstr(ended.err, "out/0.jpg"));
	assert_null(strstr(ended.err, "out/4.jpg"));
	ASSERT_EXIT(&ended, 1);
}

static void change_ledger(struct place *place, const char *sql)
{
	sqlite3 *database;

	assert_int_equal(
		sqlite3_open(place_path(place, "out/.stampmill/ledger.sqlite"), &database), SQLITE_OK);
	assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(database);
}

/* An output as such a mistake of ours would leave it cannot be made: the ledger is told that another was
 * wanted. */
static void verify_holds_each_output_against_what_was_wanted(void **state)
{
	static const struct {
		const char *wanted, *complaint;
	} rows[] = {
		{ "metadata = 1", "says where it was taken" },
		{ "width_px = 99", "not 99x" },
		{ "mark_wanted = 1, marked = 0", "has no mark" },
		{ "content = zeroblob(32)", "has changed" },
		{ "size_bytes = size_bytes", NULL },
	};
	struct place *place = *state;
	struct ended ended;
	size_t size_bytes;
	g_autofree char *sample =
		g_build_filename(g_getenv("SAMPLES"), "photos/wedding/on the pier.jpg", NULL);
	g_autofree char *before = NULL;

	folder_make(place_path(place, "in"));
	file_copy(sample, place_path(place, "in/a.jpg"));
	RUN(&ended, "run", place_path(place, "in"), place_path(place, "out"), "--metadata", "all", "--resize",
		"100");
	ASSERT_EXIT(&ended, 0);
	before = file_read(place_path(place, "out/.stampmill/ledger.sqlite"), &size_bytes);
	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *sql = g_strdup_printf("UPDATE outputs SET %s", rows[i].wanted);

		file_write(place_path(place, "out/.stampmill/ledger.sqlite"), before, size_bytes);
		change_ledger(place, sql);
		RUN(&ended, "verify", place_path(place, "out"));
		if (rows[i].complaint)
			ASSERT_SAYS(ended.err, rows[i].complaint);
		ASSERT_EXIT(&ended, rows[i].complaint ? 1 : 0);
	}
}

static void verify_refuses_a_folder_without_a_ledger(void **state)
{
	struct place *place = *state;
	struct ended ended;

	folder_make(place_path(place, "out"));
	RUN(&ended, "verify", place_path(place, "out"));
	ASSERT_SAYS(ended.err, "out");
	ASSERT_EXIT(&ended, 2);
	assert_false(file_exists(place_path(place, "out/.stampmill")));
}

static void the_ledger_may_lie_elsewhere(void **state)
{
	struct place *place = *state;
	struct ended ended;
	char *in = place_path(place, "in"), *out = place_path(place, "out"),
	     *elsewhere = place_path(place, "state");

	picture_write_plain(place_path(place, "in/a.jpg"), 300, 200);
	for (int i = 0; i < 2; i++) {
		RUN(&ended, "run", in, out, "--state", elsewhere);
		ASSERT_SAYS(ended.err, i ? "0 made, 1 up to date" : "1 made");
		ASSERT_EXIT(&ended, 0);
	}
	assert_false(file_exists(place_path(place, "out/.stampmill")));
	RUN(&ended, "verify", out, "--state", elsewhere);
	ASSERT_EXIT(&ended, 0);
}

static void a_damaged_ledger_is_kept_aside_and_built_again(void **state)
{
	struct place *place = *state;
	struct ended ended;
	char *ledger = place_path(place, "out/.stampmill/ledger.sqlite");

	make(place);
	file_cut(ledger, 0.4);
	RUN(&ended, "run", place_path(place, "in"), place_path(place, "out"), "--resize", "100");
	ASSERT_SAYS(ended.err, "damaged");
	ASSERT_EXIT(&ended, 0);
	RUN(&ended, "run", place_path(place, "in"), place_path(place, "out"), "--resize", "100");
	ASSERT_SAYS(ended.err, "0 made, 5 up to date");
	ASSERT_EXIT(&ended, 0);
	assert_int_equal(tree_count(place_path(place, "out")), PICTURES);
}

static void outputs_of_inputs_that_are_gone_are_told_and_removed_on_request(void **state)
{
	struct place *place = *state;
	struct ended ended;

	make(place);
	assert_int_equal(unlink(place_path(place, "in/2.jpg")), 0);
	RUN(&ended, "run", place_path(place, "in"), place_path(place, "out"), "--resize", "100");
	assert_true(file_exists(place_path(place, "out/2.jpg")));
	ASSERT_EXIT(&ended, 0);
	RUN(&ended, "run", place_path(place, "in"), place_path(place, "out"), "--resize", "100", "--prune");
	ASSERT_EXIT(&ended, 0);
	assert_false(file_exists(place_path(place, "out/2.jpg")));
	assert_int_equal(tree_count(place_path(place, "out")), PICTURES - 1);
}

static void what_was_changed_since_is_not_pruned(void **state)
{
	struct place *place = *state;
	struct ended ended;

	make(place);
	for (int i = 1; i <= 2; i++)
		assert_int_equal(unlink(place_path(place, "in/%d.jpg", i)), 0);
	file_write(place_path(place, "out/1.jpg"), "mine", 4);
	RUN(&ended, "run", place_path(place, "in"), place_path(place, "out"), "--resize", "100", "--prune");
	ASSERT_SAYS(ended.err, "removed 1 outputs");
	ASSERT_EXIT(&ended, 0);
	assert_true(file_exists(place_path(place, "out/1.jpg")));
	assert_false(file_exists(place_path(place, "out/2.jpg")));
}

static void a_dry_run_says_what_is_up_to_date_and_leaves_the_ledger(void **state)
{
	struct place *place = *state;
	struct ended ended;
	unsigned long before;

	make(place);
	picture_write_plain(place_path(place, "in/new.jpg"), 300, 200);
	before = tree_sum_all(place->folder);
	RUN(&ended, "run", place_path(place, "in"), place_path(place, "out"), "--resize", "100", "--dry-run");
	ASSERT_SAYS(ended.out, "up to date");
	ASSERT_SAYS(ended.out, "new.jpg");
	ASSERT_EXIT(&ended, 0);
	assert_int_equal(tree_sum_all(place->folder), before);
}

static void the_sandbox_changes_no_byte(void **state)
{
	struct place *place = *state;
	struct ended ended;

	make(place);
	RUN(&ended, "run", place_path(place, "in"), place_path(place, "open"), "--resize", "100",
		"--no-sandbox");
	ASSERT_EXIT(&ended, 0);
	assert_int_equal(tree_sum(place_path(place, "out")), tree_sum(place_path(place, "open")));
}

static void little_memory_makes_pictures_wait_and_not_fail(void **state)
{
	struct place *place = *state;
	struct ended ended;

	for (int i = 0; i < PICTURES; i++)
		picture_write_plain(place_path(place, "in/%d.png", i), 2000, 1500);
	RUN(&ended, "run", place_path(place, "in"), place_path(place, "out"), "--memory", "120M", "--jobs",
		"4");
	ASSERT_SAYS(ended.err, "5 made in ");
	ASSERT_EXIT(&ended, 0);
}

#define ROW(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)

/* A picture that was changed so long after the first second of 2020; grey pictures have no camera's time. */
static void write_at(struct place *place, const char *name, int seconds)
{
	struct timespec at = { .tv_sec = 1577836800 + seconds };
	char *path = place_path(place, "in/%s.jpg", name);

	picture_write_plain(path, 300, 200);
	assert_int_equal(utimensat(AT_FDCWD, path, (struct timespec[]){ at, at }, 0), 0);
}

static void assert_numbered(struct place *place, const char *list)
{
	struct ended ended;
	char *made;

	RUN(&ended, "run", place_path(place, "in"), place_path(place, "out"), "--resize", "50", "--name",
		"{seq:3}_{stem}.{ext}");
	ASSERT_EXIT(&ended, 0);
	made = tree_list(place_path(place, "out"));
	assert_string_equal(made, list);
	g_free(made);
}

static void numbers_go_by_time_and_stay_when_pictures_are_added(void **state)
{
	struct place *place = *state;

	write_at(place, "a", 30);
	write_at(place, "b", 10);
	write_at(place, "z", 20);
	write_at(place, "c", 20);
	assert_numbered(place, "001_b.jpg\n002_c.jpg\n003_z.jpg\n004_a.jpg");
	write_at(place, "early", 0);
	assert_numbered(place, "001_b.jpg\n002_c.jpg\n003_z.jpg\n004_a.jpg\n005_early.jpg");
	/* edited: the same picture, made again under its number */
	write_at(place, "b", 99);
	assert_numbered(place, "001_b.jpg\n002_c.jpg\n003_z.jpg\n004_a.jpg\n005_early.jpg");
}

/* As if the run had been killed before it came to that picture. */
static void forget(struct place *place, const char *input, const char *output)
{
	char *sql = sqlite3_mprintf("DELETE FROM pictures WHERE path = CAST(%Q AS BLOB);"
				    "DELETE FROM outputs WHERE path = CAST(%Q AS BLOB)",
		input, output);
	sqlite3 *ledger;

	assert_int_equal(sqlite3_open(place_path(place, "out/.stampmill/ledger.sqlite"), &ledger), SQLITE_OK);
	assert_int_equal(sqlite3_exec(ledger, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_total_changes(ledger), 2);
	assert_int_equal(sqlite3_close(ledger), SQLITE_OK);
	sqlite3_free(sql);
	assert_int_equal(unlink(place_path(place, "out/%s", output)), 0);
}

static void a_run_that_was_broken_off_goes_on_with_the_same_numbers(void **state)
{
	struct place *place = *state;

	write_at(place, "a", 30);
	write_at(place, "b", 10);
	write_at(place, "c", 20);
	assert_numbered(place, "001_b.jpg\n002_c.jpg\n003_a.jpg");
	forget(place, "b.jpg", "001_b.jpg");
	forget(place, "a.jpg", "003_a.jpg");
	assert_numbered(place, "001_b.jpg\n002_c.jpg\n003_a.jpg");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROW(verify_finds_everything_as_it_was_made),
		ROW(verify_names_what_is_damaged_changed_or_gone),
		ROW(verify_holds_each_output_against_what_was_wanted),
		ROW(verify_refuses_a_folder_without_a_ledger),
		ROW(the_ledger_may_lie_elsewhere),
		ROW(a_damaged_ledger_is_kept_aside_and_built_again),
		ROW(outputs_of_inputs_that_are_gone_are_told_and_removed_on_request),
		ROW(what_was_changed_since_is_not_pruned),
		ROW(a_dry_run_says_what_is_up_to_date_and_leaves_the_ledger),
		ROW(the_sandbox_changes_no_byte),
		ROW(numbers_go_by_time_and_stay_when_pictures_are_added),
		ROW(a_run_that_was_broken_off_goes_on_with_the_same_numbers),
		ROW(little_memory_makes_pictures_wait_and_not_fail),
	};

	pictures_start("ledger_test");
	return cmocka_run_group_tests_name("ledger", tests, NULL, NULL);
}
