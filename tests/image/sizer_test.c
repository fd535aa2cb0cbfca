#include "image/sizer.h"

#include "check.h"
#include "jpeg_sample.h"

#define PI 3.14159265358979323846

struct bench {
	struct resampler *resampler;
	struct jpeg_decoder *decoder;
	struct sizer sizer;
	struct planes result;
};

static int setup(void **state)
{
	struct bench *bench = calloc(1, sizeof(*bench));

	*state = bench;
	bench->resampler = resampler_new();
	bench->decoder = jpeg_decoder_new();
	sizer_init(&bench->sizer, bench->resampler);
	return bench->resampler && bench->decoder ? 0 : -1;
}

static int teardown(void **state)
{
	struct bench *bench = *state;

	planes_finish(&bench->result);
	sizer_finish(&bench->sizer);
	jpeg_decoder_free(bench->decoder);
	resampler_free(bench->resampler);
	free(bench);
	return 0;
}

/* The wave that sample_paint() draws, at a place in pixels. */
static double wave_at(int plane, double u, double v)
{
	return 128 + 60 * sin(u / (9.0 + 2 * plane)) + 40 * cos(v / (13.0 - plane));
}

/* Every sample of the result has the value that the original has at its centre, wherever that lies: an offset
 * of a tenth of a sample shows. Edges, where the filter sees the mirrored picture, are left out. */
static double largest_error(const struct sizer_target *target, const struct planes *result, int width_px,
	int height_px, int margin)
{
	double scale_x = (double)width_px / target->scaled_width_px;
	double scale_y = (double)height_px / target->scaled_height_px, largest = 0;

	for (int i = 0; i < result->count; i++) {
		const struct plane *plane = &result->plane[i];
		int step_x = i ? result->chroma_h : 1, step_y = i ? result->chroma_v : 1;
		int left = target->left_px, top = target->top_px;

		if (target->chroma_from_right)
			left += target->width_px - plane->width * step_x;
		if (target->chroma_from_bottom)
			top += target->height_px - plane->height * step_y;
		for (int y = margin; y < plane->height - margin; y++)
			for (int x = margin; x < plane->width - margin; x++) {
				double u = (left + (x + 0.5) * step_x) * scale_x;
				double v = (top + (y + 0.5) * step_y) * scale_y;
				double error = fabs(plane->data[(size_t)y * plane->stride_bytes + x] + 0.5 -
						    wave_at(i, u, v));

				largest = error > largest ? error : largest;
			}
	}
	return largest;
}

static int size_file(struct bench *bench, int fd, int denominator, const struct sizer_target *target)
{
	struct band band;
	struct err err;
	int got;

	if (jpeg_decoder_open(bench->decoder, fd, FAIL_ON_WARNING, &err) ||
		jpeg_decoder_start(bench->decoder, denominator, &err) ||
		sizer_begin(&bench->sizer, bench->decoder, target, &bench->result, &err))
		return -1;
	while ((got = jpeg_decoder_read(bench->decoder, &band, &err)) > 0)
		if (sizer_band(&bench->sizer, &band, &err))
			return -1;
	return got || sizer_end(&bench->sizer, &err);
}

struct shape {
	int width_px, height_px, count, chroma_h, chroma_v, denominator;
	struct sizer_target target;
};

static void check_shape(struct bench *bench, const struct shape *shape)
{
	static const struct jpeg_encode_options best = { .quality = 100 };
	size_t size_bytes;
	uint8_t *data = sample_jpeg(shape->width_px, shape->height_px, shape->count, shape->chroma_h,
		shape->chroma_v, &best, &size_bytes);
	int fd = sample_file(data, size_bytes);
	double error;

	assert_int_equal(size_file(bench, fd, shape->denominator, &shape->target), 0);
	assert_int_equal(bench->result.width_px, shape->target.width_px);
	assert_int_equal(bench->result.height_px, shape->target.height_px);
	error = largest_error(&shape->target, &bench->result, shape->width_px, shape->height_px, 4);
	if (error > 4)
		fail_msg("%d x %d at 1/%d to %d x %d: off by %g", shape->width_px, shape->height_px,
			shape->denominator, shape->target.width_px, shape->target.height_px, error);
	close(fd);
	free(data);
}

static void planes_keep_their_place_at_every_size_scale_and_sampling(void **state)
{
	static const struct shape shapes[] = {
		/* to the same size, chroma as it was, less of it, more of it */
		{ 333, 219, 3, 2, 2, 1, { 333, 219, 0, 0, 333, 219, 2, 2, false, false } },
		{ 333, 219, 3, 1, 1, 1, { 333, 219, 0, 0, 333, 219, 2, 2, false, false } },
		{ 333, 219, 3, 2, 1, 1, { 333, 219, 0, 0, 333, 219, 1, 1, false, false } },
		/* smaller, odd on either side */
		{ 601, 401, 3, 2, 2, 1, { 205, 137, 0, 0, 205, 137, 2, 2, false, false } },
		{ 601, 401, 3, 2, 2, 2, { 205, 137, 0, 0, 205, 137, 2, 2, false, false } },
		{ 603, 403, 3, 2, 2, 4, { 101, 67, 0, 0, 101, 67, 2, 2, false, false } },
		{ 607, 407, 3, 2, 1, 2, { 205, 137, 0, 0, 205, 137, 2, 2, false, false } },
		{ 607, 407, 3, 1, 2, 2, { 205, 137, 0, 0, 205, 137, 1, 1, false, false } },
		{ 607, 407, 3, 4, 1, 2, { 205, 137, 0, 0, 205, 137, 2, 2, false, false } },
		{ 601, 401, 1, 1, 1, 2, { 205, 137, 0, 0, 205, 137, 1, 1, false, false } },
		/* each axis with a scale of its own, and larger */
		{ 601, 401, 3, 2, 2, 1, { 200, 390, 0, 0, 200, 390, 2, 2, false, false } },
		{ 301, 201, 3, 2, 2, 1, { 501, 335, 0, 0, 501, 335, 2, 2, false, false } },
		/* a window that begins at an odd place */
		{ 601, 401, 3, 2, 2, 1, { 301, 201, 51, 33, 200, 151, 2, 2, false, false } },
		/* chroma counted from the other edges */
		{ 601, 401, 3, 2, 2, 1, { 205, 137, 0, 0, 205, 137, 2, 2, true, false } },
		{ 601, 401, 3, 2, 2, 2, { 205, 137, 0, 0, 205, 137, 2, 2, false, true } },
		{ 601, 401, 3, 2, 2, 1, { 301, 201, 51, 33, 201, 151, 2, 2, true, true } },
	};

	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		check_shape(*state, &shapes[i]);
}

static void the_smallest_pictures_can_be_resized(void **state)
{
	static const struct jpeg_encode_options best = { .quality = 100 };
	static const int edges[] = { 1, 2, 3, 7, 64 };
	struct bench *bench = *state;

	for (int i = 0; i < 5; i++)
		for (int j = 0; j < 5; j++) {
			struct sizer_target target = { edges[j], edges[j], 0, 0, edges[j], edges[j], 2, 2,
				true, true };
			size_t size_bytes;
			uint8_t *data = sample_jpeg(edges[i], 3, 3, 2, 2, &best, &size_bytes);
			int fd = sample_file(data, size_bytes);

			assert_int_equal(size_file(bench, fd, 8, &target), 0);
			assert_int_equal(size_file(bench, fd, 1, &target), 0);
			close(fd);
			free(data);
		}
}

static void the_same_size_changes_no_sample(void **state)
{
	static const struct jpeg_encode_options best = { .quality = 100 };
	const struct sizer_target target = { 333, 219, 0, 0, 333, 219, 2, 2, false, false };
	struct bench *bench = *state;
	struct band band;
	size_t size_bytes;
	uint8_t *data = sample_jpeg(333, 219, 3, 2, 2, &best, &size_bytes);
	int fd = sample_file(data, size_bytes);
	struct err err;

	assert_int_equal(size_file(bench, fd, 1, &target), 0);
	assert_int_equal(jpeg_decoder_open(bench->decoder, fd, FAIL_ON_NONE, &err), 0);
	assert_int_equal(jpeg_decoder_start(bench->decoder, 1, &err), 0);
	while (jpeg_decoder_read(bench->decoder, &band, &err) > 0)
		for (int i = 0; i < 3; i++)
			for (int y = 0; y < band.plane[i].rows; y++)
				assert_memory_equal(
					band.plane[i].data + (size_t)y * band.plane[i].stride_bytes,
					bench->result.plane[i].data +
						(size_t)(band.plane[i].first + y) *
							bench->result.plane[i].stride_bytes,
					bench->result.plane[i].width);
	close(fd);
	free(data);
}

static void planes_at_hand_are_resized_like_decoded_ones(void **state)
{
	const struct sizer_target target = { 150, 101, 20, 11, 113, 77, 2, 2, true, false };
	struct bench *bench = *state;
	struct planes in = { 0 };
	struct err err;

	assert_int_equal(planes_reserve(&in, 401, 301, 3, 1, 1), 0);
	sample_paint(&in);
	assert_int_equal(sizer_resize(&bench->sizer, &in, &target, &bench->result, &err), 0);
	assert_true(largest_error(&target, &bench->result, 401, 301, 4) < 3);
	planes_finish(&in);
}

static double sinc(double x)
{
	return x == 0 ? 1 : sin(PI * x) / (PI * x);
}

static double lanczos(double x)
{
	return fabs(x) < 3 ? sinc(x) * sinc(x / 3) : 0;
}

static double catmull_rom(double x)
{
	x = fabs(x);
	if (x < 1)
		return 1.5 * x * x * x - 2.5 * x * x + 1;
	return x < 2 ? -0.5 * x * x * x + 2.5 * x * x - 4 * x + 2 : 0;
}

/* One output sample of a row by the book; the edges go on for ever. */
static double reference_sample(const uint8_t *row, size_t step, const struct resample_axis *axis, int i)
{
	double scale = axis->span / axis->to, width = scale > 1 ? scale : 1, sum = 0, weights = 0;
	double centre = axis->start + (i + 0.5) * scale;

	for (int x = (int)floor(centre - 3 * width); x <= (int)ceil(centre + 3 * width); x++) {
		double weight =
			scale < 1 ? catmull_rom(x + 0.5 - centre) : lanczos((x + 0.5 - centre) / width);

		sum += weight * row[(size_t)(x < 0 ? 0 : x >= axis->from ? axis->from - 1 : x) * step];
		weights += weight;
	}
	return fmin(255, fmax(0, sum / weights));
}

static void the_filter_is_lanczos_with_three_lobes_or_bicubic_to_enlarge(void **state)
{
	static const struct resample_axis axes[] = { { 300, 102, 0, 300, false }, { 300, 299, 0, 300, false },
		{ 100, 250, 0, 100, false }, { 300, 100, 10.25, 150.5, false } };
	_Alignas(PLANE_ALIGN) uint8_t in[320], out[256 + 64];
	struct bench *bench = *state;
	struct err err;

	srand(1);
	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)rand();
	for (size_t i = 0; i < sizeof(axes) / sizeof(axes[0]); i++) {
		const struct resample_job job = {
			.shape = { .x = axes[i], .y = resample_axis_same(1) },
			.in = in,
			.in_stride_bytes = sizeof(in),
			.out = out,
			.out_stride_bytes = sizeof(out),
		};

		assert_int_equal(resampler_run(bench->resampler, &job, &err), 0);
		for (int x = 8; x < axes[i].to - 8; x++)
			assert_true(fabs(out[x] - reference_sample(in, 1, &axes[i], x)) < 1.1);
	}
}

/* zimg's AVX-512 code had every sixteenth column wrong at some of these. */
static void every_column_is_right_at_every_scale(void **state)
{
	_Alignas(PLANE_ALIGN) uint8_t in[640], out[640];
	struct bench *bench = *state;
	struct err err;

	srand(1);
	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)rand();
	for (int to = 2; to <= 600; to += to < 300 ? 1 : 7) {
		const struct resample_axis axis = { 600, to, 0, 600, false };
		const struct resample_job job = { { axis, resample_axis_same(1) }, in, sizeof(in), out,
			sizeof(out) };
		int edge = 3 * to / 600 + 4;

		assert_int_equal(resampler_run(bench->resampler, &job, &err), 0);
		for (int x = edge; x < to - edge; x++)
			if (fabs(out[x] - reference_sample(in, 1, &axis, x)) >= 1.1)
				fail_msg("600 to %d: column %d is %d, not %.1f", to, x, out[x],
					reference_sample(in, 1, &axis, x));
	}
}

static void edges_go_on_as_they_are(void **state)
{
	static const struct sizer_target targets[] = {
		{ 61, 150, 0, 0, 61, 150, 1, 1, false, false },
		{ 200, 7, 0, 0, 200, 7, 1, 1, false, false },
		{ 200, 211, 0, 0, 200, 211, 1, 1, false, false },
	};
	struct bench *bench = *state;
	struct planes in = { 0 };
	const struct plane *from = &in.plane[0];
	struct err err;

	assert_int_equal(planes_reserve(&in, 200, 150, 1, 1, 1), 0);
	srand(2);
	for (size_t i = 0; i < in.memory.capacity_bytes; i++)
		in.memory.data[i] = (uint8_t)rand();
	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		const struct resample_axis across = { 200, targets[i].width_px, 0, 200, false };
		const struct resample_axis down = { 150, targets[i].height_px, 0, 150, false };
		const struct plane *to = &bench->result.plane[0];

		assert_int_equal(sizer_resize(&bench->sizer, &in, &targets[i], &bench->result, &err), 0);
		for (int y = 0; y < to->height; y++)
			for (int x = 0; x < to->width; x++) {
				double value = across.to == 200
						       ? reference_sample(
								 from->data + x, from->stride_bytes, &down, y)
						       : reference_sample(
								 from->data + (size_t)y * from->stride_bytes,
								 1, &across, x);

				assert_true(fabs(to->data[(size_t)y * to->stride_bytes + x] - value) < 1.1);
			}
	}
	planes_finish(&in);
}

static void more_geometries_than_are_kept_are_no_trouble(void **state)
{
	struct bench *bench = *state;
	struct planes in = { 0 };
	struct err err;

	assert_int_equal(planes_reserve(&in, 80, 60, 3, 1, 1), 0);
	memset(in.memory.data, 77, in.memory.capacity_bytes);
	for (int round = 0; round < 2; round++)
		for (int edge = 10; edge < 70; edge++) {
			struct sizer_target target = { edge, edge, 0, 0, edge, edge, 1, 1, false, false };

			assert_int_equal(sizer_resize(&bench->sizer, &in, &target, &bench->result, &err), 0);
			assert_int_equal(bench->result.plane[2].data[edge - 1], 77);
		}
	planes_finish(&in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(planes_keep_their_place_at_every_size_scale_and_sampling),
		cmocka_unit_test(the_smallest_pictures_can_be_resized),
		cmocka_unit_test(the_same_size_changes_no_sample),
		cmocka_unit_test(planes_at_hand_are_resized_like_decoded_ones),
		cmocka_unit_test(the_filter_is_lanczos_with_three_lobes_or_bicubic_to_enlarge),
		cmocka_unit_test(every_column_is_right_at_every_scale),
		cmocka_unit_test(edges_go_on_as_they_are),
		cmocka_unit_test(more_geometries_than_are_kept_are_no_trouble),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
