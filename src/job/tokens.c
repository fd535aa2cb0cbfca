#include "job/tokens.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/path.h"
#include "base/text.h"

#define UNKNOWN "unknown"
/* What of strftime(3) makes sense in a name. */
#define DATE_LETTERS "YymdeHIMSpjBbAaVGuwF%"

/* One token of a template, as it stands there. */
struct token_use {
	const struct token *token;
	char *argument, *fallback; /* NULL: none; owned */
};

/* What a token is of. */
enum {
	OF_PICTURE = 1,
	OF_SHEET = 2
};

struct token {
	const char *name;
	const char *shown; /* in the list of what there is */
	/* The value, to be freed with g_free(); NULL where the picture does not say, or with `err`. */
	char *(*find)(const struct token_use *use, const struct token_subject *subject, struct err *err);
	bool takes_case; /* :lower and :upper */
	int of;
};

static char *take_string(char *string)
{
	autofree char *owned = string;

	return g_strdup(owned ? owned : "");
}

static char *find_dir(const struct token_use *use, const struct token_subject *subject, struct err *err)
{
	return take_string(path_dir(subject->input));
}

static char *find_stem(const struct token_use *use, const struct token_subject *subject, struct err *err)
{
	return take_string(path_stem(subject->input));
}

static char *find_ext(const struct token_use *use, const struct token_subject *subject, struct err *err)
{
	const char *own = path_ext(subject->input);

	if (subject->sheet)
		return g_strdup(subject->sheet->ext);
	return g_strdup(format_has_extension(subject->format, own) ? own : format_extension(subject->format));
}

static char *find_output(const struct token_use *use, const struct token_subject *subject, struct err *err)
{
	return g_strdup(subject->output);
}

static char *refuse_argument(const struct token_use *use, const char *expected, struct err *err)
{
	char shown[64];

	text_printable(use->argument ? use->argument : "", shown, sizeof(shown));
	err_set(err, REASON_UNSUPPORTED, "{%s:%s}: expected %s", use->token->name, shown, expected);
	return NULL;
}

static char *find_number(const struct token_use *use, int number, struct err *err)
{
	if (use->argument)
		return refuse_argument(use, "nothing after the colon", err);
	return g_strdup_printf("%d", number);
}

static char *find_width(const struct token_use *use, const struct token_subject *subject, struct err *err)
{
	return find_number(use, subject->width_px, err);
}

static char *find_height(const struct token_use *use, const struct token_subject *subject, struct err *err)
{
	return find_number(use, subject->height_px, err);
}

static bool is_date_format(const char *format)
{
	if (!text_is_utf8(format))
		return false;
	for (; *format; format++)
		if (*format == '%' && (!*++format || !strchr(DATE_LETTERS, *format)))
			return false;
	return true;
}

static char *find_date(const struct token_use *use, const struct token_subject *subject, struct err *err)
{
	const char *format = use->argument ? use->argument : "%Y-%m-%d";
	int64_t taken_s = subject->facts ? subject->facts->taken_s : 0;
	g_autoptr(GDateTime) date = NULL;
	char *text;

	if (!is_date_format(format))
		return refuse_argument(use, "a date such as %Y-%m-%d or %Y/%m", err);
	if (taken_s)
		date = g_date_time_new_from_unix_utc(taken_s);
	else if (!use->fallback)
		date = g_date_time_new_from_unix_local(subject->changed_s);
	if (!date)
		return NULL;
	text = g_date_time_format(date, format);
	return text ? text : refuse_argument(use, "a date such as %Y-%m-%d or %Y/%m", err);
}

static char *find_exif(const struct token_use *use, const struct token_subject *subject, struct err *err)
{
	static const struct facts nothing;
	const char *text =
		facts_exif(subject->facts ? subject->facts : &nothing, use->argument ? use->argument : "");

	if (!text)
		return refuse_argument(use, "one of " FACTS_EXIF_NAMES, err);
	return *text ? g_strdup(text) : NULL;
}

static char *find_padded(const struct token_use *use, int number, struct err *err)
{
	const char *digits = use->argument ? use->argument : "1";

	if (*digits < '1' || *digits > '9' || digits[1])
		return refuse_argument(use, "a number of digits from 1 to 9", err);
	return g_strdup_printf("%0*d", *digits - '0', number);
}

static char *find_seq(const struct token_use *use, const struct token_subject *subject, struct err *err)
{
	return find_padded(use, subject->sequence, err);
}

static char *find_sheet(const struct token_use *use, const struct token_subject *subject, struct err *err)
{
	return g_strdup(subject->sheet->label);
}

static char *find_page(const struct token_use *use, const struct token_subject *subject, struct err *err)
{
	return find_padded(use, subject->sheet->page, err);
}

/* A picture that fails may make it one less: a name has to be known before. */
static char *find_pages(const struct token_use *use, const struct token_subject *subject, struct err *err)
{
	if (subject->sheet->pages > 0)
		return find_padded(use, subject->sheet->pages, err);
	err_set(err, REASON_UNSUPPORTED, "{pages} is for the header only");
	return NULL;
}

static const struct token tokens[] = {
	{ "dir", "{dir}", find_dir, true, OF_PICTURE },
	{ "stem", "{stem}", find_stem, true, OF_PICTURE },
	{ "ext", "{ext}", find_ext, true, OF_PICTURE | OF_SHEET },
	{ "output", "{output}", find_output, true, OF_PICTURE | OF_SHEET },
	{ "width", "{width}", find_width, false, OF_PICTURE },
	{ "height", "{height}", find_height, false, OF_PICTURE },
	{ "date", "{date:%Y-%m-%d}", find_date, false, OF_PICTURE | OF_SHEET },
	{ "seq", "{seq:4}", find_seq, false, OF_PICTURE },
	{ "exif", "{exif:Model}", find_exif, false, OF_PICTURE },
	{ "sheet", "{sheet}", find_sheet, true, OF_SHEET },
	{ "page", "{page:2}", find_page, false, OF_SHEET },
	{ "pages", "{pages}", find_pages, false, OF_SHEET },
};

/* In text that goes into a path: no slash, no dot in front, nothing that is not to be seen. */
static void make_part(char *value)
{
	for (char *at = value; *at; at++)
		if (*at == '/' || (unsigned char)*at < 0x20 || *at == 0x7f)
			*at = '-';
	for (char *at = value; *at == '.'; at++)
		*at = '-';
}

static char *change_case(const struct token_use *use, char *value, struct err *err)
{
	bool lower = g_strcmp0(use->argument, "lower") == 0, utf8 = text_is_utf8(value);
	g_autofree char *old = value;

	if (!use->argument)
		return g_steal_pointer(&old);
	if (!lower && strcmp(use->argument, "upper") != 0)
		return refuse_argument(use, "lower or upper", err);
	if (lower)
		return utf8 ? g_utf8_strdown(old, -1) : g_ascii_strdown(old, -1);
	return utf8 ? g_utf8_strup(old, -1) : g_ascii_strup(old, -1);
}

/* The text of one token; NULL with `err`. */
static char *find_text(
	const struct token_use *use, const struct token_subject *subject, bool for_path, struct err *err)
{
	struct err why = { .reason = REASON_NONE };
	char *value = use->token->find(use, subject, &why);

	if (why.reason != REASON_NONE) {
		*err = why;
		return NULL;
	}
	if (!value)
		return g_strdup(use->fallback ? use->fallback : UNKNOWN);
	if (use->token->takes_case)
		return change_case(use, value, err);
	if (for_path && use->token->find == find_exif)
		make_part(value);
	return value;
}

static void refuse_token(const char *name, int of, struct err *err)
{
	g_autoptr(GString) known = g_string_new("");
	char shown[64];

	for (size_t i = 0; i < G_N_ELEMENTS(tokens); i++)
		if (tokens[i].of & of)
			g_string_append_printf(known, " %s", tokens[i].shown);
	text_printable(name, shown, sizeof(shown));
	err_set(err, REASON_UNSUPPORTED, "{%s} is not known; there are%s", shown, known->str);
}

/* The token at `*text`, which is a brace; `*text` moves behind it. 0, or -1 with `err`. */
static int read_use(const char **text, int of, struct token_use *use, struct err *err)
{
	size_t length = strcspn(*text + 1, "{}");
	g_autofree char *whole = g_strndup(*text + 1, length), *inside = g_strdup(whole);
	char *fallback = strchr(inside, '|'), *argument;

	if (**text == '}' || (*text)[1 + length] != '}')
		return err_set(err, REASON_UNSUPPORTED, "a single %c: a brace is written {{ or }}", **text);
	if (fallback)
		*fallback++ = '\0';
	argument = strchr(inside, ':');
	if (argument)
		*argument++ = '\0';
	for (size_t i = 0; i < G_N_ELEMENTS(tokens); i++) {
		if (strcmp(tokens[i].name, inside) != 0 || !(tokens[i].of & of))
			continue;
		*use = (struct token_use){ &tokens[i], g_strdup(argument), g_strdup(fallback) };
		*text += length + 2;
		return 0;
	}
	refuse_token(whole, of, err);
	return -1;
}

/* The token at `*text`, replaced. 0, or -1 with `err`. */
static int expand_token(
	const char **text, const struct token_subject *subject, bool for_path, GString *into, struct err *err)
{
	struct token_use use;
	g_autofree char *value = NULL;

	if (read_use(text, subject->sheet ? OF_SHEET : OF_PICTURE, &use, err) < 0)
		return -1;
	value = find_text(&use, subject, for_path, err);
	g_free(use.argument);
	g_free(use.fallback);
	if (!value)
		return -1;
	g_string_append(into, value);
	if (for_path && !*value && **text == '/' && (into->len == 0 || into->str[into->len - 1] == '/'))
		(*text)++;
	return 0;
}

int tokens_expand(const char *template, const struct token_subject *subject, bool for_path, GString *text,
	struct err *err)
{
	while (*template) {
		size_t plain = strcspn(template, "{}");

		g_string_append_len(text, template, (gssize)plain);
		template += plain;
		if (*template && template[0] == template[1]) {
			g_string_append_c(text, *template);
			template += 2;
		} else if (*template && expand_token(&template, subject, for_path, text, err) < 0) {
			return -1;
		}
	}
	return 0;
}

/* The token at `*text` is read over. */
static bool is_seq(const char **text)
{
	struct token_use use = { .token = NULL };
	struct err ignored;

	if (read_use(text, OF_PICTURE, &use, &ignored) < 0) {
		*text += strlen(*text);
		return false;
	}
	g_free(use.argument);
	g_free(use.fallback);
	return use.token->find == find_seq;
}

bool tokens_count(const char *template)
{
	bool found = false;

	while (!found && *(template += strcspn(template, "{}"))) {
		if (template[0] == template[1])
			template += 2;
		else
			found = is_seq(&template);
	}
	return found;
}

int tokens_check_caption(const char *template, struct err *err)
{
	static const struct token_subject example = {
		.input = "d/s.jpg", .output = "o", .format = FORMAT_JPEG, .width_px = 1, .height_px = 1
	};
	g_autoptr(GString) text = g_string_new("");

	return tokens_expand(template, &example, false, text, err);
}

int tokens_check(const char *template, struct err *err)
{
	if (tokens_check_caption(template, err) < 0)
		return -1;
	/* a picture's number is given to its name: what was made before may get another one */
	if (tokens_count(template))
		return err_set(err, REASON_UNSUPPORTED, "{seq} is for names of files only");
	return 0;
}

int tokens_check_sheet(const char *template, struct err *err)
{
	static const struct token_sheet sheet = { "s", "jpg", 1, 1 };
	static const struct token_subject example = { .input = "", .output = "o", .sheet = &sheet };
	g_autoptr(GString) text = g_string_new("");

	return tokens_expand(template, &example, false, text, err);
}

bool tokens_are_in(const char *template)
{
	for (const char *brace = strchr(template, '{'); brace; brace = strchr(brace + 2, '{'))
		if (brace[1] != '{')
			return true;
	return false;
}
