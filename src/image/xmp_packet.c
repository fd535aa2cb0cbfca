#include "image/xmp_packet.h"

#include <math.h>

#include "image/xmp_names.h"
#include "image/xmp_tree.h"

#define PACKET_LIMIT_BYTES 65502 /* XMP specification part 3, 1.1.3 */

#define TEXT(string) ((const xmlChar *)(string))

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlChar, xmlFree)

/* Our own description of the picture, to which each change is added. An input that we have written loses what
 * stands in ours, and with it ours, before a new one is made: so the same edit gives the same bytes again. */
struct writer {
	xmlNode *rdf;
	xmlNode *description; /* NULL until there is something to say */
	const xmlChar *about; /* the subject that all descriptions name; usually "" */
};

static xmlNs *declare(xmlNode *node, const char *ns, const char *prefix)
{
	for (xmlNs *found = node->nsDef; found; found = found->next) {
		if (xmlStrEqual(found->href, TEXT(ns)))
			return found;
	}
	return xmlNewNs(node, TEXT(ns), TEXT(prefix));
}

/* The writer's description, with RDF's own namespace under a prefix, which attributes need. */
static xmlNode *writer_description(struct writer *writer, xmlNs **rdf_ns)
{
	bool is_new = !writer->description;

	if (is_new)
		writer->description = xmlNewChild(writer->rdf, writer->rdf->ns, TEXT("Description"), NULL);
	*rdf_ns = writer->rdf->ns->prefix ? writer->rdf->ns : declare(writer->description, XMP_NS_RDF, "rdf");
	if (is_new)
		xmlNewNsProp(writer->description, *rdf_ns, TEXT("about"), writer->about);
	return writer->description;
}

static void add_simple(
	struct writer *writer, const char *ns, const char *prefix, const char *name, const char *value)
{
	xmlNs *rdf_ns;
	xmlNode *description = writer_description(writer, &rdf_ns);

	xmlSetNsProp(description, declare(description, ns, prefix), TEXT(name), TEXT(value));
}

/* A property as an element, with nothing in it yet. */
static xmlNode *add_element(
	struct writer *writer, const char *ns, const char *prefix, const char *name, xmlNs **rdf_ns)
{
	xmlNode *description = writer_description(writer, rdf_ns);

	return xmlNewChild(description, declare(description, ns, prefix), TEXT(name), NULL);
}

static void add_creators(struct writer *writer, char *const *creators)
{
	xmlNs *rdf_ns;
	xmlNode *property = add_element(writer, XMP_NS_DC, "dc", "creator", &rdf_ns);
	xmlNode *list = xmlNewChild(property, rdf_ns, TEXT("Seq"), NULL);

	for (; *creators; creators++)
		xmlNewTextChild(list, rdf_ns, TEXT("li"), TEXT(*creators));
}

/* A text that could be there in several languages, in the one that stands for all. */
static void add_alternative(
	struct writer *writer, const char *ns, const char *prefix, const char *name, const char *text)
{
	xmlNs *rdf_ns;
	xmlNode *property = add_element(writer, ns, prefix, name, &rdf_ns);
	xmlNode *list = xmlNewChild(property, rdf_ns, TEXT("Alt"), NULL);

	xmlNodeSetLang(xmlNewTextChild(list, rdf_ns, TEXT("li"), TEXT(text)), TEXT("x-default"));
}

static void add_contact(struct writer *writer, const struct metadata_job *job)
{
	const struct {
		const char *name, *text;
	} parts[] = { { "CiEmailWork", job->email }, { "CiUrlWork", job->url }, { "CiTelWork", job->phone } };
	xmlNs *rdf_ns;
	xmlNode *contact =
		add_element(writer, XMP_NS_IPTC_CORE, "Iptc4xmpCore", "CreatorContactInfo", &rdf_ns);

	xmlSetNsProp(contact, rdf_ns, TEXT("parseType"), TEXT("Resource"));
	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
		if (parts[i].text)
			xmlNewTextChild(contact, contact->ns, TEXT(parts[i].name), TEXT(parts[i].text));
	}
}

static void set_copyright(struct writer *writer, const char *copyright)
{
	xmp_tree_remove(writer->rdf, XMP_NS_DC, "rights");
	xmp_tree_remove(writer->rdf, XMP_NS_TIFF, "Copyright");
	xmp_tree_remove(writer->rdf, XMP_NS_EXIF, "Copyright");
	xmp_tree_remove(writer->rdf, XMP_NS_RIGHTS, "Marked");
	add_simple(writer, XMP_NS_RIGHTS, "xmpRights", "Marked", "True");
	add_alternative(writer, XMP_NS_DC, "dc", "rights", copyright);
}

static void set_artist(struct writer *writer, char *const *artists)
{
	xmp_tree_remove(writer->rdf, XMP_NS_DC, "creator");
	xmp_tree_remove(writer->rdf, XMP_NS_TIFF, "Artist");
	xmp_tree_remove(writer->rdf, XMP_NS_EXIF, "Artist");
	xmp_tree_remove(writer->rdf, XMP_NS_EXIF_EX, "Photographer");
	add_creators(writer, artists);
}

static void set_rights(struct writer *writer, const struct metadata_job *job)
{
	if (job->copyright)
		set_copyright(writer, job->copyright);
	if (job->artist)
		set_artist(writer, job->artists);
	if (job->usage_terms) {
		xmp_tree_remove(writer->rdf, XMP_NS_RIGHTS, "UsageTerms");
		add_alternative(writer, XMP_NS_RIGHTS, "xmpRights", "UsageTerms", job->usage_terms);
	}
	if (metadata_job_has_contact(job)) {
		xmp_tree_remove(writer->rdf, XMP_NS_IPTC_CORE, "CreatorContactInfo");
		add_contact(writer, job);
	}
}

/* Make a property true where it is said at all. */
static void update(
	struct writer *writer, const char *ns, const char *prefix, const char *name, const char *value)
{
	if (xmp_tree_remove(writer->rdf, ns, name))
		add_simple(writer, ns, prefix, name, value);
}

static void update_number(
	struct writer *writer, const char *ns, const char *prefix, const char *name, int number)
{
	char value[16];

	g_snprintf(value, sizeof(value), "%d", number);
	update(writer, ns, prefix, name, value);
}

/* Photoshop's mode is 1 for grey, 3 for RGB, 4 for CMYK; where nothing was asked for, others than grey have
 * become RGB. */
static void update_colour_mode(struct writer *writer, const struct metadata_target *target)
{
	static const char *const modes[] = { [MODEL_GREY] = "1", [MODEL_RGB] = "3", [MODEL_CMYK] = "4" };
	xmlChar *was = xmp_tree_take(writer->rdf, XMP_NS_PHOTOSHOP, "ColorMode");
	const char *mode = xmlStrEqual(was, TEXT("1")) ? "1" : "3";

	if (target->converted)
		mode = modes[target->model];
	if (was)
		add_simple(writer, XMP_NS_PHOTOSHOP, "photoshop", "ColorMode", mode);
	xmlFree(was);
}

static void set_colour(struct writer *writer, const struct metadata_target *target)
{
	bool named = target->srgb || target->adobe;

	if (!named && !target->converted)
		return;
	update(writer, XMP_NS_EXIF, "exif", "ColorSpace", target->srgb ? "1" : "65535");
	if (named) {
		update(writer, XMP_NS_EXIF_EX, "exifEX", "InteroperabilityIndex",
			target->adobe ? "R03" : "R98");
		update(writer, XMP_NS_PHOTOSHOP, "photoshop", "ICCProfile",
			target->adobe ? "Adobe RGB (1998)" : "sRGB IEC61966-2.1");
	} else {
		/* Exif has words for those two only; what the profile is called stands in the profile */
		xmp_tree_remove(writer->rdf, XMP_NS_EXIF_EX, "InteroperabilityIndex");
		xmp_tree_remove(writer->rdf, XMP_NS_PHOTOSHOP, "ICCProfile");
	}
	update_colour_mode(writer, target);
}

static void set_resolution(struct writer *writer, double dpi)
{
	char value[32];

	g_snprintf(value, sizeof(value), "%ld/100", lround(dpi * 100));
	update(writer, XMP_NS_TIFF, "tiff", "XResolution", value);
	update(writer, XMP_NS_TIFF, "tiff", "YResolution", value);
	update(writer, XMP_NS_TIFF, "tiff", "ResolutionUnit", "2");
}

static void set_technical(struct writer *writer, const struct metadata_target *target)
{
	update(writer, XMP_NS_TIFF, "tiff", "Orientation", "1");
	update(writer, XMP_NS_TIFF, "tiff", "YCbCrPositioning", "1");
	update_number(writer, XMP_NS_TIFF, "tiff", "ImageWidth", target->width_px);
	update_number(writer, XMP_NS_TIFF, "tiff", "ImageLength", target->height_px);
	update_number(writer, XMP_NS_EXIF, "exif", "PixelXDimension", target->width_px);
	update_number(writer, XMP_NS_EXIF, "exif", "PixelYDimension", target->height_px);
	if (metadata_dpi_is_known(target))
		set_resolution(writer, target->dpi);
	set_colour(writer, target);
}

static void edit(xmlNode *rdf, const struct metadata_job *job, tag_set kept, GByteArray *out)
{
	g_autoptr(xmlChar) subject = NULL;
	struct writer writer = { .rdf = rdf };

	xmp_tree_filter(rdf, kept);
	writer.about = subject = xmp_tree_subject(rdf);
	set_technical(&writer, job->target);
	set_rights(&writer, job);
	xmp_tree_drop_empty(rdf);
	if (xmp_tree_says_anything(rdf))
		xmp_tree_write(rdf, out);
}

void xmp_packet_edit(const struct blob *in, const struct metadata_job *job, struct blob *out)
{
	static const enum tag_group shed[] = { TAG_MAKER, TAG_EDITING, TAG_CAPTURE, TAG_OWNER, TAG_SERIAL,
		TAG_GPS, TAG_DESCRIPTION, TAG_RIGHTS, TAG_TECHNICAL };
	static const struct blob nothing;
	tag_set kept = tag_set_kept(job->target->policy);
	GByteArray *bytes = g_byte_array_new();
	xmlNode *rdf = xmp_tree_open(kept ? in : &nothing);

	edit(rdf, job, kept, bytes);
	for (size_t i = 0; i < G_N_ELEMENTS(shed) && bytes->len > PACKET_LIMIT_BYTES; i++) {
		kept = tag_set_without(kept, shed[i]);
		g_byte_array_set_size(bytes, 0);
		edit(rdf, job, kept, bytes);
	}
	/* Nothing of the input is left but its prefix for RDF, which each of our own tags has. */
	if (bytes->len > PACKET_LIMIT_BYTES) {
		xmp_tree_close(rdf);
		rdf = xmp_tree_open(&nothing);
		g_byte_array_set_size(bytes, 0);
		edit(rdf, job, 0, bytes);
	}
	xmp_tree_close(rdf);
	blob_take(out, bytes);
}
