#include "job/filter.h"

#include <glib.h>
#include <string.h>

#include "job/glob.h"

struct rule {
	bool include;
	char *glob;         /* to be matched from the start of the path; owned */
	enum glob_end end;  /* GLOB_FOLDERS: for folders only */
	size_t fixed_bytes; /* what it begins with is no wildcard, for so long */
};

struct filter {
	struct rule *rules;
	size_t rules_count;
};

static void rule_init(struct rule *rule, const struct filter_rule *asked)
{
	g_autofree char *glob = g_strdup(asked->glob);
	size_t length = strlen(glob);

	rule->include = asked->include;
	rule->end = length > 0 && glob[length - 1] == '/' ? GLOB_FOLDERS : GLOB_WHOLE;
	while (length > 0 && glob[length - 1] == '/')
		glob[--length] = '\0';
	if (strchr(glob, '/') || *asked->glob == '/')
		rule->glob = g_strdup(glob + (*glob == '/'));
	else
		rule->glob = g_strconcat("**/", glob, NULL);
	rule->fixed_bytes = strcspn(rule->glob, "*?[\\");
}

struct filter *filter_new(const struct filter_rule *rules, size_t rules_count)
{
	struct filter *filter = g_new0(struct filter, 1);

	filter->rules = g_new0(struct rule, rules_count);
	filter->rules_count = rules_count;
	for (size_t i = 0; i < rules_count; i++)
		rule_init(&filter->rules[i], &rules[i]);
	return filter;
}

void filter_free(struct filter *filter)
{
	if (!filter)
		return;
	for (size_t i = 0; i < filter->rules_count; i++)
		g_free(filter->rules[i].glob);
	g_free(filter->rules);
	g_free(filter);
}

static bool taken_by_default(const struct filter *filter)
{
	return filter->rules_count == 0 || !filter->rules[0].include;
}

bool filter_takes(const struct filter *filter, const char *path)
{
	for (size_t i = filter->rules_count; i > 0; i--) {
		const struct rule *rule = &filter->rules[i - 1];

		if (glob_match(rule->glob, path, rule->end))
			return rule->include;
	}
	return taken_by_default(filter);
}

/* Can the rule match anything below `folder`? Decided by what the glob begins with only: it may say yes too
 * often, never no. */
static bool may_match_below(const struct rule *rule, const char *folder)
{
	size_t length = strlen(folder);

	if (rule->fixed_bytes <= length)
		return memcmp(rule->glob, folder, rule->fixed_bytes) == 0;
	return memcmp(rule->glob, folder, length) == 0 && rule->glob[length] == '/';
}

bool filter_enters(const struct filter *filter, const char *path)
{
	/* as a folder, it ends where all that lies below it ends */
	g_autofree char *as_folder = g_strconcat(path, "/", NULL);

	for (size_t i = filter->rules_count; i > 0; i--) {
		const struct rule *rule = &filter->rules[i - 1];

		if (rule->include && may_match_below(rule, path))
			return true;
		if (!rule->include && glob_match(rule->glob, as_folder, GLOB_FOLDERS))
			return false;
	}
	return taken_by_default(filter);
}
