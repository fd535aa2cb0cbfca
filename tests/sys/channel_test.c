#include "sys/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

/* As channel.c lays it out. */
struct header {
	uint32_t magic, type;
	uint64_t size_bytes;
	uint32_t in_memfd, zero;
};
#define MAGIC 0x6c6c696du
#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)
#define LIMIT_BYTES (8u << 20)

static int ends[2];
static struct channel_inbox inbox;
static int lowest_free_fd;

static int first_free_fd(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	close(fd);
	return fd;
}

static int set_up(void **state)
{
	(void)state;
	lowest_free_fd = first_free_fd();
	if (channel_inbox_init(&inbox, LIMIT_BYTES))
		return -1;
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends);
}

/* No descriptor is left over. */
static int tear_down(void **state)
{
	(void)state;
	close(ends[0]);
	close(ends[1]);
	channel_inbox_finish(&inbox);
	return first_free_fd() == lowest_free_fd ? 0 : -1;
}

static int send_bytes(uint32_t type, const void *data, size_t size_bytes)
{
	const struct iovec part = { .iov_base = (void *)data, .iov_len = size_bytes };

	return channel_send(ends[0], type, &part, 1, false);
}

static struct iovec part_of(const char *text)
{
	return (struct iovec){ .iov_base = (void *)text, .iov_len = strlen(text) };
}

static int receive(struct channel_message *message)
{
	return channel_receive(ends[1], &inbox, false, message);
}

static unsigned char *pattern(size_t size_bytes)
{
	unsigned char *bytes = malloc(size_bytes + 1);

	assert_non_null(bytes);
	for (size_t i = 0; i < size_bytes; i++)
		bytes[i] = (unsigned char)(i * 2654435761u >> 24);
	return bytes;
}

static void a_message_arrives_whole_whatever_its_size(void **state)
{
	static const size_t sizes[] = { 0, 1, 24, CHANNEL_INLINE, CHANNEL_INLINE + 1, 212960, LIMIT_BYTES };

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		unsigned char *bytes = pattern(sizes[i]);
		struct channel_message message;

		assert_int_equal(send_bytes(40 + (uint32_t)i, bytes, sizes[i]), 0);
		assert_int_equal(receive(&message), 1);
		assert_int_equal(message.type, 40 + i);
		assert_int_equal(message.size_bytes, sizes[i]);
		assert_int_equal((uintptr_t)message.body % 8, 0);
		assert_int_equal(memcmp(message.body, bytes, sizes[i]), 0);
		free(bytes);
	}
}

static void parts_are_joined(void **state)
{
	const struct iovec parts[] = { part_of("shoot"), part_of(""), part_of("/a.jpg") };
	struct channel_message message;

	(void)state;
	assert_int_equal(channel_send(ends[0], 1, parts, 3, true), 0);
	assert_int_equal(channel_receive(ends[1], &inbox, true, &message), 1);
	assert_int_equal(message.size_bytes, 11);
	assert_memory_equal(message.body, "shoot/a.jpg", 11);
}

static void a_big_body_can_be_kept(void **state)
{
	unsigned char *bytes = pattern(100000), *kept;
	struct channel_message message;

	(void)state;
	assert_int_equal(send_bytes(1, bytes, 100000), 0);
	assert_int_equal(send_bytes(2, bytes, 10), 0);
	assert_int_equal(receive(&message), 1);
	kept = channel_inbox_take_large(&inbox);
	assert_ptr_equal(kept, message.body);
	assert_int_equal(receive(&message), 1);
	assert_null(channel_inbox_take_large(&inbox));
	assert_int_equal(memcmp(kept, bytes, 100000), 0);
	free(kept);
	free(bytes);
}

static void a_full_socket_says_so(void **state)
{
	unsigned char *bytes = pattern(60000);
	struct channel_message message;
	int sent = 0, result;

	(void)state;
	while ((result = send_bytes(1, bytes, 60000)) == 0)
		sent++;
	assert_int_equal(result, -EAGAIN);
	assert_true(sent >= 1);
	for (int i = 0; i < sent; i++)
		assert_int_equal(receive(&message), 1);
	assert_int_equal(receive(&message), -EAGAIN);
	free(bytes);
}

/* The kernel tells of the reset before it hands out what was sent: nothing may be lost by that. */
static void what_was_sent_before_the_end_arrives(void **state)
{
	struct channel_message message;
	const struct iovec unread = part_of("unread");

	(void)state;
	assert_int_equal(channel_send(ends[1], 9, &unread, 1, false), 0);
	assert_int_equal(send_bytes(7, "result", 6), 0);
	close(ends[0]);
	ends[0] = -1;
	assert_int_equal(receive(&message), 1);
	assert_int_equal(message.type, 7);
	assert_int_equal(receive(&message), 0);
	assert_int_equal(receive(&message), 0);
	assert_int_equal(channel_send(ends[1], 9, &unread, 1, false), -EPIPE);
}

/* ---- the other end is hostile ---- */

static void send_raw(const void *data, size_t size_bytes, const int *fds, int count)
{
	struct iovec part = { .iov_base = (void *)data, .iov_len = size_bytes };
	union {
		char bytes[CMSG_SPACE(sizeof(int) * 8)];
		struct cmsghdr align;
	} control = { 0 };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	if (count > 0) {
		message.msg_control = &control;
		message.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)count);
		CMSG_FIRSTHDR(&message)->cmsg_level = SOL_SOCKET;
		CMSG_FIRSTHDR(&message)->cmsg_type = SCM_RIGHTS;
		CMSG_FIRSTHDR(&message)->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)count);
		memcpy(CMSG_DATA(CMSG_FIRSTHDR(&message)), fds, sizeof(int) * (size_t)count);
	}
	assert_true(sendmsg(ends[0], &message, 0) >= 0);
}

static int make_memfd(size_t size_bytes, int seals)
{
	int memfd = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	assert_true(memfd >= 0);
	assert_int_equal(ftruncate(memfd, (off_t)size_bytes), 0);
	assert_int_equal(fcntl(memfd, F_ADD_SEALS, seals), 0);
	return memfd;
}

static void messages_that_are_not_ours_are_refused(void **state)
{
	static const struct header headers[] = {
		{ .magic = MAGIC + 1 },
		{ .magic = MAGIC, .zero = 1 },
		{ .magic = MAGIC, .in_memfd = 2 },
		{ .magic = MAGIC, .size_bytes = 1 },                /* says one byte, brings none */
		{ .magic = MAGIC, .in_memfd = 1, .size_bytes = 9 }, /* says a memfd, brings none */
		{ .magic = MAGIC, .in_memfd = 1 },
	};
	static const unsigned char much[CHANNEL_INLINE + 1000];
	struct channel_message message;

	(void)state;
	for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
		send_raw(&headers[i], sizeof headers[i], NULL, 0);
		assert_int_equal(receive(&message), -EBADMSG);
	}
	for (size_t size = 1; size < sizeof(struct header); size++) {
		send_raw(&(struct header){ .magic = MAGIC }, size, NULL, 0);
		assert_int_equal(receive(&message), -EBADMSG);
	}
	send_raw(much, sizeof much, NULL, 0);
	assert_int_equal(receive(&message), -EBADMSG);
	send_raw(&(struct header){ .magic = MAGIC, .size_bytes = LIMIT_BYTES + 1 }, sizeof(struct header),
		NULL, 0);
	assert_int_equal(receive(&message), -EMSGSIZE);
	send_raw(
		&(struct header){ .magic = MAGIC, .size_bytes = UINT64_MAX }, sizeof(struct header), NULL, 0);
	assert_int_equal(receive(&message), -EMSGSIZE);
	/* and after all that a good one is read */
	assert_int_equal(send_bytes(3, "good", 4), 0);
	assert_int_equal(receive(&message), 1);
}

static void descriptors_that_are_no_sealed_memory_are_refused(void **state)
{
	const struct header one_page = { .magic = MAGIC, .in_memfd = 1, .size_bytes = 4096 };
	const struct header no_fd_wanted = { .magic = MAGIC };
	struct channel_message message;
	int pipe_ends[2], fds[8];

	(void)state;
	assert_int_equal(pipe(pipe_ends), 0);
	fds[0] = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	fds[1] = pipe_ends[0];
	fds[2] = make_memfd(4096, 0);
	fds[3] = make_memfd(4096, F_SEAL_SEAL | F_SEAL_GROW | F_SEAL_WRITE);
	fds[4] = make_memfd(4095, SEALS);
	fds[5] = make_memfd(8192, SEALS);
	for (int i = 0; i < 6; i++) {
		send_raw(&one_page, sizeof one_page, &fds[i], 1);
		assert_int_equal(receive(&message), -EBADMSG);
	}
	fds[6] = fds[7] = make_memfd(4096, SEALS);
	send_raw(&no_fd_wanted, sizeof no_fd_wanted, &fds[6], 1);
	assert_int_equal(receive(&message), -EBADMSG);
	send_raw(&one_page, sizeof one_page, &fds[6], 2);
	assert_int_equal(receive(&message), -EBADMSG);
	send_raw(&one_page, sizeof one_page, fds, 8);
	assert_int_equal(receive(&message), -EBADMSG);
	send_raw("", 0, &fds[6], 1);
	assert_int_equal(receive(&message), -EBADMSG);
	send_raw(&one_page, sizeof one_page, &fds[6], 1);
	assert_int_equal(receive(&message), 1);
	assert_int_equal(message.size_bytes, 4096);
	for (int i = 0; i < 7; i++)
		close(fds[i]);
	close(pipe_ends[1]);
}

/* A sparse memfd of a terabyte costs the sender nothing. */
static void a_body_over_the_limit_costs_no_memory(void **state)
{
	struct header huge = { .magic = MAGIC, .in_memfd = 1, .size_bytes = 1ull << 40 };
	struct channel_message message;
	int memfd = make_memfd(1ull << 40, SEALS);

	(void)state;
	send_raw(&huge, sizeof huge, &memfd, 1);
	assert_int_equal(receive(&message), -EMSGSIZE);
	close(memfd);
}

/* Where the administrator allows only tiny socket buffers, everything travels in memory. */
static void small_socket_buffers_are_no_hindrance(void **state)
{
	unsigned char *bytes = pattern(50000);
	struct channel_message message;
	int tiny = 4096;

	(void)state;
	assert_int_equal(setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &tiny, sizeof tiny), 0);
	assert_int_equal(send_bytes(1, bytes, 50000), 0);
	assert_int_equal(receive(&message), 1);
	assert_int_equal(message.size_bytes, 50000);
	assert_int_equal(memcmp(message.body, bytes, 50000), 0);
	free(bytes);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_message_arrives_whole_whatever_its_size),
		TEST(parts_are_joined),
		TEST(a_big_body_can_be_kept),
		TEST(a_full_socket_says_so),
		TEST(what_was_sent_before_the_end_arrives),
		TEST(messages_that_are_not_ours_are_refused),
		TEST(descriptors_that_are_no_sealed_memory_are_refused),
		TEST(a_body_over_the_limit_costs_no_memory),
		TEST(small_socket_buffers_are_no_hindrance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
