/* What a process has to say goes into a queue, which the parent empties. */
#include <stdio.h>

#include <mp/log.h>
#include <mp/process.h>

static int worker(void *log_queue)
{
	mp_log_to_queue(log_queue);
	mp_log_set_level(MP_LOG_INFO);
	mp_log(MP_LOG_INFO, "Logging from process");
	mp_log_to_queue(NULL); /* its end is no news */
	return 0;
}

int main(void)
{
	struct mp_queue *log_queue = mp_queue_new(0);
	const struct mp_process_config config = { .run = worker, .argument = log_queue };
	struct mp_process *process = mp_process_new(&config);
	struct mp_bytes bytes = MP_BYTES_INIT;
	struct mp_record record;
	char line[256];

	mp_process_start(process);
	mp_process_join(process, -1);
	while (mp_log_take(log_queue, &bytes, 0, &record) == 1) {
		mp_record_line(&record, line, sizeof line);
		printf("%s", line);
	}
	mp_bytes_free(&bytes);
	mp_process_free(&process);
	mp_queue_free(&log_queue);
	return 0;
}
