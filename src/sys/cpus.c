#include "sys/cpus.h"

#include <errno.h>
#include <math.h>
#include <sched.h>
#include <stdbool.h>
#include <unistd.h>

#include "sys/cgroup.h"

/* The mask is as long as the kernel was built for, however few processors there are: EINVAL asks for more. */
static int count_affinity(int online)
{
	for (int size = 1024; size <= 1 << 20; size *= 2) {
		cpu_set_t *set = CPU_ALLOC(size);
		int count = -1;

		if (!set)
			return online;
		if (sched_getaffinity(0, CPU_ALLOC_SIZE(size), set) == 0)
			count = CPU_COUNT_S(CPU_ALLOC_SIZE(size), set);
		else if (errno != EINVAL)
			count = online;
		CPU_FREE(set);
		if (count >= 0)
			return count;
	}
	return online;
}

/* One group's own quota in processors, 0: none. */
static double group_quota(const char *folder, bool unified)
{
	double numbers[2] = { 0, 0 }, period[2] = { 0, 0 };

	if (unified) {
		if (cgroup_read(folder, "/cpu.max", numbers) != 2)
			return 0;
	} else {
		if (cgroup_read(folder, "/cpu.cfs_quota_us", numbers) < 1 ||
			cgroup_read(folder, "/cpu.cfs_period_us", period) < 1)
			return 0;
		numbers[1] = period[0];
	}
	return numbers[0] > 0 && numbers[1] > 0 ? numbers[0] / numbers[1] : 0;
}

static double lesser_quota(double a, double b)
{
	return a > 0 && (b <= 0 || a < b) ? a : b;
}

static void take_least(void *data, const char *folder, bool unified)
{
	double *least = data;

	*least = lesser_quota(group_quota(folder, unified), *least);
}

double cpus_quota(const char *root)
{
	double least = 0;

	cgroup_each(root, "cpu", take_least, &least);
	return least;
}

void cpus_describe(struct cpus_report *report)
{
	long online = sysconf(_SC_NPROCESSORS_ONLN);

	report->online = online > 0 ? (int)online : 1;
	report->affinity = count_affinity(report->online);
	report->quota = cpus_quota("");
	report->usable = report->affinity;
	if (report->quota > 0 && report->quota < report->usable)
		report->usable = (int)ceil(report->quota);
	if (report->usable < 1)
		report->usable = 1;
}

int cpus_usable(void)
{
	struct cpus_report report;

	cpus_describe(&report);
	return report.usable;
}
