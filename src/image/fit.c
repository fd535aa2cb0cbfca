#include "image/fit.h"

void fit_begin(struct fit *fit, int quality)
{
	*fit = (struct fit){ .too_high = quality + 1 };
}

bool fit_next(struct fit *fit)
{
	if (fit->attempts == FIT_ATTEMPTS_MAX || fit->too_high - fit->best <= 1)
		return false;
	fit->quality = fit->attempts++ ? (fit->best + fit->too_high) / 2 : fit->too_high - 1;
	return true;
}

void fit_tell(struct fit *fit, bool fits)
{
	if (fits)
		fit->best = fit->quality;
	else
		fit->too_high = fit->quality;
}
