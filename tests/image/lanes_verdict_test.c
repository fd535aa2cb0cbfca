/*
 * Damaged JPEGs in both lanes: they are made in both, or fail in both for the same reason, under each
 * --fail-on.
 *
 * LANES_ROUNDS (default 400) damaged copies of good files are made from LANES_SEED (default 1), and the
 * broken ones of the corpus are taken where STAMPMILL_CORPUS says where it is. LANES_SHOW=1 prints what came
 * of each.
 */
#include <ftw.h>
#include <inttypes.h>

#include "image/attach.h"
#include "job/lane_choice.h"
#include "lanes.h"

#define SOURCES_MAX 8
/* Damage may claim any size; larger ones only take longer. */
#define MOST_PIXELS 2000000
#define MOST_PIXELS_OF_CORPUS 40000000

static struct lanes lanes;
static struct workshop *const workshop = &lanes.workshop;
static struct source {
	const char *name;
	void *data;
	size_t size_bytes;
} sources[SOURCES_MAX];
static size_t sources_count;
static size_t made, failed, handed_over, unreadable, differing;

static uint64_t number_from(const char *name, uint64_t otherwise)
{
	const char *text = g_getenv(name);

	return text ? strtoull(text, NULL, 10) : otherwise;
}

/* xorshift64* */
static uint64_t seed;
static uint32_t random_below(size_t limit)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (uint32_t)((seed * UINT64_C(2685821657736338717) >> 32) % limit);
}

/* A piece of a photograph, stored by libvips in that way. */
static void add_source(const char *name, int left, int bands, const char *suffix)
{
	g_autofree char *path =
		g_build_filename(g_getenv("TESTDATA"), "..", "samples", "photos", "lake-at-dusk.jpg", NULL);
	VipsImage *file = vips_image_new_from_file(path, NULL), *part = NULL, *image = NULL;
	struct source *source = &sources[sources_count++];

	assert_non_null(file);
	assert_int_equal(vips_crop(file, &part, left, 300, 150, 117, NULL), 0);
	assert_int_equal(vips_colourspace(part, &image,
				 bands == 1 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB, NULL),
		0);
	source->name = name;
	if (vips_image_write_to_buffer(image, suffix, &source->data, &source->size_bytes, NULL))
		fail_msg("%s: %s", suffix, vips_error_buffer());
	g_object_unref(image);
	g_object_unref(part);
	g_object_unref(file);
}

/* The settings of a verdict: a small picture, so that each takes a millisecond. */
static void set(enum fail_on fail_on, const char *resize)
{
	workshop->settings.run.fail_on = fail_on;
	workshop_resize(workshop, resize);
}

/* Whether it is for the planar lane; what cannot be read is for none. */
static bool is_wanted(int fd, const char *what, int64_t most_pixels)
{
	const struct probe_limits limits = { .max_pixels = most_pixels };
	unsigned char head[2] = { 0 };
	struct facts facts;
	struct err err;
	bool planar;

	if (pread(fd, head, sizeof(head), 0) != sizeof(head) || head[0] != 0xff || head[1] != 0xd8)
		return false;
	if (probe_file(fd, &limits, &facts, &err)) {
		unreadable++;
		return false;
	}
	workshop_ask(workshop, fd, what, FORMAT_JPEG);
	workshop->settings.run.lane = LANE_WISH_AUTO;
	planar = lane_choose(&workshop->request, &workshop->settings, true).planar;
	handed_over += !planar;
	return planar;
}

struct verdict {
	bool made;
	struct err err;
};

static struct verdict judge(enum lane_wish lane, int fd)
{
	struct verdict verdict = { .made = lanes_make(&lanes, lane, fd, "out.jpg") };

	verdict.err = workshop->reply.err;
	return verdict;
}

static const char *word_of(const struct verdict *verdict)
{
	return verdict->made ? "made" : reason_name(verdict->err.reason);
}

static bool is_same(const struct verdict *one, const struct verdict *other)
{
	return one->made == other->made && (one->made || one->err.reason == other->err.reason);
}

/* libvips looks at warnings before every eight rows, so that it misses those of the last ones. The planar
 * lane looks at the end too, which is what --fail-on=warning is for. */
static bool is_excepted(const struct verdict *planar, const struct verdict *vips)
{
	return workshop->settings.run.fail_on == FAIL_ON_WARNING && vips->made && !planar->made &&
	       planar->err.reason == REASON_CORRUPT;
}

static void compare(const char *what, int fd)
{
	struct verdict planar = judge(LANE_WISH_PLANAR, fd), vips = judge(LANE_WISH_VIPS, fd);
	bool same = is_same(&planar, &vips) || is_excepted(&planar, &vips);

	made += planar.made;
	failed += !planar.made;
	differing += !same;
	if (!same || g_getenv("LANES_SHOW"))
		fprintf(stderr, "%s, fail on %d: planar: %s (%s); vips: %s (%s)\n", what,
			workshop->settings.run.fail_on, word_of(&planar), planar.made ? "" : planar.err.text,
			word_of(&vips), vips.made ? "" : vips.err.text);
}

static void flip(uint8_t *data, size_t size_bytes)
{
	for (uint32_t i = 1 + random_below(3); i > 0; i--)
		data[2 + random_below(size_bytes - 2)] ^= (uint8_t)(1 << random_below(8));
}

/* Some bytes left out, or there twice; the new size. */
static size_t shift(uint8_t *data, size_t size_bytes)
{
	size_t length = 1 + random_below(300), at = 2 + random_below(size_bytes - 2 - length);

	memmove(data + at, data + at + length, size_bytes - at - length);
	return size_bytes - length;
}

static size_t damage(uint8_t *data, size_t size_bytes)
{
	switch (random_below(8)) {
	case 0:
		return 3 + random_below(size_bytes - 3);
	case 1:
		return shift(data, size_bytes);
	case 2:
		data[2 + random_below(size_bytes - 2)] = (uint8_t)(random_below(2) ? 0xff : 0);
		return size_bytes;
	default:
		flip(data, size_bytes);
		return size_bytes;
	}
}

static void damaged_files_get_the_same_verdict(void **state)
{
	static const char *const sizes[] = { "64", "100", "33x90:stretch", "149" };
	uint64_t rounds = number_from("LANES_ROUNDS", 400);
	char what[100];

	(void)state;
	seed = number_from("LANES_SEED", 1) * 1000003;
	made = failed = differing = 0;
	for (uint64_t i = 0; i < rounds; i++) {
		const struct source *source = &sources[random_below(sources_count)];
		g_autofree uint8_t *data = g_memdup2(source->data, source->size_bytes);
		int fd = memory_file(data, damage(data, source->size_bytes));

		/* what the damage is depends on nothing that was made before */
		set((enum fail_on)random_below(FAIL_ON_WARNING + 1),
			sizes[random_below(G_N_ELEMENTS(sizes))]);
		snprintf(what, sizeof(what), "%s, round %" PRIu64, source->name, i);
		if (is_wanted(fd, what, MOST_PIXELS))
			compare(what, fd);
		close(fd);
	}
	fprintf(stderr, "%zu made, %zu failed, %zu differing, %zu unreadable, %zu for the vips lane alone\n",
		made, failed, differing, unreadable, handed_over);
	assert_true(made > 0 && failed > 0);
	assert_int_equal(differing, 0);
}

static int take_file(const char *path, const struct stat *status, int kind, struct FTW *place)
{
	int fd;

	(void)status;
	(void)place;
	if (kind != FTW_F)
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	for (enum fail_on fail_on = FAIL_ON_NONE; fail_on <= FAIL_ON_WARNING; fail_on++) {
		set(fail_on, "120");
		if (!is_wanted(fd, path, MOST_PIXELS_OF_CORPUS))
			break;
		compare(path, fd);
	}
	close(fd);
	return 0;
}

static void the_broken_files_of_the_corpus_get_the_same_verdict(void **state)
{
	g_autofree char *path = NULL;

	(void)state;
	if (!g_getenv("STAMPMILL_CORPUS"))
		skip();
	made = failed = differing = unreadable = handed_over = 0;
	path = g_build_filename(g_getenv("STAMPMILL_CORPUS"), "broken", NULL);
	assert_int_equal(nftw(path, take_file, 16, FTW_PHYS), 0);
	fprintf(stderr, "%zu made, %zu failed, %zu differing, %zu unreadable, %zu for the vips lane alone\n",
		made, failed, differing, unreadable, handed_over);
	assert_true(made > 0 && failed > 0);
	assert_int_equal(differing, 0);
}

static int begin(void **state)
{
	if (start_engine(state))
		return -1;
	lanes_init(&lanes);
	add_source("4:2:0", 10, 3, ".jpg[Q=80]");
	add_source("4:4:4", 40, 3, ".jpg[Q=92]");
	add_source("grey", 70, 1, ".jpg[Q=80]");
	add_source("progressive", 100, 3, ".jpg[Q=80,interlace]");
	add_source("restarts", 130, 3, ".jpg[Q=80,restart-interval=8]");
	add_source("optimised", 160, 3, ".jpg[Q=30,optimize-coding]");
	return 0;
}

static int end(void **state)
{
	(void)state;
	for (size_t i = 0; i < sources_count; i++)
		g_free(sources[i].data);
	lanes_finish(&lanes);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(damaged_files_get_the_same_verdict),
		cmocka_unit_test(the_broken_files_of_the_corpus_get_the_same_verdict),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
