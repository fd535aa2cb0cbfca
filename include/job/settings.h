/*
 * settings.h: everything the user asked for, as plain data.
 *
 * settings_init() gives the defaults of the contract; the option table of `cli` fills it; settings_finish()
 * frees it. Strings and arrays in it are GLib's (g_free) and owned by it; NULL means "not given". Workers are
 * forked after it is complete and only read it.
 */
#ifndef STAMPMILL_JOB_SETTINGS_H
#define STAMPMILL_JOB_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "job/format.h"
#include "job/icc_file.h"

/* A size asked for: "2048", "1600x1200:cover", "short:1080", "mp:2.5", "50%". */
enum size_mode {
	SIZE_KEEP,
	SIZE_LONG_EDGE,  /* width_px holds the long edge */
	SIZE_SHORT_EDGE, /* width_px holds the short edge */
	SIZE_BOX,        /* width_px x height_px; 0 = that side is free (only with BOX_INSIDE) */
	SIZE_MEGAPIXELS, /* `number` millions of pixels */
	SIZE_PERCENT     /* `number` % of each edge */
};

enum box_fit {
	BOX_INSIDE,  /* keep the aspect, fit into the box */
	BOX_COVER,   /* keep the aspect, fill the box, crop what is over, centred */
	BOX_PAD,     /* keep the aspect, fit into the box, fill up with the background, centred */
	BOX_STRETCH, /* exactly the box */
};

struct size_spec {
	enum size_mode mode;
	enum box_fit fit;
	int width_px, height_px; /* 1 to SIZE_LIMIT_PX where used */
	double number;           /* more than 0; at most 4294 megapixels or 10000 % */
};

#define SIZE_LIMIT_PX 65535

/* A length that is absolute or relative: "20%", "150px". */
struct length_spec {
	enum length_unit {
		LENGTH_NATURAL, /* not given */
		LENGTH_PX,
		LENGTH_PERCENT,
		LENGTH_MM, /* of contact sheets only, as are points */
		LENGTH_PT
	} unit;
	double number; /* 0 to SIZE_LIMIT_PX pixels (whole) or 10000 % */
};

enum gravity {
	GRAVITY_NW,
	GRAVITY_N,
	GRAVITY_NE,
	GRAVITY_W,
	GRAVITY_C,
	GRAVITY_E,
	GRAVITY_SW,
	GRAVITY_S,
	GRAVITY_SE,
	GRAVITY_TILE,
	GRAVITY_CALM /* the corner where the picture has the least detail (mark_choice.h) */
};

/* Which edge of the picture a mark's percentage is of. */
enum basis {
	BASIS_SHORT,
	BASIS_LONG,
	BASIS_WIDTH,
	BASIS_HEIGHT
};

struct rgb {
	uint8_t red, green, blue;
};

/* How text is drawn. */
struct text_style {
	char *font;              /* as Pango describes one, without a size: "Noto Serif Bold"; NULL: Sans */
	struct length_spec size; /* of the letters (their em), of the mark's basis where in %; default 4 % */
	struct rgb colour;       /* default white */
	struct edge {
		bool is_on; /* default off */
		struct rgb rgb;
	} outline, shadow;
};

/* What becomes of a mark that does not fit within the margins. */
enum oversize {
	OVERSIZE_SHRINK,
	OVERSIZE_SKIP, /* it is left out */
	OVERSIZE_FAIL  /* the picture fails */
};

#define MARKS_MAX 8

/* How many pictures a mark may be a choice of. */
#define MARK_VERSIONS_MAX 2

struct mark_settings {
	char *file;         /* a picture's, or */
	char *light, *dark; /* two, of which the light one is for dark pictures and the dark one for light
			       ones, or */
	char *text;         /* a template (naming.h) of plain text; all NULL: no mark */
	struct text_style style;
	enum gravity position;     /* default se */
	struct length_spec size;   /* width of the mark; natural: its own size, or its letters', shrunk to fit
				      inside the   margins */
	enum basis basis;          /* default short */
	struct length_spec margin; /* of the picture's short edge where in %; default 2 % */
	double opacity;            /* 0 to 1; default 1 */
	double rotate_deg;         /* clockwise, -360 to 360; default 0 */
	struct length_spec spacing; /* between tiles, as the margin is given; natural: the margin */
	enum oversize oversize;     /* default shrink */
};

/* Chroma samples in JPEG and AVIF. */
enum chroma {
	CHROMA_AUTO, /* 4:2:0 below quality CHROMA_FULL_QUALITY, 4:4:4 from there on, as libvips does it */
	CHROMA_420,  /* one for four pixels */
	CHROMA_444   /* one for each */
};

#define CHROMA_FULL_QUALITY 90

/* How hard an encoder tries to make the file small, where nothing else is asked for: that of libvips for WebP
 * and AVIF. On photographs PNG costs a third of the time of libpng's default, for 2 % more bytes. */
#define EFFORT_DEFAULT 4

enum tiff_compression {
	TIFF_LZW,
	TIFF_NONE,
	TIFF_DEFLATE,
	TIFF_JPEG
};

enum colour_policy {
	COLOUR_SRGB,   /* convert to sRGB */
	COLOUR_KEEP,   /* keep pixels and profile together */
	COLOUR_PROFILE /* convert into the profile of colour_file */
};

enum metadata_policy {
	METADATA_ALL,
	METADATA_SAFE, /* all but GPS, serial numbers, maker notes */
	METADATA_COPYRIGHT,
	METADATA_NONE
};

/* How to reach the creator; UTF-8, NULL: not given. */
struct contact_settings {
	char *email, *url, *phone;
};

struct sharpen_settings {
	double radius_px; /* sigma of the neighbourhood's Gaussian; 0: not to be sharpened */
	double amount;    /* how much of the difference from it is added */
	double limit;     /* how much is added at most, of 255 */
};

/* One picture made from each input. */
struct output_settings {
	char *label; /* the recipe's name for it; "" on the command line */
	struct size_spec resize;
	bool enlarge;
	struct mark_settings mark; /* its own, which lies lowest */
	char **marks;              /* labels of settings.marks, ends with NULL; NULL: none */
	enum format format;        /* FORMAT_NONE: keep */
	int quality;               /* 1 to 100 */
	enum chroma chroma;
	bool progressive, optimize; /* JPEG */
	bool png_palette;
	int png_compression; /* 0 to 9; default 4 */
	bool webp_lossless;
	int webp_effort; /* 0 to 6; default 4 */
	int avif_effort; /* 0 to 9; default 4 */
	enum tiff_compression tiff_compression;
	struct rgb background;
	enum colour_policy colour;
	char *colour_file;               /* with COLOUR_PROFILE; else NULL */
	struct icc_file *colour_profile; /* what is in it, after settings_read_profiles() */
	enum metadata_policy metadata;
	char *copyright, *artist, *usage_terms; /* UTF-8 */
	struct contact_settings contact;
	char *name; /* template */
	struct sharpen_settings sharpen;
	int64_t max_bytes;  /* 0: any number */
	int dpi;            /* 0: as the input */
	bool keep_mtime;    /* the file gets the input's time of change */
	bool windows_names; /* without what Windows cannot have in a name */
};

/* One --include or --exclude, in the order given. */
struct filter_rule {
	bool include;
	char *glob;
};

/* Which is taken of a camera's raw file and the picture that it wrote beside that. */
enum raw_pairs {
	RAW_PAIRS_JPEG,
	RAW_PAIRS_RAW,
	RAW_PAIRS_BOTH
};

struct input_settings {
	char **inputs; /* NULL-terminated */
	bool recurse;
	struct filter_rule *filters;
	size_t filters_count;
	char *files_from; /* "-": standard input */
	bool null_separated;
	bool follow_symlinks;
	bool allow_untrusted;
	enum raw_pairs raw_pairs;
};

enum collision_policy {
	COLLISION_FAIL,
	COLLISION_NUMBER,
	COLLISION_KEEP_EXT
};

/* Which flaws of a file make it fail: each value includes those before it. */
enum fail_on {
	FAIL_ON_NONE,
	FAIL_ON_TRUNCATED,
	FAIL_ON_ERROR,
	FAIL_ON_WARNING
};

/* How far a decoder may shrink a picture on its own: to no less than this much of the size that is wanted. */
enum sampling {
	SAMPLING_FAST, /* that size */
	SAMPLING_GOOD, /* twice as large */
	SAMPLING_BEST  /* not at all */
};

/* Of what the picture of a camera's raw file is made. */
enum raw_wish {
	RAW_WISH_PREVIEW, /* of the camera's preview in it, where that is large enough */
	RAW_WISH_DEVELOP  /* of its sensor's values */
};

/* Which lane makes the pictures. */
enum lane_wish {
	LANE_WISH_AUTO, /* the faster one of those that can */
	LANE_WISH_VIPS,
	LANE_WISH_PLANAR
};

enum progress_style {
	PROGRESS_AUTO,
	PROGRESS_BAR,
	PROGRESS_PLAIN,
	PROGRESS_JSON,
	PROGRESS_NONE
};

enum log_level {
	LOG_ERROR,
	LOG_WARNING,
	LOG_INFO, /* -v */
	LOG_DEBUG /* -v -v */
};

struct run_settings {
	int jobs; /* 0: usable CPUs */
	bool dry_run;
	double timeout_s; /* 0: 60 + 2 per megapixel and output */
	int retries;
	int64_t max_pixels;
	enum fail_on fail_on;
	enum sampling sampling;
	enum lane_wish lane;
	enum raw_wish raw;
	enum collision_policy on_collision;
	bool sync;
	enum progress_style progress;
	bool force, prune, sandbox;
	int64_t memory_bytes; /* 0: a share of what is available */
	double rate;          /* pictures a second; 0: as many as can be */
	char *state;          /* the ledger's folder; NULL: .stampmill in the output folder */
	char *events;         /* "-": standard output */
	char *log;
	enum log_level log_level;
};

struct settings {
	struct input_settings input;
	struct output_settings *outputs; /* one for each picture made from an input */
	size_t outputs_count;            /* at least 1 */
	struct output_settings *marks;   /* those that outputs name: of each, only label and mark count */
	size_t marks_count;
	struct sheet_settings *sheets; /* contact sheets: sheet_settings.h */
	size_t sheets_count;
	struct run_settings run;
	char *recipe; /* the file; NULL: none */
	char *output_folder;
};

/* Let there be marks of these labels, with the defaults, instead of those that there are. */
void settings_name_marks(struct settings *settings, const char *const *labels, size_t count);

/* The first label in the output's list that is no mark's; NULL: all are. */
const char *settings_unknown_mark(const struct settings *settings, const struct output_settings *output);

/* The names of the pictures that a mark is: of one, or of the light and the dark one; none where it is text.
 * Returns how many. */
size_t settings_mark_files(const struct mark_settings *mark, const char *files[MARK_VERSIONS_MAX]);

/* Whether a mark is anything: a picture, a light and a dark one, or text. */
bool settings_mark_is_made(const struct mark_settings *mark);

/* The marks of an output that are to be seen, in the order in which they are stamped. Returns how many. */
size_t settings_marks(const struct settings *settings, const struct output_settings *output,
	const struct mark_settings *marks[MARKS_MAX]);

/* Read the profiles that outputs name. 0, or -1 with `err`, which names option and file. */
int settings_read_profiles(struct settings *settings, struct err *err);

/* Whether an output's chroma has a sample for each pixel. By the quality that was asked for, whatever
 * --max-bytes comes down to. */
bool settings_full_chroma(const struct output_settings *output);

void settings_init(struct settings *settings);
void settings_finish(struct settings *settings);

/* Replace the outputs by `count` (at least 1) new ones, which have the defaults and these labels. */
void settings_name_outputs(struct settings *settings, const char *const *labels, size_t count);

/* The parsers of the value forms above; each returns false, leaving its result alone, when `text` is not of
 * the form. */
bool size_spec_parse(const char *text, struct size_spec *spec);
bool length_spec_parse(const char *text, struct length_spec *spec);

#endif
