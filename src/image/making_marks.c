#include "image/making_marks.h"

#include "image/utf8.h"
#include "job/tokens.h"

/* What a mark says on this picture. */
static char *expand_text(const struct making *making, const char *template, struct err *err)
{
	const struct token_subject subject = {
		.input = making->request->input.path,
		.output = making->settings->label,
		.format = making->output->format,
		.width_px = making->output->geometry.out_width_px,
		.height_px = making->output->geometry.out_height_px,
		.facts = &making->request->facts,
		.changed_s = making->request->input.mtime_ns / 1000000000,
	};
	g_autoptr(GString) text = g_string_new("");
	g_autofree char *cleaned = NULL;

	if (tokens_expand(template, &subject, false, text, err) < 0)
		return NULL;
	/* a file's name may be any bytes */
	cleaned = g_strstrip(utf8_clean(text->str, text->len));
	if (*cleaned)
		return g_steal_pointer(&cleaned);
	err_set(err, REASON_WATERMARK,
		"--watermark-text: nothing is left of it for this picture; {exif:Artist|TEXT} has a text for "
		"those without");
	return NULL;
}

int making_expand_texts(struct making *making, struct err *err)
{
	const struct mark_settings *wanted[MARKS_MAX];
	size_t count = settings_marks(making->maker->settings, making->settings, wanted);

	for (size_t i = 0; i < count; i++) {
		if (!wanted[i]->text)
			continue;
		making->texts[i] = expand_text(making, wanted[i]->text, err);
		if (!making->texts[i])
			return -1;
	}
	return 0;
}

void making_forget_texts(struct making *making)
{
	for (size_t i = 0; i < MARKS_MAX; i++)
		g_clear_pointer(&making->texts[i], g_free);
}

/* In all its versions. Where one of them would not fit the mark is left out: which one the picture gets does
 * not change what is right for its size. */
static int find_mark(struct making *making, struct mark_wish *wish, const char *text, struct err *err)
{
	struct mark_choice *choice = &making->choices[making->choices_count];
	const char *contents[MARK_VERSIONS_MAX] = { text };
	bool fits = true;

	*choice = (struct mark_choice){
		.count = text ? 1 : settings_mark_files(wish->settings, contents),
		.calm = wish->settings->position == GRAVITY_CALM,
	};
	for (size_t i = 0; i < choice->count; i++) {
		wish->content = contents[i];
		if (marks_find(making->maker->marks, wish, &choice->versions[i], err))
			return -1;
		fits = fits && choice->versions[i].samples;
	}
	if (fits)
		making->choices_count++;
	else
		making_warn(making->reply, "a mark would not fit and was left out");
	return 0;
}

int making_find_marks(
	struct making *making, enum colour_model model, const struct profile *profile, struct err *err)
{
	struct mark_wish wish = {
		.width_px = making->output->geometry.out_width_px,
		.height_px = making->output->geometry.out_height_px,
		.model = model,
		.profile = profile,
	};
	const struct mark_settings *wanted[MARKS_MAX];
	size_t count = settings_marks(making->maker->settings, making->settings, wanted);

	making->choices_count = 0;
	for (size_t i = 0; i < count; i++) {
		wish.settings = wanted[i];
		if (find_mark(making, &wish, making->texts[i], err))
			return -1;
	}
	making->marked = making->choices_count > 0;
	return 0;
}

bool making_marks_are_coloured(const struct making *making)
{
	for (size_t i = 0; i < making->choices_count; i++)
		for (size_t k = 0; k < making->choices[i].count; k++)
			if (making->choices[i].versions[k].coloured)
				return true;
	return false;
}

static bool are_open(const struct making *making)
{
	for (size_t i = 0; i < making->choices_count; i++)
		if (mark_choice_is_open(&making->choices[i]))
			return true;
	return false;
}

void making_take_marks(struct making *making)
{
	if (are_open(making))
		return;
	for (size_t i = 0; i < making->choices_count; i++)
		making->marks[i] = making->choices[i].versions[0];
	making->compose.marks_count = making->choices_count;
}

bool making_waits(const struct making *making)
{
	return making->compose.marks_count < making->choices_count;
}

int making_choose_marks(struct making *making, ground_read read, void *data, struct err *err)
{
	struct compose *compose = &making->compose;
	struct pixels flat = compose->to;
	struct ground ground = {
		.width_px = compose->width_px,
		.height_px = compose->height_px,
		.pixels = compose->to,
		.background = compose->background,
		.read = read,
		.data = data,
	};

	flat.alpha = false;
	ground.lightness = colours_between(
		making->maker->colours, &flat, &(struct pixels){ .model = MODEL_GREY, .bits = 8 });
	if (!ground.lightness)
		return err_set(err, REASON_OUT_OF_MEMORY, "no memory for a colour conversion");
	if (mark_choose(making->choices, making->choices_count, &ground, making->marks, err))
		return -1;
	compose->marks_count = making->choices_count;
	return 0;
}
