#include "sys/dir.h"

#include <errno.h>
#include <sched.h>
#include <sys/mount.h>

#include "base/cleanup.h"
#include "check.h"
#include "refuse.h"
#include "scratch.h"

static struct scratch scratch;

/* A folder as the tests want it: in/deep/a.txt, links of each kind, a FIFO. */
static int setup(void **state)
{
	(void)state;
	if (!scratch_init(&scratch) || !scratch_write(&scratch, "in/deep/a.txt", "inside") ||
		!scratch_write(&scratch, "outside.txt", "outside"))
		return -1;
	if (symlink("deep", scratch_path(&scratch, "in/link-to-folder")) < 0 ||
		symlink("deep/a.txt", scratch_path(&scratch, "in/link-to-file")) < 0 ||
		symlink("../outside.txt", scratch_path(&scratch, "in/link-out")) < 0 ||
		symlink("nowhere", scratch_path(&scratch, "in/link-to-nothing")) < 0 ||
		mkfifo(scratch_path(&scratch, "in/fifo"), 0666) < 0)
		return -1;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	scratch_finish(&scratch);
	return 0;
}

/* What opening gives: 0 or the negative errno. */
static int outcome(int folder_fd, const char *path, int flags, bool follow)
{
	autoclose int fd = dir_open_beneath(folder_fd, path, flags, follow);

	return fd < 0 ? fd : 0;
}

static const struct {
	const char *path;
	int flags, outcome;
} unfollowed[] = {
	{ "deep/a.txt", O_RDONLY, 0 },
	{ "deep/a.txt", O_WRONLY, 0 },
	{ "deep/a.txt", O_PATH, 0 },
	{ "deep", O_RDONLY | O_DIRECTORY, 0 },
	{ "deep", O_PATH | O_DIRECTORY, 0 },
	{ "", O_RDONLY | O_DIRECTORY, 0 },
	{ ".", O_RDONLY | O_DIRECTORY, 0 },
	{ "fifo", O_RDONLY, 0 },
	{ "fifo", O_WRONLY, -ENXIO },
	{ "nothing", O_RDONLY, -ENOENT },
	{ "nothing/a.txt", O_RDONLY, -ENOENT },
	{ "deep/a.txt/b", O_RDONLY, -ENOTDIR },
	{ "deep/a.txt", O_RDONLY | O_DIRECTORY, -ENOTDIR },
	{ "link-to-folder/a.txt", O_RDONLY, -ELOOP },
	{ "link-to-folder", O_RDONLY | O_DIRECTORY, -ELOOP },
	{ "link-to-folder", O_PATH | O_DIRECTORY, -ELOOP },
	{ "link-to-file", O_RDONLY, -ELOOP },
	{ "link-to-file", O_PATH, -ELOOP },
	{ "link-out", O_RDONLY, -ELOOP },
	{ "link-to-nothing", O_RDONLY, -ELOOP },
	{ "../outside.txt", O_RDONLY, -EINVAL },
	{ "deep/../deep/a.txt", O_RDONLY, -EINVAL },
	{ "/etc/passwd", O_RDONLY, -EINVAL },
	{ "deep//a.txt", O_RDONLY, -EINVAL },
	{ "deep/", O_RDONLY, -EINVAL },
};

/* The number of the first row that comes out otherwise, counted from 1; 0: none. */
static int first_wrong_row(void)
{
	autoclose int in = open(scratch_path(&scratch, "in"), O_RDONLY | O_DIRECTORY);

	for (size_t i = 0; i < sizeof(unfollowed) / sizeof(unfollowed[0]); i++)
		if (outcome(in, unfollowed[i].path, unfollowed[i].flags, false) != unfollowed[i].outcome)
			return (int)i + 1;
	return 0;
}

static void nothing_leads_out_of_the_folder(void **state)
{
	(void)state;
	assert_int_equal(first_wrong_row(), 0);
}

static int refuse_and_open(const void *error)
{
	return refuse_openat2(*(const int *)error) ? first_wrong_row() : 255;
}

static void nor_does_it_without_openat2(void **state)
{
	int old_kernel = ENOSYS, container = EPERM;

	(void)state;
	assert_int_equal(in_child(refuse_and_open, &old_kernel), 0);
	assert_int_equal(in_child(refuse_and_open, &container), 0);
}

static void links_are_followed_when_asked(void **state)
{
	autoclose int in = open(scratch_path(&scratch, "in"), O_RDONLY | O_DIRECTORY);

	(void)state;
	assert_int_equal(outcome(in, "link-to-folder/a.txt", O_RDONLY, true), 0);
	assert_int_equal(outcome(in, "link-out", O_RDONLY, true), 0);
	assert_int_equal(outcome(in, "fifo", O_RDONLY, true), 0);
	assert_int_equal(outcome(in, "link-to-nothing", O_RDONLY, true), -ENOENT);
	assert_int_equal(outcome(in, "../outside.txt", O_RDONLY, true), -EINVAL);
}

static void a_descriptor_does_not_survive_exec(void **state)
{
	autoclose int plain = dir_open_beneath(scratch.fd, "outside.txt", O_RDONLY, false);
	autoclose int followed = dir_open_beneath(scratch.fd, "in/link-out", O_RDONLY, true);
	autoclose int made = dir_make_beneath(scratch.fd, "made/twice");

	(void)state;
	assert_true(fcntl(plain, F_GETFD) & FD_CLOEXEC);
	assert_true(fcntl(followed, F_GETFD) & FD_CLOEXEC);
	assert_true(fcntl(made, F_GETFD) & FD_CLOEXEC);
}

static bool is_folder(const char *path, int fd)
{
	struct stat by_name, by_fd;

	return fd >= 0 && stat(path, &by_name) == 0 && fstat(fd, &by_fd) == 0 && S_ISDIR(by_fd.st_mode) &&
	       by_name.st_ino == by_fd.st_ino;
}

/* 0, or the number of what went wrong. */
static int make_folders(const void *data)
{
	autoclose int deep = dir_make_beneath(scratch.fd, "new/tree/of folders");
	autoclose int again = dir_make_beneath(scratch.fd, "new/tree/of folders");
	autoclose int half = dir_make_beneath(scratch.fd, "new/tree/other");
	autoclose int itself = dir_make_beneath(scratch.fd, "");
	autoclose int dot = dir_make_beneath(scratch.fd, ".");

	(void)data;
	if (!is_folder(scratch_path(&scratch, "new/tree/of folders"), deep) ||
		!is_folder(scratch_path(&scratch, "new/tree/of folders"), again))
		return 1;
	if (!is_folder(scratch_path(&scratch, "new/tree/other"), half))
		return 2;
	if (!is_folder(scratch.path, itself) || !is_folder(scratch.path, dot))
		return 3;
	if (dir_make_beneath(scratch.fd, "in/link-to-folder/new") != -ELOOP ||
		dir_make_beneath(scratch.fd, "in/link-to-folder") != -ELOOP ||
		dir_make_beneath(scratch.fd, "in/link-to-nothing/new") != -ELOOP)
		return 4;
	if (dir_make_beneath(scratch.fd, "outside.txt") != -ENOTDIR ||
		dir_make_beneath(scratch.fd, "outside.txt/new") != -ENOTDIR)
		return 5;
	if (dir_make_beneath(scratch.fd, "../x") != -EINVAL || dir_make_beneath(scratch.fd, "/x") != -EINVAL)
		return 6;
	return access(scratch_path(&scratch, "in/deep/new"), F_OK) == 0 ? 7 : 0;
}

static int refuse_and_make(const void *data)
{
	return refuse_openat2(ENOSYS) ? make_folders(data) : 255;
}

static void folders_are_made_beneath(void **state)
{
	(void)state;
	assert_int_equal(in_child(make_folders, NULL), 0);
	assert_int_equal(in_child(refuse_and_make, NULL), 0);
}

static int make_with_umask(const void *data)
{
	autoclose int fd = -1;
	struct stat parent, made;

	(void)data;
	umask(027);
	fd = dir_make_beneath(scratch.fd, "modes/private");
	if (fd < 0 || fstat(fd, &made) < 0 || stat(scratch_path(&scratch, "modes"), &parent) < 0)
		return 1;
	return (made.st_mode & 07777) == 0750 && (parent.st_mode & 07777) == 0750 ? 0 : 2;
}

static void folders_get_0777_less_the_umask(void **state)
{
	(void)state;
	assert_int_equal(in_child(make_with_umask, NULL), 0);
}

static void a_part_that_is_too_long_is_refused(void **state)
{
	char path[600];

	(void)state;
	memset(path, 'a', sizeof(path));
	memcpy(path, "new/", 4);
	memcpy(path + 500, "/b", 3);
	assert_int_equal(dir_make_beneath(scratch.fd, path), -ENAMETOOLONG);
	assert_int_equal(dir_make(scratch_path(&scratch, "%s", path)), -ENAMETOOLONG);
}

static void a_path_is_made_as_by_mkdir_p(void **state)
{
	autoclose int new = dir_make(scratch_path(&scratch, "p//q/./r/"));
	autoclose int up = dir_make(scratch_path(&scratch, "p/q2/../q3"));
	autoclose int linked = dir_make(scratch_path(&scratch, "in/link-to-folder/s"));
	autoclose int root = dir_make("/");

	(void)state;
	assert_true(is_folder(scratch_path(&scratch, "p/q/r"), new));
	assert_true(is_folder(scratch_path(&scratch, "p/q3"), up));
	assert_true(is_folder(scratch_path(&scratch, "in/deep/s"), linked));
	assert_true(is_folder("/", root));
	assert_int_equal(dir_make(""), -ENOENT);
	assert_int_equal(dir_make(scratch_path(&scratch, "outside.txt")), -ENOTDIR);
	assert_int_equal(dir_make(scratch_path(&scratch, "outside.txt/x")), -ENOTDIR);
	assert_int_equal(dir_make(scratch_path(&scratch, "in/link-to-nothing")), -ENOENT);
}

static int make_relative(const void *data)
{
	autoclose int made = -1;

	(void)data;
	if (chdir(scratch.path) < 0 || dir_check_writable("relative") != 0)
		return 1;
	made = dir_make("relative/path");
	return is_folder(scratch_path(&scratch, "relative/path"), made) ? 0 : 2;
}

static void a_relative_path_starts_at_the_working_folder(void **state)
{
	(void)state;
	assert_int_equal(in_child(make_relative, NULL), 0);
}

static void writable_is_what_could_be_made(void **state)
{
	(void)state;
	assert_int_equal(dir_check_writable(scratch.path), 0);
	assert_int_equal(dir_check_writable(scratch_path(&scratch, "not/yet//there/")), 0);
	assert_int_equal(access(scratch_path(&scratch, "not"), F_OK), -1);
	assert_int_equal(dir_check_writable(scratch_path(&scratch, "in/link-to-folder/x")), 0);
	assert_int_equal(dir_check_writable(scratch_path(&scratch, "outside.txt")), -ENOTDIR);
	assert_int_equal(dir_check_writable(scratch_path(&scratch, "outside.txt/x/y")), -ENOTDIR);
	assert_int_equal(dir_check_writable(scratch_path(&scratch, "in/link-to-nothing")), -ENOENT);
	assert_int_equal(dir_check_writable(scratch_path(&scratch, "in/link-to-nothing/")), -ENOENT);
	assert_int_equal(dir_check_writable(""), -ENOENT);
}

/* As somebody whom permissions bind: root is not. */
static int check_as_nobody(const void *data)
{
	(void)data;
	if (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
		return 77;
	if (dir_check_writable(scratch_path(&scratch, "locked")) != -EACCES ||
		dir_check_writable(scratch_path(&scratch, "locked/new/folder")) != -EACCES)
		return 1;
	return dir_make(scratch_path(&scratch, "locked/new/folder")) == -EACCES ? 0 : 2;
}

static void a_folder_without_permission_is_not_writable(void **state)
{
	(void)state;
	assert_int_equal(mkdir(scratch_path(&scratch, "locked"), 0555), 0);
	assert_int_equal(in_child(check_as_nobody, NULL), 0);
}

/* On a mount of its own, read-only, which needs root or user namespaces. */
static int check_read_only(const void *data)
{
	(void)data;
	if (unshare(geteuid() == 0 ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER) < 0 ||
		mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
		mount(scratch.path, scratch.path, NULL, MS_BIND, NULL) < 0 ||
		mount(NULL, scratch.path, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL) < 0)
		return 77;
	if (dir_check_writable(scratch.path) != -EROFS ||
		dir_check_writable(scratch_path(&scratch, "in/new")) != -EROFS)
		return 1;
	if (dir_make(scratch_path(&scratch, "in/new")) != -EROFS)
		return 2;
	return 0;
}

static void a_read_only_file_system_is_not_writable(void **state)
{
	int status;

	(void)state;
	status = in_child(check_read_only, NULL);
	if (status == 77)
		skip();
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_leads_out_of_the_folder),
		cmocka_unit_test(nor_does_it_without_openat2),
		cmocka_unit_test(links_are_followed_when_asked),
		cmocka_unit_test(a_descriptor_does_not_survive_exec),
		cmocka_unit_test(folders_are_made_beneath),
		cmocka_unit_test(folders_get_0777_less_the_umask),
		cmocka_unit_test(a_part_that_is_too_long_is_refused),
		cmocka_unit_test(a_path_is_made_as_by_mkdir_p),
		cmocka_unit_test(a_relative_path_starts_at_the_working_folder),
		cmocka_unit_test(writable_is_what_could_be_made),
		cmocka_unit_test(a_folder_without_permission_is_not_writable),
		cmocka_unit_test(a_read_only_file_system_is_not_writable),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
