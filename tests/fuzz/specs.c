/* SIZE specs, lengths and numbers; what a spec gives for a picture is in range, whatever the picture. */
#include "fuzz.h"

#include "base/number.h"
#include "job/format.h"
#include "job/geometry.h"
#include "job/settings.h"

static void check_geometry(const struct size_spec *spec, bool enlarge, int width_px, int height_px)
{
	struct geometry is = geometry_compute(spec, enlarge, width_px, height_px);

	REQUIRE(is.scaled_width_px >= 1 && is.scaled_height_px >= 1);
	REQUIRE(is.crop_width_px >= 1 && is.crop_height_px >= 1);
	REQUIRE(is.crop_left_px >= 0 && is.crop_width_px <= is.scaled_width_px - is.crop_left_px);
	REQUIRE(is.crop_top_px >= 0 && is.crop_height_px <= is.scaled_height_px - is.crop_top_px);
	REQUIRE(is.pad_left_px >= 0 && is.crop_width_px <= is.out_width_px - is.pad_left_px);
	REQUIRE(is.pad_top_px >= 0 && is.crop_height_px <= is.out_height_px - is.pad_top_px);
	if (!enlarge)
		REQUIRE(is.scaled_width_px <= width_px && is.scaled_height_px <= height_px);
}

static void check_size(const char *text)
{
	static const int sides[] = { 1, 2, 1365, 65535, PICTURE_SIDE_MAX_PX };
	struct size_spec spec;

	if (!size_spec_parse(text, &spec))
		return;
	for (int i = 0; i < 25; i++) {
		check_geometry(&spec, true, sides[i % 5], sides[i / 5]);
		check_geometry(&spec, false, sides[i % 5], sides[i / 5]);
	}
}

static void check_numbers(const char *text)
{
	struct length_spec length;
	int64_t whole;
	double decimal;

	if (length_spec_parse(text, &length)) {
		REQUIRE(length.unit == LENGTH_PX || length.unit == LENGTH_PERCENT);
		REQUIRE(length.number >= 0);
		REQUIRE(length.number <= (length.unit == LENGTH_PX ? SIZE_LIMIT_PX : 10000));
	}
	if (number_parse_whole(text, 3, 4096, &whole))
		REQUIRE(whole >= 3 && whole <= 4096);
	if (number_parse_decimal(text, 0.5, 100, &decimal))
		REQUIRE(decimal >= 0.5 && decimal <= 100);
	for (int binary = 0; binary < 2; binary++)
		if (number_parse_scaled(text, binary, 1, INT64_MAX, &whole))
			REQUIRE(whole >= 1);
}

static void fuzz_one(const unsigned char *data, size_t size)
{
	autofree char *text = fuzz_text(data, size);

	check_size(text);
	check_numbers(text);
}
