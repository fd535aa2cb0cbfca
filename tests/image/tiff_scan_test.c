#include "image/tiff_scan.h"

#include <stdlib.h>

#include "bytes.h"
#include "check.h"

enum type {
	ASCII = 2,
	SHORT = 3,
	LONG = 4
};

/* A TIFF under construction, little endian unless it says otherwise. */
struct tiff {
	struct bytes bytes;
	int big_endian, bigtiff;
};

struct tag {
	unsigned int tag, type;
	uint32_t count;
	uint64_t value;
};

static void begin(struct tiff *tiff, int big_endian, int bigtiff)
{
	*tiff = (struct tiff){ .big_endian = big_endian, .bigtiff = bigtiff };
	put(&tiff->bytes, big_endian ? "MM" : "II", 2);
	put_number(&tiff->bytes, bigtiff ? 43 : 42, 2, big_endian);
	if (bigtiff) {
		put_number(&tiff->bytes, 8, 2, big_endian);
		put_number(&tiff->bytes, 0, 2, big_endian);
	}
	put_number(&tiff->bytes, bigtiff ? 16 : 8, bigtiff ? 8 : 4, big_endian);
}

static void put_directory(struct tiff *tiff, const struct tag *tags, size_t count, uint64_t next)
{
	size_t word = tiff->bigtiff ? 8 : 4;

	put_number(&tiff->bytes, count, tiff->bigtiff ? 8 : 2, tiff->big_endian);
	for (size_t i = 0; i < count; i++) {
		size_t size = tags[i].type == SHORT ? 2 : tags[i].type == ASCII ? word : 4;

		put_number(&tiff->bytes, tags[i].tag, 2, tiff->big_endian);
		put_number(&tiff->bytes, tags[i].type, 2, tiff->big_endian);
		put_number(&tiff->bytes, tags[i].count, word, tiff->big_endian);
		if (tags[i].count * (tags[i].type == SHORT ? 2 : 4) > word)
			size = word; /* an offset */
		put_number(&tiff->bytes, tags[i].value, size, tiff->big_endian);
		put_number(&tiff->bytes, 0, word - size, tiff->big_endian);
	}
	put_number(&tiff->bytes, next, word, tiff->big_endian);
}

/* The answer with everything in the head, with a file behind a head of eight bytes, and in that file alone.
 */
static bool is_raw(const struct tiff *tiff)
{
	unsigned char *exact = malloc(tiff->bytes.size + 1);
	int fd = file_with(tiff->bytes.data, tiff->bytes.size);
	bool whole, by_file;

	memcpy(exact, tiff->bytes.data, tiff->bytes.size);
	whole = tiff_scan_is_raw(exact, tiff->bytes.size, -1);
	by_file = tiff_scan_is_raw(exact, tiff->bytes.size < 8 ? tiff->bytes.size : 8, fd);
	assert_int_equal(whole, by_file);
	free(exact);
	close(fd);
	return whole;
}

#define PLAIN                                                               \
	{ 256, LONG, 1, 640 }, { 257, LONG, 1, 480 }, { 259, SHORT, 1, 1 }, \
	{                                                                   \
		262, SHORT, 1, 2                                            \
	}

static void a_scan_with_pages_and_thumbnails_is_no_raw_file(void **state)
{
	static const struct tag page[] = { PLAIN, { 271, ASCII, 4, 0x61 } };
	static const struct tag thumbnail[] = { { 254, LONG, 1, 1 }, PLAIN };
	static const struct tag pyramid[] = { PLAIN, { 330, LONG, 1, 0 } };
	struct tiff tiff;

	(void)state;
	for (int form = 0; form < 4; form++) {
		begin(&tiff, form & 1, form & 2);
		put_directory(&tiff, page, 5, 0);
		assert_false(is_raw(&tiff));
		/* a second page, reduced */
		begin(&tiff, form & 1, form & 2);
		put_directory(&tiff, page, 5, form & 2 ? 16 + 8 + 5 * 20 + 8 : 8 + 2 + 5 * 12 + 4);
		put_directory(&tiff, thumbnail, 5, 0);
		assert_false(is_raw(&tiff));
		/* a thumbnail before the picture */
		begin(&tiff, form & 1, form & 2);
		put_directory(&tiff, thumbnail, 5, form & 2 ? 16 + 8 + 5 * 20 + 8 : 8 + 2 + 5 * 12 + 4);
		put_directory(&tiff, page, 5, 0);
		assert_false(is_raw(&tiff));
		begin(&tiff, form & 1, form & 2);
		put_directory(&tiff, pyramid, 5, 0);
		assert_false(is_raw(&tiff));
	}
}

static void a_dng_says_so(void **state)
{
	static const struct tag tags[] = { { 254, LONG, 1, 1 }, PLAIN, { 50706, 1, 4, 0x0401 } };
	struct tiff tiff;

	(void)state;
	for (int form = 0; form < 4; form++) {
		begin(&tiff, form & 1, form & 2);
		put_directory(&tiff, tags, 6, 0);
		assert_true(is_raw(&tiff));
	}
}

static void sensor_values_below_the_first_page_make_a_raw_file(void **state)
{
	static const struct tag sensor[] = { { 254, LONG, 1, 0 }, { 256, LONG, 1, 6000 },
		{ 262, SHORT, 1, 32803 } };
	static const struct tag packed[] = { { 259, SHORT, 1, 34713 }, { 262, SHORT, 1, 2 } };
	struct tiff tiff;

	(void)state;
	for (int form = 0; form < 4; form++) {
		uint64_t after = form & 2 ? 16 + 8 + 5 * 20 + 8 : 8 + 2 + 5 * 12 + 4;
		const struct tag first[] = { PLAIN, { 330, LONG, 1, after } };
		const struct tag second[] = { PLAIN, { 271, ASCII, 4, 0x61 } };

		begin(&tiff, form & 1, form & 2);
		put_directory(&tiff, first, 5, 0);
		put_directory(&tiff, sensor, 3, 0);
		assert_true(is_raw(&tiff));
		begin(&tiff, form & 1, form & 2);
		put_directory(&tiff, second, 5, after);
		put_directory(&tiff, packed, 2, 0);
		assert_true(is_raw(&tiff));
	}
}

static void the_second_of_two_sub_directories_counts(void **state)
{
	static const struct tag preview[] = { PLAIN };
	static const struct tag sensor[] = { { 262, SHORT, 1, 34892 } };
	const uint32_t list_at = 8 + 2 + 5 * 12 + 4;
	const struct tag first[] = { PLAIN, { 330, LONG, 2, list_at } };
	struct tiff tiff;

	(void)state;
	begin(&tiff, 0, 0);
	put_directory(&tiff, first, 5, 0);
	put_number(&tiff.bytes, list_at + 8, 4, 0);
	put_number(&tiff.bytes, list_at + 8 + 2 + 4 * 12 + 4, 4, 0);
	put_directory(&tiff, preview, 4, 0);
	put_directory(&tiff, sensor, 1, 0);
	assert_true(is_raw(&tiff));
}

static void a_cameras_thumbnail_with_the_picture_out_of_reach_is_a_raw_file(void **state)
{
	static const struct tag tags[] = { { 254, LONG, 1, 1 }, PLAIN, { 271, ASCII, 4, 0x61 },
		{ 330, LONG, 1, 9000000 } };
	struct tiff tiff;

	(void)state;
	begin(&tiff, 1, 0);
	put_directory(&tiff, tags, 7, 0);
	assert_true(is_raw(&tiff));
}

static void loops_and_lies_end(void **state)
{
	static const struct tag looping[] = { PLAIN, { 330, LONG, 1, 8 } };
	static const struct tag lying[] = { { 262, SHORT, 0xffffffff, 0xffffff00 },
		{ 330, LONG, 0x7fffffff, 4 } };
	struct tiff tiff;

	(void)state;
	begin(&tiff, 0, 0);
	put_directory(&tiff, looping, 5, 8);
	assert_false(is_raw(&tiff));
	begin(&tiff, 0, 0);
	put_directory(&tiff, lying, 2, 0xffffffff);
	assert_false(is_raw(&tiff));
	begin(&tiff, 0, 1);
	tiff.bytes.size = 8;
	put_number(&tiff.bytes, UINT64_MAX - 3, 8, 0);
	assert_false(is_raw(&tiff));
	begin(&tiff, 0, 1);
	tiff.bytes.size = 8;
	put_number(&tiff.bytes, INT64_MAX - 30000, 8, 0);
	assert_false(is_raw(&tiff));
}

static bool is_adobe(const struct tiff *tiff)
{
	int fd = file_with(tiff->bytes.data, tiff->bytes.size);
	bool adobe = tiff_scan_is_interop_adobe(tiff->bytes.data, 8, fd);

	close(fd);
	return adobe;
}

static void the_interoperability_index_is_found(void **state)
{
	const uint32_t exif_at = 8 + 2 + 5 * 12 + 4, interop_at = exif_at + 2 + 12 + 4;
	const struct tag first[] = { PLAIN, { 34665, LONG, 1, exif_at } };
	const struct tag exif[] = { { 40965, LONG, 1, interop_at } };
	struct tag interop[] = { { 1, ASCII, 4, 0x333052 } }; /* "R03" */
	struct tiff tiff;

	(void)state;
	begin(&tiff, 0, 0);
	put_directory(&tiff, first, 5, 0);
	put_directory(&tiff, exif, 1, 0);
	put_directory(&tiff, interop, 1, 0);
	assert_true(is_adobe(&tiff));
	assert_false(is_raw(&tiff));
	interop[0].value = 0x383952; /* "R98" */
	begin(&tiff, 0, 0);
	put_directory(&tiff, first, 5, 0);
	put_directory(&tiff, exif, 1, 0);
	put_directory(&tiff, interop, 1, 0);
	assert_false(is_adobe(&tiff));
}

static void damage_does_no_harm(void **state)
{
	static const struct tag tags[] = { { 254, LONG, 1, 1 }, PLAIN, { 271, ASCII, 4, 0x61 },
		{ 330, LONG, 1, 8 }, { 34665, LONG, 1, 30 } };
	static struct tiff sound[4], tiff;
	uint32_t random = 11;

	(void)state;
	for (int form = 0; form < 4; form++) {
		begin(&sound[form], form & 1, form & 2);
		put_directory(&sound[form], tags, 8, 8);
	}
	for (int i = 0; i < 4000; i++) {
		tiff = sound[i % 4];
		damage(&tiff.bytes, &random);
		is_raw(&tiff);
		is_adobe(&tiff);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_scan_with_pages_and_thumbnails_is_no_raw_file),
		cmocka_unit_test(a_dng_says_so),
		cmocka_unit_test(sensor_values_below_the_first_page_make_a_raw_file),
		cmocka_unit_test(the_second_of_two_sub_directories_counts),
		cmocka_unit_test(a_cameras_thumbnail_with_the_picture_out_of_reach_is_a_raw_file),
		cmocka_unit_test(loops_and_lies_end),
		cmocka_unit_test(the_interoperability_index_is_found),
		cmocka_unit_test(damage_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
