#include "cli/parsers.h"

#include <glib.h>
#include <string.h>

#include "base/number.h"
#include "base/text.h"
#include "job/naming.h"
#include "job/settings.h"
#include "job/tokens.h"

#define PIXELS_MAX 1000000000000
#define MEMORY_MIN_BYTES 64000000
#define MEMORY_MAX_BYTES 1000000000000000

bool parse_on(void *target, const char *value, struct err *why)
{
	*(bool *)target = true;
	return true;
}

bool parse_off(void *target, const char *value, struct err *why)
{
	*(bool *)target = false;
	return true;
}

bool parse_yes_no(void *target, const char *value, struct err *why)
{
	bool yes = strcmp(value, "yes") == 0;

	if (!yes && strcmp(value, "no") != 0)
		return false;
	*(bool *)target = yes;
	return true;
}

static bool set_string(char **target, const char *value)
{
	g_free(*target);
	*target = g_strdup(value);
	return true;
}

bool parse_file(void *target, const char *value, struct err *why)
{
	return *value && set_string(target, value);
}

/* A file of that name is ./srgb */
bool parse_colour_policy(void *target, const char *value, struct err *why)
{
	struct output_settings *output = target;

	output->colour = strcmp(value, "srgb") == 0   ? COLOUR_SRGB
			 : strcmp(value, "keep") == 0 ? COLOUR_KEEP
						      : COLOUR_PROFILE;
	g_clear_pointer(&output->colour_file, g_free);
	return output->colour != COLOUR_PROFILE || parse_file(&output->colour_file, value, why);
}

bool parse_text(void *target, const char *value, struct err *why)
{
	return text_is_utf8(value) && set_string(target, *value ? value : NULL);
}

/* One line or several. */
static bool is_clean(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 && *text != '\n')
			return false;
	return true;
}

bool parse_mark_text(void *target, const char *value, struct err *why)
{
	if (!text_is_utf8(value) || !is_clean(value))
		return false;
	return tokens_check(value, why) == 0 && set_string(target, *value ? value : NULL);
}

bool parse_template(void *target, const char *value, struct err *why)
{
	return naming_check(value, why) == 0 && set_string(target, value);
}

static bool parse_whole(int *target, const char *value, int least, int most)
{
	int64_t number;

	if (!number_parse_whole(value, least, most, &number))
		return false;
	*target = (int)number;
	return true;
}

bool parse_quality(void *target, const char *value, struct err *why)
{
	return parse_whole(target, value, 1, 100);
}

bool parse_dpi(void *target, const char *value, struct err *why)
{
	return parse_whole(target, value, 1, 9600);
}

bool parse_digit(void *target, const char *value, struct err *why)
{
	return parse_whole(target, value, 0, 9);
}

bool parse_webp_effort(void *target, const char *value, struct err *why)
{
	return parse_whole(target, value, 0, 6);
}

bool parse_jobs(void *target, const char *value, struct err *why)
{
	return parse_whole(target, value, 1, 4096);
}

bool parse_retries(void *target, const char *value, struct err *why)
{
	return parse_whole(target, value, 0, 100);
}

bool parse_memory(void *target, const char *value, struct err *why)
{
	return number_parse_scaled(value, true, MEMORY_MIN_BYTES, MEMORY_MAX_BYTES, target);
}

bool parse_bytes(void *target, const char *value, struct err *why)
{
	return number_parse_scaled(value, true, 1000, MEMORY_MAX_BYTES, target);
}

bool parse_pixels(void *target, const char *value, struct err *why)
{
	return number_parse_scaled(value, false, 1, PIXELS_MAX, target);
}

bool parse_opacity(void *target, const char *value, struct err *why)
{
	return number_parse_decimal(value, 0, 1, target);
}

bool parse_angle(void *target, const char *value, struct err *why)
{
	bool minus = *value == '-';
	double deg;

	if (!number_parse_decimal(value + minus, 0, 360, &deg))
		return false;
	*(double *)target = minus ? -deg : deg;
	return true;
}

/* For print the halo is wider and stronger than a screen would bear: ink and paper swallow some of it. */
static const struct {
	const char *name;
	struct sharpen_settings settings;
} sharpness[] = {
	{ "none", { 0, 0, 0 } },
	{ "screen:low", { 0.6, 0.5, 10 } },
	{ "screen", { 0.6, 1, 16 } },
	{ "screen:high", { 0.6, 1.6, 22 } },
	{ "print:low", { 1, 0.7, 16 } },
	{ "print", { 1, 1.2, 24 } },
	{ "print:high", { 1, 1.8, 32 } },
};

bool parse_sharpen(void *target, const char *value, struct err *why)
{
	struct sharpen_settings settings = { 0.6, 0, 24 };

	for (size_t i = 0; i < G_N_ELEMENTS(sharpness); i++) {
		if (strcmp(value, sharpness[i].name) == 0) {
			*(struct sharpen_settings *)target = sharpness[i].settings;
			return true;
		}
	}
	if (!number_parse_decimal(value, 0, 5, &settings.amount))
		return false;
	*(struct sharpen_settings *)target = settings.amount > 0 ? settings : sharpness[0].settings;
	return true;
}

bool parse_seconds(void *target, const char *value, struct err *why)
{
	return number_parse_decimal(value, 0.001, 1000000, target);
}

bool parse_rate(void *target, const char *value, struct err *why)
{
	return number_parse_decimal(value, 0.001, 1000000, target);
}

bool parse_size(void *target, const char *value, struct err *why)
{
	return size_spec_parse(value, target);
}

bool parse_mark_size(void *target, const char *value, struct err *why)
{
	struct length_spec spec;

	if (!length_spec_parse(value, &spec) || spec.number <= 0)
		return false;
	*(struct length_spec *)target = spec;
	return true;
}

bool parse_margin(void *target, const char *value, struct err *why)
{
	return length_spec_parse(value, target);
}

/* The sixteen names of CSS 2, and the other spelling of gray. */
static const struct {
	const char *name;
	struct rgb rgb;
} colours[] = {
	{ "aqua", { 0, 255, 255 } },
	{ "black", { 0, 0, 0 } },
	{ "blue", { 0, 0, 255 } },
	{ "fuchsia", { 255, 0, 255 } },
	{ "gray", { 128, 128, 128 } },
	{ "green", { 0, 128, 0 } },
	{ "grey", { 128, 128, 128 } },
	{ "lime", { 0, 255, 0 } },
	{ "maroon", { 128, 0, 0 } },
	{ "navy", { 0, 0, 128 } },
	{ "olive", { 128, 128, 0 } },
	{ "purple", { 128, 0, 128 } },
	{ "red", { 255, 0, 0 } },
	{ "silver", { 192, 192, 192 } },
	{ "teal", { 0, 128, 128 } },
	{ "white", { 255, 255, 255 } },
	{ "yellow", { 255, 255, 0 } },
};

static uint8_t hex_byte(char high, char low)
{
	return (uint8_t)(g_ascii_xdigit_value(high) * 16 + g_ascii_xdigit_value(low));
}

/* The # may be left out: a shell takes an unquoted one for the start of a comment. */
static bool parse_hex(const char *text, struct rgb *rgb)
{
	size_t length;

	text += *text == '#';
	length = strspn(text, "0123456789abcdefABCDEF");
	if (text[length] || (length != 3 && length != 6))
		return false;
	if (length == 3)
		*rgb = (struct rgb){ hex_byte(text[0], text[0]), hex_byte(text[1], text[1]),
			hex_byte(text[2], text[2]) };
	else
		*rgb = (struct rgb){ hex_byte(text[0], text[1]), hex_byte(text[2], text[3]),
			hex_byte(text[4], text[5]) };
	return true;
}

bool parse_colour(void *target, const char *value, struct err *why)
{
	for (size_t i = 0; i < G_N_ELEMENTS(colours); i++) {
		if (g_ascii_strcasecmp(value, colours[i].name) == 0) {
			*(struct rgb *)target = colours[i].rgb;
			return true;
		}
	}
	return parse_hex(value, target);
}

bool parse_edge(void *target, const char *value, struct err *why)
{
	struct edge edge = { .is_on = strcmp(value, "none") != 0 };

	if (edge.is_on && !parse_colour(&edge.rgb, value, why))
		return false;
	*(struct edge *)target = edge;
	return true;
}

bool parse_marks(void *target, const char *value, struct err *why)
{
	g_auto(GStrv) names = g_strsplit(value, ",", -1);

	for (char **name = names; *name; name++)
		if (!*g_strstrip(*name))
			return false;
	if (g_strv_length(names) >= MARKS_MAX)
		return false;
	g_strfreev(*(char ***)target);
	*(char ***)target = *names ? g_steal_pointer(&names) : NULL;
	return true;
}

static bool add_rule(struct input_settings *input, bool include, const char *glob)
{
	if (!*glob)
		return false;
	input->filters = g_renew(struct filter_rule, input->filters, input->filters_count + 1);
	input->filters[input->filters_count++] =
		(struct filter_rule){ .include = include, .glob = g_strdup(glob) };
	return true;
}

bool parse_include(void *target, const char *value, struct err *why)
{
	return add_rule(target, true, value);
}

bool parse_exclude(void *target, const char *value, struct err *why)
{
	return add_rule(target, false, value);
}

bool parse_verbose(void *target, const char *value, struct err *why)
{
	enum log_level *level = target;

	if (*level < LOG_DEBUG)
		(*level)++;
	return true;
}
