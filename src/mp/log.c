#include "mp/log.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "mp/process.h"

/* With their zero bytes. A record with both fits a message that the queue holds in one piece. */
#define TEXT_BYTES 3840
#define NAME_BYTES 128
#define CUT "..."
#define LINE_BYTES PIPE_BUF
#define PATIENCE_MS 1000

static atomic_int least_level = MP_LOG_WARNING;
static atomic_int line_fd = -1;
static struct mp_queue *_Atomic record_queue;

/* This process's own records that found no room, and whether the last one did. */
static struct {
	atomic_int owner;
	atomic_bool gave_up;
	atomic_ullong lost;
} backlog;

/* A record as a message; name and text follow, each with its zero byte. */
struct head {
	int64_t time_us;
	uint64_t lost;
	int32_t level, pid;
	uint32_t name_bytes, text_bytes; /* with the zero bytes */
};

struct message {
	struct head head;
	char strings[NAME_BYTES + TEXT_BYTES];
};

void mp_log_set_level(enum mp_log_level level)
{
	atomic_store(&least_level, (int)level);
}

enum mp_log_level mp_log_level(void)
{
	return (enum mp_log_level)atomic_load(&least_level);
}

void mp_log_to_stderr(void)
{
	mp_log_to_fd(STDERR_FILENO);
}

void mp_log_to_fd(int fd)
{
	atomic_store(&line_fd, fd);
}

void mp_log_to_queue(struct mp_queue *queue)
{
	atomic_store(&record_queue, queue);
}

const char *mp_log_level_name(enum mp_log_level level)
{
	if (level < MP_LOG_INFO)
		return "DEBUG";
	if (level < MP_LOG_WARNING)
		return "INFO";
	return level < MP_LOG_ERROR ? "WARNING" : "ERROR";
}

/* `text` in printable form into `buffer`, ending in "..." where it does not fit. Returns the length. */
static size_t show(const char *text, char *buffer, size_t size)
{
	char whole[4 * TEXT_BYTES];
	size_t length = strlen(text_printable(text, whole, sizeof whole));

	if (length < size)
		return strlen(memcpy(buffer, whole, length + 1));
	length = strlen(text_printable(text, buffer, size - sizeof CUT + 1));
	memcpy(buffer + length, CUT, sizeof CUT);
	return length + sizeof CUT - 1;
}

size_t mp_record_line(const struct mp_record *record, char *buffer, size_t size)
{
	char name[NAME_BYTES];
	int length;

	if (!record || !buffer)
		return 0;
	show(record->process, name, sizeof name);
	length = snprintf(buffer, size, "[%s/%s] ", mp_log_level_name(record->level), name);
	if (length < 0 || (size_t)length + sizeof CUT + 1 > size)
		return 0;
	length += (int)show(record->text, buffer + length, size - (size_t)length - 1);
	memcpy(buffer + length, "\n", 2);
	return (size_t)length + 1;
}

/* ---- saying ---- */

static int write_whole(int fd, const char *line, size_t size_bytes)
{
	while (size_bytes > 0) {
		ssize_t written = write(fd, line, size_bytes);

		if (written < 0 && errno != EINTR)
			return -errno;
		if (written > 0) {
			line += written;
			size_bytes -= (size_t)written;
		}
	}
	return 0;
}

static void say_line(int fd, const struct mp_record *record)
{
	char line[LINE_BYTES];

	write_whole(fd, line, mp_record_line(record, line, sizeof line));
}

/* What a parent lost is the parent's to tell. */
static void be_this_process(void)
{
	int self = getpid();

	if (atomic_exchange(&backlog.owner, self) == self)
		return;
	atomic_store(&backlog.gave_up, false);
	atomic_store(&backlog.lost, 0);
}

static void put_record(struct mp_queue *queue, const struct mp_record *record)
{
	struct message message = {
		.head = { .time_us = record->time_us,
			.level = (int32_t)record->level,
			.pid = record->pid,
			.name_bytes = (uint32_t)strnlen(record->process, NAME_BYTES - 1) + 1,
			.text_bytes = (uint32_t)strlen(record->text) + 1 },
	};
	char *text = message.strings + message.head.name_bytes;

	be_this_process();
	memcpy(message.strings, record->process, message.head.name_bytes - 1);
	memcpy(text, record->text, message.head.text_bytes);
	message.head.lost = atomic_exchange(&backlog.lost, 0);
	if (mp_queue_put(queue, &message, (size_t)(text - (char *)&message) + message.head.text_bytes,
		    atomic_load(&backlog.gave_up) ? 0 : PATIENCE_MS) == 0) {
		atomic_store(&backlog.gave_up, false);
		return;
	}
	atomic_store(&backlog.gave_up, true);
	atomic_fetch_add(&backlog.lost, message.head.lost + 1);
}

static int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

__attribute__((format(printf, 2, 0))) static void compose(
	char text[TEXT_BYTES], const char *format, va_list arguments)
{
	int length = vsnprintf(text, TEXT_BYTES, format, arguments);

	if (length < 0)
		text[0] = '\0';
	if (length >= TEXT_BYTES)
		memcpy(text + TEXT_BYTES - sizeof CUT, CUT, sizeof CUT);
}

void mp_log(enum mp_log_level level, const char *format, ...)
{
	struct mp_queue *queue = atomic_load(&record_queue);
	int fd = atomic_load(&line_fd), saved = errno;
	struct mp_record record = { .level = level, .pid = getpid(), .process = mp_current_process_name() };
	char text[TEXT_BYTES];
	va_list arguments;

	if ((int)level < atomic_load(&least_level) || (fd < 0 && !queue))
		return;
	va_start(arguments, format);
	compose(text, format, arguments);
	va_end(arguments);
	record.time_us = now_us();
	record.text = text;
	if (fd >= 0)
		say_line(fd, &record);
	if (queue)
		put_record(queue, &record);
	errno = saved;
}

/* ---- listening ---- */

static bool is_string(const char *text, size_t size_bytes)
{
	return size_bytes > 0 && strnlen(text, size_bytes) == size_bytes - 1;
}

static int unpack(const struct mp_bytes *bytes, struct mp_record *record)
{
	const char *strings = bytes->data + sizeof(struct head);
	struct head head;

	if (bytes->size_bytes <= sizeof head)
		return -EBADMSG;
	memcpy(&head, bytes->data, sizeof head);
	if ((uint64_t)head.name_bytes + head.text_bytes != bytes->size_bytes - sizeof head ||
		head.name_bytes > NAME_BYTES || head.text_bytes > TEXT_BYTES ||
		!is_string(strings, head.name_bytes) ||
		!is_string(strings + head.name_bytes, head.text_bytes))
		return -EBADMSG;
	*record = (struct mp_record){
		.level = (enum mp_log_level)head.level,
		.pid = head.pid,
		.time_us = head.time_us,
		.lost = head.lost,
		.process = strings,
		.text = strings + head.name_bytes,
	};
	return 1;
}

int mp_log_take(struct mp_queue *queue, struct mp_bytes *bytes, int timeout_ms, struct mp_record *record)
{
	int result;

	if (!queue || !bytes || !record)
		return -EINVAL;
	result = mp_queue_get(queue, bytes, timeout_ms);
	if (result)
		return result;
	return bytes->size_bytes == 0 ? 0 : unpack(bytes, record);
}

static int write_record(int fd, const struct mp_record *record)
{
	char line[LINE_BYTES];
	size_t length = 0;

	if (record->lost > 0)
		length = (size_t)snprintf(line, sizeof line, "[WARNING/%s] %llu records lost: no room\n",
			record->process, (unsigned long long)record->lost);
	length += mp_record_line(record, line + length, sizeof line - length);
	return write_whole(fd, line, length);
}

int mp_log_listen(struct mp_queue *queue, int fd)
{
	struct mp_bytes bytes = MP_BYTES_INIT;
	struct mp_record record;
	int result;

	if (!queue)
		return -EINVAL;
	do {
		result = mp_log_take(queue, &bytes, -1, &record);
		if (result == 1)
			result = write_record(fd, &record) ?: 1;
	} while (result == 1 || result == -EBADMSG);
	mp_bytes_free(&bytes);
	return result;
}

int mp_log_end(struct mp_queue *queue)
{
	if (!queue)
		return -EINVAL;
	return mp_queue_put(queue, NULL, 0, -1);
}
