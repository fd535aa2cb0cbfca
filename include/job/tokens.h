/*
 * tokens.h: text with tokens in it, for a picture: the names of outputs (naming.h), and any other text that
 * tells one picture from another.
 *
 * {dir}, {stem} and {ext} are of the input's path below INPUT: its folder (may be empty), its name without
 * the extension, and the extension: its own spelling where that fits the output's format, else the format's
 * usual one. {output} is the output's name in the recipe (may be empty), {width} and {height} its size in
 * pixels. {stem:lower} and {stem:upper} change the case; {dir}, {ext} and {output} too.
 *
 * {date:FORMAT} is when the picture was taken, by the camera's clock, or where it does not say, when the file
 * was changed; FORMAT as in strftime(3), or %Y-%m-%d where it is left out. {date:FORMAT|TEXT} does not look
 * at the file: without a date it is TEXT. {exif:NAME} is what the camera wrote (facts.h has the names), else
 * "unknown"; or TEXT in {exif:NAME|TEXT}. {seq:N} is the picture's number, in N digits at least.
 *
 * Text of a contact sheet has other tokens: {sheet} is its name, {page:N} and {pages} are the page's number
 * and how many there are, {ext} is of the sheet's format; {output} is the output that it shows, and
 * {date:FORMAT} the day of its newest picture, whose facts the subject has.
 *
 * {{ and }} are braces.
 */
#ifndef STAMPMILL_JOB_TOKENS_H
#define STAMPMILL_JOB_TOKENS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "job/facts.h"
#include "job/format.h"

struct token_sheet {
	const char *label, *ext;
	int page, pages; /* from 1; `pages` 0: not known yet, and {pages} is refused */
};

struct token_subject {
	const char *input;  /* the input's path below its root */
	const char *output; /* the output's name in the recipe, or "" */
	enum format format; /* of the output; one that has an extension */
	int width_px, height_px;
	const struct facts *facts; /* NULL: nothing is known */
	int64_t changed_s;         /* when the input's file was changed */
	int sequence;
	const struct token_sheet *sheet; /* NULL: text of a picture */
};

/* Whether `template` has {seq} in it. */
bool tokens_count(const char *template);

/* Append `template` to `text`, its tokens replaced. For a path, what the picture says never makes a folder or
 * a hidden file, and the slash after an empty token is dropped where it would leave an empty part. 0, or -1
 * with `err`: a token that is not known, a brace that stands alone. Whether it fails depends on the template
 * only. */
int tokens_expand(const char *template, const struct token_subject *subject, bool for_path, GString *text,
	struct err *err);

/* Is text that is no path sound, whatever the picture? 0, or -1 with `err`. The same for a picture's caption
 * on a contact sheet, which may have {seq} in it, and for text of a sheet. */
int tokens_check(const char *template, struct err *err);
int tokens_check_caption(const char *template, struct err *err);
int tokens_check_sheet(const char *template, struct err *err);

/* Are there tokens in it, so that it may be another text for each picture? */
bool tokens_are_in(const char *template);

#endif
