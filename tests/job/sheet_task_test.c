#include "job/sheet_task.h"

#include <errno.h>
#include <glib.h>
#include <string.h>

#include "check.h"

static struct settings settings;

static int setup(void **state)
{
	(void)state;
	settings = (struct settings){ .sheets = NULL };
	settings_name_sheets(&settings, (const char *const[]){ "a", "b" }, 2);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	settings_name_sheets(&settings, NULL, 0);
	return 0;
}

static struct sheet_picture pictures[] = {
	{ "web/a.jpg", "a", 600, 400, { 1 } },
	{ "web/b.jpg", "", 1, 65535, { 2 } },
};
static const char *headers[] = { "Day 1", "Day \xc3\xa9" };

static struct sheet_request request_of_two(void)
{
	return (struct sheet_request){ .sheet = 1,
		.path = "sheets/b.pdf",
		.date_s = -5,
		.headers = headers,
		.pages = 2,
		.pictures = pictures,
		.pictures_count = 2 };
}

static void pack_request(const struct sheet_request *request, struct pack *pack)
{
	pack_init(pack);
	sheet_request_pack(request, pack);
	assert_false(pack->failed);
}

static void a_request_comes_back_as_it_was(void **state)
{
	struct sheet_request request = request_of_two(), back;
	struct pack pack;

	(void)state;
	pack_request(&request, &pack);
	assert_int_equal(sheet_request_unpack(&back, &settings, pack.data, pack.size_bytes), 0);
	assert_int_equal(back.sheet, 1);
	assert_string_equal(back.path, "sheets/b.pdf");
	assert_int_equal(back.date_s, -5);
	assert_int_equal(back.pages, 2);
	assert_string_equal(back.headers[1], headers[1]);
	assert_int_equal(back.pictures_count, 2);
	assert_string_equal(back.pictures[0].caption, "a");
	assert_string_equal(back.pictures[1].path, "web/b.jpg");
	assert_int_equal(back.pictures[1].height_px, 65535);
	sheet_request_finish(&back);
	pack_finish(&pack);
}

static void a_request_that_is_cut_or_too_long_is_refused(void **state)
{
	struct sheet_request request = request_of_two(), back;
	struct pack pack;

	(void)state;
	pack_request(&request, &pack);
	for (size_t size = 0; size < pack.size_bytes; size++)
		assert_int_equal(sheet_request_unpack(&back, &settings, pack.data, size), -EBADMSG);
	pack_i64(&pack, 0);
	assert_int_equal(sheet_request_unpack(&back, &settings, pack.data, pack.size_bytes), -EBADMSG);
	pack_finish(&pack);
}

static void assert_refused(const struct sheet_request *request)
{
	struct sheet_request back;
	struct pack pack;

	pack_request(request, &pack);
	assert_int_equal(sheet_request_unpack(&back, &settings, pack.data, pack.size_bytes), -EBADMSG);
	pack_finish(&pack);
}

static void what_makes_no_sense_is_refused(void **state)
{
	struct sheet_picture wrong[2];
	struct sheet_request request = request_of_two();

	(void)state;
	request.sheet = 2;
	assert_refused(&request);
	request = request_of_two();
	request.path = "../b.pdf";
	assert_refused(&request);
	request = request_of_two();
	request.pages = 0;
	assert_refused(&request);
	request = request_of_two();
	request.pictures = wrong;
	memcpy(wrong, pictures, sizeof(wrong));
	wrong[1].path = "/etc/passwd";
	assert_refused(&request);
	memcpy(wrong, pictures, sizeof(wrong));
	wrong[0].width_px = 0;
	assert_refused(&request);
	memcpy(wrong, pictures, sizeof(wrong));
	wrong[0].caption = "\xff";
	assert_refused(&request);
	settings_name_sheets(&settings, NULL, 0);
	request = request_of_two();
	request.sheet = 0;
	assert_refused(&request);
}

static void digest(const struct sheet_request *request, unsigned char digest[TASK_DIGEST_BYTES])
{
	unsigned char section[TASK_DIGEST_BYTES];
	struct err err;

	assert_int_equal(sheet_digest_section(&settings.sheets[request->sheet], section, &err), 0);
	assert_int_equal(sheet_digest(request, section, digest, &err), 0);
}

static void assert_same(const struct sheet_request *request, const unsigned char *before, bool same)
{
	unsigned char now[TASK_DIGEST_BYTES];

	digest(request, now);
	assert_int_equal(memcmp(now, before, sizeof(now)) == 0, same);
}

static void the_digest_is_of_what_is_seen(void **state)
{
	struct sheet_settings *sheet = &settings.sheets[1];
	struct sheet_request request = request_of_two(), other = request;
	struct sheet_picture changed[2];
	unsigned char before[TASK_DIGEST_BYTES];

	(void)state;
	digest(&request, before);
	assert_same(&request, before, true);
	/* the same by another name, and another way to say the same */
	other.path = "sheets/c.pdf";
	assert_same(&other, before, true);
	memcpy(changed, pictures, sizeof(changed));
	changed[0].path = "web/c.jpg";
	other.pictures = changed;
	assert_same(&other, before, true);
	assert_true(page_spec_parse("210x297mm", &sheet->page));
	sheet->columns = 4;
	sheet->rows = 5;
	assert_same(&request, before, true);
	changed[0].content[0]++;
	assert_same(&other, before, false);
	memcpy(changed, (struct sheet_picture[]){ pictures[1], pictures[0] }, sizeof(changed));
	assert_same(&other, before, false);
	other = request;
	other.pictures_count = 1;
	assert_same(&other, before, false);
	other = request;
	other.headers = (const char *[]){ "Day 1", "Day 2" };
	assert_same(&other, before, false);
	sheet->background.blue = 0;
	assert_same(&request, before, false);
	sheet->background.blue = 255;
	sheet->columns = 5;
	assert_same(&request, before, false);
	sheet->columns = 0;
	sheet->quality = 50;
	assert_same(&request, before, false);
}

static void a_logo_that_cannot_be_read_is_an_error(void **state)
{
	unsigned char section[TASK_DIGEST_BYTES];
	struct err err;

	(void)state;
	settings.sheets[0].logo = g_strdup("/nowhere/logo.svg");
	assert_int_equal(sheet_digest_section(&settings.sheets[0], section, &err), -1);
	assert_int_equal(err.reason, REASON_WATERMARK);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_request_comes_back_as_it_was),
		TEST(a_request_that_is_cut_or_too_long_is_refused),
		TEST(what_makes_no_sense_is_refused),
		TEST(the_digest_is_of_what_is_seen),
		TEST(a_logo_that_cannot_be_read_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
