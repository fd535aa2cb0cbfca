/*
 * raw_choice.h: of what the picture of a camera's raw file is made: of the preview that the camera put into
 * it, a JPEG, or of its sensor's values. Pure arithmetic, on what the probe found and on the settings.
 *
 * A preview is as good as the developed picture where it has its size, within a few pixels at the edges: the
 * camera crops a little, and more where it was told to shoot another shape than its sensor's. A smaller one
 * will do where it has the sensor's shape and every output comes out as large of it, without being enlarged;
 * so never for what asks for a share of the size, or keeps it. Otherwise the picture is developed: a
 * photographer would rather wait for it than get it smaller than asked for.
 */
#ifndef STAMPMILL_JOB_RAW_CHOICE_H
#define STAMPMILL_JOB_RAW_CHOICE_H

#include "job/facts.h"
#include "job/settings.h"

/* Let the facts of a raw file be those of the picture that will be made of it; other facts are left alone.
 * Twice is allowed. */
void raw_choose(struct facts *facts, const struct settings *settings);

#endif
