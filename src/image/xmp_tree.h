/*
 * xmp_tree.h: an XMP packet as a tree of XML that is filtered and written as a new packet.
 *
 * Calling order: xmp_tree_open(), which never fails; the others in any order on the rdf:RDF element that it
 * returns, beginning with xmp_tree_filter(), which the others rely on to have dropped everything that is not
 * a description; xmp_tree_close().
 *
 * Source: XMP specification part 1 (ISO 16684-1), RDF/XML serialisation.
 */
#ifndef STAMPMILL_IMAGE_XMP_TREE_H
#define STAMPMILL_IMAGE_XMP_TREE_H

#include <glib.h>
#include <libxml/tree.h>

#include "image/metadata.h"
#include "image/tag_group.h"

/* The rdf:RDF element of the packet in `in`; of an empty one when that is no XML with RDF in it, declares a
 * document type, or has more of anything than any program writes. A broken packet is read as far as it goes.
 */
xmlNode *xmp_tree_open(const struct blob *in);
void xmp_tree_close(xmlNode *rdf);

/* Drop what is not in `kept`: properties by their group, and what is inside of them where it has one of its
 * own (coordinates, serial numbers, thumbnails). Comments and the like go too. May be called again with less.
 */
void xmp_tree_filter(xmlNode *rdf, tag_set kept);

/* Drop the descriptions that say nothing. */
void xmp_tree_drop_empty(xmlNode *rdf);

/* Whether there are other than technical properties. */
bool xmp_tree_says_anything(const xmlNode *rdf);

/* Make all descriptions name the subject that the first of them names, as XMP requires; xmlFree() it. */
xmlChar *xmp_tree_subject(xmlNode *rdf);

/* Remove a property of the picture from all descriptions. Returns the text of the last one, "" when it had
 * none, NULL when it was not there; xmlFree() it. */
xmlChar *xmp_tree_take(xmlNode *rdf, const char *ns, const char *name);

/* The same; returns whether it was there. */
bool xmp_tree_remove(xmlNode *rdf, const char *ns, const char *name);

/* Append a read-only packet without padding to `out`. */
void xmp_tree_write(xmlNode *rdf, GByteArray *out);

#endif
