#include "base/pack.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

static void what_is_packed_comes_out_again(void **state)
{
	struct pack pack;
	struct unpack unpack;
	size_t size;

	(void)state;
	pack_init(&pack);
	pack_i64(&pack, -7);
	pack_f64(&pack, 2.5);
	pack_string(&pack, "shoot/a.jpg");
	pack_bytes(&pack, "\0\1", 2);
	pack_string(&pack, NULL);
	assert_false(pack.failed);

	unpack_init(&unpack, pack.data, pack.size_bytes);
	assert_int_equal(unpack_i64(&unpack), -7);
	assert_float_equal(unpack_f64(&unpack), 2.5, 0);
	assert_string_equal(unpack_string(&unpack), "shoot/a.jpg");
	assert_memory_equal(unpack_bytes(&unpack, &size), "\0\1", 2);
	assert_int_equal(size, 2);
	assert_string_equal(unpack_string(&unpack), "");
	assert_true(unpack_done(&unpack));
	pack_finish(&pack);
}

/* Whatever the bytes are, reading stays inside them. The buffer is heap memory of its exact size, for the
 * sanitizer. */
static void every_cut_of_a_message_is_refused(void **state)
{
	struct pack pack;

	(void)state;
	pack_init(&pack);
	pack_i64(&pack, 1);
	pack_string(&pack, "name");
	pack_f64(&pack, 1.0);
	for (size_t cut = 0; cut < pack.size_bytes; cut++) {
		unsigned char *copy = malloc(cut + !cut);
		struct unpack unpack;

		assert_non_null(copy);
		memcpy(copy, pack.data, cut);
		unpack_init(&unpack, copy, cut);
		unpack_i64(&unpack);
		assert_non_null(unpack_string(&unpack));
		unpack_f64(&unpack);
		assert_false(unpack_done(&unpack));
		free(copy);
	}
	pack_finish(&pack);
}

static void values_out_of_range_are_refused(void **state)
{
	struct pack pack;
	struct unpack unpack;
	size_t size;

	(void)state;
	pack_init(&pack);
	pack_i64(&pack, 9);
	pack_f64(&pack, NAN);
	unpack_init(&unpack, pack.data, pack.size_bytes);
	assert_int_equal(unpack_range(&unpack, 1, 8), 1);
	assert_true(unpack.failed);
	unpack_init(&unpack, pack.data, pack.size_bytes);
	unpack_i64(&unpack);
	assert_float_equal(unpack_f64(&unpack), 0, 0);
	assert_true(unpack.failed);
	pack_finish(&pack);

	/* a length beyond the end, a string without its NUL or with one inside */
	pack_init(&pack);
	pack_i64(&pack, INT64_MAX);
	unpack_init(&unpack, pack.data, pack.size_bytes);
	assert_null(unpack_bytes(&unpack, &size));
	assert_true(unpack.failed);
	pack_finish(&pack);
	pack_init(&pack);
	pack_bytes(&pack, "abc", 3);
	pack_bytes(&pack, "a\0b", 4);
	unpack_init(&unpack, pack.data, pack.size_bytes);
	assert_string_equal(unpack_string(&unpack), "");
	unpack.failed = false;
	assert_string_equal(unpack_string(&unpack), "");
	assert_true(unpack.failed);
	pack_finish(&pack);
}

static void what_is_left_over_is_not_done(void **state)
{
	struct unpack unpack;
	unsigned char byte = 0;

	(void)state;
	unpack_init(&unpack, &byte, 1);
	assert_false(unpack_done(&unpack));
	unpack_init(&unpack, NULL, 0);
	assert_true(unpack_done(&unpack));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_packed_comes_out_again),
		cmocka_unit_test(every_cut_of_a_message_is_refused),
		cmocka_unit_test(values_out_of_range_are_refused),
		cmocka_unit_test(what_is_left_over_is_not_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
