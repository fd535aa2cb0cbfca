/* The man page in the man(7) macros, made from the same tables as the help. */
#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "cli/options.h"
#include "cli/topics.h"

/* The day of the last change to what the page says. */
#define MANUAL_DATE "2026-12-01"

/* mandoc -Tlint asks for lines of 80 bytes at most. */
#define LINE_BYTES 78

/* Text as roff takes it: a hyphen that can be copied, a backslash that is one. */
static void add_text(GString *page, const char *text)
{
	for (; *text; text++) {
		if (*text == '-')
			g_string_append(page, "\\-");
		else if (*text == '\\')
			g_string_append(page, "\\e");
		else
			g_string_append_c(page, *text);
	}
}

/* A line of its own: no text may begin one with what begins a request. */
static void add_line(GString *page, const char *text)
{
	if (*text == '.' || *text == '\'')
		g_string_append(page, "\\&");
	add_text(page, text);
	g_string_append_c(page, '\n');
}

/* Text that is filled, over as many lines as it takes. */
static void add_prose(GString *page, const char *text)
{
	g_autofree char *rest = g_strdup(text);

	for (char *line = rest; line;) {
		size_t length = strlen(line), escaped = 0, end = length;
		char *next = NULL;

		for (size_t i = 0; i < length && (escaped < LINE_BYTES || end == length); i++) {
			if (line[i] == ' ')
				end = i;
			escaped += line[i] == '-' || line[i] == '\\' ? 2 : 1;
		}
		if (escaped >= LINE_BYTES && end < length) {
			line[end] = '\0';
			next = line + end + 1;
		}
		add_line(page, line);
		line = next;
	}
}

static void add_bold(GString *page, const char *text)
{
	g_string_append(page, "\\fB");
	add_text(page, text);
	g_string_append(page, "\\fR");
}

static void add_section(GString *page, const char *title)
{
	g_string_append_printf(page, ".SH %s\n", title);
}

/* Whole sentences for a page: the first letter large, a full stop at the end. */
static void add_sentence(GString *page, const char *text)
{
	g_autofree char *sentence = g_strconcat(text, ".", NULL);

	sentence[0] = g_ascii_toupper(sentence[0]);
	add_prose(page, sentence);
}

static void add_term(GString *page, const char *term, const char *text)
{
	g_string_append(page, ".TP\n");
	add_bold(page, term);
	g_string_append_c(page, '\n');
	add_sentence(page, text);
}

/* `dashes`: as the command line takes it. */
static void add_row(GString *page, const struct option_row *row, const char *dashes)
{
	g_autofree char *argument = options_argument(row), *name = g_strconcat(dashes, row->name, NULL);
	const char letter[] = { '-', row->letter, '\0' };

	g_string_append(page, ".TP\n");
	if (row->letter) {
		add_bold(page, letter);
		g_string_append(page, ", ");
	}
	add_bold(page, name);
	if (argument && row->argument) {
		g_string_append(page, " \\fI");
		add_text(page, argument);
		g_string_append(page, "\\fR");
	} else if (argument) {
		g_string_append_c(page, ' ');
		add_bold(page, argument);
	}
	g_string_append_c(page, '\n');
	add_sentence(page, row->help);
	if (row->default_value) {
		g_string_append(page, "Default: ");
		add_text(page, row->default_value);
		g_string_append(page, ".\n");
	}
}

static void add_options(GString *page)
{
	add_section(page, "OPTIONS OF RUN");
	add_prose(page,
		"An option may stand anywhere and is given as --name VALUE or --name=VALUE; the last one "
		"counts. -- ends the options, for names that begin with a dash.");
	for (enum option_group group = GROUP_WHICH; group <= GROUP_HOW; group++) {
		g_string_append_printf(page, ".SS %s\n", topics_group(group));
		for (const struct option_row *row = options_table(); row->name; row++)
			if (row->group == group)
				add_row(page, row, "--");
	}
	add_term(page, "-h, --help", "print a summary and stop");
}

static void add_entries(GString *page, const struct topic_entry *entries)
{
	bool literal = false, fresh = true;

	for (; entries->text; entries++) {
		if (entries->kind == ENTRY_LITERAL) {
			if (!literal)
				g_string_append(page, ".PP\n.RS 4\n.nf\n");
			add_line(page, entries->text);
		} else if (literal) {
			g_string_append(page, ".fi\n.RE\n");
		}
		literal = entries->kind == ENTRY_LITERAL;
		if (entries->kind == ENTRY_TERM) {
			add_term(page, entries->term, entries->text);
		} else if (entries->kind == ENTRY_PARAGRAPH) {
			if (!fresh)
				g_string_append(page, ".PP\n");
			add_prose(page, entries->text);
		}
		fresh = false;
	}
	if (literal)
		g_string_append(page, ".fi\n.RE\n");
}

static void add_reasons(GString *page)
{
	g_string_append(page, ".SS Reason codes\n");
	for (enum reason reason = REASON_NONE; reason < REASON_COUNT; reason++)
		if (topics_reason(reason))
			add_term(page, reason_name(reason), topics_reason(reason));
}

static void add_policies(GString *page, const struct manual_policy_row *policies)
{
	static const char *const names[] = { "all", "safe", "copyright", "none" };

	add_section(page, "METADATA POLICIES");
	add_prose(page,
		"What each policy of --metadata keeps of EXIF, XMP and IPTC. The picture is turned upright "
		"and "
		"the orientation, where tags are kept, set to 1. The texts of the options below are written "
		"under every policy, none too.");
	for (; policies->group; policies++) {
		g_autoptr(GString) kept = g_string_new("");

		for (int policy = METADATA_ALL; policy <= METADATA_NONE; policy++)
			if (policies->kept[policy])
				g_string_append_printf(
					kept, "%s%s", kept->len ? ", " : "kept by ", names[policy]);
		add_term(page, policies->group, kept->len ? kept->str : "never kept");
	}
}

static void add_texts(GString *page)
{
	g_string_append(page, ".SS Texts that are written\n");
	add_prose(page,
		"Each replaces what the input says in all of its places. IPTC is written into JPEG and TIFF; "
		"PNG, "
		"WebP and AVIF have no place for it. Its fields are short: what is longer is cut there, at a "
		"whole character.");
	add_term(page, "--copyright",
		"EXIF Copyright; XMP dc:rights and xmpRights:Marked; IPTC 2:116, 128 bytes");
	add_term(page, "--artist",
		"EXIF Artist; XMP dc:creator; IPTC 2:80, 32 bytes for each of several artists, between whom "
		"there are semicolons");
	add_term(page, "--usage-terms",
		"XMP xmpRights:UsageTerms. The IPTC Photo Metadata Standard has them there alone; neither "
		"EXIF nor "
		"the older IPTC form (IIM) has a field for them");
	add_term(page, "--contact-email, --contact-url, --contact-phone",
		"XMP Iptc4xmpCore:CreatorContactInfo, the only place in the IPTC Photo Metadata Standard; "
		"and "
		"for older programs IPTC 2:118, 128 bytes for each of the three. EXIF has no field for them. "
		"A "
		"contact is one thing: if any of the three is given, all of the old one goes, its postal "
		"address "
		"too");
}

static void add_files(GString *page)
{
	add_section(page, "FILES");
	add_term(page, "OUTPUT/.stampmill-*.tmp",
		"an output that is being written, where the file system cannot hold a file without a name; "
		"none "
		"outlives the run, unless the machine fails");
	add_section(page, "SEE ALSO");
	g_string_append(page, ".BR vips (1),\n.BR exiftool (1),\n.BR rsync (1)\n");
}

void manual_print(const struct manual_policy_row *policies)
{
	g_autoptr(GString) page = g_string_new("");

	g_string_append(page,
		".TH STAMPMILL 1 " MANUAL_DATE " \"stampmill " STAMPMILL_VERSION "\" \"User commands\"\n");
	add_section(page, "NAME");
	g_string_append(page, "stampmill \\- resize and watermark a folder of photographs on every core\n");
	add_section(page, "SYNOPSIS");
	g_string_append(page, ".B stampmill run\n[\\fIOPTION\\fR]... \\fIINPUT\\fR... \\fIOUTPUT\\fR\n.br\n"
			      ".B stampmill verify\n[\\fIOPTION\\fR]... \\fIOUTPUT\\fR\n.br\n"
			      ".B stampmill doctor\n");
	add_section(page, "DESCRIPTION");
	add_prose(page,
		"stampmill takes the pictures of INPUT, folders or files, resizes and watermarks each and "
		"writes it into the folder OUTPUT, in as many processes as there are usable processors. A "
		"picture that is broken, huge or hostile fails alone, with its name and a reason.");
	g_string_append(page, ".PP\n");
	add_prose(page,
		"JPEG, PNG, TIFF, WebP, GIF, HEIC, AVIF and cameras' raw files are read, where the build "
		"can, and known by their "
		"content, not by their names; other files are counted and left alone. Of a picture with "
		"several pages or frames the first is taken. Inputs are never written to. An output appears "
		"under its name when it is whole, replacing what had the name.");
	add_section(page, "COMMANDS");
	add_entries(page, topics_commands());
	add_options(page);
	for (const struct topic *topic = topics_table(); topic->title; topic++) {
		add_section(page, topic->title);
		add_entries(page, topic->entries);
		for (const struct option_row *row = topic->keys ? topic->keys() : NULL; row && row->name;
			row++)
			add_row(page, row, "");
		if (strcmp(topic->title, "EVENTS") == 0) {
			add_reasons(page);
			add_policies(page, policies);
			add_texts(page);
		}
	}
	add_files(page);
	fputs(page->str, stdout);
}
