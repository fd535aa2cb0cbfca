#include "mp/birth.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/rights.h"

#define MESSAGE 1
#define DATA_MAX ((size_t)1 << 30)

enum share_kind {
	SHARE_NONE,
	SHARE_QUEUE,
	SHARE_PIPE,
	SHARE_LOCK,
	SHARE_VALUE,
	SHARE_RATE,
	SHARE_MANAGER,
	SHARE_FD
};

/* The given bytes follow, and the name with its zero byte. The descriptors come in a message of their own. */
struct head {
	uint64_t data_bytes, name_bytes, result_max_bytes;
	uint32_t kind, index, of_chunks, share_count;
	char role[BIRTH_ROLE_SIZE], number[CURRENT_NUMBER_SIZE];
	uint8_t share_kinds[MP_SHARES_MAX];
};

_Static_assert(sizeof(struct head) % 8 == 0, "the data behind it is aligned");
_Static_assert(MP_SHARES_MAX <= RIGHTS_MAX, "all descriptors are in one message");

/* Which of its members is set, or SHARE_NONE for none or several. */
static enum share_kind kind_of(const struct mp_share *share)
{
	int set = !!share->queue + !!share->pipe + !!share->lock + !!share->shared + !!share->rate +
		  !!share->manager + !!share->fd;

	if (set != 1 || (share->fd && share->fd <= STDERR_FILENO))
		return SHARE_NONE;
	return share->queue     ? SHARE_QUEUE
	       : share->pipe    ? SHARE_PIPE
	       : share->lock    ? SHARE_LOCK
	       : share->shared  ? SHARE_VALUE
	       : share->rate    ? SHARE_RATE
	       : share->manager ? SHARE_MANAGER
				: SHARE_FD;
}

bool birth_is_sound(const struct mp_given *given)
{
	if ((!given->data && given->size_bytes > 0) || given->size_bytes > DATA_MAX ||
		(!given->shares && given->share_count > 0) || given->share_count > MP_SHARES_MAX)
		return false;
	for (size_t i = 0; i < given->share_count; i++)
		if (kind_of(&given->shares[i]) == SHARE_NONE)
			return false;
	return true;
}

static int descriptor_of(const struct mp_share *share)
{
	switch (kind_of(share)) {
	case SHARE_QUEUE:
		return mp_queue_fd(share->queue);
	case SHARE_PIPE:
		return mp_pipe_fd(share->pipe);
	case SHARE_LOCK:
		return mp_lock_fd(share->lock);
	case SHARE_VALUE:
		return mp_shared_fd(share->shared);
	case SHARE_RATE:
		return mp_rate_fd(share->rate);
	case SHARE_MANAGER:
		return mp_manager_fd(share->manager);
	default:
		return share->fd;
	}
}

int birth_send(int line, const struct birth *birth)
{
	struct head head = {
		.data_bytes = birth->given.size_bytes,
		.name_bytes = strlen(birth->name) + 1,
		.result_max_bytes = birth->result_max_bytes,
		.kind = birth->kind,
		.index = (uint32_t)birth->index,
		.of_chunks = birth->of_chunks,
		.share_count = (uint32_t)birth->given.share_count,
	};
	const struct iovec parts[] = {
		{ .iov_base = &head, .iov_len = sizeof head },
		{ .iov_base = (void *)birth->given.data, .iov_len = birth->given.size_bytes },
		{ .iov_base = (void *)birth->name, .iov_len = head.name_bytes },
	};
	int fds[MP_SHARES_MAX], result;

	strncpy(head.role, birth->role, sizeof head.role - 1);
	strncpy(head.number, birth->number, sizeof head.number - 1);
	for (size_t i = 0; i < birth->given.share_count; i++) {
		head.share_kinds[i] = (uint8_t)kind_of(&birth->given.shares[i]);
		fds[i] = descriptor_of(&birth->given.shares[i]);
	}
	result = channel_send(line, MESSAGE, parts, 3, false);
	if (result == 0 && birth->given.share_count > 0)
		result = rights_send(line, "", 1, fds, birth->given.share_count);
	return result == -ECONNRESET ? -EPIPE : result;
}

/* ---- the other side ---- */

/* The share's own from now on, whatever is returned: 0 or a negative errno. */
static int attach(enum share_kind kind, int fd, struct mp_share *share)
{
	autoclose int own = fd;
	bool made = true;

	switch (kind) {
	case SHARE_QUEUE:
		made = (share->queue = mp_queue_attach(own)) != NULL;
		break;
	case SHARE_PIPE:
		made = (share->pipe = mp_pipe_attach(own)) != NULL;
		if (made)
			take_fd(&own);
		break;
	case SHARE_LOCK:
		made = (share->lock = mp_lock_attach(own)) != NULL;
		break;
	case SHARE_VALUE:
		made = (share->shared = mp_shared_attach(own)) != NULL;
		break;
	case SHARE_RATE:
		made = (share->rate = mp_rate_attach(own)) != NULL;
		break;
	case SHARE_MANAGER:
		made = (share->manager = mp_manager_attach(own)) != NULL;
		break;
	default:
		share->fd = take_fd(&own);
	}
	return made ? 0 : -errno;
}

static int receive_shares(int line, const struct head *head, struct mp_share *shares)
{
	int fds[MP_SHARES_MAX], result;
	char byte;

	if (head->share_count == 0)
		return 0;
	result = rights_receive(line, &byte, 1, fds, head->share_count, -1);
	if (result != 1)
		return result == 0 ? -EPIPE : result;
	result = 0;
	for (uint32_t i = 0; i < head->share_count; i++) {
		int error = attach((enum share_kind)head->share_kinds[i], fds[i], &shares[i]);

		if (error)
			result = error;
	}
	return result;
}

static int unpack(const struct channel_message *message, int line, struct born *born)
{
	const struct head *head = message->body;
	const char *data = (const char *)(head + 1);

	if (message->type != MESSAGE || message->size_bytes < sizeof *head ||
		message->size_bytes != sizeof *head + head->data_bytes + head->name_bytes ||
		head->share_count > MP_SHARES_MAX)
		return -EBADMSG;
	born->shares = calloc(head->share_count + 1, sizeof *born->shares);
	if (!born->shares)
		return -ENOMEM;
	born->birth = (struct birth){
		.kind = (enum birth_kind)head->kind,
		.role = head->role,
		.name = data + head->data_bytes,
		.number = head->number,
		.given = { data, head->data_bytes, born->shares, head->share_count },
		.index = (int)head->index,
		.of_chunks = head->of_chunks != 0,
		.result_max_bytes = head->result_max_bytes,
	};
	return receive_shares(line, head, born->shares);
}

int birth_receive(int line, struct born *born)
{
	struct channel_message message;
	int result;

	*born = (struct born){ 0 };
	result = channel_inbox_init(&born->inbox, SIZE_MAX);
	if (result)
		return result;
	result = channel_receive(line, &born->inbox, true, &message);
	if (result == 1) {
		int error = unpack(&message, line, born);

		result = error ? error : 1;
	}
	if (result != 1)
		born_finish(born);
	return result;
}

void born_finish(struct born *born)
{
	for (size_t i = 0; i < born->birth.given.share_count; i++) {
		struct mp_share *share = &born->shares[i];

		mp_queue_free(&share->queue);
		mp_pipe_free(&share->pipe);
		mp_lock_free(&share->lock);
		mp_shared_free(&share->shared);
		mp_rate_free(&share->rate);
		mp_manager_free(&share->manager);
		if (share->fd > 0)
			close(share->fd);
	}
	free(born->shares);
	channel_inbox_finish(&born->inbox);
	*born = (struct born){ 0 };
}
