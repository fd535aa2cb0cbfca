/* JPEG headers. */
#include "fuzz.h"

#include "image/jpeg_header.h"

static void fuzz_one(const unsigned char *data, size_t size)
{
	autoclose int fd = fuzz_file(data, size);
	struct facts facts = { 0 };
	struct err err;
	struct pack pack;
	struct unpack unpack;

	if (jpeg_header_read(fd, &facts, &err) < 0) {
		REQUIRE(reason_name(err.reason) && *err.text);
		return;
	}
	/* the supervisor must take what an honest worker found */
	pack_init(&pack);
	facts.format = FORMAT_JPEG;
	facts_pack(&facts, &pack);
	unpack_init(&unpack, pack.data, pack.size_bytes);
	facts_unpack(&facts, &unpack);
	REQUIRE(unpack_done(&unpack));
	pack_finish(&pack);
}
