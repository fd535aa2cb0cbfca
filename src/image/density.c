#include "image/density.h"

#include <math.h>

#include "image/tiff_view.h"

#define MM_PER_INCH 25.4
#define MM_PER_CM 10.0
#define DEFAULT_DPI 72.0

enum exif_density_tag {
	TAG_X_RESOLUTION = 0x011a,
	TAG_Y_RESOLUTION = 0x011b,
	TAG_RESOLUTION_UNIT = 0x0128
};

enum exif_unit {
	UNIT_NONE = 1,
	UNIT_INCH = 2,
	UNIT_CM = 3
};

/* JFIF 1.02: 0: only the aspect is told; 1: inch; 2: cm. A density of 1 is what writers say who know nothing.
 */
static struct density from_jfif(const struct jpeg_density *jfif)
{
	struct density density = { DEFAULT_DPI / MM_PER_INCH, DEFAULT_DPI / MM_PER_INCH };

	if (!jfif->known || jfif->x == 1 || jfif->y == 1)
		return density;
	if (jfif->unit == 0 && jfif->y > 0)
		density.y = density.x * jfif->x / jfif->y;
	else if (jfif->unit == 1)
		density = (struct density){ jfif->x / MM_PER_INCH, jfif->y / MM_PER_INCH };
	else if (jfif->unit == 2)
		density = (struct density){ jfif->x / MM_PER_CM, jfif->y / MM_PER_CM };
	return density;
}

static uint32_t number_at(const struct tiff_view *view, const unsigned char *at)
{
	if (view->big_endian)
		return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
	return (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

static bool find_rational(
	const struct tiff_view *view, const struct tiff_dir *dir, uint16_t tag, double *value)
{
	struct tiff_entry entry;
	uint32_t divisor;

	if (!tiff_view_find(view, dir, tag, &entry) || entry.type != TIFF_RATIONAL || entry.size_bytes < 8)
		return false;
	divisor = number_at(view, entry.value + 4);
	*value = divisor ? (double)number_at(view, entry.value) / divisor : 0; /* as libvips has it */
	return true;
}

static bool from_exif(const struct blob *exif, struct density *density)
{
	struct tiff_view view;
	struct tiff_dir dir;
	struct tiff_entry entry;
	struct density found;
	uint32_t unit = UNIT_INCH;

	if (!exif->data || !tiff_view_init(&view, exif->data, exif->size_bytes) ||
		!tiff_view_dir(&view, view.first_dir, &dir) ||
		!find_rational(&view, &dir, TAG_X_RESOLUTION, &found.x) ||
		!find_rational(&view, &dir, TAG_Y_RESOLUTION, &found.y))
		return false;
	if (tiff_view_find(&view, &dir, TAG_RESOLUTION_UNIT, &entry))
		tiff_view_number(&view, &entry, &unit);
	if (unit < UNIT_NONE || unit > UNIT_CM)
		return false;
	if (unit != UNIT_NONE) {
		found.x /= unit == UNIT_INCH ? MM_PER_INCH : MM_PER_CM;
		found.y /= unit == UNIT_INCH ? MM_PER_INCH : MM_PER_CM;
	}
	*density = found;
	return true;
}

struct density density_find(const struct jpeg_density *jfif, const struct blob *exif)
{
	struct density density = from_jfif(jfif);

	from_exif(exif, &density);
	return density;
}
