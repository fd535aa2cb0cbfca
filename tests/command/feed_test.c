#include "command/feed.h"

#include <stdlib.h>

#include "check.h"

static void the_most_work_comes_first(void **state)
{
	struct feed *feed = feed_new(1000, 8);

	(void)state;
	feed_add(feed, 0, 1, 10);
	feed_add(feed, 1, 1, 30);
	feed_add(feed, 2, 1, 20);
	feed_add(feed, 3, 1, 30);
	assert_int_equal(feed_next(feed), 1);
	assert_int_equal(feed_next(feed), 3); /* as much work: in their order */
	assert_int_equal(feed_next(feed), 2);
	assert_true(feed_has_more(feed));
	assert_int_equal(feed_next(feed), 0);
	assert_false(feed_has_more(feed));
	assert_true(feed_next(feed) == FEED_EMPTY);
	feed_free(feed);
}

static void no_more_are_in_hand_than_there_are_workers(void **state)
{
	struct feed *feed = feed_new(1000, 2);

	(void)state;
	for (size_t i = 0; i < 3; i++)
		feed_add(feed, i, 1, 1);
	assert_int_equal(feed_next(feed), 0);
	assert_int_equal(feed_next(feed), 1);
	assert_true(feed_next(feed) == FEED_WAIT);
	feed_ended(feed, 1, false);
	assert_int_equal(feed_next(feed), 2);
	feed_free(feed);
}

static void a_big_one_waits_and_lets_small_ones_pass(void **state)
{
	struct feed *feed = feed_new(100, 8);

	(void)state;
	feed_add(feed, 0, 80, 9);
	feed_add(feed, 1, 70, 8);
	feed_add(feed, 2, 20, 1);
	assert_int_equal(feed_next(feed), 0);
	assert_int_equal(feed_next(feed), 2);
	assert_true(feed_next(feed) == FEED_WAIT);
	feed_ended(feed, 0, false);
	assert_int_equal(feed_next(feed), 1);
	feed_free(feed);
}

static void one_that_never_fits_goes_alone(void **state)
{
	struct feed *feed = feed_new(100, 8);

	(void)state;
	feed_add(feed, 0, 500, 9);
	feed_add(feed, 1, 10, 1);
	assert_int_equal(feed_next(feed), 0);
	assert_true(feed_next(feed) == FEED_WAIT);
	feed_ended(feed, 0, false);
	assert_int_equal(feed_next(feed), 1);
	feed_free(feed);
}

static void a_second_attempt_is_the_last_thing_and_alone(void **state)
{
	struct feed *feed = feed_new(100, 8);

	(void)state;
	for (size_t i = 0; i < 3; i++)
		feed_add(feed, i, 1, 1);
	assert_int_equal(feed_next(feed), 0);
	assert_int_equal(feed_next(feed), 1);
	assert_false(feed_is_second(feed, 0));
	feed_ended(feed, 0, true);
	feed_ended(feed, 1, true);
	assert_int_equal(feed_next(feed), 2);
	assert_true(feed_next(feed) == FEED_WAIT);
	feed_ended(feed, 2, false);
	assert_int_equal(feed_next(feed), 0);
	assert_true(feed_is_second(feed, 0));
	assert_true(feed_next(feed) == FEED_WAIT); /* the other one, too, is alone */
	feed_ended(feed, 0, true);                 /* there is no third */
	assert_int_equal(feed_next(feed), 1);
	feed_ended(feed, 1, false);
	assert_true(feed_next(feed) == FEED_EMPTY);
	feed_free(feed);
}

static void the_next_one_is_known_before_it_is_given(void **state)
{
	struct feed *feed = feed_new(100, 1);

	(void)state;
	for (size_t i = 0; i < 3; i++)
		feed_add(feed, i, 1, (double)i);
	assert_int_equal(feed_next(feed), 2);
	assert_int_equal(feed_peek(feed), 1);
	assert_int_equal(feed_peek(feed), 1);
	feed_ended(feed, 2, false);
	assert_int_equal(feed_next(feed), 1);
	assert_int_equal(feed_peek(feed), 0);
	feed_ended(feed, 1, false);
	assert_int_equal(feed_next(feed), 0);
	assert_true(feed_peek(feed) == FEED_EMPTY);
	feed_free(feed);
}

static void what_was_not_given_out_can_be_taken_back(void **state)
{
	struct feed *feed = feed_new(100, 1);

	(void)state;
	for (size_t i = 0; i < 3; i++)
		feed_add(feed, i, 1, 1);
	assert_int_equal(feed_next(feed), 0);
	assert_int_equal(feed_take_back(feed), 1);
	assert_int_equal(feed_take_back(feed), 2);
	assert_true(feed_take_back(feed) == FEED_EMPTY);
	feed_ended(feed, 0, false);
	feed_free(feed);
}

/* Whatever the sizes, each picture comes exactly once, within the budget or alone. */
static void every_picture_comes_once_and_within_the_budget(void **state)
{
	enum {
		PICTURES = 2000,
		BUDGET = 1000,
		WORKERS = 5
	};
	struct feed *feed = feed_new(BUDGET, WORKERS);
	int need[PICTURES], given[PICTURES] = { 0 }, hand[WORKERS], used = 0, in_hand = 0, total = 0;
	size_t next;

	(void)state;
	srand(7);
	for (size_t i = 0; i < PICTURES; i++) {
		need[i] = rand() % 1300;
		feed_add(feed, i, need[i], rand() % 100);
	}
	while ((next = feed_next(feed)) != FEED_EMPTY) {
		if (next == FEED_WAIT) {
			int which = rand() % in_hand;

			feed_ended(feed, (size_t)hand[which], false);
			used -= need[hand[which]];
			hand[which] = hand[--in_hand];
			continue;
		}
		assert_int_equal(given[next]++, 0);
		total++;
		used += need[next];
		hand[in_hand++] = (int)next;
		assert_true(used <= BUDGET || in_hand == 1);
	}
	assert_int_equal(total, PICTURES);
	feed_free(feed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_most_work_comes_first),
		cmocka_unit_test(no_more_are_in_hand_than_there_are_workers),
		cmocka_unit_test(a_big_one_waits_and_lets_small_ones_pass),
		cmocka_unit_test(one_that_never_fits_goes_alone),
		cmocka_unit_test(a_second_attempt_is_the_last_thing_and_alone),
		cmocka_unit_test(the_next_one_is_known_before_it_is_given),
		cmocka_unit_test(what_was_not_given_out_can_be_taken_back),
		cmocka_unit_test(every_picture_comes_once_and_within_the_budget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
