#include "job/recipe_digest.h"

#include <glib.h>
#include <string.h>

#include "base/pack.h"

static void add_size(struct pack *pack, const struct size_spec *size)
{
	pack_i64(pack, size->mode);
	pack_i64(pack, size->fit);
	pack_i64(pack, size->width_px);
	pack_i64(pack, size->height_px);
	pack_f64(pack, size->number);
}

static void add_length(struct pack *pack, const struct length_spec *length)
{
	pack_i64(pack, length->unit);
	pack_f64(pack, length->number);
}

static int64_t number_of(const struct rgb *rgb)
{
	return rgb->red << 16 | rgb->green << 8 | rgb->blue;
}

static void add_edge(struct pack *pack, const struct edge *edge)
{
	pack_i64(pack, edge->is_on ? number_of(&edge->rgb) : -1);
}

static void add_text(struct pack *pack, const struct mark_settings *mark)
{
	pack_string(pack, mark->text);
	pack_string(pack, mark->style.font);
	add_length(pack, &mark->style.size);
	pack_i64(pack, number_of(&mark->style.colour));
	add_edge(pack, &mark->style.outline);
	add_edge(pack, &mark->style.shadow);
}

/* Files by their contents: a new one under the old name counts, the old one under a new name does not. */
static void add_contents(struct pack *pack, const void *data, size_t size_bytes)
{
	g_autofree char *digest = g_compute_checksum_for_data(G_CHECKSUM_SHA256, data, size_bytes);

	pack_string(pack, digest);
}

int recipe_digest_file(struct pack *pack, const char *file, struct err *err)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *contents = NULL;
	gsize size;

	if (!g_file_get_contents(file, &contents, &size, &error))
		return err_set(err, REASON_WATERMARK, "%s", error->message);
	add_contents(pack, contents, size);
	return 0;
}

/* Of two versions each by its role. */
static int add_logos(struct pack *pack, const struct mark_settings *mark, struct err *err)
{
	const char *files[MARK_VERSIONS_MAX];
	size_t count = settings_mark_files(mark, files);

	if (count > 1)
		pack_string(pack, "light and dark");
	for (size_t i = 0; i < count; i++)
		if (recipe_digest_file(pack, files[i], err) < 0)
			return -1;
	return 0;
}

static int add_mark(struct pack *pack, const struct mark_settings *mark, struct err *err)
{
	if (mark->text)
		add_text(pack, mark);
	else if (add_logos(pack, mark, err) < 0)
		return -1;
	pack_i64(pack, mark->position);
	add_length(pack, &mark->size);
	pack_i64(pack, mark->basis);
	add_length(pack, &mark->margin);
	pack_f64(pack, mark->opacity);
	pack_f64(pack, mark->rotate_deg);
	add_length(pack, &mark->spacing);
	pack_i64(pack, mark->oversize);
	return 0;
}

static void add_late(struct pack *pack, const char *name, int64_t value)
{
	pack_string(pack, name);
	pack_i64(pack, value);
}

static void add_late_text(struct pack *pack, const char *name, const char *value)
{
	if (!value)
		return;
	pack_string(pack, name);
	pack_string(pack, value);
}

static int add_marks(struct pack *pack, const struct output_settings *output, const struct settings *settings,
	struct err *err)
{
	const struct mark_settings *marks[MARKS_MAX];
	size_t count = settings_marks(settings, output, marks);

	pack_i64(pack, (int64_t)count);
	for (size_t i = 0; i < count; i++)
		if (add_mark(pack, marks[i], err) < 0)
			return -1;
	return 0;
}

static bool may_be(const struct output_settings *output, enum format format)
{
	return output->format == format || output->format == FORMAT_NONE;
}

/* What is asked of a format that the output is not changes nothing. */
static void add_format_options(struct pack *pack, const struct output_settings *output)
{
	if (may_be(output, FORMAT_PNG) && output->png_palette)
		add_late(pack, "png-palette", 1);
	if (may_be(output, FORMAT_PNG) && output->png_compression != EFFORT_DEFAULT)
		add_late(pack, "png-compression", output->png_compression);
	if (may_be(output, FORMAT_WEBP) && output->webp_lossless)
		add_late(pack, "webp-lossless", 1);
	if (may_be(output, FORMAT_WEBP) && output->webp_effort != EFFORT_DEFAULT)
		add_late(pack, "webp-effort", output->webp_effort);
	if (may_be(output, FORMAT_AVIF) && output->avif_effort != EFFORT_DEFAULT)
		add_late(pack, "avif-effort", output->avif_effort);
	if (may_be(output, FORMAT_TIFF) && output->tiff_compression != TIFF_LZW)
		add_late(pack, "tiff-compression", output->tiff_compression);
}

static int add_output(struct pack *pack, const struct output_settings *output,
	const struct settings *settings, struct err *err)
{
	pack_string(pack, "stampmill recipe 1");
	add_size(pack, &output->resize);
	pack_i64(pack, output->enlarge);
	if (add_marks(pack, output, settings, err) < 0)
		return -1;
	pack_i64(pack, output->format);
	pack_i64(pack, output->quality);
	pack_i64(pack, output->progressive);
	pack_i64(pack, output->optimize);
	pack_i64(
		pack, output->background.red << 16 | output->background.green << 8 | output->background.blue);
	pack_i64(pack, output->colour);
	pack_i64(pack, output->metadata);
	pack_string(pack, output->copyright);
	pack_string(pack, output->artist);
	/* what came later counts only where it is used: older digests stay good */
	if (output->sharpen.radius_px > 0) {
		pack_string(pack, "sharpen");
		pack_f64(pack, output->sharpen.radius_px);
		pack_f64(pack, output->sharpen.amount);
		pack_f64(pack, output->sharpen.limit);
	}
	if (output->max_bytes)
		add_late(pack, "max-bytes", output->max_bytes);
	if (output->dpi)
		add_late(pack, "dpi", output->dpi);
	if (output->chroma != CHROMA_AUTO)
		add_late(pack, "chroma", output->chroma);
	if (output->colour == COLOUR_PROFILE)
		add_contents(pack, output->colour_profile->data, output->colour_profile->size_bytes);
	add_format_options(pack, output);
	if (output->keep_mtime)
		add_late(pack, "keep-mtime", 1);
	add_late_text(pack, "usage-terms", output->usage_terms);
	add_late_text(pack, "contact-email", output->contact.email);
	add_late_text(pack, "contact-url", output->contact.url);
	add_late_text(pack, "contact-phone", output->contact.phone);
	return 0;
}

int recipe_digest_pack(struct pack *pack, unsigned char digest[RECIPE_DIGEST_BYTES], struct err *err)
{
	gsize length = RECIPE_DIGEST_BYTES;
	bool failed = pack->failed;

	if (failed) {
		err_set(err, REASON_OUT_OF_MEMORY, "no memory for a recipe");
	} else {
		GChecksum *checksum = g_checksum_new(G_CHECKSUM_SHA256);

		g_checksum_update(checksum, pack->data, (gssize)pack->size_bytes);
		g_checksum_get_digest(checksum, digest, &length);
		g_checksum_free(checksum);
	}
	pack_finish(pack);
	return failed ? -1 : 0;
}

int recipe_digest(const struct output_settings *output, const struct settings *settings,
	unsigned char digest[RECIPE_DIGEST_BYTES], struct err *err)
{
	struct pack pack;

	pack_init(&pack);
	if (add_output(&pack, output, settings, err) < 0) {
		pack_finish(&pack);
		return -1;
	}
	pack_i64(&pack, settings->run.sampling);
	/* what a stricter run would have refused is looked at again */
	pack_i64(&pack, settings->run.fail_on);
	if (settings->run.raw != RAW_WISH_PREVIEW)
		add_late(&pack, "raw", settings->run.raw);
	return recipe_digest_pack(&pack, digest, err);
}
