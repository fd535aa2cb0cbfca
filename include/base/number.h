/*
 * number.h: numbers as people write them, read strictly.
 *
 * Plain decimal digits, the same in every locale: no sign, no spaces, no exponent, no hexadecimal, nothing
 * left over. Each function returns false, leaving its result alone, when `text` is not of the form or the
 * number is out of range.
 */
#ifndef STAMPMILL_BASE_NUMBER_H
#define STAMPMILL_BASE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/* "0", "42": from `least` to `most`, both at least 0. */
bool number_parse_whole(const char *text, int64_t least, int64_t most, int64_t *value);

/* "2", "2.5", ".5", "2.": from `least` to `most`, both at least 0. */
bool number_parse_decimal(const char *text, double least, double most, double *value);

/* A number of things with an optional unit, "64", "400M", "1.5G", "512Ki": k M G are powers of 1000 and, with
 * `binary`, Ki Mi Gi of 1024. The result is rounded down to a whole number from `least` to `most`. */
bool number_parse_scaled(const char *text, bool binary, int64_t least, int64_t most, int64_t *value);

#endif
