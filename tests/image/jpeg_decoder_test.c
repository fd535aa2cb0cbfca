#include "image/jpeg_decoder.h"

#include "check.h"
#include "image/attach.h"
#include "jpeg_sample.h"

static const struct jpeg_encode_options best = { .quality = 100 };

static int setup(void **state)
{
	*state = jpeg_decoder_new();
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	jpeg_decoder_free(*state);
	return 0;
}

/* Decode the rest of a started picture into `planes`, shaped by hand from the components. */
static int read_all(struct jpeg_decoder *decoder, struct planes *planes, struct err *err)
{
	struct band band;
	int got;

	while ((got = jpeg_decoder_read(decoder, &band, err)) > 0)
		for (int i = 0; i < band.count; i++)
			for (int y = 0; y < band.plane[i].rows; y++)
				memcpy(planes->plane[i].data + (size_t)(band.plane[i].first + y) *
								       planes->plane[i].stride_bytes,
					band.plane[i].data + (size_t)y * band.plane[i].stride_bytes,
					(size_t)planes->plane[i].width);
	return got;
}

static int decode(struct jpeg_decoder *decoder, const uint8_t *data, size_t size_bytes, enum fail_on fail_on,
	struct planes *planes, struct err *err)
{
	int fd = sample_file(data, size_bytes), result = -1;
	const struct jpeg_header *header = &decoder->header;

	if (!jpeg_decoder_open(decoder, fd, fail_on, err) && !jpeg_decoder_start(decoder, 1, err) &&
		!planes_reserve(planes, header->width_px, header->height_px,
			header->colour == JPEG_GREY ? 1 : PLANES_MAX, header->chroma_h, header->chroma_v))
		result = read_all(decoder, planes, err);
	close(fd);
	return result;
}

static int largest_difference(const struct planes *one, const struct planes *other)
{
	int largest = 0;

	for (int i = 0; i < one->count; i++)
		for (int y = 0; y < one->plane[i].height; y++)
			for (int x = 0; x < one->plane[i].width; x++) {
				int a = one->plane[i].data[(size_t)y * one->plane[i].stride_bytes + x];
				int b = other->plane[i].data[(size_t)y * other->plane[i].stride_bytes + x];

				largest = abs(a - b) > largest ? abs(a - b) : largest;
			}
	return largest;
}

static void check_round_trip(struct jpeg_decoder *decoder, int width_px, int height_px, int count,
	int chroma_h, int chroma_v, const struct jpeg_encode_options *options)
{
	struct planes in = { 0 }, out = { 0 };
	struct err err = { 0 };
	size_t size_bytes;
	uint8_t *data;

	assert_int_equal(planes_reserve(&in, width_px, height_px, count, chroma_h, chroma_v), 0);
	sample_paint(&in);
	data = sample_encode(&in, options, &size_bytes);
	assert_non_null(data);
	assert_int_equal(decode(decoder, data, size_bytes, FAIL_ON_WARNING, &out, &err), 0);
	assert_int_equal(decoder->header.width_px, width_px);
	assert_int_equal(decoder->header.height_px, height_px);
	assert_int_equal(out.count, count);
	assert_int_equal(out.chroma_h, chroma_h);
	assert_int_equal(out.chroma_v, chroma_v);
	assert_in_range(largest_difference(&in, &out), 0, 3);
	free(data);
	planes_finish(&in);
	planes_finish(&out);
}

static void planes_of_every_sampling_come_back_as_they_went_in(void **state)
{
	static const struct {
		int count, h, v;
	} kinds[] = { { 3, 2, 2 }, { 3, 2, 1 }, { 3, 1, 2 }, { 3, 1, 1 }, { 3, 4, 1 }, { 1, 1, 1 } };
	static const struct {
		int width, height;
	} sizes[] = { { 640, 480 }, { 333, 219 }, { 17, 1 }, { 1, 200 }, { 1, 1 } };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		for (size_t j = 0; j < sizeof(sizes) / sizeof(sizes[0]); j++)
			check_round_trip(*state, sizes[j].width, sizes[j].height, kinds[i].count, kinds[i].h,
				kinds[i].v, &best);
}

static void progressive_and_optimised_files_hold_the_same_picture(void **state)
{
	static const struct jpeg_encode_options progressive = { .quality = 100, .progressive = true };
	static const struct jpeg_encode_options optimised = { .quality = 100, .optimize = true };

	check_round_trip(*state, 333, 219, 3, 2, 2, &progressive);
	check_round_trip(*state, 333, 219, 3, 2, 2, &optimised);
	check_round_trip(*state, 333, 219, 3, 2, 2, &best);
}

static void each_plane_says_what_a_sample_covers(void **state)
{
	static const struct {
		int denominator, width, chroma_width, step, chroma_step;
	} rows[] = { { 1, 333, 167, 1, 2 }, { 2, 167, 167, 2, 2 }, { 4, 84, 84, 4, 4 }, { 8, 42, 42, 8, 8 } };
	struct jpeg_decoder *decoder = *state;
	struct band band;
	size_t size_bytes;
	uint8_t *data = sample_jpeg(333, 219, 3, 2, 2, &best, &size_bytes);
	int fd = sample_file(data, size_bytes);
	struct err err;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int rows_seen = 0;

		assert_int_equal(jpeg_decoder_open(decoder, fd, FAIL_ON_WARNING, &err), 0);
		assert_int_equal(jpeg_decoder_start(decoder, rows[i].denominator, &err), 0);
		assert_int_equal(decoder->component[0].width, rows[i].width);
		assert_int_equal(decoder->component[2].width, rows[i].chroma_width);
		assert_int_equal(decoder->component[0].step_x, rows[i].step);
		assert_int_equal(decoder->component[1].step_y, rows[i].chroma_step);
		while (jpeg_decoder_read(decoder, &band, &err) > 0) {
			assert_int_equal(band.plane[1].first, rows_seen);
			assert_in_range(band.plane[0].room, 32, 128);
			rows_seen += band.plane[1].rows;
		}
		assert_int_equal(rows_seen, decoder->component[1].height);
	}
	close(fd);
	free(data);
}

/* Cut the file at a part of its length. */
static int decode_part(struct jpeg_decoder *decoder, const struct jpeg_encode_options *options, double part,
	enum fail_on fail_on, struct err *err)
{
	struct planes planes = { 0 };
	size_t size_bytes;
	uint8_t *data = sample_jpeg(400, 300, 3, 2, 2, options, &size_bytes);
	int result = decode(decoder, data, (size_t)((double)size_bytes * part), fail_on, &planes, err);

	planes_finish(&planes);
	free(data);
	return result;
}

static void a_file_cut_short_fails_from_truncated_upwards(void **state)
{
	static const struct jpeg_encode_options progressive = { .quality = 90, .progressive = true };
	static const struct jpeg_encode_options baseline = { .quality = 90 };
	const struct jpeg_encode_options *kinds[] = { &progressive, &baseline };
	struct err err;

	for (int i = 0; i < 2; i++) {
		for (enum fail_on on = FAIL_ON_TRUNCATED; on <= FAIL_ON_WARNING; on++) {
			err.reason = REASON_NONE;
			assert_int_equal(decode_part(*state, kinds[i], 0.6, on, &err), -1);
			assert_int_equal(err.reason, REASON_TRUNCATED);
		}
		assert_int_equal(decode_part(*state, kinds[i], 0.6, FAIL_ON_NONE, &err), 0);
	}
}

static void a_header_cut_short_is_truncated(void **state)
{
	struct err err = { 0 };

	assert_int_equal(decode_part(*state, &(struct jpeg_encode_options){ .quality = 90 }, 0.01,
				 FAIL_ON_TRUNCATED, &err),
		-1);
	assert_int_equal(err.reason, REASON_TRUNCATED);
}

static void damage_in_the_data_fails_only_where_warnings_do(void **state)
{
	struct planes planes = { 0 };
	size_t size_bytes;
	uint8_t *data =
		sample_jpeg(400, 300, 3, 2, 2, &(struct jpeg_encode_options){ .quality = 90 }, &size_bytes);
	struct err err = { 0 };

	/* a marker where none belongs: the codec resynchronises, with one warning */
	data[size_bytes / 2] = 0xFF;
	data[size_bytes / 2 + 1] = 0xD0;
	assert_int_equal(decode(*state, data, size_bytes, FAIL_ON_ERROR, &planes, &err), 0);
	assert_int_equal(decode(*state, data, size_bytes, FAIL_ON_WARNING, &planes, &err), -1);
	assert_int_equal(err.reason, REASON_CORRUPT);
	assert_string_not_equal(err.text, "");
	planes_finish(&planes);
	free(data);
}

static void what_is_no_jpeg_is_refused(void **state)
{
	struct planes planes = { 0 };
	struct err err = { 0 };

	assert_int_equal(decode(*state, (const uint8_t *)"GIF89a", 6, FAIL_ON_NONE, &planes, &err), -1);
	assert_int_equal(err.reason, REASON_CORRUPT);
	assert_int_equal(decode(*state, (const uint8_t *)"", 0, FAIL_ON_TRUNCATED, &planes, &err), -1);
	assert_int_equal(err.reason, REASON_TRUNCATED);
	planes_finish(&planes);
}

static void the_next_picture_is_none_the_worse_for_a_bad_one(void **state)
{
	struct err err = { 0 };

	assert_int_equal(decode_part(*state, &(struct jpeg_encode_options){ .quality = 90 }, 0.5,
				 FAIL_ON_TRUNCATED, &err),
		-1);
	check_round_trip(*state, 333, 219, 3, 2, 2, &best);
}

/* Blank out the segment with `marker` (its length stays). */
static void drop_segment(uint8_t *data, size_t size_bytes, uint8_t marker)
{
	for (size_t i = 2; i + 4 < size_bytes && data[i] == 0xFF;) {
		if (data[i + 1] == marker)
			data[i + 1] = 0xFE; /* a comment */
		i += 2 + (size_t)(data[i + 2] << 8 | data[i + 3]);
	}
}

static void a_file_without_tables_does_not_get_the_last_pictures(void **state)
{
	struct planes planes = { 0 };
	size_t size_bytes;
	uint8_t *data = sample_jpeg(64, 64, 3, 1, 1, &best, &size_bytes);
	struct err err = { 0 };

	assert_int_equal(decode(*state, data, size_bytes, FAIL_ON_WARNING, &planes, &err), 0);
	drop_segment(data, size_bytes, 0xDB);
	assert_int_equal(decode(*state, data, size_bytes, FAIL_ON_NONE, &planes, &err), -1);
	assert_int_equal(err.reason, REASON_CORRUPT);
	planes_finish(&planes);
	free(data);
}

static struct blob blob_of(size_t size_bytes, const char *beginning)
{
	struct blob blob = { malloc(size_bytes), size_bytes };

	for (size_t i = 0; i < size_bytes; i++)
		blob.data[i] = (uint8_t)(i * 7 + 1) | 1;
	memcpy(blob.data, beginning, strlen(beginning));
	return blob;
}

static void assert_same_blob(const struct blob *one, const struct blob *other)
{
	assert_int_equal(one->size_bytes, other->size_bytes);
	assert_memory_equal(one->data, other->data, one->size_bytes);
}

/* The file with `attachments` in it. */
static uint8_t *jpeg_with(struct attachments *attachments, size_t *size_bytes)
{
	GByteArray *markers = g_byte_array_new();
	uint8_t *plain =
		sample_jpeg(40, 30, 3, 2, 2, &(struct jpeg_encode_options){ .quality = 90 }, size_bytes);
	uint8_t *data;

	attach_jpeg(attachments, true, markers);
	data = malloc(*size_bytes + markers->len);
	memcpy(data, plain, 2);
	memcpy(data + 2, markers->data, markers->len);
	memcpy(data + 2 + markers->len, plain + 2, *size_bytes - 2);
	*size_bytes += markers->len;
	g_byte_array_unref(markers);
	free(plain);
	return data;
}

static void metadata_and_profile_are_found(void **state)
{
	struct jpeg_decoder *decoder = *state;
	struct metadata metadata = {
		.exif = blob_of(3000, "Exif"),
		.xmp = blob_of(4000, "<x:xmpmeta"),
		.iptc = blob_of(500, "Photoshop 3.0"),
	};
	struct blob profile = blob_of(200000, "profile");
	struct attachments attachments = {
		.metadata = &metadata,
		.icc = profile.data,
		.icc_bytes = profile.size_bytes,
		.density_x = 300 / 25.4,
		.density_y = 240 / 25.4,
	};
	size_t size_bytes;
	uint8_t *data = jpeg_with(&attachments, &size_bytes);
	int fd = sample_file(data, size_bytes);
	struct err err;

	assert_int_equal(jpeg_decoder_open(decoder, fd, FAIL_ON_WARNING, &err), 0);
	assert_same_blob(&decoder->header.metadata.exif, &metadata.exif);
	assert_same_blob(&decoder->header.metadata.xmp, &metadata.xmp);
	assert_same_blob(&decoder->header.metadata.iptc, &metadata.iptc);
	assert_same_blob(&decoder->header.profile, &profile);
	assert_true(decoder->header.density.known);
	assert_int_equal(decoder->header.density.unit, 1);
	assert_int_equal(decoder->header.density.x, 300);
	assert_int_equal(decoder->header.density.y, 240);
	close(fd);
	free(data);
	free(profile.data);
	free(metadata.exif.data);
	free(metadata.xmp.data);
	free(metadata.iptc.data);
}

static void a_file_without_them_has_none(void **state)
{
	struct jpeg_decoder *decoder = *state;
	size_t size_bytes;
	uint8_t *data = sample_jpeg(40, 30, 3, 2, 2, &best, &size_bytes);
	int fd = sample_file(data, size_bytes);
	struct err err;

	assert_int_equal(jpeg_decoder_open(decoder, fd, FAIL_ON_WARNING, &err), 0);
	assert_null(decoder->header.metadata.exif.data);
	assert_null(decoder->header.metadata.xmp.data);
	assert_null(decoder->header.metadata.iptc.data);
	assert_null(decoder->header.profile.data);
	assert_false(decoder->header.density.known);
	close(fd);
	free(data);
}

static void the_same_planes_give_the_same_bytes_whatever_came_before(void **state)
{
	struct jpeg_encoder *encoder = jpeg_encoder_new();
	struct planes planes = { 0 };
	struct jpeg_encode_options optimised = { .quality = 30, .optimize = true, .progressive = true };
	struct jpeg_encode_options plain = { .quality = 80 };
	struct jpeg_file file;
	size_t size_bytes;
	uint8_t *first;
	struct err err;

	assert_int_equal(planes_reserve(&planes, 100, 50, 3, 2, 2), 0);
	sample_paint(&planes);
	assert_int_equal(jpeg_encoder_encode(encoder, &planes, &plain, &file, &err), 0);
	first = malloc(file.size_bytes);
	size_bytes = file.size_bytes;
	memcpy(first, file.data, size_bytes);
	assert_int_equal(jpeg_encoder_encode(encoder, &planes, &optimised, &file, &err), 0);
	assert_true(file.size_bytes < size_bytes);
	assert_int_equal(jpeg_encoder_encode(encoder, &planes, &plain, &file, &err), 0);
	assert_int_equal(file.size_bytes, size_bytes);
	assert_memory_equal(file.data, first, size_bytes);
	free(first);
	planes_finish(&planes);
	jpeg_encoder_free(encoder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(planes_of_every_sampling_come_back_as_they_went_in),
		cmocka_unit_test(progressive_and_optimised_files_hold_the_same_picture),
		cmocka_unit_test(each_plane_says_what_a_sample_covers),
		cmocka_unit_test(a_file_cut_short_fails_from_truncated_upwards),
		cmocka_unit_test(a_header_cut_short_is_truncated),
		cmocka_unit_test(damage_in_the_data_fails_only_where_warnings_do),
		cmocka_unit_test(what_is_no_jpeg_is_refused),
		cmocka_unit_test(the_next_picture_is_none_the_worse_for_a_bad_one),
		cmocka_unit_test(a_file_without_tables_does_not_get_the_last_pictures),
		cmocka_unit_test(metadata_and_profile_are_found),
		cmocka_unit_test(a_file_without_them_has_none),
		cmocka_unit_test(the_same_planes_give_the_same_bytes_whatever_came_before),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
