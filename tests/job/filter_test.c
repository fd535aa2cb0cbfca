#include "job/filter.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"

#define INCLUDE(text)                \
	(struct filter_rule)         \
	{                            \
		true, (char *)(text) \
	}
#define EXCLUDE(text)                 \
	(struct filter_rule)          \
	{                             \
		false, (char *)(text) \
	}

static bool takes(const struct filter_rule *rules, size_t count, const char *path)
{
	struct filter *filter = filter_new(rules, count);
	bool taken = filter_takes(filter, path);

	/* what is taken can be reached */
	for (const char *slash = path; taken && (slash = strchr(slash, '/')); slash++) {
		char *folder = strndup(path, (size_t)(slash - path));

		assert_true(filter_enters(filter, folder));
		free(folder);
	}
	filter_free(filter);
	return taken;
}

static bool enters(const struct filter_rule *rules, size_t count, const char *path)
{
	struct filter *filter = filter_new(rules, count);
	bool entered = filter_enters(filter, path);

	filter_free(filter);
	return entered;
}

static void without_rules_all_is_wanted(void **state)
{
	(void)state;
	assert_true(takes(NULL, 0, "a/b.jpg"));
	assert_true(enters(NULL, 0, "a"));
}

static void what_no_rule_matches_follows_the_first_rule(void **state)
{
	const struct filter_rule include[] = { INCLUDE("*.jpg") }, exclude[] = { EXCLUDE("*_draft*") };

	(void)state;
	assert_true(takes(include, 1, "a.jpg"));
	assert_true(takes(include, 1, "b/a.jpg"));
	assert_false(takes(include, 1, "a.png"));
	assert_true(takes(exclude, 1, "a.png"));
	assert_false(takes(exclude, 1, "a_draft.png"));
	assert_false(takes(exclude, 1, "x_draft/a.png"));
	assert_false(enters(exclude, 1, "x_draft"));
	assert_true(enters(exclude, 1, "x"));
}

static void the_last_match_wins(void **state)
{
	const struct filter_rule rules[] = { EXCLUDE("*"), INCLUDE("*.jpg"), EXCLUDE("*_draft*"),
		INCLUDE("/best/**") };

	(void)state;
	assert_true(takes(rules, 4, "a.jpg"));
	assert_true(takes(rules, 4, "deep/er/a.jpg"));
	assert_false(takes(rules, 4, "a.png"));
	assert_false(takes(rules, 4, "a_draft.jpg"));
	assert_true(takes(rules, 4, "best/a_draft.png"));
	assert_false(takes(rules, 4, "x/best/a_draft.png"));
}

static void a_slash_ties_a_glob_to_the_input(void **state)
{
	const struct filter_rule rooted[] = { EXCLUDE("/drafts") }, middle[] = { EXCLUDE("a/drafts") },
				 anywhere[] = { EXCLUDE("drafts") }, folder[] = { EXCLUDE("drafts/") };

	(void)state;
	assert_false(takes(rooted, 1, "drafts/a.jpg"));
	assert_true(takes(rooted, 1, "x/drafts/a.jpg"));
	assert_false(takes(middle, 1, "a/drafts/a.jpg"));
	assert_true(takes(middle, 1, "x/a/drafts/a.jpg"));
	assert_false(takes(anywhere, 1, "x/drafts/a.jpg"));
	assert_false(takes(anywhere, 1, "x/drafts"));
	assert_true(takes(folder, 1, "x/drafts"));
	assert_false(takes(folder, 1, "x/drafts/y/a.jpg"));
	assert_false(enters(folder, 1, "x/drafts"));
}

static void folders_without_hope_are_not_entered(void **state)
{
	const struct filter_rule only[] = { INCLUDE("/a/b/*.jpg") },
				 again[] = { EXCLUDE("/a"), INCLUDE("/a/keep/*.jpg") },
				 late[] = { INCLUDE("*.jpg"), EXCLUDE("/a") };

	(void)state;
	assert_true(enters(only, 1, "a"));
	assert_true(enters(only, 1, "a/b"));
	assert_false(enters(only, 1, "c"));
	assert_false(enters(only, 1, "a/c"));
	assert_false(enters(only, 1, "ab"));
	assert_true(enters(again, 2, "a"));
	assert_true(enters(again, 2, "a/keep"));
	assert_false(enters(again, 2, "a/other"));
	assert_true(takes(again, 2, "a/keep/x.jpg"));
	assert_false(takes(again, 2, "a/x.jpg"));
	assert_false(enters(late, 2, "a"));
	assert_true(enters(late, 2, "b"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_rules_all_is_wanted),
		cmocka_unit_test(what_no_rule_matches_follows_the_first_rule),
		cmocka_unit_test(the_last_match_wins),
		cmocka_unit_test(a_slash_ties_a_glob_to_the_input),
		cmocka_unit_test(folders_without_hope_are_not_entered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
