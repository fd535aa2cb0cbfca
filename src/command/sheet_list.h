/*
 * sheet_list.h: the files of a run's contact sheets, and what stands on each.
 */
#ifndef STAMPMILL_COMMAND_SHEET_LIST_H
#define STAMPMILL_COMMAND_SHEET_LIST_H

#include <glib.h>

#include "command/run.h"
#include "job/sheet_plan.h"
#include "job/sheet_task.h"

/* One file: a page, or in a PDF all of them. */
struct sheet_file {
	size_t sheet; /* index into plan->sheets */
	size_t first; /* of its pictures, among those that the sheet shows */
	size_t count;
	int page, pages, pages_of_sheet;
	const char *path; /* of the plan */
	unsigned char digest[TASK_DIGEST_BYTES];
	bool ended;
};

/* What a sheet shows. */
struct shown {
	size_t *inputs;
	size_t count;
	unsigned char section[TASK_DIGEST_BYTES];
	struct err err; /* why it cannot be made; REASON_NONE: nothing known */
};

struct sheets {
	struct shown *shown; /* one for each of plan->sheets */
	GArray *files;       /* struct sheet_file */
	guint next;          /* the first that was not given out */
	int in_hand, most_in_hand;
};

/* A request, and the texts that it points to. */
struct letter {
	struct sheet_request request;
	GPtrArray *texts;
};

/* Set up run->sheets: of the pictures that were delivered and are on the disk; in a dry run, of all planned.
 */
void sheet_list_begin(struct run *run);
void sheet_list_end(struct run *run);

struct sheet_file *sheet_list_file(const struct run *run, guint index);

/* Write the letter that asks a worker for the file. letter_finish() when it is sent. */
void letter_write(const struct run *run, const struct sheet_file *file, struct letter *letter);
void letter_finish(struct letter *letter);

/* Fill the file's digest. 0, or -1 with `err`. */
int sheet_list_digest(const struct run *run, struct sheet_file *file, struct err *err);

#endif
