#include "cli/options.h"

#include <glib.h>
#include <string.h>

#include "base/text.h"
#include "cli/parsers.h"

/* The words in the order of their enum. */
static const char *const yes_no_words[] = { "yes", "no", NULL };
static const char *const position_words[] = { "nw", "n", "ne", "w", "c", "e", "sw", "s", "se", "tile", "calm",
	NULL };
static const char *const basis_words[] = { "short", "long", "width", "height", NULL };
static const char *const oversize_words[] = { "shrink", "skip", "fail", NULL };
static const char *const format_words[] = { "keep", "jpeg", "png", "webp", "tiff", "avif", NULL };
static const char *const chroma_words[] = { "auto", "420", "444", NULL };
static const char *const tiff_words[] = { "lzw", "none", "deflate", "jpeg", NULL };
static const char *const colour_words[] = { "srgb", "keep", NULL };
static const char *const metadata_words[] = { "all", "safe", "copyright", "none", NULL };
static const char *const collision_words[] = { "fail", "number", "keep-ext", NULL };
static const char *const sampling_words[] = { "fast", "good", "best", NULL };
static const char *const raw_words[] = { "preview", "develop", NULL };
static const char *const raw_pairs_words[] = { "jpeg", "raw", "both", NULL };
static const char *const lane_words[] = { "auto", "vips", "planar", NULL };
static const char *const fail_words[] = { "none", "truncated", "error", "warning", NULL };
static const char *const progress_words[] = { "auto", "bar", "plain", "json", "none", NULL };
static const char *const level_words[] = { "error", "warning", "info", "debug", NULL };

#define INPUT(field) .group = GROUP_WHICH, .offset = offsetof(struct settings, input.field)
#define OUTPUT(field) \
	.group = GROUP_WHAT, .per_output = true, .offset = offsetof(struct output_settings, field)
/* Of an output's own mark, or of one that stands for itself in a recipe. */
#define MARK(field)                                                \
	.group = GROUP_WHAT, .per_output = true, .per_mark = true, \
	.offset = offsetof(struct output_settings, mark.field)
#define RUN(field) .group = GROUP_HOW, .offset = offsetof(struct settings, run.field)
#define FILE_FORM "the name of a file"
#define DIGIT_FORM "a whole number from 0 to 9"
#define GLOB_FORM "a glob such as *.jpg or drafts/**"
#define TEXT_FORM "text in UTF-8"
#define COLOUR_FORM "a colour such as #fff, #e0e0e0 or white"

static const struct option_row rows[] = {
	{ .name = "recurse",
		INPUT(recurse),
		.parse = parse_on,
		.default_value = "on",
		.help = "look into sub-folders too; the tree is kept in OUTPUT" },
	{ .name = "no-recurse",
		INPUT(recurse),
		.parse = parse_off,
		.help = "take only what lies in INPUT itself" },
	{ .name = "include",
		.group = GROUP_WHICH,
		.offset = offsetof(struct settings, input),
		.parse = parse_include,
		.argument = "GLOB",
		.form = GLOB_FORM,
		.default_value = "all",
		.help = "take the files that match GLOB; repeatable; the last of all --include and --exclude "
			"that "
			"matches decides" },
	{ .name = "exclude",
		.group = GROUP_WHICH,
		.offset = offsetof(struct settings, input),
		.parse = parse_exclude,
		.argument = "GLOB",
		.form = GLOB_FORM,
		.help = "leave out the files that match GLOB, and whole folders that do" },
	{ .name = "files-from",
		INPUT(files_from),
		.parse = parse_file,
		.argument = "FILE",
		.form = FILE_FORM ", or - for standard input",
		.help = "take only the files that FILE names, one a line, each below INPUT, or below the "
			"current "
			"folder where no INPUT is given; - is standard input" },
	{ .name = "from0",
		.letter = '0',
		INPUT(null_separated),
		.parse = parse_on,
		.help = "the names of --files-from end in NUL, as find -print0 writes them" },
	{ .name = "follow-symlinks",
		INPUT(follow_symlinks),
		.parse = parse_on,
		.default_value = "off",
		.help = "follow symbolic links to files and folders below INPUT" },
	{ .name = "allow-untrusted",
		INPUT(allow_untrusted),
		.parse = parse_on,
		.default_value = "off",
		.help = "also read formats whose readers are not proof against hostile files: SVG, PDF, JPEG "
			"2000, "
			"JPEG XL, BMP and others" },
	{ .name = "raw-pairs",
		INPUT(raw_pairs),
		.words = raw_pairs_words,
		.default_value = "jpeg",
		.help = "which to take where a camera's raw file and a JPEG or HEIC of the same name lie in "
			"one folder; see RAW FILES" },

	{ .name = "recipe",
		.group = GROUP_WHAT,
		.offset = offsetof(struct settings, recipe),
		.parse = parse_file,
		.argument = "FILE",
		.form = FILE_FORM,
		.help = "take options from FILE, which may ask for several outputs of each picture; those "
			"on the "
			"command line count in all of them; see RECIPES" },
	{ .name = "resize",
		OUTPUT(resize),
		.parse = parse_size,
		.argument = "SPEC",
		.form = "a size such as 2048, 1600x1200, 1600x, x1200, 800x600:cover, :pad or :stretch, "
			"short:1080, mp:2.5 or 50%",
		.default_value = "keep the size",
		.help = "the size of the output; see SIZE SPECS" },
	{ .name = "enlarge",
		OUTPUT(enlarge),
		.parse = parse_on,
		.default_value = "off",
		.help = "enlarge pictures that are smaller than SPEC" },
	{ .name = "sharpen",
		OUTPUT(sharpen),
		.parse = parse_sharpen,
		.argument = "HOW",
		.form = "none, screen or print, those two with :low or :high too, or an amount from 0 to 5",
		.default_value = "none",
		.help = "sharpen the resized picture for a screen or for print, a little, as usual or "
			"strongly "
			"(screen:low, screen, screen:high); or by an amount, where 1 is what screen does" },
	{ .name = "watermark",
		MARK(file),
		.parse = parse_file,
		.argument = "FILE",
		.form = FILE_FORM,
		.help = "stamp the picture in FILE (PNG, SVG, WebP, ..., with or without transparency) on "
			"each "
			"output" },
	{ .name = "watermark-light",
		MARK(light),
		.parse = parse_file,
		.argument = "FILE",
		.form = FILE_FORM,
		.help = "stamp one of two versions of a mark instead: the picture in FILE, such as a white "
			"logo, where the output is dark beneath it; needs --watermark-dark" },
	{ .name = "watermark-dark",
		MARK(dark),
		.parse = parse_file,
		.argument = "FILE",
		.form = FILE_FORM,
		.help = "the other version, for where the output is light" },
	{ .name = "watermark-text",
		MARK(text),
		.parse = parse_mark_text,
		.argument = "TEXT",
		.form = "text in UTF-8 with tokens such as {date:%Y}",
		.help = "stamp TEXT instead of a picture, as it is: nothing in it is markup; see MARKS for "
			"its tokens" },
	{ .name = "watermark-font",
		MARK(style.font),
		.parse = parse_text,
		.argument = "FONT",
		.form = "a font such as 'Noto Serif Bold'",
		.default_value = "the system's Sans",
		.help = "the font of the text, without a size; one that is not here is an error, and so is a "
			"character that it lacks" },
	{ .name = "watermark-font-size",
		MARK(style.size),
		.parse = parse_mark_size,
		.argument = "P%|Npx",
		.form = "a share such as 4% or a number of pixels such as 60px, more than 0",
		.default_value = "4%",
		.help = "the size of the letters, in pixels or as a share of --watermark-basis; "
			"--watermark-size sets the width of the whole text instead" },
	{ .name = "watermark-colour",
		MARK(style.colour),
		.parse = parse_colour,
		.argument = "COLOUR",
		.form = COLOUR_FORM,
		.default_value = "white",
		.help = "the colour of the text" },
	{ .name = "watermark-outline",
		MARK(style.outline),
		.parse = parse_edge,
		.argument = "COLOUR|none",
		.form = COLOUR_FORM ", or none",
		.default_value = "none",
		.help = "the colour of a line around its letters" },
	{ .name = "watermark-shadow",
		MARK(style.shadow),
		.parse = parse_edge,
		.argument = "COLOUR|none",
		.form = COLOUR_FORM ", or none",
		.default_value = "none",
		.help = "the colour of a soft shadow below its letters" },
	{ .name = "watermark-position",
		MARK(position),
		.words = position_words,
		.argument = "P",
		.default_value = "se",
		.help = "where the mark stands: nw, n, ne, w, c, e, sw, s or se, as on a map, tile for "
			"all over, or calm for the corner where the output has the least detail" },
	{ .name = "watermark-size",
		MARK(size),
		.parse = parse_mark_size,
		.argument = "P%|Npx",
		.form = "a share such as 20% or a number of pixels such as 300px, more than 0",
		.default_value = "its own size, shrunk to fit",
		.help = "the width of the mark, in pixels or as a share of --watermark-basis" },
	{ .name = "watermark-basis",
		MARK(basis),
		.words = basis_words,
		.default_value = "short",
		.help = "the edge of the output that --watermark-size is a share of" },
	{ .name = "watermark-margin",
		MARK(margin),
		.parse = parse_margin,
		.argument = "P%|Npx",
		.form = "a share such as 2% or a number of pixels such as 10px",
		.default_value = "2%",
		.help = "the space around the mark, in pixels or as a share of the output's short edge" },
	{ .name = "watermark-opacity",
		MARK(opacity),
		.parse = parse_opacity,
		.argument = "N",
		.form = "a number from 0 to 1",
		.default_value = "1",
		.help = "from 0 (not to be seen) to 1 (as it is in its file)" },
	{ .name = "watermark-rotate",
		MARK(rotate_deg),
		.parse = parse_angle,
		.argument = "DEG",
		.form = "a number of degrees from -360 to 360",
		.default_value = "0",
		.help = "turn the mark clockwise; tiles are turned as a whole, so -30 lets them rise" },
	{ .name = "watermark-spacing",
		MARK(spacing),
		.parse = parse_margin,
		.argument = "P%|Npx",
		.form = "a share such as 5% or a number of pixels such as 40px",
		.default_value = "that of --watermark-margin",
		.help = "the space between tiles, in pixels or as a share of the output's short edge" },
	{ .name = "watermark-oversize",
		MARK(oversize),
		.words = oversize_words,
		.default_value = "shrink",
		.help = "what becomes of a mark that does not fit within the margins: it is shrunk, it is "
			"left "
			"out, or the picture fails" },
	{ .name = "watermarks",
		OUTPUT(marks),
		.parse = parse_marks,
		.argument = "NAME,...",
		.form = "names of [mark NAME] sections such as logo, text, at most 7",
		.default_value = "none",
		.help = "the marks of the recipe to stamp too, the first of them lowest; see RECIPES" },
	{ .name = "format",
		OUTPUT(format),
		.words = format_words,
		.default_value = "keep",
		.help = "the format of the outputs; with keep, pictures of a format that cannot be written "
			"become "
			"JPEG, or PNG where they have transparency" },
	{ .name = "quality",
		OUTPUT(quality),
		.parse = parse_quality,
		.argument = "N",
		.form = "a whole number from 1 to 100",
		.default_value = "82",
		.help = "quality of JPEG, WebP and AVIF, and of JPEG in TIFF, from 1 to 100" },
	{ .name = "chroma",
		OUTPUT(chroma),
		.words = chroma_words,
		.default_value = "auto",
		.help = "chroma subsampling of JPEG and AVIF: 420 has one sample of colour for four pixels, "
			"444 one for each, sharper where colours meet and in coloured marks; auto is 420 "
			"below "
			"--quality 90 and 444 from there on" },
	{ .name = "max-bytes",
		OUTPUT(max_bytes),
		.parse = parse_bytes,
		.argument = "SIZE",
		.form = "a number of bytes such as 300k or 1.5M, at least 1k",
		.help = "take the highest quality, up to --quality, at which the output is no larger than "
			"SIZE; a picture that is larger at quality 1 fails, and so does one that is "
			"larger in a format without loss, which has no quality to lower" },
	{ .name = "progressive",
		OUTPUT(progressive),
		.parse = parse_on,
		.default_value = "off",
		.help = "write progressive JPEGs" },
	{ .name = "optimize",
		OUTPUT(optimize),
		.parse = parse_on,
		.default_value = "off",
		.help = "compute the best Huffman tables for each JPEG: a little smaller, a little slower" },
	{ .name = "png-palette",
		OUTPUT(png_palette),
		.parse = parse_on,
		.default_value = "off",
		.help = "write PNGs of colour pictures in 256 colours at most, of 8 bits, dithered: a third "
			"of the size, for graphics more than for photographs" },
	{ .name = "png-compression",
		OUTPUT(png_compression),
		.parse = parse_digit,
		.argument = "N",
		.form = DIGIT_FORM,
		.default_value = "4",
		.help = "how hard PNGs are compressed: from 0, not at all, to 9, a little smaller and much "
			"slower" },
	{ .name = "webp-lossless",
		OUTPUT(webp_lossless),
		.parse = parse_on,
		.default_value = "off",
		.help = "write WebPs with exactly the picture's pixels; --quality then says nothing of "
			"them" },
	{ .name = "webp-effort",
		OUTPUT(webp_effort),
		.parse = parse_webp_effort,
		.argument = "N",
		.form = "a whole number from 0 to 6",
		.default_value = "4",
		.help = "how hard WebPs are compressed: from 0, fast, to 6, small" },
	{ .name = "avif-effort",
		OUTPUT(avif_effort),
		.parse = parse_digit,
		.argument = "N",
		.form = DIGIT_FORM,
		.default_value = "4",
		.help = "how hard AVIFs are compressed: from 0, ten times as fast as 4, to 9, five times as "
			"slow" },
	{ .name = "tiff-compression",
		OUTPUT(tiff_compression),
		.words = tiff_words,
		.default_value = "lzw",
		.help = "how TIFFs are compressed: lzw, which all programs read, none, deflate (a little "
			"smaller, much slower), or jpeg, with --quality and without transparency; an option "
			"that begins with a format's name says nothing of outputs of other formats" },
	{ .name = "background",
		OUTPUT(background),
		.parse = parse_colour,
		.argument = "COLOUR",
		.form = COLOUR_FORM,
		.default_value = "white",
		.help = "what shows through transparency in formats that have none, and fills up :pad; #rgb, "
			"#rrggbb "
			"(quoted, or without the #) or one of the 16 basic names of CSS" },
	{ .name = "colour",
		.group = GROUP_WHAT,
		.per_output = true,
		.offset = 0, /* the policy, and the file */
		.words = colour_words,
		.parse = parse_colour_policy,
		.argument = "srgb|keep|FILE",
		.form = "srgb, keep or the file of an ICC profile",
		.default_value = "srgb",
		.help = "convert to sRGB, keep pixels and profile as they are, together, or convert into the "
			"ICC profile in FILE, of RGB, grey or (JPEG and TIFF) CMYK, in 8 bits, and embed "
			"it" },
	{ .name = "metadata",
		OUTPUT(metadata),
		.words = metadata_words,
		.default_value = "safe",
		.help = "what to keep of EXIF, XMP and IPTC; safe is all but GPS, serial numbers and maker "
			"notes; no "
			"policy keeps the embedded thumbnail" },
	{ .name = "copyright",
		OUTPUT(copyright),
		.parse = parse_text,
		.argument = "TEXT",
		.form = TEXT_FORM,
		.help = "write TEXT as the copyright into EXIF, IPTC and XMP, under every policy" },
	{ .name = "artist",
		OUTPUT(artist),
		.parse = parse_text,
		.argument = "TEXT",
		.form = TEXT_FORM,
		.help = "write TEXT as the artist into EXIF, IPTC and XMP, under every policy" },
	{ .name = "usage-terms",
		OUTPUT(usage_terms),
		.parse = parse_text,
		.argument = "TEXT",
		.form = TEXT_FORM,
		.help = "write TEXT as the rights usage terms into XMP, under every policy; EXIF and IPTC "
			"have "
			"no place for them" },
	{ .name = "contact-email",
		OUTPUT(contact.email),
		.parse = parse_text,
		.argument = "TEXT",
		.form = TEXT_FORM,
		.help = "write TEXT as the creator's e-mail address into IPTC and XMP, under every policy; "
			"all of the contact that was there goes" },
	{ .name = "contact-url",
		OUTPUT(contact.url),
		.parse = parse_text,
		.argument = "TEXT",
		.form = TEXT_FORM,
		.help = "the same for the creator's web address" },
	{ .name = "contact-phone",
		OUTPUT(contact.phone),
		.parse = parse_text,
		.argument = "TEXT",
		.form = TEXT_FORM,
		.help = "the same for the creator's telephone number" },
	{ .name = "dpi",
		OUTPUT(dpi),
		.parse = parse_dpi,
		.argument = "N",
		.form = "a whole number from 1 to 9600",
		.default_value = "as the input",
		.help = "the resolution that is written into the file, for programs that print it; the "
			"number of "
			"pixels is "
			"--resize's" },
	{ .name = "keep-mtime",
		OUTPUT(keep_mtime),
		.parse = parse_on,
		.default_value = "off",
		.help = "give each output the time of change of its input" },
	{ .name = "name",
		OUTPUT(name),
		.parse = parse_template,
		.argument = "TEMPLATE",
		.form = "a path below OUTPUT such as {dir}/{stem}-{width}.{ext}",
		.default_value = "{dir}/{stem}.{ext}",
		.help = "the name of the output below OUTPUT; see FILE NAMES" },
	{ .name = "windows-names",
		OUTPUT(windows_names),
		.parse = parse_on,
		.default_value = "off",
		.help = "replace what Windows cannot have in a file's name by _" },
	{ .name = "on-collision",
		.group = GROUP_WHAT,
		.offset = offsetof(struct settings, run.on_collision),
		.words = collision_words,
		.default_value = "fail",
		.help = "when two outputs want one name: refuse before anything is written, number them "
			"(a-2.jpg), or "
			"keep the input's extension too (a.heic.jpg)" },

	{ .name = "sampling",
		.group = GROUP_WHAT,
		.offset = offsetof(struct settings, run.sampling),
		.words = sampling_words,
		.default_value = "good",
		.help = "how far a decoder may shrink a picture before it is resized: to no less than the "
			"size wanted (fast), than twice that (good), or not at all (best)" },
	{ .name = "raw",
		.group = GROUP_WHAT,
		.offset = offsetof(struct settings, run.raw),
		.words = raw_words,
		.default_value = "preview",
		.help = "what to make of a camera's raw file: the picture that the camera put into it, where "
			"that is large enough, or the sensor's values, developed; see RAW FILES" },
	{ .name = "lane",
		.group = GROUP_WHAT,
		.offset = offsetof(struct settings, run.lane),
		.words = lane_words,
		.default_value = "auto",
		.help = "how pictures are made, for measuring and for doubt: planar makes JPEGs of JPEGs "
			"without "
			"leaving their own planes, in half the time; auto takes it where it can, and vips, "
			"which can do everything, for all the rest" },
	{ .name = "jobs",
		.verify = true,
		RUN(jobs),
		.parse = parse_jobs,
		.argument = "N",
		.form = "a whole number from 1 to 4096",
		.default_value = "the usable CPUs",
		.help = "the number of worker processes" },
	{ .name = "dry-run",
		RUN(dry_run),
		.parse = parse_on,
		.help = "print what would be made of each input, or why not, and stop" },
	{ .name = "force",
		RUN(force),
		.parse = parse_on,
		.help = "make every picture again, those too that the ledger says are up to date" },
	{ .name = "prune",
		RUN(prune),
		.parse = parse_on,
		.help = "remove the outputs of inputs that are no longer there, and pages that contact "
			"sheets "
			"no longer need" },
	{ .name = "timeout",
		.verify = true,
		RUN(timeout_s),
		.parse = parse_seconds,
		.argument = "SECONDS",
		.form = "a number of seconds, more than 0 and at most 1000000",
		.default_value = "60 + 2 per megapixel and output, more for AVIF",
		.help = "for one picture, opening included; then its worker is killed and replaced" },
	{ .name = "retries",
		.verify = true,
		RUN(retries),
		.parse = parse_retries,
		.argument = "N",
		.form = "a whole number from 0 to 100",
		.default_value = "1",
		.help = "how many more attempts after a crash or a timeout, each in a fresh worker; a "
			"picture that "
			"cannot be decoded is not tried again" },
	{ .name = "max-pixels",
		RUN(max_pixels),
		.parse = parse_pixels,
		.argument = "N",
		.form = "a number of pixels such as 400M, with k, M or G, at most 1000G",
		.default_value = "400M",
		.help = "refuse pictures of more pixels than this by their header" },
	{ .name = "memory",
		RUN(memory_bytes),
		.parse = parse_memory,
		.argument = "SIZE",
		.form = "a number of bytes such as 4G or 512Mi, at least 64M",
		.default_value = "75 % of what is available",
		.help = "what the pictures in hand may take together; big ones wait until they fit" },
	{ .name = "rate",
		RUN(rate),
		.parse = parse_rate,
		.argument = "N",
		.form = "a number of pictures a second, at least 0.001 and at most 1000000",
		.default_value = "as many as can be",
		.help = "make at most N pictures a second, all workers together; 0.1 is one every ten "
			"seconds" },
	{ .name = "fail-on",
		RUN(fail_on),
		.words = fail_words,
		.default_value = "truncated",
		.help = "which flaws of a file make it fail; each includes those before it" },
	{ .name = "sync",
		RUN(sync),
		.words = yes_no_words,
		.parse = parse_yes_no,
		.default_value = "yes",
		.help = "flush each output to the disk before its name appears" },
	{ .name = "state",
		.verify = true,
		RUN(state),
		.parse = parse_file,
		.argument = "DIR",
		.form = "the name of a folder",
		.default_value = "OUTPUT/.stampmill",
		.help = "the folder of the ledger, which says what is up to date; one run at a time for "
			"each" },
	{ .name = "no-sandbox",
		.verify = true,
		RUN(sandbox),
		.parse = parse_off,
		.help = "do not confine the workers to the folders of the job" },
	{ .name = "progress",
		.verify = true,
		RUN(progress),
		.words = progress_words,
		.default_value = "auto",
		.help = "how to show progress, on standard error: auto is a bar on a terminal and a plain "
			"line now and "
			"then elsewhere" },
	{ .name = "events",
		RUN(events),
		.parse = parse_file,
		.argument = "FILE",
		.form = FILE_FORM ", or - for standard output",
		.help = "write one JSON object a line for each picture as it ends; - is standard output" },
	{ .name = "log",
		.verify = true,
		RUN(log),
		.parse = parse_file,
		.argument = "FILE",
		.form = FILE_FORM,
		.default_value = "standard error",
		.help = "append messages to FILE, with time, level and the worker's name" },
	{ .name = "log-level",
		.verify = true,
		RUN(log_level),
		.words = level_words,
		.default_value = "warning",
		.help = "the least serious messages to be given" },
	{ .name = "verbose",
		.verify = true,
		.letter = 'v',
		RUN(log_level),
		.parse = parse_verbose,
		.help = "one log level more; repeatable" },
	{ .name = NULL },
};

_Static_assert(sizeof(enum gravity) == sizeof(int), "words are stored as int");

const struct option_row *options_table(void)
{
	return rows;
}

bool options_takes_value(const struct option_row *row)
{
	return row->argument || row->words;
}

const struct option_row *options_find_in(const struct option_row *table, const char *name)
{
	for (const struct option_row *row = table; row->name; row++)
		if (strcmp(row->name, name) == 0)
			return row;
	return NULL;
}

const struct option_row *options_find(const char *name)
{
	return options_find_in(rows, name);
}

/* The shortest name that begins with `start`. */
static const char *find_cut_short(const struct option_row *table, const char *start)
{
	const char *found = NULL;

	for (const struct option_row *row = table; strlen(start) >= 3 && row->name; row++)
		if (g_str_has_prefix(row->name, start) && (!found || strlen(row->name) < strlen(found)))
			found = row->name;
	return found;
}

/* One edit, and one more for every four letters, may lie between a name and its misspelling. */
const char *options_nearest_in(const struct option_row *table, const char *name)
{
	int least = 2 + (int)(MIN(strlen(name), 63) / 4);
	const char *nearest = find_cut_short(table, name);

	if (nearest)
		return nearest;
	for (const struct option_row *row = table; row->name; row++) {
		int distance = text_distance(name, row->name);

		if (distance < least) {
			least = distance;
			nearest = row->name;
		}
	}
	return nearest;
}

const char *options_nearest(const char *name)
{
	return options_nearest_in(rows, name);
}

char *options_argument(const struct option_row *row)
{
	if (row->argument)
		return g_strdup(row->argument);
	return row->words ? g_strjoinv("|", (char **)row->words) : NULL;
}
