#include "sys/channel.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

#define MAGIC 0x6c6c696du
#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

struct header {
	uint32_t magic, type;
	uint64_t size_bytes; /* of the body */
	uint32_t in_memfd;   /* 1: the body is in the descriptor that comes along; 0: it follows */
	uint32_t zero;
};

int channel_inbox_init(struct channel_inbox *inbox, size_t limit_bytes)
{
	inbox->buffer = malloc(sizeof(struct header) + CHANNEL_INLINE);
	inbox->large = NULL;
	inbox->limit_bytes = limit_bytes;
	return inbox->buffer ? 0 : -ENOMEM;
}

void channel_inbox_finish(struct channel_inbox *inbox)
{
	free(inbox->buffer);
	free(inbox->large);
	inbox->buffer = NULL;
	inbox->large = NULL;
}

void *channel_inbox_take_large(struct channel_inbox *inbox)
{
	return take_ptr(inbox->large);
}

static int send_message(int fd, const struct msghdr *message, bool wait)
{
	while (sendmsg(fd, message, MSG_NOSIGNAL | (wait ? 0 : MSG_DONTWAIT)) < 0)
		if (errno != EINTR)
			return errno == EWOULDBLOCK ? -EAGAIN : -errno;
	return 0;
}

static int write_all(int fd, const void *data, size_t size_bytes)
{
	const char *next = data;

	while (size_bytes > 0) {
		ssize_t written = write(fd, next, size_bytes);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -errno;
		next += written;
		size_bytes -= (size_t)written;
	}
	return 0;
}

/* Returns a sealed memfd that holds the parts, or a negative errno. */
static int make_memfd(const struct iovec *parts, int count)
{
	autoclose int memfd = memfd_create("channel", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (memfd < 0)
		return -errno;
	for (int i = 0; i < count; i++) {
		int result = write_all(memfd, parts[i].iov_base, parts[i].iov_len);

		if (result)
			return result;
	}
	if (fcntl(memfd, F_ADD_SEALS, SEALS))
		return -errno;
	return take_fd(&memfd);
}

static int send_in_memfd(int fd, struct header *header, const struct iovec *parts, int count, bool wait)
{
	autoclose int memfd = make_memfd(parts, count);
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { 0 };
	struct iovec head = { .iov_base = header, .iov_len = sizeof *header };
	struct msghdr message = {
		.msg_iov = &head,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof control,
	};
	struct cmsghdr *rights = CMSG_FIRSTHDR(&message);

	if (memfd < 0)
		return memfd;
	header->in_memfd = 1;
	rights->cmsg_level = SOL_SOCKET;
	rights->cmsg_type = SCM_RIGHTS;
	rights->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(rights), &memfd, sizeof memfd);
	return send_message(fd, &message, wait);
}

int channel_send(int fd, uint32_t type, const struct iovec *parts, int count, bool wait)
{
	struct header header = { .magic = MAGIC, .type = type };
	struct iovec all[1 + CHANNEL_PARTS] = { { .iov_base = &header, .iov_len = sizeof header } };
	struct msghdr message = { .msg_iov = all, .msg_iovlen = 1 + (size_t)count };

	assert(count <= CHANNEL_PARTS);
	for (int i = 0; i < count; i++) {
		all[1 + i] = parts[i];
		header.size_bytes += parts[i].iov_len;
	}
	if (header.size_bytes <= CHANNEL_INLINE) {
		int result = send_message(fd, &message, wait);

		/* where the administrator has made socket buffers very small */
		if (result != -EMSGSIZE)
			return result;
	}
	return send_in_memfd(fd, &header, parts, count, wait);
}

/* Takes in the descriptors that came along. Returns the only one, -1 when there was none, or -EBADMSG when
 * there were more (all are closed then). */
static int take_descriptors(struct msghdr *message)
{
	int only = -1, seen = 0;

	for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part; part = CMSG_NXTHDR(message, part)) {
		size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < count; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(part) + i * sizeof fd, sizeof fd);
			if (seen++ == 0)
				only = fd;
			else
				close(fd);
		}
	}
	if (seen > 1) {
		close(only);
		return -EBADMSG;
	}
	return only;
}

static int read_all(int fd, void *data, size_t size_bytes)
{
	char *next = data;
	off_t offset = 0;

	while (size_bytes > 0) {
		ssize_t got = pread(fd, next, size_bytes, offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? -errno : -EBADMSG;
		next += got;
		offset += got;
		size_bytes -= (size_t)got;
	}
	return 0;
}

/* Only a memfd has seals, and a sealed one can neither block its reader nor be cut short under it. */
static int read_memfd(int memfd, size_t size_bytes, void **body)
{
	autofree void *copy = NULL;
	struct stat stat;
	int seals = fcntl(memfd, F_GET_SEALS);
	int result;

	if (seals < 0 || (seals & SEALS) != SEALS || fstat(memfd, &stat) ||
		(uint64_t)stat.st_size != size_bytes)
		return -EBADMSG;
	copy = malloc(size_bytes);
	if (!copy)
		return -ENOMEM;
	result = read_all(memfd, copy, size_bytes);
	if (result)
		return result;
	*body = take_ptr(copy);
	return 0;
}

/* Returns the bytes received, 0 at end-of-file, or a negative errno. */
static ssize_t receive_message(int fd, struct msghdr *message, bool wait)
{
	for (;;) {
		ssize_t got = recvmsg(fd, message, MSG_CMSG_CLOEXEC | (wait ? 0 : MSG_DONTWAIT));

		if (got >= 0)
			return got;
		/* ECONNRESET says once that the other end was closed with unread messages in it; what it had
		 * sent before is still to come */
		if (errno != EINTR && errno != ECONNRESET)
			return errno == EWOULDBLOCK ? -EAGAIN : -errno;
	}
}

int channel_receive(int fd, struct channel_inbox *inbox, bool wait, struct channel_message *message)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec all = { .iov_base = inbox->buffer, .iov_len = sizeof(struct header) + CHANNEL_INLINE };
	struct msghdr received = {
		.msg_iov = &all,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = CMSG_LEN(sizeof(int)),
	};
	const struct header *header = (const struct header *)inbox->buffer;
	autoclose int memfd = -1;
	ssize_t got;

	free(take_ptr(inbox->large));
	got = receive_message(fd, &received, wait);
	if (got < 0 || (got == 0 && received.msg_controllen == 0))
		return (int)got;
	memfd = take_descriptors(&received);
	if (memfd == -EBADMSG || received.msg_flags & (MSG_TRUNC | MSG_CTRUNC))
		return -EBADMSG;
	if ((size_t)got < sizeof *header || header->magic != MAGIC || header->zero != 0)
		return -EBADMSG;
	if (header->size_bytes > inbox->limit_bytes)
		return -EMSGSIZE;
	message->type = header->type;
	message->size_bytes = header->size_bytes;
	if (header->in_memfd == 0) {
		message->body = header + 1;
		return memfd < 0 && header->size_bytes == (size_t)got - sizeof *header ? 1 : -EBADMSG;
	}
	if (header->in_memfd != 1 || memfd < 0 || (size_t)got != sizeof *header || header->size_bytes == 0)
		return -EBADMSG;
	got = read_memfd(memfd, message->size_bytes, &inbox->large);
	message->body = inbox->large;
	return got ? (int)got : 1;
}
