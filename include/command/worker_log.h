/*
 * worker_log.h: what workers have to say, through a queue into the run's log, each line with its worker's
 * name.
 *
 * Workers say what a run looks like from the inside (mp_log()): that they are at work, which picture they
 * begin, what is odd about their surroundings. What became of a picture the supervisor says, from its result:
 * that is there for a picture whose worker died, too, and a worker that a picture has taken over cannot forge
 * it.
 *
 * Calling order: worker_log_new() before the workers are forked; worker_log_listen() in the supervisor now
 * and then; worker_log_free() when they are gone.
 */
#ifndef STAMPMILL_COMMAND_WORKER_LOG_H
#define STAMPMILL_COMMAND_WORKER_LOG_H

#include "mp/queue.h"
#include "report/log.h"

/* From now on mp_log() goes there, from `level` on, in this process and those it forks. NULL with errno. */
struct mp_queue *worker_log_new(enum log_level level);

/* Log what is in it. Never waits, and comes to an end whatever the workers do. */
void worker_log_listen(struct mp_queue *records, struct log *log);

/* Log what is left, and free it. Sets *records to NULL; NULL is allowed. */
void worker_log_free(struct mp_queue **records, struct log *log);

#endif
