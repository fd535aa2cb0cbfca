/* Makes every picture of the corpus' good folders, where STAMPMILL_CORPUS says where it is: small, with a
 * mark, each in a process of its own, two at a time, and looks at what came out. */
#include <dirent.h>
#include <sys/mman.h>

#include "image/profile.h"
#include "workshop.h"

#define FILES_MAX 2000
#define CHILDREN 2
#define LIMIT_S 60

/* What a child found out about its file. */
struct finding {
	enum {
		FOUND_NOTHING, /* the child died */
		FOUND_REFUSED, /* by the probe */
		FOUND_FAILED,  /* err says why */
		FOUND_WRONG,   /* err.text says what */
		FOUND_GOOD
	} what;
	struct err err;
};

static const char *const folders[] = { "photos", "orientation", "colour", "formats", "pngsuite" };
static const int mark_colour[] = { 250, 20, 240 };

static const char *corpus;
static char *files[FILES_MAX];
static size_t files_count;
static struct finding *findings;
static struct scratch scratch;
static char logo[300];

static void list(const char *folder)
{
	char path[4096];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/%s", corpus, folder);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		char below[2048];

		if (entry->d_name[0] == '.')
			continue;
		snprintf(below, sizeof(below), "%s/%s", folder, entry->d_name);
		if (entry->d_type == DT_DIR)
			list(below);
		else if (entry->d_type == DT_REG && files_count < FILES_MAX)
			files[files_count++] = strdup(below);
	}
	if (dir)
		closedir(dir);
}

/* The parent evaluates nothing, or its children would hang. */
static int make_logo(const void *unused)
{
	struct raster raster = raster_plain(120, 60, 3, mark_colour);
	VipsImage *image = raster_image(&raster, VIPS_INTERPRETATION_sRGB);

	(void)unused;
	return vips_pngsave(image, logo, NULL) ? 1 : 0;
}

static int begin(void **state)
{
	struct err err;

	(void)state;
	corpus = getenv("STAMPMILL_CORPUS");
	if (!corpus)
		return 0;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		list(folders[i]);
	findings = mmap(NULL, sizeof(*findings) * FILES_MAX, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (findings == MAP_FAILED || !scratch_init(&scratch) || engine_start("test", false, &err))
		return -1;
	snprintf(logo, sizeof(logo), "%s", scratch_path(&scratch, "logo.png"));
	return in_child(make_logo, NULL);
}

static int end(void **state)
{
	(void)state;
	if (corpus)
		scratch_finish(&scratch);
	return 0;
}

static int wrong(struct finding *finding, const char *what)
{
	finding->what = FOUND_WRONG;
	return err_set(&finding->err, REASON_INTERNAL, "%s", what);
}

static int check_profile(VipsImage *image, struct finding *finding)
{
	struct profile *profile;
	const void *icc;
	size_t icc_bytes;
	bool srgb;

	if (!vips_image_get_typeof(image, VIPS_META_ICC_NAME))
		return wrong(finding, "no profile");
	vips_image_get_blob(image, VIPS_META_ICC_NAME, &icc, &icc_bytes);
	profile = profile_open(icc, icc_bytes);
	srgb = profile && profile->srgb;
	profile_free(profile);
	return srgb ? 0 : wrong(finding, "another profile than sRGB");
}

/* The mark takes half of the short edge, with a margin of 2 %, in the lower right. */
static int check_mark(VipsImage *image, struct finding *finding)
{
	int short_px = image->Xsize < image->Ysize ? image->Xsize : image->Ysize;
	double *pixel = NULL;
	int n, result = 0;

	if (short_px < 16)
		return 0; /* too small for JPEG to keep it apart */
	if (vips_getpoint(image, &pixel, &n, image->Xsize - short_px / 4, image->Ysize - short_px / 7, NULL))
		return wrong(finding, "cannot be read again");
	if (image->Type == VIPS_INTERPRETATION_CMYK || n < 3)
		result = wrong(finding, "not in RGB, though the mark is");
	for (int i = 0; i < 3 && !result; i++)
		if (fabs(pixel[i] - mark_colour[i]) > 16)
			result = wrong(finding, "no mark in its place");
	g_free(pixel);
	return result;
}

static int check_output(VipsImage *image, const struct geometry *geometry, struct finding *finding)
{
	if (image->Xsize != geometry->out_width_px || image->Ysize != geometry->out_height_px)
		return wrong(finding, "another size");
	if (vips_image_get_orientation(image) != 1)
		return wrong(finding, "not upright");
	if (image->BandFmt != VIPS_FORMAT_UCHAR)
		return wrong(finding, "more than 8 bits");
	return check_profile(image, finding) || check_mark(image, finding) ? -1 : 0;
}

static enum format output_format(const struct facts *facts)
{
	if (engine_writable() & FORMAT_BIT(facts->format))
		return facts->format;
	return facts->alpha ? FORMAT_PNG : FORMAT_JPEG;
}

static void make(
	struct maker *maker, struct settings *settings, int fd, const char *name, struct finding *finding)
{
	const struct probe_limits limits = { .max_pixels = 400000000 };
	struct make_request request = { .outputs_count = 1 };
	struct make_reply reply;
	struct stat status;
	VipsImage *image;

	if (fstat(fd, &status) || probe_file(fd, &limits, &request.facts, &finding->err)) {
		finding->what = FOUND_REFUSED;
		return;
	}
	request.input = (struct task_input){ 0, name, status.st_size,
		status.st_mtim.tv_sec * INT64_C(1000000000) + status.st_mtim.tv_nsec };
	request.outputs[0] = (struct make_output){ name, output_format(&request.facts),
		geometry_compute(&settings->outputs[0].resize, false, facts_upright_width(&request.facts),
			facts_upright_height(&request.facts)),
		false };
	if (maker_make(maker, fd, &request, &reply)) {
		finding->what = FOUND_FAILED;
		finding->err = reply.err;
		return;
	}
	image = vips_image_new_from_file(scratch_path(&scratch, "%s", name), NULL);
	if (!image)
		wrong(finding, "cannot be opened again");
	else if (!check_output(image, &request.outputs[0].geometry, finding))
		finding->what = FOUND_GOOD;
}

static void make_in_child(size_t i)
{
	char path[8192], name[32];
	struct settings settings;
	struct maker *maker;
	int fd;

	alarm(LIMIT_S);
	engine_enter_worker();
	settings_init(&settings);
	settings.run.sync = false;
	settings.outputs[0].quality = 92;
	settings.outputs[0].mark.file = logo;
	settings.outputs[0].mark.size = (struct length_spec){ LENGTH_PERCENT, 50 };
	size_spec_parse("256", &settings.outputs[0].resize);
	maker = maker_new(&settings, scratch.fd, NULL);
	snprintf(path, sizeof(path), "%s/%s", corpus, files[i]);
	snprintf(name, sizeof(name), "%zu", i);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (maker && fd >= 0)
		make(maker, &settings, fd, name, &findings[i]);
	_exit(0);
}

static void make_all(void)
{
	size_t next = 0, running = 0;

	while (next < files_count || running) {
		pid_t pid;

		if (next < files_count && running < CHILDREN) {
			pid = fork();
			assert_true(pid >= 0);
			if (pid == 0)
				make_in_child(next);
			next++;
			running++;
			continue;
		}
		assert_true(wait(NULL) > 0);
		running--;
	}
}

static void every_picture_that_is_probed_is_made_or_has_a_cause(void **state)
{
	size_t good = 0, bad = 0;

	(void)state;
	if (!corpus)
		skip();
	make_all();
	for (size_t i = 0; i < files_count; i++) {
		const struct finding *found = &findings[i];
		enum reason reason = found->err.reason;
		bool explained = found->what == FOUND_FAILED && strlen(found->err.text) > 8 &&
				 (reason == REASON_TRUNCATED || reason == REASON_CORRUPT ||
					 reason == REASON_UNSUPPORTED);

		if (found->what == FOUND_GOOD)
			good++;
		if (found->what == FOUND_GOOD || found->what == FOUND_REFUSED || explained)
			continue;
		print_error("%s: %s\n", files[i], found->what ? found->err.text : "the child died");
		bad++;
	}
	assert_int_equal(bad, 0);
	/* what libvips' own loaders read of these files with fail_on=truncated, untrusted ones left out */
	assert_true(good >= 525);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_picture_that_is_probed_is_made_or_has_a_cause),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
