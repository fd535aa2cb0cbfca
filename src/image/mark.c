#include "image/mark.h"

#include <glib.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "image/art.h"
#include "image/blend.h"
#include "image/lettering.h"
#include "image/mark_turn.h"
#include "image/tiling.h"
#include "job/tokens.h"

#define KEEP_BYTES (16 * 1024 * 1024)
#define KEEP_DRAWINGS 256

static const struct pixels plain_pixels = { .model = MODEL_RGB, .bits = 8, .alpha = true };

/* A mark drawn. Those in RGB without a profile are drawn from the art, all others converted from those. */
struct drawing {
	char *key; /* of the art */
	int width_px, height_px;
	int drawn_width_px, drawn_height_px; /* before it was turned */
	double opacity, rotate_deg;
	struct pixels pixels; /* the profile in it may be gone when the drawing is found again */
	unsigned int meaning; /* of the pixels, which stays */
	bool coloured;
	unsigned char *samples;
};

struct marks {
	struct colours *colours;
	struct arts *arts;
	GPtrArray *drawings; /* of struct drawing, latest last */
};

static size_t drawing_bytes(const struct drawing *drawing)
{
	return (size_t)drawing->width_px * (size_t)drawing->height_px *
	       (size_t)pixels_bytes(&drawing->pixels);
}

static void free_drawing(void *data)
{
	struct drawing *drawing = data;

	if (!drawing)
		return;
	g_free(drawing->key);
	free(drawing->samples);
	free(drawing);
}

struct marks *marks_new(struct colours *colours)
{
	struct marks *marks = calloc(1, sizeof(*marks));

	if (!marks)
		return NULL;
	marks->colours = colours;
	marks->arts = arts_new();
	marks->drawings = g_ptr_array_new_with_free_func(free_drawing);
	return marks;
}

void marks_free(struct marks *marks)
{
	if (!marks)
		return;
	g_ptr_array_unref(marks->drawings);
	arts_free(marks->arts);
	free(marks);
}

void marks_trim(struct marks *marks)
{
	size_t bytes = 0;

	arts_trim(marks->arts);
	for (guint i = marks->drawings->len; i-- > 0;) {
		bytes += drawing_bytes(marks->drawings->pdata[i]);
		if (bytes > KEEP_BYTES || marks->drawings->len - i > KEEP_DRAWINGS) {
			g_ptr_array_remove_range(marks->drawings, 0, i + 1);
			return;
		}
	}
}

static struct drawing *find_drawing(struct marks *marks, const struct drawing *wanted)
{
	for (guint i = 0; i < marks->drawings->len; i++) {
		struct drawing *drawing = marks->drawings->pdata[i];

		if (drawing->width_px != wanted->width_px || drawing->height_px != wanted->height_px ||
			drawing->drawn_width_px != wanted->drawn_width_px ||
			drawing->drawn_height_px != wanted->drawn_height_px ||
			drawing->rotate_deg != wanted->rotate_deg || strcmp(drawing->key, wanted->key) != 0 ||
			drawing->opacity != wanted->opacity || drawing->meaning != wanted->meaning)
			continue;
		/* to the end, where the latest are */
		g_ptr_array_add(marks->drawings, g_ptr_array_steal_index(marks->drawings, i));
		return drawing;
	}
	return NULL;
}

/* A copy of `wanted` with room for its samples, not in the list yet. NULL when memory is out. */
static struct drawing *new_drawing(const struct drawing *wanted)
{
	struct drawing *drawing = malloc(sizeof(*drawing));

	if (!drawing)
		return NULL;
	*drawing = *wanted;
	drawing->samples = malloc(drawing_bytes(drawing));
	if (!drawing->samples) {
		free(drawing);
		return NULL;
	}
	drawing->key = g_strdup(wanted->key);
	return drawing;
}

/* JPEG leaves traces of colour in a grey mark. */
#define GREY_TOLERANCE 4

static bool is_coloured(const struct drawing *drawing)
{
	const unsigned char *sample = drawing->samples;

	for (long left = (long)drawing->width_px * drawing->height_px; left > 0; left--, sample += 4) {
		int green = sample[1];

		if (sample[3] &&
			(abs(sample[0] - green) > GREY_TOLERANCE || abs(sample[2] - green) > GREY_TOLERANCE))
			return true;
	}
	return false;
}

static void fade(struct drawing *drawing)
{
	int last = pixels_samples(&drawing->pixels) - 1;
	size_t bytes = drawing_bytes(drawing);

	for (size_t i = (size_t)last; i < bytes; i += (size_t)last + 1)
		drawing->samples[i] = (unsigned char)(drawing->samples[i] * drawing->opacity + 0.5);
}

static int draw_turned(struct marks *marks, const struct art *art, struct drawing *drawing, struct err *err)
{
	int width_px = drawing->drawn_width_px, height_px = drawing->drawn_height_px;
	autofree unsigned char *upright = malloc((size_t)width_px * (size_t)height_px * 4);

	if (!upright)
		return err_set(err, REASON_WATERMARK, "%s: memory is out", art->name);
	if (art_draw(art, marks->colours, width_px, height_px, upright, err))
		return -1;
	if (mark_turn_pixels(drawing->rotate_deg, upright, width_px, height_px, drawing->samples,
		    drawing->width_px, drawing->height_px))
		return err_set(err, REASON_WATERMARK, "%s: memory is out", art->name);
	return 0;
}

static int draw_samples(struct marks *marks, const struct art *art, struct drawing *drawing, struct err *err)
{
	if (drawing->rotate_deg != 0)
		return draw_turned(marks, art, drawing, err);
	return art_draw(art, marks->colours, drawing->width_px, drawing->height_px, drawing->samples, err);
}

static struct drawing *draw(
	struct marks *marks, const struct art *art, const struct drawing *wanted, struct err *err)
{
	struct drawing *drawing = new_drawing(wanted);

	if (!drawing) {
		err_set(err, REASON_WATERMARK, "%s: memory is out", art->name);
		return NULL;
	}
	if (draw_samples(marks, art, drawing, err)) {
		free_drawing(drawing);
		return NULL;
	}
	drawing->coloured = is_coloured(drawing);
	fade(drawing);
	g_ptr_array_add(marks->drawings, drawing);
	return drawing;
}

static struct drawing *convert(
	struct marks *marks, const struct drawing *plain, const struct drawing *wanted, struct err *err)
{
	const struct recolour *recolour = colours_between(marks->colours, &plain->pixels, &wanted->pixels);
	struct drawing *drawing = recolour ? new_drawing(wanted) : NULL;

	if (!drawing) {
		err_set(err, REASON_WATERMARK, "the mark: no way into the colours of the picture");
		return NULL;
	}
	for (int y = 0; y < plain->height_px; y++)
		recolour_apply(recolour,
			plain->samples +
				(size_t)y * (size_t)plain->width_px * (size_t)pixels_bytes(&plain->pixels),
			drawing->samples +
				(size_t)y * (size_t)plain->width_px * (size_t)pixels_bytes(&drawing->pixels),
			plain->width_px);
	drawing->coloured = plain->coloured;
	g_ptr_array_add(marks->drawings, drawing);
	return drawing;
}

static struct drawing *find_or_draw(
	struct marks *marks, const struct art *art, const struct drawing *wanted, struct err *err)
{
	struct drawing plain = *wanted, *found = find_drawing(marks, wanted);

	if (found)
		return found;
	plain.pixels = plain_pixels;
	plain.meaning = pixels_meaning(&plain_pixels);
	found = find_drawing(marks, &plain);
	if (!found)
		found = draw(marks, art, &plain, err);
	if (!found || found->meaning == wanted->meaning)
		return found;
	return convert(marks, found, wanted, err);
}

static int refuse_oversize(const struct art *art, const struct mark_wish *wish, struct err *err)
{
	return err_set(err, REASON_WATERMARK,
		"%s: does not fit on %dx%d pixels within its margins; --watermark-oversize says what then",
		art->name, wish->width_px, wish->height_px);
}

static int draw_at(struct marks *marks, const struct art *art, const struct mark_wish *wish,
	const struct placement *place, struct mark *mark, struct err *err)
{
	struct drawing wanted = {
		.key = art->key,
		.width_px = place->width_px,
		.height_px = place->height_px,
		.drawn_width_px = place->drawn_width_px,
		.drawn_height_px = place->drawn_height_px,
		.rotate_deg = place->rotate_deg,
		.opacity = wish->settings->opacity,
		.pixels = { wish->model, wish->profile, 8, true },
	};
	struct drawing *drawing;

	wanted.meaning = pixels_meaning(&wanted.pixels);
	drawing = find_or_draw(marks, art, &wanted, err);
	if (!drawing)
		return -1;
	*mark = (struct mark){
		.place = *place,
		.pixels = wanted.pixels,
		.coloured = drawing->coloured,
		.samples = drawing->samples,
	};
	return 0;
}

int marks_find(struct marks *marks, const struct mark_wish *wish, struct mark *mark, struct err *err)
{
	const struct art *art = arts_find(marks->arts, wish->settings, wish->content, err);
	struct placement place;

	if (!art)
		return -1;
	placement_compute(
		&place, wish->settings, art->width_px, art->height_px, wish->width_px, wish->height_px);
	if (place.oversize && wish->settings->oversize == OVERSIZE_FAIL)
		return refuse_oversize(art, wish, err);
	if (place.oversize && wish->settings->oversize == OVERSIZE_SKIP) {
		*mark = (struct mark){ .place = place };
		return 0;
	}
	return draw_at(marks, art, wish, &place, mark, err);
}

static int check_content(
	struct marks *marks, const struct mark_settings *settings, const char *content, struct err *err)
{
	const struct mark_wish wish = { .settings = settings, .model = MODEL_RGB };
	const struct art *art = arts_find(marks->arts, settings, content, err);
	struct placement own;
	struct mark mark;

	if (!art)
		return -1;
	own = (struct placement){
		.width_px = art->width_px,
		.height_px = art->height_px,
		.drawn_width_px = art->width_px,
		.drawn_height_px = art->height_px,
	};
	return draw_at(marks, art, &wish, &own, &mark, err);
}

/* Text that each picture has its own of is known when there are pictures; its font is looked for now. */
int marks_check(struct marks *marks, const struct mark_settings *settings, struct err *err)
{
	const char *files[MARK_VERSIONS_MAX];
	size_t count = settings_mark_files(settings, files);

	if (settings->text && tokens_are_in(settings->text))
		return lettering_check_font(&settings->style, err);
	if (settings->text)
		return check_content(marks, settings, settings->text, err);
	for (size_t i = 0; i < count; i++)
		if (check_content(marks, settings, files[i], err))
			return -1;
	return 0;
}

/* One copy of the mark, its left edge at `left`, over the row's `count` pixels from `x` on. */
static void blend_one(const struct mark *mark, const struct pixels *pixels, char *row, int x, int count,
	int left, int mark_row)
{
	int from = left > x ? left : x;
	int to = left + mark->place.width_px < x + count ? left + mark->place.width_px : x + count;
	size_t skip = (size_t)mark_row * (size_t)mark->place.width_px;

	if (from >= to)
		return;
	blend_over(mark->samples + (skip + (size_t)(from - left)) * (size_t)pixels_bytes(&mark->pixels),
		row + (size_t)(from - x) * (size_t)pixels_bytes(pixels), pixels, to - from);
}

void mark_blend(const struct mark *mark, const struct pixels *pixels, void *row, int x, int y, int count)
{
	struct tiling tiling;
	int left, mark_row;

	tiling_begin(&tiling, &mark->place, x, y, count);
	while (tiling_next(&tiling, &left, &mark_row))
		blend_one(mark, pixels, row, x, count, left, mark_row);
}
