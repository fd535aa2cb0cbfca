/*
 * jpeg_trap.h: libjpeg's way of failing, made into return values.
 *
 * libjpeg reports by calling back and must not be returned to after an error, so it is left by longjmp. Each
 * function of ours that calls it is of this form, and holds no local variable across the calls:
 *
 *	if (setjmp(trap->jump))
 *		return -1;
 *	jpeg_...(codec);
 *	return 0;
 *
 * Warnings are treated as libvips' JPEG loader treats them, so that both lanes say the same of a damaged
 * file: the first is remembered, and the hundredth is an error.
 */
#ifndef STAMPMILL_IMAGE_JPEG_TRAP_H
#define STAMPMILL_IMAGE_JPEG_TRAP_H

/* libjpeg's header needs size_t and FILE. */
/* clang-format off */
#include <stddef.h>
#include <stdio.h>
#include <jpeglib.h>
/* clang-format on */

#include <setjmp.h>

#include "base/err.h"

struct jpeg_trap {
	struct jpeg_error_mgr manager; /* first, because libjpeg hands out a pointer to it */
	jmp_buf jump;
	char said[2 * JMSG_LENGTH_MAX + 2]; /* the first warning and the error, a line each */
};

/* Set up the trap; give the result to the codec's `err` before anything else is done with it. */
struct jpeg_error_mgr *jpeg_trap_init(struct jpeg_trap *trap);

/* Forget what an earlier picture said. */
void jpeg_trap_reset(struct jpeg_trap *trap);

long jpeg_trap_warnings(const struct jpeg_trap *trap);

/* Put what libjpeg said into `err`, sorted as libvips' words are (cause.h). Returns -1. */
int jpeg_trap_err(const struct jpeg_trap *trap, struct err *err);

#endif
