/* Edits the metadata of every picture in two folders of the corpus, puts it into small JPEGs, and lets
 * exiftool say what is in them. Skipped where the corpus (STAMPMILL_CORPUS) or exiftool is absent. */
#include <ftw.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include <string.h>
#include <vips/vips.h>

#include "check.h"
#include "image/blobs.h"
#include "image/engine.h"
#include "image/metadata.h"

#define COPYRIGHT "\xc2\xa9 2024 M\xc3\xbcller Studio"
#define ARTIST "J\xc3\xbcrgen; Anna"
#define TERMS "F\xc3\xbcr <Web>, ein Jahr"
#define EMAIL "j\xc3\xbcrgen@m\xc3\xbcller.example"
#define PHONE "+49 30 1"
#define XMP_HEADER "http://ns.adobe.com/xap/1.0/"

enum {
	AS_IT_WAS = METADATA_NONE + 1, /* the number that stands for the input in the names of files */
	VARIANTS
};

static struct picture {
	char *path;
	struct metadata in;
} * pictures;
static size_t pictures_count;

static char *folder;
static unsigned char *carrier; /* a small JPEG without metadata */
static size_t carrier_bytes;
static json_t *reports; /* what exiftool says: by "index-variant.jpg" */

static struct blob take_blob(VipsImage *image, const char *field)
{
	const void *data;
	size_t size_bytes;

	if (!vips_image_get_typeof(image, field) || vips_image_get_blob(image, field, &data, &size_bytes) ||
		size_bytes == 0)
		return (struct blob){ 0 };
	return test_blob(data, size_bytes);
}

static void keep(const char *path, VipsImage *image)
{
	struct metadata in = { take_blob(image, "exif-data"), take_blob(image, "xmp-data"),
		take_blob(image, "iptc-data") };

	if (!in.exif.data && !in.xmp.data && !in.iptc.data)
		return;
	pictures = g_renew(struct picture, pictures, pictures_count + 1);
	pictures[pictures_count++] = (struct picture){ g_strdup(path), in };
}

static int collect(const char *path, const struct stat *stat, int type, struct FTW *position)
{
	VipsSource *source = type == FTW_F ? vips_source_new_from_file(path) : NULL;
	VipsImage *image = source ? vips_image_new_from_source(source, "", NULL) : NULL;

	(void)stat;
	(void)position;
	if (image)
		keep(path, image);
	vips_error_clear();
	g_clear_object(&image);
	g_clear_object(&source);
	return 0;
}

static void put_segment(FILE *file, int marker, const char *header, size_t header_bytes, struct blob blob)
{
	size_t length = 2 + header_bytes + blob.size_bytes;

	if (!blob.data || length > 65535)
		return;
	fprintf(file, "\xff%c%c%c", marker, (int)(length >> 8), (int)(length & 255));
	fwrite(header, 1, header_bytes, file);
	fwrite(blob.data, 1, blob.size_bytes, file);
}

static void put_picture(size_t index, int variant, const struct metadata *metadata)
{
	g_autofree char *path = g_strdup_printf("%s/%zu-%d.jpg", folder, index, variant);
	bool has_header = metadata->exif.size_bytes >= 4 && memcmp(metadata->exif.data, "Exif", 4) == 0;
	bool is_bare = metadata->iptc.size_bytes && metadata->iptc.data[0] == 0x1c;
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	fwrite(carrier, 1, 2, file);
	put_segment(file, 0xe1, "Exif\0", has_header ? 0 : 6, metadata->exif);
	put_segment(file, 0xe1, XMP_HEADER, sizeof(XMP_HEADER), metadata->xmp);
	if (!is_bare)
		put_segment(file, 0xed, "", 0, metadata->iptc);
	fwrite(carrier + 2, 1, carrier_bytes - 2, file);
	assert_int_equal(fclose(file), 0);
}

static void edit_and_put(size_t index, enum metadata_policy policy)
{
	const struct metadata_target target = { .policy = policy,
		.copyright = COPYRIGHT,
		.artist = ARTIST,
		.usage_terms = TERMS,
		.contact = { .email = EMAIL, .phone = PHONE },
		.width_px = 8,
		.height_px = 8,
		.srgb = true,
		.iptc_form = IPTC_FORM_RESOURCES };
	struct metadata once, twice;

	metadata_edit(&pictures[index].in, &target, &once);
	metadata_edit(&once, &target, &twice);
	if (!blobs_are_equal(&once.exif, &twice.exif) || !blobs_are_equal(&once.xmp, &twice.xmp) ||
		!blobs_are_equal(&once.iptc, &twice.iptc))
		fail_msg("%s: policy %d changes its own output", pictures[index].path, (int)policy);
	put_picture(index, policy, &once);
	metadata_finish(&once);
	metadata_finish(&twice);
}

static void ask_exiftool(void)
{
	const char *arguments[] = { "exiftool", "-q", "-q", "-j", "-a", "-s", "-G0:1:4", "-validate",
		"-ExifTool:all", "-EXIF:all", "-XMP:all", "-IPTC:all", "-Photoshop:all", "-MakerNotes:all",
		folder, NULL };
	g_autofree char *answer = NULL;
	json_t *list;

	assert_true(g_spawn_sync(NULL, (char **)arguments, NULL,
		G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &answer, NULL, NULL, NULL));
	list = json_loads(answer, 0, NULL);
	assert_non_null(list);
	reports = json_object();
	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *report = json_array_get(list, i);
		const char *path = json_string_value(json_object_get(report, "SourceFile"));

		json_object_set(reports, strrchr(path, '/') + 1, report);
	}
	json_decref(list);
}

static int begin(void **state)
{
	const char *corpus = getenv("STAMPMILL_CORPUS");
	g_autofree char *exiftool = g_find_program_in_path("exiftool");
	struct err err;
	VipsImage *black;
	void *data;

	(void)state;
	if (!corpus || !exiftool)
		return 0;
	if (engine_start("metadata_corpus_test", false, &err) || vips_black(&black, 8, 8, "bands", 3, NULL) ||
		vips_jpegsave_buffer(black, &data, &carrier_bytes, "strip", TRUE, NULL))
		return -1;
	carrier = data;
	g_object_unref(black);
	for (size_t i = 0; i < 2; i++) {
		g_autofree char *path = g_strdup_printf("%s/%s", corpus, i == 0 ? "metadata" : "photos");

		nftw(path, collect, 16, FTW_PHYS);
	}
	folder = g_dir_make_tmp("stampmill-XXXXXX", NULL);
	for (size_t i = 0; i < pictures_count; i++) {
		for (int policy = METADATA_ALL; policy <= METADATA_NONE; policy++)
			edit_and_put(i, (enum metadata_policy)policy);
		put_picture(i, AS_IT_WAS, &pictures[i].in);
	}
	ask_exiftool();
	return 0;
}

static int end(void **state)
{
	(void)state;
	for (size_t i = 0; i < pictures_count; i++) {
		for (int variant = 0; variant < VARIANTS; variant++) {
			g_autofree char *path = g_strdup_printf("%s/%zu-%d.jpg", folder, i, variant);

			g_unlink(path);
		}
		g_free(pictures[i].path);
		metadata_finish(&pictures[i].in);
	}
	if (folder)
		g_rmdir(folder);
	g_free(folder);
	g_free(pictures);
	g_free(carrier);
	json_decref(reports);
	return 0;
}

static const json_t *report_of(size_t index, int variant)
{
	char name[64];
	const json_t *report;

	snprintf(name, sizeof(name), "%zu-%d.jpg", index, variant);
	report = json_object_get(reports, name);
	if (!report)
		fail_msg("%s (%s) was not read", name, pictures[index].path);
	return report;
}

static void skip_without_pictures(void)
{
	if (!reports)
		skip();
	assert_true(pictures_count > 100);
}

/* No tag of the report has any of the words in its name, which is "group:group:copy:tag". */
static void assert_no_tag(size_t index, int variant, const char *const *words)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)report_of(index, variant), name, value)
	{
		for (const char *const *word = words; *word; word++) {
			if (strstr(name, *word))
				fail_msg("%s, policy %d: %s is there", pictures[index].path, variant, name);
		}
	}
}

static void no_thumbnail_is_found_under_any_policy(void **state)
{
	static const char *const words[] = { "Thumbnail", ":IFD1:", NULL };

	(void)state;
	skip_without_pictures();
	for (size_t i = 0; i < pictures_count; i++) {
		assert_no_tag(i, METADATA_SAFE, words);
		assert_no_tag(i, METADATA_COPYRIGHT, words);
		assert_no_tag(i, METADATA_NONE, words);
		/* Maker notes go on naming the previews that are blank now. */
		assert_no_tag(i, METADATA_ALL, words + 1);
	}
}

static void safe_leaves_no_place_and_no_number(void **state)
{
	static const char *const words[] = { "GPS", "Serial", "MakerNote", "Preview", "GainMap", NULL };

	(void)state;
	skip_without_pictures();
	for (size_t i = 0; i < pictures_count; i++) {
		assert_no_tag(i, METADATA_SAFE, words);
		assert_no_tag(i, METADATA_COPYRIGHT, words);
		assert_no_tag(i, METADATA_NONE, words);
	}
}

static void assert_text(const json_t *report, const char *tag, const char *wanted)
{
	const json_t *value = json_object_get(report, tag);

	if (!value || !json_is_string(value) || strcmp(json_string_value(value), wanted) != 0)
		fail_msg("%s: %s is \"%s\"", json_string_value(json_object_get(report, "SourceFile")), tag,
			value && json_is_string(value) ? json_string_value(value) : "not there");
}

static void assert_pair(const json_t *report, const char *tag, const char *first, const char *second)
{
	const json_t *value = json_object_get(report, tag);

	assert_int_equal(json_array_size(value), 2);
	assert_string_equal(json_string_value(json_array_get(value, 0)), first);
	assert_string_equal(json_string_value(json_array_get(value, 1)), second);
}

static void texts_are_in_step_everywhere(void **state)
{
	(void)state;
	skip_without_pictures();
	for (size_t i = 0; i < pictures_count; i++) {
		for (int policy = METADATA_ALL; policy <= METADATA_NONE; policy++) {
			const json_t *report = report_of(i, policy);

			assert_text(report, "EXIF:IFD0:Copyright", COPYRIGHT);
			assert_text(report, "XMP:XMP-dc:Rights", COPYRIGHT);
			assert_text(report, "IPTC:CopyrightNotice", COPYRIGHT);
			assert_text(report, "EXIF:IFD0:Artist", ARTIST);
			assert_pair(report, "XMP:XMP-dc:Creator", "J\xc3\xbcrgen", "Anna");
			assert_pair(report, "IPTC:By-line", "J\xc3\xbcrgen", "Anna");
			assert_text(report, "XMP:XMP-xmpRights:UsageTerms", TERMS);
			assert_text(report, "XMP:XMP-iptcCore:CreatorWorkEmail", EMAIL);
			assert_text(report, "XMP:XMP-iptcCore:CreatorWorkTelephone", PHONE);
			assert_null(json_object_get(report, "XMP:XMP-iptcCore:CreatorWorkURL"));
			assert_pair(report, "IPTC:Contact", EMAIL, PHONE);
		}
	}
}

/* Warnings and errors that exiftool does not call minor, one after the other in `out`. */
static int complaints(const json_t *report, GString *out)
{
	const char *name;
	json_t *value;
	int count = 0;

	json_object_foreach((json_t *)report, name, value)
	{
		if (g_str_has_prefix(name, "ExifTool:") &&
			(g_str_has_suffix(name, ":Warning") || g_str_has_suffix(name, ":Error")) &&
			!g_str_has_prefix(json_string_value(value), "[minor]")) {
			g_string_append_printf(out, "; %s", json_string_value(value));
			count++;
		}
	}
	return count;
}

static void no_picture_becomes_less_valid(void **state)
{
	(void)state;
	skip_without_pictures();
	for (size_t i = 0; i < pictures_count; i++) {
		for (int policy = METADATA_ALL; policy <= METADATA_NONE; policy++) {
			g_autoptr(GString) before = g_string_new(NULL);
			g_autoptr(GString) after = g_string_new(NULL);

			if (complaints(report_of(i, policy), after) >
				complaints(report_of(i, AS_IT_WAS), before))
				fail_msg("%s, policy %d: before%s; after%s", pictures[i].path, policy,
					before->str, after->str);
		}
	}
}

/* Under `all` exiftool finds in maker notes what it found before: their offsets are still good. */
static void maker_notes_are_read_as_before(void **state)
{
	size_t found = 0, lost = 0;

	(void)state;
	skip_without_pictures();
	for (size_t i = 0; i < pictures_count; i++) {
		const char *name;
		json_t *value;

		json_object_foreach((json_t *)report_of(i, AS_IT_WAS), name, value)
		{
			if (!g_str_has_prefix(name, "MakerNotes:"))
				continue;
			found++;
			lost += json_object_get(report_of(i, METADATA_ALL), name) == NULL;
		}
	}
	assert_true(found > 1000);
	assert_in_range(lost, 0, found / 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_thumbnail_is_found_under_any_policy),
		cmocka_unit_test(safe_leaves_no_place_and_no_number),
		cmocka_unit_test(texts_are_in_step_everywhere),
		cmocka_unit_test(no_picture_becomes_less_valid),
		cmocka_unit_test(maker_notes_are_read_as_before),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
