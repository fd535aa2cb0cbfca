#include "image/jpeg_decoder.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "image/jpeg_trap.h"

#include <jerror.h>

/* Larger pieces than the codec asks for: it has a faster way through data that is there in full. */
#define PIECE_BYTES 65536
/* Few enough rows of each plane for the processor's cache, enough for the resampler's vectors. */
#define BAND_ROWS 32
#define IMCU_ROWS_MAX (MAX_SAMP_FACTOR * DCTSIZE)

#if JPEG_LIB_VERSION >= 70
#define DCT_SIZE(component) ((component)->DCT_h_scaled_size)
#else
#define DCT_SIZE(component) ((component)->DCT_scaled_size)
#endif

struct file_source {
	struct jpeg_source_mgr manager; /* first, because libjpeg hands out a pointer to it */
	int fd;
	int64_t offset_bytes;
	int error; /* negative errno of a failed read, or 0 */
	bool end_is_error;
	JOCTET piece[PIECE_BYTES];
};

struct jpeg_decoder_state {
	struct jpeg_decompress_struct codec;
	struct jpeg_trap trap;
	struct file_source source;
	enum fail_on fail_on;
	JSAMPROW rows[PLANES_MAX][IMCU_ROWS_MAX];
	JSAMPARRAY image[PLANES_MAX];
	unsigned int imcu_rows_read, imcu_rows_per_band;
	struct band band;
	struct kept memory, profile;
};

static struct file_source *source_of(j_decompress_ptr codec)
{
	return (struct file_source *)codec->src;
}

static void source_init(j_decompress_ptr codec)
{
}

static boolean source_fill(j_decompress_ptr codec)
{
	struct file_source *source = source_of(codec);
	ssize_t got;

	do
		got = pread(source->fd, source->piece, PIECE_BYTES, source->offset_bytes);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		source->error = -errno;
	if (got < 0 || (got == 0 && source->end_is_error))
		ERREXIT(codec, JERR_INPUT_EOF);
	if (got == 0) {
		WARNMS(codec, JWRN_JPEG_EOF);
		source->piece[0] = 0xFF;
		source->piece[1] = JPEG_EOI;
		got = 2;
	} else {
		source->offset_bytes += got;
	}
	source->manager.next_input_byte = source->piece;
	source->manager.bytes_in_buffer = (size_t)got;
	return TRUE;
}

static void source_skip(j_decompress_ptr codec, long count)
{
	struct jpeg_source_mgr *manager = codec->src;

	while (count > (long)manager->bytes_in_buffer) {
		count -= (long)manager->bytes_in_buffer;
		source_fill(codec);
	}
	if (count > 0) {
		manager->next_input_byte += count;
		manager->bytes_in_buffer -= (size_t)count;
	}
}

static void source_term(j_decompress_ptr codec)
{
}

static void source_reset(struct file_source *source, int fd, bool end_is_error)
{
	source->manager = (struct jpeg_source_mgr){
		.init_source = source_init,
		.fill_input_buffer = source_fill,
		.skip_input_data = source_skip,
		.resync_to_restart = jpeg_resync_to_restart,
		.term_source = source_term,
	};
	source->fd = fd;
	source->offset_bytes = 0;
	source->error = 0;
	source->end_is_error = end_is_error;
}

static int codec_create(struct jpeg_decoder_state *state)
{
	if (setjmp(state->trap.jump))
		return -1;
	jpeg_create_decompress(&state->codec);
	state->codec.src = &state->source.manager;
	return 0;
}

/* What libvips' loader looks at: EXIF and XMP, the profile, Photoshop's block. */
static int codec_read_header(struct jpeg_decoder_state *state)
{
	if (setjmp(state->trap.jump))
		return -1;
	jpeg_save_markers(&state->codec, JPEG_APP0 + 1, 0xFFFF);
	jpeg_save_markers(&state->codec, JPEG_APP0 + 2, 0xFFFF);
	jpeg_save_markers(&state->codec, JPEG_APP0 + 13, 0xFFFF);
	jpeg_read_header(&state->codec, TRUE);
	return 0;
}

static int codec_start(struct jpeg_decoder_state *state)
{
	if (setjmp(state->trap.jump))
		return -1;
	jpeg_start_decompress(&state->codec);
	return 0;
}

static int codec_read(struct jpeg_decoder_state *state)
{
	if (setjmp(state->trap.jump))
		return -1;
	jpeg_read_raw_data(&state->codec, state->image, IMCU_ROWS_MAX);
	return 0;
}

/* Say why the codec stopped. */
static int stopped(const struct jpeg_decoder_state *state, struct err *err)
{
	if (state->source.error)
		return err_set_errno(err, state->source.error, "cannot read the file");
	return jpeg_trap_err(&state->trap, err);
}

struct jpeg_decoder *jpeg_decoder_new(void)
{
	struct jpeg_decoder *decoder = calloc(1, sizeof(*decoder));

	if (!decoder)
		return NULL;
	decoder->state = calloc(1, sizeof(*decoder->state));
	if (!decoder->state) {
		free(decoder);
		return NULL;
	}
	decoder->state->codec.err = jpeg_trap_init(&decoder->state->trap);
	for (int i = 0; i < PLANES_MAX; i++)
		decoder->state->image[i] = decoder->state->rows[i];
	return decoder;
}

void jpeg_decoder_free(struct jpeg_decoder *decoder)
{
	if (!decoder)
		return;
	jpeg_destroy_decompress(&decoder->state->codec);
	kept_finish(&decoder->state->memory);
	kept_finish(&decoder->state->profile);
	free(decoder->state);
	free(decoder);
}

static bool begins(const struct jpeg_marker_struct *marker, const char *prefix)
{
	size_t length = strlen(prefix);

	return marker->data_length > length && memcmp(marker->data, prefix, length) == 0;
}

static struct blob blob_from(const struct jpeg_marker_struct *marker, size_t offset_bytes)
{
	return (struct blob){ marker->data + offset_bytes, marker->data_length - offset_bytes };
}

/* After the address of the name space and a zero. */
static struct blob xmp_packet(const struct jpeg_marker_struct *marker)
{
	size_t most = marker->data_length < 82 ? marker->data_length - 2 : 80;
	const JOCTET *zero = memchr(marker->data, 0, most + 1);

	return zero ? blob_from(marker, (size_t)(zero - marker->data) + 1) : (struct blob){ NULL, 0 };
}

/* The first of each kind counts, as in libvips. */
static void collect_metadata(const struct jpeg_decompress_struct *codec, struct metadata *metadata)
{
	*metadata = (struct metadata){ 0 };
	for (jpeg_saved_marker_ptr marker = codec->marker_list; marker; marker = marker->next) {
		if (marker->marker == JPEG_APP0 + 1 && !metadata->exif.data && begins(marker, "Exif"))
			metadata->exif = blob_from(marker, 0);
		else if (marker->marker == JPEG_APP0 + 1 && !metadata->xmp.data && begins(marker, "http"))
			metadata->xmp = xmp_packet(marker);
		else if (marker->marker == JPEG_APP0 + 13 && !metadata->iptc.data && begins(marker, "Photo"))
			metadata->iptc = blob_from(marker, 0);
	}
}

#define PROFILE_PIECES 100
#define PROFILE_HEAD_BYTES 14

/* The pieces of a profile are numbered from 1; those after a gap do not count, as in libvips. */
static int collect_profile(struct jpeg_decoder_state *state, struct blob *profile)
{
	struct blob pieces[PROFILE_PIECES] = { { NULL, 0 } };
	size_t size_bytes = 0;

	*profile = (struct blob){ NULL, 0 };
	for (jpeg_saved_marker_ptr marker = state->codec.marker_list; marker; marker = marker->next)
		if (marker->marker == JPEG_APP0 + 2 && marker->data_length > PROFILE_HEAD_BYTES &&
			begins(marker, "ICC_PROFILE") && marker->data[12] >= 1 &&
			marker->data[12] <= PROFILE_PIECES)
			pieces[marker->data[12] - 1] = blob_from(marker, PROFILE_HEAD_BYTES);
	for (int i = 0; i < PROFILE_PIECES && pieces[i].data; i++)
		size_bytes += pieces[i].size_bytes;
	if (!size_bytes)
		return 0;
	if (kept_reserve(&state->profile, size_bytes))
		return -ENOMEM;
	*profile = (struct blob){ state->profile.data, 0 };
	for (int i = 0; i < PROFILE_PIECES && pieces[i].data; i++) {
		memcpy(profile->data + profile->size_bytes, pieces[i].data, pieces[i].size_bytes);
		profile->size_bytes += pieces[i].size_bytes;
	}
	return 0;
}

/* Chroma that the planes cannot hold: 0. */
static void describe_chroma(const struct jpeg_decompress_struct *codec, struct jpeg_header *header)
{
	const jpeg_component_info *luma = &codec->comp_info[0], *blue = luma + 1, *red = luma + 2;

	header->chroma_h = header->chroma_v = 1;
	if (header->colour != JPEG_YCC)
		return;
	if (blue->h_samp_factor != red->h_samp_factor || luma->h_samp_factor != codec->max_h_samp_factor ||
		luma->h_samp_factor % blue->h_samp_factor)
		header->chroma_h = 0;
	else
		header->chroma_h = luma->h_samp_factor / blue->h_samp_factor;
	if (blue->v_samp_factor != red->v_samp_factor || luma->v_samp_factor != codec->max_v_samp_factor ||
		luma->v_samp_factor % blue->v_samp_factor)
		header->chroma_v = 0;
	else
		header->chroma_v = luma->v_samp_factor / blue->v_samp_factor;
}

static void describe(const struct jpeg_decompress_struct *codec, struct jpeg_header *header)
{
	header->width_px = (int)codec->image_width;
	header->height_px = (int)codec->image_height;
	header->colour = JPEG_OTHER_COLOUR;
	if (codec->jpeg_color_space == JCS_GRAYSCALE)
		header->colour = JPEG_GREY;
	else if (codec->jpeg_color_space == JCS_YCbCr)
		header->colour = JPEG_YCC;
	header->density = (struct jpeg_density){
		.known = codec->saw_JFIF_marker,
		.unit = codec->density_unit,
		.x = codec->X_density,
		.y = codec->Y_density,
	};
	describe_chroma(codec, header);
	collect_metadata(codec, &header->metadata);
}

int jpeg_decoder_open(struct jpeg_decoder *decoder, int fd, enum fail_on fail_on, struct err *err)
{
	struct jpeg_decoder_state *state = decoder->state;

	/* A new one for each picture: a codec that is used again keeps the tables of the last picture, and a
	 * file without its own would be decoded with those. */
	jpeg_destroy_decompress(&state->codec);
	jpeg_trap_reset(&state->trap);
	source_reset(&state->source, fd, fail_on >= FAIL_ON_TRUNCATED);
	state->fail_on = fail_on;
	if (codec_create(state) || codec_read_header(state))
		return stopped(state, err);
	describe(&state->codec, &decoder->header);
	if (collect_profile(state, &decoder->header.profile))
		return err_set(err, REASON_OUT_OF_MEMORY, "no memory for the picture's profile");
	return 0;
}

static void describe_component(struct jpeg_decoder_state *state, int i, struct jpeg_component *component)
{
	const struct jpeg_decompress_struct *codec = &state->codec;
	const jpeg_component_info *info = &codec->comp_info[i];

	component->width = (int)info->downsampled_width;
	component->height = (int)info->downsampled_height;
	component->step_x = codec->max_h_samp_factor * DCTSIZE / (info->h_samp_factor * DCT_SIZE(info));
	component->step_y = codec->max_v_samp_factor * DCTSIZE / (info->v_samp_factor * DCT_SIZE(info));
}

static int imcu_rows(const struct jpeg_decoder_state *state, int i)
{
	const jpeg_component_info *info = &state->codec.comp_info[i];

	return info->v_samp_factor * DCT_SIZE(info);
}

/* Bands of as many rows as give every plane BAND_ROWS at least. */
static int reserve_band(struct jpeg_decoder_state *state)
{
	struct band *band = &state->band;
	size_t offset_bytes[PLANES_MAX], size_bytes = 0;
	int least = IMCU_ROWS_MAX;

	band->count = state->codec.num_components;
	for (int i = 0; i < band->count; i++)
		if (imcu_rows(state, i) < least)
			least = imcu_rows(state, i);
	state->imcu_rows_per_band = (unsigned int)((BAND_ROWS + least - 1) / least);
	for (int i = 0; i < band->count; i++) {
		const jpeg_component_info *info = &state->codec.comp_info[i];

		band->plane[i].stride_bytes = band_stride((int)info->width_in_blocks * DCT_SIZE(info));
		band->plane[i].width = (int)info->downsampled_width;
		band->plane[i].room = imcu_rows(state, i) * (int)state->imcu_rows_per_band;
		offset_bytes[i] = size_bytes;
		size_bytes += band->plane[i].stride_bytes * (size_t)band->plane[i].room;
	}
	if (kept_reserve(&state->memory, size_bytes))
		return -ENOMEM;
	/* the last band leaves rows as they were, and those are resampled with the others */
	memset(state->memory.data, 0, size_bytes);
	for (int i = 0; i < band->count; i++)
		band->plane[i].data = state->memory.data + offset_bytes[i] + BAND_MARGIN;
	return 0;
}

int jpeg_decoder_start(struct jpeg_decoder *decoder, int denominator, struct err *err)
{
	struct jpeg_decoder_state *state = decoder->state;

	assert(decoder->header.colour != JPEG_OTHER_COLOUR && decoder->header.chroma_h &&
		decoder->header.chroma_v);
	state->codec.raw_data_out = TRUE;
	state->codec.scale_num = 1;
	state->codec.scale_denom = (unsigned int)denominator;
	state->imcu_rows_read = 0;
	if (codec_start(state))
		return stopped(state, err);
	for (int i = 0; i < state->codec.num_components; i++)
		describe_component(state, i, &decoder->component[i]);
	if (reserve_band(state))
		return err_set(err, REASON_OUT_OF_MEMORY, "no memory for the picture's rows");
	return 0;
}

int jpeg_decoder_band_rows(const struct jpeg_decoder *decoder, int i)
{
	return decoder->state->band.plane[i].room;
}

static void point_rows(struct jpeg_decoder_state *state, unsigned int imcu_row_of_band)
{
	for (int i = 0; i < state->band.count; i++) {
		int rows = imcu_rows(state, i);
		size_t stride_bytes = state->band.plane[i].stride_bytes;
		uint8_t *first = state->band.plane[i].data + (size_t)rows * imcu_row_of_band * stride_bytes;

		for (int y = 0; y < rows; y++)
			state->rows[i][y] = first + (size_t)y * stride_bytes;
	}
}

static void describe_band(struct jpeg_decoder *decoder, unsigned int first_imcu_row)
{
	struct jpeg_decoder_state *state = decoder->state;

	for (int i = 0; i < state->band.count; i++) {
		int first = imcu_rows(state, i) * (int)first_imcu_row;
		int left = decoder->component[i].height - first;

		state->band.plane[i].first = first;
		state->band.plane[i].rows =
			left < state->band.plane[i].room ? left : state->band.plane[i].room;
	}
}

int jpeg_decoder_read(struct jpeg_decoder *decoder, struct band *band, struct err *err)
{
	struct jpeg_decoder_state *state = decoder->state;
	unsigned int first = state->imcu_rows_read;

	if (state->fail_on >= FAIL_ON_WARNING && jpeg_trap_warnings(&state->trap))
		return stopped(state, err);
	if (first == state->codec.total_iMCU_rows)
		return 0;
	for (unsigned int i = 0; i < state->imcu_rows_per_band; i++) {
		if (state->imcu_rows_read == state->codec.total_iMCU_rows)
			break;
		point_rows(state, i);
		if (codec_read(state))
			return stopped(state, err);
		state->imcu_rows_read++;
	}
	describe_band(decoder, first);
	band_repeat_edges(&state->band);
	*band = state->band;
	return 1;
}

int64_t jpeg_decoder_bytes_read(const struct jpeg_decoder *decoder)
{
	return decoder->state->source.offset_bytes;
}

void jpeg_decoder_trim(struct jpeg_decoder *decoder, size_t size_bytes)
{
	struct jpeg_decoder_state *state = decoder->state;

	jpeg_destroy_decompress(&state->codec);
	if (state->memory.capacity_bytes > size_bytes)
		kept_finish(&state->memory);
	if (state->profile.capacity_bytes > size_bytes)
		kept_finish(&state->profile);
}
