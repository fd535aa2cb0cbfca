/*
 * glob.h: one glob against one path, as filter.h tells what they mean. Pure.
 */
#ifndef STAMPMILL_JOB_GLOB_H
#define STAMPMILL_JOB_GLOB_H

#include <stdbool.h>

enum glob_end {
	GLOB_WHOLE,  /* the glob must match the whole path, or a folder that the path lies below */
	GLOB_FOLDERS /* it must match a folder that the path lies below */
};

/* True when `glob`, taken from the start of `path`, matches to such an end. */
bool glob_match(const char *glob, const char *path, enum glob_end end);

#endif
