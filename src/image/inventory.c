#include "image/inventory.h"

#include <glib.h>
#include <lcms2.h>
#include <libdeflate.h>
#include <libxml/xmlversion.h>
#include <pango/pango.h>
#include <png.h>
#include <stdio.h>
#include <vips/vips.h>

#include "image/raw.h"

/* jpeglib.h needs stdio.h before it and defines what other headers do too: after them. */
#include <jpeglib.h>

#define TEXT_OF_(token) #token
#define TEXT_OF(token) TEXT_OF_(token)

static void fill(struct library *rows)
{
	int lcms = cmsGetEncodedCMMversion();

	snprintf(rows[0].version, sizeof(rows[0].version), "%d.%d.%d", vips_version(0), vips_version(1),
		vips_version(2));
	snprintf(rows[1].version, sizeof(rows[1].version), "%s", TEXT_OF(LIBJPEG_TURBO_VERSION));
	snprintf(rows[2].version, sizeof(rows[2].version), "%s", png_get_libpng_ver(NULL));
	snprintf(rows[3].version, sizeof(rows[3].version), "%s", LIBDEFLATE_VERSION_STRING);
	snprintf(rows[4].version, sizeof(rows[4].version), "%d.%d", lcms / 1000, lcms % 1000 / 10);
	snprintf(rows[5].version, sizeof(rows[5].version), "%s", LIBXML_DOTTED_VERSION);
	snprintf(rows[7].version, sizeof(rows[7].version), "%s", pango_version_string());
	snprintf(rows[8].version, sizeof(rows[8].version), "%s",
		raw_is_built() ? raw_version() : "not built in: they are skipped");
	snprintf(rows[6].version, sizeof(rows[6].version), "%u.%u.%u", glib_major_version, glib_minor_version,
		glib_micro_version);
}

const struct library *inventory_libraries(void)
{
	static struct library rows[] = {
		{ .name = "libvips", .purpose = "image processing" },
		{ .name = "libjpeg-turbo", .purpose = "JPEG" },
		{ .name = "libpng", .purpose = "PNG" },
		{ .name = "libdeflate", .purpose = "PNG written" },
		{ .name = "lcms2", .purpose = "colour profiles" },
		{ .name = "libxml2", .purpose = "XMP" },
		{ .name = "glib", .purpose = "options, Unicode" },
		{ .name = "pango", .purpose = "text of marks" },
		{ .name = "LibRaw", .purpose = "cameras' raw files" },
		{ .name = NULL },
	};

	if (!rows[0].version[0])
		fill(rows);
	return rows;
}
