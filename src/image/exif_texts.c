#include "image/exif_texts.h"

#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "image/exif_tags.h"
#include "image/utf8.h"

static void read_text(
	const struct tiff_view *view, const struct tiff_dir *dir, uint16_t tag, char *place, size_t size)
{
	struct tiff_entry entry;
	char *cleaned;

	if (!tiff_view_find(view, dir, tag, &entry) || entry.type != TIFF_ASCII)
		return;
	cleaned = utf8_clean((const char *)entry.value, strnlen((const char *)entry.value, entry.size_bytes));
	facts_set_text(place, size, g_strstrip(cleaned));
	g_free(cleaned);
}

/* "2024:02:11 14:02:18"; cameras without a clock write zeros or spaces. */
static int64_t read_time(const struct tiff_view *view, const struct tiff_dir *dir, uint16_t tag)
{
	char text[20] = "";
	struct tm tm = { 0 };
	int end = 0;

	read_text(view, dir, tag, text, sizeof(text));
	if (sscanf(text, "%4d:%2d:%2d %2d:%2d:%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour,
		    &tm.tm_min, &tm.tm_sec, &end) != 6 ||
		end != 19)
		return 0;
	if (tm.tm_year < 1 || tm.tm_mon < 1 || tm.tm_mon > 12 || tm.tm_mday < 1 || tm.tm_mday > 31 ||
		tm.tm_hour < 0 || tm.tm_hour > 23 || tm.tm_min < 0 || tm.tm_min > 59 || tm.tm_sec < 0 ||
		tm.tm_sec > 60)
		return 0;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	return timegm(&tm);
}

static uint32_t number_at(const struct tiff_view *view, const unsigned char *at)
{
	if (view->big_endian)
		return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
	return (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

/* 0 where there is none. */
static double read_rational(const struct tiff_view *view, const struct tiff_dir *dir, uint16_t tag)
{
	struct tiff_entry entry;

	if (!tiff_view_find(view, dir, tag, &entry) || entry.type != TIFF_RATIONAL || entry.size_bytes < 8 ||
		!number_at(view, entry.value + 4))
		return 0;
	return (double)number_at(view, entry.value) / number_at(view, entry.value + 4);
}

static void show_number(char *place, size_t size, double number)
{
	char text[32] = "";

	if (number > 0 && number < 100000)
		snprintf(text, sizeof(text), "%.*f",
			number < 100 && fabs(number - round(number)) > 0.04 ? 1 : 0, number);
	facts_set_text(place, size, text);
}

/* As photographers say it: 1/250, 2.5 */
static void show_exposure(char *place, size_t size, double seconds)
{
	char text[32];

	if (seconds <= 0 || seconds >= 0.3) {
		show_number(place, size, seconds);
		return;
	}
	snprintf(text, sizeof(text), "1/%.0f", 1 / seconds);
	facts_set_text(place, size, strlen(text) < size ? text : "");
}

static void read_shot(const struct tiff_view *view, const struct tiff_dir *dir, struct exif_texts *texts)
{
	struct tiff_entry entry;
	uint32_t iso;

	read_text(view, dir, EXIF_LENS_MODEL, texts->lens, sizeof(texts->lens));
	/* the field ends at 65535, which says that the number is elsewhere */
	if (tiff_view_find(view, dir, EXIF_ISO, &entry) && tiff_view_number(view, &entry, &iso) &&
		iso < 65535)
		show_number(texts->iso, sizeof(texts->iso), iso);
	show_number(texts->f_number, sizeof(texts->f_number), read_rational(view, dir, EXIF_F_NUMBER));
	show_number(texts->focal_length, sizeof(texts->focal_length),
		read_rational(view, dir, EXIF_FOCAL_LENGTH));
	show_exposure(texts->exposure, sizeof(texts->exposure), read_rational(view, dir, EXIF_EXPOSURE_TIME));
}

void exif_texts_read(const struct tiff_view *view, const struct tiff_dir *main_dir, struct exif_facts *facts)
{
	struct exif_texts *texts = &facts->texts;
	struct tiff_dir dir;

	read_text(view, main_dir, EXIF_MAKE, texts->make, sizeof(texts->make));
	read_text(view, main_dir, EXIF_MODEL, texts->model, sizeof(texts->model));
	read_text(view, main_dir, EXIF_ARTIST, texts->artist, sizeof(texts->artist));
	if (tiff_view_subdir(view, main_dir, EXIF_EXIF_DIR, &dir)) {
		read_shot(view, &dir, texts);
		facts->taken_s = read_time(view, &dir, EXIF_TIME_ORIGINAL);
		if (!facts->taken_s)
			facts->taken_s = read_time(view, &dir, EXIF_TIME_DIGITIZED);
	}
	if (!facts->taken_s)
		facts->taken_s = read_time(view, main_dir, EXIF_TIME);
}
