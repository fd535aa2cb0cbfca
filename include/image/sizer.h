/*
 * sizer.h: a decoder's bands, or whole planes, to planes of an exact size.
 *
 * From a decoder: sizer_begin(), sizer_band() for each band, sizer_end(). Bands are resampled across as they
 * come, and down at the end, so that the planes of the decoded size never exist. From planes that are there:
 * sizer_resize(). A sizer keeps its memory from picture to picture.
 *
 * Everything here is in the orientation of the file. Each axis has its own exact scale, and every plane
 * covers exactly the same part of the picture, whatever its sampling.
 */
#ifndef STAMPMILL_IMAGE_SIZER_H
#define STAMPMILL_IMAGE_SIZER_H

#include <stdbool.h>

#include "base/err.h"
#include "image/band.h"
#include "image/jpeg_decoder.h"
#include "image/planes.h"
#include "image/resampler.h"

/* The picture is resized to scaled_*; the window of that is what is made. */
struct sizer_target {
	int scaled_width_px, scaled_height_px;
	int left_px, top_px, width_px, height_px;
	int chroma_h, chroma_v; /* luma samples per chroma sample of the result; ignored for grey */
	/* Count chroma samples from the window's right or bottom edge, for a picture that will be turned: it
	 * is the upright picture whose first chroma sample begins at its edge. */
	bool chroma_from_right, chroma_from_bottom;
};

struct sizer {
	struct resampler *resampler; /* borrowed */
	int count;
	bool same_size;      /* nothing to resample: bands go into the result */
	bool soft_x, soft_y; /* chroma at half of luma's size becomes chroma at full size: see soften.h */
	struct resample_shape shape[PLANES_MAX];
	struct sizer_plane {
		uint8_t *data; /* as wide as the result, as high as what comes, and more above and below */
		size_t stride_bytes;
		int width, height, rows_before, rows_after;
	} tall[PLANES_MAX];
	struct kept memory, rows;
	struct planes *result; /* borrowed between begin and end */
};

void sizer_init(struct sizer *sizer, struct resampler *resampler);
void sizer_finish(struct sizer *sizer);

/* Get ready for the bands of a decoder that has been started. `result` is shaped, and filled by the end; it
 * must stay until then. 0, or -1 with `err` (out-of-memory). */
int sizer_begin(struct sizer *sizer, const struct jpeg_decoder *decoder, const struct sizer_target *target,
	struct planes *result, struct err *err);
int sizer_band(struct sizer *sizer, const struct band *band, struct err *err);
int sizer_end(struct sizer *sizer, struct err *err);

/* The same from whole planes. `in` is the whole picture; `result` is another one. */
int sizer_resize(struct sizer *sizer, const struct planes *in, const struct sizer_target *target,
	struct planes *result, struct err *err);

/* Give back the memory of large pictures: above `size_bytes`. */
void sizer_trim(struct sizer *sizer, size_t size_bytes);

#endif
