/*
 * doctor: what this build reads and writes, which processors it would use, which libraries it stands on, and
 * whether colours come out right. Exit status 0 when all is well, 1 when something is not.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "cli/options.h"
#include "command/command.h"
#include "image/engine.h"
#include "image/font_paths.h"
#include "image/inventory.h"
#include "image/palette.h"
#include "image/selftest.h"
#include "sys/cpus.h"
#include "sys/sandbox.h"

static void show_machine(void)
{
	struct cpus_report cpus;
	struct utsname system;

	cpus_describe(&cpus);
	if (uname(&system) == 0)
		printf("system      %s %s %s\n", system.sysname, system.release, system.machine);
	printf("processors  %d would be used: %d on this machine, %d in this process's mask", cpus.usable,
		cpus.online, cpus.affinity);
	if (cpus.quota > 0)
		printf(", a quota of %.2f", cpus.quota);
	putchar('\n');
}

static void show_sandbox(void)
{
	char missing[200];

	printf("sandbox     %s", sandbox_missing(missing, sizeof(missing)) ? "lacks " : "complete");
	printf("%s (Landlock ABI %d)\n", missing, sandbox_landlock_abi());
}

static void show_formats(const char *verb, format_set formats)
{
	printf("%-12s", verb);
	for (int i = FORMAT_NONE + 1; i < FORMAT_COUNT; i++)
		if (formats & FORMAT_BIT(i))
			printf("%s ", format_name((enum format)i));
	putchar('\n');
}

static void show_libraries(void)
{
	const char *label = "libraries";

	for (const struct library *library = inventory_libraries(); library->name; library++) {
		printf("%-12s%s %s (%s)\n", label, library->name, library->version, library->purpose);
		label = "";
	}
	printf("%-12sjansson %s (JSON)\n", label, JANSSON_VERSION);
}

static void show_fonts(void)
{
	int families = font_paths_families();

	if (families == 0)
		puts("fonts       none: --watermark-text needs one");
	else
		printf("fonts       %d families; fc-list shows their names\n", families);
}

static void show_palettes(void)
{
	printf("palettes    %s\n", palette_can_be_written()
					   ? "PNG can have them"
					   : "none: --png-palette needs a libvips with libimagequant");
}

static int show_colours(void)
{
	struct err err;
	int worst = 0;

	if (selftest_colours(&worst, &err) < 0) {
		printf("colours     not well: %s\n", err.text);
		return EXIT_SOME_FAILED;
	}
	printf("colours     right: patches of AdobeRGB come out within %d of 255\n", worst);
	return 0;
}

int command_doctor(int argc, char **argv)
{
	struct err err;

	if (argc > 1 && strcmp(argv[1], "--help") == 0) {
		help_print("doctor");
		return 0;
	}
	if (argc > 1) {
		fprintf(stderr, "stampmill: doctor takes no arguments\n");
		return EXIT_NOT_STARTED;
	}
	puts("stampmill " STAMPMILL_VERSION);
	show_machine();
	show_sandbox();
	if (engine_start("stampmill", false, &err) < 0) {
		printf("libvips     not well: %s\n", err.text);
		return EXIT_SOME_FAILED;
	}
	show_formats("reads", engine_readable());
	show_formats("writes", engine_writable());
	show_libraries();
	show_fonts();
	show_palettes();
	return show_colours();
}
