#include "file.h"

#include <lcms2.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* jpeglib.h needs stdio.h before it. */
#include <jpeglib.h>

static void give_up(const char *path)
{
	perror(path);
	exit(2);
}

static JSAMPLE sample(double encoded)
{
	return (JSAMPLE)lround(clamp(encoded, 0, 1) * 255);
}

static double grey(const struct colour *c)
{
	return 0.299 * c->r + 0.587 * c->g + 0.114 * c->b;
}

struct bytes jpeg_encode(const struct canvas *canvas, const struct jpeg_form *form)
{
	struct jpeg_compress_struct jpeg;
	struct jpeg_error_mgr errors; /* the library's own manner: says why, and exits */
	unsigned char *data = NULL;
	unsigned long size = 0;
	jpeg.err = jpeg_std_error(&errors);
	jpeg_create_compress(&jpeg);
	jpeg_mem_dest(&jpeg, &data, &size);
	jpeg.image_width = (JDIMENSION)canvas->width_px;
	jpeg.image_height = (JDIMENSION)canvas->height_px;
	jpeg.input_components = form->grey ? 1 : 3;
	jpeg.in_color_space = form->grey ? JCS_GRAYSCALE : JCS_RGB;
	jpeg_set_defaults(&jpeg);
	jpeg_set_quality(&jpeg, form->quality, TRUE);
	jpeg.optimize_coding = TRUE;
	if (form->full_chroma)
		jpeg.comp_info[0].h_samp_factor = jpeg.comp_info[0].v_samp_factor = 1;
	if (form->progressive)
		jpeg_simple_progression(&jpeg);
	if (form->exif.size) /* EXIF stands in place of JFIF's header */
		jpeg.write_JFIF_header = FALSE;
	jpeg_start_compress(&jpeg, TRUE);
	if (form->exif.size)
		jpeg_write_marker(&jpeg, JPEG_APP0 + 1, form->exif.data, (unsigned int)form->exif.size);
	if (form->icc.size)
		jpeg_write_icc_profile(&jpeg, form->icc.data, (unsigned int)form->icc.size);
	JSAMPLE *row = malloc(3 * (size_t)canvas->width_px);
	const struct colour *c = canvas->pixels;
	while (jpeg.next_scanline < jpeg.image_height) {
		JSAMPLE *p = row;
		for (int column = 0; column < canvas->width_px; column++, c++)
			if (form->grey) {
				*p++ = sample(grey(c));
			} else {
				*p++ = sample(c->r);
				*p++ = sample(c->g);
				*p++ = sample(c->b);
			}
		jpeg_write_scanlines(&jpeg, &row, 1);
	}
	jpeg_finish_compress(&jpeg);
	jpeg_destroy_compress(&jpeg);
	free(row);
	return (struct bytes){ data, size };
}

static void png_row(const struct colour *c, int width, enum png_form form, unsigned char *row)
{
	for (int column = 0; column < width; column++, c++)
		if (form == PNG_GREY_16) {
			/* 12 bits from the sensor, spread over 16 */
			int deep = (int)lround(clamp(grey(c), 0, 1) * 4095);
			deep = deep << 4 | deep >> 8;
			*row++ = (unsigned char)(deep >> 8);
			*row++ = (unsigned char)(deep & 255);
		} else {
			unsigned char alpha = sample(c->alpha);
			*row++ = alpha ? sample(c->r) : 0;
			*row++ = alpha ? sample(c->g) : 0;
			*row++ = alpha ? sample(c->b) : 0;
			*row++ = alpha;
		}
}

void png_write(const char *path, const struct canvas *canvas, enum png_form form, const struct bytes *exif)
{
	FILE *file = fopen(path, "wb");
	if (!file)
		give_up(path);
	png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png ? png_create_info_struct(png) : NULL;
	unsigned char *row = malloc(4 * (size_t)canvas->width_px);
	if (!info || !row || setjmp(png_jmpbuf(png)))
		give_up(path);
	png_init_io(png, file);
	png_set_compression_level(png, 9);
	png_set_IHDR(png, info, (png_uint_32)canvas->width_px, (png_uint_32)canvas->height_px,
		form == PNG_GREY_16 ? 16 : 8, form == PNG_GREY_16 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGBA,
		PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	png_set_sRGB(png, info, PNG_sRGB_INTENT_PERCEPTUAL);
	if (exif->size) /* without the "Exif\0\0" that JPEG wants */
		png_set_eXIf_1(png, info, (png_uint_32)exif->size - 6, exif->data + 6);
	png_write_info(png, info);
	for (int i = 0; i < canvas->height_px; i++) {
		png_row(&canvas->pixels[(size_t)i * (size_t)canvas->width_px], canvas->width_px, form, row);
		png_write_row(png, row);
	}
	png_write_end(png, info);
	png_destroy_write_struct(&png, &info);
	free(row);
	if (fclose(file) != 0)
		give_up(path);
}

void bytes_write(const char *path, const struct bytes *bytes)
{
	FILE *file = fopen(path, "wb");
	if (!file || fwrite(bytes->data, 1, bytes->size, file) != bytes->size || fclose(file) != 0)
		give_up(path);
}

struct bytes wide_profile(void)
{
	const cmsCIExyY white = { 0.3127, 0.3290, 1 };
	const cmsCIExyYTRIPLE primaries = { { 0.64, 0.33, 1 }, { 0.21, 0.71, 1 }, { 0.15, 0.06, 1 } };
	cmsToneCurve *curve = cmsBuildGamma(NULL, 563 / 256.0);
	cmsHPROFILE profile =
		cmsCreateRGBProfile(&white, &primaries, (cmsToneCurve *[]){ curve, curve, curve });
	cmsMLU *name = cmsMLUalloc(NULL, 1);
	cmsMLUsetASCII(name, "en", "US", "Wide gamut, as Adobe RGB (1998)");
	cmsWriteTag(profile, cmsSigProfileDescriptionTag, name);
	cmsMLUfree(name);
	cmsUInt32Number size = 0;
	cmsSaveProfileToMem(profile, NULL, &size);
	unsigned char *data = malloc(size);
	cmsSaveProfileToMem(profile, data, &size);
	cmsCloseProfile(profile);
	cmsFreeToneCurve(curve);
	/* ICC.1:2010, 7.2.8: when it was made, which is not to differ from day to day */
	memcpy(data + 24, "\x07\xe8\0\1\0\1\0\0\0\0\0\0", 12);
	return (struct bytes){ data, size };
}

void canvas_to_wide(struct canvas *canvas, const struct bytes *profile)
{
	cmsHPROFILE srgb = cmsCreate_sRGBProfile();
	cmsHPROFILE wide = cmsOpenProfileFromMem(profile->data, (cmsUInt32Number)profile->size);
	cmsHTRANSFORM transform = cmsCreateTransform(
		srgb, TYPE_RGB_DBL, wide, TYPE_RGB_DBL, INTENT_RELATIVE_COLORIMETRIC, cmsFLAGS_NOCACHE);
	for (int i = 0; i < canvas->width_px * canvas->height_px; i++) {
		struct colour *c = &canvas->pixels[i];
		double components[3] = { c->r, c->g, c->b };
		cmsDoTransform(transform, components, components, 1);
		*c = (struct colour){ components[0], components[1], components[2], c->alpha };
	}
	cmsDeleteTransform(transform);
	cmsCloseProfile(wide);
	cmsCloseProfile(srgb);
}
