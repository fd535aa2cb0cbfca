#include <stdio.h>
#include <string.h>

#include "mp/team.h"
#include "sys/signals.h"

char *mp_result_text(const struct mp_result *result, char *buffer, size_t size)
{
	static const char *const words[] = {
		[MP_DONE] = "done",
		[MP_TIMEOUT] = "out of time",
		[MP_CANCELLED] = "cancelled",
		[MP_LOST] = "no worker could do it",
	};

	if (!buffer || size == 0)
		return buffer;
	if (!result) {
		snprintf(buffer, size, "not ended");
		return buffer;
	}
	switch (result->outcome) {
	case MP_FAILED:
		if (result->size_bytes > 0)
			snprintf(buffer, size, "%.*s", (int)strnlen(result->data, result->size_bytes),
				(const char *)result->data);
		else
			snprintf(buffer, size, "failed with %d", result->failure);
		break;
	case MP_CRASHED:
		if (result->signal)
			snprintf(buffer, size, "killed by %s", signals_name(result->signal));
		else
			snprintf(buffer, size, "its worker broke the protocol");
		break;
	case MP_EXITED:
		snprintf(buffer, size, "exited with status %d", result->failure);
		break;
	default:
		snprintf(buffer, size, "%s", words[result->outcome]);
	}
	return buffer;
}
