/* What raw.h has, in a build without LibRaw: raw files are recognised, and not read. */
#include "image/raw.h"

bool raw_is_built(void)
{
	return false;
}

const char *raw_version(void)
{
	return NULL;
}

int raw_probe(int fd, struct facts *facts, struct err *err)
{
	return err_set(err, REASON_UNSUPPORTED, "this build has no LibRaw");
}

int raw_preview(int fd, enum fail_on fail_on, struct err *err)
{
	return err_set(err, REASON_UNSUPPORTED, "this build has no LibRaw");
}

VipsImage *raw_develop(int fd, const struct open_options *options, struct err *err)
{
	err_set(err, REASON_UNSUPPORTED, "this build has no LibRaw");
	return NULL;
}
