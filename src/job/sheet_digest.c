#include "job/recipe_digest.h"
#include "job/sheet_layout.h"
#include "job/sheet_task.h"

static int64_t number_of(const struct rgb *rgb)
{
	return rgb->red << 16 | rgb->green << 8 | rgb->blue;
}

static void add_rect(struct pack *pack, const struct sheet_rect *rect)
{
	pack_i64(pack, rect->left_px);
	pack_i64(pack, rect->top_px);
	pack_i64(pack, rect->width_px);
	pack_i64(pack, rect->height_px);
}

/* By what comes of it: the same page asked for in other units is the same page. */
static int add_settings(struct pack *pack, const struct sheet_settings *sheet, struct err *err)
{
	struct sheet_layout layout;
	const struct rgb ink = sheet_ink(sheet);

	if (sheet_layout_compute(sheet, &layout, err) < 0)
		return -1;
	pack_i64(pack, layout.width_px);
	pack_i64(pack, layout.height_px);
	pack_i64(pack, layout.columns);
	pack_i64(pack, layout.rows);
	pack_f64(pack, layout.em_px);
	add_rect(pack, &layout.header);
	add_rect(pack, &layout.grid);
	pack_f64(pack, layout.gap_px);
	pack_i64(pack, layout.caption_px);
	pack_i64(pack, sheet->dpi);
	pack_i64(pack, sheet->format);
	pack_i64(pack, sheet->quality);
	pack_string(pack, sheet->font);
	pack_i64(pack, number_of(&sheet->background));
	pack_i64(pack, number_of(&ink));
	pack_i64(pack, sheet->logo != NULL);
	return sheet->logo ? recipe_digest_file(pack, sheet->logo, err) : 0;
}

static void add_request(struct pack *pack, const struct sheet_request *request)
{
	pack_i64(pack, request->date_s);
	pack_i64(pack, (int64_t)request->pages);
	for (size_t i = 0; i < request->pages; i++)
		pack_string(pack, request->headers[i]);
	for (size_t i = 0; i < request->pictures_count; i++) {
		pack_string(pack, request->pictures[i].caption);
		pack_bytes(pack, request->pictures[i].content, sizeof(request->pictures[i].content));
	}
}

int sheet_digest_section(
	const struct sheet_settings *sheet, unsigned char section[TASK_DIGEST_BYTES], struct err *err)
{
	struct pack pack;

	pack_init(&pack);
	pack_string(&pack, "stampmill sheet 1");
	if (add_settings(&pack, sheet, err) < 0) {
		pack_finish(&pack);
		return -1;
	}
	return recipe_digest_pack(&pack, section, err);
}

int sheet_digest(const struct sheet_request *request, const unsigned char section[TASK_DIGEST_BYTES],
	unsigned char digest[TASK_DIGEST_BYTES], struct err *err)
{
	struct pack pack;

	pack_init(&pack);
	pack_bytes(&pack, section, TASK_DIGEST_BYTES);
	add_request(&pack, request);
	return recipe_digest_pack(&pack, digest, err);
}
