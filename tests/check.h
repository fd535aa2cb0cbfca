/*
 * check.h: cmocka with the headers that it needs before it.
 *
 * A cmocka assertion in a forked child would run the next tests in the child: children return a status, the
 * parent asserts.
 */
#ifndef STAMPMILL_TESTS_CHECK_H
#define STAMPMILL_TESTS_CHECK_H

/* The order is cmocka's. */
/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#endif
