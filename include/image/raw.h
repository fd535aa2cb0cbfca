/*
 * raw.h: a camera's raw file as a picture, through LibRaw: the preview that the camera put into it, or its
 * sensor's values developed.
 *
 * The way of the format. sniff.c and tiff_scan.c know it by its first bytes, as FORMAT_RAW. raw_probe() tells
 * of both pictures that can be made of it (struct raw_facts). raw_choose() takes one of them, by --raw and
 * the sizes wanted; from then on the facts are that one's, and size, name, memory (need.c) and lane follow as
 * for any other picture. Of a preview the facts are those of a JPEG: maker.c unwraps it, by raw_preview(),
 * into a file in memory, a JPEG with the raw file's own EXIF and XMP, of which both lanes make pictures as of
 * any. A developed picture is FORMAT_RAW: open.c makes it, by raw_develop(), for the vips lane.
 *
 * LibRaw reads formats that nobody has specified, and is not proof against hostile files: it runs in workers
 * only, within their sandbox, deadline and memory. Files are opened by descriptor, never by their name, by
 * which it would look for others. It prints nothing, and starts no threads: engine.h has
 * forbidden them to OpenMP.
 *
 * Sources: LibRaw's C API; DNG 1.4; TIFF/EP (ISO 12234-2).
 */
#ifndef STAMPMILL_IMAGE_RAW_H
#define STAMPMILL_IMAGE_RAW_H

#include <vips/vips.h>

#include "base/err.h"
#include "image/open.h"
#include "job/facts.h"

/* Whether this build has LibRaw, and which; NULL without. */
bool raw_is_built(void);
const char *raw_version(void);

/* What the raw file on `fd` has, as facts of the developed picture in 8 bits. 0; or -1 with `err`:
 * unsupported where LibRaw does not know that camera's files, truncated, corrupt, out-of-memory. */
int raw_probe(int fd, struct facts *facts, struct err *err);

/* The preview in the raw file on `fd` as a JPEG file in memory. Its descriptor, to be closed, or -1 with
 * `err`: a file that is cut short fails as `fail_on` says, whole as its preview may be. */
int raw_preview(int fd, enum fail_on fail_on, struct err *err);

/* Develop the raw file on `fd`: white balance as the camera found it, brightened by one stop at most until
 * 1 % of the pixels are white, colours in sRGB, `options->bits` (8 or 16) a sample, as stored (not turned),
 * with its EXIF and XMP. `options->shrink` is 1, or 2 for half the size, which takes a fraction of the time,
 * since each group of four of the sensor's cells makes one pixel. Returns a picture in memory, or NULL with
 * `err`; what is wrong with a file counts as options->fail_on says, as far as LibRaw goes on over it. */
VipsImage *raw_develop(int fd, const struct open_options *options, struct err *err);

#endif
