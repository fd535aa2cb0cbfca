/*
 * plan.h: what becomes of each input, decided before anything is written.
 *
 * plan_new() takes the scan and, for each of its inputs, what the probe found; names and sizes the outputs;
 * and collects everything that makes the run unsound: names that collide or that a file system does not take,
 * outputs that are inputs, profiles that a format does not hold. It writes nothing and parses no picture.
 *
 * A picture of a format that cannot be written becomes JPEG, or PNG where it has transparency. A picture that
 * cannot be made as asked, because it would have more pixels than allowed or than the format holds, fails
 * alone.
 *
 * Two outputs collide when their paths are the same after Unicode normalisation and case folding, because
 * deliveries go to Windows and macOS, and when one is a folder of the other. In which way such names are
 * changed (settings->run.on_collision) depends on the inputs and their order only.
 */
#ifndef STAMPMILL_JOB_PLAN_H
#define STAMPMILL_JOB_PLAN_H

#include <stddef.h>

#include "base/err.h"
#include "job/facts.h"
#include "job/geometry.h"
#include "job/scan.h"
#include "job/settings.h"
#include "job/tokens.h"

/* What the probe said of one input: facts when err.reason is REASON_NONE. */
struct probe_verdict {
	struct facts facts;
	struct err err;
	int sequence;         /* the picture's number, for names; 0: none */
	size_t taken_instead; /* 1 + the input that shows the same shot and takes its place; 0: none
				 (raw_pairs.h) */
};

struct planned_output {
	char *path; /* below the output folder; "" where there is a problem with naming it; owned by the plan
		     */
	enum format format;
	struct geometry geometry;
};

enum planned_action {
	ACTION_MAKE,
	ACTION_SKIP, /* not a picture, camera raw, the other one of a pair */
	ACTION_FAIL  /* a picture that the probe refused, or that cannot be made as asked */
};

struct planned_input {
	enum planned_action action;
	const struct err *err; /* why, for ACTION_SKIP and ACTION_FAIL, else NULL; lives as long as the plan
				  and `probed` */
	struct planned_output
		*outputs; /* settings->outputs_count of them for ACTION_MAKE, else NULL; owned by the plan */
};

struct plan {
	const struct settings *settings;    /* borrowed */
	const struct scan *scan;            /* borrowed */
	const struct probe_verdict *probed; /* borrowed, one for each of scan->inputs */
	struct planned_input *inputs;       /* one for each of scan->inputs */
	size_t outputs_count;               /* per input */
	struct planned_sheet *sheets;       /* one for each of settings->sheets: sheet_plan.h */
	struct err *problems;               /* why the run must not start, for people: each a whole line that
					       begins with a name, in the order of the inputs; owned. After the
					       first PLAN_PROBLEMS_MAX the last one says how many more there are */
	size_t problems_count;
	size_t problems_beyond; /* those that are only counted */
	struct err **refusals;  /* what planned_input.err may point to; owned */
	size_t refusals_count;
};

#define PLAN_PROBLEMS_MAX 1000

/* `writable` are the formats that this build can write, JPEG and PNG among them. The output folder is looked
 * into, for inputs among what is there. Never NULL. */
struct plan *plan_new(const struct settings *settings, const struct scan *scan,
	const struct probe_verdict *probed, format_set writable);
void plan_free(struct plan *plan); /* NULL is allowed */

/* The output's name for people and events: the output folder as the user wrote it, a slash, the path. Heap
 * memory (free()). */
char *plan_output_name(const struct plan *plan, const struct planned_output *output);

/* An input and one of its outputs, which has its size, as names and texts speak of them. */
struct token_subject plan_subject(const struct plan *plan, size_t input, size_t output);

/* For those who check parts of a plan: one more problem, and names for its words: printable, a long one
 * shortened. Heap memory (g_free()). */
__attribute__((format(printf, 2, 3))) void plan_add_problem(struct plan *plan, const char *format, ...);
char *plan_show_output(const struct plan *plan, const struct planned_output *output);
char *plan_show_input(const struct plan *plan, size_t input);

#endif
