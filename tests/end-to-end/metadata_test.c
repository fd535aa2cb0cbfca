/* What is in the files, as exiftool reads them: all that each policy keeps and nothing else, in every format,
 * and the texts given in all of their places. Skipped where exiftool is absent. */
#include <glib.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "end-to-end/exiftool.h"
#include "end-to-end/picture.h"
#include "end-to-end/place.h"
#include "end-to-end/program.h"
#include "image/blobs.h"
#include "job/settings.h"

enum {
	WORDS_MAX = 32,
	NEVER = -1
};

static const char *const policies[] = { "all", "safe", "copyright", "none" };
static const char *const formats[] = { "jpeg", "png", "webp", "tiff", "avif" };

/* Which containers have a place for a tag. What a TIFF and an AVIF file cannot say is a limit of their
 * writers: tiff_tags.c knows no ProcessingSoftware, nor does libexif, through which libvips writes AVIF. */
enum where {
	ANYWHERE,
	IN_IPTC,      /* JPEG, TIFF */
	IN_RESOURCES, /* JPEG */
	IN_WHOLE_EXIF /* JPEG, PNG, WebP */
};

/* All that the input says, but for what is technical: the last of the policies that keeps it. What the texts
 * given replace begins with "Old". */
static const struct row {
	const char *tag, *set; /* NULL: set in another way */
	int kept;
	enum where where;
} rows[] = {
	{ "IFD0:Artist", "Old Artist", METADATA_COPYRIGHT, ANYWHERE },
	{ "IFD0:Copyright", "Old Rights", METADATA_COPYRIGHT, ANYWHERE },
	{ "IFD0:XPAuthor", "Old Artist", METADATA_COPYRIGHT, ANYWHERE },
	{ "IFD0:Make", NULL, METADATA_SAFE, ANYWHERE },
	{ "IFD0:Model", NULL, METADATA_SAFE, ANYWHERE },
	{ "IFD0:Software", "Firmware 1.0", METADATA_SAFE, ANYWHERE },
	{ "IFD0:ImageDescription", "A bridge", METADATA_SAFE, ANYWHERE },
	{ "IFD0:XPKeywords", "bridge", METADATA_SAFE, ANYWHERE },
	{ "IFD0:ProcessingSoftware", "Developer 2", METADATA_SAFE, IN_WHOLE_EXIF },
	{ "ExifIFD:DateTimeOriginal", "2024:02:11 14:02:18", METADATA_SAFE, ANYWHERE },
	{ "ExifIFD:ISO", "400", METADATA_SAFE, ANYWHERE },
	{ "ExifIFD:LensModel", "RF 50mm", METADATA_SAFE, ANYWHERE },
	{ "ExifIFD:UserComment", "by the river", METADATA_SAFE, ANYWHERE },
	{ "ExifIFD:OwnerName", "Owner", METADATA_SAFE, ANYWHERE },
	{ "ExifIFD:SerialNumber", "BODY-1", METADATA_ALL, ANYWHERE },
	{ "ExifIFD:LensSerialNumber", "LENS-1", METADATA_ALL, ANYWHERE },
	{ "ExifIFD:SubjectArea", "10 10 20 20", NEVER, ANYWHERE },
	{ "GPS:GPSVersionID", NULL, METADATA_ALL, ANYWHERE },
	{ "GPS:GPSLatitude", "48.1", METADATA_ALL, ANYWHERE },
	{ "GPS:GPSLatitudeRef", "N", METADATA_ALL, ANYWHERE },
	{ "GPS:GPSLongitude", "11.5", METADATA_ALL, ANYWHERE },
	{ "GPS:GPSLongitudeRef", "E", METADATA_ALL, ANYWHERE },
	{ "Canon:SerialNumber", NULL, METADATA_ALL, ANYWHERE },
	{ "IFD1:ThumbnailImage", NULL, NEVER, ANYWHERE },
	{ "IPTC:By-line", "Old Artist", METADATA_COPYRIGHT, IN_IPTC },
	{ "IPTC:CopyrightNotice", "Old Rights", METADATA_COPYRIGHT, IN_IPTC },
	{ "IPTC:Contact", "Old Contact", METADATA_COPYRIGHT, IN_IPTC },
	{ "IPTC:Credit", "Agency", METADATA_COPYRIGHT, IN_IPTC },
	{ "IPTC:Keywords", "Brücke", METADATA_SAFE, IN_IPTC },
	{ "IPTC:City", "München", METADATA_SAFE, IN_IPTC },
	{ "IPTC:Caption-Abstract", "A bridge", METADATA_SAFE, IN_IPTC },
	{ "Photoshop:CopyrightFlag", "True", METADATA_COPYRIGHT, IN_RESOURCES },
	{ "Photoshop:URL", "http://rights.example", METADATA_COPYRIGHT, IN_RESOURCES },
	{ "Photoshop:PhotoshopThumbnail", NULL, NEVER, ANYWHERE },
	{ "XMP-dc:Rights", "Old Rights", METADATA_COPYRIGHT, ANYWHERE },
	{ "XMP-dc:Creator", "Old Artist", METADATA_COPYRIGHT, ANYWHERE },
	{ "XMP-xmpRights:Marked", "True", METADATA_COPYRIGHT, ANYWHERE },
	{ "XMP-xmpRights:UsageTerms", "Old Terms", METADATA_COPYRIGHT, ANYWHERE },
	{ "XMP-xmpRights:UsageTerms-de", "Old Terms in German", METADATA_COPYRIGHT, ANYWHERE },
	{ "XMP-xmpRights:WebStatement", "http://rights.example", METADATA_COPYRIGHT, ANYWHERE },
	{ "XMP-iptcCore:CreatorWorkEmail", "Old Contact", METADATA_COPYRIGHT, ANYWHERE },
	{ "XMP-iptcCore:CreatorCity", "Oldtown", METADATA_COPYRIGHT, ANYWHERE },
	{ "XMP-photoshop:Credit", "Agency", METADATA_COPYRIGHT, ANYWHERE },
	{ "XMP-photoshop:City", "München", METADATA_SAFE, ANYWHERE },
	{ "XMP-dc:Subject", "bridge", METADATA_SAFE, ANYWHERE },
	{ "XMP-tiff:Make", "Canon", METADATA_SAFE, ANYWHERE },
	{ "XMP-aux:OwnerName", "Owner", METADATA_SAFE, ANYWHERE },
	{ "XMP-xmp:Rating", "4", METADATA_SAFE, ANYWHERE },
	{ "XMP-xmpMM:DocumentID", "xmp.did:1", METADATA_SAFE, ANYWHERE },
	{ "XMP-crs:Exposure2012", "0.5", METADATA_SAFE, ANYWHERE },
	{ "XMP-exif:GPSLatitude", "48.1", METADATA_ALL, ANYWHERE },
	{ "XMP-exif:GPSLongitude", "11.5", METADATA_ALL, ANYWHERE },
	{ "XMP-aux:SerialNumber", "BODY-1", METADATA_ALL, ANYWHERE },
	{ "XMP-xmp:ThumbnailFormat", "JPEG", NEVER, ANYWHERE },
};

/* What may be there besides: true of the output, and worth nothing alone. */
static const char *const technical[] = { "IFD0:Orientation", "IFD0:XResolution", "IFD0:YResolution",
	"IFD0:ResolutionUnit", "IFD0:YCbCrPositioning", "ExifIFD:ExifVersion", "ExifIFD:FlashpixVersion",
	"ExifIFD:ComponentsConfiguration", "ExifIFD:ColorSpace", "ExifIFD:ExifImageWidth",
	"ExifIFD:ExifImageHeight", "IPTC:CodedCharacterSet", "IPTC:EnvelopeRecordVersion",
	"IPTC:ApplicationRecordVersion", NULL };

/* How a TIFF file holds its pixels. */
static const char *const of_tiff[] = { "IFD0:ImageWidth", "IFD0:ImageHeight", "IFD0:BitsPerSample",
	"IFD0:Compression", "IFD0:PhotometricInterpretation", "IFD0:StripOffsets", "IFD0:SamplesPerPixel",
	"IFD0:RowsPerStrip", "IFD0:StripByteCounts", "IFD0:PlanarConfiguration", "IFD0:Predictor",
	"IFD0:SampleFormat", "IFD0:Orientation", "IFD0:XResolution", "IFD0:YResolution",
	"IFD0:ResolutionUnit", NULL };

#define COPYRIGHT "© 2026 Müller & Söhne"
#define TERMS "Für <Web> & Druck, ein Jahr"
#define EMAIL "jürgen@müller.example"
#define URL "https://müller.example/?a&b"
#define PHONE "+49 30 1"

static const char *const texts[] = { "--copyright", COPYRIGHT, "--artist", "Jürgen; Zoë", "--usage-terms",
	TERMS, "--contact-email", EMAIL, "--contact-url", URL, "--contact-phone", PHONE, NULL };

/* A JPEG whose EXIF says which camera took it, with a note in its maker's form: a serial number. */
static void write_canon(struct place *place, const char *path)
{
	static const struct test_tag tags[] = {
		TAG_TEXT(EXIF_DIR_MAIN, EXIF_MAKE, "Canon"),
		TAG_TEXT(EXIF_DIR_MAIN, EXIF_MODEL, "Canon EOS R5"),
		TAG_U32(EXIF_DIR_MAIN, EXIF_EXIF_DIR, "\0\0\0\0"),
		TAG_BYTES(EXIF_DIR_EXIF, EXIF_MAKER_NOTE, TIFF_UNDEFINED,
			"\0\1\0\x0c\0\4\0\0\0\1\0\xbc\x61\x4e\0\0\0\0"),
	};
	struct blob exif = test_exif(tags, G_N_ELEMENTS(tags), 0);
	g_autoptr(GByteArray) out = g_byte_array_new();
	char *plain = place_path(place, "plain.jpg");
	g_autofree char *bytes = NULL;
	size_t size_bytes, at;

	picture_write_plain(plain, 300, 200);
	bytes = file_read(plain, &size_bytes);
	g_byte_array_append(out, (const unsigned char *)bytes, 2);
	at = test_grow(out, 10);
	test_put(out, at, 0xffe1, 2);
	test_put(out, at + 2, (uint32_t)exif.size_bytes + 8, 2);
	memcpy(out->data + at + 4, "Exif\0", 6);
	g_byte_array_append(out, exif.data, (unsigned int)exif.size_bytes);
	g_byte_array_append(out, (const unsigned char *)bytes + 2, (unsigned int)size_bytes - 2);
	file_write(path, out->data, out->len);
	free(exif.data);
}

/* PLACE/in/a.jpg says all that the rows say. */
static void write_input(struct place *place)
{
	GPtrArray *changes = g_ptr_array_new_with_free_func(g_free);
	char *path = place_path(place, "in/a.jpg"), *thumbnail = place_path(place, "thumbnail.jpg");

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (rows[i].set)
			g_ptr_array_add(changes, g_strconcat(rows[i].tag, "=", rows[i].set, NULL));
		else if (g_str_has_suffix(rows[i].tag, "Thumbnail") || g_str_has_suffix(rows[i].tag, "Image"))
			g_ptr_array_add(changes, g_strconcat(rows[i].tag, "<=", thumbnail, NULL));
	}
	g_ptr_array_add(changes, g_strdup("IFD0:Orientation#=6"));
	g_ptr_array_add(changes, NULL);
	picture_write_plain(thumbnail, 60, 40);
	write_canon(place, path);
	exiftool_write(path, (char **)changes->pdata);
	g_ptr_array_unref(changes);
}

/* Run PLACE/FROM into PLACE/TO by the recipe, which has a section for each format. */
static void make(
	struct place *place, const char *from, const char *to, const char *policy, const char *const *options)
{
	const char *arguments[WORDS_MAX] = { "run", "--recipe", place_path(place, "formats.ini"),
		place_path(place, "%s", from), place_path(place, "%s", to), "--metadata", policy };
	struct ended ended;
	size_t count = 7;

	for (; options && *options; options++)
		arguments[count++] = *options;
	program_run(&(struct program_options){ .arguments = arguments }, &ended);
	ASSERT_EXIT(&ended, 0);
}

/* Not every libvips can write AVIF. */
static bool is_written(const char *format)
{
	struct ended ended;
	char *writes;
	bool found;

	RUN(&ended, "doctor");
	writes = strstr(ended.out, "\nwrites ");
	assert_non_null(writes);
	*strchr(writes + 1, '\n') = '\0';
	found = strstr(writes, format) != NULL;
	ASSERT_EXIT(&ended, 0);
	return found;
}

static void write_recipe(struct place *place)
{
	g_autoptr(GString) recipe =
		g_string_new("[output]\nname = {output}/{dir}/{stem}.{ext}\nresize = 90\n");

	for (size_t i = 0; i < G_N_ELEMENTS(formats); i++)
		if (is_written(formats[i]))
			g_string_append_printf(recipe, "[output %s]\nformat = %s\n", formats[i], formats[i]);
	file_write_text(place_path(place, "formats.ini"), recipe->str);
}

static bool has_place(enum where where, const char *format)
{
	bool jpeg = strcmp(format, "jpeg") == 0, tiff = strcmp(format, "tiff") == 0;

	if (where == IN_IPTC)
		return jpeg || tiff;
	if (where == IN_RESOURCES)
		return jpeg;
	return where == ANYWHERE || !(tiff || strcmp(format, "avif") == 0);
}

static const struct row *find_row(const char *tag)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		if (strcmp(rows[i].tag, tag) == 0)
			return &rows[i];
	return NULL;
}

static void assert_text(const char *name, const json_t *report, const char *tag, const char *wanted)
{
	const char *value = json_string_value(json_object_get(report, tag));

	if (!value || strcmp(value, wanted) != 0)
		fail_msg("%s: %s is %s", name, tag, value ? value : "not there");
}

static void assert_true_of_pixels(const char *name, const json_t *report)
{
	if (json_object_get(report, "IFD0:Orientation"))
		assert_text(name, report, "IFD0:Orientation", "Horizontal (normal)");
	if (json_object_get(report, "ExifIFD:ColorSpace"))
		assert_text(name, report, "ExifIFD:ColorSpace", "sRGB");
}

/* Every tag that is there is a row's or technical, and only TIFF says anything for its own sake. */
static void assert_no_more(const char *name, const char *format, int policy, const json_t *report)
{
	const char *tag;
	json_t *value;

	json_object_foreach((json_t *)report, tag, value)
	{
		bool own = strcmp(format, "tiff") == 0 && g_strv_contains(of_tiff, tag);
		bool known = find_row(tag) || g_strv_contains(technical, tag);

		if (!own && (!known || policy == METADATA_NONE))
			fail_msg("%s, %s: %s is there", name, policies[policy], tag);
	}
	assert_true_of_pixels(name, report);
}

static void assert_kept(
	const char *name, const char *format, int policy, const json_t *report, const json_t *before)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const json_t *value = json_object_get(report, rows[i].tag);
		bool kept = policy <= rows[i].kept && has_place(rows[i].where, format);

		if (kept != (value != NULL))
			fail_msg("%s, %s: %s is %sthere", name, policies[policy], rows[i].tag,
				value ? "" : "not ");
		if (kept && !json_equal(value, json_object_get(before, rows[i].tag)))
			fail_msg("%s, %s: %s has changed", name, policies[policy], rows[i].tag);
	}
}

static json_t *read_input(struct place *place)
{
	json_t *reports = exiftool_read(place_path(place, "in"));
	json_t *report = json_incref(json_object_get(reports, "a.jpg"));

	assert_non_null(report);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		if (!json_object_get(report, rows[i].tag))
			fail_msg("the input has no %s", rows[i].tag);
	json_decref(reports);
	return report;
}

static void each_policy_keeps_all_that_it_promises_and_no_more(void **state)
{
	struct place *place = *state;
	json_t *before;

	skip_without_exiftool();
	write_input(place);
	write_recipe(place);
	before = read_input(place);
	for (int policy = METADATA_ALL; policy <= METADATA_NONE; policy++) {
		json_t *reports, *report;
		const char *name;

		make(place, "in", policies[policy], policies[policy], NULL);
		reports = exiftool_read(place_path(place, "%s", policies[policy]));
		assert_true(json_object_size(reports) >= 4);
		json_object_foreach(reports, name, report)
		{
			g_autofree char *format = g_path_get_dirname(name);

			assert_no_more(name, format, policy, report);
			assert_kept(name, format, policy, report, before);
		}
		json_decref(reports);
	}
	json_decref(before);
}

/* What one format has been made into is read in the next run: no container hides a block from the policy. */
static void what_is_dropped_is_found_in_inputs_of_every_format(void **state)
{
	struct place *place = *state;
	json_t *before, *reports, *report;
	const char *name;

	skip_without_exiftool();
	write_input(place);
	write_recipe(place);
	before = read_input(place);
	make(place, "in", "all", "all", NULL);
	make(place, "all", "safe", "safe", (const char *const[]){ "--format", "png", NULL });
	reports = exiftool_read(place_path(place, "safe"));
	assert_true(json_object_size(reports) >= 16);
	json_object_foreach(reports, name, report)
	{
		assert_no_more(name, "png", METADATA_SAFE, report);
		assert_text(name, report, "XMP-dc:Rights", "Old Rights");
		assert_text(name, report, "IFD0:Model", "Canon EOS R5");
		for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
			if (rows[i].kept < METADATA_SAFE && json_object_get(report, rows[i].tag))
				fail_msg("%s: %s is there", name, rows[i].tag);
	}
	json_decref(reports);
	json_decref(before);
}

static void assert_list(
	const char *name, const json_t *report, const char *tag, const char *const *wanted, size_t count)
{
	const json_t *list = json_object_get(report, tag);

	if (json_array_size(list) != count)
		fail_msg("%s: %s has %zu items", name, tag, json_array_size(list));
	for (size_t i = 0; i < count; i++)
		assert_string_equal(json_string_value(json_array_get(list, i)), wanted[i]);
}

static void assert_nothing_old(const char *name, const json_t *report)
{
	const char *tag;
	json_t *value;

	json_object_foreach((json_t *)report, tag, value)
	{
		g_autofree char *text = json_dumps(value, JSON_ENCODE_ANY);

		if (strstr(text, "Old"))
			fail_msg("%s: %s is %s", name, tag, text);
	}
}

/* EXIF has no field for usage terms and contact, IPTC none for the terms. */
static void assert_texts(const char *name, const char *format, const json_t *report)
{
	static const char *const artists[] = { "Jürgen", "Zoë" }, *const contact[] = { EMAIL, URL, PHONE };

	assert_text(name, report, "IFD0:Copyright", COPYRIGHT);
	assert_text(name, report, "IFD0:Artist", "Jürgen; Zoë");
	assert_text(name, report, "XMP-dc:Rights", COPYRIGHT);
	assert_true(json_is_true(json_object_get(report, "XMP-xmpRights:Marked")));
	assert_list(name, report, "XMP-dc:Creator", artists, 2);
	assert_text(name, report, "XMP-xmpRights:UsageTerms", TERMS);
	assert_text(name, report, "XMP-iptcCore:CreatorWorkEmail", EMAIL);
	assert_text(name, report, "XMP-iptcCore:CreatorWorkURL", URL);
	assert_text(name, report, "XMP-iptcCore:CreatorWorkTelephone", PHONE);
	if (has_place(IN_IPTC, format)) {
		assert_text(name, report, "IPTC:CodedCharacterSet", "UTF8");
		assert_text(name, report, "IPTC:CopyrightNotice", COPYRIGHT);
		assert_list(name, report, "IPTC:By-line", artists, 2);
		assert_list(name, report, "IPTC:Contact", contact, 3);
	}
}

static void texts_are_in_step_and_alone_in_every_format_under_every_policy(void **state)
{
	struct place *place = *state;

	skip_without_exiftool();
	write_input(place);
	picture_write_plain(place_path(place, "in/bare.png"), 60, 40);
	write_recipe(place);
	for (int policy = METADATA_ALL; policy <= METADATA_NONE; policy++) {
		json_t *reports, *report;
		const char *name;

		make(place, "in", policies[policy], policies[policy], texts);
		reports = exiftool_read(place_path(place, "%s", policies[policy]));
		assert_true(json_object_size(reports) >= 8);
		json_object_foreach(reports, name, report)
		{
			g_autofree char *format = g_path_get_dirname(name);

			assert_texts(name, format, report);
			assert_nothing_old(name, report);
			assert_true_of_pixels(name, report);
		}
		json_decref(reports);
	}
}

static void one_text_alone_leaves_the_others_as_they_are(void **state)
{
	static const char *const replaced[] = { "XMP-xmpRights:UsageTerms", "XMP-xmpRights:UsageTerms-de",
		NULL };
	struct place *place = *state;
	json_t *before, *reports, *report;

	skip_without_exiftool();
	write_input(place);
	write_recipe(place);
	before = read_input(place);
	make(place, "in", "out", "copyright", (const char *const[]){ "--usage-terms", TERMS, NULL });
	reports = exiftool_read(place_path(place, "out"));
	report = json_object_get(reports, "jpeg/a.jpg");
	assert_text("a.jpg", report, "XMP-xmpRights:UsageTerms", TERMS);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		if (rows[i].kept == METADATA_COPYRIGHT && !g_strv_contains(replaced, rows[i].tag))
			assert_true(json_equal(
				json_object_get(report, rows[i].tag), json_object_get(before, rows[i].tag)));
	json_decref(reports);
	json_decref(before);
}

static void both_lanes_write_the_same_tags(void **state)
{
	struct place *place = *state;
	json_t *auto_lane, *vips_lane;

	skip_without_exiftool();
	write_input(place);
	file_write_text(place_path(place, "formats.ini"), "[output jpeg]\nresize = 90\n");
	for (int policy = METADATA_ALL; policy <= METADATA_NONE; policy++) {
		const char *vips[] = { "--lane", "vips", "--force", "--usage-terms", TERMS, "--contact-phone",
			PHONE, NULL };

		make(place, "in", "out", policies[policy], vips + 3);
		auto_lane = exiftool_read(place_path(place, "out"));
		make(place, "in", "out", policies[policy], vips);
		vips_lane = exiftool_read(place_path(place, "out"));
		assert_true(json_object_size(json_object_get(auto_lane, "a.jpg")) > 0);
		assert_true(json_equal(auto_lane, vips_lane));
		json_decref(auto_lane);
		json_decref(vips_lane);
	}
}

static void a_new_text_makes_a_picture_again(void **state)
{
	static const char *const options[] = { "--usage-terms", "--contact-email", "--contact-url",
		"--contact-phone" };
	struct place *place = *state;
	char *out = place_path(place, "out/a.jpg");

	picture_write_plain(place_path(place, "in/a.jpg"), 60, 40);
	file_write_text(place_path(place, "formats.ini"), "[output jpeg]\n");
	for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
		g_autofree char *text = g_strdup_printf("text %zu", i);
		g_autofree char *made = NULL;
		size_t size_bytes;

		make(place, "in", "out", "safe", (const char *const[]){ options[i], text, NULL });
		made = file_read(out, &size_bytes);
		assert_non_null(memmem(made, size_bytes, text, strlen(text)));
	}
}

/* No tag of any picture below the folder has one of the words in its name. */
static void assert_no_tag(const char *folder, const char *const *words)
{
	json_t *reports = exiftool_read(folder), *report, *value;
	const char *name, *tag;

	assert_true(json_object_size(reports) > 200);
	json_object_foreach(reports, name, report)
	{
		json_object_foreach(report, tag, value)
		{
			for (const char *const *word = words; *word; word++)
				if (strstr(tag, *word))
					fail_msg("%s/%s: %s is there", folder, name, tag);
		}
	}
	json_decref(reports);
}

/* Files of many programs, some of them broken, into every format. */
static void no_picture_of_the_corpus_says_where_it_was_taken_or_shows_itself(void **state)
{
	static const char *const words[] = { "GPS", "Serial", "MakerNote", "Thumbnail", "IFD1", NULL };
	struct place *place = *state;
	g_autofree char *corpus = getenv("STAMPMILL_CORPUS")
					  ? g_build_filename(getenv("STAMPMILL_CORPUS"), "metadata", NULL)
					  : NULL;

	if (!corpus)
		skip();
	skip_without_exiftool();
	write_recipe(place);
	for (int policy = METADATA_ALL; policy <= METADATA_SAFE; policy++) {
		char *out = place_path(place, "%s", policies[policy]);
		struct ended ended;

		RUN(&ended, "run", "--recipe", place_path(place, "formats.ini"), corpus, out, "--metadata",
			policies[policy], "--on-collision", "number");
		assert_in_range(ended.exit_status, 0, 1);
		ended_finish(&ended);
		/* maker notes, which `all` keeps, go on naming the previews that are blank now */
		assert_no_tag(out, policy == METADATA_ALL ? words + 4 : words);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)
	const struct CMUnitTest tests[] = {
		TEST(each_policy_keeps_all_that_it_promises_and_no_more),
		TEST(what_is_dropped_is_found_in_inputs_of_every_format),
		TEST(texts_are_in_step_and_alone_in_every_format_under_every_policy),
		TEST(one_text_alone_leaves_the_others_as_they_are),
		TEST(both_lanes_write_the_same_tags),
		TEST(a_new_text_makes_a_picture_again),
		TEST(no_picture_of_the_corpus_says_where_it_was_taken_or_shows_itself),
	};

	pictures_start("metadata_test");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
