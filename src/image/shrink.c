#include "image/shrink.h"

#include <math.h>

int shrink_reserve(enum sampling sampling)
{
	switch (sampling) {
	case SAMPLING_FAST:
		return 1;
	case SAMPLING_GOOD:
		return 2;
	default:
		return 0;
	}
}

double shrink_factor(int width_px, int height_px, int to_width_px, int to_height_px)
{
	return fmin((double)width_px / to_width_px, (double)height_px / to_height_px);
}

int shrink_jpeg(enum sampling sampling, double factor)
{
	int reserve = shrink_reserve(sampling), shrink = reserve ? 8 : 1;

	while (shrink > 1 && factor < shrink * reserve)
		shrink /= 2;
	return shrink;
}
