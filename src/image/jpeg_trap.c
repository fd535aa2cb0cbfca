#include "image/jpeg_trap.h"

#include <string.h>

#include "image/cause.h"

#define WARNINGS_FATAL 100

static struct jpeg_trap *trap_of(j_common_ptr codec)
{
	return (struct jpeg_trap *)codec->err;
}

static void remember(j_common_ptr codec)
{
	struct jpeg_trap *trap = trap_of(codec);
	char line[JMSG_LENGTH_MAX];
	size_t used = strlen(trap->said);

	codec->err->format_message(codec, line);
	snprintf(trap->said + used, sizeof(trap->said) - used, "%s\n", line);
}

__attribute__((noreturn)) static void trap_error(j_common_ptr codec)
{
	remember(codec);
	longjmp(trap_of(codec)->jump, 1);
}

static void trap_message(j_common_ptr codec, int level)
{
	if (level >= 0)
		return;
	codec->err->num_warnings++;
	if (codec->err->num_warnings == 1)
		remember(codec);
	else if (codec->err->num_warnings >= WARNINGS_FATAL)
		trap_error(codec);
}

/* Whatever is worth saying has been remembered. */
static void say_nothing(j_common_ptr codec)
{
}

struct jpeg_error_mgr *jpeg_trap_init(struct jpeg_trap *trap)
{
	memset(trap, 0, sizeof(*trap));
	jpeg_std_error(&trap->manager);
	trap->manager.error_exit = trap_error;
	trap->manager.emit_message = trap_message;
	trap->manager.output_message = say_nothing;
	return &trap->manager;
}

void jpeg_trap_reset(struct jpeg_trap *trap)
{
	trap->manager.num_warnings = 0;
	trap->said[0] = '\0';
}

long jpeg_trap_warnings(const struct jpeg_trap *trap)
{
	return trap->manager.num_warnings;
}

int jpeg_trap_err(const struct jpeg_trap *trap, struct err *err)
{
	struct cause cause;

	cause_find(&cause, trap->said, "", REASON_CORRUPT);
	return err_set(err, cause.reason, "%s", cause.text);
}
