/* Contact sheets: what stands on them and where, when they are made again, and what becomes of old ones. */
#include <fcntl.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "end-to-end/events.h"
#include "end-to-end/picture.h"
#include "end-to-end/place.h"
#include "end-to-end/program.h"

/* Far enough from one another to be told apart after JPEG. */
static const uint8_t colours[][3] = { { 200, 0, 0 }, { 0, 200, 0 }, { 0, 0, 200 }, { 200, 200, 0 },
	{ 0, 200, 200 }, { 200, 0, 200 }, { 120, 120, 120 } };

enum {
	PICTURES = G_N_ELEMENTS(colours)
};

/* 3 x 2 places on a page; the boxes are 93 x 95, the pictures 93 x 62 in the middle of them. */
#define PAGE                                                                           \
	"page = 320x220px\ncolumns = 3\nrows = 2\nmargin = 10px\ngap = 10px\norder = " \
	"name\ncaption =\n"
static const int columns_x[] = { 56, 160, 263 }, rows_y[] = { 57, 162 };

static void write_picture(struct place *place, int i)
{
	picture_write(place_path(place, "in/%d.jpg", i),
		&(struct picture){ .width_px = 300,
			.height_px = 200,
			.colour = { colours[i][0], colours[i][1], colours[i][2] },
			.alpha = 1 });
}

static void write_pictures(struct place *place)
{
	for (int i = 0; i < PICTURES; i++)
		write_picture(place, i);
}

/* Run in the place's folder by a recipe of this text; `options`, parted by spaces, may be NULL. */
static void run(struct place *place, const char *recipe, const char *options, struct ended *ended)
{
	char *line = g_strconcat("run --recipe r.ini --events events.json ", options ? options : "", NULL);
	char **words = g_strsplit_set(g_strstrip(line), " ", -1);
	GPtrArray *arguments = g_ptr_array_new();

	file_write_text(place_path(place, "r.ini"), recipe);
	for (char **word = words; *word; word++)
		g_ptr_array_add(arguments, *word);
	g_ptr_array_add(arguments, (gpointer) "in");
	g_ptr_array_add(arguments, (gpointer) "out");
	g_ptr_array_add(arguments, NULL);
	program_run(&(struct program_options){ .arguments = (const char *const *)arguments->pdata,
			    .folder = place->folder },
		ended);
	g_ptr_array_free(arguments, TRUE);
	g_strfreev(words);
	g_free(line);
}

static void run_well(struct place *place, const char *recipe, const char *options)
{
	struct ended ended;

	run(place, recipe, options, &ended);
	ASSERT_EXIT(&ended, 0);
}

/* The status of the sheet's file in the last run's events; "" where there is no such event. */
static char *status_of(struct place *place, const char *name)
{
	json_t *events = events_read(place_path(place, "events.json")), *event;
	char *status = g_strdup("");
	size_t i;

	json_array_foreach(events, i, event)
	{
		if (strcmp(events_text(event, "event"), "sheet") == 0 &&
			g_str_has_suffix(events_text(event, "name"), name)) {
			g_free(status);
			status = g_strdup(events_text(event, "status"));
		}
	}
	json_decref(events);
	return status;
}

#define ASSERT_STATUS(place, name, status) assert_status(place, name, status, __FILE__, __LINE__)
static void assert_status(
	struct place *place, const char *name, const char *status, const char *file, int line)
{
	char *found = status_of(place, name);

	if (strcmp(found, status) != 0) {
		print_error("%s is '%s', not '%s'\n", name, found, status);
		_fail(file, line);
	}
	g_free(found);
}

/* Picture `i` stands at place `k` of the page. */
#define ASSERT_AT(page, k, i) \
	ASSERT_PIXEL(         \
		page, columns_x[(k) % 3], rows_y[(k) / 3], colours[i][0], colours[i][1], colours[i][2], 6)
#define ASSERT_EMPTY(page, k) ASSERT_PIXEL(page, columns_x[(k) % 3], rows_y[(k) / 3], 255, 255, 255, 3)

static void each_picture_stands_at_its_place(void **state)
{
	struct place *place = *state;
	char *page;

	write_pictures(place);
	run_well(place, "[output]\nresize = 150\n[sheet proof]\n" PAGE, NULL);
	assert_int_equal(tree_count(place_path(place, "out/sheets")), 2);
	page = place_path(place, "out/sheets/proof-01.jpg");
	ASSERT_SIZE(page, 320, 220);
	for (int k = 0; k < 6; k++)
		ASSERT_AT(page, k, k);
	/* the margin, the gap, and what a picture leaves of its box */
	ASSERT_PIXEL(page, 4, 57, 255, 255, 255, 3);
	ASSERT_PIXEL(page, 108, 57, 255, 255, 255, 12);
	ASSERT_PIXEL(page, 56, 18, 255, 255, 255, 3);
	ASSERT_PIXEL(page, 56, 30, 200, 0, 0, 12);
	page = place_path(place, "out/sheets/proof-02.jpg");
	ASSERT_SIZE(page, 320, 220);
	ASSERT_AT(page, 0, 6);
	for (int k = 1; k < 6; k++)
		ASSERT_EMPTY(page, k);
}

static void pictures_come_in_the_order_of_their_time(void **state)
{
	struct place *place = *state;
	char *page;

	write_pictures(place);
	for (int i = 0; i < PICTURES; i++) {
		struct timespec times[2] = { { 1000000000 - i * 60, 0 }, { 1000000000 - i * 60, 0 } };

		assert_int_equal(utimensat(AT_FDCWD, place_path(place, "in/%d.jpg", i), times, 0), 0);
	}
	run_well(place, "[sheet proof]\n" PAGE "order = time\n", NULL);
	page = place_path(place, "out/sheets/proof-01.jpg");
	for (int k = 0; k < 6; k++)
		ASSERT_AT(page, k, 6 - k);
	ASSERT_AT(place_path(place, "out/sheets/proof-02.jpg"), 0, 0);
}

/* The logo is white, as wide as half of the picture, in its corner. */
static void thumbnails_are_those_of_the_output_with_its_mark_and_crop(void **state)
{
	struct place *place = *state;
	char *page;

	write_pictures(place);
	picture_write(place_path(place, "logo.png"),
		&(struct picture){
			.width_px = 40, .height_px = 40, .colour = { 255, 255, 255 }, .alpha = 1 });
	run_well(place,
		"[output web]\nname = web/{stem}.{ext}\n"
		"[output square]\nresize = 100x100:cover\nwatermark = logo.png\nwatermark-size = 50px\n"
		"watermark-margin = 0px\nname = square/{stem}.{ext}\n"
		"[sheet plain]\n" PAGE "[sheet stamped]\nof = square\n" PAGE,
		NULL);
	page = place_path(place, "out/sheets/plain-01.jpg");
	ASSERT_AT(page, 0, 0);
	ASSERT_PIXEL(page, 95, 80, 200, 0, 0, 12);
	/* 93 x 93, white to the right and below */
	page = place_path(place, "out/sheets/stamped-01.jpg");
	ASSERT_PIXEL(page, 40, 40, 200, 0, 0, 12);
	ASSERT_PIXEL(page, 40, 90, 200, 0, 0, 12);
	ASSERT_PIXEL(page, 80, 80, 255, 255, 255, 6);
}

static void the_number_of_workers_does_not_show(void **state)
{
	struct place *place = *state;
	const char *recipe = "[output]\nresize = 150\n[sheet]\nheader = {sheet} {page}/{pages}\ncolumns = 2\n"
			     "rows = 2\ndpi = 72\n[sheet proof]\n[sheet paper]\nformat = pdf\n";
	unsigned long sum;

	write_pictures(place);
	run_well(place, recipe, "--jobs 1");
	sum = tree_sum(place_path(place, "out"));
	assert_int_equal(tree_count(place_path(place, "out/sheets")), 3);
	run_well(place, recipe, "--jobs 2 --force");
	assert_int_equal(tree_sum(place_path(place, "out")), sum);
	ASSERT_STATUS(place, "paper.pdf", "done");
}

static void a_page_is_made_again_only_when_it_would_be_another(void **state)
{
	struct place *place = *state;
	const char *recipe = "[output]\nresize = 150\n[sheet proof]\n" PAGE;
	struct ended ended;

	write_pictures(place);
	run_well(place, recipe, NULL);
	ASSERT_STATUS(place, "proof-01.jpg", "done");
	run(place, recipe, NULL, &ended);
	ASSERT_SAYS(ended.err, "0 made, 7 up to date, 2 sheets up to date in ");
	ASSERT_EXIT(&ended, 0);
	/* a picture on the second page */
	picture_write_plain(place_path(place, "in/6.jpg"), 300, 200);
	run_well(place, recipe, NULL);
	ASSERT_STATUS(place, "proof-01.jpg", "up-to-date");
	ASSERT_STATUS(place, "proof-02.jpg", "done");
	/* the section; a text; what somebody has taken away; all */
	run_well(place, "[output]\nresize = 150\n[sheet proof]\n" PAGE "background = black\n", NULL);
	ASSERT_STATUS(place, "proof-01.jpg", "done");
	ASSERT_PIXEL(place_path(place, "out/sheets/proof-02.jpg"), 160, 57, 0, 0, 0, 3);
	run_well(place, "[output]\nresize = 150\n[sheet proof]\n" PAGE, NULL);
	run_well(place, "[output]\nresize = 150\n[sheet proof]\n" PAGE "header = {page}\n", NULL);
	ASSERT_STATUS(place, "proof-02.jpg", "done");
	run_well(place, recipe, NULL);
	assert_int_equal(unlink(place_path(place, "out/sheets/proof-01.jpg")), 0);
	run_well(place, recipe, NULL);
	ASSERT_STATUS(place, "proof-01.jpg", "done");
	ASSERT_STATUS(place, "proof-02.jpg", "up-to-date");
	run_well(place, recipe, "--force");
	ASSERT_STATUS(place, "proof-02.jpg", "done");
}

static void write_logo(struct place *place, const char *colour)
{
	char *svg = g_strconcat("<svg xmlns='http://www.w3.org/2000/svg' width='40' height='40'>",
		"<rect width='40' height='40' fill='", colour, "'/></svg>", NULL);

	file_write_text(place_path(place, "logo.svg"), svg);
	g_free(svg);
}

static void a_logo_counts_by_what_is_in_it(void **state)
{
	struct place *place = *state;
	const char *recipe = "[sheet proof]\n" PAGE "header-height = 40px\nlogo = logo.svg\n";

	write_pictures(place);
	write_logo(place, "#f00");
	run_well(place, recipe, NULL);
	/* at the right end of the header */
	ASSERT_PIXEL(place_path(place, "out/sheets/proof-01.jpg"), 290, 30, 255, 0, 0, 6);
	ASSERT_PIXEL(place_path(place, "out/sheets/proof-01.jpg"), 250, 30, 255, 255, 255, 6);
	write_logo(place, "#00f");
	run_well(place, recipe, NULL);
	ASSERT_PIXEL(place_path(place, "out/sheets/proof-01.jpg"), 290, 30, 0, 0, 255, 6);
}

static void pages_that_are_no_longer_needed_are_told_and_pruned_on_request(void **state)
{
	struct place *place = *state;
	const char *recipe = "[sheet proof]\n" PAGE;
	struct ended ended;

	write_pictures(place);
	run_well(place, recipe, NULL);
	assert_int_equal(unlink(place_path(place, "in/6.jpg")), 0);
	run(place, recipe, NULL, &ended);
	ASSERT_SAYS(ended.err,
		"1 files of contact sheets are no longer needed, and are kept (--prune removes them)");
	ASSERT_EXIT(&ended, 0);
	assert_true(file_exists(place_path(place, "out/sheets/proof-02.jpg")));
	/* a run without the sheet has nothing to say about it */
	run_well(place, "[output]\n", "--prune");
	assert_true(file_exists(place_path(place, "out/sheets/proof-02.jpg")));
	run_well(place, recipe, "--prune");
	assert_false(file_exists(place_path(place, "out/sheets/proof-02.jpg")));
	assert_true(file_exists(place_path(place, "out/sheets/proof-01.jpg")));
	run(place, recipe, NULL, &ended);
	ASSERT_SAYS(ended.err, "0 made, 6 up to date, 1 sheet up to date");
	ASSERT_EXIT(&ended, 0);
}

static void a_page_that_somebody_has_changed_is_not_pruned(void **state)
{
	struct place *place = *state;

	write_pictures(place);
	run_well(place, "[sheet proof]\n" PAGE, NULL);
	assert_int_equal(unlink(place_path(place, "in/6.jpg")), 0);
	file_write_text(place_path(place, "out/sheets/proof-02.jpg"), "mine");
	run_well(place, "[sheet proof]\n" PAGE, "--prune");
	assert_true(file_exists(place_path(place, "out/sheets/proof-02.jpg")));
}

static void a_picture_that_fails_has_no_place_on_the_sheet(void **state)
{
	struct place *place = *state;
	char *page = place_path(place, "out/sheets/proof-01.jpg");
	struct ended ended;

	write_pictures(place);
	file_cut(place_path(place, "in/1.jpg"), 0.7);
	run(place, "[sheet proof]\n" PAGE, NULL, &ended);
	ASSERT_SAYS(ended.err, "in/1.jpg: truncated");
	ASSERT_SAYS(ended.err, "6 made, 1 failed, 1 sheet made in ");
	ASSERT_EXIT(&ended, 1);
	ASSERT_AT(page, 0, 0);
	ASSERT_AT(page, 1, 2);
	ASSERT_AT(page, 5, 6);
	assert_int_equal(tree_count(place_path(place, "out/sheets")), 1);
	/* once it is whole, it takes its place */
	write_picture(place, 1);
	run_well(place, "[sheet proof]\n" PAGE, NULL);
	ASSERT_AT(page, 1, 1);
	assert_int_equal(tree_count(place_path(place, "out/sheets")), 2);
}

static void without_pictures_there_is_no_sheet(void **state)
{
	struct place *place = *state;
	struct ended ended;

	file_write_text(place_path(place, "in/notes.txt"), "no picture");
	run(place, "[sheet proof]\n", NULL, &ended);
	ASSERT_SAYS(ended.err, "0 made, 1 skipped in ");
	ASSERT_EXIT(&ended, 0);
	assert_false(file_exists(place_path(place, "out/sheets")));
}

static void a_dry_run_shows_the_sheets(void **state)
{
	struct place *place = *state;
	const char *recipe = "[sheet]\n" PAGE "[sheet proof]\n[sheet paper]\nformat = pdf\n";
	struct ended ended;

	write_pictures(place);
	run(place, recipe, "--dry-run", &ended);
	ASSERT_SAYS(ended.out, "\n[sheet proof] -> out/sheets/proof-01.jpg 320x220 jpeg, 6 pictures\n"
			       "[sheet proof] -> out/sheets/proof-02.jpg 320x220 jpeg, 1 picture\n"
			       "[sheet paper] -> out/sheets/paper.pdf 320x220 pdf, 2 pages, 7 pictures\n");
	ASSERT_EXIT(&ended, 0);
	assert_false(file_exists(place_path(place, "out")));
	run_well(place, recipe, NULL);
	picture_write_plain(place_path(place, "in/6.jpg"), 310, 200);
	run(place, recipe, "--dry-run", &ended);
	ASSERT_SAYS(ended.out, "proof-01.jpg 320x220 jpeg, 6 pictures, up to date\n");
	ASSERT_SAYS(ended.out, "proof-02.jpg 320x220 jpeg, 1 picture\n");
	ASSERT_EXIT(&ended, 0);
}

static void assert_refused(struct place *place, const char *recipe, const char *says)
{
	struct ended ended;

	run(place, recipe, NULL, &ended);
	ASSERT_SAYS(ended.err, says);
	ASSERT_EXIT(&ended, 2);
	assert_false(file_exists(place_path(place, "out")));
}

static void names_that_collide_are_refused_before_anything_is_written(void **state)
{
	struct place *place = *state;
	struct ended ended;

	write_pictures(place);
	assert_refused(place, "[sheet proof]\n" PAGE "name = {sheet}.{ext}\n",
		"out/proof.jpg: would be made as page 1 of [sheet proof] and as page 2 of [sheet proof]; a "
		"name with {page} tells them apart");
	assert_refused(place, "[sheet proof]\n" PAGE "name = {page}.{ext}\n",
		"out/1.jpg: would be made of in/1.jpg and as page 1 of [sheet proof]");
	assert_refused(place, "[sheet]\nname = S.{ext}\n[sheet a]\n[sheet b]\nname = s.{ext}\n",
		"out/S.jpg: is the same name as out/s.jpg on Windows and macOS (made as page 1 of [sheet a] "
		"and as page 1 of [sheet b])");
	assert_refused(place, "[sheet proof]\nname = 1.jpg/{page}.{ext}\n",
		"out/1.jpg: would be a file, and the folder of out/1.jpg/1.jpg");
	/* a number on request, as for pictures */
	run(place, "[run]\non-collision = number\n[sheet proof]\n" PAGE "name = {page}.{ext}\n", NULL,
		&ended);
	ASSERT_EXIT(&ended, 0);
	ASSERT_SIZE(place_path(place, "out/1-2.jpg"), 320, 220);
	ASSERT_SIZE(place_path(place, "out/1.jpg"), 300, 200);
}

static void a_sheet_never_overwrites_an_input(void **state)
{
	struct place *place = *state;
	unsigned long sum;
	struct ended ended;

	write_pictures(place);
	folder_make(place_path(place, "out"));
	file_hard_link(place_path(place, "in/3.jpg"), place_path(place, "out/mine.jpg"));
	sum = tree_sum(place_path(place, "in"));
	run(place, "[sheet proof]\nname = mine.jpg\n", NULL, &ended);
	ASSERT_SAYS(ended.err, "out/mine.jpg: would overwrite an input: it is in/3.jpg");
	ASSERT_EXIT(&ended, 2);
	assert_int_equal(tree_sum(place_path(place, "in")), sum);
	assert_int_equal(tree_count(place_path(place, "out")), 1);
}

static void a_sheet_that_cannot_be_made_is_status_1_with_its_name_and_reason(void **state)
{
	struct place *place = *state;
	json_t *events;
	struct ended ended;

	write_pictures(place);
	file_write_text(place_path(place, "out/sheets"), "a file where the folder should be");
	run(place, "[sheet proof]\n" PAGE, NULL, &ended);
	ASSERT_SAYS(ended.err, "out/sheets/proof-01.jpg: ");
	ASSERT_SAYS(ended.err, "Not a directory");
	ASSERT_SAYS(ended.err, "7 made, 2 sheets failed in ");
	ASSERT_EXIT(&ended, 1);
	ASSERT_STATUS(place, "proof-02.jpg", "failed");
	events = events_read(place_path(place, "events.json"));
	events_assert_sound(events, 1);
	json_decref(events);
	assert_int_equal(unlink(place_path(place, "out/sheets")), 0);
	run(place, "[sheet proof]\n" PAGE, NULL, &ended);
	ASSERT_SAYS(ended.err, "0 made, 7 up to date, 2 sheets made in ");
	ASSERT_EXIT(&ended, 0);
}

static void what_cannot_be_drawn_is_told_before_anything_is_written(void **state)
{
	struct place *place = *state;

	write_pictures(place);
	assert_refused(place, "[sheet proof]\nfont = No Such Font At All\n",
		"[sheet proof] font 'No Such Font At All': there is no such font here");
	assert_refused(place, "[sheet proof]\nfont = Sans 12\n",
		"without a size, which [sheet proof] font-size gives");
	assert_refused(place, "[sheet proof]\nlogo = nowhere.svg\n", "nowhere.svg: No such file");
}

static void a_sheet_has_an_event_of_its_own(void **state)
{
	struct place *place = *state;
	json_t *events, *event;
	struct stat status;

	write_pictures(place);
	run_well(place, "[sheet proof]\n" PAGE "rows = 4\n", NULL);
	events = events_read(place_path(place, "events.json"));
	events_assert_sound(events, 0);
	event = json_array_get(events, PICTURES);
	assert_string_equal(events_text(event, "event"), "sheet");
	assert_string_equal(events_text(event, "sheet"), "proof");
	assert_string_equal(events_text(event, "name"), "out/sheets/proof-01.jpg");
	assert_int_equal(json_integer_value(json_object_get(event, "pictures")), PICTURES);
	assert_int_equal(json_integer_value(json_object_get(event, "width")), 320);
	assert_int_equal(stat(place_path(place, "out/sheets/proof-01.jpg"), &status), 0);
	assert_int_equal(json_integer_value(json_object_get(event, "bytes")), status.st_size);
	event = json_object_get(events_summary(events), "sheets");
	assert_int_equal(json_integer_value(json_object_get(event, "done")), 1);
	json_decref(events);
}

static void verify_knows_sheets(void **state)
{
	struct place *place = *state;
	struct ended ended;

	write_pictures(place);
	run_well(place, "[sheet]\n" PAGE "[sheet proof]\n[sheet paper]\nformat = pdf\n", NULL);
	RUN(&ended, "verify", place_path(place, "out"));
	ASSERT_SAYS(ended.err, "10 verified in ");
	ASSERT_EXIT(&ended, 0);
	file_cut(place_path(place, "out/sheets/paper.pdf"), 0.9);
	file_cut(place_path(place, "out/sheets/proof-02.jpg"), 0.9);
	RUN(&ended, "verify", place_path(place, "out"));
	ASSERT_SAYS(ended.err, "out/sheets/paper.pdf: has changed since it was made");
	ASSERT_SAYS(ended.err, "out/sheets/proof-02.jpg: ");
	ASSERT_SAYS(ended.err, "8 verified, 2 failed");
	ASSERT_EXIT(&ended, 1);
}

static void any_name_can_stand_below_a_picture(void **state)
{
	static const char *const names[] = { "caf\xe9.jpg", "line\nbreak.jpg", "\xe5\x86\x99\xe7\x9c\x9f.jpg",
		"<b>&amp;.jpg",
		"\xe2\x80\xae"
		"evil.jpg" };
	struct place *place = *state;
	char *longest = g_strnfill(251, 'W');

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		picture_write_plain(place_path(place, "in/%s", names[i]), 60, 40);
	picture_write_plain(place_path(place, "in/%s.jpg", longest), 60, 40);
	run_well(place,
		"[sheet]\n" PAGE
		"caption = {dir}{stem} {exif:Model|} {seq:3}\n[sheet proof]\n[sheet paper]\nformat = pdf\n",
		NULL);
	/* the longest one, in the middle of the first row or so, stays between the margins */
	for (int y = 0; y < 220; y += 2) {
		ASSERT_PIXEL(place_path(place, "out/sheets/proof-01.jpg"), 3, y, 255, 255, 255, 3);
		ASSERT_PIXEL(place_path(place, "out/sheets/proof-01.jpg"), 316, y, 255, 255, 255, 3);
	}
	g_free(longest);
}

/* Formatted; good until the next call. */
__attribute__((format(printf, 1, 2))) static const char *words(const char *format, ...)
{
	static char text[4096];
	va_list args;

	va_start(args, format);
	g_vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return text;
}

/* What the command says; NULL where it is not installed. To be freed. */
static char *said_by(const char *tool, const char *arguments)
{
	char *path = g_find_program_in_path(tool), *line = NULL, *out = NULL;
	int status;

	if (!path)
		return NULL;
	line = g_strdup_printf("%s %s", path, arguments);
	assert_true(g_spawn_command_line_sync(line, &out, NULL, &status, NULL));
	assert_int_equal(status, 0);
	g_free(line);
	g_free(path);
	return out;
}

/* The header's day is that of the newest file, of whose pictures none tells. */
static void write_paper(struct place *place)
{
	write_pictures(place);
	for (int i = 0; i < PICTURES; i++) {
		struct timespec times[2] = { { 86400 * 365, 0 }, { 86400 * 365, 0 } };

		assert_int_equal(utimensat(AT_FDCWD, place_path(place, "in/%d.jpg", i), times, 0), 0);
	}
	run_well(place,
		"[output web]\n[sheet paper]\nformat = pdf\npage = A4 landscape\ncolumns = 3\nrows = 2\n"
		"caption = Picture {stem}\nheader = Smith & <Sons>, {date:%Y}, {output} {page}/{pages}\n",
		NULL);
}

static void a_pdf_has_all_pages_and_its_text_is_text(void **state)
{
	struct place *place = *state;
	char *pdf, *info, *text, *images, **lines;

	write_paper(place);
	assert_int_equal(tree_count(place_path(place, "out/sheets")), 1);
	pdf = place_path(place, "out/sheets/paper.pdf");
	info = said_by("pdfinfo", pdf);
	if (!info)
		skip();
	ASSERT_SAYS(info, "Title:           paper\n");
	ASSERT_SAYS(info, "Pages:           2\n");
	ASSERT_SAYS(info, "Page size:       841.92 x 595.2 pts (A4)");
	ASSERT_SAYS(info, "1971");
	text = said_by("pdftotext", words("-layout %s -", pdf));
	ASSERT_SAYS(text, "Smith & <Sons>, 1971, web 1/2");
	ASSERT_SAYS(text, "Smith & <Sons>, 1971, web 2/2");
	for (int i = 0; i < PICTURES; i++)
		ASSERT_SAYS(text, words("Picture %d", i));
	images = said_by("pdfimages", words("-list %s", pdf));
	lines = g_strsplit(images, "jpeg", -1);
	assert_int_equal(g_strv_length(lines) - 1, PICTURES);
	g_strfreev(lines);
	g_free(images);
	g_free(text);
	g_free(info);
}

static void pictures_of_a_pdf_stand_at_their_places(void **state)
{
	struct place *place = *state;
	char *said, *page;

	write_paper(place);
	said = said_by("pdftoppm",
		words("-r 72 -png %s/out/sheets/paper.pdf %s/page", place->folder, place->folder));
	if (!said)
		skip();
	g_free(said);
	page = place_path(place, "page-1.png");
	ASSERT_SIZE(page, 842, 596);
	/* the middles of three columns and two rows, give or take: the pictures are large */
	for (int k = 0; k < 6; k++)
		ASSERT_PIXEL(page, 158 + 263 * (k % 3), 190 + 240 * (k / 3), colours[k][0], colours[k][1],
			colours[k][2], 8);
	page = place_path(place, "page-2.png");
	ASSERT_PIXEL(page, 158, 190, 120, 120, 120, 8);
	ASSERT_PIXEL(page, 158 + 263, 190, 255, 255, 255, 2);
}

#ifdef STAMPMILL_TEST_HOOKS
static void run_hooked(struct place *place, const char *hook, int exit_status, const char *says)
{
	struct ended ended;

	file_write_text(
		place_path(place, "r.ini"), "[sheet]\n" PAGE "[sheet proof]\n[sheet paper]\nformat = pdf\n");
	program_run(
		&(struct program_options){ .arguments = (const char *const[]){ "run", "--recipe", "r.ini",
						   "--force", "--events", "events.json", "in", "out", NULL },
			.environment = (const char *const[]){ hook, NULL },
			.folder = place->folder },
		&ended);
	ASSERT_SAYS(ended.err, says);
	ASSERT_EXIT(&ended, exit_status);
}

static void a_crash_at_any_stage_of_a_sheet_costs_a_retry_and_leaves_nothing(void **state)
{
	static const char *const stages[] = { "open", "decode", "encode", "sync", "publish" };
	static const char *const files[] = { "proof-02.jpg", "paper.pdf" };
	struct place *place = *state;

	write_pictures(place);
	for (unsigned i = 0; i < G_N_ELEMENTS(stages) * 2; i++) {
		char *once = g_strdup_printf("STAMPMILL_TEST_HOOK=%s:kill:%s:1", stages[i / 2], files[i % 2]);
		char *always = g_strdup_printf("STAMPMILL_TEST_HOOK=%s:segv:%s", stages[i / 2], files[i % 2]);
		char *says = g_strdup_printf("out/sheets/%s: crashed: ", files[i % 2]);

		run_hooked(place, once, 0, "7 made, 3 sheets made in ");
		assert_int_equal(tree_count(place_path(place, "out")), PICTURES + 3);
		assert_int_equal(unlink(place_path(place, "out/sheets/%s", files[i % 2])), 0);
		run_hooked(place, always, 1, says);
		assert_int_equal(tree_count(place_path(place, "out")), PICTURES + 2);
		g_free(once);
		g_free(always);
		g_free(says);
	}
}
#endif

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)
	const struct CMUnitTest tests[] = {
		TEST(each_picture_stands_at_its_place),
		TEST(pictures_come_in_the_order_of_their_time),
		TEST(thumbnails_are_those_of_the_output_with_its_mark_and_crop),
		TEST(the_number_of_workers_does_not_show),
		TEST(a_page_is_made_again_only_when_it_would_be_another),
		TEST(a_logo_counts_by_what_is_in_it),
		TEST(pages_that_are_no_longer_needed_are_told_and_pruned_on_request),
		TEST(a_page_that_somebody_has_changed_is_not_pruned),
		TEST(a_picture_that_fails_has_no_place_on_the_sheet),
		TEST(without_pictures_there_is_no_sheet),
		TEST(a_dry_run_shows_the_sheets),
		TEST(names_that_collide_are_refused_before_anything_is_written),
		TEST(a_sheet_never_overwrites_an_input),
		TEST(a_sheet_that_cannot_be_made_is_status_1_with_its_name_and_reason),
		TEST(what_cannot_be_drawn_is_told_before_anything_is_written),
		TEST(a_sheet_has_an_event_of_its_own),
		TEST(verify_knows_sheets),
		TEST(any_name_can_stand_below_a_picture),
		TEST(a_pdf_has_all_pages_and_its_text_is_text),
		TEST(pictures_of_a_pdf_stand_at_their_places),
#ifdef STAMPMILL_TEST_HOOKS
		TEST(a_crash_at_any_stage_of_a_sheet_costs_a_retry_and_leaves_nothing),
#endif
	};

	pictures_start("sheets_test");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
