#include "report/jsontext.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

json_t *jsontext_string(const char *bytes)
{
	g_autofree char *valid = NULL;

	if (!bytes)
		return json_null();
	if (text_is_utf8(bytes))
		return json_string(bytes);
	valid = g_utf8_make_valid(bytes, -1);
	return json_string(valid);
}

json_t *jsontext_number(double number, int decimals)
{
	double scale = pow(10, decimals);

	return isfinite(number) ? json_real(round(number * scale) / scale) : json_null();
}

void jsontext_set_name(json_t *object, const char *key, const char *bytes)
{
	g_autofree char *exact_key = g_strconcat(key, "_b64", NULL), *exact = NULL;

	json_object_set_new(object, key, jsontext_string(bytes));
	if (!bytes || text_is_utf8(bytes))
		return;
	exact = g_base64_encode((const guchar *)bytes, strlen(bytes));
	json_object_set_new(object, exact_key, json_string(exact));
}

char *jsontext_line(json_t *object)
{
	/* 15 digits give "96.1" where 17 would give "96.099999999999994" */
	char *dumped = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(15)), *line = g_strdup(dumped);

	json_decref(object);
	free(dumped);
	return line;
}
