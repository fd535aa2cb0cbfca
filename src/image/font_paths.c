#include "image/font_paths.h"

#include <fontconfig/fontconfig.h>
#include <glib.h>

static void add(GPtrArray *paths, const char *path)
{
	if (path && *path)
		g_ptr_array_add(paths, g_strdup(path));
}

/* Takes over `list`. */
static void add_all(GPtrArray *paths, FcStrList *list)
{
	const FcChar8 *path;

	while (list && (path = FcStrListNext(list)))
		add(paths, (const char *)path);
	if (list)
		FcStrListDone(list);
}

char **font_paths_list(void)
{
	GPtrArray *paths = g_ptr_array_new();
	FcConfig *config = FcInitLoadConfig();

	if (config) {
		add_all(paths, FcConfigGetFontDirs(config));
		add_all(paths, FcConfigGetCacheDirs(config));
		add_all(paths, FcConfigGetConfigFiles(config));
		FcConfigDestroy(config);
	}
	add(paths, g_getenv("FONTCONFIG_FILE"));
	add(paths, g_getenv("FONTCONFIG_PATH"));
	g_ptr_array_add(paths, NULL);
	return (char **)g_ptr_array_free(paths, FALSE);
}

int font_paths_families(void)
{
	FcPattern *any = FcPatternCreate();
	FcObjectSet *family = FcObjectSetBuild(FC_FAMILY, NULL);
	FcFontSet *set = FcFontList(NULL, any, family);
	int count = set ? set->nfont : 0;

	if (set)
		FcFontSetDestroy(set);
	FcObjectSetDestroy(family);
	FcPatternDestroy(any);
	return count;
}
