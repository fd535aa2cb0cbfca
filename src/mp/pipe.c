#include "mp/pipe.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/channel.h"
#include "sys/clock.h"

#define MESSAGE 1

struct mp_pipe {
	int fd;
	struct channel_inbox inbox;
};

struct mp_pipe *mp_pipe_attach(int fd)
{
	autofree struct mp_pipe *pipe = calloc(1, sizeof *pipe);
	socklen_t length = sizeof(int);
	int type;

	if (!pipe)
		return NULL;
	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) || type != SOCK_SEQPACKET) {
		errno = EINVAL;
		return NULL;
	}
	if (channel_inbox_init(&pipe->inbox, MP_PIPE_MESSAGE_MAX)) {
		errno = ENOMEM;
		return NULL;
	}
	pipe->fd = fd;
	return take_ptr(pipe);
}

int mp_pipe_new(struct mp_pipe **one, struct mp_pipe **other)
{
	struct mp_pipe *first = NULL, *second = NULL;
	int pair[2];

	if (!one || !other)
		return -EINVAL;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return -errno;
	first = mp_pipe_attach(pair[0]);
	second = mp_pipe_attach(pair[1]);
	if (!first)
		close(pair[0]);
	if (!second)
		close(pair[1]);
	if (!first || !second) {
		mp_pipe_free(&first);
		mp_pipe_free(&second);
		return -ENOMEM;
	}
	*one = first;
	*other = second;
	return 0;
}

/* Returns 0, or -ETIMEDOUT. */
static int wait_for(const struct mp_pipe *pipe, short events, int timeout_ms, int64_t until_ms)
{
	struct pollfd ready = { .fd = pipe->fd, .events = events };
	int64_t left_ms = timeout_ms < 0 ? -1 : until_ms - clock_ms();

	if (timeout_ms >= 0 && left_ms <= 0)
		return -ETIMEDOUT;
	poll(&ready, 1, (int)left_ms);
	return 0;
}

int mp_pipe_send(struct mp_pipe *pipe, const void *data, size_t size_bytes, int timeout_ms)
{
	const struct iovec part = { .iov_base = (void *)data, .iov_len = size_bytes };
	int64_t until_ms = clock_ms() + timeout_ms;

	if (!pipe)
		return -EINVAL;
	if (size_bytes > MP_PIPE_MESSAGE_MAX)
		return -EMSGSIZE;
	if (!data && size_bytes > 0)
		return -EINVAL;
	for (;;) {
		int result = channel_send(pipe->fd, MESSAGE, &part, 1, timeout_ms < 0);

		if (result != -EAGAIN)
			return result == -ECONNRESET ? -EPIPE : result;
		result = wait_for(pipe, POLLOUT, timeout_ms, until_ms);
		if (result)
			return result;
	}
}

int mp_pipe_receive(struct mp_pipe *pipe, struct mp_bytes *bytes, int timeout_ms)
{
	int64_t until_ms = clock_ms() + timeout_ms;
	struct channel_message message;
	int result;

	if (!pipe || !bytes)
		return -EINVAL;
	while ((result = channel_receive(pipe->fd, &pipe->inbox, timeout_ms < 0, &message)) == -EAGAIN) {
		result = wait_for(pipe, POLLIN, timeout_ms, until_ms);
		if (result)
			return result;
	}
	if (result != 1)
		return result == -EMSGSIZE ? -EBADMSG : result;
	if (message.type != MESSAGE)
		return -EBADMSG;
	result = mp_bytes_resize(bytes, message.size_bytes);
	if (result)
		return result;
	if (message.size_bytes > 0)
		memcpy(bytes->data, message.body, message.size_bytes);
	return 1;
}

int mp_pipe_fd(const struct mp_pipe *pipe)
{
	if (!pipe)
		return -1;
	return pipe->fd;
}

void mp_pipe_free(struct mp_pipe **pipe_address)
{
	struct mp_pipe *pipe = pipe_address ? *pipe_address : NULL;

	if (!pipe)
		return;
	*pipe_address = NULL;
	close(pipe->fd);
	channel_inbox_finish(&pipe->inbox);
	free(pipe);
}
