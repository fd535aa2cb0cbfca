#include "mp/current.h"

#include <stdatomic.h>
#include <stdio.h>

#include "mp/process.h"

static const char *current_name = "MainProcess";
static const char *current_number = "";
static atomic_uint children;

void current_become(const char *name, const char *number)
{
	current_name = name;
	current_number = number;
	atomic_store(&children, 0);
}

void current_number_next(char number[CURRENT_NUMBER_SIZE])
{
	unsigned own = atomic_fetch_add(&children, 1) + 1;
	int length = snprintf(
		number, CURRENT_NUMBER_SIZE, "%s%s%u", current_number, current_number[0] ? ":" : "", own);

	if (length >= CURRENT_NUMBER_SIZE)
		number[0] = '\0';
}

const char *mp_current_process_name(void)
{
	return current_name;
}
