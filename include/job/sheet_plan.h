/*
 * sheet_plan.h: which pictures stand on a contact sheet, in which order, and under which names its files will
 * be: a part of the plan (plan.h), decided before anything is written.
 *
 * All pictures that are to be made count: one that fails afterwards leaves no place empty, so a sheet may
 * have fewer files than were planned, never more, nor others. For the same reason the day that a sheet's
 * texts tell is that of the newest picture planned, by the camera's clock; by its file's where no picture
 * tells.
 */
#ifndef STAMPMILL_JOB_SHEET_PLAN_H
#define STAMPMILL_JOB_SHEET_PLAN_H

#include "job/plan.h"
#include "job/sheet_layout.h"

struct planned_sheet {
	const struct sheet_settings *settings; /* borrowed */
	size_t output;                         /* the one that is shown: index into settings->outputs */
	struct sheet_layout layout;
	size_t *inputs; /* indices into plan->inputs, in the order of the sheet */
	size_t inputs_count;
	size_t newest;                /* one of them; where there are none, nothing */
	struct planned_output *files; /* of which only the path is used */
	size_t files_count;           /* 0 where there are no pictures */
};

/* Plan sheet `index` of the settings into plan->sheets, whose inputs have their outputs. */
void sheet_plan_init(struct plan *plan, size_t index);
void sheet_plan_finish(struct planned_sheet *sheet);

/* How many pictures a file of it holds at most, and how many pages that is for `pictures` of them. */
size_t sheet_plan_per_file(const struct planned_sheet *sheet);

/* When the newest picture was taken, by the camera's clock, or its file changed: seconds since 1970. */
int64_t sheet_plan_date(const struct plan *plan, const struct planned_sheet *sheet);

/* The texts, in UTF-8 and of one line: the header of a page (from 1; "" without one), and what stands below a
 * picture (""). Heap memory (g_free()). */
char *sheet_plan_header(const struct plan *plan, const struct planned_sheet *sheet, int page, int pages);
char *sheet_plan_caption(const struct plan *plan, const struct planned_sheet *sheet, size_t input);

#endif
