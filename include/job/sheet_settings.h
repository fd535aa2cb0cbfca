/*
 * sheet_settings.h: what a [sheet NAME] section of a recipe asks for: contact sheets of a run's pictures.
 *
 * A sheet is made of the outputs of one section of the recipe, which are on the disk, sized, stamped and
 * small, whether this run made them or found them up to date. So the way of a sheet through the program is
 * that of a picture, one step later:
 *
 *     settings   sheet_settings.h   filled by a table of its own (cli/options.h), out of the recipe only
 *     plan       sheet_plan.h       which pictures, in which order, on how many pages, under which names
 *     layout     sheet_layout.h     where everything stands on a page, in pixels; plain arithmetic
 *     task       sheet_task.h       one file to a worker: its texts, and the pictures by their names
 *     image      make_sheet.h       the worker opens the outputs, draws the page, publishes the file
 *     command    sheets.h           after the pictures: what is up to date, what is handed out, what is told
 *
 * A JPEG sheet is a file a page, so that pages are made side by side; a PDF is one file, whose pages one
 * worker writes one after the other, holding one at a time.
 *
 * In the ledger a sheet's file is an output whose root is LEDGER_SHEETS and whose input is the sheet's name;
 * its recipe is the digest of everything that is seen on it, the pictures by their contents. A picture that
 * was not made has no place on a sheet: the sheet shows what is delivered. What an earlier run made for the
 * same sheet and this one has no use for is told, and removed with --prune.
 */
#ifndef STAMPMILL_JOB_SHEET_SETTINGS_H
#define STAMPMILL_JOB_SHEET_SETTINGS_H

#include <stdbool.h>

#include "job/settings.h"

#define SHEETS_MAX 16
#define SHEET_GRID_MAX 50 /* columns, or rows */

/* The size of a page: "A4", "letter landscape", "1920x1080px", "8x10in". */
struct page_spec {
	double width, height; /* more than 0 */
	bool is_mm;           /* millimetres; else pixels, whole ones */
};

enum sheet_format {
	SHEET_JPEG,
	SHEET_PDF
};

enum sheet_order {
	SHEET_BY_TIME, /* of capture, then by name */
	SHEET_BY_NAME
};

struct sheet_settings {
	char *label;       /* NAME; never "" */
	int columns, rows; /* 0: as many as suit the page's shape */
	struct page_spec page;
	int dpi; /* pixels of a page that is given in mm, and sizes in pt and mm */
	enum sheet_format format;
	int quality;                      /* of the JPEG, or of the pictures in the PDF */
	char *name;                       /* template, of a sheet (tokens.h); NULL: see sheet_name() */
	char *header;                     /* template, of a sheet; NULL: none */
	char *logo;                       /* file; NULL: none */
	char *caption;                    /* template, of a picture; NULL: none */
	char *font;                       /* as in text_style */
	struct length_spec font_size;     /* em of captions; those in % are of the page's short edge */
	struct length_spec header_height; /* of the line of header and logo; natural: as these need it */
	struct length_spec margin, gap;
	struct rgb background;
	struct edge foreground; /* of text; off: dark or light, whichever stands out */
	char *of;               /* the output that is shown; NULL: the first */
	enum sheet_order order;
};

/* Let there be sheets of these labels, with the defaults, instead of those that there are. */
void settings_name_sheets(struct settings *settings, const char *const *labels, size_t count);

/* The index of the output that a sheet shows; outputs_count where there is none of that name. */
size_t settings_sheet_output(const struct settings *settings, const struct sheet_settings *sheet);

/* The template of its files' names: a page a file, or all in one. */
const char *sheet_name(const struct sheet_settings *sheet);

/* The colour of text. */
struct rgb sheet_ink(const struct sheet_settings *sheet);

/* The parsers of the forms that only sheets have; each returns false, leaving its result alone, when `text`
 * is not of the form. A length is one of length_spec_parse() or "12mm", "9pt". */
bool page_spec_parse(const char *text, struct page_spec *spec);
bool sheet_length_parse(const char *text, struct length_spec *spec);

#endif
