/*
 * psnr ORIGINAL OUTPUT...: how near each OUTPUT (a JPEG) is to ORIGINAL (a JPEG) at the output's size.
 *
 * The reference is made in floating point: ORIGINAL decoded at full size to Y, Cb and Cr, each axis resampled
 * once by its exact factor with a Lanczos filter of three lobes, nothing rounded or clipped in between. An
 * OUTPUT of the same size is compared as it is. Prints a line for each: luma and chroma PSNR in dB, name.
 *
 * psnr --least DB ORIGINAL OUTPUT... fails where either value of any output is below DB.
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#define COMPONENTS 3
#define PI 3.14159265358979323846

/* Y, Cb, Cr, interleaved, values from 0 to 255. */
struct picture {
	int width, height;
	float *samples;
};

/* What each sample of a row (or column) is made of. */
struct weights {
	int count, taps;
	int *first;     /* may be negative */
	double *weight; /* taps for each */
};

static void *allocate(size_t count, size_t size_bytes)
{
	void *memory = calloc(count, size_bytes);

	if (!memory) {
		fprintf(stderr, "psnr: out of memory\n");
		exit(2);
	}
	return memory;
}

static double sinc(double x)
{
	return x == 0 ? 1 : sin(PI * x) / (PI * x);
}

static double lanczos(double x)
{
	return fabs(x) < 3 ? sinc(x) * sinc(x / 3) : 0;
}

static void weights_init(struct weights *weights, int from, int to)
{
	double scale = (double)from / to, width = scale > 1 ? scale : 1;

	weights->count = to;
	weights->taps = from == to ? 1 : (int)ceil(6 * width) + 2;
	weights->first = allocate((size_t)to, sizeof(int));
	weights->weight = allocate((size_t)to * (size_t)weights->taps, sizeof(double));
	for (int i = 0; i < to; i++) {
		double centre = (i + 0.5) * scale, sum = 0, *weight = weights->weight + i * weights->taps;

		weights->first[i] = from == to ? i : (int)floor(centre - 3 * width);
		for (int k = 0; k < weights->taps; k++) {
			weight[k] = lanczos((weights->first[i] + k + 0.5 - centre) / width);
			sum += weight[k];
		}
		for (int k = 0; k < weights->taps; k++)
			weight[k] /= sum;
	}
}

static void weights_finish(struct weights *weights)
{
	free(weights->first);
	free(weights->weight);
}

static int inside(int at, int count)
{
	return at < 0 ? 0 : at >= count ? count - 1 : at;
}

static void resize_row(const struct weights *weights, const JSAMPLE *in, int in_width, float *out)
{
	for (int i = 0; i < weights->count; i++)
		for (int c = 0; c < COMPONENTS; c++) {
			double sum = 0;

			for (int k = 0; k < weights->taps; k++)
				sum += weights->weight[i * weights->taps + k] *
				       in[inside(weights->first[i] + k, in_width) * COMPONENTS + c];
			out[i * COMPONENTS + c] = (float)sum;
		}
}

static struct picture resize_down(const struct picture *in, int height)
{
	struct picture out = { in->width, height, NULL };
	size_t row = (size_t)in->width * COMPONENTS;
	struct weights weights;

	out.samples = allocate((size_t)height * row, sizeof(float));
	weights_init(&weights, in->height, height);
	for (int y = 0; y < height; y++)
		for (int k = 0; k < weights.taps; k++) {
			const float *from =
				in->samples + (size_t)inside(weights.first[y] + k, in->height) * row;
			double weight = weights.weight[y * weights.taps + k];

			for (size_t i = 0; i < row; i++)
				out.samples[(size_t)y * row + i] += (float)(weight * from[i]);
		}
	weights_finish(&weights);
	return out;
}

/* Begin to decode `name`; libjpeg's own error handler ends the program with a message. */
static FILE *start(struct jpeg_decompress_struct *codec, const char *name)
{
	FILE *file = fopen(name, "rb");

	if (!file) {
		perror(name);
		exit(2);
	}
	jpeg_create_decompress(codec);
	jpeg_stdio_src(codec, file);
	jpeg_read_header(codec, TRUE);
	codec->out_color_space = JCS_YCbCr;
	if (codec->jpeg_color_space != JCS_YCbCr && codec->jpeg_color_space != JCS_GRAYSCALE) {
		fprintf(stderr, "%s: neither YCbCr nor grey\n", name);
		exit(2);
	}
	if (codec->jpeg_color_space == JCS_GRAYSCALE)
		codec->out_color_space = JCS_GRAYSCALE;
	jpeg_start_decompress(codec);
	return file;
}

static void size_of(const char *name, int *width, int *height)
{
	struct jpeg_error_mgr errors;
	struct jpeg_decompress_struct codec = { .err = jpeg_std_error(&errors) };
	FILE *file = start(&codec, name);

	*width = (int)codec.image_width;
	*height = (int)codec.image_height;
	jpeg_destroy_decompress(&codec);
	fclose(file);
}

/* A grey row as a row of three components. */
static void spread(JSAMPLE *row, int width)
{
	for (int x = width - 1; x >= 0; x--) {
		row[x * COMPONENTS] = row[x];
		row[x * COMPONENTS + 1] = row[x * COMPONENTS + 2] = CENTERJSAMPLE;
	}
}

static struct picture load(const char *name, int width, int height)
{
	struct jpeg_error_mgr errors;
	struct jpeg_decompress_struct codec = { .err = jpeg_std_error(&errors) };
	FILE *file = start(&codec, name);
	struct picture wide = { width, (int)codec.output_height, NULL }, result;
	JSAMPROW row = allocate(codec.output_width, COMPONENTS);
	struct weights weights;

	wide.samples = allocate((size_t)width * COMPONENTS * codec.output_height, sizeof(float));
	weights_init(&weights, (int)codec.output_width, width);
	for (int y = 0; y < wide.height; y++) {
		jpeg_read_scanlines(&codec, &row, 1);
		if (codec.out_color_space == JCS_GRAYSCALE)
			spread(row, (int)codec.output_width);
		resize_row(&weights, row, (int)codec.output_width,
			wide.samples + (size_t)y * COMPONENTS * (size_t)width);
	}
	weights_finish(&weights);
	free(row);
	jpeg_destroy_decompress(&codec);
	fclose(file);
	if (wide.height == height)
		return wide;
	result = resize_down(&wide, height);
	free(wide.samples);
	return result;
}

static double decibel(double squares, double count)
{
	return squares > 0 ? 10 * log10(255.0 * 255.0 * count / squares) : 99.99;
}

static void compare(const struct picture *one, const struct picture *other, double *luma, double *chroma)
{
	double squares[2] = { 0, 0 }, count = (double)one->width * one->height;

	for (size_t i = 0; i < (size_t)one->width * (size_t)one->height * COMPONENTS; i++) {
		double difference = one->samples[i] - other->samples[i];

		squares[i % COMPONENTS > 0] += difference * difference;
	}
	*luma = decibel(squares[0], count);
	*chroma = decibel(squares[1], 2 * count);
}

int main(int argc, char **argv)
{
	double least = 0;
	int status = 0;

	if (argc > 3 && strcmp(argv[1], "--least") == 0) {
		least = atof(argv[2]);
		argv += 2;
		argc -= 2;
	}
	if (argc < 3) {
		fprintf(stderr, "usage: psnr [--least DB] ORIGINAL OUTPUT...\n");
		return 2;
	}
	for (int i = 2; i < argc; i++) {
		struct picture output, reference;
		double luma, chroma;
		int width, height;

		size_of(argv[i], &width, &height);
		output = load(argv[i], width, height);
		reference = load(argv[1], width, height);
		compare(&output, &reference, &luma, &chroma);
		printf("%5.2f %5.2f %s\n", luma, chroma, argv[i]);
		if (luma < least || chroma < least)
			status = 1;
		free(output.samples);
		free(reference.samples);
	}
	return status;
}
