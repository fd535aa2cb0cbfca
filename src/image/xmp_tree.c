#include "image/xmp_tree.h"

#include <libxml/parser.h>
#include <libxml/xmlsave.h>
#include <string.h>

#include "image/utf8.h"
#include "image/xmp_names.h"

/* A tree takes up to 30 times the memory of its text, and the time for a tag grows with the square of its
 * attributes. Real packets have at most some hundred in one. */
#define INPUT_LIMIT_BYTES (2 << 20)
#define ATTRIBUTES_LIMIT 1024

#define PACKET_BEGIN "<?xpacket begin=\"\xef\xbb\xbf\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>"
#define META_BEGIN "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">"
#define META_END "</x:xmpmeta>"
#define PACKET_END "<?xpacket end=\"r\"?>"

#define TEXT(string) ((const xmlChar *)(string))

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlBuffer, xmlBufferFree)

static bool is_named(const xmlNs *ns, const xmlChar *name, const char *wanted_ns, const char *wanted_name)
{
	return ns && xmlStrEqual(ns->href, TEXT(wanted_ns)) && xmlStrEqual(name, TEXT(wanted_name));
}

static bool is_rdf(const xmlNode *node, const char *name)
{
	return node->type == XML_ELEMENT_NODE && is_named(node->ns, node->name, XMP_NS_RDF, name);
}

/* Equals signs before a quotation mark, from one '<' to the next. */
static bool has_too_many_attributes(const char *text)
{
	unsigned int count = 0;

	while (*(text += strcspn(text, "<="))) {
		if (*text == '<')
			count = 0;
		text++;
		text += strspn(text, " \t\r\n");
		if ((*text == '"' || *text == '\'') && ++count > ATTRIBUTES_LIMIT)
			return true;
	}
	return false;
}

/* The text between the first tag and the last as a document; NULL when it is none. A document type has no
 * place in XMP, and its entities could grow. */
static xmlDoc *parse(const struct blob *in)
{
	const char *data = (const char *)in->data, *end, *first;
	g_autofree char *text = NULL;
	xmlDoc *doc;

	if (in->size_bytes > INPUT_LIMIT_BYTES || !(first = memchr(data, '<', in->size_bytes)))
		return NULL;
	end = data + in->size_bytes;
	while (end > first && end[-1] != '>')
		end--;
	text = utf8_clean(first, (size_t)(end - first));
	if (has_too_many_attributes(text))
		return NULL;
	doc = xmlReadMemory(text, (int)strlen(text), NULL, "UTF-8",
		XML_PARSE_RECOVER | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NONET |
			XML_PARSE_NOCDATA);
	if (doc && doc->intSubset) {
		xmlFreeDoc(doc);
		return NULL;
	}
	return doc;
}

static xmlNode *find_rdf(xmlNode *node)
{
	for (; node; node = node->next) {
		xmlNode *found = is_rdf(node, "RDF")              ? node
				 : node->type == XML_ELEMENT_NODE ? find_rdf(node->children)
								  : NULL;

		if (found)
			return found;
	}
	return NULL;
}

static xmlDoc *new_doc(void)
{
	xmlDoc *doc = xmlNewDoc(TEXT("1.0"));
	xmlNode *rdf = xmlNewDocNode(doc, NULL, TEXT("RDF"), NULL);

	xmlSetNs(rdf, xmlNewNs(rdf, TEXT(XMP_NS_RDF), TEXT("rdf")));
	xmlDocSetRootElement(doc, rdf);
	return doc;
}

xmlNode *xmp_tree_open(const struct blob *in)
{
	xmlDoc *doc = in->data ? parse(in) : NULL;
	xmlNode *rdf = doc ? find_rdf(doc->children) : NULL;

	if (rdf)
		return rdf;
	if (doc)
		xmlFreeDoc(doc);
	return xmlDocGetRootElement(new_doc());
}

void xmp_tree_close(xmlNode *rdf)
{
	xmlFreeDoc(rdf->doc);
}

static void drop_node(xmlNode *node)
{
	xmlUnlinkNode(node);
	xmlFreeNode(node);
}

/* Whether an attribute or element of this name is to stay. RDF's own words and xml:lang are the form, not
 * the content; a name without a namespace has no meaning in XMP, nor has one with a second colon, which
 * libxml2 recovers from broken packets and would read as another one next time. */
static bool is_kept(const xmlNs *ns, const xmlChar *name, bool is_property, tag_set kept)
{
	const char *href = ns ? (const char *)ns->href : NULL;
	enum tag_group group;

	if (!href || xmlValidateNCName(name, 0) != 0)
		return false;
	if (strcmp(href, XMP_NS_RDF) == 0 || strcmp(href, (const char *)XML_XML_NAMESPACE) == 0)
		return true;
	group = is_property ? xmp_property_group(href, (const char *)name)
			    : xmp_field_group(href, (const char *)name);
	return group == TAG_GROUP_COUNT || tag_set_has(kept, group);
}

static bool has_elements(const xmlNode *parent)
{
	for (const xmlNode *node = parent->children; node; node = node->next) {
		if (node->type == XML_ELEMENT_NODE)
			return true;
	}
	return false;
}

static void filter(xmlNode *parent, bool has_properties, tag_set kept);

/* A child stays when it is an element that is kept, or the text of a simple value. */
static void filter_child(xmlNode *node, bool is_property, bool text_counts, tag_set kept)
{
	bool stays = node->type == XML_ELEMENT_NODE ? is_kept(node->ns, node->name, is_property, kept)
						    : node->type == XML_TEXT_NODE && text_counts;

	if (!stays)
		drop_node(node);
	else if (node->type == XML_ELEMENT_NODE)
		filter(node, false, kept);
}

/* libxml2 recovers attributes that stand there twice; no other reader would. */
static bool is_repeated(const xmlAttr *attribute)
{
	const xmlAttr *earlier = attribute->prev;

	while (earlier && !(xmlStrEqual(earlier->name, attribute->name) && earlier->ns && attribute->ns &&
				  xmlStrEqual(earlier->ns->href, attribute->ns->href)))
		earlier = earlier->prev;
	return earlier != NULL;
}

/* `has_properties`: `parent` describes the picture itself, so that its attributes and children are the
 * picture's properties; otherwise they are parts of one. */
static void filter(xmlNode *parent, bool has_properties, tag_set kept)
{
	bool text_counts = !has_properties && !has_elements(parent);

	for (xmlAttr *attribute = parent->properties, *next; attribute; attribute = next) {
		next = attribute->next;
		if (!is_kept(attribute->ns, attribute->name, has_properties, kept) || is_repeated(attribute))
			xmlRemoveProp(attribute);
	}
	for (xmlNode *node = parent->children, *next; node; node = next) {
		next = node->next;
		filter_child(node, has_properties, text_counts, kept);
	}
}

static bool is_empty(const xmlNode *description)
{
	for (const xmlAttr *attribute = description->properties; attribute; attribute = attribute->next) {
		if (!xmlStrEqual(attribute->ns->href, TEXT(XMP_NS_RDF)) &&
			!xmlStrEqual(attribute->ns->href, XML_XML_NAMESPACE))
			return false;
	}
	return !has_elements(description);
}

void xmp_tree_filter(xmlNode *rdf, tag_set kept)
{
	for (xmlNode *node = rdf->children, *next; node; node = next) {
		next = node->next;
		if (is_rdf(node, "Description"))
			filter(node, true, kept);
		else
			drop_node(node);
	}
}

void xmp_tree_drop_empty(xmlNode *rdf)
{
	for (xmlNode *node = rdf->children, *next; node; node = next) {
		next = node->next;
		if (is_empty(node))
			drop_node(node);
	}
}

static bool is_technical(const xmlNs *ns, const xmlChar *name)
{
	const char *href = (const char *)ns->href;

	return strcmp(href, XMP_NS_RDF) == 0 || strcmp(href, (const char *)XML_XML_NAMESPACE) == 0 ||
	       xmp_property_group(href, (const char *)name) == TAG_TECHNICAL;
}

bool xmp_tree_says_anything(const xmlNode *rdf)
{
	for (const xmlNode *description = rdf->children; description; description = description->next) {
		for (const xmlAttr *attribute = description->properties; attribute;
			attribute = attribute->next) {
			if (!is_technical(attribute->ns, attribute->name))
				return true;
		}
		for (const xmlNode *node = description->children; node; node = node->next) {
			if (node->type == XML_ELEMENT_NODE && !is_technical(node->ns, node->name))
				return true;
		}
	}
	return false;
}

xmlChar *xmp_tree_take(xmlNode *rdf, const char *ns, const char *name)
{
	xmlChar *value = NULL;

	for (xmlNode *description = rdf->children; description; description = description->next) {
		xmlAttr *attribute = xmlHasNsProp(description, TEXT(name), TEXT(ns));

		if (attribute) {
			xmlFree(value);
			value = xmlNodeGetContent((xmlNode *)attribute);
			xmlRemoveProp(attribute);
		}
		for (xmlNode *node = description->children, *next; node; node = next) {
			next = node->next;
			if (!is_named(node->ns, node->name, ns, name))
				continue;
			xmlFree(value);
			value = xmlNodeGetContent(node);
			drop_node(node);
		}
	}
	return value;
}

bool xmp_tree_remove(xmlNode *rdf, const char *ns, const char *name)
{
	xmlChar *value = xmp_tree_take(rdf, ns, name);
	bool was_there = value != NULL;

	xmlFree(value);
	return was_there;
}

xmlChar *xmp_tree_subject(xmlNode *rdf)
{
	xmlChar *subject = NULL;

	for (xmlNode *node = rdf->children; node && xmlStrlen(subject) == 0; node = node->next) {
		xmlFree(subject);
		subject = xmlGetNsProp(node, TEXT("about"), TEXT(XMP_NS_RDF));
	}
	if (!subject)
		subject = xmlStrdup(TEXT(""));
	for (xmlNode *node = rdf->children; node; node = node->next) {
		xmlAttr *about = xmlHasNsProp(node, TEXT("about"), TEXT(XMP_NS_RDF));

		if (about)
			xmlSetNsProp(node, about->ns, TEXT("about"), subject);
	}
	return subject;
}

static void collect_namespaces(const xmlNode *parent, GHashTable *used)
{
	g_hash_table_add(used, parent->ns);
	for (const xmlAttr *attribute = parent->properties; attribute; attribute = attribute->next)
		g_hash_table_add(used, attribute->ns);
	for (const xmlNode *node = parent->children; node; node = node->next) {
		if (node->type == XML_ELEMENT_NODE)
			collect_namespaces(node, used);
	}
}

static void drop_unused_namespaces(xmlNode *parent, GHashTable *used)
{
	for (xmlNs **link = &parent->nsDef; *link;) {
		xmlNs *ns = *link;

		if (g_hash_table_contains(used, ns)) {
			link = &ns->next;
			continue;
		}
		*link = ns->next;
		xmlFreeNs(ns);
	}
	for (xmlNode *node = parent->children; node; node = node->next) {
		if (node->type == XML_ELEMENT_NODE)
			drop_unused_namespaces(node, used);
	}
}

/* Only what is used stays declared: also what was declared outside of RDF, which is all that is written. */
static void tidy_namespaces(xmlNode *rdf)
{
	g_autoptr(GHashTable) used = g_hash_table_new(NULL, NULL);

	collect_namespaces(rdf, used);
	drop_unused_namespaces(rdf, used);
	for (xmlNode *outer = rdf->parent; outer && outer->type == XML_ELEMENT_NODE; outer = outer->parent) {
		for (xmlNs *ns = outer->nsDef; ns; ns = ns->next) {
			if (g_hash_table_contains(used, ns))
				xmlNewNs(rdf, ns->href, ns->prefix); /* not where it has that prefix */
		}
	}
}

void xmp_tree_write(xmlNode *rdf, GByteArray *out)
{
	static const char head[] = PACKET_BEGIN META_BEGIN, tail[] = META_END PACKET_END;
	g_autoptr(xmlBuffer) buffer = xmlBufferCreate();
	xmlSaveCtxt *save = xmlSaveToBuffer(buffer, "UTF-8", XML_SAVE_NO_DECL | XML_SAVE_AS_XML);

	if (!save)
		return;
	tidy_namespaces(rdf);
	xmlSaveTree(save, rdf);
	xmlSaveClose(save);
	g_byte_array_append(out, (const unsigned char *)head, sizeof(head) - 1);
	g_byte_array_append(out, xmlBufferContent(buffer), (unsigned int)xmlBufferLength(buffer));
	g_byte_array_append(out, (const unsigned char *)tail, sizeof(tail) - 1);
}
