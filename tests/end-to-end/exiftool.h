/*
 * exiftool.h: metadata put into pictures and read from them by another program, ExifTool.
 */
#ifndef STAMPMILL_TESTS_EXIFTOOL_H
#define STAMPMILL_TESTS_EXIFTOOL_H

#include <glib.h>
#include <jansson.h>

/* cmocka's skip() where there is no exiftool. */
void skip_without_exiftool(void);

/* Change the file as `changes` say, "TAG=VALUE" or "TAG<=FILE" each; ends with NULL. IPTC becomes UTF-8. */
void exiftool_write(const char *path, char *const *changes);

/* What EXIF, XMP, IPTC, Photoshop resources and maker notes say in each picture below the folder: an object
 * of reports by the paths below it, each an object of values by "GROUP:TAG", or "GROUP:TAG again" where a
 * group has it twice. To be json_decref()ed. */
json_t *exiftool_read(const char *folder);

#endif
