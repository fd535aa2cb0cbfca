#include "image/sniff.h"

#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "check.h"

#define HEAD(text) text, sizeof(text) - 1

static const struct {
	const char *head;
	size_t size;
	enum format format;
} heads[] = {
	{ HEAD("\xff\xd8\xff\xe0\0\x10JFIF"), FORMAT_JPEG },
	{ HEAD("\xff\xd8 damaged"), FORMAT_JPEG },
	{ HEAD("\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), FORMAT_PNG },
	{ HEAD("\x89PNG\n\x1a\n\0\0\0\rIHDR"), FORMAT_PNG },
	{ HEAD("GIF89a\1\0"), FORMAT_GIF },
	{ HEAD("GIF87a\1\0"), FORMAT_GIF },
	{ HEAD("GIF99a\1\0"), FORMAT_NONE },
	{ HEAD("RIFF\x10\0\0\0WEBPVP8 "), FORMAT_WEBP },
	{ HEAD("RIFF\x10\0\0\0AVI LIST"), FORMAT_NONE },
	{ HEAD("II*\0\x08\0\0\0\0\0\0\0\0\0"), FORMAT_TIFF },
	{ HEAD("MM\0*\0\0\0\x08\0\0\0\0\0\0"), FORMAT_TIFF },
	{ HEAD("II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0"), FORMAT_TIFF },
	{ HEAD("MM\0+\0\x08\0\0\0\0\0\0\0\0\0\x10"), FORMAT_TIFF },
	{ HEAD("\0\0\0\x1c"
	       "ftypheic\0\0\0\0mif1heic"),
		FORMAT_HEIC },
	{ HEAD("\0\0\0\x18"
	       "ftypmif1\0\0\0\0mif1heix"),
		FORMAT_HEIC },
	{ HEAD("\0\0\0\x18"
	       "ftypmif1\0\0\0\0mif1avif"),
		FORMAT_AVIF },
	{ HEAD("\0\0\0\x18"
	       "ftypmsf1\0\0\0\0avishevc"),
		FORMAT_HEIC },
	{ HEAD("\0\0\0\x18"
	       "ftypavis\0\0\0\0msf1avif"),
		FORMAT_AVIF },
	{ HEAD("\0\0\0\x10"
	       "ftypmif3avif"),
		FORMAT_AVIF },
	{ HEAD("\0\0\0\x18"
	       "ftypMiHB\0\0\0\0mif1heic"),
		FORMAT_HEIC },
	{ HEAD("\0\0\0\x14"
	       "ftypmif1\0\0\0\0mif1avif"),
		FORMAT_HEIC }, /* past the end of its box */
	{ HEAD("\0\0\0\x18"
	       "ftypisom\0\0\0\0isomavc1"),
		FORMAT_NONE },
	{ HEAD("\0\0\0\x14"
	       "ftypqt  \0\0\0\0qt  "),
		FORMAT_NONE },
	{ HEAD("\0\0\0\x18"
	       "ftypcrx \0\0\0\1crx isom"),
		FORMAT_RAW },
	{ HEAD("II*\0\x10\0\0\0CR\2\0"), FORMAT_RAW },
	{ HEAD("II\x1a\0\0\0HEAPCCDR"), FORMAT_RAW },
	{ HEAD("FUJIFILMCCD-RAW 0201"), FORMAT_RAW },
	{ HEAD("IIRO\x08\0\0\0"), FORMAT_RAW },
	{ HEAD("IIRS\x08\0\0\0"), FORMAT_RAW },
	{ HEAD("MMOR\0\0\0\x08"), FORMAT_RAW },
	{ HEAD("IIU\0\x18\0\0\0"), FORMAT_RAW },
	{ HEAD("FOVb\0\0\2\0"), FORMAT_RAW },
	{ HEAD("\0MRM\0\1\2\3"), FORMAT_RAW },
	{ HEAD("II*\0\0\0\0\0IIIITwaR"), FORMAT_RAW },
	{ HEAD("%PDF-1.4"), FORMAT_OTHER },
	{ HEAD("\xff\x4f\xff\x51\0\x2f"), FORMAT_OTHER },
	{ HEAD("\0\0\0\x0cjP  \r\n\x87\n"), FORMAT_OTHER },
	{ HEAD("\xff\x0a\1\2"), FORMAT_OTHER },
	{ HEAD("\0\0\0\x0cJXL \r\n\x87\n"), FORMAT_OTHER },
	{ HEAD("8BPS\0\1"), FORMAT_OTHER },
	{ HEAD("BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\2\0\0\0"), FORMAT_OTHER },
	{ HEAD("BMW 320i, built in 1999"), FORMAT_NONE },
	{ HEAD("\0\0\1\0\1\0\x10\x10\0\0\1\0\x20\0\x68\4\0\0\x16\0\0\0"), FORMAT_OTHER },
	{ HEAD("\0\0\1\xba\1\0\x10\x10\0\0\1\0\x20\0\x68\4\0\0\x16\0\0\0"), FORMAT_NONE }, /* MPEG */
	{ HEAD("P6 640 480 255 ...."), FORMAT_OTHER },
	{ HEAD("P5\n# a comment\n64 # another\n48\n255\n"), FORMAT_OTHER },
	{ HEAD("P7\nWIDTH 4\n"), FORMAT_OTHER },
	{ HEAD("PF\n3 2\n-1.0\n"), FORMAT_OTHER },
	{ HEAD("P3 is the third priority"), FORMAT_NONE },
	{ HEAD("P6\n-1 -1\n255\n"), FORMAT_NONE },
	{ HEAD("<svg xmlns='http://www.w3.org/2000/svg'/>"), FORMAT_OTHER },
	{ HEAD("\xef\xbb\xbf <?xml version='1.0'?>\n<!-- logo -->\n<svg/>"), FORMAT_OTHER },
	{ HEAD("<!DOCTYPE html><html><svg/></html>"), FORMAT_NONE },
	{ HEAD("<?xml version='1.0'?><x:xmpmeta/>"), FORMAT_NONE },
	{ HEAD("the <svg> element"), FORMAT_NONE },
	{ HEAD("\x1f\x8b\x08\0"), FORMAT_NONE },
	{ HEAD("PK\3\4"), FORMAT_NONE },
	{ HEAD("plain text"), FORMAT_NONE },
	{ HEAD(""), FORMAT_NONE },
};

/* In memory of exactly its size, so that a sanitizer sees any read past it. */
static enum format sniff_exactly(const void *data, size_t size)
{
	unsigned char *copy = malloc(size ? size : 1);
	enum format format;

	memcpy(copy, data, size);
	format = sniff_format(copy, size);
	assert_non_null(sniff_kind(copy, size));
	sniff_is_gzip(copy, size);
	free(copy);
	return format;
}

static void first_bytes_tell_the_format(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		if (sniff_exactly(heads[i].head, heads[i].size) != heads[i].format)
			fail_msg("head %zu (%s) is %s", i, heads[i].head,
				format_name(sniff_exactly(heads[i].head, heads[i].size)));
}

static void no_byte_is_read_past_the_end(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		for (size_t size = 0; size <= heads[i].size; size++)
			sniff_exactly(heads[i].head, size);
}

static void damaged_and_random_heads_do_no_harm(void **state)
{
	static struct bytes bytes;
	uint32_t random = 7;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		size_t row = next_random(&random) % (sizeof(heads) / sizeof(heads[0]));

		bytes.size = 0;
		put(&bytes, heads[row].head, heads[row].size);
		for (uint32_t more = next_random(&random) % 64; more > 0; more--)
			put_number(&bytes, next_random(&random), 1, 0);
		damage(&bytes, &random);
		sniff_exactly(bytes.data, bytes.size);
	}
}

static void people_are_told_the_kind(void **state)
{
	(void)state;
	assert_string_equal(sniff_kind((const unsigned char *)"II*\0\x10\0\0\0CR\2", 12), "Canon CR2");
	assert_string_equal(sniff_kind((const unsigned char *)"%PDF-1.4", 8), "PDF");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_bytes_tell_the_format),
		cmocka_unit_test(no_byte_is_read_past_the_end),
		cmocka_unit_test(damaged_and_random_heads_do_no_harm),
		cmocka_unit_test(people_are_told_the_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
