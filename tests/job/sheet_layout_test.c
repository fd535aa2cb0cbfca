#include "job/sheet_layout.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

static struct settings settings;
static struct sheet_settings *sheet;

static int setup(void **state)
{
	(void)state;
	settings = (struct settings){ .sheets = NULL };
	settings_name_sheets(&settings, (const char *const[]){ "contact" }, 1);
	sheet = settings.sheets;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	settings_name_sheets(&settings, NULL, 0);
	return 0;
}

static struct sheet_layout compute(void)
{
	struct sheet_layout layout;
	struct err err = { .reason = REASON_NONE };

	if (sheet_layout_compute(sheet, &layout, &err) < 0)
		fail_msg("%s", err.text);
	return layout;
}

static void assert_refused(const char *why)
{
	struct sheet_layout layout;
	struct err err = { .reason = REASON_NONE };

	assert_int_equal(sheet_layout_compute(sheet, &layout, &err), -1);
	assert_non_null(strstr(err.text, why));
}

/* A picture that fills its box. */
static struct sheet_cell filled_cell(const struct sheet_layout *layout, int index)
{
	struct sheet_cell wide = sheet_layout_cell(layout, index, 60000, 1),
			  high = sheet_layout_cell(layout, index, 1, 60000);

	return sheet_layout_cell(layout, index, wide.picture.width_px, high.picture.height_px);
}

static void set_page(const char *text)
{
	assert_true(page_spec_parse(text, &sheet->page));
}

static void assert_page(const char *text, int width_px, int height_px)
{
	struct sheet_layout layout;

	set_page(text);
	layout = compute();
	if (layout.width_px != width_px || layout.height_px != height_px)
		fail_msg("%s gave %dx%d", text, layout.width_px, layout.height_px);
}

static void a_page_has_the_size_that_it_says(void **state)
{
	(void)state;
	assert_page("A4", 2480, 3508);
	assert_page("a4 landscape", 3508, 2480);
	assert_page("letter portrait", 2550, 3300);
	assert_page("Legal landscape", 4200, 2550);
	assert_page("8x10in", 2400, 3000);
	assert_page("254x127mm", 3000, 1500);
	assert_page("1920x1080px", 1920, 1080);
	assert_page("1920x1080", 1920, 1080);
	sheet->dpi = 72;
	assert_page("A4", 595, 842);
	assert_page("1920x1080px", 1920, 1080);
}

static void what_is_no_page_is_refused(void **state)
{
	static const char *const wrong[] = { "", "A9", "A4landscape", "landscape", "1920", "1920x", "x1080",
		"1920x1080 landscape", "0x100px", "-1x5mm", "1.5x2px", "100x100cm", "99999x10px" };
	struct page_spec spec = { 1, 2, true };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (page_spec_parse(wrong[i], &spec))
			fail_msg("%s", wrong[i]);
	assert_true(spec.width == 1 && spec.height == 2 && spec.is_mm);
}

static void lengths_are_in_print_in_pixels_or_of_the_page(void **state)
{
	struct length_spec spec = { .unit = LENGTH_NATURAL };

	(void)state;
	assert_true(sheet_length_parse("12.5mm", &spec));
	assert_true(spec.unit == LENGTH_MM && spec.number == 12.5);
	assert_true(sheet_length_parse("9pt", &spec));
	assert_true(spec.unit == LENGTH_PT && spec.number == 9);
	assert_true(sheet_length_parse("40px", &spec) && spec.unit == LENGTH_PX);
	assert_true(sheet_length_parse("2%", &spec) && spec.unit == LENGTH_PERCENT);
	assert_false(sheet_length_parse("12", &spec));
	assert_false(sheet_length_parse("mm", &spec));
	assert_false(sheet_length_parse("-1mm", &spec));
	assert_true(spec.unit == LENGTH_PERCENT && spec.number == 2);
	set_page("100x200mm");
	sheet->dpi = 254;
	sheet->columns = sheet->rows = 1;
	sheet_length_parse("10mm", &sheet->margin);
	assert_int_equal(compute().grid.left_px, 100);
	sheet_length_parse("72pt", &sheet->margin);
	assert_int_equal(compute().grid.left_px, 254);
	sheet_length_parse("7px", &sheet->margin);
	assert_int_equal(compute().grid.left_px, 7);
	sheet_length_parse("10%", &sheet->margin);
	assert_int_equal(compute().grid.left_px, 100);
}

/* Cells of equal size and gap, to a pixel; the outer ones end where the margin begins. */
static void cells_are_spaced_evenly_and_fill_the_page(void **state)
{
	static const char *const pages[] = { "A4", "A4 landscape", "1920x1080px", "777x1201px" };
	struct sheet_layout layout;

	(void)state;
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		set_page(pages[i]);
		for (sheet->columns = 1; sheet->columns <= 7; sheet->columns++) {
			struct sheet_cell first, last;

			sheet->rows = 8 - sheet->columns;
			layout = compute();
			first = filled_cell(&layout, 0);
			last = filled_cell(&layout, sheet->columns * sheet->rows - 1);
			assert_int_equal(first.picture.left_px, layout.grid.left_px);
			assert_int_equal(first.picture.top_px, layout.grid.top_px);
			assert_int_equal(last.picture.left_px + last.picture.width_px,
				layout.width_px - layout.grid.left_px);
			assert_int_equal(last.caption.top_px + last.caption.height_px,
				layout.height_px - layout.grid.left_px);
			for (int k = 1; k < sheet->columns; k++) {
				struct sheet_cell cell = filled_cell(&layout, k),
						  before = filled_cell(&layout, k - 1);
				double gap = cell.picture.left_px - before.picture.left_px -
					     before.picture.width_px;

				assert_true(gap > layout.gap_px - 1 && gap < layout.gap_px + 1);
				assert_true(abs(cell.picture.width_px - first.picture.width_px) <= 1);
				assert_int_equal(cell.picture.top_px, first.picture.top_px);
			}
		}
	}
}

static void a_caption_stands_below_its_picture_and_above_the_next(void **state)
{
	struct sheet_layout layout = compute();
	struct sheet_cell cell = filled_cell(&layout, 0), below = filled_cell(&layout, 4), flat;

	(void)state;
	assert_int_equal(layout.columns, 4);
	assert_true(cell.caption.height_px > layout.em_px);
	assert_true(cell.picture.top_px + cell.picture.height_px < cell.caption.top_px);
	assert_true(cell.caption.top_px + cell.caption.height_px < below.picture.top_px);
	assert_int_equal(cell.caption.left_px, cell.picture.left_px);
	assert_int_equal(cell.caption.width_px, cell.picture.width_px);
	/* right below: a picture that is less high has it nearer to the middle */
	flat = sheet_layout_cell(&layout, 0, 4000, 1000);
	assert_true(flat.caption.top_px < cell.caption.top_px);
	assert_int_equal(flat.caption.top_px - flat.picture.top_px - flat.picture.height_px,
		cell.caption.top_px - cell.picture.top_px - cell.picture.height_px);
	g_free(sheet->caption);
	sheet->caption = NULL;
	layout = compute();
	assert_int_equal(filled_cell(&layout, 0).caption.height_px, 0);
	assert_true(filled_cell(&layout, 0).picture.height_px > cell.picture.height_px);
}

static void a_header_takes_room_only_where_there_is_one(void **state)
{
	struct sheet_layout bare = compute(), headed;

	(void)state;
	assert_int_equal(bare.header.height_px, 0);
	assert_int_equal(bare.grid.top_px, bare.grid.left_px);
	sheet->header = g_strdup("{sheet}");
	headed = compute();
	assert_true(headed.header.height_px > headed.header_em_px);
	assert_int_equal(headed.header.top_px, bare.grid.top_px);
	assert_true(headed.grid.top_px > headed.header.top_px + headed.header.height_px);
	sheet_length_parse("200px", &sheet->header_height);
	assert_int_equal(compute().header.height_px, 200);
}

static void a_picture_stands_in_the_middle_of_its_box_as_large_as_it_can(void **state)
{
	const struct sheet_rect box = { 10, 20, 300, 200 };
	struct sheet_rect wide = sheet_layout_fit(&box, 6000, 2000), high = sheet_layout_fit(&box, 20, 40),
			  dust = sheet_layout_fit(&box, 60000, 1);

	(void)state;
	assert_memory_equal(&wide, (&(struct sheet_rect){ 10, 70, 300, 100 }), sizeof(wide));
	assert_memory_equal(&high, (&(struct sheet_rect){ 110, 20, 100, 200 }), sizeof(high));
	assert_int_equal(dust.height_px, 1);
	assert_int_equal(dust.width_px, 300);
}

static void pages_are_as_many_as_it_takes(void **state)
{
	struct sheet_layout layout = compute();

	(void)state;
	assert_int_equal(sheet_layout_pages(&layout, 0), 0);
	assert_int_equal(sheet_layout_pages(&layout, 1), 1);
	assert_int_equal(sheet_layout_pages(&layout, 20), 1);
	assert_int_equal(sheet_layout_pages(&layout, 21), 2);
	assert_int_equal(sheet_layout_pages(&layout, 100001), 5001);
}

static void a_page_turned_has_more_columns_than_rows(void **state)
{
	struct sheet_layout layout;

	(void)state;
	set_page("A4 landscape");
	layout = compute();
	assert_int_equal(layout.columns, 6);
	assert_int_equal(layout.rows, 4);
}

static void what_does_not_fit_on_a_page_is_refused(void **state)
{
	(void)state;
	sheet->columns = sheet->rows = 50;
	assert_refused("has no room for 50 x 50 pictures");
	sheet->columns = sheet->rows = 1;
	sheet_length_parse("50%", &sheet->margin);
	assert_refused("has no room for 1 x 1 pictures");
	sheet_length_parse("10000mm", &sheet->margin);
	assert_refused("has no room");
	sheet_length_parse("0%", &sheet->margin);
	sheet_length_parse("10000pt", &sheet->font_size);
	assert_refused("has no room");
	sheet_length_parse("1%", &sheet->font_size);
	set_page("5000x5000mm");
	assert_refused("a page of 59055 x 59055 pixels: expected at most");
	set_page("20000x20000px");
	assert_refused("100 million in all");
	set_page("0.001x10mm");
	assert_refused("a page of 0 x");
}

static void text_is_dark_on_light_and_light_on_dark(void **state)
{
	(void)state;
	assert_int_equal(sheet_ink(sheet).red, 34);
	sheet->background = (struct rgb){ 20, 20, 20 };
	assert_int_equal(sheet_ink(sheet).red, 224);
	sheet->foreground = (struct edge){ true, { 1, 2, 3 } };
	assert_int_equal(sheet_ink(sheet).blue, 3);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_page_has_the_size_that_it_says),
		TEST(what_is_no_page_is_refused),
		TEST(lengths_are_in_print_in_pixels_or_of_the_page),
		TEST(cells_are_spaced_evenly_and_fill_the_page),
		TEST(a_caption_stands_below_its_picture_and_above_the_next),
		TEST(a_header_takes_room_only_where_there_is_one),
		TEST(a_picture_stands_in_the_middle_of_its_box_as_large_as_it_can),
		TEST(pages_are_as_many_as_it_takes),
		TEST(a_page_turned_has_more_columns_than_rows),
		TEST(what_does_not_fit_on_a_page_is_refused),
		TEST(text_is_dark_on_light_and_light_on_dark),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
