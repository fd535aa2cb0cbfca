#include "image/read_at.h"

#include <errno.h>
#include <unistd.h>

ssize_t read_at(int fd, void *buffer, size_t size_bytes, int64_t offset)
{
	size_t done = 0;

	while (done < size_bytes) {
		ssize_t got =
			pread(fd, (unsigned char *)buffer + done, size_bytes - done, offset + (int64_t)done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}
