#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "cli/options.h"
#include "cli/topics.h"

enum {
	COLUMNS = 79,
	OPTION_INDENT = 2,
	OPTION_TEXT = 30,
	TOPIC_TEXT = 22
};

/* Adds `text`, broken at spaces, from column `at` of the current line on; the lines that follow begin at
 * `indent`. A word too long for a line is not broken. */
static void add_wrapped(GString *page, const char *text, int at, int indent)
{
	bool first = true;

	while (*text) {
		int length = (int)strcspn(text, " ");

		if (!first && at + 1 + length > COLUMNS) {
			g_string_append_printf(page, "\n%*s", indent, "");
			at = indent;
			first = true;
		}
		if (!first) {
			g_string_append_c(page, ' ');
			at++;
		}
		g_string_append_len(page, text, length);
		at += length;
		first = false;
		text += length + (text[length] == ' ');
	}
	g_string_append_c(page, '\n');
}

/* A term at the left and its text at column `indent`; on a line of its own where it is too long. */
static void add_term(GString *page, const char *term, const char *text, int indent)
{
	int end = OPTION_INDENT + (int)strlen(term);

	g_string_append_printf(page, "%*s%s", OPTION_INDENT, "", term);
	if (end + 2 > indent) {
		g_string_append_c(page, '\n');
		end = 0;
	}
	g_string_append_printf(page, "%*s", indent - end, "");
	add_wrapped(page, text, indent, indent);
}

/* `dashes`: as the command line takes it. */
static void add_row(GString *page, const struct option_row *row, const char *dashes)
{
	g_autofree char *argument = options_argument(row);
	g_autoptr(GString) term = g_string_new("");
	g_autoptr(GString) text = g_string_new(row->help);

	if (row->letter)
		g_string_append_printf(term, "-%c, ", row->letter);
	g_string_append_printf(term, "%s%s", dashes, row->name);
	if (argument)
		g_string_append_printf(term, " %s", argument);
	if (row->default_value)
		g_string_append_printf(text, " (default: %s)", row->default_value);
	add_term(page, term->str, text->str, OPTION_TEXT);
}

static void add_option(GString *page, const struct option_row *row)
{
	add_row(page, row, "--");
}

static void add_entries(GString *page, const struct topic_entry *entries)
{
	for (; entries->text; entries++) {
		if (entries->kind == ENTRY_TERM) {
			add_term(page, entries->term, entries->text, TOPIC_TEXT);
		} else if (entries->kind == ENTRY_LITERAL) {
			g_string_append_printf(page, "%s%s\n", *entries->text ? "    " : "", entries->text);
		} else {
			g_string_append_printf(page, "%*s", OPTION_INDENT, "");
			add_wrapped(page, entries->text, OPTION_INDENT, OPTION_INDENT);
		}
	}
}

static void add_topic(GString *page, const struct topic *topic)
{
	g_string_append_printf(page, "\n%s\n", topic->title);
	add_entries(page, topic->entries);
	for (const struct option_row *row = topic->keys ? topic->keys() : NULL; row && row->name; row++)
		add_row(page, row, "");
}

static void add_run(GString *page)
{
	g_string_append(page, "Usage: stampmill run [OPTION]... INPUT... OUTPUT\n\n");
	add_wrapped(page,
		"Resize and watermark the pictures of INPUT, folders or files, into the folder OUTPUT. A "
		"picture is "
		"known by its content, not by its name. Inputs are never written to; an output appears under "
		"its name "
		"when it is whole.",
		0, 0);
	for (enum option_group group = GROUP_WHICH; group <= GROUP_HOW; group++) {
		g_string_append_printf(page, "\n%s:\n", topics_group(group));
		for (const struct option_row *row = options_table(); row->name; row++)
			if (row->group == group)
				add_option(page, row);
	}
	add_term(page, "-h, --help", "print this and stop", OPTION_TEXT);
	for (const struct topic *topic = topics_table(); topic->title; topic++)
		if (topic->in_help)
			add_topic(page, topic);
	g_string_append(page, "\nstampmill(1) has more: events, reason codes, metadata policies.\n");
}

static void add_verify(GString *page)
{
	g_string_append(page, "Usage: stampmill verify [OPTION]... OUTPUT\n\n");
	add_wrapped(page,
		"Open every output of the ledger again and check it: whole, byte for byte what was made, of "
		"the right size, "
		"with its mark, and silent about where it was taken unless --metadata all was asked for. The "
		"exit status is 0 "
		"when all are, 1 when one is not, and each of those is named.",
		0, 0);
	g_string_append_c(page, '\n');
	for (const struct option_row *row = options_table(); row->name; row++)
		if (row->verify)
			add_option(page, row);
}

static void add_doctor(GString *page)
{
	g_string_append(page, "Usage: stampmill doctor\n\n");
	add_wrapped(page,
		"Show which formats this build reads and writes, the libraries it stands on, how many "
		"processors it "
		"would use and why, and whether colours come out right. The exit status is 0 when all is "
		"well, 1 when "
		"something is not.",
		0, 0);
}

static void add_program(GString *page)
{
	g_string_append(page, "stampmill " STAMPMILL_VERSION
			      ": resizes and watermarks a folder of photographs on every core\n\nUsage:\n");
	for (const struct topic_entry *command = topics_commands(); command->text; command++) {
		g_string_append_printf(page, "  %s\n%*s", command->term, 6, "");
		add_wrapped(page, command->text, 6, 6);
	}
	g_string_append(page, "\nA first run:\n"
			      "  stampmill run shoot/ web/ --resize 2048 --watermark logo.png\n");
}

void help_print(const char *command)
{
	g_autoptr(GString) page = g_string_new("");

	if (!command)
		add_program(page);
	else if (strcmp(command, "doctor") == 0)
		add_doctor(page);
	else if (strcmp(command, "verify") == 0)
		add_verify(page);
	else
		add_run(page);
	fputs(page->str, stdout);
}
