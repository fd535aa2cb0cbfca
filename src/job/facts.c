#include "job/facts.h"

#include <limits.h>

int facts_upright_width(const struct facts *facts)
{
	return facts->orientation >= 5 ? facts->height_px : facts->width_px;
}

int facts_upright_height(const struct facts *facts)
{
	return facts->orientation >= 5 ? facts->width_px : facts->height_px;
}

void facts_pack(const struct facts *facts, struct pack *pack)
{
	pack_i64(pack, facts->format);
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
}
