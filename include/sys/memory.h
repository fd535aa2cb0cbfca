/*
 * memory.h: how much there is for us, and what happens to those who take more.
 */
#ifndef STAMPMILL_SYS_MEMORY_H
#define STAMPMILL_SYS_MEMORY_H

#include <stdint.h>

/* Bytes that this process and its children could use now without swapping: MemAvailable, and what each
 * control group leaves (its limit less its use, page cache that can be dropped not counted). At least 0.
 * `root` is "" but in tests. */
int64_t memory_available(const char *root);

/* How often the kernel has killed somebody in our control groups for lack of memory, ever; where no group
 * says, on the whole machine. -1: not to be known. */
int64_t memory_oom_kills(const char *root);

/* From now on this process may have at most `bytes` of data (RLIMIT_DATA's soft limit: heap and private
 * writable mappings); more is refused. Returns 0 or a negative errno. */
int memory_limit_self(int64_t bytes);

/* Let the kernel take this process before others when memory is short. Best effort. */
void memory_be_first_to_go(void);

#endif
