#include <string.h>

#include "check.h"
#include "image/blobs.h"
#include "image/metadata.h"

#define RDF_BEGIN "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
#define META_BEGIN "<x:xmpmeta xmlns:x='adobe:ns:meta/'>" RDF_BEGIN
#define META_END "</rdf:RDF></x:xmpmeta>"
#define NAMESPACES                                                                                     \
	" xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:exif='http://ns.adobe.com/exif/1.0/'"      \
	" xmlns:aux='http://ns.adobe.com/exif/1.0/aux/' xmlns:tiff='http://ns.adobe.com/tiff/1.0/'"    \
	" xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmlns:xmpGImg='http://ns.adobe.com/xap/1.0/g/img/'" \
	" xmlns:xmpRights='http://ns.adobe.com/xap/1.0/rights/' "                                      \
	"xmlns:xmpMM='http://ns.adobe.com/xap/1.0/mm/'"                                                \
	" xmlns:photoshop='http://ns.adobe.com/photoshop/1.0/' "                                       \
	"xmlns:hdrgm='http://ns.adobe.com/hdr-gain-map/1.0/'"                                          \
	" xmlns:Iptc4xmpExt='http://iptc.org/std/Iptc4xmpExt/2008-02-29/'"                             \
	" xmlns:Container='http://ns.google.com/photos/1.0/container/'"                                \
	" xmlns:Item='http://ns.google.com/photos/1.0/container/item/'"                                \
	" xmlns:GCamera='http://ns.google.com/photos/1.0/camera/'"                                     \
	" xmlns:xmpNote='http://ns.adobe.com/xmp/note/' xmlns:drone='http://www.dji.com/drone-dji/1.0/'"
#define DESCRIPTION(attributes, children) \
	"<rdf:Description rdf:about=''" NAMESPACES " " attributes ">" children "</rdf:Description>"
#define PACKET(attributes, children)                 \
	META_BEGIN DESCRIPTION(attributes, children) \
	META_END

static const struct metadata_target web = {
	.policy = METADATA_SAFE, .width_px = 2048, .height_px = 1365, .srgb = true
};

static struct blob edit_bytes(const void *data, size_t size_bytes, const struct metadata_target *target)
{
	struct metadata from = { .xmp = test_blob(data, size_bytes) }, to;

	metadata_edit(&from, target, &to);
	free(from.xmp.data);
	free(to.exif.data);
	free(to.iptc.data);
	return to.xmp;
}

static struct blob edit(const char *packet, enum metadata_policy policy)
{
	struct metadata_target target = web;

	target.policy = policy;
	return edit_bytes(packet, strlen(packet), &target);
}

static void assert_holds(struct blob out, const char *const *wanted, const char *const *unwanted)
{
	for (; wanted && *wanted; wanted++) {
		if (!blob_holds(&out, *wanted))
			fail_msg("%s is not in %.*s", *wanted, (int)out.size_bytes, (const char *)out.data);
	}
	for (; unwanted && *unwanted; unwanted++) {
		if (blob_holds(&out, *unwanted))
			fail_msg("%s is in %.*s", *unwanted, (int)out.size_bytes, (const char *)out.data);
	}
	free(out.data);
}

#define LIST(...)                 \
	(const char *const[])     \
	{                         \
		__VA_ARGS__, NULL \
	}

static const char camera_packet[] = PACKET(
	"exif:GPSLatitude='52,31N' aux:SerialNumber='4711' aux:Lens='a lens' aux:OwnerName='owner' "
	"drone:GimbalYaw='3' GCamera:MotionPhoto='1' xmpNote:HasExtendedXMP='ABC' hdrgm:Version='1.0' "
	"xmp:Rating='5'",
	"<exif:ExposureTime>1/125</exif:ExposureTime><exif:GPSLongitude>13,24E</exif:GPSLongitude>"
	"<dc:title><rdf:Alt><rdf:li xml:lang='x-default'>a title</rdf:li></rdf:Alt></dc:title>"
	"<dc:rights><rdf:Alt><rdf:li xml:lang='x-default'>old rights</rdf:li><rdf:li xml:lang='de'>alte "
	"Rechte</rdf:li></rdf:Alt></dc:rights>"
	"<xmpRights:UsageTerms>terms</xmpRights:UsageTerms><photoshop:Credit>credit</photoshop:Credit>"
	"<xmp:Thumbnails><rdf:Alt><rdf:li rdf:parseType='Resource'><xmpGImg:image>/9j/4AAQ</xmpGImg:image>"
	"</rdf:li></rdf:Alt></xmp:Thumbnails>"
	"<Container:Directory><rdf:Seq><rdf:li rdf:parseType='Resource'><Container:Item "
	"Item:Semantic='GainMap'/></rdf:li></rdf:Seq></Container:Directory>"
	"<Iptc4xmpExt:LocationCreated><rdf:Bag><rdf:li rdf:parseType='Resource'><Iptc4xmpExt:City>Berlin"
	"</Iptc4xmpExt:City><exif:GPSLatitude>52,31N</exif:GPSLatitude></rdf:li></rdf:Bag>"
	"</Iptc4xmpExt:LocationCreated>"
	"<xmpMM:Pantry><rdf:Bag><rdf:li><rdf:Description aux:SerialNumber='0815' exif:GPSAltitude='9/1' "
	"xmpMM:InstanceID='xmp.iid:1'/></rdf:li></rdf:Bag></xmpMM:Pantry>");

static void all_keeps_all_but_pictures_and_what_belongs_to_the_original(void **state)
{
	assert_holds(edit(camera_packet, METADATA_ALL),
		LIST("52,31N", "4711", "a lens", "owner", "GimbalYaw", "1/125", "a title", "old rights",
			"alte Rechte", "terms", "credit", "Berlin", "0815", "GPSAltitude"),
		LIST("Thumbnails", "/9j/", "Container", "GainMap", "hdrgm:Version", "MotionPhoto",
			"HasExtendedXMP"));
}

static void safe_drops_coordinates_and_serial_numbers_at_any_depth(void **state)
{
	assert_holds(edit(camera_packet, METADATA_SAFE),
		LIST("a lens", "owner", "1/125", "a title", "old rights", "terms", "Berlin", "xmp.iid:1",
			"xmp:Rating=\"5\""),
		LIST("GPS", "52,31", "13,24", "4711", "0815", "Gimbal", "/9j/"));
}

static void copyright_keeps_rights_only(void **state)
{
	assert_holds(edit(camera_packet, METADATA_COPYRIGHT),
		LIST("old rights", "alte Rechte", "terms", "credit"),
		LIST("a lens", "1/125", "a title", "Berlin", "Rating", "owner", "Pantry"));
}

static void none_leaves_nothing(void **state)
{
	assert_null(edit(camera_packet, METADATA_NONE).data);
}

static void the_packet_is_wrapped_and_has_no_padding(void **state)
{
	static const char begin[] = "<?xpacket begin=\"\xef\xbb\xbf\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>"
				    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF ";
	static const char end[] = "</rdf:RDF></x:xmpmeta><?xpacket end=\"r\"?>";
	struct blob out = edit(camera_packet, METADATA_SAFE);

	assert_memory_equal(out.data, begin, sizeof(begin) - 1);
	assert_memory_equal(out.data + out.size_bytes - (sizeof(end) - 1), end, sizeof(end) - 1);
	free(out.data);
}

static void rights_replace_all_spellings_of_the_old(void **state)
{
	struct metadata_target target = web;

	target.copyright = "\xc2\xa9 M\xc3\xbcller & Co <x>";
	target.artist = "Anna; Bob";
	assert_holds(edit_bytes(camera_packet, sizeof(camera_packet) - 1, &target),
		LIST("<dc:rights><rdf:Alt><rdf:li xml:lang=\"x-default\">\xc2\xa9 M\xc3\xbcller &amp; Co "
		     "&lt;x&gt;"
		     "</rdf:li></rdf:Alt></dc:rights>",
			"xmpRights:Marked=\"True\"",
			"<dc:creator><rdf:Seq><rdf:li>Anna</rdf:li><rdf:li>Bob</rdf:li></rdf:Seq></"
			"dc:creator>",
			"terms", "credit"),
		LIST("old rights", "alte Rechte"));
}

static void usage_terms_replace_those_of_every_language_and_claim_no_more(void **state)
{
	static const char packet[] =
		PACKET("", "<xmpRights:UsageTerms><rdf:Alt><rdf:li xml:lang='x-default'>old terms</rdf:li>"
			   "<rdf:li xml:lang='de'>alte Regeln</rdf:li></rdf:Alt></xmpRights:UsageTerms>"
			   "<xmpRights:WebStatement>http://kept.example</xmpRights:WebStatement>");
	struct metadata_target target = web;

	target.usage_terms = "F\xc3\xbcr <Web> & Druck\nein Jahr";
	assert_holds(edit_bytes(packet, sizeof(packet) - 1, &target),
		LIST("<xmpRights:UsageTerms><rdf:Alt><rdf:li xml:lang=\"x-default\">F\xc3\xbcr &lt;Web&gt; "
		     "&amp; "
		     "Druck\nein Jahr</rdf:li></rdf:Alt></xmpRights:UsageTerms>",
			"http://kept.example"),
		LIST("old terms", "alte Regeln", "Marked", "dc:rights"));
}

static void a_contact_replaces_the_old_one_as_a_whole(void **state)
{
	static const char *const forms[] = {
		"<i:CreatorContactInfo rdf:parseType='Resource'><i:CiAdrCity>Oldtown</i:CiAdrCity>"
		"<i:CiTelWork>0123</i:CiTelWork></i:CreatorContactInfo><i:Scene>kept</i:Scene>",
		"<i:CreatorContactInfo i:CiAdrCity='Oldtown' i:CiTelWork='0123'/><i:Scene>kept</i:Scene>",
		"<i:CreatorContactInfo><rdf:Description i:CiAdrCity='Oldtown' i:CiTelWork='0123'/>"
		"</i:CreatorContactInfo><i:Scene>kept</i:Scene>",
	};
	struct metadata_target target = web;

	target.contact = (struct metadata_contact){ .email = "j\xc3\xbcrgen@studio.example",
		.url = "https://studio.example/?a&b" };
	for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
		g_autofree char *packet = g_strdup_printf(META_BEGIN
			"<rdf:Description xmlns:i='http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/'>%s"
			"</rdf:Description>" META_END,
			forms[i]);

		assert_holds(edit_bytes(packet, strlen(packet), &target),
			LIST("<Iptc4xmpCore:CreatorContactInfo rdf:parseType=\"Resource\">"
			     "<Iptc4xmpCore:CiEmailWork>j\xc3\xbcrgen@studio.example</"
			     "Iptc4xmpCore:CiEmailWork>"
			     "<Iptc4xmpCore:CiUrlWork>https://studio.example/?a&amp;b"
			     "</Iptc4xmpCore:CiUrlWork></Iptc4xmpCore:CreatorContactInfo>",
				"kept"),
			LIST("Oldtown", "0123", "CiTelWork"));
	}
}

static void a_new_packet_holds_what_was_asked_for(void **state)
{
	struct metadata_target target = web;

	target.policy = METADATA_NONE;
	target.copyright = "New";
	assert_holds(edit_bytes("", 0, &target),
		LIST("<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description "
		     "xmlns:xmpRights=\"http://ns.adobe.com/xap/1.0/rights/\" "
		     "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" rdf:about=\"\" "
		     "xmpRights:Marked=\"True\">"),
		NULL);
}

static void pixels_are_described_as_they_come_out(void **state)
{
	static const char packet[] = PACKET(
		"tiff:Orientation='6' exif:ColorSpace='65535' photoshop:ColorMode='4' "
		"photoshop:ICCProfile='Coated FOGRA39' tiff:BitsPerSample='16'",
		"<exif:PixelXDimension>6000</exif:PixelXDimension><tiff:ImageLength>4000</tiff:ImageLength>"
		"<exif:SubjectArea>1</exif:SubjectArea><dc:source>a</dc:source>"
		"<exif:NativeDigest>1</exif:NativeDigest><tiff:XResolution>72/1</tiff:XResolution>");
	struct metadata_target target = web;

	target.dpi = 300;
	assert_holds(edit_bytes(packet, sizeof(packet) - 1, &target),
		LIST("tiff:Orientation=\"1\"", "exif:ColorSpace=\"1\"", "photoshop:ColorMode=\"3\"",
			"photoshop:ICCProfile=\"sRGB IEC61966-2.1\"", "exif:PixelXDimension=\"2048\"",
			"tiff:ImageLength=\"1365\"", "tiff:XResolution=\"30000/100\""),
		LIST("6000", "4000", "FOGRA", "BitsPerSample", "SubjectArea", "Digest", "PixelYDimension"));
	target.srgb = false;
	target.adobe = true;
	assert_holds(edit_bytes(packet, sizeof(packet) - 1, &target),
		LIST("exif:ColorSpace=\"65535\"", "photoshop:ICCProfile=\"Adobe RGB (1998)\""), NULL);
	target.adobe = false;
	assert_holds(edit_bytes(packet, sizeof(packet) - 1, &target),
		LIST("exif:ColorSpace=\"65535\"", "photoshop:ICCProfile=\"Coated FOGRA39\"",
			"photoshop:ColorMode=\"4\""),
		NULL);
}

static void colours_that_were_asked_for_are_described_by_their_profile_alone(void **state)
{
	static const char packet[] = PACKET("exif:ColorSpace='1' photoshop:ColorMode='3' "
					    "photoshop:ICCProfile='sRGB IEC61966-2.1' tiff:Make='A'",
		"");
	struct metadata_target target = web;

	target.srgb = false;
	target.converted = true;
	target.model = MODEL_CMYK;
	assert_holds(edit_bytes(packet, sizeof(packet) - 1, &target),
		LIST("exif:ColorSpace=\"65535\"", "photoshop:ColorMode=\"4\""), LIST("ICCProfile"));
	target.srgb = true;
	target.model = MODEL_GREY;
	assert_holds(edit_bytes(packet, sizeof(packet) - 1, &target),
		LIST("exif:ColorSpace=\"1\"", "photoshop:ColorMode=\"1\""), NULL);
}

static void technical_properties_alone_are_no_packet(void **state)
{
	assert_null(edit(PACKET("tiff:Orientation='6' exif:ColorSpace='1'", ""), METADATA_ALL).data);
	assert_null(edit(PACKET("", " "), METADATA_ALL).data);
}

static void a_packet_without_wrapper_or_with_junk_around_it_is_read(void **state)
{
	assert_holds(edit(RDF_BEGIN DESCRIPTION("", "<dc:a>value</dc:a>") "</rdf:RDF>", METADATA_SAFE),
		LIST("<dc:a>value</dc:a>"), NULL);
	assert_holds(edit("\n junk " PACKET("", "<dc:a>value</dc:a>") "   \n junk", METADATA_SAFE),
		LIST("<dc:a>value</dc:a>"), LIST("junk"));
}

static void namespaces_declared_outside_of_rdf_come_along(void **state)
{
	assert_holds(edit("<x:xmpmeta xmlns:x='adobe:ns:meta/' xmlns:own='http://own.example/'>" RDF_BEGIN
			  "<rdf:Description own:name='kept'/></rdf:RDF></x:xmpmeta>",
			     METADATA_SAFE),
		LIST("xmlns:own=\"http://own.example/\"", "own:name=\"kept\""), NULL);
}

static void other_names_for_rdf_and_for_a_subject_are_understood(void **state)
{
	static const char packet[] =
		"<R:RDF xmlns:R='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
		"<R:Description R:about='uuid:1' xmlns:p='http://ns.adobe.com/tiff/1.0/' "
		"p:Orientation='6' p:Make='make'/></R:RDF>";

	assert_holds(edit(packet, METADATA_SAFE),
		LIST("p:Make=\"make\"",
			"<R:Description xmlns:tiff=\"http://ns.adobe.com/tiff/1.0/\" R:about=\"uuid:1\" "
			"tiff:Orientation=\"1\"/>"),
		LIST("p:Orientation"));
}

static void a_cut_packet_is_read_as_far_as_it_goes(void **state)
{
	assert_holds(
		edit(META_BEGIN "<rdf:Description" NAMESPACES "><dc:source>whole</dc:source><dc:title><rdf:A",
			METADATA_SAFE),
		LIST("<dc:source>whole</dc:source>"), NULL);
}

static void bytes_that_are_not_utf8_are_made_so(void **state)
{
	assert_holds(edit(PACKET("", "<dc:source>M\xfcnchen \x01</dc:source>"), METADATA_SAFE),
		LIST("M\xc3\xbcnchen"), LIST("\x01"));
}

static void what_is_no_packet_is_as_none(void **state)
{
	static const char *const packets[] = { "", "<", "no xml", "<a>", "<x:xmpmeta/>", RDF_BEGIN,
		"<!DOCTYPE a [<!ENTITY e 'x'>]>" PACKET("", "<dc:a>&e;</dc:a>"), "<?xpacket?>" };

	for (size_t i = 0; i < G_N_ELEMENTS(packets); i++)
		assert_null(edit(packets[i], METADATA_ALL).data);
}

static void a_huge_or_deep_packet_is_as_none_and_takes_no_time(void **state)
{
	GString *deep = g_string_new(META_BEGIN "<rdf:Description" NAMESPACES ">");
	GString *many = g_string_new(META_BEGIN "<rdf:Description" NAMESPACES);
	struct metadata_target target = web;
	struct blob out;

	for (int i = 0; i < 30000; i++) {
		g_string_append(deep, "<dc:a rdf:parseType='Resource'>");
		g_string_append_printf(many, " dc:a%d='1'", i);
	}
	g_string_append(deep, "value");
	out = edit_bytes(deep->str, deep->len, &target);
	assert_false(blob_holds(&out, "value"));
	free(out.data);
	g_string_append(many, "/>" META_END);
	out = edit_bytes(many->str, many->len, &target);
	assert_null(out.data);
	g_string_free(deep, TRUE);
	g_string_free(many, TRUE);
}

/* Photoshop can leave a hundred thousand ancestors in one picture. */
static void a_packet_that_is_too_big_loses_its_history_first(void **state)
{
	GString *packet =
		g_string_new(META_BEGIN "<rdf:Description" NAMESPACES
					"><dc:source>kept</dc:source><photoshop:DocumentAncestors><rdf:Bag>");
	struct metadata_target target = web;
	struct blob out;

	for (int i = 0; i < 5000; i++)
		g_string_append_printf(packet, "<rdf:li>xmp.did:%d</rdf:li>", i);
	g_string_append(packet, "</rdf:Bag></photoshop:DocumentAncestors></rdf:Description>" META_END);
	target.artist = "Anna";
	out = edit_bytes(packet->str, packet->len, &target);
	assert_in_range(out.size_bytes, 1, 65502);
	assert_holds(out, LIST("kept", "Anna"), LIST("xmp.did"));
	g_string_free(packet, TRUE);
}

static void a_copyright_given_survives_any_size_of_input(void **state)
{
	GString *packet = g_string_new(META_BEGIN "<rdf:Description" NAMESPACES "><dc:creator>");
	struct metadata_target target = web;
	struct blob out;

	for (int i = 0; i < 70000; i++)
		g_string_append_c(packet, 'x');
	g_string_append(packet, "</dc:creator></rdf:Description>" META_END);
	target.copyright = "New";
	out = edit_bytes(packet->str, packet->len, &target);
	assert_in_range(out.size_bytes, 1, 65502);
	assert_holds(out, LIST("New"), LIST("xxxx"));
	g_string_free(packet, TRUE);
}

static void a_prefix_of_any_length_leaves_room_for_what_is_given(void **state)
{
	g_autofree char *prefix = g_strnfill(30000, 'p');
	g_autofree char *packet =
		g_strdup_printf("<%s:RDF xmlns:%s='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
				"</%s:RDF>",
			prefix, prefix, prefix);
	struct metadata_target target = web;
	struct blob out;

	target.copyright = "New";
	out = edit_bytes(packet, strlen(packet), &target);
	assert_in_range(out.size_bytes, 1, 65502);
	assert_holds(out, LIST("New"), LIST("ppp"));
}

static void the_longest_texts_fit_together_whatever_they_are_made_of(void **state)
{
	static const char *const units[] = { "x", "&", "a;", "<;", "\xc3\xbc", "\n", "\r" };

	for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
		g_autoptr(GString) text = g_string_new("x;");
		struct metadata_target target = web;
		struct blob out;

		while (text->len < 5000)
			g_string_append(text, units[i]);
		g_string_append(text, "end");
		target.copyright = target.artist = target.usage_terms = text->str;
		target.contact = (struct metadata_contact){ text->str, text->str, text->str };
		out = edit_bytes("", 0, &target);
		assert_in_range(out.size_bytes, 10000, 65502);
		assert_holds(out, LIST("dc:rights", "dc:creator", "UsageTerms", "CiTelWork"), LIST("end<"));
	}
}

/* Prefixes of one packet must not change those of the next: the same picture gives the same bytes in any
 * worker. */
static void a_packet_does_not_depend_on_those_before_it(void **state)
{
	static const char one[] =
		RDF_BEGIN "<rdf:Description xmlns:p='http://one.example/' p:a='1'/></rdf:RDF>";
	static const char two[] =
		RDF_BEGIN "<rdf:Description xmlns:p='http://two.example/' p:a='1'/></rdf:RDF>";
	struct blob first = edit(one, METADATA_SAFE), other = edit(two, METADATA_SAFE);
	struct blob again = edit(one, METADATA_SAFE);

	assert_true(blobs_are_equal(&first, &again));
	free(first.data);
	free(again.data);
	assert_holds(other, LIST("xmlns:p=\"http://two.example/\" p:a=\"1\""), NULL);
}

static void the_same_edit_again_changes_nothing(void **state)
{
	for (int policy = METADATA_ALL; policy <= METADATA_NONE; policy++) {
		struct metadata_target target = web;
		struct blob once, twice;

		target.policy = (enum metadata_policy)policy;
		target.copyright = "\xc2\xa9 M\xc3\xbcller";
		target.artist = "Anna; Bob";
		target.usage_terms = "only \"here\"";
		target.contact.phone = "+49 & 1";
		once = edit_bytes(camera_packet, sizeof(camera_packet) - 1, &target);
		twice = edit_bytes(once.data, once.size_bytes, &target);
		assert_true(blobs_are_equal(&once, &twice));
		free(once.data);
		free(twice.data);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_keeps_all_but_pictures_and_what_belongs_to_the_original),
		cmocka_unit_test(safe_drops_coordinates_and_serial_numbers_at_any_depth),
		cmocka_unit_test(copyright_keeps_rights_only),
		cmocka_unit_test(none_leaves_nothing),
		cmocka_unit_test(the_packet_is_wrapped_and_has_no_padding),
		cmocka_unit_test(rights_replace_all_spellings_of_the_old),
		cmocka_unit_test(usage_terms_replace_those_of_every_language_and_claim_no_more),
		cmocka_unit_test(a_contact_replaces_the_old_one_as_a_whole),
		cmocka_unit_test(a_new_packet_holds_what_was_asked_for),
		cmocka_unit_test(pixels_are_described_as_they_come_out),
		cmocka_unit_test(colours_that_were_asked_for_are_described_by_their_profile_alone),
		cmocka_unit_test(technical_properties_alone_are_no_packet),
		cmocka_unit_test(a_packet_without_wrapper_or_with_junk_around_it_is_read),
		cmocka_unit_test(namespaces_declared_outside_of_rdf_come_along),
		cmocka_unit_test(other_names_for_rdf_and_for_a_subject_are_understood),
		cmocka_unit_test(a_cut_packet_is_read_as_far_as_it_goes),
		cmocka_unit_test(bytes_that_are_not_utf8_are_made_so),
		cmocka_unit_test(what_is_no_packet_is_as_none),
		cmocka_unit_test(a_huge_or_deep_packet_is_as_none_and_takes_no_time),
		cmocka_unit_test(a_packet_that_is_too_big_loses_its_history_first),
		cmocka_unit_test(a_copyright_given_survives_any_size_of_input),
		cmocka_unit_test(a_prefix_of_any_length_leaves_room_for_what_is_given),
		cmocka_unit_test(the_longest_texts_fit_together_whatever_they_are_made_of),
		cmocka_unit_test(a_packet_does_not_depend_on_those_before_it),
		cmocka_unit_test(the_same_edit_again_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
