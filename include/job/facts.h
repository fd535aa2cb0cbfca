/*
 * facts.h: what a probe found in a picture's header. Plain data, made by a worker, used to plan.
 *
 * A worker that a hostile picture has taken over can send anything: facts_unpack() refuses what is out of
 * range.
 */
#ifndef STAMPMILL_JOB_FACTS_H
#define STAMPMILL_JOB_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/pack.h"
#include "job/format.h"

enum colour_model {
	MODEL_GREY,
	MODEL_RGB,
	MODEL_CMYK, /* YCCK too */
	MODEL_OTHER /* Lab, multi-band, ... */
};

/* What the camera wrote, as text, cut where it is longer; "" where it did not. UTF-8 without control
 * characters. */
struct exif_texts {
	char make[20], model[28], lens[32], artist[40], iso[6], f_number[6], focal_length[6], exposure[8];
};

#define FACTS_EXIF_NAMES "Make, Model, LensModel, Artist, ISO, FNumber, FocalLength, ExposureTime"

/* Of what the picture of a camera's raw file is made. */
enum raw_source {
	RAW_NONE, /* it is no such file */
	RAW_PREVIEW,
	RAW_DEVELOPED
};

/* Why it is developed. */
enum raw_cause {
	RAW_ASKED_FOR,
	RAW_NO_PREVIEW,
	RAW_SMALL_PREVIEW /* smaller than what was asked for */
};

/* What else the probe found in a camera's raw file: both pictures that can be made of it. raw_choose() takes
 * one of them, whose facts the facts then are. */
struct raw_facts {
	enum raw_source source;
	enum raw_cause cause; /* of RAW_DEVELOPED; set by raw_choose() and not sent to other processes */
	int width_px, height_px, orientation; /* of the developed picture, as facts' */
	/* of the preview, a JPEG: as facts'; a width of 0: there is none */
	struct raw_preview {
		int width_px, height_px, orientation;
		enum colour_model model;
		bool progressive, profile, interop_adobe;
		int chroma_h, chroma_v;
		bool planes;
	} preview;
};

struct facts {
	enum format format;      /* FORMAT_JPEG where it is a raw file's preview */
	int width_px, height_px; /* as stored, before the orientation is applied; 1 to PICTURE_SIDE_MAX_PX */
	int orientation;         /* EXIF: 1 to 8; 1 where there is none */
	int frames;              /* pages or frames; 1 for a plain picture */
	enum colour_model model;
	int bits; /* per sample: 1 to 64 */
	bool alpha;
	bool progressive;       /* JPEG: several scans; PNG: interlaced */
	bool profile;           /* an ICC profile is embedded */
	bool interop_adobe;     /* EXIF Interoperability index R03: AdobeRGB */
	int chroma_h, chroma_v; /* JPEG: luma samples per chroma sample, 1 to 4; 1 elsewhere */
	bool planes;     /* JPEG: grey, or Y, Cb and Cr whose sampling chroma_h and chroma_v tell wholly */
	int64_t taken_s; /* when it was taken, by the camera's clock: seconds since 1970 as if that were UTC;
			    0 where it does not say */
	struct exif_texts exif;
	struct raw_facts raw;
};

/* Size as seen by a person: orientations 5 to 8 swap the sides. */
int facts_upright_width(const struct facts *facts);
int facts_upright_height(const struct facts *facts);

/* The pixels that count against --max-pixels: a raw file's are those of its sensor. */
int64_t facts_pixels(const struct facts *facts);

/* Let a raw file's facts be those of its preview, which there must be, or of the developed picture. */
void facts_take_preview(struct facts *facts);
void facts_take_developed(struct facts *facts, int bits);

/* The text called `name` ("Model"); "" where the picture does not say, NULL where there is no such. */
const char *facts_exif(const struct facts *facts, const char *name);

/* Cut `text`, UTF-8, into one of exif's, `size` bytes with its NUL; control characters become spaces. */
void facts_set_text(char *place, size_t size, const char *text);

void facts_pack(const struct facts *facts, struct pack *pack);
void facts_unpack(struct facts *facts, struct unpack *unpack);

#endif
