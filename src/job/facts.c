#include "job/facts.h"

#include <assert.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>

#include "base/text.h"

/* The years 1 to 9999. */
#define TAKEN_FIRST_S INT64_C(-62135596800)
#define TAKEN_LAST_S INT64_C(253402300799)

#define TEXT(name, field)                                                                         \
	{                                                                                         \
		name, offsetof(struct exif_texts, field), sizeof(((struct exif_texts *)0)->field) \
	}

/* In the order of FACTS_EXIF_NAMES. */
static const struct exif_text {
	const char *name;
	size_t offset, size;
} texts[] = {
	TEXT("Make", make),
	TEXT("Model", model),
	TEXT("LensModel", lens),
	TEXT("Artist", artist),
	TEXT("ISO", iso),
	TEXT("FNumber", f_number),
	TEXT("FocalLength", focal_length),
	TEXT("ExposureTime", exposure),
};

enum {
	TEXTS = sizeof(texts) / sizeof(texts[0])
};

int facts_upright_width(const struct facts *facts)
{
	return facts->orientation >= 5 ? facts->height_px : facts->width_px;
}

int facts_upright_height(const struct facts *facts)
{
	return facts->orientation >= 5 ? facts->width_px : facts->height_px;
}

int64_t facts_pixels(const struct facts *facts)
{
	return facts->raw.source == RAW_NONE ? (int64_t)facts->width_px * facts->height_px
					     : (int64_t)facts->raw.width_px * facts->raw.height_px;
}

void facts_take_preview(struct facts *facts)
{
	const struct raw_preview *preview = &facts->raw.preview;

	assert(facts->raw.source != RAW_NONE && preview->width_px > 0);
	facts->raw.source = RAW_PREVIEW;
	facts->format = FORMAT_JPEG;
	facts->width_px = preview->width_px;
	facts->height_px = preview->height_px;
	facts->orientation = preview->orientation;
	facts->model = preview->model;
	facts->bits = 8;
	facts->progressive = preview->progressive;
	facts->profile = preview->profile;
	facts->interop_adobe = preview->interop_adobe;
	facts->chroma_h = preview->chroma_h;
	facts->chroma_v = preview->chroma_v;
	facts->planes = preview->planes;
}

void facts_take_developed(struct facts *facts, int bits)
{
	assert(facts->raw.source != RAW_NONE);
	facts->raw.source = RAW_DEVELOPED;
	facts->format = FORMAT_RAW;
	facts->width_px = facts->raw.width_px;
	facts->height_px = facts->raw.height_px;
	facts->orientation = facts->raw.orientation;
	facts->model = MODEL_RGB;
	facts->bits = bits;
	facts->progressive = facts->profile = facts->interop_adobe = facts->planes = false;
	facts->chroma_h = facts->chroma_v = 1;
}

const char *facts_exif(const struct facts *facts, const char *name)
{
	for (int i = 0; i < TEXTS; i++)
		if (strcmp(texts[i].name, name) == 0)
			return (const char *)&facts->exif + texts[i].offset;
	return NULL;
}

static bool is_control(char byte)
{
	return (unsigned char)byte < 0x20 || byte == 0x7f;
}

void facts_set_text(char *place, size_t size, const char *text)
{
	size_t length = strlen(text);

	if (length >= size)
		length = size - 1;
	while (length > 0 && (text[length] & 0xc0) == 0x80)
		length--;
	for (size_t i = 0; i < length; i++)
		place[i] = is_control(text[i]) ? ' ' : text[i];
	while (length > 0 && place[length - 1] == ' ')
		length--;
	memset(place + length, 0, size - length);
}

static void pack_texts(const struct exif_texts *exif, struct pack *pack)
{
	for (int i = 0; i < TEXTS; i++)
		pack_string(pack, (const char *)exif + texts[i].offset);
}

static void unpack_texts(struct exif_texts *exif, struct unpack *unpack)
{
	for (int i = 0; i < TEXTS; i++) {
		const char *text = unpack_string(unpack);
		char *place = (char *)exif + texts[i].offset;

		memset(place, 0, texts[i].size);
		if (!text_is_utf8(text) || strlen(text) >= texts[i].size)
			unpack->failed = true;
		else
			facts_set_text(place, texts[i].size, text);
		unpack->failed = unpack->failed || strcmp(place, text) != 0;
	}
}

static void pack_raw(const struct raw_facts *raw, struct pack *pack)
{
	const struct raw_preview *preview = &raw->preview;

	pack_i64(pack, raw->source);
	pack_i64(pack, raw->width_px);
	pack_i64(pack, raw->height_px);
	pack_i64(pack, raw->orientation);
	pack_i64(pack, preview->width_px);
	if (!preview->width_px)
		return;
	pack_i64(pack, preview->height_px);
	pack_i64(pack, preview->orientation);
	pack_i64(pack, preview->model);
	pack_i64(pack, preview->progressive);
	pack_i64(pack, preview->profile);
	pack_i64(pack, preview->interop_adobe);
	pack_i64(pack, preview->chroma_h);
	pack_i64(pack, preview->chroma_v);
	pack_i64(pack, preview->planes);
}

static int unpack_side(struct unpack *unpack, int least)
{
	return (int)unpack_range(unpack, least, PICTURE_SIDE_MAX_PX);
}

static void unpack_raw(struct raw_facts *raw, struct unpack *unpack)
{
	struct raw_preview *preview = &raw->preview;

	raw->source = (enum raw_source)unpack_range(unpack, RAW_PREVIEW, RAW_DEVELOPED);
	raw->width_px = unpack_side(unpack, 1);
	raw->height_px = unpack_side(unpack, 1);
	raw->orientation = (int)unpack_range(unpack, 1, 8);
	preview->width_px = unpack_side(unpack, raw->source == RAW_PREVIEW);
	if (!preview->width_px)
		return;
	preview->height_px = unpack_side(unpack, 1);
	preview->orientation = (int)unpack_range(unpack, 1, 8);
	preview->model = (enum colour_model)unpack_range(unpack, MODEL_GREY, MODEL_OTHER);
	preview->progressive = unpack_range(unpack, 0, 1);
	preview->profile = unpack_range(unpack, 0, 1);
	preview->interop_adobe = unpack_range(unpack, 0, 1);
	preview->chroma_h = (int)unpack_range(unpack, 1, 4);
	preview->chroma_v = (int)unpack_range(unpack, 1, 4);
	preview->planes = unpack_range(unpack, 0, 1);
}

/* A raw file says so in the place of the format, and has more to tell: the rows of a ledger that knows no raw
 * files stay good. */
void facts_pack(const struct facts *facts, struct pack *pack)
{
	bool raw = facts->raw.source != RAW_NONE;

	pack_i64(pack, raw ? FORMAT_RAW : facts->format);
	pack_i64(pack, facts->width_px);
	pack_i64(pack, facts->height_px);
	pack_i64(pack, facts->orientation);
	pack_i64(pack, facts->frames);
	pack_i64(pack, facts->model);
	pack_i64(pack, facts->bits);
	pack_i64(pack, facts->alpha);
	pack_i64(pack, facts->progressive);
	pack_i64(pack, facts->profile);
	pack_i64(pack, facts->interop_adobe);
	pack_i64(pack, facts->chroma_h);
	pack_i64(pack, facts->chroma_v);
	pack_i64(pack, facts->planes);
	pack_i64(pack, facts->taken_s);
	pack_texts(&facts->exif, pack);
	if (raw)
		pack_raw(&facts->raw, pack);
}

void facts_unpack(struct facts *facts, struct unpack *unpack)
{
	facts->format = (enum format)unpack_range(unpack, FORMAT_JPEG, FORMAT_COUNT - 1);
	facts->width_px = (int)unpack_range(unpack, 1, PICTURE_SIDE_MAX_PX);
	facts->height_px = (int)unpack_range(unpack, 1, PICTURE_SIDE_MAX_PX);
	facts->orientation = (int)unpack_range(unpack, 1, 8);
	facts->frames = (int)unpack_range(unpack, 1, INT_MAX);
	facts->model = (enum colour_model)unpack_range(unpack, MODEL_GREY, MODEL_OTHER);
	facts->bits = (int)unpack_range(unpack, 1, 64);
	facts->alpha = unpack_range(unpack, 0, 1);
	facts->progressive = unpack_range(unpack, 0, 1);
	facts->profile = unpack_range(unpack, 0, 1);
	facts->interop_adobe = unpack_range(unpack, 0, 1);
	facts->chroma_h = (int)unpack_range(unpack, 1, 4);
	facts->chroma_v = (int)unpack_range(unpack, 1, 4);
	facts->planes = unpack_range(unpack, 0, 1);
	facts->taken_s = unpack_range(unpack, TAKEN_FIRST_S, TAKEN_LAST_S);
	unpack_texts(&facts->exif, unpack);
	facts->raw = (struct raw_facts){ .source = RAW_NONE };
	if (facts->format != FORMAT_RAW)
		return;
	unpack_raw(&facts->raw, unpack);
	if (facts->raw.source == RAW_PREVIEW)
		facts->format = FORMAT_JPEG;
}
