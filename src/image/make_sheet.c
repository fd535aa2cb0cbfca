#include "image/make_sheet.h"

#include <cairo-pdf.h>
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "image/encode.h"
#include "image/fingerprint.h"
#include "image/making.h"
#include "image/open.h"
#include "image/saver.h"
#include "image/sheet_page.h"
#include "image/sheet_thumb.h"
#include "image/sink.h"
#include "sys/clock.h"
#include "sys/dir.h"

#define MM_PER_INCH 25.4
#define PT_PER_INCH 72.0

/* A file in the making. */
struct sheet {
	struct maker *maker;
	const struct sheet_request *request;
	const struct sheet_settings *settings;
	struct sheet_style style;
	bool pdf;
};

/* A failure that is one picture's has its name in front. */
static int blame(const struct sheet_picture *picture, struct err *err)
{
	const struct err why = *err;
	char name[160];

	return err_set(
		err, why.reason, "%s: %s", text_printable(picture->path, name, sizeof(name)), why.text);
}

static cairo_surface_t *load(const struct sheet *sheet, const struct sheet_picture *picture, int width_px,
	int height_px, struct err *err)
{
	const struct settings *settings = sheet->maker->settings;
	const struct probe_limits limits = { .max_pixels = settings->run.max_pixels,
		.allow_untrusted = settings->input.allow_untrusted };
	const struct thumb_order order = { &limits, sheet->maker->colours, sheet->settings->background,
		width_px, height_px };
	autoclose int fd = dir_open_beneath(sheet->maker->output_fd, picture->path, O_RDONLY, false);

	if (fd >= 0)
		return sheet_thumb_new(fd, &order, err);
	err_set_errno(err, fd, "cannot be opened");
	return NULL;
}

/* Let a PDF hold the picture as a JPEG. */
static int attach_jpeg_data(const struct sheet *sheet, cairo_surface_t *surface, struct err *err)
{
	const struct output_settings settings = { .quality = sheet->settings->quality };
	VipsImage *image = sheet_image_new(surface);
	void *data = NULL;
	size_t size_bytes;
	int failed = image ? saver_jpeg_buffer(image, &settings, &data, &size_bytes) : -1;

	g_clear_object(&image);
	if (failed)
		return err_set_vips(err, REASON_INTERNAL);
	if (cairo_surface_set_mime_data(surface, CAIRO_MIME_TYPE_JPEG, data, size_bytes, g_free, data) ==
		CAIRO_STATUS_SUCCESS)
		return 0;
	g_free(data);
	return err_set(err, REASON_OUT_OF_MEMORY, "no memory for a thumbnail");
}

/* A PDF needs no more pixels than the picture has: who shows it enlarges. */
static int draw_picture(const struct sheet *sheet, cairo_t *cairo, const struct sheet_picture *picture,
	const struct sheet_rect *place, struct err *err)
{
	bool small = sheet->pdf && place->width_px > picture->width_px;
	int width_px = small ? picture->width_px : place->width_px;
	int height_px = small ? picture->height_px : place->height_px;
	cairo_surface_t *surface = load(sheet, picture, width_px, height_px, err);

	if (!surface || (sheet->pdf && attach_jpeg_data(sheet, surface, err) < 0)) {
		g_clear_pointer(&surface, cairo_surface_destroy);
		return blame(picture, err);
	}
	cairo_save(cairo);
	cairo_translate(cairo, place->left_px, place->top_px);
	cairo_scale(cairo, (double)place->width_px / width_px, (double)place->height_px / height_px);
	cairo_set_source_surface(cairo, surface, 0, 0);
	cairo_paint(cairo);
	cairo_restore(cairo);
	cairo_surface_destroy(surface);
	return 0;
}

/* Page `page` of the file, from 0 on. */
static int draw_page(const struct sheet *sheet, cairo_t *cairo, size_t page, struct err *err)
{
	const struct sheet_request *request = sheet->request;
	size_t places = (size_t)sheet->style.layout.columns * (size_t)sheet->style.layout.rows;

	maker_reach(sheet->maker, STAGE_DECODE);
	colours_trim(sheet->maker->colours);
	sheet_page_begin(&sheet->style, cairo, request->headers[page]);
	for (size_t i = 0; i < places && page * places + i < request->pictures_count; i++) {
		const struct sheet_picture *picture = &request->pictures[page * places + i];
		struct sheet_cell cell = sheet_layout_cell(
			&sheet->style.layout, (int)i, picture->width_px, picture->height_px);

		if (draw_picture(sheet, cairo, picture, &cell.picture, err) < 0)
			return -1;
		sheet_page_caption(&sheet->style, cairo, &cell.caption, picture->caption);
	}
	return 0;
}

static int check_drawn(cairo_status_t status, struct err *err)
{
	if (status == CAIRO_STATUS_SUCCESS)
		return 0;
	return err_set(err, status == CAIRO_STATUS_NO_MEMORY ? REASON_OUT_OF_MEMORY : REASON_INTERNAL,
		"the page cannot be drawn: %s", cairo_status_to_string(status));
}

/* The page on `surface` as a JPEG, without metadata, in sRGB. */
static int encode(const struct sheet *sheet, cairo_surface_t *surface, int fd, struct err *err)
{
	const struct output_settings settings = { .quality = sheet->settings->quality };
	const struct metadata nothing = { .exif = { NULL, 0 } };
	struct encode_order order = { .format = FORMAT_JPEG,
		.settings = &settings,
		.metadata = &nothing,
		.srgb = true,
		.density_x = sheet->settings->dpi / MM_PER_INCH,
		.density_y = sheet->settings->dpi / MM_PER_INCH,
		.otherwise = REASON_INTERNAL };
	bool dropped;
	int result;

	maker_reach(sheet->maker, STAGE_ENCODE);
	order.image = sheet_image_new(surface);
	if (!order.image)
		return err_set_vips(err, REASON_OUT_OF_MEMORY);
	result = encode_to(fd, &order, &dropped, err);
	g_object_unref(order.image);
	return result;
}

static int write_jpeg(const struct sheet *sheet, int fd, struct err *err)
{
	cairo_surface_t *surface = cairo_image_surface_create(
		CAIRO_FORMAT_RGB24, sheet->style.layout.width_px, sheet->style.layout.height_px);
	cairo_t *cairo = cairo_create(surface);
	int result = draw_page(sheet, cairo, 0, err);

	if (result == 0)
		result = check_drawn(cairo_status(cairo), err);
	cairo_destroy(cairo);
	if (result == 0)
		result = encode(sheet, surface, fd, err);
	cairo_surface_destroy(surface);
	return result;
}

static cairo_status_t put(void *sink, const unsigned char *data, unsigned int size_bytes)
{
	return sink_write(sink, data, size_bytes) ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

/* What Cairo would fill in by itself is the hour at which it is made: then no two files were the same. */
static void label_pdf(const struct sheet *sheet, cairo_surface_t *surface)
{
	g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(sheet->request->date_s);
	g_autofree char *text = date ? g_date_time_format(date, "%Y-%m-%dT%H:%M:%SZ") : NULL;
	const char *day = text ? text : "1970-01-01T00:00:00Z";

	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, day);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE, day);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "stampmill");
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, sheet->settings->label);
}

static int draw_pdf(const struct sheet *sheet, struct sink *sink, struct err *err)
{
	double scale = PT_PER_INCH / sheet->settings->dpi;
	cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(
		put, sink, sheet->style.layout.width_px * scale, sheet->style.layout.height_px * scale);
	cairo_t *cairo = cairo_create(surface);
	cairo_status_t status;
	int result = 0;

	label_pdf(sheet, surface);
	cairo_scale(cairo, scale, scale);
	for (size_t page = 0; page < sheet->request->pages && result == 0 && !sink->error; page++) {
		result = draw_page(sheet, cairo, page, err);
		cairo_show_page(cairo);
	}
	maker_reach(sheet->maker, STAGE_ENCODE);
	cairo_destroy(cairo);
	cairo_surface_finish(surface);
	status = cairo_surface_status(surface);
	cairo_surface_destroy(surface);
	sink_flush(sink);
	if (sink->error)
		return err_set_errno(err, sink->error, "cannot write");
	return result < 0 ? -1 : check_drawn(status, err);
}

static int write_pdf(const struct sheet *sheet, int fd, struct err *err)
{
	struct sink sink;
	int error = sink_init(&sink, fd), result;

	if (error)
		return err_set_errno(err, error, "cannot write");
	result = draw_pdf(sheet, &sink, err);
	sink_finish(&sink);
	return result;
}

static int publish(const struct sheet *sheet, struct outfile *file, struct made_output *made, struct err *err)
{
	bool sync = sheet->maker->settings->run.sync;
	struct stat status;
	int error;

	maker_reach(sheet->maker, STAGE_SYNC);
	error = sync ? outfile_flush(file) : 0;
	if (!error)
		error = fstat(file->fd, &status) ? -errno : fingerprint_file(file->fd, made->content);
	maker_reach(sheet->maker, STAGE_PUBLISH);
	if (!error)
		error = outfile_commit(file, sync);
	if (error)
		return err_set_errno(err, error, "cannot write");
	made->width_px = sheet->style.layout.width_px;
	made->height_px = sheet->style.layout.height_px;
	made->size_bytes = status.st_size;
	return 0;
}

static int write_file(const struct sheet *sheet, struct made_output *made, struct err *err)
{
	struct outfile file = OUTFILE_INIT;
	int result = outfile_begin(&file, sheet->maker->output_fd, sheet->request->path);

	if (result)
		return err_set_errno(err, result, "cannot write");
	result = sheet->pdf ? write_pdf(sheet, file.fd, err) : write_jpeg(sheet, file.fd, err);
	if (result == 0)
		result = publish(sheet, &file, made, err);
	outfile_abort(&file);
	return result;
}

int make_sheet(struct maker *maker, const struct sheet_request *request, struct make_reply *reply)
{
	struct sheet sheet = {
		.maker = maker, .request = request, .settings = &maker->settings->sheets[request->sheet]
	};
	int64_t begun_us = clock_us();
	int result;

	memset(reply, 0, sizeof(*reply));
	sheet.pdf = sheet.settings->format == SHEET_PDF;
	result = sheet_style_init(&sheet.style, sheet.settings, maker->colours, &reply->err);
	if (result == 0)
		result = write_file(&sheet, &reply->outputs[0], &reply->err);
	sheet_style_finish(&sheet.style);
	reply->outputs_count = result == 0;
	reply->total_ms = making_ms(clock_us() - begun_us);
	maker_reach(maker, STAGE_IDLE);
	return result;
}

int make_sheet_check(struct maker *maker, struct err *err)
{
	int result = 0;

	for (size_t i = 0; i < maker->settings->sheets_count && result == 0; i++) {
		struct sheet_style style;

		result = sheet_style_init(&style, &maker->settings->sheets[i], maker->colours, err);
		sheet_style_finish(&style);
	}
	return result;
}
