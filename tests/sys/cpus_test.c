#include "sys/cpus.h"

#include <sched.h>

#include "check.h"
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

#define MOUNT_V2 "31 23 0:27 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n"
#define MOUNT_V1 \
	"33 25 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:10 - cgroup cgroup rw,cpu,cpuacct\n"
#define MOUNT_OTHER                                              \
	"22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/vda rw\n" \
	"34 25 0:30 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"

/* Lay a machine out below the root: its group list, its mounts, then pairs of file and text up to NULL. */
static void lay_out(const char *const *files)
{
	scratch_finish(&scratch);
	assert_true(scratch_init(&scratch));
	for (; files[0]; files += 2)
		assert_true(scratch_write(&scratch, files[0], files[1]));
}

#define LAY_OUT(...) lay_out((const char *const[]){ __VA_ARGS__, NULL })
#define QUOTA_IS(value) assert_float_equal(cpus_quota(scratch.path), value, 1e-9)

#define GROUPS "proc/self/cgroup"
#define MOUNTS "proc/self/mountinfo"

static void a_quota_of_version_2_counts(void **state)
{
	(void)state;
	LAY_OUT(GROUPS, "0::/user/run\n", MOUNTS, MOUNT_OTHER MOUNT_V2, "sys/fs/cgroup/user/run/cpu.max",
		"150000 100000\n");
	QUOTA_IS(1.5);
}

static void without_a_quota_there_is_no_limit(void **state)
{
	(void)state;
	LAY_OUT(GROUPS, "0::/run\n", MOUNTS, MOUNT_V2, "sys/fs/cgroup/run/cpu.max", "max 100000\n");
	QUOTA_IS(0);
	LAY_OUT(GROUPS, "3:cpu:/run\n0::/\n", MOUNTS, MOUNT_V1,
		"sys/fs/cgroup/cpu,cpuacct/run/cpu.cfs_quota_us", "-1\n",
		"sys/fs/cgroup/cpu,cpuacct/run/cpu.cfs_period_us", "100000\n");
	QUOTA_IS(0);
	LAY_OUT(GROUPS, "0::/run\n", MOUNTS, MOUNT_V2);
	QUOTA_IS(0);
	LAY_OUT("proc/empty", "");
	QUOTA_IS(0);
}

static void the_least_of_a_group_and_its_parents_counts(void **state)
{
	(void)state;
	LAY_OUT(GROUPS, "0::/a/b/c\n", MOUNTS, MOUNT_V2, "sys/fs/cgroup/a/b/c/cpu.max", "800000 100000\n",
		"sys/fs/cgroup/a/b/cpu.max", "max 100000\n", "sys/fs/cgroup/a/cpu.max", "30000 10000\n");
	QUOTA_IS(3);
	LAY_OUT(GROUPS, "0::/a/b\n", MOUNTS, MOUNT_V2, "sys/fs/cgroup/a/b/cpu.max", "max 100000\n",
		"sys/fs/cgroup/cpu.max", "400000 100000\n", "sys/fs/cgroup/a/b/c/cpu.max", "1000 100000\n");
	QUOTA_IS(4);
}

static void a_quota_of_version_1_counts(void **state)
{
	(void)state;
	LAY_OUT(GROUPS, "12:cpuset:/x\n4:cpuacct,cpu:/docker/abc\n1:name=systemd:/y\n0::/z\n", MOUNTS,
		MOUNT_OTHER MOUNT_V1 MOUNT_V2, "sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us",
		"250000\n", "sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us", "100000\n");
	QUOTA_IS(2.5);
}

static void in_a_hybrid_the_lesser_of_both_versions_counts(void **state)
{
	(void)state;
	LAY_OUT(GROUPS, "4:cpu,cpuacct:/a\n0::/a\n", MOUNTS, MOUNT_V1 MOUNT_V2,
		"sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us", "300000\n",
		"sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us", "100000\n", "sys/fs/cgroup/a/cpu.max",
		"200000 100000\n");
	QUOTA_IS(2);
}

/* A container without a cgroup namespace: /proc names the host's path, the mount shows only the container. */
static void a_mount_of_a_part_of_the_hierarchy_is_understood(void **state)
{
	(void)state;
	LAY_OUT(GROUPS, "4:cpu,cpuacct:/docker/abc/sub\n", MOUNTS,
		"33 25 0:29 /docker/abc /cg\\040roup/cpu ro - cgroup cgroup rw,cpu,cpuacct\n"
		"34 25 0:29 /docker/ab /wrong ro - cgroup cgroup rw,cpu,cpuacct\n",
		"cg roup/cpu/cpu.cfs_quota_us", "120000\n", "cg roup/cpu/cpu.cfs_period_us", "60000\n",
		"cg roup/cpu/sub/cpu.cfs_quota_us", "-1\n", "cg roup/cpu/sub/cpu.cfs_period_us", "60000\n",
		"wrong/cpu.cfs_quota_us", "1000\n", "wrong/cpu.cfs_period_us", "100000\n");
	QUOTA_IS(2);
}

static void of_several_mounts_the_one_with_the_group_counts(void **state)
{
	(void)state;
	LAY_OUT(GROUPS, "0::/a\n", MOUNTS,
		"40 31 0:27 /other /mnt/other rw - cgroup2 none rw\n"
		"41 31 0:27 / /host/cgroup rw - cgroup2 none rw\n",
		"mnt/other/cpu.max", "1000 100000\n", "host/cgroup/a/cpu.max", "700000 100000\n");
	QUOTA_IS(7);
}

static void a_group_above_the_namespace_counts_at_the_mount(void **state)
{
	(void)state;
	LAY_OUT(GROUPS, "0::/\n", MOUNTS, "40 31 0:27 /.. /outer rw - cgroup2 none rw\n", "outer/cpu.max",
		"600000 100000\n");
	QUOTA_IS(6);
}

static void a_group_outside_the_namespace_leads_nowhere(void **state)
{
	(void)state;
	LAY_OUT(GROUPS, "0::/../sibling\n", MOUNTS, MOUNT_V2, "sys/fs/sibling/cpu.max", "100000 100000\n",
		"sys/fs/cgroup/cpu.max", "100000 100000\n");
	QUOTA_IS(0);
}

static void nonsense_is_no_quota(void **state)
{
	(void)state;
	LAY_OUT(GROUPS, "nonsense\n::\n0::relative\n0::/a\n", MOUNTS,
		"\n31 23\n31 23 0:27 / /x rw - \n" MOUNT_V2, "sys/fs/cgroup/a/cpu.max", "lots 0\n");
	QUOTA_IS(0);
	LAY_OUT(GROUPS, "0::/a\n", MOUNTS, MOUNT_V2, "sys/fs/cgroup/a/cpu.max", "100000 0\n");
	QUOTA_IS(0);
	LAY_OUT(GROUPS, "0::/a\n", MOUNTS, MOUNT_V2, "sys/fs/cgroup/a/cpu.max", "");
	QUOTA_IS(0);
}

static int bound_to_one(const void *data)
{
	cpu_set_t all, one;
	struct cpus_report report;

	(void)data;
	if (sched_getaffinity(0, sizeof(all), &all) < 0)
		return 77;
	CPU_ZERO(&one);
	for (int i = 0; i < CPU_SETSIZE && CPU_COUNT(&one) == 0; i++)
		if (CPU_ISSET(i, &all))
			CPU_SET(i, &one);
	if (sched_setaffinity(0, sizeof(one), &one) < 0)
		return 77;
	cpus_describe(&report);
	return report.affinity == 1 && report.usable == 1 && cpus_usable() == 1 && report.online >= 1 ? 0 : 1;
}

static void the_affinity_mask_counts(void **state)
{
	int status = in_child(bound_to_one, NULL);

	(void)state;
	if (status == 77)
		skip();
	assert_int_equal(status, 0);
}

static void this_machine_can_be_described(void **state)
{
	struct cpus_report report;

	(void)state;
	cpus_describe(&report);
	assert_true(report.online >= 1);
	assert_true(report.usable >= 1);
	assert_true(report.usable <= report.affinity);
	assert_true(report.quota >= 0);
	assert_int_equal(cpus_usable(), report.usable);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_quota_of_version_2_counts),
		cmocka_unit_test(without_a_quota_there_is_no_limit),
		cmocka_unit_test(the_least_of_a_group_and_its_parents_counts),
		cmocka_unit_test(a_quota_of_version_1_counts),
		cmocka_unit_test(in_a_hybrid_the_lesser_of_both_versions_counts),
		cmocka_unit_test(a_mount_of_a_part_of_the_hierarchy_is_understood),
		cmocka_unit_test(of_several_mounts_the_one_with_the_group_counts),
		cmocka_unit_test(a_group_above_the_namespace_counts_at_the_mount),
		cmocka_unit_test(a_group_outside_the_namespace_leads_nowhere),
		cmocka_unit_test(nonsense_is_no_quota),
		cmocka_unit_test(the_affinity_mask_counts),
		cmocka_unit_test(this_machine_can_be_described),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
