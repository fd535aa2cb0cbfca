#include "sys/shm.h"

#include <errno.h>
#include <sys/mman.h>

int shm_init(struct shm *shm, size_t size_bytes)
{
	void *data;

	if (size_bytes == 0)
		return -EINVAL;
	data = mmap(NULL, size_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (data == MAP_FAILED)
		return -errno;
	shm->data = data;
	shm->size_bytes = size_bytes;
	return 0;
}

void shm_finish(struct shm *shm)
{
	if (shm->data)
		munmap(shm->data, shm->size_bytes);
	shm->data = NULL;
	shm->size_bytes = 0;
}
