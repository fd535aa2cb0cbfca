#include "end-to-end/exiftool.h"

#include <string.h>

#include "check.h"

void skip_without_exiftool(void)
{
	g_autofree char *exiftool = g_find_program_in_path("exiftool");

	if (!exiftool)
		skip();
}

/* What it says on standard output; to be freed. */
static char *run(char **arguments)
{
	g_autoptr(GError) error = NULL;
	char *said = NULL;

	if (!g_spawn_sync(NULL, arguments, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
		    &said, NULL, NULL, &error))
		fail_msg("exiftool: %s", error->message);
	return said;
}

void exiftool_write(const char *path, char *const *changes)
{
	GPtrArray *arguments = g_ptr_array_new_with_free_func(g_free);
	static const char *const always[] = { "exiftool", "-overwrite_original", "-charset", "iptc=UTF8",
		"-codedcharacterset=utf8" };
	g_autofree char *said = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(always); i++)
		g_ptr_array_add(arguments, g_strdup(always[i]));
	for (; *changes; changes++)
		g_ptr_array_add(arguments, g_strconcat("-", *changes, NULL));
	g_ptr_array_add(arguments, g_strdup(path));
	g_ptr_array_add(arguments, NULL);
	said = run((char **)arguments->pdata);
	assert_non_null(strstr(said, "1 image files updated"));
	g_ptr_array_unref(arguments);
}

/* With -G1:4 a tag is "GROUP:TAG", or "GROUP:Copy1:TAG" where another has its name. NULL for what is no tag.
 */
static char *without_copy(const char *name)
{
	const char *colon = strchr(name, ':'), *tag = strrchr(name, ':');

	return colon ? g_strdup_printf("%.*s%s", (int)(colon - name), name, tag) : NULL;
}

static json_t *without_copies(const json_t *said)
{
	json_t *report = json_object(), *value;
	const char *name;

	json_object_foreach((json_t *)said, name, value)
	{
		g_autofree char *plain = without_copy(name);
		g_autofree char *again = plain ? g_strconcat(plain, " again", NULL) : NULL;

		if (plain)
			json_object_set(report, json_object_get(report, plain) ? again : plain, value);
	}
	return report;
}

json_t *exiftool_read(const char *folder)
{
	const char *arguments[] = { "exiftool", "-q", "-q", "-r", "-j", "-a", "-s", "-G1:4", "-EXIF:all",
		"-XMP:all", "-IPTC:all", "-Photoshop:all", "-MakerNotes:all", folder, NULL };
	g_autofree char *said = run((char **)arguments);
	json_t *list = json_loads(said, 0, NULL), *reports = json_object();
	size_t below = strlen(folder) + 1;

	assert_non_null(list);
	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *one = json_array_get(list, i);

		json_object_set_new(reports, json_string_value(json_object_get(one, "SourceFile")) + below,
			without_copies(one));
	}
	json_decref(list);
	return reports;
}
