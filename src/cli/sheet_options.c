/* The keys of [sheet NAME], which the command line does not take: rows like those of the other options. */
#include <string.h>

#include "base/number.h"
#include "base/text.h"
#include "cli/options.h"
#include "cli/parsers.h"
#include "job/naming.h"
#include "job/sheet_settings.h"
#include "job/tokens.h"

static const char *const format_words[] = { "jpeg", "pdf", NULL };
static const char *const order_words[] = { "time", "name", NULL };

static bool parse_within(int *target, const char *value, int least, int most)
{
	int64_t number;

	if (!number_parse_whole(value, least, most, &number))
		return false;
	*target = (int)number;
	return true;
}

static bool parse_count(void *target, const char *value, struct err *why)
{
	return parse_within(target, value, 1, SHEET_GRID_MAX);
}

static bool parse_page(void *target, const char *value, struct err *why)
{
	return page_spec_parse(value, target);
}

static bool parse_sheet_dpi(void *target, const char *value, struct err *why)
{
	return parse_within(target, value, 36, 1200);
}

static bool parse_label(void *target, const char *value, struct err *why)
{
	return *value && parse_text(target, value, why);
}

static bool parse_length(void *target, const char *value, struct err *why)
{
	return sheet_length_parse(value, target);
}

static bool parse_letters(void *target, const char *value, struct err *why)
{
	struct length_spec spec;

	if (!sheet_length_parse(value, &spec) || spec.number <= 0)
		return false;
	*(struct length_spec *)target = spec;
	return true;
}

static bool parse_sheet_name(void *target, const char *value, struct err *why)
{
	return naming_check_sheet(value, why) == 0 && parse_file(target, value, why);
}

/* One line. */
static bool is_line(const char *text)
{
	if (!text_is_utf8(text))
		return false;
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return false;
	return true;
}

static bool parse_header(void *target, const char *value, struct err *why)
{
	return is_line(value) && tokens_check_sheet(value, why) == 0 && parse_text(target, value, why);
}

static bool parse_caption(void *target, const char *value, struct err *why)
{
	return is_line(value) && tokens_check_caption(value, why) == 0 && parse_text(target, value, why);
}

static bool parse_ink(void *target, const char *value, struct err *why)
{
	struct edge ink = { .is_on = true };

	if (!parse_colour(&ink.rgb, value, why))
		return false;
	*(struct edge *)target = ink;
	return true;
}

#define SHEET(field) .group = GROUP_WHAT, .offset = offsetof(struct sheet_settings, field)
#define LENGTH_FORM "a length such as 12mm, 9pt, 40px or 2% of the page's short edge"
#define COLOUR_FORM "a colour such as #fff, #e0e0e0 or white"

static const struct option_row rows[] = {
	{ .name = "of",
		SHEET(of),
		.parse = parse_label,
		.argument = "OUTPUT",
		.form = "the name of an [output NAME] section",
		.default_value = "the first output",
		.help = "the output whose pictures are shown, as they were made: resized, cropped, stamped" },
	{ .name = "format",
		SHEET(format),
		.words = format_words,
		.default_value = "jpeg",
		.help = "a JPEG a page, or one PDF of all pages, in which text can be searched for" },
	{ .name = "page",
		SHEET(page),
		.parse = parse_page,
		.argument = "SIZE",
		.form = "a page such as A4, A4 landscape, letter, 1920x1080px, 200x200mm or 8x10in",
		.default_value = "A4",
		.help = "the size of a page: A2 to A6, letter, legal or tabloid, with landscape after it "
			"turned; or WIDTHxHEIGHT in px, mm or in" },
	{ .name = "dpi",
		SHEET(dpi),
		.parse = parse_sheet_dpi,
		.argument = "N",
		.form = "a whole number from 36 to 1200",
		.default_value = "300",
		.help = "pixels an inch of the page" },
	{ .name = "columns",
		SHEET(columns),
		.parse = parse_count,
		.argument = "N",
		.form = "a whole number from 1 to 50",
		.default_value = "4, and 6 on a landscape page",
		.help = "pictures side by side" },
	{ .name = "rows",
		SHEET(rows),
		.parse = parse_count,
		.argument = "N",
		.form = "a whole number from 1 to 50",
		.default_value = "5, and 4 on a landscape page",
		.help = "pictures one below the other" },
	{ .name = "margin",
		SHEET(margin),
		.parse = parse_length,
		.argument = "LENGTH",
		.form = LENGTH_FORM,
		.default_value = "5%",
		.help = "the space around everything" },
	{ .name = "gap",
		SHEET(gap),
		.parse = parse_length,
		.argument = "LENGTH",
		.form = LENGTH_FORM,
		.default_value = "2.5%",
		.help = "the space between pictures" },
	{ .name = "order",
		SHEET(order),
		.words = order_words,
		.default_value = "time",
		.help = "by the time the pictures were taken and then by name, or by name" },
	{ .name = "caption",
		SHEET(caption),
		.parse = parse_caption,
		.argument = "TEXT",
		.form = "a line of text with tokens such as {stem}",
		.default_value = "{stem}",
		.help = "what stands below each picture, with the tokens of FILE NAMES; empty for nothing; "
			"too long, it is shortened in the middle" },
	{ .name = "header",
		SHEET(header),
		.parse = parse_header,
		.argument = "TEXT",
		.form = "a line of text with tokens such as {date:%Y-%m-%d}",
		.default_value = "none",
		.help = "what stands at the head of each page, with the tokens {date:FORMAT}, the day of the "
			"newest picture, {sheet}, {output}, {page} and {pages}" },
	{ .name = "logo",
		SHEET(logo),
		.parse = parse_file,
		.argument = "FILE",
		.form = "the name of a file",
		.default_value = "none",
		.help = "the picture in FILE, SVG too, at the right of the header" },
	{ .name = "header-height",
		SHEET(header_height),
		.parse = parse_letters,
		.argument = "LENGTH",
		.form = LENGTH_FORM ", more than 0",
		.default_value = "what the header's letters need",
		.help = "the height of the header, and of the logo in it" },
	{ .name = "font",
		SHEET(font),
		.parse = parse_text,
		.argument = "FONT",
		.form = "a font such as 'Noto Serif Bold'",
		.default_value = "the system's Sans",
		.help = "the font of all text, without a size; one that is not here is an error, while "
			"characters that it lacks come from another" },
	{ .name = "font-size",
		SHEET(font_size),
		.parse = parse_letters,
		.argument = "LENGTH",
		.form = LENGTH_FORM ", more than 0",
		.default_value = "1.3%",
		.help = "the size of the captions' letters; those of the header are 1.7 times as large" },
	{ .name = "background",
		SHEET(background),
		.parse = parse_colour,
		.argument = "COLOUR",
		.form = COLOUR_FORM,
		.default_value = "white",
		.help = "the colour of the page" },
	{ .name = "foreground",
		SHEET(foreground),
		.parse = parse_ink,
		.argument = "COLOUR",
		.form = COLOUR_FORM,
		.default_value = "dark grey, or light grey on a dark page",
		.help = "the colour of text" },
	{ .name = "quality",
		SHEET(quality),
		.parse = parse_quality,
		.argument = "N",
		.form = "a whole number from 1 to 100",
		.default_value = "90",
		.help = "the JPEG quality of the page, or of the pictures in a PDF" },
	{ .name = "name",
		SHEET(name),
		.parse = parse_sheet_name,
		.argument = "TEMPLATE",
		.form = "a path below OUTPUT such as sheets/{sheet}-{page:2}.{ext}",
		.default_value = "sheets/{sheet}-{page:2}.{ext}, and sheets/{sheet}.{ext} for a PDF",
		.help = "the name of the file below OUTPUT, with the tokens {sheet}, {page:DIGITS}, {ext}, "
			"{output} and {date:FORMAT}" },
	{ .name = NULL },
};

_Static_assert(sizeof(enum sheet_format) == sizeof(int), "words are stored as int");

const struct option_row *options_sheet_table(void)
{
	return rows;
}
