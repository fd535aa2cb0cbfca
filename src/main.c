/*
 * stampmill: resizes and watermarks a folder of photographs on every core. This file picks the command; each
 * command's story is in src/command.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/options.h"
#include "command/command.h"

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "run", command_run },
	{ "verify", command_verify },
	{ "doctor", command_doctor },
};

enum {
	COMMANDS = sizeof(commands) / sizeof(commands[0])
};

static int complain(const char *word)
{
	char shown[80];

	fprintf(stderr, "stampmill: unknown command '%s'", text_printable(word, shown, sizeof(shown)));
	for (int i = 0; i < COMMANDS; i++)
		if (text_distance(word, commands[i].name) <= 2)
			fprintf(stderr, "; did you mean '%s'?", commands[i].name);
	fputs("\nstampmill: see stampmill --help\n", stderr);
	return EXIT_NOT_STARTED;
}

int main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "--help";

	for (int i = 0; i < COMMANDS; i++)
		if (strcmp(word, commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	if (strcmp(word, "--version") == 0) {
		puts("stampmill " STAMPMILL_VERSION);
		return 0;
	}
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
		help_print(NULL);
		return argc > 1 ? 0 : EXIT_NOT_STARTED;
	}
	return complain(word);
}
