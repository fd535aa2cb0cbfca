#include "image/xmp_names.h"

#include <stddef.h>
#include <string.h>

#define NS_XMP "http://ns.adobe.com/xap/1.0/"
#define NS_AUX "http://ns.adobe.com/exif/1.0/aux/"
#define NS_DCTERMS "http://purl.org/dc/terms/"
#define NS_GOOGLE_CAMERA "http://ns.google.com/photos/1.0/camera/"

/* A name that means the same in every namespace. Makers' private namespaces are many, but they all call
 * these things so. */
static const struct {
	const char *word;
	enum tag_group group;
} words[] = {
	{ "gps", TAG_GPS },
	{ "latitude", TAG_GPS },
	{ "longitude", TAG_GPS },
	{ "altitude", TAG_GPS },
	{ "serial", TAG_SERIAL },
	{ "thumbnail", TAG_THUMBNAIL },
	{ "motionphoto", TAG_ORIGINAL },
	{ "microvideo", TAG_ORIGINAL },
	{ "nativedigest", TAG_ORIGINAL },
	{ "makernote", TAG_MAKER },
};

struct named {
	const char *name; /* NULL ends the list, and its group is that of all other names */
	enum tag_group group;
};

static const struct named dublin_core_names[] = {
	{ "creator", TAG_RIGHTS },
	{ "rights", TAG_RIGHTS },
	{ "format", TAG_ORIGINAL },
	{ NULL, TAG_DESCRIPTION },
};

static const struct named dublin_core_terms_names[] = {
	{ "rights", TAG_RIGHTS },
	{ "rightsHolder", TAG_RIGHTS },
	{ "accessRights", TAG_RIGHTS },
	{ "license", TAG_RIGHTS },
	{ "creator", TAG_RIGHTS },
	{ NULL, TAG_DESCRIPTION },
};

static const struct named photoshop_names[] = {
	{ "Credit", TAG_RIGHTS },
	{ "Source", TAG_RIGHTS },
	{ "AuthorsPosition", TAG_RIGHTS },
	{ "CopyrightFlag", TAG_RIGHTS },
	{ "ICCProfile", TAG_TECHNICAL },
	{ "ColorMode", TAG_TECHNICAL },
	{ "History", TAG_EDITING },
	{ "DocumentAncestors", TAG_EDITING },
	{ "TextLayers", TAG_EDITING },
	{ "LegacyIPTCDigest", TAG_ORIGINAL },
	{ "EmbeddedXMPDigest", TAG_ORIGINAL },
	{ NULL, TAG_DESCRIPTION },
};

static const struct named iptc_core_names[] = {
	{ "CreatorContactInfo", TAG_RIGHTS },
	{ NULL, TAG_DESCRIPTION },
};

static const struct named tiff_names[] = {
	{ "Artist", TAG_RIGHTS },
	{ "Copyright", TAG_RIGHTS },
	{ "ImageDescription", TAG_DESCRIPTION },
	{ "Make", TAG_CAPTURE },
	{ "Model", TAG_CAPTURE },
	{ "Software", TAG_CAPTURE },
	{ "DateTime", TAG_CAPTURE },
	{ "Orientation", TAG_TECHNICAL },
	{ "ImageWidth", TAG_TECHNICAL },
	{ "ImageLength", TAG_TECHNICAL },
	{ "XResolution", TAG_TECHNICAL },
	{ "YResolution", TAG_TECHNICAL },
	{ "ResolutionUnit", TAG_TECHNICAL },
	{ "YCbCrPositioning", TAG_TECHNICAL },
	{ NULL, TAG_ORIGINAL },
};

static const struct named exif_names[] = {
	{ "ExifVersion", TAG_TECHNICAL },
	{ "FlashpixVersion", TAG_TECHNICAL },
	{ "ComponentsConfiguration", TAG_TECHNICAL },
	{ "ColorSpace", TAG_TECHNICAL },
	{ "PixelXDimension", TAG_TECHNICAL },
	{ "PixelYDimension", TAG_TECHNICAL },
	{ "UserComment", TAG_DESCRIPTION },
	{ "Artist", TAG_RIGHTS }, /* this and the next two: some programs put all EXIF here */
	{ "Copyright", TAG_RIGHTS },
	{ "Orientation", TAG_ORIGINAL },
	{ "SubjectArea", TAG_ORIGINAL },
	{ "SubjectLocation", TAG_ORIGINAL },
	{ "RelatedSoundFile", TAG_ORIGINAL },
	{ NULL, TAG_CAPTURE },
};

static const struct named exif_ex_names[] = {
	{ "Photographer", TAG_RIGHTS },
	{ "CameraOwnerName", TAG_OWNER },
	{ "ImageTitle", TAG_DESCRIPTION },
	{ "InteroperabilityIndex", TAG_TECHNICAL },
	{ "Gamma", TAG_ORIGINAL },
	{ NULL, TAG_CAPTURE },
};

static const struct named aux_names[] = {
	{ "OwnerName", TAG_OWNER },
	{ NULL, TAG_CAPTURE },
};

static const struct named xmp_names[] = {
	{ "CreatorTool", TAG_CAPTURE },
	{ "CreateDate", TAG_CAPTURE },
	{ "ModifyDate", TAG_CAPTURE },
	{ "MetadataDate", TAG_CAPTURE },
	{ NULL, TAG_DESCRIPTION },
};

static const struct named digikam_names[] = {
	{ "ImageHistory", TAG_EDITING },
	{ NULL, TAG_DESCRIPTION },
};

/* The first row that matches counts. A namespace that ends in '*' stands for all that begin so. */
static const struct {
	const char *ns;
	const struct named *names; /* NULL: all names are of `group` */
	enum tag_group group;
} namespaces[] = {
	{ XMP_NS_DC, dublin_core_names, 0 },
	{ XMP_NS_RIGHTS, NULL, TAG_RIGHTS },
	{ NS_DCTERMS, dublin_core_terms_names, 0 },
	{ XMP_NS_PHOTOSHOP, photoshop_names, 0 },
	{ XMP_NS_IPTC_CORE, iptc_core_names, 0 },
	{ "http://ns.useplus.org/ldf/xmp/1.0/", NULL, TAG_RIGHTS },
	{ "http://creativecommons.org/ns#", NULL, TAG_RIGHTS },
	{ XMP_NS_TIFF, tiff_names, 0 },
	{ XMP_NS_EXIF, exif_names, 0 },
	{ XMP_NS_EXIF_EX, exif_ex_names, 0 },
	{ NS_AUX, aux_names, 0 },
	{ NS_XMP, xmp_names, 0 },
	{ NS_XMP "g/img/", NULL, TAG_THUMBNAIL },
	{ NS_XMP "mm/", NULL, TAG_EDITING },
	{ NS_XMP "bj/", NULL, TAG_EDITING },
	{ NS_XMP "t/pg/", NULL, TAG_EDITING },
	{ "http://ns.adobe.com/xmp/note/", NULL, TAG_ORIGINAL }, /* the extended packet, which is gone */
	{ "http://ns.adobe.com/camera-raw-*", NULL, TAG_EDITING },
	{ "http://darktable.sf.net/", NULL, TAG_EDITING },
	{ "http://www.digikam.org/ns/1.0/", digikam_names, 0 },
	{ "http://ns.adobe.com/hdr-*", NULL, TAG_ORIGINAL },
	{ "http://ns.apple.com/*", NULL, TAG_ORIGINAL }, /* gain map, depth, faces' positions */
	{ NS_GOOGLE_CAMERA, NULL, TAG_MAKER },
	{ "http://ns.google.com/photos/1.0/panorama/", NULL, TAG_CAPTURE },
	{ "http://ns.google.com/*", NULL, TAG_ORIGINAL }, /* container, depth, second picture, sound */
	{ "http://ns.leiainc.com/*", NULL, TAG_ORIGINAL },
	{ "http://ns.samsung.com/*", NULL, TAG_MAKER },
	{ "http://ns.xiaomi.com/*", NULL, TAG_MAKER },
	{ "http://ns.oplus.com/*", NULL, TAG_MAKER },
	{ "http://ns.vivo.com/*", NULL, TAG_MAKER },
	{ "http://ns.nikon.com/*", NULL, TAG_MAKER },
	{ "http://ns.canon.com/*", NULL, TAG_MAKER },
	{ "http://xmlns.sony.net/*", NULL, TAG_MAKER },
	{ "http://ns.flir.com/*", NULL, TAG_MAKER },
	{ "http://www.dji.com/*", NULL, TAG_MAKER },
	{ "http://www.parrot.com/*", NULL, TAG_MAKER },
	{ "http://www.w3.org/2003/01/geo/wgs84_pos#", NULL, TAG_GPS },
};

static bool ns_matches(const char *pattern, const char *ns)
{
	size_t length = strlen(pattern);

	if (pattern[length - 1] == '*')
		return strncmp(pattern, ns, length - 1) == 0;
	return strcmp(pattern, ns) == 0;
}

static enum tag_group group_among(const struct named *names, const char *name)
{
	while (names->name && strcmp(names->name, name) != 0)
		names++;
	return names->group;
}

enum tag_group xmp_property_group(const char *ns, const char *name)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcasestr(name, words[i].word))
			return words[i].group;
	}
	for (size_t i = 0; i < sizeof(namespaces) / sizeof(namespaces[0]); i++) {
		if (ns_matches(namespaces[i].ns, ns))
			return namespaces[i].names ? group_among(namespaces[i].names, name)
						   : namespaces[i].group;
	}
	return TAG_DESCRIPTION;
}

enum tag_group xmp_field_group(const char *ns, const char *name)
{
	enum tag_group group = xmp_property_group(ns, name);

	return group >= TAG_GPS ? group : TAG_GROUP_COUNT;
}
