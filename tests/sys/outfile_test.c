#include "sys/outfile.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <sys/xattr.h>

#include "base/cleanup.h"
#include "check.h"
#include "refuse.h"
#include "scratch.h"

static struct scratch scratch;

static int setup(void **state)
{
	(void)state;
	return scratch_init(&scratch) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	scratch_finish(&scratch);
	return 0;
}

static bool holds(const char *name, const char *text)
{
	const char *read = scratch_read(&scratch, name);

	return read && strcmp(read, text) == 0;
}

/* How many names a folder has, or -1. */
static int count_names(const char *folder)
{
	DIR *dir = opendir(scratch_path(&scratch, "%s", folder));
	int count = -2;

	if (!dir)
		return -1;
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

/* One file, from begin to commit. */
static int put(const char *path, const char *text, bool sync)
{
	struct outfile file = OUTFILE_INIT;
	int error = outfile_begin(&file, scratch.fd, path);

	if (error < 0)
		return error;
	if (write(file.fd, text, strlen(text)) != (ssize_t)strlen(text))
		return -EIO;
	return outfile_commit(&file, sync);
}

/* Everything that must hold however the file system makes us go about it. Each in a folder of its own; 0, or
 * the number of what went wrong. */
static int use(const void *data)
{
	const char *in = data;
	char path[256], other[256], folder[256];
	struct outfile file = OUTFILE_INIT;
	struct stat found;

	snprintf(path, sizeof(path), "%s/deep/new.jpg", in);
	snprintf(other, sizeof(other), "%s/deep/other.jpg", in);
	snprintf(folder, sizeof(folder), "%s/deep", in);

	/* new */
	if (outfile_begin(&file, scratch.fd, path) < 0 || write(file.fd, "whole", 5) != 5)
		return 1;
	if (access(scratch_path(&scratch, "%s", path), F_OK) == 0)
		return 2;
	if (outfile_commit(&file, true) != 0 || !holds(path, "whole") || count_names(folder) != 1)
		return 3;
	if (file.fd != -1 || file.dir_fd != -1 || file.base || file.temporary)
		return 4;

	/* replaced: another name of the old file keeps the old data, a link's target is left alone */
	if (link(scratch_path(&scratch, "%s", path), scratch_path(&scratch, "%s", other)) < 0)
		return 5;
	if (put(path, "newer", false) != 0 || !holds(path, "newer") || !holds(other, "whole"))
		return 6;
	if (unlink(scratch_path(&scratch, "%s", path)) < 0 ||
		symlink("other.jpg", scratch_path(&scratch, "%s", path)) < 0)
		return 7;
	if (put(path, "third", true) != 0 || !holds(path, "third") || !holds(other, "whole"))
		return 8;
	if (lstat(scratch_path(&scratch, "%s", path), &found) < 0 || !S_ISREG(found.st_mode) ||
		count_names(folder) != 2)
		return 9;

	/* never a folder */
	if (put(in, "no", true) != -EISDIR || put(folder, "no", false) != -EISDIR ||
		count_names(folder) != 2 || count_names(in) != 1)
		return 10;

	/* aborted, twice */
	if (outfile_begin(&file, scratch.fd, path) < 0 || write(file.fd, "half", 4) != 4)
		return 11;
	errno = EBADMSG;
	outfile_abort(&file);
	outfile_abort(&file);
	if (errno != EBADMSG || !holds(path, "third") || count_names(folder) != 2)
		return 12;
	return 0;
}

static void a_file_appears_whole_or_not_at_all(void **state)
{
	(void)state;
	assert_int_equal(in_child(use, "nameless"), 0);
}

static int use_without_tmpfile(const void *data)
{
	return refuse_tmpfile(EOPNOTSUPP) && refuse_openat2(ENOSYS) ? use(data) : 255;
}

static void so_it_does_without_nameless_files(void **state)
{
	(void)state;
	assert_int_equal(in_child(use_without_tmpfile, "named"), 0);
}

static int use_without_links(const void *data)
{
	/* the test's own hard link is made by link(), which is another call where both exist */
	return refuse_linkat(EPERM) ? use(data) : 255;
}

static void so_it_does_where_nameless_files_cannot_be_linked(void **state)
{
	(void)state;
#ifdef SYS_link
	assert_int_equal(in_child(use_without_links, "copied"), 0);
#else
	(void)use_without_links;
	skip();
#endif
}

static int copy_keeps_the_time(const void *data)
{
	struct timespec times[2] = { { .tv_sec = 1000000000 }, { .tv_sec = 1100000000, .tv_nsec = 5 } };
	struct outfile file = OUTFILE_INIT;
	struct stat found;

	(void)data;
	if (!refuse_linkat(EPERM) || outfile_begin(&file, scratch.fd, "timed.jpg") < 0 ||
		write(file.fd, "x", 1) != 1 || futimens(file.fd, times) < 0)
		return 1;
	if (outfile_commit(&file, true) < 0 || stat(scratch_path(&scratch, "timed.jpg"), &found) < 0)
		return 2;
	return found.st_mtim.tv_sec == 1100000000 && found.st_mtim.tv_nsec == 5 ? 0 : 3;
}

static void a_time_that_was_set_is_kept(void **state)
{
	(void)state;
	assert_int_equal(in_child(copy_keeps_the_time, NULL), 0);
}

static int killed_while_writing(const void *data)
{
	struct outfile file = OUTFILE_INIT;

	(void)data;
	if (outfile_begin(&file, scratch.fd, "killed/a.jpg") < 0 || write(file.fd, "half", 4) != 4)
		return 1;
	return kill(getpid(), SIGKILL);
}

static int killed_while_writing_named(const void *data)
{
	return refuse_tmpfile(EISDIR) ? killed_while_writing(data) : 2;
}

static void a_killed_writer_leaves_at_most_a_temporary_name(void **state)
{
	struct dirent *entry;
	DIR *dir;
	int temporary = 0;

	(void)state;
	assert_int_equal(in_child(killed_while_writing, NULL), 1000 + SIGKILL);
	assert_int_equal(count_names("killed"), 0);
	assert_int_equal(in_child(killed_while_writing_named, NULL), 1000 + SIGKILL);
	assert_int_equal(count_names("killed"), 1);
	dir = opendir(scratch_path(&scratch, "killed"));
	assert_non_null(dir);
	while ((entry = readdir(dir)))
		temporary += outfile_is_temporary(entry->d_name);
	closedir(dir);
	assert_int_equal(temporary, 1);
}

/* Begin a file in a folder, have the folder removed with what is in it, commit. 0, or what went wrong. */
static int put_into_removed(const void *data)
{
	const char *in = data;
	char path[256], folder[256];
	struct outfile file = OUTFILE_INIT;

	snprintf(path, sizeof(path), "%s/deep/a.jpg", in);
	snprintf(folder, sizeof(folder), "%s/deep", in);
	if (outfile_begin(&file, scratch.fd, path) < 0 || write(file.fd, "whole", 5) != 5)
		return 1;
	if (file.temporary && unlinkat(file.dir_fd, file.temporary, 0) < 0)
		return 2;
	if (rmdir(scratch_path(&scratch, "%s", folder)) < 0 || rmdir(scratch_path(&scratch, "%s", in)) < 0)
		return 3;
	if (outfile_commit(&file, true) != 0 || !holds(path, "whole") || count_names(folder) != 1)
		return 4;
	return file.fd == -1 && file.dir_fd == -1 && !file.temporary ? 0 : 5;
}

static int put_into_removed_named(const void *data)
{
	return refuse_tmpfile(EOPNOTSUPP) ? put_into_removed(data) : 255;
}

static int put_into_removed_without_links(const void *data)
{
	return refuse_linkat(EPERM) ? put_into_removed(data) : 255;
}

static void a_folder_that_is_removed_meanwhile_is_made_again(void **state)
{
	(void)state;
	assert_int_equal(in_child(put_into_removed, "removed"), 0);
	assert_int_equal(in_child(put_into_removed_named, "removed-named"), 0);
	assert_int_equal(in_child(put_into_removed_without_links, "removed-copied"), 0);
}

static int put_beneath_nothing(const void *data)
{
	struct outfile file = OUTFILE_INIT;
	const char *in = data;
	int folder_fd, error;

	if (mkdir(scratch_path(&scratch, "%s", in), 0777) < 0)
		return 1;
	folder_fd = open(scratch_path(&scratch, "%s", in), O_RDONLY | O_DIRECTORY);
	if (outfile_begin(&file, folder_fd, "a.jpg") < 0 || write(file.fd, "whole", 5) != 5)
		return 2;
	if (rmdir(scratch_path(&scratch, "%s", in)) < 0)
		return 3;
	error = outfile_commit(&file, true);
	if (error == 0 || outfile_begin(&file, folder_fd, "b/c.jpg") == 0)
		return 4;
	return error == -ENOENT && count_names(in) == -1 ? 0 : 5;
}

static void the_folder_that_was_given_is_not(void **state)
{
	(void)state;
	assert_int_equal(in_child(put_beneath_nothing, "given"), 0);
}

static void temporary_names_are_known(void **state)
{
	(void)state;
	assert_true(outfile_is_temporary(".stampmill-abcdefgh2345.tmp"));
	assert_false(outfile_is_temporary(".stampmill-abcdefgh234.tmp"));
	assert_false(outfile_is_temporary(".stampmill-abcdefgh23456.tmp"));
	assert_false(outfile_is_temporary(".stampmill-abcdefgh2345.tmq"));
	assert_false(outfile_is_temporary(".stampmill-ABCDEFGH2345.tmp"));
	assert_false(outfile_is_temporary("x.stampmill-abcdefgh2345.tm"));
	assert_false(outfile_is_temporary(".stampmill"));
	assert_false(outfile_is_temporary(""));
}

static void paths_that_lead_out_are_refused(void **state)
{
	struct outfile file = OUTFILE_INIT;

	(void)state;
	assert_int_equal(mkdir(scratch_path(&scratch, "real"), 0777), 0);
	assert_int_equal(symlink("real", scratch_path(&scratch, "link")), 0);
	assert_true(scratch_write(&scratch, "plain", "file"));
	assert_int_equal(outfile_begin(&file, scratch.fd, "../a.jpg"), -EINVAL);
	assert_int_equal(outfile_begin(&file, scratch.fd, "real/../a.jpg"), -EINVAL);
	assert_int_equal(outfile_begin(&file, scratch.fd, "/tmp/a.jpg"), -EINVAL);
	assert_int_equal(outfile_begin(&file, scratch.fd, ""), -EINVAL);
	assert_int_equal(outfile_begin(&file, scratch.fd, "real/"), -EINVAL);
	assert_int_equal(outfile_begin(&file, scratch.fd, "link/a.jpg"), -ELOOP);
	assert_int_equal(outfile_begin(&file, scratch.fd, "link/new/a.jpg"), -ELOOP);
	assert_int_equal(outfile_begin(&file, scratch.fd, "plain/a.jpg"), -ENOTDIR);
	assert_int_equal(count_names("real"), 0);
	assert_int_equal(file.fd, -1);
	assert_null(file.base);
}

static void names_are_bytes(void **state)
{
	(void)state;
	assert_int_equal(put("b\xff\n\x1b[2J/\xc3.jpg", "x", false), 0);
	assert_true(holds("b\xff\n\x1b[2J/\xc3.jpg", "x"));
}

static int put_with_umask(const void *name)
{
	struct stat found;

	umask(027);
	if (put(name, "x", false) != 0 || stat(scratch_path(&scratch, "%s", (const char *)name), &found) < 0)
		return 1;
	return (found.st_mode & 07777) == 0640 ? 0 : 2;
}

static int put_with_umask_named(const void *name)
{
	return refuse_tmpfile(EINVAL) ? put_with_umask(name) : 255;
}

static void files_get_0666_less_the_umask(void **state)
{
	(void)state;
	assert_int_equal(in_child(put_with_umask, "modes/nameless.jpg"), 0);
	assert_int_equal(in_child(put_with_umask, "modes/nameless.jpg"), 0);
	assert_int_equal(in_child(put_with_umask_named, "modes/named.jpg"), 0);
}

/* user::rwx, group::rwx, other::--- as the kernel stores it (linux/posix_acl_xattr.h). */
static const unsigned char shared_with_group[] = { 2, 0, 0, 0, /* USER_OBJ */ 1, 0, 7, 0, 0xff, 0xff, 0xff,
	0xff,
	/* GROUP_OBJ */ 4, 0, 7, 0, 0xff, 0xff, 0xff, 0xff, /* OTHER */ 0x20, 0, 0, 0, 0xff, 0xff, 0xff,
	0xff };

/* Studios share folders by a group's default access list, which stands in for the umask. */
static void a_folders_default_access_list_counts(void **state)
{
	struct stat found;

	(void)state;
	assert_int_equal(mkdir(scratch_path(&scratch, "shared"), 0777), 0);
	if (setxattr(scratch_path(&scratch, "shared"), "system.posix_acl_default", shared_with_group,
		    sizeof(shared_with_group), 0) < 0)
		skip();
	assert_int_equal(put("shared/a.jpg", "x", false), 0);
	assert_int_equal(stat(scratch_path(&scratch, "shared/a.jpg"), &found), 0);
	assert_int_equal(found.st_mode & 07777, 0660);
}

static int put_without_permission(const void *data)
{
	(void)data;
	if (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
		return 77;
	return put("locked/a.jpg", "x", true) == -EACCES && put("locked/new/a.jpg", "x", true) == -EACCES ? 0
													  : 1;
}

static void a_locked_folder_is_refused(void **state)
{
	(void)state;
	assert_int_equal(mkdir(scratch_path(&scratch, "locked"), 0555), 0);
	assert_int_equal(in_child(put_without_permission, NULL), 0);
	assert_int_equal(count_names("locked"), 0);
}

static int put_when_flushing_fails(const void *data)
{
	(void)data;
	if (!scratch_write(&scratch, "kept.jpg", "old") || !refuse_call(SYS_fdatasync, 0, 0, EIO))
		return 1;
	if (put("kept.jpg", "new", true) != -EIO || !holds("kept.jpg", "old"))
		return 2;
	return put("kept.jpg", "new", false) == 0 && holds("kept.jpg", "new") ? 0 : 3;
}

static void data_that_do_not_reach_the_disk_get_no_name(void **state)
{
	(void)state;
	assert_int_equal(in_child(put_when_flushing_fails, NULL), 0);
}

static int put_when_the_folder_cannot_be_flushed(const void *error)
{
	if (!refuse_call(SYS_fsync, 0, 0, *(const int *)error))
		return 255;
	return -put("flushed.jpg", "x", true);
}

static void a_folder_that_cannot_be_flushed_is_no_failure_but_a_broken_one_is(void **state)
{
	int not_possible = EINVAL, broken = EIO;

	(void)state;
	assert_int_equal(in_child(put_when_the_folder_cannot_be_flushed, &not_possible), 0);
	assert_int_equal(in_child(put_when_the_folder_cannot_be_flushed, &broken), EIO);
}

static void no_descriptor_is_left_open(void **state)
{
	int before = dup(0), after;

	(void)state;
	close(before);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(put("open/a.jpg", "x", true), 0);
		assert_int_equal(put("open", "x", true), -EISDIR);
	}
	after = dup(0);
	close(after);
	assert_int_equal(before, after);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_appears_whole_or_not_at_all),
		cmocka_unit_test(so_it_does_without_nameless_files),
		cmocka_unit_test(so_it_does_where_nameless_files_cannot_be_linked),
		cmocka_unit_test(a_time_that_was_set_is_kept),
		cmocka_unit_test(a_killed_writer_leaves_at_most_a_temporary_name),
		cmocka_unit_test(a_folder_that_is_removed_meanwhile_is_made_again),
		cmocka_unit_test(the_folder_that_was_given_is_not),
		cmocka_unit_test(temporary_names_are_known),
		cmocka_unit_test(paths_that_lead_out_are_refused),
		cmocka_unit_test(names_are_bytes),
		cmocka_unit_test(files_get_0666_less_the_umask),
		cmocka_unit_test(a_folders_default_access_list_counts),
		cmocka_unit_test(a_locked_folder_is_refused),
		cmocka_unit_test(data_that_do_not_reach_the_disk_get_no_name),
		cmocka_unit_test(a_folder_that_cannot_be_flushed_is_no_failure_but_a_broken_one_is),
		cmocka_unit_test(no_descriptor_is_left_open),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
