#include "image/cause.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "check.h"

static const struct {
	const char *said, *logged;
	enum reason reason;
	const char *text;
} rows[] = {
	{ "VipsJpeg: Premature end of JPEG file\n", "", REASON_TRUNCATED, "premature end of JPEG file" },
	{ "VipsJpeg: Premature end of JPEG file\nVipsJpeg: JPEG datastream contains no image\n", "",
		REASON_TRUNCATED, "premature end of JPEG file; JPEG datastream contains no image" },
	{ "VipsJpeg: Corrupt JPEG data: premature end of data segment\n", "", REASON_CORRUPT,
		"corrupt JPEG data: premature end of data segment" },
	{ "VipsJpeg: Unsupported marker type 0x7c\n", "", REASON_CORRUPT, "unsupported marker type 0x7c" },
	{ "VipsJpeg: Unsupported JPEG process: SOF type 0xc3\n", "", REASON_UNSUPPORTED,
		"unsupported JPEG process: SOF type 0xc3" },
	{ "VipsJpeg: Unsupported JPEG data precision 12\n", "", REASON_UNSUPPORTED,
		"unsupported JPEG data precision 12" },
	{ "", "IHDR: CRC error", REASON_CORRUPT, "IHDR: CRC error" },
	{ "", "not enough data", REASON_TRUNCATED, "not enough data" },
	{ "pngload: libpng read failed\n", "Not enough image data", REASON_TRUNCATED,
		"not enough image data; libpng read failed" },
	{ "pngload_source: end of stream\n", "", REASON_TRUNCATED, "end of stream" },
	{ "VipsJpeg: Bogus marker length\n", "read gave 2 warnings", REASON_CORRUPT, "bogus marker length" },
	{ "vipspng: libpng read error\n", "IDAT: CRC error; error in tile 0 x 0; error in tile 0 x 1",
		REASON_CORRUPT, "IDAT: CRC error" },
	{ "pngload_source: libspng read error\n", "pngload_source: invalid scanline filter", REASON_CORRUPT,
		"invalid scanline filter" },
	{ "tiff2vips: read error\nsource input: Using code not yet in table\n", "", REASON_CORRUPT,
		"using code not yet in table" },
	{ "TIFFFillTile: Read error at row 0, col 1\nTIFFFillTile: Read error at row 4, col 12\n", "",
		REASON_TRUNCATED, "read error at row 0, col 1" },
	{ "tiff2vips: read error\n", "", REASON_CORRUPT, "read error" },
	{ "gifload: no frames in GIF\n", "", REASON_CORRUPT, "no frames in GIF" },
	{ "tiff2vips: subsampled images not supported\n", "", REASON_UNSUPPORTED,
		"subsampled images not supported" },
	{ "TIFFFillStrip: Read error on strip 3; got 12 bytes, expected 90\n", "", REASON_TRUNCATED,
		"read error on strip 3; got 12 bytes, expected 90" },
	{ "source input: bad seek to 40000\n", "", REASON_TRUNCATED, "bad seek to 40000" },
	{ "source input: bad seek to -4\n", "", REASON_CORRUPT, "bad seek to -4" },
	{ "heif: Invalid input: No 'meta' box (2.104)\n", "", REASON_CORRUPT,
		"invalid input: No 'meta' box (2.104)" },
	{ "source: bad seek to 900\nheif: Invalid input: No 'pitm' box (2.105)\n", "", REASON_CORRUPT,
		"invalid input: No 'pitm' box (2.105)" }, /* that is how it finds the end */
	{ "TIFFReadDirectory: Failed to allocate memory for to read TIFF directory (0 elements of 12 bytes "
	  "each)\n"
	  "tiff2vips: unable to open source for input\n",
		"", REASON_CORRUPT,
		"failed to allocate memory for to read TIFF directory (0 elements of 12 bytes each)" },
	{ "MissingRequired: TIFF directory is missing required \"ImageLength\" field\n", "", REASON_CORRUPT,
		"TIFF directory is missing required \"ImageLength\" field" },
	{ "tiff2vips: unable to open source for input\n", "Can not read TIFF directory", REASON_CORRUPT,
		"can not read TIFF directory" },
	{ "vips_tracked: out of memory --- size == 512MB\n", "", REASON_OUT_OF_MEMORY,
		"out of memory --- size == 512MB" },
	{ "target: write error\nunix error: No space left on device\n", "", REASON_DISK_FULL,
		"no space left on device; write error" },
	{ "VipsForeignLoad: source is not in a known format\n", "", REASON_UNSUPPORTED,
		"source is not in a known format" },
	{ "magick2vips: libMagick error: improper image header `' @ error/bmp.c/ReadBMPImage/985\n"
	  "magick2vips: unable to read buffer\n",
		"", REASON_CORRUPT, "improper image header" },
	{ "pngload_source: libspng read error\n", "bad\ncrc\x1b[2J", REASON_CORRUPT, "bad crc [2J" },
	{ "x: one\nx: one\n", "", REASON_CORRUPT, "x: one" },
	{ "", "", REASON_CORRUPT, "the library that reads this format gives no cause" },
	{ "\n \n: \n", "", REASON_CORRUPT, "the library that reads this format gives no cause" },
};

static void words_become_a_reason_and_one_clean_sentence(void **state)
{
	struct cause cause;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cause_find(&cause, rows[i].said, rows[i].logged, REASON_CORRUPT);
		assert_string_equal(cause.text, rows[i].text);
		assert_int_equal(cause.reason, rows[i].reason);
	}
}

static void words_that_fit_nothing_take_the_callers_reason(void **state)
{
	struct cause cause;

	(void)state;
	cause_find(&cause, "vips: something else", "", REASON_INTERNAL);
	assert_int_equal(cause.reason, REASON_INTERNAL);
}

static void any_length_fits(void **state)
{
	char said[6000];
	struct cause cause;

	(void)state;
	memset(said, 'x', sizeof(said));
	said[sizeof(said) - 1] = '\0';
	cause_find(&cause, said, said, REASON_CORRUPT);
	assert_true(strlen(cause.text) > 100);
	for (size_t i = 0; i + 4 < sizeof(said); i += 4)
		snprintf(said + i, 5, "%c%c%c\n", 'a' + (int)(i % 17), 'a' + (int)(i % 23), 'x');
	cause_find(&cause, said, said, REASON_CORRUPT);
	assert_true(strlen(cause.text) > 60);
	assert_null(strchr(cause.text, '\n'));
}

static void a_write_error_names_the_full_disk_in_the_systems_words(void **state)
{
	char said[200];
	struct cause cause;

	(void)state;
	snprintf(said, sizeof(said), "target: write error\nunix error: %s\n", strerror(EDQUOT));
	cause_find(&cause, said, "", REASON_INTERNAL);
	assert_int_equal(cause.reason, REASON_DISK_FULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_become_a_reason_and_one_clean_sentence),
		cmocka_unit_test(words_that_fit_nothing_take_the_callers_reason),
		cmocka_unit_test(any_length_fits),
		cmocka_unit_test(a_write_error_names_the_full_disk_in_the_systems_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
