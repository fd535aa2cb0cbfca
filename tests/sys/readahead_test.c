#include "sys/readahead.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "scratch.h"

enum {
	FILE_BYTES = 8 << 20,
	PATIENCE_MS = 20000
};

/* How many pages of the file are in the system's cache. */
static int pages_held(int fd)
{
	int pages = FILE_BYTES / (int)sysconf(_SC_PAGESIZE), held = 0;
	unsigned char *in_core = malloc((size_t)pages);
	void *map = mmap(NULL, FILE_BYTES, PROT_READ, MAP_SHARED, fd, 0);

	assert_true(map != MAP_FAILED);
	assert_int_equal(mincore(map, FILE_BYTES, in_core), 0);
	for (int i = 0; i < pages; i++)
		held += in_core[i] & 1;
	munmap(map, FILE_BYTES);
	free(in_core);
	return held;
}

static int write_and_forget(struct scratch *scratch)
{
	int fd = open(scratch_path(scratch, "file"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	char *bytes = malloc(FILE_BYTES);

	assert_true(fd >= 0);
	memset(bytes, 7, FILE_BYTES);
	assert_int_equal(write(fd, bytes, FILE_BYTES), FILE_BYTES);
	free(bytes);
	assert_int_equal(fsync(fd), 0);
	assert_int_equal(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED), 0);
	return fd;
}

static void what_is_asked_for_comes_without_being_read(void **state)
{
	struct scratch scratch;
	int fd, pages = FILE_BYTES / (int)sysconf(_SC_PAGESIZE), held = 0;

	(void)state;
	assert_true(scratch_init(&scratch));
	fd = write_and_forget(&scratch);
	if (pages_held(fd) > 0) {
		close(fd);
		scratch_finish(&scratch);
		skip(); /* a file system that is memory */
	}
	readahead_ask(fd);
	for (int ms = 0; ms < PATIENCE_MS && held < pages; ms += 10) {
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
		held = pages_held(fd);
	}
	assert_int_equal(held, pages);
	close(fd);
	scratch_finish(&scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_asked_for_comes_without_being_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
