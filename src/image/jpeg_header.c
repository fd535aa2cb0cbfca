#include "image/jpeg_header.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "image/jpeg_trap.h"
#include "image/metadata.h"
#include "image/read_at.h"

#define WINDOW_BYTES 4096
#define APP1 (JPEG_APP0 + 1)
#define APP2 (JPEG_APP0 + 2)

static const char exif_label[] = "Exif\0"; /* with the NUL that ends it: six bytes */
static const char icc_label[] = "ICC_PROFILE";

struct reader {
	struct jpeg_source_mgr source; /* first, because libjpeg hands out a pointer to it */
	int fd;
	int64_t at; /* where the bytes after the window are */
	bool at_end;
	int error; /* negative errno of a failed read, or 0 */
	unsigned char window[WINDOW_BYTES];
};

static struct reader *reader_of(j_decompress_ptr codec)
{
	return (struct reader *)codec->src;
}

static void do_nothing(j_decompress_ptr codec)
{
}

/* At the end of the file libjpeg wants an end-of-image marker, and fails over that where it should. */
static boolean fill(j_decompress_ptr codec)
{
	struct reader *reader = reader_of(codec);
	ssize_t got = read_at(reader->fd, reader->window, WINDOW_BYTES, reader->at);

	if (got < 0)
		reader->error = -errno;
	if (got <= 0) {
		reader->at_end = true;
		reader->window[0] = 0xff;
		reader->window[1] = JPEG_EOI;
		got = 2;
	}
	reader->at += got;
	reader->source.next_input_byte = reader->window;
	reader->source.bytes_in_buffer = (size_t)got;
	return TRUE;
}

/* What is skipped is not read: a camera's preview may be megabytes. */
static void skip(j_decompress_ptr codec, long count)
{
	struct reader *reader = reader_of(codec);
	size_t inside = reader->source.bytes_in_buffer;

	if (count <= 0)
		return;
	if ((size_t)count <= inside) {
		reader->source.next_input_byte += count;
		reader->source.bytes_in_buffer -= (size_t)count;
		return;
	}
	reader->at += count - (long)inside;
	reader->source.bytes_in_buffer = 0;
}

static void reader_init(struct reader *reader, int fd)
{
	*reader = (struct reader){
		.source = { .init_source = do_nothing,
			.fill_input_buffer = fill,
			.skip_input_data = skip,
			.resync_to_restart = jpeg_resync_to_restart,
			.term_source = do_nothing },
		.fd = fd,
	};
}

static enum colour_model model_of(const struct jpeg_decompress_struct *codec)
{
	switch (codec->jpeg_color_space) {
	case JCS_GRAYSCALE:
		return MODEL_GREY;
	case JCS_RGB:
	case JCS_YCbCr:
		return MODEL_RGB;
	case JCS_CMYK:
	case JCS_YCCK:
		return MODEL_CMYK;
	default:
		return MODEL_OTHER;
	}
}

static void take_markers(const struct jpeg_decompress_struct *codec, struct facts *facts)
{
	struct exif_facts exif = { .orientation = 1 };
	bool have_exif = false;

	for (jpeg_saved_marker_ptr marker = codec->marker_list; marker; marker = marker->next) {
		struct blob blob = { .data = marker->data, .size_bytes = marker->data_length };

		if (marker->marker == APP1 && !have_exif && blob.size_bytes >= sizeof(exif_label) &&
			memcmp(blob.data, exif_label, sizeof(exif_label)) == 0) {
			have_exif = true;
			metadata_read_facts(&blob, &exif);
		}
		if (marker->marker == APP2 && blob.size_bytes >= sizeof(icc_label) &&
			memcmp(blob.data, icc_label, sizeof(icc_label)) == 0)
			facts->profile = true;
	}
	facts->orientation = exif.orientation;
	facts->interop_adobe = exif.interop_adobe;
	facts->taken_s = exif.taken_s;
	facts->exif = exif.texts;
}

/* Luma samples per chroma sample. A file may have more chroma than luma, which counts as 1. */
static int ratio(int most, int chroma)
{
	return chroma > 0 && most > chroma ? most / chroma : 1;
}

/* Whether each of the two chroma components has one sample for a whole number of luma samples, and as many as
 * the other. */
static bool whole_ratios(const struct jpeg_decompress_struct *codec)
{
	const jpeg_component_info *luma = &codec->comp_info[0], *blue = luma + 1, *red = luma + 2;

	return luma->h_samp_factor == codec->max_h_samp_factor &&
	       luma->v_samp_factor == codec->max_v_samp_factor && blue->h_samp_factor == red->h_samp_factor &&
	       blue->v_samp_factor == red->v_samp_factor && luma->h_samp_factor % blue->h_samp_factor == 0 &&
	       luma->v_samp_factor % blue->v_samp_factor == 0;
}

static bool in_planes(const struct jpeg_decompress_struct *codec)
{
	return codec->jpeg_color_space == JCS_GRAYSCALE ||
	       (codec->jpeg_color_space == JCS_YCbCr && whole_ratios(codec));
}

static void take_header(struct jpeg_decompress_struct *codec, struct facts *facts)
{
	*facts = (struct facts){
		.format = FORMAT_JPEG,
		.width_px = (int)codec->image_width,
		.height_px = (int)codec->image_height,
		.frames = 1,
		.model = model_of(codec),
		.bits = codec->data_precision,
		.progressive = jpeg_has_multiple_scans(codec),
		.chroma_h = 1,
		.chroma_v = 1,
		.planes = in_planes(codec),
	};
	if (codec->num_components >= 3) {
		facts->chroma_h = ratio(codec->comp_info[0].h_samp_factor, codec->comp_info[1].h_samp_factor);
		facts->chroma_v = ratio(codec->comp_info[0].v_samp_factor, codec->comp_info[1].v_samp_factor);
	}
	take_markers(codec, facts);
}

static int fail(const struct reader *reader, const struct jpeg_trap *trap, struct err *err)
{
	struct err cause;

	if (reader->error)
		return err_set_errno(err, reader->error, "cannot be read");
	jpeg_trap_err(trap, reader->at_end ? &cause : err);
	if (reader->at_end)
		err_set(err, REASON_TRUNCATED, "file ends in the JPEG header: %.400s", cause.text);
	return -1;
}

static int read_header(struct jpeg_decompress_struct *codec, struct reader *reader, struct jpeg_trap *trap)
{
	if (setjmp(trap->jump))
		return -1;
	jpeg_create_decompress(codec);
	codec->src = &reader->source;
	jpeg_save_markers(codec, APP1, 0xffff);
	jpeg_save_markers(codec, APP2, sizeof(icc_label));
	jpeg_read_header(codec, TRUE);
	return 0;
}

int jpeg_header_read(int fd, struct facts *facts, struct err *err)
{
	struct jpeg_decompress_struct codec;
	struct jpeg_trap trap;
	struct reader reader;
	int result = 0;

	memset(&codec, 0, sizeof(codec));
	codec.err = jpeg_trap_init(&trap);
	reader_init(&reader, fd);
	if (read_header(&codec, &reader, &trap))
		result = fail(&reader, &trap, err);
	else
		take_header(&codec, facts);
	jpeg_destroy_decompress(&codec);
	return result;
}
