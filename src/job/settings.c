#include "job/settings.h"

#include <glib.h>
#include <string.h>

#include "base/number.h"
#include "job/sheet_settings.h"

#define PERCENT_MAX 10000
/* The square of SIZE_LIMIT_PX, rounded down. */
#define MEGAPIXELS_MAX 4294

static void output_init(struct output_settings *output, const char *label)
{
	*output = (struct output_settings){
		.label = g_strdup(label),
		.resize = { .mode = SIZE_KEEP },
		.mark = {
			.position = GRAVITY_SE,
			.size = { .unit = LENGTH_NATURAL },
			.basis = BASIS_SHORT,
			.margin = { .unit = LENGTH_PERCENT, .number = 2 },
			.opacity = 1,
			.style = {
				.size = { .unit = LENGTH_PERCENT, .number = 4 },
				.colour = { 255, 255, 255 },
			},
		},
		.format = FORMAT_NONE,
		.quality = 82,
		.png_compression = EFFORT_DEFAULT,
		.webp_effort = EFFORT_DEFAULT,
		.avif_effort = EFFORT_DEFAULT,
		.background = { 255, 255, 255 },
		.colour = COLOUR_SRGB,
		.metadata = METADATA_SAFE,
		.name = g_strdup("{dir}/{stem}.{ext}"),
	};
}

static void output_finish(struct output_settings *output)
{
	g_free(output->label);
	g_strfreev(output->marks);
	g_free(output->mark.file);
	g_free(output->mark.light);
	g_free(output->mark.dark);
	g_free(output->mark.text);
	g_free(output->mark.style.font);
	g_free(output->colour_file);
	icc_file_free(output->colour_profile);
	g_free(output->copyright);
	g_free(output->artist);
	g_free(output->usage_terms);
	g_free(output->contact.email);
	g_free(output->contact.url);
	g_free(output->contact.phone);
	g_free(output->name);
}

void settings_init(struct settings *settings)
{
	*settings = (struct settings){
		.input = { .recurse = true, .raw_pairs = RAW_PAIRS_JPEG },
		.run = {
			.retries = 1,
			.max_pixels = 400000000,
			.fail_on = FAIL_ON_TRUNCATED,
			.sampling = SAMPLING_GOOD,
			.lane = LANE_WISH_AUTO,
			.raw = RAW_WISH_PREVIEW,
			.on_collision = COLLISION_FAIL,
			.sync = true,
			.sandbox = true,
			.progress = PROGRESS_AUTO,
			.log_level = LOG_WARNING,
		},
	};
	settings_name_outputs(settings, (const char *const[]){ "" }, 1);
}

static void outputs_free(struct output_settings *outputs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		output_finish(&outputs[i]);
	g_free(outputs);
}

static struct output_settings *outputs_new(const char *const *labels, size_t count)
{
	struct output_settings *outputs = g_new(struct output_settings, count);

	for (size_t i = 0; i < count; i++)
		output_init(&outputs[i], labels[i]);
	return outputs;
}

void settings_name_outputs(struct settings *settings, const char *const *labels, size_t count)
{
	outputs_free(settings->outputs, settings->outputs_count);
	settings->outputs = outputs_new(labels, count);
	settings->outputs_count = count;
}

void settings_name_marks(struct settings *settings, const char *const *labels, size_t count)
{
	outputs_free(settings->marks, settings->marks_count);
	settings->marks = outputs_new(labels, count);
	settings->marks_count = count;
}

void settings_finish(struct settings *settings)
{
	outputs_free(settings->outputs, settings->outputs_count);
	outputs_free(settings->marks, settings->marks_count);
	settings_name_sheets(settings, NULL, 0);
	g_strfreev(settings->input.inputs);
	for (size_t i = 0; i < settings->input.filters_count; i++)
		g_free(settings->input.filters[i].glob);
	g_free(settings->input.filters);
	g_free(settings->input.files_from);
	g_free(settings->run.events);
	g_free(settings->run.state);
	g_free(settings->run.log);
	g_free(settings->recipe);
	g_free(settings->output_folder);
	*settings = (struct settings){ 0 };
}

static const struct mark_settings *find_mark(const struct settings *settings, const char *label)
{
	for (size_t i = 0; i < settings->marks_count; i++)
		if (strcmp(settings->marks[i].label, label) == 0)
			return &settings->marks[i].mark;
	return NULL;
}

const char *settings_unknown_mark(const struct settings *settings, const struct output_settings *output)
{
	for (char **label = output->marks; label && *label; label++)
		if (!find_mark(settings, *label))
			return *label;
	return NULL;
}

size_t settings_mark_files(const struct mark_settings *mark, const char *files[MARK_VERSIONS_MAX])
{
	size_t count = 0;

	if (mark->file) {
		files[count++] = mark->file;
	} else if (mark->light && mark->dark) {
		files[count++] = mark->light;
		files[count++] = mark->dark;
	}
	return count;
}

bool settings_mark_is_made(const struct mark_settings *mark)
{
	return mark->file || mark->text || (mark->light && mark->dark);
}

static bool is_seen(const struct mark_settings *mark)
{
	return mark && settings_mark_is_made(mark) && mark->opacity > 0;
}

size_t settings_marks(const struct settings *settings, const struct output_settings *output,
	const struct mark_settings *marks[MARKS_MAX])
{
	size_t count = 0;

	if (is_seen(&output->mark))
		marks[count++] = &output->mark;
	for (char **label = output->marks; label && *label && count < MARKS_MAX; label++) {
		const struct mark_settings *mark = find_mark(settings, *label);

		if (is_seen(mark))
			marks[count++] = mark;
	}
	return count;
}

int settings_read_profiles(struct settings *settings, struct err *err)
{
	for (size_t i = 0; i < settings->outputs_count; i++) {
		struct output_settings *output = &settings->outputs[i];

		if (output->colour != COLOUR_PROFILE)
			continue;
		icc_file_free(output->colour_profile);
		output->colour_profile = icc_file_read(output->colour_file, err);
		if (!output->colour_profile)
			return -1;
	}
	return 0;
}

bool settings_full_chroma(const struct output_settings *output)
{
	if (output->chroma == CHROMA_AUTO)
		return output->quality >= CHROMA_FULL_QUALITY;
	return output->chroma == CHROMA_444;
}

/* What follows `prefix` in `text`, or NULL. */
static const char *after(const char *text, const char *prefix)
{
	size_t length = strlen(prefix);

	return strncmp(text, prefix, length) == 0 ? text + length : NULL;
}

static bool parse_side(const char *text, int *side_px)
{
	int64_t side;

	if (!number_parse_whole(text, 1, SIZE_LIMIT_PX, &side))
		return false;
	*side_px = (int)side;
	return true;
}

static bool parse_fit(const char *text, enum box_fit *fit)
{
	static const char *const names[] = {
		[BOX_COVER] = "cover",
		[BOX_PAD] = "pad",
		[BOX_STRETCH] = "stretch",
	};

	for (enum box_fit i = BOX_COVER; i <= BOX_STRETCH; i++) {
		if (strcmp(text, names[i]) == 0) {
			*fit = i;
			return true;
		}
	}
	return false;
}

/* "1600x1200", "1600x", "x1200"; both sides and then a fit: "1600x1200:cover". `text` is cut up. */
static bool parse_box(char *text, struct size_spec *spec)
{
	char *height = strchr(text, 'x'), *fit = strchr(text, ':');

	if (!height)
		return false;
	*height++ = '\0';
	if (fit)
		*fit++ = '\0';
	*spec = (struct size_spec){ .mode = SIZE_BOX, .fit = BOX_INSIDE };
	if (fit && (!*text || !*height || !parse_fit(fit, &spec->fit)))
		return false;
	if (!*text && !*height)
		return false;
	return (!*text || parse_side(text, &spec->width_px)) &&
	       (!*height || parse_side(height, &spec->height_px));
}

/* Cut `unit` off the end of `text`; false where it does not end so. */
static bool cut_unit(char *text, const char *unit)
{
	size_t length = strlen(text), unit_length = strlen(unit);

	if (length < unit_length || strcmp(text + length - unit_length, unit) != 0)
		return false;
	text[length - unit_length] = '\0';
	return true;
}

static bool parse_percent(const char *text, double *number)
{
	return number_parse_decimal(text, 0, PERCENT_MAX, number);
}

static bool parse_size(char *text, struct size_spec *spec)
{
	const char *rest;

	*spec = (struct size_spec){ .mode = SIZE_LONG_EDGE };
	if (parse_side(text, &spec->width_px))
		return true;
	spec->mode = SIZE_SHORT_EDGE;
	if ((rest = after(text, "short:")))
		return parse_side(rest, &spec->width_px);
	spec->mode = SIZE_MEGAPIXELS;
	if ((rest = after(text, "mp:")))
		return number_parse_decimal(rest, 0, MEGAPIXELS_MAX, &spec->number) && spec->number > 0;
	if (strchr(text, 'x'))
		return parse_box(text, spec);
	spec->mode = SIZE_PERCENT;
	return cut_unit(text, "%") && parse_percent(text, &spec->number) && spec->number > 0;
}

bool size_spec_parse(const char *text, struct size_spec *spec)
{
	g_autofree char *copy = g_strdup(text);
	struct size_spec parsed;

	if (!parse_size(copy, &parsed))
		return false;
	*spec = parsed;
	return true;
}

static bool parse_length(char *text, struct length_spec *spec)
{
	int64_t length_px;

	spec->unit = LENGTH_PERCENT;
	if (cut_unit(text, "%"))
		return parse_percent(text, &spec->number);
	spec->unit = LENGTH_PX;
	if (!cut_unit(text, "px") || !number_parse_whole(text, 0, SIZE_LIMIT_PX, &length_px))
		return false;
	spec->number = (double)length_px;
	return true;
}

bool length_spec_parse(const char *text, struct length_spec *spec)
{
	g_autofree char *copy = g_strdup(text);
	struct length_spec parsed;

	if (!parse_length(copy, &parsed))
		return false;
	*spec = parsed;
	return true;
}
