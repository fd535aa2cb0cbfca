/* The kinds of input that a studio has besides plain JPEGs: a phone's HEIC, TIFF with pages or layers, 16
 * bits, panoramas. */
#include <glib.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <vips/vips.h>

#include "check.h"
#include "end-to-end/events.h"
#include "end-to-end/picture.h"
#include "end-to-end/place.h"
#include "end-to-end/program.h"

#define VIPS(call)                                                      \
	do {                                                            \
		if (call)                                               \
			fail_msg("%s: %s", #call, vips_error_buffer()); \
	} while (0)

#ifdef __SANITIZE_ADDRESS__
#define PEAK_MOST_MB 1500
#else
#define PEAK_MOST_MB 300
#endif

enum {
	WORDS_MAX = 16,
	PANORAMA_WIDTH = 30000,
	PANORAMA_HEIGHT = 2000
};

static const double red[3] = { 200, 60, 60 }, blue[3] = { 60, 60, 200 };

/* Run on PLACE/in into PLACE/out with the options in `line`, all of which must be made. Its events. */
static json_t *make(struct place *place, const char *line)
{
	const char *arguments[WORDS_MAX + 8] = { "run", "in", "out", "--events", "events" };
	g_auto(GStrv) words = g_strsplit(line, " ", WORDS_MAX);
	struct ended ended;
	int count = 5;
	json_t *events;

	unlink(place_path(place, "events"));
	for (char **word = words; *word; word++)
		arguments[count++] = *word;
	program_run(&(struct program_options){ .arguments = arguments, .folder = place->folder }, &ended);
	ASSERT_EXIT(&ended, 0);
	events = events_read(place_path(place, "events"));
	events_assert_sound(events, 0);
	return events;
}

/* Of one colour; `wide`: 16 bits, with levels that 8 bits do not have. */
static VipsImage *plain(int width_px, int height_px, const double colour[3], bool wide)
{
	static const double ones[3] = { 1, 1, 1 };
	double offsets[3];
	VipsImage *black, *filled, *cast, *image;

	for (int i = 0; i < 3; i++)
		offsets[i] = wide ? colour[i] * 257 + 100 : colour[i];
	VIPS(vips_black(&black, width_px, height_px, "bands", 3, NULL));
	VIPS(vips_linear(black, &filled, ones, offsets, 3, NULL));
	VIPS(vips_cast(filled, &cast, wide ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR, NULL));
	VIPS(vips_copy(cast, &image, "interpretation",
		wide ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB, NULL));
	g_object_unref(black);
	g_object_unref(filled);
	g_object_unref(cast);
	return image;
}

/* A red half and a blue one, beside or below it. */
static VipsImage *halves(int width_px, int height_px, VipsDirection direction, bool wide)
{
	bool beside = direction == VIPS_DIRECTION_HORIZONTAL;
	int half_width_px = beside ? width_px / 2 : width_px,
	    half_height_px = beside ? height_px : height_px / 2;
	VipsImage *first = plain(half_width_px, half_height_px, red, wide);
	VipsImage *second = plain(half_width_px, half_height_px, blue, wide), *both;

	VIPS(vips_join(first, second, &both, direction, NULL));
	g_object_unref(first);
	g_object_unref(second);
	return both;
}

static void a_phones_heic_is_turned_once_by_its_own_rotation(void **state)
{
	struct place *place = *state;
	g_autofree char *heic = g_build_filename(getenv("TESTDATA"), "heif", "quarters.heic", NULL);

	folder_make(place_path(place, "in"));
	file_copy(heic, place_path(place, "in/IMG_1.HEIC"));
	json_decref(make(place, "--quality 95"));
	ASSERT_SIZE(place_path(place, "out/IMG_1.jpg"), 64, 128);
	ASSERT_PIXEL(place_path(place, "out/IMG_1.jpg"), 16, 32, 60, 60, 200, 4);
	ASSERT_PIXEL(place_path(place, "out/IMG_1.jpg"), 48, 32, 200, 60, 60, 4);
	ASSERT_PIXEL(place_path(place, "out/IMG_1.jpg"), 16, 96, 128, 128, 128, 4);
	ASSERT_PIXEL(place_path(place, "out/IMG_1.jpg"), 48, 96, 60, 160, 60, 4);
}

static void the_first_page_of_a_tiff_is_taken_with_a_warning(void **state)
{
	struct place *place = *state;
	VipsImage *image = halves(60, 80, VIPS_DIRECTION_VERTICAL, false);
	json_t *events;

	folder_make(place_path(place, "in"));
	VIPS(vips_tiffsave(image, place_path(place, "in/a.tif"), "page_height", 40, NULL));
	g_object_unref(image);
	events = make(place, "--format png");
	assert_string_equal(events_text(events_picture(events, "a.tif"), "message"),
		"only the first of 2 pages was taken");
	json_decref(events);
	ASSERT_SIZE(place_path(place, "out/a.png"), 60, 40);
	ASSERT_PIXEL(place_path(place, "out/a.png"), 30, 38, 200, 60, 60, 0);
}

static void put_tag(GByteArray *bytes, uint16_t tag, uint16_t type, uint32_t count, uint32_t value)
{
	const uint16_t head[] = { GUINT16_TO_LE(tag), GUINT16_TO_LE(type) };
	const uint32_t rest[] = { GUINT32_TO_LE(count), GUINT32_TO_LE(value) };

	g_byte_array_append(bytes, (const guint8 *)head, sizeof(head));
	g_byte_array_append(bytes, (const guint8 *)rest, sizeof(rest));
}

/* As Photoshop writes one: a picture of all layers together, 4 x 4 pixels in red, and the layers in a tag of
 * its own. */
static void write_layers(const char *path)
{
	enum {
		TAGS = 11,
		DATA_AT = 8 + 2 + TAGS * 12 + 4,
		PIXELS = 16,
		LAYERS = 400
	};
	static const uint8_t pixel[3] = { 200, 60, 60 };
	const uint8_t count[2] = { TAGS, 0 };
	GByteArray *bytes = g_byte_array_new();

	g_byte_array_append(bytes, (const guint8 *)"II*\0\x08\0\0\0", 8);
	g_byte_array_append(bytes, count, sizeof(count));
	put_tag(bytes, 256, 3, 1, 4);
	put_tag(bytes, 257, 3, 1, 4);
	put_tag(bytes, 258, 3, 3, DATA_AT); /* three times 8, before the pixels */
	put_tag(bytes, 259, 3, 1, 1);
	put_tag(bytes, 262, 3, 1, 2);
	put_tag(bytes, 273, 4, 1, DATA_AT + 6);
	put_tag(bytes, 277, 3, 1, 3);
	put_tag(bytes, 278, 3, 1, 4);
	put_tag(bytes, 279, 4, 1, PIXELS * 3);
	put_tag(bytes, 284, 3, 1, 1);
	put_tag(bytes, 37724, 7, LAYERS, DATA_AT + 6 + PIXELS * 3);
	g_byte_array_append(bytes, (const guint8 *)"\0\0\0\0\x08\0\x08\0\x08\0", 10);
	for (int i = 0; i < PIXELS; i++)
		g_byte_array_append(bytes, pixel, sizeof(pixel));
	g_byte_array_append(bytes, (const guint8 *)"Adobe Photoshop Document Data Block\0MIB8ryaL", 44);
	g_byte_array_set_size(bytes, DATA_AT + 6 + PIXELS * 3 + LAYERS);
	file_write(path, bytes->data, bytes->len);
	g_byte_array_unref(bytes);
}

static void of_a_tiff_with_layers_their_sum_is_taken(void **state)
{
	struct place *place = *state;

	write_layers(place_path(place, "in/a.tif"));
	json_decref(make(place, "--format png"));
	ASSERT_SIZE(place_path(place, "out/a.png"), 4, 4);
	ASSERT_PIXEL(place_path(place, "out/a.png"), 2, 2, 200, 60, 60, 0);
}

static void assert_level(const char *path, int level)
{
	VipsImage *image = vips_image_new_from_file(path, NULL);
	double *pixel;
	int count;

	assert_non_null(image);
	assert_int_equal(image->BandFmt, VIPS_FORMAT_USHORT);
	VIPS(vips_getpoint(image, &pixel, &count, 5, 5, NULL));
	assert_int_equal((int)pixel[0], level);
	g_free(pixel);
	g_object_unref(image);
}

static void sixteen_bits_become_eight_or_stay(void **state)
{
	struct place *place = *state;
	VipsImage *image = halves(60, 40, VIPS_DIRECTION_HORIZONTAL, true);

	folder_make(place_path(place, "in"));
	VIPS(vips_tiffsave(image, place_path(place, "in/a.tif"), NULL));
	VIPS(vips_pngsave(image, place_path(place, "in/b.png"), NULL));
	g_object_unref(image);
	json_decref(make(place, "--format jpeg --quality 95"));
	for (int i = 0; i < 2; i++) {
		char *path = place_path(place, "out/%c.jpg", "ab"[i]);

		ASSERT_PIXEL(path, 10, 20, 200, 60, 60, 3);
		ASSERT_PIXEL(path, 50, 20, 60, 60, 200, 3);
	}
	json_decref(make(place, "--colour keep"));
	assert_level(place_path(place, "out/a.tif"), 200 * 257 + 100);
	assert_level(place_path(place, "out/b.png"), 200 * 257 + 100);
}

static void write_panoramas(struct place *place)
{
	VipsImage *image = halves(PANORAMA_WIDTH, PANORAMA_HEIGHT, VIPS_DIRECTION_HORIZONTAL, false);

	folder_make(place_path(place, "in"));
	VIPS(vips_jpegsave(image, place_path(place, "in/baseline.jpg"), NULL));
	VIPS(vips_jpegsave(image, place_path(place, "in/progressive.jpg"), "interlace", TRUE, NULL));
	VIPS(vips_tiffsave(image, place_path(place, "in/strips.tif"), NULL));
	VIPS(vips_tiffsave(image, place_path(place, "in/tiles.tif"), "tile", TRUE, NULL));
	g_object_unref(image);
}

static double peak_of_children_mb(void)
{
	struct rusage usage;

	assert_int_equal(getrusage(RUSAGE_CHILDREN, &usage), 0);
	return (double)usage.ru_maxrss / 1000;
}

/* 60 megapixels: 180 MB decoded, and as much as coefficients of the progressive JPEG. The largest of all
 * processes is asked for. */
static void panoramas_are_made_within_the_memory_given(void **state)
{
	static const char *const names[] = { "baseline.jpg", "progressive.jpg", "strips.tif", "tiles.tif" };
	struct place *place = *state;

	write_panoramas(place);
	json_decref(make(place, "--memory 300M --jobs 2 --resize 3000 --format jpeg --name {stem}.jpg"));
	assert_true(peak_of_children_mb() < PEAK_MOST_MB);
	for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *stem = g_strndup(names[i], strcspn(names[i], "."));
		char *path = place_path(place, "out/%s.jpg", stem);

		ASSERT_SIZE(path, 3000, 200);
		ASSERT_PIXEL(path, 20, 100, 200, 60, 60, 4);
		ASSERT_PIXEL(path, 2980, 190, 60, 60, 200, 4);
	}
}

int main(void)
{
#define ROW(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)
	const struct CMUnitTest tests[] = {
		ROW(a_phones_heic_is_turned_once_by_its_own_rotation),
		ROW(the_first_page_of_a_tiff_is_taken_with_a_warning),
		ROW(of_a_tiff_with_layers_their_sum_is_taken),
		ROW(sixteen_bits_become_eight_or_stay),
		ROW(panoramas_are_made_within_the_memory_given),
	};

	pictures_start("kinds_test");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
