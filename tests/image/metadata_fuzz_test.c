/* Damages metadata blocks at random, always in the same way, and edits what comes out. AddressSanitizer sees
 * every step over an end, since each block lies in memory of its exact size. */
#include <string.h>

#include "check.h"
#include "image/blobs.h"
#include "image/metadata.h"

#define ROUNDS 4000
#define DAMAGES_MAX 6

/* xorshift64: the same numbers on every machine. */
static uint64_t random_state;

static uint32_t random_below(uint32_t limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)((random_state >> 32) % limit);
}

static const struct test_tag exif_tags[] = {
	TAG_TEXT(EXIF_DIR_MAIN, 0x010f, "Make"),
	TAG_U16(EXIF_DIR_MAIN, EXIF_ORIENTATION, "\0\6"),
	TAG_RATIOS(EXIF_DIR_MAIN, EXIF_X_RESOLUTION, "\0\0\1\x2c\0\0\0\1"),
	TAG_TEXT(EXIF_DIR_MAIN, EXIF_ARTIST, "Old Artist"),
	TAG_TEXT(EXIF_DIR_MAIN, 0x4747, "private tag"),
	TAG_TEXT(EXIF_DIR_MAIN, EXIF_COPYRIGHT, "Old Copyright"),
	TAG_U32(EXIF_DIR_MAIN, EXIF_EXIF_DIR, "\0\0\0\0"),
	TAG_U32(EXIF_DIR_MAIN, EXIF_GPS_DIR, "\0\0\0\0"),
	TAG_RATIOS(EXIF_DIR_EXIF, 0x829a, "\0\0\0\1\0\0\0\x7d"),
	TAG_BYTES(EXIF_DIR_EXIF, EXIF_MAKER_NOTE, TIFF_UNDEFINED,
		"MAKER \xff\xd8\xff\xdb\0\4\1\2\xff\xda\0\4\1\2scan\xff\0more\xff\xd0rest\xff\xd9 END"),
	TAG_U32(EXIF_DIR_EXIF, EXIF_PIXEL_WIDTH, "\0\0\x17\x70"),
	TAG_U32(EXIF_DIR_EXIF, EXIF_INTEROP_DIR, "\0\0\0\0"),
	TAG_TEXT(EXIF_DIR_GPS, 0x0001, "N"),
	TAG_TEXT(EXIF_DIR_INTEROP, EXIF_INTEROP_INDEX, "R03"),
	TAG_BYTES(IN_THUMBNAIL_DIR, 0x0201, TIFF_UNDEFINED, "thumbnail"),
};

static const char packet[] =
	"<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'>"
	"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about='u'"
	" xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:exif='http://ns.adobe.com/exif/1.0/'"
	" xmlns:tiff='http://ns.adobe.com/tiff/1.0/' tiff:Orientation='6' exif:GPSLatitude='1'>"
	"<dc:title><rdf:Alt><rdf:li xml:lang='x-default'>a &amp; b</rdf:li></rdf:Alt></dc:title>"
	"<dc:rights>old</dc:rights><exif:Flash rdf:parseType='Resource'><exif:Fired>True</exif:Fired>"
	"</exif:Flash><!-- comment --><dc:subject><rdf:Bag><rdf:li>one</rdf:li></rdf:Bag></dc:subject>"
	"</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='w'?>";

static const char resources[] =
	"Photoshop 3.0\0008BIM\3\xed\0\0\0\0\0\3odd8BIM\4\4\0\0\0\0\0\x3a\x1c\2\0\0\2\0\4\x1c\2\x50\0\3Old"
	"\x1c\2\x5a\0\6M\xfcnche\x1c\2\x78\x80\4\0\0\0\3abc\x1c\2\x74\0\3Old\x1c\2\x78\0\3xyz"
	"8BIM\4\x0c\4name\0\0\0\0\5thumb\0008BIM\4\x25\0\0\0\0\0\x10"
	"0123456789abcdef"
	"8BIM\x0f\xa0\0\0\0\0\0\4plug";

static struct blob seed_exif, seed_xmp, seed_iptc;

static int begin(void **state)
{
	seed_exif = test_exif(exif_tags, G_N_ELEMENTS(exif_tags), 600);
	seed_xmp = test_blob(packet, sizeof(packet) - 1);
	seed_iptc = test_blob(resources, sizeof(resources) - 1);
	return 0;
}

static int end(void **state)
{
	free(seed_exif.data);
	free(seed_xmp.data);
	free(seed_iptc.data);
	return 0;
}

/* One byte changed, a stretch repeated or left out, or the end cut off. */
static void damage(GByteArray *bytes)
{
	static const unsigned char telling[] = { 0, 1, 0x7f, 0x80, 0xff, '<', '>', '&', '\'', 0x1c };
	uint32_t at, length;

	if (bytes->len == 0)
		return;
	at = random_below(bytes->len);
	length = 1 + random_below(MIN(40, bytes->len - at));
	switch (random_below(6)) {
	case 0:
		bytes->data[at] = (unsigned char)random_below(256);
		break;
	case 1:
	case 2:
		bytes->data[at] = telling[random_below(sizeof(telling))];
		break;
	case 3:
		g_byte_array_remove_range(bytes, at, length);
		break;
	case 4: {
		g_autofree unsigned char *stretch = g_malloc(length);

		memcpy(stretch, bytes->data + at, length);
		g_byte_array_append(bytes, stretch, length);
		break;
	}
	default:
		if (random_below(4) == 0)
			g_byte_array_set_size(bytes, at);
	}
}

static struct blob damaged(const struct blob *seed)
{
	GByteArray *bytes = g_byte_array_new();
	uint32_t damages = 1 + random_below(DAMAGES_MAX);
	struct blob blob;

	g_byte_array_append(bytes, seed->data, (unsigned int)seed->size_bytes);
	for (uint32_t i = 0; i < damages; i++)
		damage(bytes);
	blob = test_blob(bytes->data, bytes->len);
	g_byte_array_unref(bytes);
	return blob;
}

/* Whatever comes in: what comes out fits into segments, can be read, and is left alone by the same edit. */
static void edit_twice(const struct metadata *in, const struct metadata_target *target)
{
	struct metadata once, twice;
	struct tiff_view view;

	metadata_edit(in, target, &once);
	metadata_edit(&once, target, &twice);
	assert_in_range(once.exif.size_bytes, 0, 65533);
	assert_in_range(once.xmp.size_bytes, 0, 65502);
	assert_in_range(once.iptc.size_bytes, 0, 65533);
	assert_true(!once.exif.data || tiff_view_init(&view, once.exif.data, once.exif.size_bytes));
	assert_true(blobs_are_equal(&once.exif, &twice.exif));
	assert_true(blobs_are_equal(&once.xmp, &twice.xmp));
	assert_true(blobs_are_equal(&once.iptc, &twice.iptc));
	metadata_finish(&once);
	metadata_finish(&twice);
}

static struct metadata_target random_target(void)
{
	return (struct metadata_target){
		.policy = (enum metadata_policy)random_below(METADATA_NONE + 1),
		.copyright = random_below(2) ? "\xc2\xa9 M\xc3\xbcller" : NULL,
		.artist = random_below(2) ? "Anna; Bob" : NULL,
		.usage_terms = random_below(2) ? "one <year>" : NULL,
		.contact = { random_below(2) ? "a@b.example" : NULL, NULL,
			random_below(2) ? "+49\xc2\xa0"
					  "1"
					: NULL },
		.width_px = 9,
		.height_px = 9,
		.srgb = random_below(2),
		.adobe = random_below(4) == 0,
		.dpi = random_below(2) ? 300 : 0,
		.iptc_form = (enum iptc_form)random_below(3),
	};
}

static void damaged_exif_is_survived(void **state)
{
	random_state = 1;
	for (int round = 0; round < ROUNDS; round++) {
		struct metadata in = { .exif = damaged(&seed_exif) };
		struct metadata_target target = random_target();
		struct exif_facts facts;

		metadata_read_facts(&in.exif, &facts);
		assert_in_range(facts.orientation, 1, 8);
		edit_twice(&in, &target);
		metadata_finish(&in);
	}
}

static void damaged_xmp_is_survived(void **state)
{
	random_state = 2;
	for (int round = 0; round < ROUNDS; round++) {
		struct metadata in = { .xmp = damaged(&seed_xmp) };
		struct metadata_target target = random_target();

		edit_twice(&in, &target);
		metadata_finish(&in);
	}
}

static void damaged_iptc_is_survived(void **state)
{
	random_state = 3;
	for (int round = 0; round < ROUNDS; round++) {
		struct metadata in = { .iptc = damaged(&seed_iptc) };
		struct metadata_target target = random_target();

		edit_twice(&in, &target);
		metadata_finish(&in);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(damaged_exif_is_survived),
		cmocka_unit_test(damaged_xmp_is_survived),
		cmocka_unit_test(damaged_iptc_is_survived),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
