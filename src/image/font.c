#include "image/font.h"

#include <limits.h>
#include <string.h>

#include "base/text.h"

#ifdef __SANITIZE_ADDRESS__
/* fontconfig loses a pattern for each configuration that it parses (2.14.1), and to shut it down is no way
 * out: FcFini() aborts where Cairo still holds a font. */
const char *__lsan_default_suppressions(void);
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void)
{
	return "leak:libfontconfig";
}
#endif

PangoFontMap *font_map(void)
{
	return pango_cairo_font_map_get_default();
}

void font_forget_all(void)
{
	pango_cairo_font_map_set_default(NULL);
}

PangoContext *font_context_new(void)
{
	PangoContext *context = pango_font_map_create_context(font_map());
	cairo_font_options_t *options = cairo_font_options_create();

	cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	pango_cairo_context_set_font_options(context, options);
	pango_context_set_round_glyph_positions(context, FALSE);
	/* languages choose fonts and shapes: they must not come from the environment */
	pango_context_set_language(context, pango_language_from_string("en"));
	cairo_font_options_destroy(options);
	return context;
}

static const char *const generic[] = { "Sans", "Sans-Serif", "Serif", "Monospace", "System-ui" };

static bool is_generic_name(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(generic); i++)
		if (g_ascii_strcasecmp(name, generic[i]) == 0)
			return true;
	return false;
}

const char *font_name(const PangoFontDescription *font)
{
	return pango_font_description_get_family(font);
}

bool font_is_generic(const PangoFontDescription *font)
{
	return is_generic_name(font_name(font));
}

/* The family of that name, or, when there is none, the one that is spelt most like it (NULL: none). */
static bool look_for(const char *wanted, char **nearest)
{
	PangoFontFamily **families;
	int count, least = INT_MAX;
	bool found = false;

	*nearest = NULL;
	pango_font_map_list_families(font_map(), &families, &count);
	for (int i = 0; i < count && !found; i++) {
		const char *name = pango_font_family_get_name(families[i]);
		g_autofree char *one = g_utf8_casefold(name, -1), *other = g_utf8_casefold(wanted, -1);
		int distance = text_distance(one, other);

		found = strcmp(one, other) == 0;
		if (distance < least && !is_generic_name(name)) {
			g_free(*nearest);
			*nearest = g_strdup(name);
			least = distance;
		}
	}
	g_free(families);
	return found;
}

static int refuse(const char *wanted, const char *said, const char *nearest, struct err *err)
{
	char shown[80], other[80];

	text_printable(wanted, shown, sizeof(shown));
	if (!nearest)
		return err_set(err, REASON_WATERMARK, "%s '%s': there is no font here", said, shown);
	return err_set(err, REASON_WATERMARK,
		"%s '%s': there is no such font here; the nearest name is '%s', and fc-list shows all", said,
		shown, text_printable(nearest, other, sizeof(other)));
}

/* One family, which is here, and no size. 0, or -1 with `err`. */
static int check(const PangoFontDescription *font, const char *wanted, const char *said, struct err *err)
{
	g_autofree char *nearest = NULL;
	char shown[80];

	if (pango_font_description_get_set_fields(font) & PANGO_FONT_MASK_SIZE)
		return err_set(err, REASON_WATERMARK,
			"%s '%s': expected a font without a size, which %s-size gives", said,
			text_printable(wanted, shown, sizeof(shown)), said);
	if (font_is_generic(font) || look_for(font_name(font), &nearest))
		return 0;
	return refuse(wanted, said, nearest, err);
}

PangoFontDescription *font_find(const char *wanted, const char *said, struct err *err)
{
	PangoFontDescription *font = pango_font_description_from_string(wanted ? wanted : "Sans");

	/* "Bold" alone is the system's Sans in bold */
	if (!font_name(font))
		pango_font_description_set_family_static(font, "Sans");
	if (check(font, wanted ? wanted : "Sans", said, err) == 0)
		return font;
	pango_font_description_free(font);
	return NULL;
}
