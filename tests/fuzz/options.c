/* The command line of run. */
#include "fuzz.h"

#include "base/text.h"
#include "cli/options.h"

enum {
	ARGUMENTS_MAX = 32
};

static void check(int argc, char **argv)
{
	struct settings settings;
	struct err err = { .text = "" };

	settings_init(&settings);
	switch (options_parse_run(argc, argv, &settings, &err)) {
	case PARSE_OK:
		REQUIRE(settings.output_folder && settings.outputs_count >= 1);
		break;
	case PARSE_ERROR:
		REQUIRE(*err.text && text_is_utf8(err.text));
		break;
	case PARSE_HELP:
	case PARSE_VERSION:
		break;
	}
	settings_finish(&settings);
}

/* Arguments with NULs between them. */
static void fuzz_one(const unsigned char *data, size_t size)
{
	char *argv[ARGUMENTS_MAX + 2] = { strdup("run") };
	int argc = 1;

	for (size_t at = 0; at < size && argc <= ARGUMENTS_MAX; at += strlen(argv[argc++]) + 1)
		argv[argc] = fuzz_text(data + at, size - at);
	check(argc, argv);
	while (argc > 0)
		free(argv[--argc]);
}
