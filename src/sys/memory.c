#include "sys/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/cgroup.h"

/* The number behind `key` in a file of lines "key number" or "key: number kB"; -1 where there is none. */
static double number_behind(const char *folder, const char *name, const char *key)
{
	FILE *file = cgroup_open(folder, name);
	autofree char *line = NULL;
	size_t size = 0, length = strlen(key);
	double number = -1;

	while (file && number < 0 && getline(&line, &size, file) > 0)
		if (strncmp(line, key, length) == 0 && strchr(": ", line[length]))
			number = strtod(line + length + 1, NULL);
	if (file)
		fclose(file);
	return number;
}

static double one_number(const char *folder, const char *name)
{
	double numbers[2];

	return cgroup_read(folder, name, numbers) >= 1 ? numbers[0] : -1;
}

static void take_least(void *data, const char *folder, bool unified)
{
	double *least = data;
	double limit = one_number(folder, unified ? "/memory.max" : "/memory.limit_in_bytes");
	double used = one_number(folder, unified ? "/memory.current" : "/memory.usage_in_bytes");
	double cache =
		number_behind(folder, "/memory.stat", unified ? "inactive_file" : "total_inactive_file");
	double left;

	if (limit < 0 || used < 0)
		return;
	left = limit - used + (cache > 0 ? cache : 0);
	if (left < *least)
		*least = left > 0 ? left : 0;
}

int64_t memory_available(const char *root)
{
	double available = number_behind(root, "/proc/meminfo", "MemAvailable") * 1024;

	if (available < 0)
		available = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE) / 2;
	cgroup_each(root, "memory", take_least, &available);
	return (int64_t)available;
}

/* A group's count includes those below it. */
static void take_most(void *data, const char *folder, bool unified)
{
	double *most = data;
	double count = number_behind(folder, unified ? "/memory.events" : "/memory.oom_control", "oom_kill");

	if (count > *most)
		*most = count;
}

int64_t memory_oom_kills(const char *root)
{
	double count = -1;

	cgroup_each(root, "memory", take_most, &count);
	return (int64_t)(count >= 0 ? count : number_behind(root, "/proc/vmstat", "oom_kill"));
}

int memory_limit_self(int64_t bytes)
{
	struct rlimit limit;

#ifdef __SANITIZE_ADDRESS__
	return 0; /* its shadow alone is terabytes of such mappings */
#endif
	if (getrlimit(RLIMIT_DATA, &limit) < 0)
		return -errno;
	limit.rlim_cur = (rlim_t)bytes < limit.rlim_max ? (rlim_t)bytes : limit.rlim_max;
	return setrlimit(RLIMIT_DATA, &limit) < 0 ? -errno : 0;
}

void memory_be_first_to_go(void)
{
	autoclose int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd >= 0 && write(fd, "500", 3) != 3)
		return;
}
