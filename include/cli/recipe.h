/*
 * recipe.h: a recipe file: what a studio makes of its pictures, written down once.
 *
 *     include = studio.ini
 *
 *     [input]
 *     exclude = *_draft*
 *
 *     [output]
 *     watermark = logo.png
 *
 *     [output web]
 *     resize = 2048
 *
 *     [output thumb]
 *     resize = 400
 *     name = thumbs/{dir}/{stem}.{ext}
 *
 * The form is recipe_text.h's. The keys are the long names of the options: in [input] those that say which
 * pictures, in [output NAME] those of one output, in [run] all others. Each [output NAME] is one picture made
 * of each input; [output] has what they share, wherever it stands. A switch is given as yes or no. Paths are
 * relative to the recipe that they stand in.
 *
 * `include = FILE`, before the first section, takes the lines of another recipe as if they came first: what
 * follows counts instead or in addition. Includes may be nested, not in a circle.
 */
#ifndef STAMPMILL_CLI_RECIPE_H
#define STAMPMILL_CLI_RECIPE_H

#include "base/err.h"
#include "job/settings.h"

#define RECIPE_BYTES_MAX (1024 * 1024)

/* Read `file` into `settings`, which have their defaults; after a failure they are to be freed. 0, or -1 with
 * `err`, which names file and line, the key and the form that is expected. */
int recipe_load(const char *file, struct settings *settings, struct err *err);

#endif
