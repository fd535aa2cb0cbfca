/*
 * collide.h: outputs of a plan that want one name.
 */
#ifndef STAMPMILL_JOB_COLLIDE_H
#define STAMPMILL_JOB_COLLIDE_H

#include "job/plan.h"

/* Change the names that collide, as settings->run.on_collision says:
 *   number    the first, in the order of the inputs, keeps its name; the others get -2, -3, ... before the
 *             extension, never one that any other output has
 *   keep-ext  all whose input has another extension get that one before their own (a.heic.jpg)
 */
void collide_resolve(struct plan *plan);

/* Add a problem for each name that still collides. */
void collide_check(struct plan *plan);

/* `path` in the form in which names are compared. Heap memory (g_free()). */
char *collide_key(const char *path);

#endif
