/* Probes every file of the corpus of real and hostile pictures, where STAMPMILL_CORPUS says where it is, each
 * in a process of its own, two at a time, and compares with what its lists say. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "image/engine.h"
#include "image/probe.h"

#define ROWS_MAX 4000
#define FIELDS_MAX 16
#define CHILDREN 2
#define LIMIT_S 20
#define UNTRUSTED_LIMIT_S 4 /* some of those hang for ever */
#define LIMIT_BYTES ((rlim_t)3 << 30)

static struct row {
	char path[400];
	int width_px, height_px; /* as the list says; 0: nothing */
	char loader[32];         /* libvips' that read its header, by the list; "-": none */
} rows[ROWS_MAX];
static size_t rows_count;

/* Shared with the children; `status` is the parent's. */
static struct verdict {
	int status;
	struct facts facts;
	struct err err;
} * verdicts;

static const char *corpus;

static size_t split(char *line, char *fields[FIELDS_MAX])
{
	size_t count = 0;

	line[strcspn(line, "\n")] = '\0';
	while (line && count < FIELDS_MAX)
		fields[count++] = strsep(&line, "\t");
	return count;
}

static FILE *open_list(const char *name)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", corpus, name);
	return fopen(path, "re");
}

static void read_manifest(void)
{
	FILE *file = open_list("MANIFEST.tsv");
	char line[8192], *fields[FIELDS_MAX];

	assert_non_null(file);
	while (fgets(line, sizeof(line), file) && rows_count < ROWS_MAX) {
		/* names/ is in an archive of its own */
		if (split(line, fields) < 4 || strncmp(line, "names/", 6) == 0 || strcmp(line, "path") == 0)
			continue;
		snprintf(rows[rows_count].path, sizeof(rows[0].path), "%s", fields[0]);
		rows[rows_count].width_px = atoi(fields[2]);
		rows[rows_count].height_px = atoi(fields[3]);
		rows_count++;
	}
	fclose(file);
}

static void read_loaders(void)
{
	FILE *file = open_list("VIPS.tsv");
	char line[8192], *fields[FIELDS_MAX];

	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		if (split(line, fields) < 7)
			continue;
		for (size_t i = 0; i < rows_count; i++)
			if (strcmp(rows[i].path, fields[0]) == 0)
				snprintf(rows[i].loader, sizeof(rows[i].loader), "%s", fields[6]);
	}
	fclose(file);
}

static int begin(void **state)
{
	(void)state;
	corpus = getenv("STAMPMILL_CORPUS");
	if (!corpus)
		return 0;
	read_manifest();
	read_loaders();
	verdicts = mmap(NULL, sizeof(*verdicts) * ROWS_MAX, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return rows_count && verdicts != MAP_FAILED ? 0 : -1;
}

static void probe_in_child(const struct row *row, bool allow_untrusted, struct verdict *verdict)
{
	const struct probe_limits limits = { .max_pixels = 400000000, .allow_untrusted = allow_untrusted };
	char path[4096];
	int fd;

	alarm(allow_untrusted ? UNTRUSTED_LIMIT_S : LIMIT_S);
#ifndef __SANITIZE_ADDRESS__ /* whose shadow memory is terabytes */
	setrlimit(RLIMIT_DATA, &(struct rlimit){ LIMIT_BYTES, LIMIT_BYTES });
#endif
	engine_enter_worker();
	snprintf(path, sizeof(path), "%s/%s", corpus, row->path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		_exit(2);
	_exit(probe_file(fd, &limits, &verdict->facts, &verdict->err) ? 1 : 0);
}

/* Probes the rows that `wanted` picks; fills verdicts. */
static void probe_all(bool (*wanted)(size_t row), bool allow_untrusted)
{
	struct {
		pid_t pid;
		size_t row;
	} children[CHILDREN] = { { .pid = 0 } };
	size_t next = 0, running = 0;

	for (;;) {
		int status;
		pid_t pid;

		while (next < rows_count && !wanted(next))
			next++;
		if (next < rows_count && running < CHILDREN) {
			size_t slot = children[0].pid ? 1 : 0;

			verdicts[next] = (struct verdict){ .status = -1 };
			children[slot].row = next;
			children[slot].pid = fork();
			assert_true(children[slot].pid >= 0);
			if (children[slot].pid == 0)
				probe_in_child(&rows[next], allow_untrusted, &verdicts[next]);
			running++;
			next++;
			continue;
		}
		if (!running)
			return;
		pid = waitpid(-1, &status, 0);
		for (size_t slot = 0; slot < CHILDREN; slot++)
			if (children[slot].pid == pid) {
				verdicts[children[slot].row].status = status;
				children[slot].pid = 0;
				running--;
			}
	}
}

static bool everything(size_t row)
{
	(void)row;
	return true;
}

static bool only_read_by_untrusted_loaders(size_t row)
{
	return verdicts[row].err.reason == REASON_UNSUPPORTED &&
	       strstr(verdicts[row].err.text, "--allow-untrusted");
}

static bool is_ok(size_t row)
{
	return verdicts[row].status == 0;
}

static bool is_of(size_t row, const char *folder)
{
	return strncmp(rows[row].path, folder, strlen(folder)) == 0;
}

static const struct {
	const char *loader;
	format_set formats;
} trusted[] = {
	{ "jpegload", FORMAT_BIT(FORMAT_JPEG) },
	{ "pngload", FORMAT_BIT(FORMAT_PNG) },
	{ "gifload", FORMAT_BIT(FORMAT_GIF) },
	{ "tiffload", FORMAT_BIT(FORMAT_TIFF) },
	{ "webpload", FORMAT_BIT(FORMAT_WEBP) },
	{ "heifload", FORMAT_BIT(FORMAT_HEIC) | FORMAT_BIT(FORMAT_AVIF) },
};

/* 0 where the header was not read, or by a loader that is not trusted. */
static format_set expected_formats(size_t row)
{
	for (size_t i = 0; i < sizeof(trusted) / sizeof(trusted[0]); i++)
		if (strcmp(rows[row].loader, trusted[i].loader) == 0)
			return trusted[i].formats;
	return 0;
}

static void say(size_t row, const char *what)
{
	print_message("%s: %s: %s: %s\n", rows[row].path, what,
		verdicts[row].err.reason ? reason_name(verdicts[row].err.reason) : "ok",
		verdicts[row].err.text);
}

static void no_header_hangs_or_crashes_without_leave(void **state)
{
	size_t bad = 0;
	struct err err;

	(void)state;
	if (!corpus)
		skip();
	assert_int_equal(engine_start("corpus_test", false, &err), 0);
	probe_all(everything, false);
	for (size_t i = 0; i < rows_count; i++)
		if (!WIFEXITED(verdicts[i].status) || WEXITSTATUS(verdicts[i].status) > 1) {
			say(i, "died");
			bad++;
		}
	assert_int_equal(bad, 0);
}

/* Whether this build reads it or not. */
static bool is_raw(size_t i)
{
	return verdicts[i].err.reason == REASON_CAMERA_RAW || verdicts[i].facts.raw.source != RAW_NONE;
}

static void what_trusted_loaders_read_is_probed_right(void **state)
{
	size_t bad = 0, good = 0, refused = 0;

	(void)state;
	if (!corpus)
		skip();
	for (size_t i = 0; i < rows_count; i++) {
		const struct facts *facts = &verdicts[i].facts;
		format_set formats = expected_formats(i);

		if (!formats || verdicts[i].err.reason == REASON_TOO_MANY_PIXELS || is_raw(i))
			continue;
		if (!is_ok(i) && is_of(i, "broken/")) {
			refused++;
			continue;
		}
		if (!is_ok(i) || !(FORMAT_BIT(facts->format) & formats) ||
			(rows[i].width_px && facts->width_px != rows[i].width_px) ||
			(rows[i].height_px && facts->height_px != rows[i].height_px)) {
			say(i, "not as listed");
			bad++;
		}
		good++;
	}
	assert_int_equal(bad, 0);
	assert_true(good > 900);
	/* newer libraries than those of the list refuse some more of what is broken */
	assert_true(refused < 10);
}

static void every_refusal_has_a_reason_and_a_cause(void **state)
{
	size_t bad = 0;

	(void)state;
	if (!corpus)
		skip();
	for (size_t i = 0; i < rows_count; i++) {
		const struct err *err = &verdicts[i].err;

		if (is_ok(i))
			continue;
		if (!reason_name(err->reason) || err->reason == REASON_INTERNAL || !err->text[0] ||
			strstr(err->text, "gives no cause") || strchr(err->text, '\n')) {
			say(i, "no good reason");
			bad++;
		}
	}
	assert_int_equal(bad, 0);
}

static void raw_files_and_only_those_are_told_apart(void **state)
{
	size_t raw = 0;

	(void)state;
	if (!corpus)
		skip();
	for (size_t i = 0; i < rows_count; i++) {
		if (!is_raw(i))
			continue;
		raw++;
		assert_false(is_of(i, "photos/") || is_of(i, "formats/") || is_of(i, "colour/") ||
			     is_of(i, "orientation/") || is_of(i, "metadata/"));
	}
	assert_true(raw >= 2);
}

/* The orientation that a file's name ends in, or 0. */
static int named_orientation(size_t row)
{
	static const char *const beginnings[] = { "orientation/fastimage-jpg/ExifOrientation",
		"orientation/fastimage-tiff-ccitt4/ExifOrientation", "orientation/pillow/hopper_orientation_",
		"orientation/imgproxy-png/orientation-" };

	/* these hold none and 3 */
	if (strstr(rows[row].path, "orientation-0") || strstr(rows[row].path, "orientation-1"))
		return 0;
	for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++)
		if (is_of(row, beginnings[i]))
			return rows[row].path[strlen(beginnings[i])] - '0';
	return 0;
}

static void orientations_are_told(void **state)
{
	size_t seen = 0;

	(void)state;
	if (!corpus)
		skip();
	for (size_t i = 0; i < rows_count; i++) {
		int orientation = named_orientation(i);

		if (!orientation)
			continue;
		if (verdicts[i].facts.orientation != orientation)
			fail_msg("%s: orientation %d", rows[i].path, verdicts[i].facts.orientation);
		seen++;
	}
	assert_true(seen > 30);
}

static void untrusted_kinds_open_or_fail_alone(void **state)
{
	size_t good = 0, bad = 0;
	struct err err;

	(void)state;
	if (!corpus)
		skip();
	assert_int_equal(engine_start("corpus_test", true, &err), 0);
	probe_all(only_read_by_untrusted_loaders, true);
	for (size_t i = 0; i < rows_count; i++) {
		if (is_ok(i)) {
			good += verdicts[i].facts.format == FORMAT_OTHER;
		} else if (WIFEXITED(verdicts[i].status) && !verdicts[i].err.text[0]) {
			say(i, "no reason");
			bad++;
		}
	}
	assert_int_equal(bad, 0);
	assert_true(good > 80);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_header_hangs_or_crashes_without_leave),
		cmocka_unit_test(what_trusted_loaders_read_is_probed_right),
		cmocka_unit_test(every_refusal_has_a_reason_and_a_cause),
		cmocka_unit_test(raw_files_and_only_those_are_told_apart),
		cmocka_unit_test(orientations_are_told),
		cmocka_unit_test(untrusted_kinds_open_or_fail_alone),
	};

	return cmocka_run_group_tests(tests, begin, NULL);
}
