#include "job/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/path.h"
#include "base/text.h"
#include "sys/dir.h"

struct folder {
	const struct folder *parent; /* NULL for one that was asked for */
	int root;
	char *path; /* below the root, "" for the root; owned */
	bool must;
	struct identity identity; /* once it is open */
};

struct holder {
	struct folder folder;
	int fd; /* -1: none */
};

static struct identity identity_of(const struct stat *data)
{
	return (struct identity){ data->st_dev, data->st_ino };
}

static bool is_same(const struct identity *one, const struct identity *other)
{
	return one->inode == other->inode && one->device == other->device;
}

static void folder_free(void *data)
{
	struct folder *folder = data;

	g_free(folder->path);
	g_free(folder);
}

void walk_init(struct walk *walk, const struct settings *settings)
{
	struct stat output;

	*walk = (struct walk){
		.settings = settings,
		.filter = filter_new(settings->input.filters, settings->input.filters_count),
		.roots = g_array_new(FALSE, FALSE, sizeof(struct scan_root)),
		.found = g_array_new(FALSE, FALSE, sizeof(struct found)),
		.problems = g_array_new(FALSE, FALSE, sizeof(struct scan_problem)),
		.folders = g_ptr_array_new_with_free_func(folder_free),
		.holder = g_new0(struct holder, 1),
	};
	walk->holder->fd = -1;
	if (settings->output_folder && stat(settings->output_folder, &output) == 0)
		walk->output = identity_of(&output);
}

void walk_finish(struct walk *walk)
{
	for (guint i = 0; i < walk->roots->len; i++) {
		struct scan_root *root = &g_array_index(walk->roots, struct scan_root, i);

		cleanup_close(&root->fd);
		g_free(root->path);
	}
	for (guint i = 0; i < walk->found->len; i++)
		g_free(g_array_index(walk->found, struct found, i).input.path);
	for (guint i = 0; i < walk->problems->len; i++)
		g_free(g_array_index(walk->problems, struct scan_problem, i).name);
	g_array_free(walk->roots, TRUE);
	g_array_free(walk->found, TRUE);
	g_array_free(walk->problems, TRUE);
	g_ptr_array_free(walk->folders, TRUE);
	cleanup_close(&walk->holder->fd);
	g_free(walk->holder->folder.path);
	g_free(walk->holder);
	filter_free(walk->filter);
}

static const struct scan_root *root_at(const struct walk *walk, int index)
{
	return &g_array_index(walk->roots, struct scan_root, (guint)index);
}

/* The index of the root that is the folder open at `fd`, or the number of roots. */
static int find_root(const struct walk *walk, int fd)
{
	int count = (int)walk->roots->len, i;
	struct stat wanted, known;

	if (fstat(fd, &wanted) < 0)
		return count;
	for (i = 0; i < count; i++)
		if (fstat(root_at(walk, i)->fd, &known) == 0 && known.st_ino == wanted.st_ino &&
			known.st_dev == wanted.st_dev)
			break;
	return i;
}

int walk_root(struct walk *walk, const char *path)
{
	int count = (int)walk->roots->len, index;
	autoclose int fd = -1;
	struct scan_root root;

	for (int i = 0; i < count; i++)
		if (strcmp(root_at(walk, i)->path, path) == 0)
			return i;
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	index = find_root(walk, fd);
	if (index < count)
		return index;
	root = (struct scan_root){ .path = g_strdup(path), .fd = take_fd(&fd) };
	g_array_append_val(walk->roots, root);
	return index;
}

static void add_folder(struct walk *walk, const struct folder *added)
{
	struct folder *folder = g_new(struct folder, 1);

	*folder = *added;
	g_ptr_array_add(walk->folders, folder);
}

void walk_folder(struct walk *walk, int root, const char *path, bool must)
{
	add_folder(walk, &(struct folder){ .root = root, .path = g_strdup(path), .must = must });
}

/* Dates far off, as some file systems hold them, become the farthest there are. */
static int64_t to_ns(const struct timespec *time)
{
	int64_t ns;

	if (__builtin_mul_overflow((int64_t)time->tv_sec, INT64_C(1000000000), &ns) ||
		__builtin_add_overflow(ns, (int64_t)time->tv_nsec, &ns))
		return time->tv_sec < 0 ? INT64_MIN : INT64_MAX;
	return ns;
}

/* Takes over `path`. */
static void add_file(struct walk *walk, const struct folder *folder, char *path, const struct stat *data)
{
	struct found found = {
		.input = {
			.root = folder->root,
			.path = path,
			.size_bytes = data->st_size,
			.mtime_ns = to_ns(&data->st_mtim),
			.device = data->st_dev,
			.inode = data->st_ino,
		},
		.folder = folder->identity,
	};

	g_array_append_val(walk->found, found);
}

void walk_problem(struct walk *walk, const char *name, const struct err *err)
{
	struct scan_problem problem = { .name = g_strdup(name), .err = *err };

	g_array_append_val(walk->problems, problem);
}

static void add_problem(struct walk *walk, int root, const char *path, int error, const char *what)
{
	autofree char *name = path_join(root_at(walk, root)->path, path);
	struct err err;

	err_set_errno(&err, error, "%s", what);
	walk_problem(walk, name ? name : path, &err);
}

/* Opens the folder that holds `path` and keeps it open for the next file: names in a list come folder by
 * folder. Returns 0 or a negative errno. */
static int open_holder(struct walk *walk, int root, const char *path)
{
	autofree char *dir = path_dir(path);
	struct folder *holder = &walk->holder->folder;
	struct stat data;

	if (!dir)
		return -ENOMEM;
	if (walk->holder->fd >= 0 && holder->root == root && strcmp(holder->path, dir) == 0)
		return 0;
	cleanup_close(&walk->holder->fd);
	g_free(holder->path);
	*holder = (struct folder){ .root = root, .path = g_strdup(dir) };
	walk->holder->fd = dir_open_beneath(
		root_at(walk, root)->fd, dir, O_PATH | O_DIRECTORY, walk->settings->input.follow_symlinks);
	if (walk->holder->fd < 0)
		return walk->holder->fd;
	if (fstat(walk->holder->fd, &data) < 0)
		return -errno;
	holder->identity = identity_of(&data);
	return 0;
}

static int look_at(struct walk *walk, int root, const char *path, struct stat *data)
{
	bool follow = walk->settings->input.follow_symlinks;
	int error = open_holder(walk, root, path);

	if (error < 0)
		return error;
	if (fstatat(walk->holder->fd, path_base(path), data, follow ? 0 : AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	return S_ISLNK(data->st_mode) ? -ELOOP : 0;
}

int walk_file(struct walk *walk, int root, const char *path, struct err *err)
{
	struct stat data;
	int error = look_at(walk, root, path, &data);

	if (error == -ELOOP && !walk->settings->input.follow_symlinks)
		return err_set(err, REASON_UNSUPPORTED,
			"is a symbolic link or lies behind one, and --follow-symlinks was not given");
	if (error < 0)
		return err_set_errno(err, error, "cannot be found");
	if (S_ISDIR(data.st_mode))
		walk_folder(walk, root, path, false);
	else if (!S_ISREG(data.st_mode))
		return err_set(err, REASON_NOT_A_PICTURE, "is neither a file nor a folder");
	else if (filter_takes(walk->filter, path))
		add_file(walk, &walk->holder->folder, g_strdup(path), &data);
	return 0;
}

/* What to do with a name in a folder; takes over `path`, its path below the root. */
static void see_folder(struct walk *walk, const struct folder *parent, char *path)
{
	if (walk->settings->input.recurse && filter_enters(walk->filter, path))
		add_folder(walk, &(struct folder){ .parent = parent, .root = parent->root, .path = path });
	else
		g_free(path);
}

static void see_other(struct walk *walk, const struct folder *folder, int folder_fd, char *path)
{
	bool follow = walk->settings->input.follow_symlinks;
	g_autofree char *owned = path;
	struct stat data;

	if (fstatat(folder_fd, path_base(path), &data, follow ? 0 : AT_SYMLINK_NOFOLLOW) < 0) {
		/* a name that went away since it was read was never there; a link that leads nowhere is */
		if (errno != ENOENT || fstatat(folder_fd, path_base(path), &data, AT_SYMLINK_NOFOLLOW) == 0)
			add_problem(walk, folder->root, path, -errno, "cannot be looked at");
	} else if (S_ISDIR(data.st_mode)) {
		see_folder(walk, folder, g_steal_pointer(&owned));
	} else if (S_ISREG(data.st_mode)) {
		if (filter_takes(walk->filter, path))
			add_file(walk, folder, g_steal_pointer(&owned), &data);
	} else if (S_ISLNK(data.st_mode)) {
		walk->links_count++;
	} else {
		walk->others_count++;
	}
}

static void see(struct walk *walk, const struct folder *folder, int folder_fd, const struct dirent *entry)
{
	char *path;

	if (entry->d_name[0] == '.')
		return;
	path = *folder->path ? g_strconcat(folder->path, "/", entry->d_name, NULL) : g_strdup(entry->d_name);
	if (entry->d_type == DT_DIR)
		see_folder(walk, folder, path);
	else if (entry->d_type == DT_REG && !filter_takes(walk->filter, path))
		g_free(path);
	else
		see_other(walk, folder, folder_fd, path);
}

/* True for OUTPUT, unless it was asked for, and for a folder that lies in itself by way of a link. */
static bool is_left_out(const struct walk *walk, const struct folder *folder)
{
	if (folder->parent && is_same(&folder->identity, &walk->output))
		return true;
	for (const struct folder *above = folder->parent; above; above = above->parent)
		if (is_same(&folder->identity, &above->identity))
			return true;
	return false;
}

/* Returns 0 or a negative errno. */
static int list(struct walk *walk, struct folder *folder)
{
	autoclose int fd = dir_open_beneath(root_at(walk, folder->root)->fd, folder->path,
		O_RDONLY | O_DIRECTORY, walk->settings->input.follow_symlinks);
	const struct dirent *entry;
	struct stat data;
	int error;
	DIR *stream;

	if (fd < 0)
		return fd;
	if (fstat(fd, &data) < 0)
		return -errno;
	folder->identity = identity_of(&data);
	if (is_left_out(walk, folder))
		return 0;
	stream = fdopendir(fd);
	if (!stream)
		return -errno;
	take_fd(&fd);
	while (errno = 0, (entry = readdir(stream)))
		see(walk, folder, dirfd(stream), entry);
	error = -errno;
	closedir(stream);
	return error;
}

int walk_run(struct walk *walk, struct err *err)
{
	/* the array grows as folders are found */
	for (guint i = 0; i < walk->folders->len; i++) {
		struct folder *folder = g_ptr_array_index(walk->folders, i);
		int error = list(walk, folder);
		char shown[256];

		if (error < 0 && folder->must)
			return err_set_errno(err, error, "%s: cannot be listed",
				text_printable(root_at(walk, folder->root)->path, shown, sizeof(shown)));
		if (error < 0)
			add_problem(walk, folder->root, folder->path, error, "cannot be listed");
	}
	return 0;
}
