#include "image/tiff_tags.h"

#include <stdlib.h>

#include "bytes.h"
#include "check.h"
#include "image/tiff_view.h"

/* A file in the making; offsets are its own. */
static struct bytes file;

static void header(bool big_endian, uint32_t first)
{
	file.size = 0;
	put(&file, big_endian ? "MM\0*" : "II*\0", 4);
	put_number(&file, first, 4, big_endian);
}

static void entry(bool big_endian, uint16_t tag, uint16_t type, uint32_t count, uint32_t value)
{
	put_number(&file, tag, 2, big_endian);
	put_number(&file, type, 2, big_endian);
	put_number(&file, count, 4, big_endian);
	if (type == TIFF_SHORT && count == 1) {
		put_number(&file, value, 2, big_endian);
		put_number(&file, 0, 2, big_endian);
	} else {
		put_number(&file, value, 4, big_endian);
	}
}

/* Width, Make, Orientation, Exif (ISO, an exposure, a GPS pointer that is not followed there) and GPS. */
static void make_sample(bool big_endian)
{
	header(big_endian, 8);
	put_number(&file, 5, 2, big_endian);
	entry(big_endian, 0x0100, TIFF_SHORT, 1, 4000);
	entry(big_endian, 0x010f, TIFF_ASCII, 6, 74);
	entry(big_endian, 0x0112, TIFF_SHORT, 1, 6);
	entry(big_endian, 0x8769, TIFF_LONG, 1, 80);
	entry(big_endian, 0x8825, TIFF_LONG, 1, 118);
	put_number(&file, 0, 4, big_endian);
	put(&file, "Canon", 6);
	put_number(&file, 2, 2, big_endian);
	entry(big_endian, 0x829a, TIFF_RATIONAL, 1, 110);
	entry(big_endian, 0x8827, TIFF_SHORT, 1, 800);
	put_number(&file, 0, 4, big_endian);
	put_number(&file, 1, 4, big_endian);
	put_number(&file, 250, 4, big_endian);
	put_number(&file, 1, 2, big_endian);
	entry(big_endian, 0x0000, TIFF_BYTE, 4, big_endian ? 0x02030000 : 0x0302);
	put_number(&file, 0, 4, big_endian);
}

static struct blob read_file(void)
{
	struct blob exif;
	int fd = file_with(file.data, file.size);

	tiff_tags_read(fd, &exif);
	close(fd);
	return exif;
}

static void check_sample(const struct blob *exif, bool from_file)
{
	struct tiff_view view;
	struct tiff_dir dir, sub;
	struct tiff_entry found;
	uint32_t number;

	assert_true(tiff_view_init(&view, exif->data, exif->size_bytes));
	assert_true(tiff_view_dir(&view, view.first_dir, &dir));
	assert_true(tiff_view_find(&view, &dir, 0x010f, &found));
	assert_memory_equal(found.value, "Canon", 6);
	assert_int_equal(tiff_view_find(&view, &dir, 0x0100, &found), !from_file);
	assert_true(tiff_view_subdir(&view, &dir, 0x8769, &sub));
	assert_true(tiff_view_find(&view, &sub, 0x8827, &found));
	assert_true(tiff_view_number(&view, &found, &number));
	assert_int_equal(number, 800);
	assert_true(tiff_view_find(&view, &sub, 0x829a, &found));
	assert_memory_equal(found.value, view.big_endian ? "\0\0\0\1\0\0\0\xfa" : "\1\0\0\0\xfa\0\0\0", 8);
	assert_true(tiff_view_subdir(&view, &dir, 0x8825, &sub));
	assert_true(tiff_view_find(&view, &sub, 0, &found));
	assert_memory_equal(found.value, "\2\3\0\0", 4);
}

static void descriptive_tags_are_read_in_both_orders(void **state)
{
	(void)state;
	for (int big_endian = 0; big_endian <= 1; big_endian++) {
		struct blob exif;

		make_sample(big_endian);
		exif = read_file();
		assert_memory_equal(exif.data, "Exif\0", 6);
		check_sample(&exif, true);
		free(exif.data);
	}
}

/* A file with a picture's tags only, and a second directory after it. */
static void make_plain(bool big_endian)
{
	header(big_endian, 8);
	put_number(&file, 2, 2, big_endian);
	entry(big_endian, 0x0100, TIFF_SHORT, 1, 4000);
	entry(big_endian, 0x010f, TIFF_ASCII, 4, big_endian ? 0x6f6c6400 : 0x646c6f);
	put_number(&file, 0x20, 4, big_endian);
	put(&file, "x", 1);
}

static void tags_are_written_in_the_files_own_order(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		unsigned char *stream;
		struct blob exif, written;
		ssize_t size;
		int fd;

		make_sample(i & 1);
		exif = read_file();
		make_plain(i >> 1);
		fd = file_with(file.data, file.size);
		assert_int_equal(tiff_tags_write(fd, &(struct metadata){ .exif = exif }), 0);
		size = lseek(fd, 0, SEEK_END);
		stream = malloc((size_t)size);
		assert_int_equal(pread(fd, stream, (size_t)size, 0), size);
		written = (struct blob){ stream, (size_t)size };
		assert_memory_equal(stream, i >> 1 ? "MM" : "II", 2);
		check_sample(&written, false);
		free(stream);
		free(exif.data);
		close(fd);
	}
}

/* In bytes, all of them, whether there is EXIF too or not. */
static void iptc_is_written_whole(void **state)
{
	static const char datasets[] = "\x1c\2\0\0\2\0\4\x1c\2\x74\0\5(c) J";

	(void)state;
	for (int with_exif = 0; with_exif <= 1; with_exif++) {
		struct metadata metadata = { .iptc = { (unsigned char *)(uintptr_t)datasets,
						     sizeof(datasets) - 1 } };
		unsigned char stream[1024];
		struct tiff_view view;
		struct tiff_dir dir;
		struct tiff_entry found;
		ssize_t size;
		int fd;

		make_sample(true);
		if (with_exif)
			metadata.exif = read_file();
		make_plain(true);
		fd = file_with(file.data, file.size);
		assert_int_equal(tiff_tags_write(fd, &metadata), 0);
		size = pread(fd, stream, sizeof(stream), 0);
		close(fd);
		free(metadata.exif.data);
		assert_true(tiff_view_init(&view, stream, (size_t)size));
		assert_true(tiff_view_dir(&view, view.first_dir, &dir));
		assert_true(tiff_view_find(&view, &dir, 0x83bb, &found));
		assert_int_equal(found.size_bytes, sizeof(datasets) - 1);
		assert_memory_equal(found.value, datasets, sizeof(datasets) - 1);
		assert_int_equal(tiff_view_find(&view, &dir, 0x8769, &found), with_exif);
		assert_true(tiff_view_find(&view, &dir, 0x0100, &found));
	}
}

static void what_is_no_tiff_or_says_nothing_gives_nothing(void **state)
{
	static const char *const others[] = { "", "II", "II*\0\x08\0\0\0",
		"II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0", "\x89PNG\r\n\x1a\n0000000000" };
	struct blob exif;

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		file.size = 0;
		put(&file, others[i], i < 2 ? strlen(others[i]) : i == 2 ? 8 : 16);
		exif = read_file();
		assert_null(exif.data);
		assert_int_equal(exif.size_bytes, 0);
	}
	make_plain(false);
	file.data[8] = 1; /* the width alone */
	exif = read_file();
	assert_null(exif.data);
}

static void directories_that_lead_back_do_not_loop(void **state)
{
	struct blob exif;

	(void)state;
	header(false, 8);
	put_number(&file, 2000, 2, 0);
	for (int i = 0; i < 2000; i++)
		entry(false, i % 2 ? 0x8769 : 0x8825, TIFF_LONG, 1, 8);
	put_number(&file, 8, 4, 0);
	exif = read_file();
	assert_in_range(exif.size_bytes, 0, 200000);
	free(exif.data);
}

static void values_that_lie_outside_or_are_huge_are_left_out(void **state)
{
	struct blob exif;

	(void)state;
	header(false, 8);
	put_number(&file, 4, 2, 0);
	entry(false, 0x010f, TIFF_ASCII, 100, 0xfffffff0);
	entry(false, 0x0110, TIFF_ASCII, 0xffffffff, 8);
	entry(false, 0x0131, 200, 4, 8);
	entry(false, 0x013b, TIFF_ASCII, 3, 0x6d65);
	put_number(&file, 0, 4, 0);
	exif = read_file();
	assert_non_null(exif.data);
	assert_non_null(memmem(exif.data, exif.size_bytes, "em", 2));
	assert_in_range(exif.size_bytes, 20, 60);
	free(exif.data);
}

/* Every length, and every byte changed, of a sound file: nothing is read outside, nothing hangs. */
static void damaged_files_are_survived(void **state)
{
	struct bytes sound;

	(void)state;
	make_sample(false);
	sound = file;
	for (size_t size = 0; size < sound.size; size++) {
		struct blob exif;

		file = sound;
		file.size = size;
		exif = read_file();
		free(exif.data);
		file = sound;
		file.data[size] ^= 0xff;
		exif = read_file();
		free(exif.data);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(descriptive_tags_are_read_in_both_orders),
		cmocka_unit_test(tags_are_written_in_the_files_own_order),
		cmocka_unit_test(iptc_is_written_whole),
		cmocka_unit_test(what_is_no_tiff_or_says_nothing_gives_nothing),
		cmocka_unit_test(directories_that_lead_back_do_not_loop),
		cmocka_unit_test(values_that_lie_outside_or_are_huge_are_left_out),
		cmocka_unit_test(damaged_files_are_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
