/* The kind of a file by its first bytes. */
#include "fuzz.h"

#include "image/sniff.h"

static void fuzz_one(const unsigned char *data, size_t size)
{
	enum format format = sniff_format(data, size);

	REQUIRE(format < FORMAT_COUNT);
	REQUIRE(*format_name(format));
	REQUIRE(sniff_kind(data, size));
	sniff_is_gzip(data, size);
}
