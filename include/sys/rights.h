/*
 * rights.h: a few bytes and descriptors in one message over a SOCK_SEQPACKET socket (SCM_RIGHTS of unix(7)).
 *
 * The receiver gets descriptors of its own, close-on-exec, for the same open files. The message arrives whole
 * or not at all.
 */
#ifndef STAMPMILL_SYS_RIGHTS_H
#define STAMPMILL_SYS_RIGHTS_H

#include <stddef.h>

/* The kernel takes 253 in one message. */
#define RIGHTS_MAX 128

/* At least one byte; up to RIGHTS_MAX descriptors. Never waits, never raises SIGPIPE. Returns 0; -EAGAIN when
 * the socket is full; -EPIPE or -ECONNRESET when the other end is gone; -EBADF for a descriptor that is none;
 * -ETOOMANYREFS, -ENOBUFS, -ENOMEM. */
int rights_send(int socket, const void *data, size_t size_bytes, const int *fds, size_t count);

/* A message of exactly `size_bytes` bytes and `count` descriptors; waits for it up to timeout_ms (-1: for
 * ever). Returns 1; 0 at end-of-file; -ETIMEDOUT; -EBADMSG for a message of another size, whose descriptors
 * are closed; -EMFILE when there is no room for all of them. */
int rights_receive(int socket, void *data, size_t size_bytes, int *fds, size_t count, int timeout_ms);

#endif
