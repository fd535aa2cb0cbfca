#include "command/confinement.h"

#include <glib.h>

#include "image/font_paths.h"
#include "sys/sandbox.h"

/* What decoders may read besides the job's folders: themselves, fonts, and what the C library asks of the
 * system. Those that a machine lacks are passed over. */
static const char *const system_paths[] = { "/usr", "/lib", "/lib64", "/opt", "/nix/store", "/gnu/store",
	"/etc/fonts", "/etc/ld.so.cache", "/etc/localtime", "/etc/ImageMagick-6", "/etc/ImageMagick-7",
	"/var/cache/fontconfig", "/dev/null", "/dev/zero", "/dev/urandom", "/proc/self", "/proc/cpuinfo",
	"/proc/meminfo", "/sys/devices/system/cpu" };

enum {
	SYSTEM_PATHS = sizeof(system_paths) / sizeof(system_paths[0])
};

static void add_files(GPtrArray *paths, const struct mark_settings *mark)
{
	const char *files[MARK_VERSIONS_MAX];
	size_t count = settings_mark_files(mark, files);

	for (size_t i = 0; i < count; i++)
		g_ptr_array_add(paths, g_strdup(files[i]));
}

/* Where marks, and what stands on contact sheets, come from. */
static void add_marks(GPtrArray *paths, const struct settings *settings)
{
	const struct mark_settings *marks[MARKS_MAX];
	bool text = false;

	for (size_t i = 0; i < settings->outputs_count; i++) {
		size_t count = settings_marks(settings, &settings->outputs[i], marks);

		for (size_t k = 0; k < count; k++) {
			add_files(paths, marks[k]);
			text = text || marks[k]->text;
		}
	}
	for (size_t i = 0; i < settings->sheets_count; i++)
		if (settings->sheets[i].logo)
			g_ptr_array_add(paths, g_strdup(settings->sheets[i].logo));
	if (text || settings->sheets_count > 0) {
		char **fonts = font_paths_list();

		for (char **path = fonts; *path; path++)
			g_ptr_array_add(paths, *path);
		g_free(fonts);
	}
}

/* The system's paths, marks and fonts, and everything where links may lead anywhere; ends with NULL
 * (g_strfreev()). */
static char **readable_paths(const struct settings *settings)
{
	GPtrArray *paths = g_ptr_array_new();

	for (size_t i = 0; i < SYSTEM_PATHS; i++)
		g_ptr_array_add(paths, g_strdup(system_paths[i]));
	add_marks(paths, settings);
	if (settings->input.follow_symlinks)
		g_ptr_array_add(paths, g_strdup("/"));
	g_ptr_array_add(paths, NULL);
	return (char **)g_ptr_array_free(paths, FALSE);
}

static bool times_are_kept(const struct settings *settings)
{
	for (size_t i = 0; i < settings->outputs_count; i++)
		if (settings->outputs[i].keep_mtime)
			return true;
	return false;
}

int confinement_enter(const struct studio *studio)
{
	g_auto(GStrv) paths = readable_paths(studio->settings);
	struct sandbox_config config = { .read_fds = studio->kept_fds,
		.read_fds_count = studio->scan->roots_count,
		.read_paths = (const char *const *)paths,
		.write_fd = studio->output_fd,
		.may_set_times = times_are_kept(studio->settings) };
	int result = sandbox_enter(&config);

	return result < 0 ? result : 0;
}
