#include "job/raw_pairs.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "check.h"

/* Inputs by name, each of the kind that its extension says: jpg, heic, png; in capitals broken; dng is a raw
 * file, nef one that this build cannot read. */
enum {
	INPUTS_MAX = 8
};

struct scene {
	struct input inputs[INPUTS_MAX];
	struct probe_verdict verdicts[INPUTS_MAX];
	struct scan scan;
};

static void fill(struct probe_verdict *verdict, const char *path)
{
	const char *kind = strrchr(path, '.') + 1;

	*verdict = (struct probe_verdict){ .facts.format = FORMAT_NONE };
	if (strcasecmp(kind, "dng") == 0) {
		verdict->facts.format = FORMAT_RAW;
		verdict->facts.raw.source = RAW_DEVELOPED;
	} else {
		verdict->facts.format = strcasecmp(kind, "jpg") == 0    ? FORMAT_JPEG
					: strcasecmp(kind, "heic") == 0 ? FORMAT_HEIC
									: FORMAT_PNG;
	}
	if (strcmp(kind, "nef") == 0)
		err_set(&verdict->err, REASON_CAMERA_RAW, "no LibRaw");
	else if (*kind >= 'A' && *kind <= 'Z')
		err_set(&verdict->err, REASON_CORRUPT, "broken");
}

/* For each of the names, divided by blanks, which one is taken in its place, counted from 1; 0: it is taken.
 */
static void check(enum raw_pairs wish, const char *names, const char *expected)
{
	struct settings settings = { .input = { .raw_pairs = wish } };
	struct scene scene = { .scan = { .inputs = scene.inputs } };
	char paths[200], *next, found[32] = "";

	snprintf(paths, sizeof(paths), "%s", names);
	for (char *path = strtok_r(paths, " ", &next); path; path = strtok_r(NULL, " ", &next)) {
		size_t i = scene.scan.inputs_count++;

		scene.inputs[i] = (struct input){ .root = path[0] == '+', .path = path + (path[0] == '+') };
		fill(&scene.verdicts[i], path);
	}
	raw_pairs_mark(scene.verdicts, &scene.scan, &settings);
	for (size_t i = 0; i < scene.scan.inputs_count; i++)
		snprintf(found + strlen(found), sizeof(found) - strlen(found), "%zu",
			scene.verdicts[i].taken_instead);
	assert_string_equal(found, expected);
}

static void one_of_a_pair_is_taken_as_asked(void **state)
{
	(void)state;
	check(RAW_PAIRS_JPEG, "a.dng a.jpg", "20");
	check(RAW_PAIRS_RAW, "a.dng a.jpg", "01");
	check(RAW_PAIRS_BOTH, "a.dng a.jpg", "00");
	check(RAW_PAIRS_JPEG, "a.heic a.dng", "01");
	check(RAW_PAIRS_RAW, "a.heic a.dng", "20");
}

static void names_are_compared_without_the_extension_and_folded(void **state)
{
	(void)state;
	check(RAW_PAIRS_JPEG, "IMG_1.dng img_1.jpg", "20");
	check(RAW_PAIRS_JPEG, "\303\234b.dng u\314\210B.jpg", "20");
	check(RAW_PAIRS_JPEG, "a.dng a-1.jpg", "00");
	check(RAW_PAIRS_JPEG, "a.b.dng a.jpg", "00");
}

static void a_pair_lies_in_one_folder_of_one_input(void **state)
{
	(void)state;
	check(RAW_PAIRS_JPEG, "x/a.dng y/a.jpg", "00");
	check(RAW_PAIRS_JPEG, "x/a.dng x/a.jpg", "20");
	check(RAW_PAIRS_JPEG, "a.dng +a.jpg", "00");
	check(RAW_PAIRS_JPEG, "x.1/a.dng x.2/a.jpg", "00");
}

static void what_is_broken_takes_nobodys_place(void **state)
{
	(void)state;
	check(RAW_PAIRS_JPEG, "a.dng a.JPG", "00");
	check(RAW_PAIRS_RAW, "a.DNG a.jpg", "00");
	check(RAW_PAIRS_JPEG, "a.DNG a.jpg", "00"); /* and its flaw is told */
	check(RAW_PAIRS_RAW, "a.nef a.jpg", "00");
	check(RAW_PAIRS_JPEG, "a.nef a.jpg", "20");
}

static void others_are_left_alone(void **state)
{
	(void)state;
	check(RAW_PAIRS_JPEG, "a.dng a.png b.jpg", "000");
	check(RAW_PAIRS_RAW, "a.png a.dng a.jpg a.heic", "0022");
	check(RAW_PAIRS_JPEG, "a.jpg a.heic", "00");
	check(RAW_PAIRS_JPEG, "a.dng a.jpg a.heic", "200");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_of_a_pair_is_taken_as_asked),
		cmocka_unit_test(names_are_compared_without_the_extension_and_folded),
		cmocka_unit_test(a_pair_lies_in_one_folder_of_one_input),
		cmocka_unit_test(what_is_broken_takes_nobodys_place),
		cmocka_unit_test(others_are_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
