/*
 * pool_checks.h: what the tests of the pool share: that nothing is left behind, and short forms of the calls.
 */
#ifndef STAMPMILL_TESTS_MP_POOL_CHECKS_H
#define STAMPMILL_TESTS_MP_POOL_CHECKS_H

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "mp/pool.h"

#include "check.h"

static int descriptors_before, shared_maps_before;

static inline int count_descriptors(void)
{
	DIR *folder = opendir("/proc/self/fd");
	int count = 0;

	while (folder && readdir(folder))
		count++;
	if (folder)
		closedir(folder);
	return count;
}

static inline int count_shared_maps(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[4096], mode[8];
	int count = 0;

	while (maps && fgets(line, sizeof line, maps))
		count += sscanf(line, "%*s %7s", mode) == 1 && strchr(mode, 's') != NULL;
	if (maps)
		fclose(maps);
	return count;
}

static inline int note_what_there_is(void **state)
{
	(void)state;
	descriptors_before = count_descriptors();
	shared_maps_before = count_shared_maps();
	return 0;
}

/* No child, no descriptor, no shared memory. */
static inline int check_that_nothing_is_left(void **state)
{
	(void)state;
	if (waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD) {
		print_error("a child is left\n");
		return -1;
	}
	if (count_descriptors() != descriptors_before || count_shared_maps() != shared_maps_before) {
		print_error("a descriptor or shared memory is left\n");
		return -1;
	}
	return 0;
}

#define POOL_TEST(name) cmocka_unit_test_setup_teardown(name, note_what_there_is, check_that_nothing_is_left)

static inline struct mp_pool *new_pool_of(const struct mp_pool_config *config)
{
	struct mp_pool *pool = mp_pool_new(config);

	assert_non_null(pool);
	return pool;
}

static inline int64_t submit(struct mp_pool *pool, const char *task, const void *payload, size_t size_bytes)
{
	const struct mp_submission submission = {
		.task = task, .payload = payload, .size_bytes = size_bytes
	};
	int64_t id = mp_pool_submit(pool, &submission);

	assert_true(id > 0);
	return id;
}

static inline const struct mp_ended *next_ended(struct mp_pool *pool)
{
	const struct mp_ended *ended;

	assert_int_equal(mp_pool_wait(pool, 60000), 1);
	ended = mp_pool_next(pool);
	assert_non_null(ended);
	return ended;
}

#endif
