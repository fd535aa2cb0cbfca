/*
 * channel.h: messages of any size between two processes over a SOCK_SEQPACKET socket.
 *
 * A message is a type and a body, and arrives whole or not at all. A body of up to CHANNEL_INLINE bytes
 * travels in the socket; a bigger one as a sealed memfd (a SEQPACKET message cannot hold more than about
 * 208 KiB, see socket(7), unix(7), memfd_create(2)).
 *
 * The receiver trusts nothing: the other end may have been taken over by a stranger's file. A message that is
 * not exactly as channel_send() makes it gives -EBADMSG, whatever came with it is closed, and nothing was
 * believed. The body of a memfd is copied, so it cannot change while it is read.
 */
#ifndef STAMPMILL_SYS_CHANNEL_H
#define STAMPMILL_SYS_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#define CHANNEL_INLINE 65536
#define CHANNEL_PARTS 7

struct channel_inbox {
	unsigned char *buffer; /* owned: the header and an inline body */
	void *large;           /* owned: the last body that came as a memfd, or NULL */
	size_t limit_bytes;    /* bigger bodies are refused */
};

struct channel_message {
	uint32_t type;
	const void *body; /* aligned to 8; the inbox's, until the next message is received */
	size_t size_bytes;
};

/* Returns 0 or -ENOMEM. One inbox serves any number of sockets. */
int channel_inbox_init(struct channel_inbox *inbox, size_t limit_bytes);
void channel_inbox_finish(struct channel_inbox *inbox);

/* The last message's body as heap memory that is now the caller's (free()), or NULL when it came inline. */
void *channel_inbox_take_large(struct channel_inbox *inbox);

/* Send a body made of up to CHANNEL_PARTS parts. With `wait` it sleeps while the socket is full. Never raises
 * SIGPIPE. Returns 0; -EAGAIN when the socket is full; -EPIPE or -ECONNRESET when the other end is gone;
 * -ENOMEM, -ENOBUFS, -EMFILE, -ENOSPC when the system has no room for it. */
int channel_send(int fd, uint32_t type, const struct iovec *parts, int count, bool wait);

/* Receive one message. With `wait` it sleeps until there is one. Returns 1; 0 at end-of-file; -EAGAIN when
 * there is none; -EBADMSG; -EMSGSIZE for a body over the limit; -ENOMEM; -EMFILE. */
int channel_receive(int fd, struct channel_inbox *inbox, bool wait, struct channel_message *message);

#endif
