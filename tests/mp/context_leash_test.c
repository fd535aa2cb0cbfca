/* The same where there is no pidfd_open(): on Linux before 5.3, and under valgrind 3.19. */
#define WITHOUT_PIDFD

#include "context_test.c"
