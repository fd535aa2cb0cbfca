#include "image/art.h"

#include <glib.h>
#include <string.h>

#include "image/lettering.h"
#include "image/logo.h"

enum {
	TEXTS_KEPT = 64
};

struct arts {
	GPtrArray *files, *texts; /* of struct art, those of texts latest last */
};

static void free_art(void *data)
{
	struct art *art = data;

	logo_free(art->logo);
	lettering_free(art->lettering);
	g_free(art->key);
	g_free(art->name);
	g_free(art);
}

struct arts *arts_new(void)
{
	struct arts *arts = g_new0(struct arts, 1);

	arts->files = g_ptr_array_new_with_free_func(free_art);
	arts->texts = g_ptr_array_new_with_free_func(free_art);
	return arts;
}

void arts_free(struct arts *arts)
{
	if (!arts)
		return;
	g_ptr_array_unref(arts->files);
	g_ptr_array_unref(arts->texts);
	lettering_forget_fonts();
	g_free(arts);
}

void arts_trim(struct arts *arts)
{
	if (arts->texts->len > TEXTS_KEPT)
		g_ptr_array_remove_range(arts->texts, 0, arts->texts->len - TEXTS_KEPT);
}

static unsigned int number_of(const struct rgb *rgb)
{
	return (unsigned int)rgb->red << 16 | (unsigned int)rgb->green << 8 | rgb->blue;
}

static char *key_of(const struct mark_settings *settings, const char *content)
{
	const struct text_style *style = &settings->style;

	if (!settings->text)
		return g_strdup_printf("file %s", content);
	return g_strdup_printf("text %06x %d%06x %d%06x %s\n%s", number_of(&style->colour),
		style->outline.is_on, number_of(&style->outline.rgb), style->shadow.is_on,
		number_of(&style->shadow.rgb), style->font ? style->font : "", content);
}

static int read_file(struct art *art, const char *file, struct err *err)
{
	art->name = g_strdup(file);
	art->logo = logo_new(file, err);
	if (!art->logo)
		return -1;
	art->width_px = art->logo->width_px;
	art->height_px = art->logo->height_px;
	return 0;
}

static int lay_out(struct art *art, const struct text_style *style, const char *text, struct err *err)
{
	art->name = g_strdup("--watermark-text");
	art->lettering = lettering_new(text, style, err);
	if (!art->lettering)
		return -1;
	art->width_px = lettering_width(art->lettering);
	art->height_px = lettering_height(art->lettering);
	return 0;
}

const struct art *arts_find(
	struct arts *arts, const struct mark_settings *settings, const char *content, struct err *err)
{
	GPtrArray *list = settings->text ? arts->texts : arts->files;
	g_autofree char *key = key_of(settings, content);
	struct art *art;

	for (guint i = 0; i < list->len; i++) {
		art = g_ptr_array_index(list, i);
		if (strcmp(art->key, key) == 0)
			return art;
	}
	art = g_new0(struct art, 1);
	art->key = g_steal_pointer(&key);
	if (settings->text ? lay_out(art, &settings->style, content, err) : read_file(art, content, err)) {
		free_art(art);
		return NULL;
	}
	g_ptr_array_add(list, art);
	return art;
}

int art_draw(const struct art *art, struct colours *colours, int width_px, int height_px,
	unsigned char *samples, struct err *err)
{
	if (art->lettering)
		return lettering_draw(art->lettering, width_px, height_px, samples, err);
	return logo_draw(art->logo, colours, width_px, height_px, samples, err);
}
