/* EXIF, XMP and IPTC blocks: whatever they hold, what comes out fits its segment and needs no second editing.
 */
#include "fuzz.h"

#include "image/metadata.h"

enum {
	SEGMENT_MAX_BYTES = 65533
};

static struct blob copy_of(const unsigned char *data, size_t size)
{
	struct blob blob = { .data = malloc(size ? size : 1), .size_bytes = size };

	REQUIRE(blob.data);
	if (size)
		memcpy(blob.data, data, size);
	return blob;
}

static void check_same(const struct blob *one, const struct blob *other)
{
	REQUIRE(one->size_bytes == other->size_bytes);
	REQUIRE(one->size_bytes == 0 || memcmp(one->data, other->data, one->size_bytes) == 0);
}

static void check(const struct metadata *in, const struct metadata_target *target)
{
	struct metadata once, twice;

	metadata_edit(in, target, &once);
	REQUIRE(once.exif.size_bytes <= SEGMENT_MAX_BYTES);
	REQUIRE(once.xmp.size_bytes <= SEGMENT_MAX_BYTES);
	REQUIRE(once.iptc.size_bytes <= SEGMENT_MAX_BYTES);
	metadata_edit(&once, target, &twice);
	check_same(&once.exif, &twice.exif);
	check_same(&once.xmp, &twice.xmp);
	check_same(&once.iptc, &twice.iptc);
	metadata_finish(&twice);
	metadata_finish(&once);
}

static void check_facts(const struct blob *exif)
{
	struct exif_facts facts;

	metadata_read_facts(exif, &facts);
	REQUIRE(facts.orientation >= 1 && facts.orientation <= 8);
}

/* A byte that picks the block and the texts that came later, one that picks what is asked, then the block. */
static void fuzz_one(const unsigned char *data, size_t size)
{
	unsigned int first = fuzz_choice(&data, &size), asked = fuzz_choice(&data, &size);
	unsigned int which = first % 3, late = first / 3;
	struct metadata in = { 0 };
	struct blob *blobs[] = { &in.exif, &in.xmp, &in.iptc };
	struct metadata_target target = { .policy = (enum metadata_policy)(asked & 3),
		.copyright = asked & 4 ? "© 2026 Studio" : NULL,
		.artist = asked & 8 ? "A. Smith; Ödön" : NULL,
		.usage_terms = late & 1 ? "für <ein> Jahr & nur hier" : NULL,
		.contact = { late & 2 ? "ödön@studio.example" : NULL,
			late & 4 ? "https://studio.example/?a&b" : NULL, late & 8 ? "+36 1" : NULL },
		.width_px = 2048,
		.height_px = 1365,
		.srgb = asked & 16,
		.adobe = !(asked & 16) && asked & 32,
		.dpi = asked & 64 ? 300 : 0,
		.iptc_form = asked & 128 ? IPTC_FORM_RESOURCES : IPTC_FORM_INPUT };

	*blobs[which] = copy_of(data, size);
	check_facts(&in.exif);
	check(&in, &target);
	metadata_finish(&in);
}
