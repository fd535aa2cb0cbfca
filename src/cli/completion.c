/* A script for bash, made from the option table. Where it has nothing to offer, bash completes file names. */
#include <glib.h>
#include <stdio.h>

#include "cli/options.h"

static void add_values(GString *script)
{
	for (const struct option_row *row = options_table(); row->name; row++) {
		g_autofree char *words = row->words ? g_strjoinv(" ", (char **)row->words) : NULL;

		if (words)
			g_string_append_printf(script, "\t--%s) offered='%s' ;;\n", row->name, words);
		else if (options_takes_value(row))
			g_string_append_printf(script, "\t--%s) return ;;\n", row->name);
	}
}

static void add_options(GString *script)
{
	for (const struct option_row *row = options_table(); row->name; row++)
		g_string_append_printf(script, "--%s ", row->name);
	g_string_append(script, "--help");
}

void completion_print(void)
{
	g_autoptr(GString) script = g_string_new("# bash completion for stampmill\n"
						 "_stampmill()\n"
						 "{\n"
						 "\tlocal word=${COMP_WORDS[COMP_CWORD]} offered=''\n"
						 "\n"
						 "\tcase ${COMP_WORDS[COMP_CWORD-1]} in\n");

	add_values(script);
	g_string_append(script, "\t*)\n"
				"\t\tif ((COMP_CWORD == 1)); then\n"
				"\t\t\toffered='run verify doctor --help --version'\n"
				"\t\telif [[ ${COMP_WORDS[1]} == run && $word == -* ]]; then\n"
				"\t\t\toffered='");
	add_options(script);
	g_string_append(script, "'\n"
				"\t\tfi\n"
				"\t\t;;\n"
				"\tesac\n"
				"\tmapfile -t COMPREPLY < <(compgen -W \"$offered\" -- \"$word\")\n"
				"}\n"
				"complete -o default -F _stampmill stampmill\n");
	fputs(script->str, stdout);
}
