/*
 * holding.h: what an output's file can hold, by its format and by the options of that format.
 */
#ifndef STAMPMILL_JOB_HOLDING_H
#define STAMPMILL_JOB_HOLDING_H

#include <stdbool.h>

#include "job/facts.h"
#include "job/settings.h"

struct holding {
	bool grey, cmyk; /* beside RGB, which each of them holds */
	bool alpha;
	bool wide;    /* 16 bits a sample; 8 always */
	bool quality; /* the size of the file follows --quality */
};

struct holding holding_of(const struct output_settings *output, enum format format);

bool holding_has(const struct holding *holding, enum colour_model model);

#endif
