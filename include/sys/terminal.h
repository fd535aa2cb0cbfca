/*
 * terminal.h: what a descriptor's terminal is like.
 */
#ifndef STAMPMILL_SYS_TERMINAL_H
#define STAMPMILL_SYS_TERMINAL_H

#include <stdbool.h>

/* True when `fd` is a terminal that can redraw a line: TERM is given and is not "dumb". */
bool terminal_is_smart(int fd);

/* True when it is smart and this process's group is in its foreground, or the terminal is not the one that
 * controls this process: drawing now does not get into another job's way. */
bool terminal_can_draw(int fd);

/* Columns, at least 20; 80 where the terminal does not say. */
int terminal_width(int fd);

#endif
