#include "sys/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/syscall_filter.h"

/* Older kernel headers lack what came after ABI 1 (Linux 5.13). */
#define FS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define FS_WRITE                                                                                          \
	(LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | \
		LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG)
#define FS_NEVER                                                                                    \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_SOCK | \
		LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM)
#define FS_REFER (1ull << 13)    /* ABI 2 */
#define FS_TRUNCATE (1ull << 14) /* ABI 3 */
#define NET_BIND_TCP (1ull << 0) /* ABI 4 */
#define NET_CONNECT_TCP (1ull << 1)
#define SCOPE_ABSTRACT_SOCKET (1ull << 0) /* ABI 6 */
#define SCOPE_SIGNAL (1ull << 1)

/* The kernel's struct landlock_ruleset_attr as of ABI 6; shorter ones are prefixes of it. */
struct ruleset {
	uint64_t handled_fs, handled_net, scoped;
};

int sandbox_landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	return abi < 0 ? 0 : (int)abi;
}

static int landlock_parts(int abi)
{
	return (abi >= 1 ? SANDBOX_FILES : 0) | (abi >= 3 ? SANDBOX_TRUNCATE : 0) |
	       (abi >= 4 ? SANDBOX_TCP : 0) | (abi >= 6 ? SANDBOX_SIGNALS : 0);
}

int sandbox_available(void)
{
	return landlock_parts(sandbox_landlock_abi()) | (syscall_filter_available() ? SANDBOX_CALLS : 0);
}

bool sandbox_missing(char *buffer, size_t size)
{
	static const struct {
		enum sandbox_part part;
		const char *words;
	} parts[] = {
		{ SANDBOX_FILES, "confinement to folders (Landlock, Linux 5.13)" },
		{ SANDBOX_TRUNCATE, "of truncation (6.2)" },
		{ SANDBOX_TCP, "of TCP (6.7)" },
		{ SANDBOX_SIGNALS, "of signals (6.12)" },
		{ SANDBOX_CALLS, "a filter of system calls (seccomp)" },
	};
	int available = sandbox_available();
	size_t used = 0;

	*buffer = '\0';
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && used < size; i++)
		if (!(available & parts[i].part))
			used += (size_t)snprintf(
				buffer + used, size - used, "%s%s", used ? ", " : "", parts[i].words);
	return used > 0;
}

static int ruleset_open(int abi)
{
	struct ruleset ruleset = { .handled_fs = FS_READ | FS_WRITE | FS_NEVER };
	size_t size = sizeof(ruleset.handled_fs);
	long fd;

	if (abi >= 2)
		ruleset.handled_fs |= FS_REFER;
	if (abi >= 3)
		ruleset.handled_fs |= FS_TRUNCATE;
	if (abi >= 4) {
		ruleset.handled_net = NET_BIND_TCP | NET_CONNECT_TCP;
		size += sizeof(ruleset.handled_net);
	}
	if (abi >= 6) {
		ruleset.scoped = SCOPE_ABSTRACT_SOCKET | SCOPE_SIGNAL;
		size += sizeof(ruleset.scoped);
	}
	fd = syscall(SYS_landlock_create_ruleset, &ruleset, size, 0);
	return fd < 0 ? -errno : (int)fd;
}

static int allow(int ruleset_fd, int folder_fd, uint64_t access)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = access, .parent_fd = folder_fd };

	if (syscall(SYS_landlock_add_rule, ruleset_fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0)
		return -errno;
	return 0;
}

/* A file may be named as well as a folder: it has no READ_DIR. */
static int allow_path(int ruleset_fd, const char *path)
{
	autoclose int fd = open(path, O_PATH | O_CLOEXEC);
	int error;

	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR || errno == EACCES ? 0 : -errno;
	error = allow(ruleset_fd, fd, FS_READ);
	return error == -EINVAL ? allow(ruleset_fd, fd, LANDLOCK_ACCESS_FS_READ_FILE) : error;
}

static int allow_all(int ruleset_fd, int abi, const struct sandbox_config *config)
{
	uint64_t writing = FS_READ | FS_WRITE | (abi >= 2 ? FS_REFER : 0) | (abi >= 3 ? FS_TRUNCATE : 0);
	int error = 0;

	for (size_t i = 0; i < config->read_fds_count && !error; i++)
		error = allow(ruleset_fd, config->read_fds[i], FS_READ);
	for (size_t i = 0; config->read_paths && config->read_paths[i] && !error; i++)
		error = allow_path(ruleset_fd, config->read_paths[i]);
	if (config->write_fd >= 0 && !error)
		error = allow(ruleset_fd, config->write_fd, writing);
	return error;
}

static int confine_files(int abi, const struct sandbox_config *config)
{
	autoclose int ruleset_fd = ruleset_open(abi);
	int error;

	if (ruleset_fd < 0)
		return ruleset_fd;
	error = allow_all(ruleset_fd, abi, config);
	if (error)
		return error;
	return syscall(SYS_landlock_restrict_self, ruleset_fd, 0) < 0 ? -errno : 0;
}

int sandbox_enter(const struct sandbox_config *config)
{
	int abi = sandbox_landlock_abi();
	int error;

	/* Without this, both would need privileges. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	if (abi > 0) {
		error = confine_files(abi, config);
		if (error)
			return error;
	}
	if (!syscall_filter_available())
		return landlock_parts(abi);
	error = syscall_filter_enter(config->may_set_times);
	return error ? error : landlock_parts(abi) | SANDBOX_CALLS;
}
