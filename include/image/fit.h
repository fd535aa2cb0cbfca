/*
 * fit.h: the highest quality at which a file is not larger than allowed (--max-bytes), in few attempts.
 *
 * Higher quality is taken to give larger files. The first attempt is at the quality that was asked for, which
 * most often does; then the interval is halved. After FIT_ATTEMPTS_MAX the best so far counts: that is at
 * most one step below the best there is.
 *
 * Calling order: fit_begin(); while fit_next(), make the file at .quality and fit_tell().
 */
#ifndef STAMPMILL_IMAGE_FIT_H
#define STAMPMILL_IMAGE_FIT_H

#include <stdbool.h>

#define FIT_ATTEMPTS_MAX 7

struct fit {
	int quality;  /* to try now, or tried last */
	int best;     /* the highest known to fit; 0: none */
	int too_high; /* the lowest known not to */
	int attempts;
};

void fit_begin(struct fit *fit, int quality);
bool fit_next(struct fit *fit);
void fit_tell(struct fit *fit, bool fits);

#endif
