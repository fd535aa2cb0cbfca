#include "job/allowance.h"

#include <stdbool.h>
#include <stddef.h>

#define OF_WORKER_S 60
#define A_MEGAPIXEL_S 2
/* AV1 at the highest effort takes five times as long as at the usual one: 4 s a megapixel, measured. */
#define A_MEGAPIXEL_WITH_EFFORT_S 20
/* How many times --max-bytes may have it encoded (fit.h). */
#define ATTEMPTS 7

static double a_megapixel_s(const struct output_settings *output, const struct facts *facts)
{
	bool avif = output->format == FORMAT_AVIF ||
		    (output->format == FORMAT_NONE && facts->format == FORMAT_AVIF);
	double seconds = A_MEGAPIXEL_S;

	if (!avif)
		return seconds;
	if (output->avif_effort > EFFORT_DEFAULT)
		seconds = A_MEGAPIXEL_WITH_EFFORT_S;
	return output->max_bytes ? seconds * ATTEMPTS : seconds;
}

double allowance_s(const struct settings *settings, const struct facts *facts)
{
	double seconds = OF_WORKER_S;

	for (size_t i = 0; facts && i < settings->outputs_count; i++)
		seconds += a_megapixel_s(&settings->outputs[i], facts) * facts->width_px / 1e6 *
			   facts->height_px;
	return seconds;
}
