#include <assert.h>

#include "image/make_planar.h"

/* What make_planar.c is in a build without zimg: lane_choose() is told that there is no such lane. */

bool make_planar_is_built(void)
{
	return false;
}

int make_planar(struct making *makings, size_t count, struct err *err)
{
	assert(!"chosen, but not built");
	return err_set(err, REASON_INTERNAL, "this build has no planar lane");
}

void make_planar_finish(struct maker *maker)
{
}
