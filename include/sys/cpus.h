/*
 * cpus.h: how many processors this process may really use.
 *
 * The affinity mask (sched_getaffinity, any number of processors), then the cgroup's CPU quota: v2 `cpu.max`
 * and v1 `cpu.cfs_quota_us`, the least of the group's own and all its parents'; a quota of 1.5 CPUs counts
 * as 2.
 */
#ifndef STAMPMILL_SYS_CPUS_H
#define STAMPMILL_SYS_CPUS_H

/* At least 1. */
int cpus_usable(void);

struct cpus_report {
	int online;   /* processors of the machine */
	int affinity; /* in this process's mask */
	double quota; /* processors' worth of time the cgroup allows; 0: no limit */
	int usable;
};
void cpus_describe(struct cpus_report *report);

/* The quota below a given root in place of "/", for tests: reads ROOT/proc/self/cgroup,
 * ROOT/proc/self/mountinfo and the files they point at. 0: no limit. */
double cpus_quota(const char *root);

#endif
