#include "command/worker_log.h"

#include <errno.h>

#include "base/text.h"
#include "mp/log.h"

enum {
	RECORDS = 1024,
	NAME_SIZE = 64
};

static const enum mp_log_level levels[] = {
	[LOG_ERROR] = MP_LOG_ERROR,
	[LOG_WARNING] = MP_LOG_WARNING,
	[LOG_INFO] = MP_LOG_INFO,
	[LOG_DEBUG] = MP_LOG_DEBUG,
};

struct mp_queue *worker_log_new(enum log_level level)
{
	struct mp_queue *records = mp_queue_new(RECORDS);

	mp_log_to_queue(records);
	mp_log_set_level(levels[level]);
	return records;
}

/* No worker says an error: those are the supervisor's, who names each picture that failed. */
static enum log_level level_of(const struct mp_record *record)
{
	if (record->level >= MP_LOG_WARNING)
		return LOG_WARNING;
	return record->level >= MP_LOG_INFO ? LOG_INFO : LOG_DEBUG;
}

static void log_record(struct log *log, const struct mp_record *record)
{
	char worker[NAME_SIZE];

	text_printable(record->process, worker, sizeof(worker));
	if (record->lost > 0)
		log_line(log, LOG_WARNING, worker, "%llu messages lost: it said more than could be written",
			(unsigned long long)record->lost);
	log_line(log, level_of(record), worker, "%s", record->text);
}

void worker_log_listen(struct mp_queue *records, struct log *log)
{
	struct mp_bytes bytes = MP_BYTES_INIT;
	struct mp_record record;

	/* as many as the queue holds: a worker that never stops talking must not keep us here */
	for (int i = 0; i < RECORDS; i++) {
		int result = mp_log_take(records, &bytes, 0, &record);

		if (result == 1)
			log_record(log, &record);
		else if (result != 0 && result != -EBADMSG)
			break;
	}
	mp_bytes_free(&bytes);
}

void worker_log_free(struct mp_queue **records, struct log *log)
{
	if (!*records)
		return;
	worker_log_listen(*records, log);
	mp_log_to_queue(NULL);
	mp_queue_free(records);
}
