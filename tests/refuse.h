/*
 * refuse.h: make the kernel refuse a system call, as old kernels, odd file systems and containers do.
 *
 * By a seccomp filter, which cannot be taken back: in a child only. Calls add up.
 */
#ifndef STAMPMILL_TESTS_REFUSE_H
#define STAMPMILL_TESTS_REFUSE_H

#include <endian.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#define REFUSE_LOW_WORD (__BYTE_ORDER == __BIG_ENDIAN ? 4 : 0)

/* Calls of `number` whose argument `argument` has all bits of `bits` (0: every call) fail with `error`. */
static inline bool refuse_call(int number, int argument, unsigned bits, int error)
{
	unsigned offset =
		(unsigned)offsetof(struct seccomp_data, args) + 8 * (unsigned)argument + REFUSE_LOW_WORD;
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 4),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, bits),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, bits, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = sizeof(filter) / sizeof(filter[0]), .filter = filter };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static inline bool refuse_openat2(int error)
{
	return refuse_call(SYS_openat2, 0, 0, error);
}

static inline bool refuse_tmpfile(int error)
{
	return refuse_call(SYS_openat, 2, O_TMPFILE, error);
}

static inline bool refuse_linkat(int error)
{
	return refuse_call(SYS_linkat, 0, 0, error);
}

#endif
