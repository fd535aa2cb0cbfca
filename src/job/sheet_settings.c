#include "job/sheet_settings.h"

#include <glib.h>
#include <string.h>

#include "base/number.h"

#define MM_PER_INCH 25.4
#define PAGE_MM_MAX 5000
#define LENGTH_MAX 10000

static void sheet_init(struct sheet_settings *sheet, const char *label)
{
	*sheet = (struct sheet_settings){
		.label = g_strdup(label),
		.page = { 210, 297, true },
		.dpi = 300,
		.quality = 90,
		.caption = g_strdup("{stem}"),
		.font_size = { .unit = LENGTH_PERCENT, .number = 1.3 },
		.margin = { .unit = LENGTH_PERCENT, .number = 5 },
		.gap = { .unit = LENGTH_PERCENT, .number = 2.5 },
		.background = { 255, 255, 255 },
	};
}

static void sheets_free(struct sheet_settings *sheets, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		g_free(sheets[i].label);
		g_free(sheets[i].name);
		g_free(sheets[i].header);
		g_free(sheets[i].logo);
		g_free(sheets[i].caption);
		g_free(sheets[i].font);
		g_free(sheets[i].of);
	}
	g_free(sheets);
}

void settings_name_sheets(struct settings *settings, const char *const *labels, size_t count)
{
	sheets_free(settings->sheets, settings->sheets_count);
	settings->sheets = count > 0 ? g_new(struct sheet_settings, count) : NULL;
	settings->sheets_count = count;
	for (size_t i = 0; i < count; i++)
		sheet_init(&settings->sheets[i], labels[i]);
}

size_t settings_sheet_output(const struct settings *settings, const struct sheet_settings *sheet)
{
	size_t i = 0;

	while (sheet->of && i < settings->outputs_count && strcmp(settings->outputs[i].label, sheet->of) != 0)
		i++;
	return i;
}

const char *sheet_name(const struct sheet_settings *sheet)
{
	if (sheet->name)
		return sheet->name;
	return sheet->format == SHEET_PDF ? "sheets/{sheet}.{ext}" : "sheets/{sheet}-{page:2}.{ext}";
}

/* Rec. 709's weights: how light a background looks. */
struct rgb sheet_ink(const struct sheet_settings *sheet)
{
	const struct rgb *ground = &sheet->background, dark = { 34, 34, 34 }, light = { 224, 224, 224 };

	if (sheet->foreground.is_on)
		return sheet->foreground.rgb;
	return ground->red * 0.2126 + ground->green * 0.7152 + ground->blue * 0.0722 < 110 ? light : dark;
}

static const struct {
	const char *name;
	double width_mm, height_mm;
} papers[] = {
	{ "A2", 420, 594 },
	{ "A3", 297, 420 },
	{ "A4", 210, 297 },
	{ "A5", 148, 210 },
	{ "A6", 105, 148 },
	{ "letter", 215.9, 279.4 },
	{ "legal", 215.9, 355.6 },
	{ "tabloid", 279.4, 431.8 },
};

static bool find_paper(const char *name, struct page_spec *spec)
{
	for (size_t i = 0; i < G_N_ELEMENTS(papers); i++) {
		if (g_ascii_strcasecmp(papers[i].name, name) == 0) {
			*spec = (struct page_spec){ papers[i].width_mm, papers[i].height_mm, true };
			return true;
		}
	}
	return false;
}

static bool cut_end(char *text, const char *end)
{
	if (!g_str_has_suffix(text, end))
		return false;
	text[strlen(text) - strlen(end)] = '\0';
	return true;
}

static bool parse_sides(char *text, double most, struct page_spec *spec)
{
	char *height = strchr(text, 'x');

	if (!height)
		return false;
	*height++ = '\0';
	return number_parse_decimal(text, 0, most, &spec->width) && spec->width > 0 &&
	       number_parse_decimal(height, 0, most, &spec->height) && spec->height > 0;
}

static bool parse_px(char *text, struct page_spec *spec)
{
	char *height = strchr(text, 'x');
	int64_t width_px, height_px;

	if (!height)
		return false;
	*height++ = '\0';
	if (!number_parse_whole(text, 1, SIZE_LIMIT_PX, &width_px) ||
		!number_parse_whole(height, 1, SIZE_LIMIT_PX, &height_px))
		return false;
	*spec = (struct page_spec){ (double)width_px, (double)height_px, false };
	return true;
}

static bool parse_page(char *text, struct page_spec *spec)
{
	bool landscape = cut_end(text, " landscape"), portrait = !landscape && cut_end(text, " portrait");

	*spec = (struct page_spec){ .is_mm = true };
	g_strstrip(text);
	if (find_paper(text, spec)) {
		if (landscape)
			*spec = (struct page_spec){ spec->height, spec->width, true };
		return true;
	}
	if (landscape || portrait)
		return false;
	if (cut_end(text, "mm"))
		return parse_sides(text, PAGE_MM_MAX, spec);
	if (cut_end(text, "in")) {
		if (!parse_sides(text, PAGE_MM_MAX / MM_PER_INCH, spec))
			return false;
		spec->width *= MM_PER_INCH;
		spec->height *= MM_PER_INCH;
		return true;
	}
	cut_end(text, "px");
	return parse_px(text, spec);
}

bool page_spec_parse(const char *text, struct page_spec *spec)
{
	g_autofree char *copy = g_strdup(text);
	struct page_spec parsed;

	if (!parse_page(copy, &parsed))
		return false;
	*spec = parsed;
	return true;
}

bool sheet_length_parse(const char *text, struct length_spec *spec)
{
	g_autofree char *copy = g_strdup(text);
	struct length_spec parsed = { .unit = LENGTH_MM };

	if (length_spec_parse(text, spec))
		return true;
	if (!cut_end(copy, "mm")) {
		parsed.unit = LENGTH_PT;
		if (!cut_end(copy, "pt"))
			return false;
	}
	if (!number_parse_decimal(copy, 0, LENGTH_MAX, &parsed.number))
		return false;
	*spec = parsed;
	return true;
}
