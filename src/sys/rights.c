#include "sys/rights.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sys/clock.h"

union control {
	char bytes[CMSG_SPACE(RIGHTS_MAX * sizeof(int))];
	struct cmsghdr align;
};

int rights_send(int socket, const void *data, size_t size_bytes, const int *fds, size_t count)
{
	union control control = { .bytes = { 0 } };
	struct iovec part = { .iov_base = (void *)data, .iov_len = size_bytes };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	assert(size_bytes > 0 && count <= RIGHTS_MAX);
	if (count > 0) {
		struct cmsghdr *rights;

		message.msg_control = &control;
		message.msg_controllen = CMSG_SPACE(count * sizeof *fds);
		rights = CMSG_FIRSTHDR(&message);
		rights->cmsg_level = SOL_SOCKET;
		rights->cmsg_type = SCM_RIGHTS;
		rights->cmsg_len = CMSG_LEN(count * sizeof *fds);
		memcpy(CMSG_DATA(rights), fds, count * sizeof *fds);
	}
	while (sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		if (errno != EINTR)
			return errno == EWOULDBLOCK ? -EAGAIN : -errno;
	return 0;
}

/* Those that came along, into `fds` when they are `count` of them. Otherwise closes them. Returns 0 or
 * -EBADMSG. */
static int take_descriptors(struct msghdr *message, int *fds, size_t count)
{
	int all[RIGHTS_MAX];
	size_t seen = 0;

	for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part; part = CMSG_NXTHDR(message, part)) {
		size_t here = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS)
			continue;
		memcpy(all + seen, CMSG_DATA(part), here * sizeof(int));
		seen += here;
	}
	if (seen == count) {
		for (size_t i = 0; i < count; i++)
			fds[i] = all[i];
		return 0;
	}
	while (seen > 0)
		close(all[--seen]);
	return -EBADMSG;
}

/* Returns 0 or -ETIMEDOUT. */
static int wait_for_message(int socket, int timeout_ms)
{
	int64_t until_ms = clock_ms() + timeout_ms;

	for (;;) {
		struct pollfd ready = { .fd = socket, .events = POLLIN };
		int64_t left_ms = timeout_ms < 0 ? -1 : until_ms - clock_ms();

		if (timeout_ms > 0 && left_ms < 0)
			left_ms = 0;
		if (poll(&ready, 1, timeout_ms == 0 ? 0 : (int)left_ms) > 0)
			return 0;
		if (timeout_ms >= 0 && left_ms <= 0)
			return -ETIMEDOUT;
	}
}

int rights_receive(int socket, void *data, size_t size_bytes, int *fds, size_t count, int timeout_ms)
{
	union control control;
	struct iovec part = { .iov_base = data, .iov_len = size_bytes };
	struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
	};
	ssize_t got;

	if (wait_for_message(socket, timeout_ms))
		return -ETIMEDOUT;
	do
		got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	while (got < 0 && (errno == EINTR || errno == ECONNRESET));
	if (got < 0)
		return errno == EWOULDBLOCK ? -ETIMEDOUT : -errno;
	if (got == 0 && message.msg_controllen == 0)
		return 0;
	if (take_descriptors(&message, fds, count))
		return message.msg_flags & MSG_CTRUNC ? -EMFILE : -EBADMSG;
	if ((size_t)got != size_bytes || message.msg_flags & MSG_TRUNC) {
		while (count > 0)
			close(fds[--count]);
		return -EBADMSG;
	}
	return 1;
}
