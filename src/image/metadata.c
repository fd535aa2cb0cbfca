#include "image/metadata.h"

#include <stdlib.h>
#include <string.h>

#include "image/exif_block.h"
#include "image/exif_tags.h"
#include "image/exif_texts.h"
#include "image/iptc_block.h"
#include "image/tiff_view.h"
#include "image/utf8.h"
#include "image/xmp_packet.h"

static int read_orientation(const struct tiff_view *view, const struct tiff_dir *main_dir)
{
	struct tiff_entry entry;
	uint32_t number;

	if (!tiff_view_find(view, main_dir, EXIF_ORIENTATION, &entry) ||
		!tiff_view_number(view, &entry, &number) || number < 1 || number > 8)
		return 1;
	return (int)number;
}

static bool read_interop_adobe(const struct tiff_view *view, const struct tiff_dir *main_dir)
{
	struct tiff_dir exif_dir, interop_dir;
	struct tiff_entry entry;

	return tiff_view_subdir(view, main_dir, EXIF_EXIF_DIR, &exif_dir) &&
	       tiff_view_subdir(view, &exif_dir, EXIF_INTEROP_DIR, &interop_dir) &&
	       tiff_view_find(view, &interop_dir, EXIF_INTEROP_INDEX, &entry) && entry.type == TIFF_ASCII &&
	       entry.size_bytes >= 3 && memcmp(entry.value, "R03", 3) == 0;
}

void metadata_read_facts(const struct blob *exif, struct exif_facts *facts)
{
	struct tiff_view view;
	struct tiff_dir main_dir;

	*facts = (struct exif_facts){ .orientation = 1 };
	if (!exif->data || !tiff_view_init(&view, exif->data, exif->size_bytes) ||
		!tiff_view_dir(&view, view.first_dir, &main_dir))
		return;
	facts->orientation = read_orientation(&view, &main_dir);
	facts->interop_adobe = read_interop_adobe(&view, &main_dir);
	exif_texts_read(&view, &main_dir, facts);
}

/* How many bytes of `text` take no more than `limit_bytes` in XML, which spells some characters out. */
static size_t xml_limit(const char *text, size_t limit_bytes)
{
	size_t at = 0, cost = 0;

	for (; text[at]; at++) {
		cost += text[at] == '&' || text[at] == '\r' ? 5 : text[at] == '<' || text[at] == '>' ? 4 : 1;
		if (cost > limit_bytes)
			break;
	}
	return at;
}

/* What is left of `text` when it is cut, cleaned and trimmed; NULL when nothing is. */
static char *clean_text(const char *text)
{
	g_autofree char *cleaned = text ? utf8_clean(text, strlen(text)) : NULL;

	if (!cleaned)
		return NULL;
	g_strstrip(cleaned);
	cleaned[utf8_cut(cleaned, xml_limit(cleaned, RIGHTS_LIMIT_BYTES))] = '\0';
	return *cleaned ? g_steal_pointer(&cleaned) : NULL;
}

static char *clean_line(const char *text)
{
	char *line = clean_text(text);

	return line ? g_strdelimit(line, "\t\n\r", ' ') : NULL;
}

/* Exif has one text for all artists, with semicolons between them; IPTC and XMP have one for each. */
static char **split_artists(const char *artist)
{
	g_auto(GStrv) pieces = g_strsplit(artist, ";", -1);
	GPtrArray *artists = g_ptr_array_new();

	for (char **piece = pieces; *piece; piece++) {
		g_strstrip(*piece);
		if (**piece)
			g_ptr_array_add(artists, g_strdup(*piece));
	}
	if (artists->len == 0)
		g_ptr_array_add(artists, g_strdup(artist));
	g_ptr_array_add(artists, NULL);
	return (char **)g_ptr_array_free(artists, FALSE);
}

static void job_finish(struct metadata_job *job)
{
	g_free(job->copyright);
	g_free(job->artist);
	g_strfreev(job->artists);
	g_free(job->usage_terms);
	g_free(job->email);
	g_free(job->url);
	g_free(job->phone);
}

void metadata_edit(const struct metadata *in, const struct metadata_target *target, struct metadata *out)
{
	struct metadata_job job = { .target = target,
		.copyright = clean_text(target->copyright),
		.artist = clean_text(target->artist),
		.usage_terms = clean_text(target->usage_terms),
		.email = clean_line(target->contact.email),
		.url = clean_line(target->contact.url),
		.phone = clean_line(target->contact.phone) };

	if (job.artist)
		job.artists = split_artists(job.artist);
	*out = (struct metadata){ 0 };
	exif_block_edit(&in->exif, &job, &out->exif);
	xmp_packet_edit(&in->xmp, &job, &out->xmp);
	iptc_block_edit(&in->iptc, &job, &out->iptc);
	job_finish(&job);
}

void blob_take(struct blob *blob, GByteArray *bytes)
{
	size_t size_bytes = bytes->len;
	unsigned char *data = g_byte_array_free(bytes, size_bytes == 0);

	if (size_bytes)
		*blob = (struct blob){ .data = data, .size_bytes = size_bytes };
}

void metadata_finish(struct metadata *metadata)
{
	free(metadata->exif.data);
	free(metadata->xmp.data);
	free(metadata->iptc.data);
	*metadata = (struct metadata){ 0 };
}
