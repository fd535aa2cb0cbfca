/*
 * font_paths.h: where the fonts of this machine and of this user are, and how many.
 */
#ifndef STAMPMILL_IMAGE_FONT_PATHS_H
#define STAMPMILL_IMAGE_FONT_PATHS_H

/* Every folder and file that fontconfig reads when it looks for a font: fonts, caches, its configuration.
 * Reads the configuration, no font. Ends with NULL; heap memory (g_strfreev()). */
char **font_paths_list(void);

/* How many families of fonts there are. */
int font_paths_families(void);

#endif
