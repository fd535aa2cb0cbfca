#include "base/number.h"

#include <string.h>

#define DIGITS "0123456789"

/* Enough for every number we take, and few enough that no sum below overflows. */
#define DIGITS_MAX 18

bool number_parse_whole(const char *text, int64_t least, int64_t most, int64_t *value)
{
	size_t length = strspn(text, DIGITS);
	int64_t number = 0;

	if (length == 0 || length > DIGITS_MAX || text[length])
		return false;
	for (size_t i = 0; i < length; i++)
		number = number * 10 + (text[i] - '0');
	if (number < least || number > most)
		return false;
	*value = number;
	return true;
}

/* The decimal number that `text` begins with; returns what follows it, or NULL where there is none. strtod()
 * would follow the locale and take "inf", "0x1" and "1e9". */
static const char *read_decimal(const char *text, double *value)
{
	size_t whole = strspn(text, DIGITS), places;
	const char *fraction = text + whole;
	double number = 0, divisor = 1;

	fraction += *fraction == '.';
	places = strspn(fraction, DIGITS);
	if (whole + places == 0 || whole + places > DIGITS_MAX)
		return NULL;
	for (size_t i = 0; i < whole; i++)
		number = number * 10 + (text[i] - '0');
	for (size_t i = 0; i < places; i++) {
		number = number * 10 + (fraction[i] - '0');
		divisor *= 10;
	}
	/* one division of two whole numbers: "0.1" is the double nearest to 0.1 */
	*value = number / divisor;
	return fraction + places;
}

bool number_parse_decimal(const char *text, double least, double most, double *value)
{
	double number;
	const char *rest = read_decimal(text, &number);

	if (!rest || *rest || number < least || number > most)
		return false;
	*value = number;
	return true;
}

/* The factor that a unit stands for, 0 for none of ours. */
static double unit_factor(const char *unit, bool binary)
{
	static const struct {
		const char *name;
		double factor;
		bool binary;
	} units[] = {
		{ "", 1, false },
		{ "k", 1e3, false },
		{ "M", 1e6, false },
		{ "G", 1e9, false },
		{ "Ki", 1024.0, true },
		{ "Mi", 1024.0 * 1024, true },
		{ "Gi", 1024.0 * 1024 * 1024, true },
	};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(unit, units[i].name) == 0 && (binary || !units[i].binary))
			return units[i].factor;
	return 0;
}

bool number_parse_scaled(const char *text, bool binary, int64_t least, int64_t most, int64_t *value)
{
	double number;
	const char *unit = read_decimal(text, &number);
	double factor = unit ? unit_factor(unit, binary) : 0;

	if (factor == 0)
		return false;
	number *= factor;
	/* (double)INT64_MAX is 2^63, one more than fits */
	if (number < (double)least || number > (double)most || number >= (double)INT64_MAX)
		return false;
	*value = (int64_t)number;
	return true;
}
