/*
 * making_marks.h: the marks of one output in the making: what they say, how they are drawn for it, and which
 * of their versions the picture gets. A part of making.h, which has the calls that the lanes make.
 *
 * Calling order: making_expand_texts() and making_find_marks() in RGB, which tells whether they are coloured;
 * making_find_marks() in the output's colours; making_take_marks(); making_forget_texts().
 */
#ifndef STAMPMILL_IMAGE_MAKING_MARKS_H
#define STAMPMILL_IMAGE_MAKING_MARKS_H

#include "image/making.h"

/* Once for each picture: both ways of drawing it need the same. 0, or -1 with `err`. */
int making_expand_texts(struct making *making, struct err *err);
void making_forget_texts(struct making *making);

/* All marks that are wanted, in all their versions, into making->choices. 0, or -1 with `err`. */
int making_find_marks(
	struct making *making, enum colour_model model, const struct profile *profile, struct err *err);

/* Whether grey pixels could not show all of them: of a mark in two versions either may be stamped. */
bool making_marks_are_coloured(const struct making *making);

/* Put them into making->compose, unless any of them waits for the picture. */
void making_take_marks(struct making *making);

#endif
