/*
 * cgroup.h: the control groups that bound this process, of version 1 and 2 (cgroups(7)).
 *
 * A limit holds for a group and all below it, so every group from this process's own up to the top that can
 * be seen counts.
 */
#ifndef STAMPMILL_SYS_CGROUP_H
#define STAMPMILL_SYS_CGROUP_H

#include <stdbool.h>
#include <stdio.h>

/* Called with each group's folder; `unified`: it is one of version 2. */
typedef void cgroup_visitor(void *data, const char *folder, bool unified);

/* Visit the groups of `controller` ("cpu", "memory"). `root` is "" but in tests, which put a made-up /proc
 * below it. */
void cgroup_each(const char *root, const char *controller, cgroup_visitor *visit, void *data);

/* Up to two numbers at the beginning of a group's file; returns how many there are ("max" is none). `name`
 * begins with a slash. */
int cgroup_read(const char *folder, const char *name, double numbers[2]);

/* A group's file, to be closed by the caller, or NULL. */
FILE *cgroup_open(const char *folder, const char *name);

#endif
