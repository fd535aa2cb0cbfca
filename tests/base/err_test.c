#include "base/err.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "check.h"

static void every_reason_has_its_own_name(void **state)
{
	(void)state;
	assert_null(reason_name(REASON_NONE));
	assert_null(reason_name(REASON_COUNT));
	assert_null(reason_name((enum reason) - 1));
	for (int i = REASON_NONE + 1; i < REASON_COUNT; i++) {
		assert_non_null(reason_name((enum reason)i));
		for (int j = i + 1; j < REASON_COUNT; j++)
			assert_string_not_equal(reason_name((enum reason)i), reason_name((enum reason)j));
	}
}

static void a_failure_carries_reason_and_sentence(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(err_set(&err, REASON_CORRUPT, "bad marker 0x%02x", 0xd9), -1);
	assert_int_equal(err.reason, REASON_CORRUPT);
	assert_string_equal(err.text, "bad marker 0xd9");
	assert_int_equal(err_set(NULL, REASON_CORRUPT, "x"), -1);
}

static void an_errno_finds_its_reason(void **state)
{
	static const struct {
		int error;
		enum reason reason;
	} rows[] = {
		{ -ENOSPC, REASON_DISK_FULL },
		{ -EDQUOT, REASON_DISK_FULL },
		{ -EACCES, REASON_PERMISSION },
		{ -ENOENT, REASON_VANISHED },
		{ -EIO, REASON_INTERNAL },
		{ -ENOMEM, REASON_OUT_OF_MEMORY },
	};
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(err_set_errno(&err, rows[i].error, "writing %s", "a.jpg"), -1);
		assert_int_equal(err.reason, rows[i].reason);
		assert_non_null(strstr(err.text, "writing a.jpg: "));
	}
}

static void the_text_is_always_clean_utf8(void **state)
{
	struct err err;
	char longer[2000];

	(void)state;
	err_set(&err, REASON_CORRUPT, "libfoo: \xff\n\x1b[31m");
	assert_string_equal(err.text, "libfoo: ???[31m");
	for (size_t i = 0; i + 2 < sizeof(longer); i += 2)
		memcpy(longer + i, "\xc3\xbc", 2);
	longer[sizeof(longer) - 2] = '\0';
	err_set(&err, REASON_CORRUPT, "%s", longer);
	assert_true(text_is_utf8(err.text));
	assert_null(strchr(err.text, '?'));
	assert_true(strlen(err.text) > ERR_TEXT_SIZE - 4);
}

/* Wherever the cut falls in a character of two, three or four bytes, only that character is lost. */
static void a_long_text_is_cut_between_characters(void **state)
{
	static const char *const characters[] = { "\xc3\xa9", "\xe5\x86\x99", "\xf0\x9f\x93\xb7" };
	char longer[2000];
	struct err err;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		for (size_t start = 0; start < 4; start++) {
			memset(longer, 'a', start);
			longer[start] = '\0';
			for (int repeat = 0; repeat < 300; repeat++)
				strcat(longer, characters[i]);
			err_set(&err, REASON_CORRUPT, "%s", longer);
			assert_null(strchr(err.text, '?'));
			assert_true(strlen(err.text) > ERR_TEXT_SIZE - 5);
			err_set_errno(&err, -ENOENT, "%s", longer);
			assert_null(strchr(err.text, '?'));
			assert_non_null(strstr(err.text, "No such file"));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_reason_has_its_own_name),
		cmocka_unit_test(a_failure_carries_reason_and_sentence),
		cmocka_unit_test(an_errno_finds_its_reason),
		cmocka_unit_test(the_text_is_always_clean_utf8),
		cmocka_unit_test(a_long_text_is_cut_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
