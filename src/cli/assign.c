#include "cli/assign.h"

#include <glib.h>
#include <string.h>

#include "base/text.h"

static int refuse(const struct option_row *row, const char *value, const char *said, const struct err *why,
	struct err *err)
{
	g_autofree char *words = row->words ? g_strjoinv(", ", (char **)row->words) : NULL;
	char shown[160];

	text_printable(value, shown, sizeof(shown));
	if (why->reason != REASON_NONE)
		return err_set(err, REASON_UNSUPPORTED, "%s '%s': %s; expected %s", said, shown, why->text,
			row->form);
	if (row->form)
		return err_set(err, REASON_UNSUPPORTED, "%s '%s': expected %s", said, shown, row->form);
	return err_set(err, REASON_UNSUPPORTED, "%s '%s': expected one of %s", said, shown, words);
}

static bool store_word(const struct option_row *row, void *target, const char *value)
{
	for (int i = 0; row->words[i]; i++) {
		if (strcmp(row->words[i], value) == 0) {
			memcpy(target, &i, sizeof(i));
			return true;
		}
	}
	return false;
}

int assign_value(
	const struct option_row *row, void *base, const char *value, const char *said, struct err *err)
{
	void *target = (char *)base + row->offset;
	struct err why = { .reason = REASON_NONE };
	bool stored = row->parse ? row->parse(target, value, &why) : store_word(row, target, value);

	return stored ? 0 : refuse(row, value, said, &why, err);
}
