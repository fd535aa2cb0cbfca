/*
 * xmp_names.h: the XMP namespaces that we write, and which group each property belongs to.
 *
 * Sources: XMP specification parts 1 and 2 (Adobe), Exif metadata for XMP (CIPA DC-010), IPTC Photo Metadata
 * Standard, and the published namespaces of Google, Apple, Samsung, DJI and others.
 */
#ifndef STAMPMILL_IMAGE_XMP_NAMES_H
#define STAMPMILL_IMAGE_XMP_NAMES_H

#include "image/tag_group.h"

#define XMP_NS_RDF "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
#define XMP_NS_DC "http://purl.org/dc/elements/1.1/"
#define XMP_NS_RIGHTS "http://ns.adobe.com/xap/1.0/rights/"
#define XMP_NS_TIFF "http://ns.adobe.com/tiff/1.0/"
#define XMP_NS_EXIF "http://ns.adobe.com/exif/1.0/"
#define XMP_NS_EXIF_EX "http://cipa.jp/exif/1.0/"
#define XMP_NS_PHOTOSHOP "http://ns.adobe.com/photoshop/1.0/"
#define XMP_NS_IPTC_CORE "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"

/* The group of a property of the picture. */
enum tag_group xmp_property_group(const char *ns, const char *name);

/* The group of what stands somewhere inside a property: coordinates, serial numbers, thumbnails and the like
 * are that wherever they stand; everything else is TAG_GROUP_COUNT, and belongs to its property. */
enum tag_group xmp_field_group(const char *ns, const char *name);

#endif
