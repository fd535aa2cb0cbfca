#include "cli/topics.h"

#include <stddef.h>

#include "job/facts.h"

#define TERM(name, words)               \
	{                               \
		ENTRY_TERM, name, words \
	}
#define PARAGRAPH(words)                     \
	{                                    \
		ENTRY_PARAGRAPH, NULL, words \
	}
#define LITERAL(words)                     \
	{                                  \
		ENTRY_LITERAL, NULL, words \
	}
#define END                                 \
	{                                   \
		ENTRY_PARAGRAPH, NULL, NULL \
	}

static const struct topic_entry commands[] = {
	TERM("stampmill run [OPTION]... INPUT... OUTPUT",
		"resize and watermark the pictures of INPUT, folders or files, into the folder OUTPUT"),
	TERM("stampmill verify [OPTION]... OUTPUT", "open every output of the ledger again and check it"),
	TERM("stampmill doctor", "show what this build reads and writes and how it would use this machine"),
	TERM("stampmill COMMAND --help", "explain a command"),
	TERM("stampmill --version", "print the version"),
	END,
};

static const struct topic_entry sizes[] = {
	TERM("2048", "the long edge"),
	TERM("short:1080", "the short edge"),
	TERM("1600x1200", "fit inside this box"),
	TERM("1600x, x1200", "this width, or this height"),
	TERM("1600x1200:cover", "fill the box and crop what is over, evenly"),
	TERM("1600x1200:pad", "fit inside the box and fill it up with --background"),
	TERM("1600x1200:stretch", "exactly the box, whatever the picture's shape"),
	TERM("mp:2.5", "so many million pixels"),
	TERM("50%", "so much of each edge"),
	PARAGRAPH("Sizes are those of the upright picture. Without --enlarge no picture grows: cover then "
		  "gives the "
		  "largest part of the box's shape, and pad keeps the box around the picture."),
	END,
};

static const struct topic_entry filters[] = {
	PARAGRAPH("A GLOB is matched on the path below INPUT, upper and lower case apart. The last --include "
		  "or "
		  "--exclude that matches decides; a file that none matches is taken, unless the first of "
		  "them is "
		  "an --include. Hidden files and folders (with a leading dot) are taken only when they are "
		  "named, "
		  "as INPUT or in --files-from."),
	TERM("*  ?", "any characters, or one, but a slash"),
	TERM("**", "any characters, slashes too; **/ is any number of folders"),
	TERM("[a-z]  [!a-z]", "one character of a set, or none of it"),
	TERM("\\", "takes the next character as it is"),
	PARAGRAPH("A GLOB without a slash matches a name in any folder, one with a slash the path from INPUT "
		  "on; one "
		  "that ends in a slash matches folders only. A folder that matches stands for all that is "
		  "in it."),
	END,
};

static const struct topic_entry raw_files[] = {
	PARAGRAPH("Where this build has LibRaw (stampmill doctor says so), cameras' raw files are pictures "
		  "too: CR2, CR3, NEF, ARW, DNG, RAF, ORF and what else it knows. Without it they are "
		  "skipped."),
	TERM("--raw preview",
		"the JPEG that the camera put into the file, which takes no longer than any JPEG, and has "
		"the "
		"camera's own colours. It is taken where it has the full size (within 3 %, on one side where "
		"the camera cropped to another shape), or is large enough for every output; for 50%, or "
		"without a size, only at full size. Else the picture is developed; events and -v say why"),
	TERM("--raw develop",
		"the sensor's values: white balance as the camera set it, colours in sRGB, under --colour "
		"keep too, then with 16 bits for TIFF and PNG; brightened until one pixel in a hundred is "
		"white, but by no more than one stop. Where half the size is enough it is developed at that, "
		"unless --sampling is best"),
	TERM("--raw-pairs jpeg",
		"where a raw file and a JPEG or HEIC of its name, whatever its case, lie in one folder, the "
		"JPEG is taken and the raw file is skipped, with reason camera-raw; raw is the other way "
		"round; both makes both, which need two names (--on-collision). What is broken takes no "
		"other's place"),
	PARAGRAPH("Camera, date, rights and place are those of the raw file, and the output is a JPEG unless "
		  "--format says otherwise. A raw file that lacks its end fails as truncated, even if its "
		  "preview is whole; --fail-on none takes that. --max-pixels counts the sensor's."),
	END,
};

static const struct topic_entry marks[] = {
	PARAGRAPH("A mark is a picture (--watermark) or text (--watermark-text). Text is stamped as it is: < "
		  "and & are themselves. Its tokens are those of FILE NAMES, such as {date:%Y} and "
		  "{exif:Artist|Studio}. A picture of whose text nothing is left fails, with reason "
		  "watermark. A font that is not installed stops the run before anything is written; fc-list "
		  "shows those that are."),
	PARAGRAPH(
		"Or it is two pictures, a light and a dark version (--watermark-light, --watermark-dark): "
		"the dark one is stamped where the output is light beneath the mark for the most part, else "
		"the light one; in doubt, around the middle, the light one. Tiles go by the whole output. "
		"Lightness is CIE L* of the output as it is made, without marks."),
	PARAGRAPH(
		"With --watermark-position calm any mark stands in the corner, within its margins, where "
		"the output has the least detail: where its lightness differs least from place to place. "
		"Corners that are hardly worse are taken first in the order se, sw, ne, nw, so that a shoot "
		"looks steady. Where an output has several marks, a calm one keeps off the others."),
	END,
};

static const struct topic_entry names[] = {
	TERM("{dir}", "the input's folder below INPUT"),
	TERM("{stem}", "its name without the extension"),
	TERM("{ext}", "its extension as it is spelt, where that fits the output's format, else jpg, png, "
		      "webp, tif or "
		      "avif"),
	TERM("{output}", "the output's name in the recipe: web of [output web]"),
	TERM("{width}  {height}", "the output's size in pixels"),
	TERM("{date:FORMAT}",
		"when it was taken, by the camera's clock, as strftime(3) writes it: %Y-%m-%d, %H%M%S, ...; "
		"where the picture does not say, when the file was changed"),
	TERM("{seq:4}", "the picture's number, in 4 digits at least: by the time it was taken, then by name; "
			"it keeps "
			"its number when others are added, as long as the ledger is there"),
	TERM("{exif:NAME}", "what the camera wrote: " FACTS_EXIF_NAMES "; unknown where it did not"),
	TERM("{exif:NAME|TEXT}", "TEXT where the camera did not write it; {date:FORMAT|TEXT} too"),
	TERM("{stem:lower}", "in small letters, or {stem:upper} in capitals; {dir}, {ext} and {output} too"),
	TERM("{{  }}", "a brace"),
	PARAGRAPH("Two outputs with one name stop the run before anything is written, and so does an output "
		  "that is "
		  "an input, by a link too. Names are compared as Windows and macOS do: without regard to "
		  "upper and "
		  "lower case and to the form of accents. --on-collision finds other names."),
	END,
};

static const struct topic_entry recipes[] = {
	PARAGRAPH("A recipe is a text file for --recipe. Its keys are the long options of run, a switch is "
		  "yes or "
		  "no, and a line that begins with # is a comment. Each [output NAME] is one picture made of "
		  "each "
		  "input, all of them from one decode."),
	LITERAL("include = studio.ini"),
	LITERAL(""),
	LITERAL("[input]"),
	LITERAL("exclude = *_draft*"),
	LITERAL(""),
	LITERAL("[output web]"),
	LITERAL("resize = 2048"),
	LITERAL("watermark = logo.png"),
	LITERAL("watermark-size = 20%"),
	LITERAL(""),
	LITERAL("[output thumb]"),
	LITERAL("resize = 400"),
	LITERAL("name = thumbs/{dir}/{stem}.{ext}"),
	TERM("[input]", "the options that say which pictures"),
	TERM("[output NAME]", "what is made, of this output; [output] has what all of them share"),
	TERM("[mark NAME]",
		"a mark, by the options of watermark...; watermarks = NAME, NAME in an output stamps it "
		"there, "
		"over the output's own mark, the first of them lowest; [mark] has what all marks share"),
	TERM("[sheet NAME]", "contact sheets of an output's pictures; see SHEETS"),
	TERM("[run]", "all other options"),
	TERM("include = FILE",
		"in front of all sections: the lines of another recipe come first, and those that "
		"follow count instead, or in addition"),
	PARAGRAPH("Paths are relative to the recipe that they stand in. Options on the command line count in "
		  "every "
		  "section."),
	END,
};

static const struct topic_entry sheets[] = {
	PARAGRAPH(
		"A recipe's [sheet NAME] makes, when the pictures are made, contact sheets of them: pages of "
		"thumbnails with their names. [sheet] has what all sheets share. They show the "
		"pictures of the run, made or up to date; one that failed has no place on them."),
	LITERAL("[sheet proof]"),
	LITERAL("of = web"),
	LITERAL("format = pdf"),
	LITERAL("header = Smith wedding, {date:%d %B %Y}"),
	LITERAL("logo = logo.svg"),
	PARAGRAPH("A sheet is made again when a picture on it, its text or its section has changed, and with "
		  "--force. Pages of an earlier run that are no longer needed are kept, and told; --prune "
		  "removes them. The keys, which are no options of the command line:"),
	END,
};

static const struct topic_entry statuses[] = {
	TERM("0", "every picture is made"),
	TERM("1", "the run went to its end; some pictures or contact sheets failed, and each is named on "
		  "standard error"),
	TERM("2", "nothing was started: wrong usage, an unreadable INPUT, an unwritable OUTPUT, colliding "
		  "names, an "
		  "output that is an input"),
	TERM("3", "stopped in the middle for a reason that is not one picture's, such as a full disk"),
	TERM("128+N",
		"ended by signal N; the first SIGINT, SIGTERM or SIGHUP finishes what is in hand, the second "
		"ends at once, and neither leaves parts of pictures behind"),
	END,
};

static const struct topic_entry events[] = {
	PARAGRAPH("--events writes one JSON object a line as each picture ends:"),
	LITERAL("{\"event\":\"picture\",\"input\":\"shoot/a.jpg\",\"status\":\"done\","),
	LITERAL(" \"reason\":null,\"message\":null,"),
	LITERAL(" \"outputs\":[{\"name\":\"web/a.jpg\",\"width\":2048,\"height\":1365,"),
	LITERAL("             \"bytes\":412345}],"),
	LITERAL(" \"lane\":\"planar\",\"worker\":\"worker-2\",\"pid\":4711,\"attempt\":1,"),
	LITERAL(" \"decode_ms\":96.1,\"resize_ms\":21.8,\"encode_ms\":5.0,\"total_ms\":125.2}"),
	PARAGRAPH("It is one line; here it is broken. The status is done, up-to-date, skipped or failed. "
		  "Where it was not the planar lane that --lane auto took, lane_why says why. A name that "
		  "is not UTF-8 has U+FFFD for the bad bytes and stands exactly in input_b64, in base64. The "
		  "last "
		  "line has the event summary, with the counts by status, seconds, pictures a second, bytes "
		  "read and "
		  "written and the exit status."),
	PARAGRAPH("A contact sheet has an event of its own, sheet, with the section's name, its status and "
		  "reason as above, the file's name, its first page and how many it has, its number of "
		  "pictures, size in pixels and bytes."),
	END,
};

static const struct topic_entry examples[] = {
	PARAGRAPH("A shoot for the web, 2048 pixels on the long edge, stamped in the corner:"),
	LITERAL("stampmill run shoot/ web/ --resize 2048 --watermark logo.png"),
	PARAGRAPH("Square thumbnails as WebP, of the chosen pictures only:"),
	LITERAL("stampmill run shoot/ thumbs/ --resize 400x400:cover --format webp \\"),
	LITERAL("    --exclude '*_draft*'"),
	PARAGRAPH("What was made this week, by a list:"),
	LITERAL("(cd shoot && find . -name '*.jpg' -mtime -7 -print0) |"),
	LITERAL("    stampmill run shoot/ web/ --files-from - -0"),
	PARAGRAPH("All that a client gets, in one go, as a recipe says:"),
	LITERAL("stampmill run --recipe wedding.ini shoot/ delivery/"),
	PARAGRAPH("See first what would be done:"),
	LITERAL("stampmill run shoot/ web/ --resize 2048 --dry-run"),
	END,
};

static const struct topic topics[] = {
	{ "SIZE SPECS", true, sizes, NULL },
	{ "FILTERS", true, filters, NULL },
	{ "RAW FILES", true, raw_files, NULL },
	{ "MARKS", true, marks, NULL },
	{ "FILE NAMES", true, names, NULL },
	{ "RECIPES", true, recipes, NULL },
	{ "SHEETS", true, sheets, options_sheet_table },
	{ "EXIT STATUS", true, statuses, NULL },
	{ "EVENTS", false, events, NULL },
	{ "EXAMPLES", true, examples, NULL },
	{ NULL, false, NULL, NULL },
};

static const char *const reasons[REASON_COUNT] = {
	[REASON_NOT_A_PICTURE] = "the file is no picture of a known format; it is skipped",
	[REASON_CAMERA_RAW] =
		"a camera's raw file that this build cannot read, or the one of a shot's two files that "
		"--raw-pairs leaves out; it is skipped",
	[REASON_UNSUPPORTED] = "a picture, but of a kind that this build cannot read or write, or may not",
	[REASON_TRUNCATED] = "the file ends before the picture does",
	[REASON_CORRUPT] = "the picture's data make no sense",
	[REASON_TOO_MANY_PIXELS] = "more pixels than --max-pixels allows",
	[REASON_TOO_LARGE] = "no quality gives a file within --max-bytes",
	[REASON_OUT_OF_MEMORY] = "memory ran out",
	[REASON_TIMEOUT] = "it took longer than --timeout allows",
	[REASON_CRASHED] = "its worker crashed",
	[REASON_PERMISSION] = "the file may not be read, or the output not be written",
	[REASON_VANISHED] = "the file was not there any more",
	[REASON_DISK_FULL] = "no space was left for the output",
	[REASON_WATERMARK] = "the mark could not be drawn",
	[REASON_INTERRUPTED] = "the run was ended while it was in hand",
	[REASON_INTERNAL] = "a mistake of the program's",
};

const struct topic *topics_table(void)
{
	return topics;
}

const char *topics_reason(enum reason reason)
{
	return (unsigned)reason < REASON_COUNT ? reasons[reason] : NULL;
}

const char *topics_group(enum option_group group)
{
	static const char *const titles[] = {
		[GROUP_WHICH] = "Which pictures",
		[GROUP_WHAT] = "What is made",
		[GROUP_HOW] = "How it runs",
	};

	return titles[group];
}

const struct topic_entry *topics_commands(void)
{
	return commands;
}
