/*
 * planes_mark.h: the mark blended into planes.
 *
 * Blending is linear and so are Y, Cb and Cr in red, green and blue: blending each plane gives what blending
 * the colours would. A chroma sample takes the mean of what the mark does to the pixels that it covers, so
 * that edges show no colour that the picture or the mark has not.
 */
#ifndef STAMPMILL_IMAGE_PLANES_MARK_H
#define STAMPMILL_IMAGE_PLANES_MARK_H

#include "base/err.h"
#include "image/mark.h"
#include "image/planes.h"

/* Blend `mark`, of RGB for three planes or of grey for one. 0, or -ENOMEM. */
int planes_mark(struct planes *planes, const struct mark *mark);

#endif
