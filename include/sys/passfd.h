/*
 * passfd.h: handing an open descriptor to another process over a Unix socket (unix(7), SCM_RIGHTS).
 */
#ifndef STAMPMILL_SYS_PASSFD_H
#define STAMPMILL_SYS_PASSFD_H

/* Send a duplicate of `fd` through a SOCK_SEQPACKET socket, without waiting. Returns 0; -EAGAIN when it is
 * full; -EPIPE or -ECONNRESET when the other end is gone; -ETOOMANYREFS when too many are on their way. */
int passfd_send(int socket, int fd);

/* Receive one, without waiting; it is close-on-exec. Returns 1 and the descriptor; 0 at end-of-file; -EAGAIN
 * when there is none; -EBADMSG for a message that does not bring exactly one, also because this process has
 * no room for it. */
int passfd_receive(int socket, int *fd);

#endif
