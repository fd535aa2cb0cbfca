/*
 * making.h: one output in the making: what both lanes do alike, and what they share to do it.
 *
 * Calling order: making_init(); the lane fills .found; making_plan() decides on colours and marks; the lane
 * makes the picture of .compose; making_write() writes it to a file and gives that its name; making_finish().
 * A making stays where it is from making_plan() on, since .compose points into it.
 *
 * Where making_waits(), .compose has no marks yet: they depend on the picture. The lane makes that without
 * them, in memory, then making_choose_marks() puts them into .compose, and the lane stamps them.
 */
#ifndef STAMPMILL_IMAGE_MAKING_H
#define STAMPMILL_IMAGE_MAKING_H

#include "image/colour.h"
#include "image/compose.h"
#include "image/encode.h"
#include "image/maker.h"
#include "image/mark_choice.h"
#include "image/metadata.h"
#include "sys/outfile.h"

struct planar;

struct maker {
	const struct settings *settings;
	int output_fd;
	struct maker_hooks hooks;
	struct colours *colours;
	struct marks *marks;
	struct planar *planar; /* made when first needed */
};

/* Tell the hooks. */
void maker_reach(const struct maker *maker, enum stage stage);

struct making {
	struct maker *maker;
	int input_fd;
	int picture_fd; /* where the pixels are: the input, or what was unwrapped from it */
	const struct make_request *request;
	const struct make_output *output;
	const struct output_settings *settings;
	struct made_output *made;
	struct make_reply *reply;

	/* what the lane finds in the input; borrowed from it */
	struct found {
		struct pixels pixels; /* the profile apart */
		const void *icc;      /* NULL: none */
		size_t icc_bytes;
		const struct metadata *metadata;
		double density_x, density_y; /* pixels per millimetre */
	} found;

	/* what making_plan() decides */
	struct colour_choice colour;
	struct compose compose;
	char *texts[MARKS_MAX]; /* of the marks that are text, for this picture */
	struct mark_choice choices[MARKS_MAX];
	size_t choices_count;
	struct mark marks[MARKS_MAX]; /* of those, when they are taken */
	bool marked;                  /* with all marks that were wanted, but those that would not fit */
};

/* Output `i` of the request; its pixels are in the input until .picture_fd is set to another file. */
void making_init(struct making *making, struct maker *maker, int input_fd, const struct make_request *request,
	size_t i, struct make_reply *reply);

void making_finish(struct making *making);

/* 0, or -1 with `err`. */
int making_plan(struct making *making, struct err *err);

/* Whether marks wait for the picture. */
bool making_waits(const struct making *making);

/* Choose them by the picture as .compose has it so far, whose pixels, those of .compose.to, `read` gives. 0,
 * or -1 with `err`. */
int making_choose_marks(struct making *making, ground_read read, void *data, struct err *err);

/* Pass on the result of a step that read the input; but a file that changes while it is read gives anything,
 * from a good picture to a decoder's complaint, and none of it counts: then -1 with `err`, reason vanished.
 */
int making_check_unchanged(const struct making *making, int result, struct err *err);

/* Encode to `fd`; `order` has what both lanes know, the image is missing. 0, or -1 with `err`. */
typedef int (*making_encode)(void *data, int fd, struct encode_order *order, bool *dropped, struct err *err);

int making_write(struct making *making, making_encode encode, void *data, struct err *err);

/* Add `text` to what a person should know of the picture, once. */
void making_warn(struct make_reply *reply, const char *text);

double making_ms(int64_t us);

#endif
