#include "job/scan.h"

#include <errno.h>
#include <glib.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "check.h"
#include "scratch.h"

/* The settings of one scan; inputs and filters are given as words. */
struct scene {
	struct scratch scratch;
	struct settings settings;
	struct scan scan;
	struct err err;
};

static int setup(void **state)
{
	struct scene *scene = calloc(1, sizeof(*scene));

	*state = scene;
	settings_init(&scene->settings);
	return scene && scratch_init(&scene->scratch) && chdir(scene->scratch.path) == 0 ? 0 : -1;
}

static int teardown(void **state)
{
	struct scene *scene = *state;

	scan_finish(&scene->scan);
	settings_finish(&scene->settings);
	scratch_finish(&scene->scratch);
	free(scene);
	return chdir("/");
}

static void write_files(struct scene *scene, const char *names)
{
	g_auto(GStrv) words = g_strsplit(names, " ", -1);

	for (char **word = words; *word; word++)
		assert_true(scratch_write(&scene->scratch, *word, "x"));
}

/* Scans the inputs (words) and gives the outcome. */
static int scan(struct scene *scene, const char *inputs)
{
	g_strfreev(scene->settings.input.inputs);
	scene->settings.input.inputs = *inputs ? g_strsplit(inputs, " ", -1) : NULL;
	scan_finish(&scene->scan);
	return scan_run(&scene->scan, &scene->settings, &scene->err);
}

/* The names of all that was found, with spaces between. */
static void assert_found(struct scene *scene, const char *names)
{
	g_autoptr(GString) found = g_string_new("");

	for (size_t i = 0; i < scene->scan.inputs_count; i++) {
		char *name = scan_input_name(&scene->scan, &scene->scan.inputs[i]);

		g_string_append_printf(found, "%s%s", i ? " " : "", name);
		free(name);
	}
	assert_string_equal(found->str, names);
}

static void filter(struct scene *scene, bool include, const char *glob)
{
	struct input_settings *input = &scene->settings.input;

	input->filters = g_renew(struct filter_rule, input->filters, input->filters_count + 1);
	input->filters[input->filters_count++] = (struct filter_rule){ include, g_strdup(glob) };
}

static void list_names(struct scene *scene, const char *names)
{
	assert_true(scratch_write(&scene->scratch, "list", names));
	g_free(scene->settings.input.files_from);
	scene->settings.input.files_from = g_strdup("list");
}

static const struct scan_problem *only_problem(struct scene *scene)
{
	assert_int_equal(scene->scan.problems_count, 1);
	return &scene->scan.problems[0];
}

static void a_tree_is_listed_folder_by_folder(void **state)
{
	struct scene *scene = *state;

	write_files(scene, "in/b.jpg in/a/z.jpg in/a/b/c.jpg in/a-b/d.jpg in/a.jpg in/note.txt");
	assert_int_equal(scan(scene, "in"), 0);
	assert_found(scene, "in/a/b/c.jpg in/a/z.jpg in/a-b/d.jpg in/a.jpg in/b.jpg in/note.txt");
	assert_int_equal(scene->scan.problems_count, 0);
	assert_int_equal(scene->scan.roots_count, 1);
	assert_string_equal(scene->scan.inputs[0].path, "a/b/c.jpg");
	assert_int_equal(scene->scan.inputs[0].size_bytes, 1);
	assert_true(scene->scan.inputs[0].inode != 0);
	scene->settings.input.recurse = false;
	assert_int_equal(scan(scene, "in/"), 0);
	assert_found(scene, "in/a.jpg in/b.jpg in/note.txt");
}

static void what_is_hidden_is_not_listed(void **state)
{
	struct scene *scene = *state;

	write_files(scene, "in/.a.jpg in/.cache/b.jpg in/c.jpg");
	assert_int_equal(scan(scene, "in"), 0);
	assert_found(scene, "in/c.jpg");
	/* but what is named is meant */
	assert_int_equal(scan(scene, "in/.a.jpg in/.cache"), 0);
	assert_found(scene, "in/.a.jpg in/.cache/b.jpg");
}

static void an_empty_folder_is_no_failure(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(mkdir("in", 0777), 0);
	assert_int_equal(scan(scene, "in"), 0);
	assert_int_equal(scene->scan.inputs_count, 0);
}

static void inputs_that_are_not_there_are_refused(void **state)
{
	struct scene *scene = *state;

	write_files(scene, "in/a.jpg");
	assert_int_equal(scan(scene, "in nowhere"), -1);
	assert_string_equal(scene->err.text, "nowhere: No such file or directory");
	assert_int_equal(scan(scene, "in/a.jpg/"), -1);
	assert_string_equal(scene->err.text, "in/a.jpg/: Not a directory");
	assert_int_equal(mkfifo("pipe", 0666), 0);
	assert_int_equal(scan(scene, "pipe"), -1);
	assert_string_equal(scene->err.text, "pipe: is neither a file nor a folder");
}

static void files_given_by_name_are_listed_below_their_folder(void **state)
{
	struct scene *scene = *state;

	write_files(scene, "in/deep/a.jpg b.jpg");
	assert_int_equal(scan(scene, "in/deep/a.jpg b.jpg"), 0);
	assert_found(scene, "in/deep/a.jpg b.jpg");
	assert_string_equal(scene->scan.inputs[0].path, "a.jpg");
	assert_string_equal(scene->scan.inputs[1].path, "b.jpg");
}

static void what_is_given_twice_is_listed_once(void **state)
{
	struct scene *scene = *state;

	write_files(scene, "in/sub/a.jpg in/b.jpg other/b.jpg");
	assert_int_equal(scan(scene, "in in ./in/ in/b.jpg"), 0);
	assert_int_equal(scene->scan.roots_count, 1);
	assert_found(scene, "in/b.jpg in/sub/a.jpg");
	assert_int_equal(scan(scene, "in/sub in other"), 0);
	assert_found(scene, "in/sub/a.jpg in/b.jpg other/b.jpg");
	assert_string_equal(scene->scan.inputs[0].path, "a.jpg");
	assert_int_equal(scan(scene, "in in/sub in/sub/a.jpg"), 0);
	assert_found(scene, "in/b.jpg in/sub/a.jpg");
	/* a hard link is another name, not the same one twice */
	assert_int_equal(link("in/b.jpg", "in/sub/b.jpg"), 0);
	assert_int_equal(scan(scene, "in in/sub"), 0);
	assert_found(scene, "in/b.jpg in/sub/a.jpg in/sub/b.jpg");
}

static void output_below_the_input_is_left_out(void **state)
{
	struct scene *scene = *state;

	write_files(scene, "in/a.jpg in/web/b.jpg in/web/deep/c.jpg in/x/web/d.jpg");
	scene->settings.output_folder = g_strdup("in/web");
	assert_int_equal(scan(scene, "in"), 0);
	assert_found(scene, "in/a.jpg in/x/web/d.jpg");
	/* by any other name */
	assert_int_equal(symlink("in/web", "out"), 0);
	g_free(scene->settings.output_folder);
	scene->settings.output_folder = g_strdup("./out/");
	assert_int_equal(scan(scene, "in"), 0);
	assert_found(scene, "in/a.jpg in/x/web/d.jpg");
	/* a folder that was asked for is listed all the same: the plan refuses what is unsound */
	assert_int_equal(scan(scene, "in/web"), 0);
	assert_found(scene, "in/web/b.jpg in/web/deep/c.jpg");
	g_free(scene->settings.output_folder);
	scene->settings.output_folder = g_strdup("in/none/yet");
	assert_int_equal(scan(scene, "in"), 0);
	assert_int_equal(scene->scan.inputs_count, 4);
}

static void links_are_left_out_unless_asked_for(void **state)
{
	struct scene *scene = *state;

	write_files(scene, "in/a.jpg out/b.jpg");
	assert_int_equal(symlink("../out", "in/folder"), 0);
	assert_int_equal(symlink("../out/b.jpg", "in/file.jpg"), 0);
	assert_int_equal(scan(scene, "in"), 0);
	assert_found(scene, "in/a.jpg");
	assert_int_equal(scene->scan.links_count, 2);
	scene->settings.input.follow_symlinks = true;
	assert_int_equal(scan(scene, "in"), 0);
	assert_found(scene, "in/a.jpg in/file.jpg in/folder/b.jpg");
	assert_int_equal(scene->scan.links_count, 0);
	assert_int_equal(scene->scan.inputs[1].inode, scene->scan.inputs[2].inode);
}

static void an_input_folder_that_is_a_link_is_listed(void **state)
{
	struct scene *scene = *state;

	write_files(scene, "in/a.jpg");
	assert_int_equal(symlink("in", "link"), 0);
	assert_int_equal(symlink("in/a.jpg", "a.jpg"), 0);
	assert_int_equal(scan(scene, "link"), 0);
	assert_found(scene, "link/a.jpg");
	assert_int_equal(scan(scene, "a.jpg"), -1);
	assert_non_null(strstr(scene->err.text, "a.jpg: is a symbolic link"));
	assert_non_null(strstr(scene->err.text, "--follow-symlinks"));
	scene->settings.input.follow_symlinks = true;
	assert_int_equal(scan(scene, "a.jpg"), 0);
	assert_found(scene, "a.jpg");
}

static void loops_of_links_are_entered_once(void **state)
{
	struct scene *scene = *state;

	write_files(scene, "in/a/b/c.jpg");
	assert_int_equal(symlink("../..", "in/a/b/up"), 0);
	assert_int_equal(symlink(".", "in/self"), 0);
	assert_int_equal(symlink("a", "in/z"), 0);
	scene->settings.input.follow_symlinks = true;
	assert_int_equal(scan(scene, "in"), 0);
	assert_found(scene, "in/a/b/c.jpg in/z/b/c.jpg");
	assert_int_equal(scene->scan.problems_count, 0);
}

static void a_link_that_leads_nowhere_is_a_problem_when_followed(void **state)
{
	struct scene *scene = *state;

	write_files(scene, "in/a.jpg");
	assert_int_equal(symlink("nowhere", "in/lost.jpg"), 0);
	assert_int_equal(scan(scene, "in"), 0);
	assert_int_equal(scene->scan.problems_count, 0);
	scene->settings.input.follow_symlinks = true;
	assert_int_equal(scan(scene, "in"), 0);
	assert_found(scene, "in/a.jpg");
	assert_string_equal(only_problem(scene)->name, "in/lost.jpg");
	assert_int_equal(only_problem(scene)->err.reason, REASON_VANISHED);
}

static void what_is_no_file_is_never_opened(void **state)
{
	struct scene *scene = *state;
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "in/socket.jpg" };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	write_files(scene, "in/a.jpg");
	assert_int_equal(mkfifo("in/pipe.jpg", 0666), 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(scan(scene, "in"), 0);
	assert_found(scene, "in/a.jpg");
	assert_int_equal(scene->scan.others_count, 2);
	assert_int_equal(scene->scan.problems_count, 0);
	close(fd);
}

static void filters_hold_for_all_that_is_asked_for(void **state)
{
	struct scene *scene = *state;

	write_files(scene, "in/a.jpg in/b.png in/drafts/c.jpg in/keep/drafts/d.jpg");
	filter(scene, true, "*.jpg");
	filter(scene, false, "/drafts");
	assert_int_equal(scan(scene, "in"), 0);
	assert_found(scene, "in/a.jpg in/keep/drafts/d.jpg");
	assert_int_equal(scan(scene, "in/a.jpg in/b.png"), 0);
	assert_found(scene, "in/a.jpg");
}

static void listed_names_lie_below_the_one_input(void **state)
{
	struct scene *scene = *state;
	g_autofree char *names = g_strconcat("b.jpg\n./a.jpg\nsub/c.jpg\nsub//c.jpg\nmissing.jpg\n../list\n",
		scene->scratch.path, "/in/d.jpg\n/etc/passwd\n", NULL);

	write_files(scene, "in/a.jpg in/b.jpg in/d.jpg in/e.jpg in/sub/c.jpg");
	list_names(scene, names);
	assert_int_equal(scan(scene, "in"), 0);
	assert_found(scene, "in/a.jpg in/b.jpg in/d.jpg in/sub/c.jpg");
	assert_int_equal(scene->scan.problems_count, 3);
	assert_string_equal(scene->scan.problems[0].name, "missing.jpg");
	assert_int_equal(scene->scan.problems[0].err.reason, REASON_VANISHED);
	assert_string_equal(scene->scan.problems[1].name, "../list");
	assert_string_equal(scene->scan.problems[1].err.text, "is not below INPUT");
	assert_string_equal(scene->scan.problems[2].name, "/etc/passwd");
	assert_int_equal(scan(scene, "in in/sub"), -1);
	assert_int_equal(scan(scene, "in/a.jpg"), -1);
}

static void listed_names_without_an_input_keep_their_path(void **state)
{
	struct scene *scene = *state;
	g_autofree char *names = NULL;

	write_files(scene, "here/in/a.jpg other/b.jpg here/x/c.jpg");
	assert_int_equal(chdir("here"), 0);
	names = g_strconcat("in/a.jpg\n../other/b.jpg\n", scene->scratch.path, "/other/b.jpg\n",
		"x/../in/a.jpg\nx\n", NULL);
	list_names(scene, names);
	g_free(scene->settings.input.files_from);
	scene->settings.input.files_from = g_strdup("../list");
	assert_int_equal(scan(scene, ""), 0);
	assert_found(scene, "in/a.jpg x/c.jpg ../other/b.jpg");
	assert_string_equal(scene->scan.inputs[0].path, "in/a.jpg");
	assert_string_equal(scene->scan.inputs[2].path, "other/b.jpg");
	assert_string_equal(only_problem(scene)->name, "x/../in/a.jpg");
	assert_int_equal(chdir(".."), 0);
}

static void listed_folders_are_walked_and_links_are_not_followed(void **state)
{
	struct scene *scene = *state;

	write_files(scene, "in/sub/a.jpg in/sub/b/c.jpg in/d.jpg out/e.jpg");
	assert_int_equal(symlink("../out", "in/link"), 0);
	list_names(scene, "sub\nsub/a.jpg\nlink/e.jpg\nlink\n");
	assert_int_equal(scan(scene, "in"), 0);
	assert_found(scene, "in/sub/a.jpg in/sub/b/c.jpg");
	assert_int_equal(scene->scan.problems_count, 2);
	assert_non_null(strstr(scene->scan.problems[0].err.text, "--follow-symlinks"));
	assert_non_null(strstr(scene->scan.problems[1].err.text, "--follow-symlinks"));
	scene->settings.input.follow_symlinks = true;
	assert_int_equal(scan(scene, "in"), 0);
	assert_found(scene, "in/link/e.jpg in/sub/a.jpg in/sub/b/c.jpg");
}

/* Root reads everything, so this runs as somebody else. */
static int scan_as_nobody(const void *data)
{
	struct scene *scene = (struct scene *)data;

	if (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
		return 1;
	if (scan(scene, "in") != 0 || scene->scan.inputs_count != 1 || scene->scan.problems_count != 1)
		return 2;
	if (strcmp(scene->scan.problems[0].name, "in/secret") != 0 ||
		scene->scan.problems[0].err.reason != REASON_PERMISSION)
		return 3;
	if (scan(scene, "in/secret") != -1)
		return 4;
	return strcmp(scene->err.text, "in/secret: cannot be listed: Permission denied") == 0 ? 0 : 5;
}

static void an_unreadable_folder_is_a_problem_and_the_rest_goes_on(void **state)
{
	struct scene *scene = *state;

	write_files(scene, "in/a.jpg in/secret/b.jpg");
	assert_int_equal(chmod("in/secret", 0), 0);
	assert_int_equal(in_child(scan_as_nobody, scene), 0);
	assert_int_equal(chmod("in/secret", 0777), 0);
}

static void names_are_bytes(void **state)
{
	static const char *const names[] = { "in/ leading", "in/-rf.jpg", "in/caf\xe9.jpg",
		"in/new\nline.jpg", "in/\xf0\x9f\x93\xb7.jpg" };
	struct scene *scene = *state;

	for (size_t i = 0; i < 5; i++)
		assert_true(scratch_write(&scene->scratch, names[i], "x"));
	assert_int_equal(scan(scene, "in"), 0);
	assert_int_equal(scene->scan.inputs_count, 5);
	for (size_t i = 0; i < 5; i++)
		assert_string_equal(scene->scan.inputs[i].path, names[i] + 3);
}

/* A tree that is deeper than the number of descriptors there may be, and than a path may be long. */
static void deep_trees_need_no_stack_and_few_descriptors(void **state)
{
	struct scene *scene = *state;
	int fd = open(".", O_PATH | O_DIRECTORY);

	for (int depth = 0; depth < 2100; depth++) {
		int next;

		assert_int_equal(mkdirat(fd, depth ? "d" : "in", 0777), 0);
		next = openat(fd, depth ? "d" : "in", O_PATH | O_DIRECTORY);
		assert_true(next >= 0);
		close(fd);
		fd = next;
		if (depth == 1500)
			close(openat(fd, "a.jpg", O_CREAT | O_WRONLY, 0666));
	}
	close(fd);
	assert_int_equal(scan(scene, "in"), 0);
	assert_int_equal(scene->scan.inputs_count, 1);
	assert_int_equal(strlen(scene->scan.inputs[0].path), 1500 * 2 + 5);
	assert_true(strstr(only_problem(scene)->err.text, "File name too long"));
}

static void dates_beyond_the_range_of_nanoseconds_are_bounded(void **state)
{
	struct scene *scene = *state;
	struct timespec far[2] = { { INT64_C(9300000000), 5 }, { INT64_C(9300000000), 5 } };

	write_files(scene, "in/a.jpg");
	if (utimensat(AT_FDCWD, "in/a.jpg", far, 0) < 0)
		skip();
	assert_int_equal(scan(scene, "in"), 0);
	assert_true(scene->scan.inputs[0].mtime_ns > INT64_C(9000000000000000000));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_tree_is_listed_folder_by_folder),
		TEST(what_is_hidden_is_not_listed),
		TEST(an_empty_folder_is_no_failure),
		TEST(inputs_that_are_not_there_are_refused),
		TEST(files_given_by_name_are_listed_below_their_folder),
		TEST(what_is_given_twice_is_listed_once),
		TEST(output_below_the_input_is_left_out),
		TEST(links_are_left_out_unless_asked_for),
		TEST(an_input_folder_that_is_a_link_is_listed),
		TEST(loops_of_links_are_entered_once),
		TEST(a_link_that_leads_nowhere_is_a_problem_when_followed),
		TEST(what_is_no_file_is_never_opened),
		TEST(filters_hold_for_all_that_is_asked_for),
		TEST(listed_names_lie_below_the_one_input),
		TEST(listed_names_without_an_input_keep_their_path),
		TEST(listed_folders_are_walked_and_links_are_not_followed),
		TEST(an_unreadable_folder_is_a_problem_and_the_rest_goes_on),
		TEST(names_are_bytes),
		TEST(deep_trees_need_no_stack_and_few_descriptors),
		TEST(dates_beyond_the_range_of_nanoseconds_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
