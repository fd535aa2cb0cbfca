#include "image/resampler.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zimg.h>

#include "image/planes.h"

/* Enough for the passes of a few geometries: three planes, across and down. */
#define GRAPHS_MAX 48
/* zimg's AVX2 code reads some samples past the end of a row of its own, and does not use them (up to 3.0.6):
 * the row may be the last thing in the memory that it asked for. */
#define SCRATCH_MORE_BYTES 256

struct graph {
	struct resample_shape shape;
	zimg_filter_graph *graph;
	uint64_t used; /* when, counted in runs */
};

struct resampler {
	struct graph graphs[GRAPHS_MAX];
	size_t graphs_count;
	uint64_t runs;
	struct kept scratch;
};

struct resample_axis resample_axis_same(int samples)
{
	return (struct resample_axis){ .from = samples, .to = samples, .start = 0, .span = samples };
}

struct resampler *resampler_new(void)
{
	return calloc(1, sizeof(struct resampler));
}

void resampler_free(struct resampler *resampler)
{
	if (!resampler)
		return;
	for (size_t i = 0; i < resampler->graphs_count; i++)
		zimg_filter_graph_free(resampler->graphs[i].graph);
	kept_finish(&resampler->scratch);
	free(resampler);
}

static int failed(struct err *err)
{
	char text[256] = "";
	zimg_error_code_e code = zimg_get_last_error(text, sizeof(text));

	return err_set(err, code == ZIMG_ERROR_OUT_OF_MEMORY ? REASON_OUT_OF_MEMORY : REASON_INTERNAL,
		"cannot resize: %s", text);
}

static bool grows(const struct resample_axis *axis)
{
	return axis->span < axis->to;
}

static void choose_filter(const struct resample_shape *shape, zimg_graph_builder_params *params)
{
	if ((grows(&shape->x) && shape->x.linear) || (grows(&shape->y) && shape->y.linear)) {
		params->resample_filter = ZIMG_RESIZE_BILINEAR;
		return;
	}
	if (grows(&shape->x) || grows(&shape->y)) {
		params->resample_filter = ZIMG_RESIZE_BICUBIC;
		params->filter_param_a = 0;
		params->filter_param_b = 0.5;
		return;
	}
	params->resample_filter = ZIMG_RESIZE_LANCZOS;
	params->filter_param_a = RESAMPLER_LOBES;
}

static zimg_filter_graph *build(const struct resample_shape *shape)
{
	zimg_image_format in, out;
	zimg_graph_builder_params params;

	zimg_image_format_default(&in, ZIMG_API_VERSION);
	in.pixel_type = ZIMG_PIXEL_BYTE;
	in.color_family = ZIMG_COLOR_GREY;
	in.pixel_range = ZIMG_RANGE_FULL;
	out = in;
	in.width = (unsigned int)shape->x.from;
	in.height = (unsigned int)shape->y.from;
	in.active_region.left = shape->x.start;
	in.active_region.width = shape->x.span;
	in.active_region.top = shape->y.start;
	in.active_region.height = shape->y.span;
	out.width = (unsigned int)shape->x.to;
	out.height = (unsigned int)shape->y.to;
	zimg_graph_builder_params_default(&params, ZIMG_API_VERSION);
	choose_filter(shape, &params);
	/* Not AUTO_64B: before 3.0.6, zimg's AVX-512 code gets every sixteenth column wrong where 16 samples
	 * are made of exactly 32 (scales of 2.0 to 2.6). AVX2 is exact at all sizes. */
	params.cpu_type = ZIMG_CPU_AUTO;
	return zimg_filter_graph_build(&in, &out, &params);
}

static bool same_axis(const struct resample_axis *one, const struct resample_axis *other)
{
	return one->from == other->from && one->to == other->to && one->start == other->start &&
	       one->span == other->span && one->linear == other->linear;
}

static struct graph *find(struct resampler *resampler, const struct resample_shape *shape)
{
	for (size_t i = 0; i < resampler->graphs_count; i++) {
		struct graph *graph = &resampler->graphs[i];

		if (same_axis(&graph->shape.x, &shape->x) && same_axis(&graph->shape.y, &shape->y))
			return graph;
	}
	return NULL;
}

/* A free place, or that of the graph that was not needed for longest. */
static struct graph *place(struct resampler *resampler)
{
	struct graph *oldest = &resampler->graphs[0];

	if (resampler->graphs_count < GRAPHS_MAX)
		return &resampler->graphs[resampler->graphs_count++];
	for (size_t i = 1; i < GRAPHS_MAX; i++)
		if (resampler->graphs[i].used < oldest->used)
			oldest = &resampler->graphs[i];
	zimg_filter_graph_free(oldest->graph);
	return oldest;
}

static struct graph *get(struct resampler *resampler, const struct resample_shape *shape, struct err *err)
{
	struct graph *graph = find(resampler, shape);
	zimg_filter_graph *built;
	size_t scratch_bytes;

	if (graph)
		return graph;
	built = build(shape);
	if (!built || zimg_filter_graph_get_tmp_size(built, &scratch_bytes)) {
		zimg_filter_graph_free(built);
		failed(err);
		return NULL;
	}
	if (kept_reserve(&resampler->scratch, scratch_bytes + SCRATCH_MORE_BYTES)) {
		zimg_filter_graph_free(built);
		err_set(err, REASON_OUT_OF_MEMORY, "no memory to resize in");
		return NULL;
	}
	graph = place(resampler);
	*graph = (struct graph){ .shape = *shape, .graph = built };
	return graph;
}

int resampler_run(struct resampler *resampler, const struct resample_job *job, struct err *err)
{
	zimg_image_buffer_const in = { .version = ZIMG_API_VERSION };
	zimg_image_buffer out = { .version = ZIMG_API_VERSION };
	struct graph *graph = get(resampler, &job->shape, err);

	if (!graph)
		return -1;
	graph->used = ++resampler->runs;
	in.plane[0].data = job->in;
	in.plane[0].stride = (ptrdiff_t)job->in_stride_bytes;
	in.plane[0].mask = ZIMG_BUFFER_MAX;
	out.plane[0].data = job->out;
	out.plane[0].stride = (ptrdiff_t)job->out_stride_bytes;
	out.plane[0].mask = ZIMG_BUFFER_MAX;
	if (zimg_filter_graph_process(
		    graph->graph, &in, &out, resampler->scratch.data, NULL, NULL, NULL, NULL))
		return failed(err);
	return 0;
}
