#include "image/encode.h"

#include <errno.h>
#include <string.h>

#include "image/attach.h"
#include "image/open.h"
#include "image/saver.h"
#include "image/sink.h"
#include "image/tiff_tags.h"

static const struct limit {
	enum format format;
	int side_px;
} limits[] = {
	{ FORMAT_JPEG, 65535 },
	{ FORMAT_WEBP, 16383 },
	{ FORMAT_AVIF, 16384 },
};

int encode_check_size(enum format format, int width_px, int height_px, struct err *err)
{
	for (size_t i = 0; i < G_N_ELEMENTS(limits); i++)
		if (limits[i].format == format &&
			(width_px > limits[i].side_px || height_px > limits[i].side_px))
			return err_set(err, REASON_UNSUPPORTED,
				"%dx%d pixels are more than %s can hold, which is %d a side", width_px,
				height_px, format_name(format), limits[i].side_px);
	return 0;
}

int encode_quality(const struct encode_order *order)
{
	return order->lower_quality ? order->lower_quality : order->settings->quality;
}

/* A copy of the image's header that may be given fields. */
static VipsImage *labelled(const struct encode_order *order)
{
	VipsImage *image = NULL;

	if (vips_copy(order->image, &image, "xres", order->density_x, "yres", order->density_y, NULL))
		return NULL;
	saver_set_blob(image, VIPS_META_ICC_NAME, order->icc, order->icc_bytes);
	return image;
}

/* `error` is a failed write's; 0 where the encoder, or what makes its rows, has said what is wrong. */
static int explain(const struct encode_order *order, int error, struct err *err)
{
	if (!error)
		return err_set_vips(err, order->otherwise);
	vips_error_clear();
	return err_set_errno(err, error, "cannot write");
}

static int save_through(
	struct sink *sink, const struct encode_order *order, saver_function save, struct err *err)
{
	VipsImage *image = labelled(order);
	VipsTarget *target = sink_target(sink);
	int failed = image ? save(order, image, target) : -1;

	g_clear_object(&image);
	g_object_unref(target);
	sink_flush(sink);
	return failed || sink->error ? explain(order, sink->error, err) : 0;
}

static int write_jpeg(
	struct sink *sink, const struct encode_order *order, struct attachments *attachments, struct err *err)
{
	GByteArray *markers = g_byte_array_new();
	int result;

	attach_jpeg(attachments, order->image->Type != VIPS_INTERPRETATION_CMYK, markers);
	sink->lead_bytes = ATTACH_JPEG_AT;
	sink->put = markers->data;
	sink->put_bytes = markers->len;
	result = save_through(sink, order, saver_jpeg, err);
	g_byte_array_unref(markers);
	return result;
}

static int write_png(
	struct sink *sink, const struct encode_order *order, struct attachments *attachments, struct err *err)
{
	GByteArray *chunks = g_byte_array_new();
	int result;

	attach_png(attachments, chunks);
	sink->lead_bytes = ATTACH_PNG_AT;
	sink->put = chunks->data;
	sink->put_bytes = chunks->len;
	result = save_through(sink, order, saver_png, err);
	g_byte_array_unref(chunks);
	return result;
}

static int write_webp(
	struct sink *sink, const struct encode_order *order, struct attachments *attachments, struct err *err)
{
	void *plain = NULL;
	size_t plain_bytes;
	GByteArray *file;
	bool sound;
	int error;

	if (saver_webp(order, &plain, &plain_bytes))
		return explain(order, 0, err);
	file = g_byte_array_new();
	sound = attach_webp(attachments, plain, plain_bytes, order->image->Xsize, order->image->Ysize,
		vips_image_hasalpha(order->image), file);
	error = sound ? sink_write(sink, file->data, file->len) : -EPROTO;
	if (!error)
		error = sink_flush(sink);
	g_byte_array_unref(file);
	g_free(plain);
	return error ? explain(order, error, err) : 0;
}

static int write_tiff(struct sink *sink, const struct encode_order *order, struct err *err)
{
	VipsTarget *target = sink_seekable_target(sink);
	VipsImage *image = labelled(order);
	int failed = -1, error;

	if (image) {
		saver_set_blob(image, VIPS_META_XMP_NAME, order->metadata->xmp.data,
			order->metadata->xmp.size_bytes);
		failed = saver_tiff(order, image, target);
	}
	g_clear_object(&image);
	g_object_unref(target);
	if (failed || sink->error)
		return explain(order, sink->error, err);
	error = tiff_tags_write(sink->fd, order->metadata);
	return error ? explain(order, error, err) : 0;
}

static int write_as(
	struct sink *sink, const struct encode_order *order, struct attachments *attachments, struct err *err)
{
	switch (order->format) {
	case FORMAT_JPEG:
		return write_jpeg(sink, order, attachments, err);
	case FORMAT_PNG:
		return write_png(sink, order, attachments, err);
	case FORMAT_WEBP:
		return write_webp(sink, order, attachments, err);
	case FORMAT_TIFF:
		return write_tiff(sink, order, err);
	case FORMAT_AVIF:
		return save_through(sink, order, saver_avif, err);
	default:
		return err_set(err, REASON_UNSUPPORTED, "%s cannot be written", format_name(order->format));
	}
}

int encode_to(int fd, const struct encode_order *order, bool *dropped, struct err *err)
{
	struct attachments attachments = {
		.metadata = order->metadata,
		.icc = order->icc,
		.icc_bytes = order->icc_bytes,
		.density_x = order->density_x,
		.density_y = order->density_y,
	};
	struct sink sink;
	int result;

	result = sink_init(&sink, fd);
	if (result)
		return err_set_errno(err, result, "cannot write");
	result = write_as(&sink, order, &attachments, err);
	sink_finish(&sink);
	*dropped = attachments.dropped;
	return result;
}
