/*
 * sheet_task.h: one file of a contact sheet, as the supervisor asks a worker for it; what comes back is a
 * make_reply (task.h) of one output.
 *
 * As bytes it is checked like any other message. What sheet_request_unpack() fills points into the message
 * and is freed by sheet_request_finish().
 */
#ifndef STAMPMILL_JOB_SHEET_TASK_H
#define STAMPMILL_JOB_SHEET_TASK_H

#include "job/sheet_settings.h"
#include "job/task.h"

struct sheet_picture {
	const char *path;    /* below the output folder */
	const char *caption; /* UTF-8; "": none */
	int width_px, height_px;
	unsigned char content[TASK_DIGEST_BYTES]; /* of the file; for the digest, not sent */
};

struct sheet_request {
	size_t sheet;         /* index into settings->sheets */
	const char *path;     /* of the file, below the output folder */
	int64_t date_s;       /* of a PDF: sheet_plan_date(); 0 for a JPEG, which does not tell */
	const char **headers; /* one for each page of the file, in UTF-8; "": none */
	size_t pages;
	struct sheet_picture *pictures; /* in the order of their places */
	size_t pictures_count;
};

void sheet_request_pack(const struct sheet_request *request, struct pack *pack);
/* `settings`: what the worker has. 0, or -EBADMSG with nothing to be freed. */
int sheet_request_unpack(
	struct sheet_request *request, const struct settings *settings, const void *data, size_t size_bytes);
void sheet_request_finish(struct sheet_request *request);

/* The digest of all that is seen in the file, by which the ledger knows that it is up to date: of the section
 * of the recipe, its logo by its contents; and with that of the texts, the pictures and their places. Each 0,
 * or -1 with `err`: the logo cannot be read (reason watermark), memory is out. */
int sheet_digest_section(
	const struct sheet_settings *sheet, unsigned char section[TASK_DIGEST_BYTES], struct err *err);
int sheet_digest(const struct sheet_request *request, const unsigned char section[TASK_DIGEST_BYTES],
	unsigned char digest[TASK_DIGEST_BYTES], struct err *err);

#endif
