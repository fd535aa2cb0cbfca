/*
 * studio.h: the workers of a run: image tasks on the pool.
 *
 * The one place where pool and pictures meet: names the workers' tasks (workplace.h) to the pool, and holds
 * what workers inherit.
 *
 * Calling order: studio_init(), which forks the workers; submit; drive .pool; studio_finish().
 */
#ifndef STAMPMILL_COMMAND_STUDIO_H
#define STAMPMILL_COMMAND_STUDIO_H

#include "job/lane_choice.h"
#include "job/plan.h"
#include "job/scan.h"
#include "job/settings.h"
#include "job/sheet_task.h"
#include "job/task.h"
#include "mp/board.h"
#include "mp/pool.h"
#include "mp/queue.h"
#include "report/log.h"

#define STUDIO_NONE_AHEAD SIZE_MAX

struct studio {
	const struct settings *settings; /* borrowed */
	const struct scan *scan;         /* borrowed */
	int output_fd;                   /* borrowed; -1 when nothing will be made */
	int *kept_fds; /* roots and output folder: all that a worker has open of the supervisor's */
	struct mp_pool *pool;
	struct mp_board *board;
	struct mp_queue *records; /* what the workers have to say: see worker_log.h */
	size_t ahead;             /* the input that comes after the one submitted next; STUDIO_NONE_AHEAD */
	bool lost_a_worker; /* in the middle of what it did, so that it may have left a temporary file */
};

/* Fork `workers` workers. Returns 0 or a negative errno. `studio` must not move afterwards. */
int studio_init(struct studio *studio, const struct settings *settings, const struct scan *scan,
	int output_fd, int workers);
/* Send the workers home, and log what they had to say. */
void studio_finish(struct studio *studio, struct log *log);

/* Submit a task; the tag it ends with is `index` or `tag`. Each returns 0 or a negative errno. Bit i of
 * `up_to_date` says that output i is not to be made. */
int studio_submit_probe(struct studio *studio, size_t index);
int studio_submit_verify(struct studio *studio, size_t index);
int studio_submit_check(struct studio *studio, uint64_t tag);
int studio_submit_make(struct studio *studio, size_t index, const struct facts *facts,
	const struct planned_input *planned, uint64_t up_to_date);

int studio_submit_sheet(struct studio *studio, const struct sheet_request *request, uint64_t tag);

/* Which lane a picture of these facts takes to become what was planned. */
struct lane_choice studio_lane(
	const struct studio *studio, const struct facts *facts, const struct planned_input *planned);

/* The time a picture of these facts may take, as --timeout says. */
int64_t studio_timeout_ms(const struct settings *settings, const struct facts *facts);

/* Say in words why a task ended without a result, or what its reply says otherwise: `err` is filled when the
 * outcome is not MP_DONE or MP_FAILED. Returns 0 when there is a reply to unpack, else -1. */
int studio_outcome(const struct mp_ended *ended, struct err *err);

#endif
