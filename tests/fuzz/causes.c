/* What libraries say when they fail, with bytes of the file in it. */
#include "fuzz.h"

#include "base/text.h"
#include "image/cause.h"

/* The error buffer, a NUL, and the log. */
static void fuzz_one(const unsigned char *data, size_t size)
{
	autofree char *said = fuzz_text(data, size);
	size_t length = strlen(said) + 1;
	autofree char *logged = length < size ? fuzz_text(data + length, size - length) : strdup("");
	struct cause cause;
	struct err err;

	cause_find(&cause, said, logged, REASON_CORRUPT);
	REQUIRE(reason_name(cause.reason) && *cause.text);
	REQUIRE(!strchr(cause.text, '\n') && strlen(cause.text) < sizeof(cause.text));
	err_set(&err, cause.reason, "%s", cause.text);
	REQUIRE(text_is_utf8(err.text));
}
