/* generate FOLDER: draws the sample pictures into FOLDER/photos and the mark, light and dark, into
 * FOLDER/logo.png and logo-dark.png. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "camera.h"
#include "file.h"
#include "scenes.h"

enum form {
	JPEG,
	JPEG_PROGRESSIVE,
	JPEG_FULL_CHROMA,
	JPEG_GREY,
	JPEG_WIDE, /* in a wide-gamut profile */
	PNG_ALPHA,
	PNG_DEEP
};

static const struct camera full_frame = { "Example", "Example D1", "EX1-0048211", "Example 50mm F1.4",
	"L50-77120" };
static const struct camera zoom = { "Example", "Example D1", "EX1-0048211", "Example 24-70mm F2.8",
	"L247-10932" };
static const struct camera phone = { "Sample", "Sample Phone 9", "SP9-55A01-C",
	"Sample Phone 9 back camera 5.4mm f/1.8", "" };

/* Sizes are those of the upright picture; `samples` is per axis and pixel. */
static const struct shot {
	const char *name;
	scene_function *scene;
	int width_px, height_px, samples;
	enum form form;
	int quality;
	double grain;
	int orientation;
	const struct camera *camera;
	struct exposure exposure;
} shots[] = {
	{ "photos/lake-at-dusk.jpg", scene_lake, 1440, 960, 2, JPEG, 86, 0.008, 1, &zoom,
		{ "2024:06:21 21:43:10", { 1, 60 }, 80, 200, 35, 46.5622, 9.0511, 411 } },
	{ "photos/dunes.jpg", scene_dunes, 1440, 960, 2, JPEG, 84, 0.006, 3, &zoom,
		{ "2024:03:02 18:12:44", { 1, 250 }, 110, 100, 52, 24.7461, -14.2034, 230 } },
	{ "photos/open sea.jpg", scene_sea, 1440, 810, 2, JPEG, 80, 0.005, 1, &phone,
		{ "2024:08:14 13:20:01", { 1, 1600 }, 18, 50, 5, -41.2903, 174.8107, 4 } },
	{ "photos/fog.jpg", scene_fog, 1440, 960, 2, JPEG_GREY, 86, 0.012, 1, &full_frame,
		{ "2023:11:05 08:02:57", { 1, 125 }, 40, 400, 50, 0, 0, 0 } },
	{ "photos/milky-way.jpg", scene_stars, 1200, 800, 2, JPEG, 80, 0.018, 1, &zoom,
		{ "2024:08:10 01:32:20", { 20, 1 }, 28, 3200, 24, 44.1671, 6.9330, 1912 } },
	{ "photos/moon.png", scene_moon, 800, 800, 2, PNG_DEEP, 0, 0, 1, &full_frame,
		{ "2024:04:16 22:10:35", { 1, 125 }, 80, 200, 50, 0, 0, 0 } },
	{ "photos/studio/marbles.jpg", scene_marbles, 1440, 960, 10, JPEG_PROGRESSIVE, 86, 0.004, 1,
		&full_frame, { "2024:02:11 11:31:42", { 1, 80 }, 28, 100, 50, 0, 0, 0 } },
	{ "photos/studio/tartan.jpg", scene_cloth, 1200, 800, 3, JPEG_FULL_CHROMA, 78, 0.004, 1, &full_frame,
		{ "2024:02:11 14:02:18", { 1, 160 }, 80, 100, 50, 0, 0, 0 } },
	{ "photos/studio/dahlia.jpg", scene_dahlia, 1440, 960, 2, JPEG_WIDE, 86, 0.008, 1, &full_frame,
		{ "2024:09:01 10:17:05", { 1, 400 }, 28, 100, 50, 0, 0, 0 } },
	{ "photos/studio/vase.png", scene_vase, 960, 1200, 2, PNG_ALPHA, 0, 0, 1, &full_frame,
		{ "2024:02:12 09:48:33", { 1, 125 }, 110, 100, 50, 0, 0, 0 } },
	{ "photos/wedding/against the light.jpg", scene_portrait, 960, 1440, 2, JPEG, 86, 0.008, 6,
		&full_frame, { "2024:06:22 20:36:51", { 1, 640 }, 14, 100, 50, 46.5590, 9.0478, 415 } },
	{ "photos/wedding/on the pier.jpg", scene_pier, 960, 1440, 2, JPEG, 84, 0.008, 8, &zoom,
		{ "2024:06:23 06:55:12", { 1, 500 }, 56, 100, 28, 46.5617, 9.0502, 411 } },
	{ "photos/wedding/street lights.jpg", scene_lights, 960, 1440, 3, JPEG, 86, 0.014, 5, &phone,
		{ "2024:06:22 23:58:40", { 1, 30 }, 18, 1250, 5, 46.5631, 9.0519, 418 } },
};

static void make_folder(const char *path)
{
	if (mkdir(path, 0777) < 0 && errno != EEXIST) {
		perror(path);
		exit(2);
	}
}

static struct bytes thumbnail_of(const struct canvas *stored)
{
	struct canvas *small = canvas_thumbnail(stored, 160);
	struct bytes jpeg = jpeg_encode(small, &(struct jpeg_form){ .quality = 70 });
	canvas_free(small);
	return jpeg;
}

static void write_jpeg(const struct shot *shot, struct canvas *stored, struct exif_request *exif)
{
	struct jpeg_form form = { .quality = shot->quality,
		.progressive = shot->form == JPEG_PROGRESSIVE,
		.full_chroma = shot->form == JPEG_FULL_CHROMA,
		.grey = shot->form == JPEG_GREY };
	exif->thumbnail = thumbnail_of(stored);
	form.exif = exif_make(exif);
	if (shot->form == JPEG_WIDE) {
		form.icc = wide_profile();
		canvas_to_wide(stored, &form.icc);
	}
	struct bytes jpeg = jpeg_encode(stored, &form);
	bytes_write(shot->name, &jpeg);
	free(jpeg.data);
	free(form.icc.data);
	free(form.exif.data);
	free(exif->thumbnail.data);
}

static void take(const struct shot *shot)
{
	struct canvas *upright = canvas_new(shot->width_px, shot->height_px);
	canvas_draw(upright, shot->scene, shot->samples);
	canvas_develop(upright, shot->grain);
	struct canvas *stored = canvas_as_stored(upright, shot->orientation);
	struct exif_request exif = { shot->camera, &shot->exposure, shot->orientation, stored->width_px,
		stored->height_px, shot->form == JPEG_WIDE, { NULL, 0 } };
	if (shot->form == PNG_ALPHA || shot->form == PNG_DEEP) {
		struct bytes block = exif_make(&exif);
		png_write(shot->name, stored, shot->form == PNG_ALPHA ? PNG_RGBA_8 : PNG_GREY_16, &block);
		free(block.data);
	} else {
		write_jpeg(shot, stored, &exif);
	}
	canvas_free(stored);
	canvas_free(upright);
	puts(shot->name);
}

static void draw_logo(const char *name, scene_function *scene)
{
	struct canvas *logo = canvas_new(740, 200);
	canvas_draw(logo, scene, 8);
	png_write(name, logo, PNG_RGBA_8, &(struct bytes){ NULL, 0 });
	canvas_free(logo);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
		return 2;
	}
	static const char *const folders[] = { "photos", "photos/studio", "photos/wedding" };
	if (chdir(argv[1]) < 0) {
		perror(argv[1]);
		return 2;
	}
	for (unsigned i = 0; i < sizeof folders / sizeof *folders; i++)
		make_folder(folders[i]);
	for (unsigned i = 0; i < sizeof shots / sizeof *shots; i++)
		take(&shots[i]);
	draw_logo("logo.png", scene_logo);
	draw_logo("logo-dark.png", scene_logo_dark);
	return 0;
}
