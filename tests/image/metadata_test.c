#include <string.h>

#include "check.h"
#include "image/blobs.h"
#include "image/metadata.h"
#include "image/tag_group.h"
#include "image/xmp_names.h"

static const struct metadata_target web = {
	.policy = METADATA_SAFE, .width_px = 2048, .height_px = 1365, .srgb = true
};

static void texts_are_in_step_in_all_three(void **state)
{
	const struct metadata none = { 0 };

	for (int policy = METADATA_ALL; policy <= METADATA_NONE; policy++) {
		struct metadata_target target = web;
		struct metadata out;

		target.policy = (enum metadata_policy)policy;
		target.copyright = "\xc2\xa9 2024 M\xc3\xbcller";
		target.artist = "J\xc3\xbcrgen";
		target.contact.email = "j\xc3\xbcrgen@m\xc3\xbcller.example";
		metadata_edit(&none, &target, &out);
		assert_string_equal(exif_text(&out.exif, EXIF_DIR_MAIN, EXIF_COPYRIGHT), target.copyright);
		assert_string_equal(exif_text(&out.exif, EXIF_DIR_MAIN, EXIF_ARTIST), target.artist);
		assert_true(blob_holds(&out.xmp, target.copyright));
		assert_true(blob_holds(&out.xmp, target.artist));
		assert_true(blob_holds(&out.iptc, target.copyright));
		assert_true(blob_holds(&out.iptc, target.artist));
		assert_true(blob_holds(&out.xmp, target.contact.email));
		assert_true(blob_holds(&out.iptc, target.contact.email));
		metadata_finish(&out);
		assert_null(out.exif.data);
	}
}

static void nothing_asked_for_and_nothing_there_is_nothing(void **state)
{
	const struct metadata none = { 0 };
	struct metadata_target target = web;
	struct metadata out;

	target.copyright = "";
	target.artist = " \t ";
	target.usage_terms = "\n";
	target.contact = (struct metadata_contact){ "", " ", "\r\n" };
	metadata_edit(&none, &target, &out);
	assert_null(out.exif.data);
	assert_null(out.xmp.data);
	assert_null(out.iptc.data);
	metadata_finish(&out);
}

static void texts_are_made_valid_and_bounded(void **state)
{
	const struct metadata none = { 0 };
	g_autofree char *endless = g_malloc(100001);
	struct metadata_target target = web;
	struct metadata out;

	memset(endless, 'x', 100000);
	endless[100000] = '\0';
	target.copyright = endless;
	target.artist = "M\xfcller\x01\x7f.";
	metadata_edit(&none, &target, &out);
	assert_string_equal(exif_text(&out.exif, EXIF_DIR_MAIN, EXIF_ARTIST), "M\xc3\xbcller  .");
	assert_int_equal(strlen(exif_text(&out.exif, EXIF_DIR_MAIN, EXIF_COPYRIGHT)), 4000);
	assert_true(blob_holds(&out.xmp, "M\xc3\xbcller  ."));
	assert_true(blob_holds(&out.iptc, "M\xc3\xbcller  ."));
	metadata_finish(&out);
}

static void semicolons_alone_are_an_artist_too(void **state)
{
	const struct metadata none = { 0 };
	struct metadata_target target = web;
	struct metadata out;

	target.artist = ";;";
	metadata_edit(&none, &target, &out);
	assert_true(blob_holds(&out.xmp, "<rdf:li>;;</rdf:li>"));
	metadata_finish(&out);
}

static void the_policy_table_names_every_group_and_keeps_no_thumbnail(void **state)
{
	const struct metadata_policy_row *rows = metadata_policy_table();

	for (int group = 0; group < TAG_GROUP_COUNT; group++) {
		assert_non_null(rows[group].group);
		assert_false(rows[group].kept[METADATA_NONE]);
		for (int policy = METADATA_ALL; policy < METADATA_NONE; policy++)
			assert_true(rows[group].kept[policy] || !rows[group].kept[policy + 1]);
	}
	assert_null(rows[TAG_GROUP_COUNT].group);
	for (int policy = METADATA_ALL; policy <= METADATA_NONE; policy++) {
		assert_false(rows[TAG_THUMBNAIL].kept[policy]);
		assert_false(rows[TAG_ORIGINAL].kept[policy]);
	}
}

/* A tag of each group, alone in its block with a title and a copyright, so that a block is always written
 * where any of the three is kept. */
static void the_policy_table_is_what_is_done_with_exif(void **state)
{
	static const struct {
		enum tag_group group;
		uint16_t tag;
	} samples[] = { { TAG_RIGHTS, EXIF_ARTIST }, { TAG_CAPTURE, 0x010f }, { TAG_DESCRIPTION, 0x010d },
		{ TAG_OWNER, 0xa430 }, { TAG_EDITING, 0x000b }, { TAG_SERIAL, 0xa431 }, { TAG_MAKER, 0x4747 },
		{ TAG_THUMBNAIL, 0x501b }, { TAG_ORIGINAL, 0x9214 } };

	for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
		const struct test_tag tags[] = {
			{ EXIF_DIR_MAIN, samples[i].tag, TIFF_ASCII, 7, "sample", 7 },
			TAG_TEXT(EXIF_DIR_MAIN, EXIF_COPYRIGHT, "rights"),
		};
		struct metadata in = { .exif = test_exif(tags, G_N_ELEMENTS(tags), 0) };

		for (int policy = METADATA_ALL; policy <= METADATA_NONE; policy++) {
			struct metadata_target target = web;
			struct metadata out;

			target.policy = (enum metadata_policy)policy;
			metadata_edit(&in, &target, &out);
			assert_int_equal(blob_holds(&out.exif, "sample"),
				metadata_policy_table()[samples[i].group].kept[policy]);
			metadata_finish(&out);
		}
		metadata_finish(&in);
	}
}

static void the_policy_table_is_what_is_done_with_xmp(void **state)
{
	static const struct {
		enum tag_group group;
		const char *ns, *name;
	} samples[] = { { TAG_RIGHTS, XMP_NS_DC, "creator" }, { TAG_CAPTURE, XMP_NS_TIFF, "Make" },
		{ TAG_DESCRIPTION, XMP_NS_DC, "title" },
		{ TAG_OWNER, "http://ns.adobe.com/exif/1.0/aux/", "OwnerName" },
		{ TAG_EDITING, XMP_NS_PHOTOSHOP, "History" }, { TAG_GPS, XMP_NS_EXIF, "GPSLatitude" },
		{ TAG_SERIAL, "http://any.example/", "bodySerialNo" },
		{ TAG_MAKER, "http://www.dji.com/drone-dji/1.0/", "GimbalYaw" },
		{ TAG_THUMBNAIL, "http://ns.adobe.com/xap/1.0/", "Thumbnails" },
		{ TAG_ORIGINAL, "http://ns.adobe.com/hdr-gain-map/1.0/", "GainMapMax" } };

	for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
		g_autofree char *packet = g_strdup_printf(
			"<rdf:RDF xmlns:rdf='" XMP_NS_RDF "'><rdf:Description xmlns:dc='" XMP_NS_DC
			"' xmlns:p='%s' dc:rights='rights' p:%s='sample'/></rdf:RDF>",
			samples[i].ns, samples[i].name);
		struct metadata in = { .xmp = test_blob(packet, strlen(packet)) };

		assert_int_equal(xmp_property_group(samples[i].ns, samples[i].name), samples[i].group);
		for (int policy = METADATA_ALL; policy <= METADATA_NONE; policy++) {
			struct metadata_target target = web;
			struct metadata out;

			target.policy = (enum metadata_policy)policy;
			metadata_edit(&in, &target, &out);
			assert_int_equal(blob_holds(&out.xmp, "sample"),
				metadata_policy_table()[samples[i].group].kept[policy]);
			metadata_finish(&out);
		}
		metadata_finish(&in);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_in_step_in_all_three),
		cmocka_unit_test(nothing_asked_for_and_nothing_there_is_nothing),
		cmocka_unit_test(texts_are_made_valid_and_bounded),
		cmocka_unit_test(semicolons_alone_are_an_artist_too),
		cmocka_unit_test(the_policy_table_names_every_group_and_keeps_no_thumbnail),
		cmocka_unit_test(the_policy_table_is_what_is_done_with_exif),
		cmocka_unit_test(the_policy_table_is_what_is_done_with_xmp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
