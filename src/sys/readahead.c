#include "sys/readahead.h"

#include <fcntl.h>

void readahead_ask(int fd)
{
	(void)posix_fadvise(fd, 0, READAHEAD_BYTES_MAX, POSIX_FADV_WILLNEED);
}
