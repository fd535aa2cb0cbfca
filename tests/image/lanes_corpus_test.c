/*
 * Both lanes at every JPEG of the corpus of real pictures, where STAMPMILL_CORPUS says where it is: each with
 * one row of the matrix, the next picture with the next row.
 *
 * LANES_ALL=1 makes each picture with every row, which takes a quarter of an hour; LANES_FOLDER names a
 * folder of pictures to take instead of the corpus; LANES_SHOW=1 prints luma and chroma of all.
 */
#include <dirent.h>

#include "job/lane_choice.h"
#include "lanes.h"

#define LEAST_PX 64
/* Of the short form: four times as many pixels take four times as long, under AddressSanitizer in minutes. */
#define SHORT_PIXELS INT64_C(8000000)

static struct lanes lanes;
static struct workshop *const workshop = &lanes.workshop;
static char *logo;
static size_t compared, handed_over, different;

enum marking {
	NO_MARK,
	IN_CORNER,
	TILED,
	CHOSEN /* a light or a dark one in the calmest corner */
};

static const struct row {
	const char *resize; /* NULL: the size is kept */
	enum marking marking;
	enum colour_policy colour;
	enum metadata_policy metadata;
	enum sampling sampling;
	bool progressive, optimize;
} matrix[] = {
	{ "2048", IN_CORNER, COLOUR_SRGB, METADATA_SAFE, SAMPLING_GOOD, false, false },
	{ "400", IN_CORNER, COLOUR_SRGB, METADATA_ALL, SAMPLING_GOOD, false, true },
	{ "320x240:cover", NO_MARK, COLOUR_SRGB, METADATA_SAFE, SAMPLING_GOOD, true, false },
	{ "50%", TILED, COLOUR_SRGB, METADATA_COPYRIGHT, SAMPLING_GOOD, false, false },
	{ NULL, IN_CORNER, COLOUR_KEEP, METADATA_ALL, SAMPLING_GOOD, false, false },
	{ "301x403:pad", TILED, COLOUR_SRGB, METADATA_NONE, SAMPLING_GOOD, false, false },
	{ "257x131:stretch", NO_MARK, COLOUR_KEEP, METADATA_SAFE, SAMPLING_GOOD, false, false },
	{ "short:90", IN_CORNER, COLOUR_SRGB, METADATA_SAFE, SAMPLING_BEST, false, false },
	{ "37%", NO_MARK, COLOUR_SRGB, METADATA_SAFE, SAMPLING_BEST, false, false },
	{ "700", CHOSEN, COLOUR_SRGB, METADATA_SAFE, SAMPLING_GOOD, false, false },
};

static void set(const struct row *row)
{
	struct output_settings *output = workshop->output;

	output->resize.mode = SIZE_KEEP;
	if (row->resize)
		workshop_resize(workshop, row->resize);
	g_clear_pointer(&output->mark.file, g_free);
	g_clear_pointer(&output->mark.light, g_free);
	g_clear_pointer(&output->mark.dark, g_free);
	if (row->marking == CHOSEN)
		lanes_use_pair(&lanes);
	else if (row->marking != NO_MARK)
		workshop_mark(workshop, logo);
	output->mark.position = row->marking == TILED    ? GRAVITY_TILE
				: row->marking == CHOSEN ? GRAVITY_CALM
							 : GRAVITY_SE;
	output->mark.opacity = row->marking == TILED ? 0.4 : 1;
	output->mark.size = (struct length_spec){ LENGTH_PERCENT, 20 };
	output->colour = row->colour;
	output->metadata = row->metadata;
	output->progressive = row->progressive;
	output->optimize = row->optimize;
	workshop->settings.run.sampling = row->sampling;
}

/* Whether it is for the planar lane, and large enough to be compared. */
static bool is_wanted(int fd, const char *path, bool all)
{
	const struct probe_limits limits = { .max_pixels = 400000000 };
	const struct geometry *geometry = &workshop->request.outputs[0].geometry;
	struct lane_choice choice;
	struct facts facts;
	struct err err;

	if (probe_file(fd, &limits, &facts, &err) || facts.format != FORMAT_JPEG)
		return false;
	if (!all && (int64_t)facts.width_px * facts.height_px > SHORT_PIXELS)
		return false;
	workshop_ask(workshop, fd, path, FORMAT_JPEG);
	if (geometry->out_width_px < LEAST_PX || geometry->out_height_px < LEAST_PX)
		return false;
	workshop->settings.run.lane = LANE_WISH_AUTO;
	choice = lane_choose(&workshop->request, &workshop->settings, true);
	handed_over += !choice.planar;
	if (!choice.planar && g_getenv("LANES_SHOW"))
		fprintf(stderr, "vips lane: %s: %s\n", path, choice.why);
	return choice.planar;
}

/* Where the lanes are further apart, and the planar lane is the one that is nearer to the picture resized in
 * floating point without clipping. The test card's black and white overshoot at every edge, which red, green
 * and blue of 8 bits cut off on the way and planes do not, as far as 0 and 255 let them. The camera stores
 * colours that no red, green and blue stand for. Of the noise on the bench's saturated tartan
 * (tests/bench/photos.sh) red, green and blue lose what goes below 0 or above 255: the planar lane's is 2.0
 * dB of luma and 0.4 dB of chroma nearer. */
static bool is_excepted(const char *path)
{
	static const char *const names[] = { "320x240.jpg", "FujiFilm DS-7 (3).jpg", "DSC_0007.jpg" };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (g_str_has_suffix(path, names[i]))
			return true;
	return false;
}

static void compare(int fd, const char *path, const struct row *row)
{
	g_autofree char *what = g_strdup_printf(
		"%s, %s, sampling %d", path, row->resize ? row->resize : "kept", row->sampling);
	const char *difference;
	bool made;

	difference = lanes_compare(&lanes, what, fd, &made);
	compared += made;
	if (!difference || is_excepted(path))
		return;
	fprintf(stderr, "%s: %s\n", what, difference);
	different++;
}

static void take_file(const char *path)
{
	static size_t next;
	bool all = g_getenv("LANES_ALL");
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	for (size_t i = 0; i < (all ? G_N_ELEMENTS(matrix) : 1); i++) {
		const struct row *row = &matrix[all ? i : next % G_N_ELEMENTS(matrix)];

		set(row);
		if (is_wanted(fd, path, all)) {
			compare(fd, path, row);
			next++;
		}
	}
	close(fd);
}

static int by_name(const void *one, const void *other)
{
	return strcmp(*(char *const *)one, *(char *const *)other);
}

static void take_folder(const char *path)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	DIR *folder = opendir(path);
	struct dirent *entry;

	assert_non_null(folder);
	while ((entry = readdir(folder)))
		if (entry->d_name[0] != '.')
			g_ptr_array_add(names, g_build_filename(path, entry->d_name, NULL));
	closedir(folder);
	g_ptr_array_sort(names, by_name);
	for (guint i = 0; i < names->len; i++) {
		const char *name = names->pdata[i];

		if (g_file_test(name, G_FILE_TEST_IS_DIR))
			take_folder(name);
		else
			take_file(name);
	}
	g_ptr_array_unref(names);
}

static void take_corpus(void)
{
	static const char *const folders[] = { "photos", "orientation", "colour", "formats", "metadata" };

	for (size_t i = 0; i < G_N_ELEMENTS(folders); i++) {
		g_autofree char *path = g_build_filename(g_getenv("STAMPMILL_CORPUS"), folders[i], NULL);

		take_folder(path);
	}
}

static void real_pictures_are_equal(void **state)
{
	(void)state;
	if (g_getenv("LANES_FOLDER"))
		take_folder(g_getenv("LANES_FOLDER"));
	else if (g_getenv("STAMPMILL_CORPUS"))
		take_corpus();
	else
		skip();
	fprintf(stderr, "%zu compared, %zu different, %zu for the vips lane alone\n", compared, different,
		handed_over);
	assert_true(compared > 0);
	assert_int_equal(different, 0);
}

static int begin(void **state)
{
	if (start_engine(state))
		return -1;
	lanes_init(&lanes);
	logo = g_build_filename(g_getenv("TESTDATA"), "..", "samples", "logo.png", NULL);
	return 0;
}

static int end(void **state)
{
	(void)state;
	g_free(logo);
	lanes_finish(&lanes);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(real_pictures_are_equal),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
