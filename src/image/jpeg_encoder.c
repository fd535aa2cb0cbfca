#include "image/jpeg_encoder.h"

#include <stdlib.h>
#include <string.h>

#include "image/jpeg_trap.h"

#include <jerror.h>

#define FIRST_CAPACITY_BYTES (256 * 1024)
#define IMCU_ROWS_MAX (MAX_SAMP_FACTOR * DCTSIZE)

struct jpeg_encoder {
	struct jpeg_compress_struct codec;
	struct jpeg_trap trap;
	struct jpeg_destination_mgr target;
	JSAMPROW rows[PLANES_MAX][IMCU_ROWS_MAX];
	JSAMPARRAY image[PLANES_MAX];
	uint8_t *data; /* the file */
	size_t capacity_bytes, size_bytes;
};

static struct jpeg_encoder *encoder_of(j_compress_ptr codec)
{
	return (struct jpeg_encoder *)codec->client_data;
}

static void target_point(struct jpeg_encoder *encoder, size_t used_bytes)
{
	encoder->target.next_output_byte = encoder->data + used_bytes;
	encoder->target.free_in_buffer = encoder->capacity_bytes - used_bytes;
}

static bool grow(struct jpeg_encoder *encoder, size_t capacity_bytes)
{
	uint8_t *data = realloc(encoder->data, capacity_bytes);

	if (!data)
		return false;
	encoder->data = data;
	encoder->capacity_bytes = capacity_bytes;
	return true;
}

static void target_init(j_compress_ptr codec)
{
	struct jpeg_encoder *encoder = encoder_of(codec);

	if (!encoder->data && !grow(encoder, FIRST_CAPACITY_BYTES))
		ERREXIT1(codec, JERR_OUT_OF_MEMORY, 0);
	target_point(encoder, 0);
}

static boolean target_full(j_compress_ptr codec)
{
	struct jpeg_encoder *encoder = encoder_of(codec);
	size_t used_bytes = encoder->capacity_bytes;

	if (!grow(encoder, 2 * used_bytes))
		ERREXIT1(codec, JERR_OUT_OF_MEMORY, 0);
	target_point(encoder, used_bytes);
	return TRUE;
}

static void target_term(j_compress_ptr codec)
{
	struct jpeg_encoder *encoder = encoder_of(codec);

	encoder->size_bytes = encoder->capacity_bytes - encoder->target.free_in_buffer;
}

static void set_sampling(j_compress_ptr codec, const struct planes *planes)
{
	codec->comp_info[0].h_samp_factor = planes->chroma_h;
	codec->comp_info[0].v_samp_factor = planes->chroma_v;
	for (int i = 1; i < planes->count; i++) {
		codec->comp_info[i].h_samp_factor = 1;
		codec->comp_info[i].v_samp_factor = 1;
	}
}

static int codec_create(struct jpeg_encoder *encoder)
{
	if (setjmp(encoder->trap.jump))
		return -1;
	jpeg_create_compress(&encoder->codec);
	encoder->codec.dest = &encoder->target;
	encoder->codec.client_data = encoder;
	return 0;
}

static int codec_start(
	struct jpeg_encoder *encoder, const struct planes *planes, const struct jpeg_encode_options *options)
{
	j_compress_ptr codec = &encoder->codec;

	if (setjmp(encoder->trap.jump))
		return -1;
	codec->image_width = (JDIMENSION)planes->width_px;
	codec->image_height = (JDIMENSION)planes->height_px;
	codec->input_components = planes->count;
	codec->in_color_space = planes->count == 1 ? JCS_GRAYSCALE : JCS_YCbCr;
	jpeg_set_defaults(codec);
	codec->raw_data_in = TRUE;
	codec->optimize_coding = options->optimize;
	jpeg_set_quality(codec, options->quality, TRUE);
	if (options->progressive)
		jpeg_simple_progression(codec);
	set_sampling(codec, planes);
	codec->write_JFIF_header = FALSE;
	jpeg_start_compress(codec, TRUE);
	return 0;
}

static int codec_write(struct jpeg_encoder *encoder)
{
	if (setjmp(encoder->trap.jump))
		return -1;
	jpeg_write_raw_data(&encoder->codec, encoder->image, IMCU_ROWS_MAX);
	return 0;
}

static int codec_finish(struct jpeg_encoder *encoder)
{
	if (setjmp(encoder->trap.jump))
		return -1;
	jpeg_finish_compress(&encoder->codec);
	return 0;
}

struct jpeg_encoder *jpeg_encoder_new(void)
{
	struct jpeg_encoder *encoder = calloc(1, sizeof(*encoder));

	if (!encoder)
		return NULL;
	encoder->codec.err = jpeg_trap_init(&encoder->trap);
	encoder->target.init_destination = target_init;
	encoder->target.empty_output_buffer = target_full;
	encoder->target.term_destination = target_term;
	for (int i = 0; i < PLANES_MAX; i++)
		encoder->image[i] = encoder->rows[i];
	return encoder;
}

void jpeg_encoder_free(struct jpeg_encoder *encoder)
{
	if (!encoder)
		return;
	jpeg_destroy_compress(&encoder->codec);
	free(encoder->data);
	free(encoder);
}

/* The last row stands in for those below the picture. */
static void point_rows(struct jpeg_encoder *encoder, const struct planes *planes, int imcu_row)
{
	for (int i = 0; i < planes->count; i++) {
		const struct plane *plane = &planes->plane[i];
		int rows = encoder->codec.comp_info[i].v_samp_factor * DCTSIZE;

		for (int y = 0; y < rows; y++) {
			int row = imcu_row * rows + y;

			if (row >= plane->height)
				row = plane->height - 1;
			encoder->rows[i][y] = plane->data + (size_t)row * plane->stride_bytes;
		}
	}
}

int jpeg_encoder_encode(struct jpeg_encoder *encoder, struct planes *planes,
	const struct jpeg_encode_options *options, struct jpeg_file *file, struct err *err)
{
	int imcu_rows = plane_samples(planes->height_px, planes->chroma_v * DCTSIZE);

	/* A new one for each picture: a codec that is used again keeps the Huffman tables that were made for
	 * the last picture. */
	jpeg_destroy_compress(&encoder->codec);
	jpeg_trap_reset(&encoder->trap);
	planes_pad_rows(planes);
	if (codec_create(encoder) || codec_start(encoder, planes, options))
		return jpeg_trap_err(&encoder->trap, err);
	for (int i = 0; i < imcu_rows; i++) {
		point_rows(encoder, planes, i);
		if (codec_write(encoder))
			return jpeg_trap_err(&encoder->trap, err);
	}
	if (codec_finish(encoder))
		return jpeg_trap_err(&encoder->trap, err);
	file->data = encoder->data;
	file->size_bytes = encoder->size_bytes;
	return 0;
}

void jpeg_encoder_trim(struct jpeg_encoder *encoder, size_t size_bytes)
{
	if (encoder->capacity_bytes <= size_bytes)
		return;
	free(encoder->data);
	encoder->data = NULL;
	encoder->capacity_bytes = 0;
}
