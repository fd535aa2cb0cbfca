/*
 * readahead.h: asking for a file's bytes before they are needed.
 */
#ifndef STAMPMILL_SYS_READAHEAD_H
#define STAMPMILL_SYS_READAHEAD_H

/* Of larger files no more is asked for: what waits in the cache may be thrown out of it again. */
#define READAHEAD_BYTES_MAX (64 << 20)

/* Let the kernel begin to read what `fd` has open, from its start. Waits for nothing; a file system that
 * cannot do it leaves it, which does no harm. */
void readahead_ask(int fd);

#endif
