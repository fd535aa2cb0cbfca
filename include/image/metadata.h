/*
 * metadata.h: EXIF, XMP and IPTC as three blobs, read from an input, edited by policy, written to every
 * output.
 *
 * The one place that knows tags. Both lanes and every encoder use it: a lane takes the raw blobs out of the
 * input (in libvips' terms "exif-data", "xmp-data", "iptc-data"), calls metadata_edit(), and puts the results
 * into the output. Broken blobs are dropped, never an error: a picture is not lost over its metadata.
 *
 * Sources: Exif 2.32 (CIPA DC-008), XMP specification part 1 to 3 (Adobe), IPTC-IIM 4.2, Photoshop file
 * formats (image resources).
 */
#ifndef STAMPMILL_IMAGE_METADATA_H
#define STAMPMILL_IMAGE_METADATA_H

#include <stdbool.h>
#include <stddef.h>

#include "job/facts.h"
#include "job/settings.h"

struct blob {
	unsigned char *data; /* malloc'ed; NULL where there is none */
	size_t size_bytes;
};

/* The blobs of one picture. */
struct metadata {
	struct blob exif; /* a TIFF stream, with or without a leading "Exif\0\0" on input, always with it on
			     output */
	struct blob xmp;  /* an XMP packet */
	struct blob iptc; /* Photoshop image resources ("Photoshop 3.0\0" + 8BIM...) or bare IIM records; the
			     same form out as in, image resources where it is made new */
};

/* How to reach the creator; UTF-8, or NULL. */
struct metadata_contact {
	const char *email, *url, *phone;
};

/* What the output will be. The texts are written under every policy, in place of what the input says. */
struct metadata_target {
	enum metadata_policy policy;
	const char *copyright, *artist;  /* UTF-8, or NULL: into EXIF, XMP and IPTC in step */
	const char *usage_terms;         /* the same, into XMP */
	struct metadata_contact contact; /* into XMP and IPTC in step */
	int width_px, height_px;         /* of the output: PixelXDimension, PixelYDimension */
	bool srgb;                       /* the pixels are sRGB: ColorSpace 1, no Interoperability R03 */
	bool adobe;     /* the pixels are AdobeRGB as they were before: ColorSpace 65535, R03 */
	bool converted; /* the pixels were brought into the profile in the file, one that was asked for */
	enum colour_model model; /* of the pixels, where converted */
	double dpi; /* what the file's own header declares; 0: what the input's tags say, 72 in a new block */
	enum iptc_form {
		IPTC_FORM_INPUT,     /* as the input; image resources where it is made new */
		IPTC_FORM_RESOURCES, /* for JPEG */
		IPTC_FORM_BARE       /* for TIFF's IPTC tag */
	} iptc_form;
};

/* Make `out` from `in` for `target`. Orientation becomes 1, no thumbnail survives under any policy (EXIF
 * IFD1, previews inside maker notes, Photoshop resources 1033 and 1036, xmp:Thumbnails), nor does anything
 * that describes the original's pixels only (gain maps). Under `none` there is only what the texts given ask
 * for, so AdobeRGB that is kept needs its profile embedded. Each blob fits into one JPEG segment (65,533
 * bytes; XMP 65,502): what does not goes group by group, maker notes first, never the texts given. The same
 * `in` and `target` give the same bytes; `out` edited again gives `out`. `out` owns its blobs.
 *
 * Where each text has a place: copyright in EXIF Copyright, XMP dc:rights (with xmpRights:Marked) and IPTC
 * 2:116; artist in EXIF Artist, XMP dc:creator and IPTC 2:80. Usage terms are in XMP xmpRights:UsageTerms
 * alone: the IPTC Photo Metadata Standard maps them to no IIM dataset, and Exif 3.0 has no tag for them. It
 * maps the creator's contact to XMP Iptc4xmpCore:CreatorContactInfo alone; IIM's own 2:118, Contact, which
 * older programs read, gets it too, a dataset for each of e-mail, URL and telephone. Exif has no tag for
 * it. The contact is one thing: when any part of it is given, what the input says goes as a whole, postal
 * address included, so that two people's never mix. */
void metadata_edit(const struct metadata *in, const struct metadata_target *target, struct metadata *out);
void metadata_finish(struct metadata *metadata);

/* What an EXIF block tells the probe; `orientation` is 1 and the others as in facts.h where it says nothing.
 */
struct exif_facts {
	int orientation;
	bool interop_adobe;
	int64_t taken_s;
	struct exif_texts texts;
};
void metadata_read_facts(const struct blob *exif, struct exif_facts *facts);

/* One line for each group of tags, saying which policies keep it; for the man page and the README.
 * NULL-terminated. */
struct metadata_policy_row {
	const char *group; /* "camera, lens, exposure, date" */
	bool kept[METADATA_NONE + 1];
};
const struct metadata_policy_row *metadata_policy_table(void);

#endif
