/*
 * current.h: who this process is, and what the next one it makes is called.
 *
 * A process has a name and a number among its siblings; "2:1" is the first child of the second child of the
 * first process.
 */
#ifndef STAMPMILL_MP_CURRENT_H
#define STAMPMILL_MP_CURRENT_H

#include <stddef.h>

#define CURRENT_NUMBER_SIZE 64

/* In a child that has just been born. Both strings are kept by reference. */
void current_become(const char *name, const char *number);

/* The number of the next child, into `number`; "" when it has become too long to tell. */
void current_number_next(char number[CURRENT_NUMBER_SIZE]);

#endif
