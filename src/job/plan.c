#include "job/plan.h"

#include <assert.h>
#include <glib.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/text.h"
#include "job/collide.h"
#include "job/holding.h"
#include "job/naming.h"
#include "job/originals.h"
#include "job/sheet_plan.h"

void plan_add_problem(struct plan *plan, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	if (plan->problems_count == PLAN_PROBLEMS_MAX) {
		plan->problems_beyond++;
		return;
	}
	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	/* one more than the maximum: the last line counts the rest */
	if (!plan->problems)
		plan->problems = g_new(struct err, PLAN_PROBLEMS_MAX + 1);
	err_set(&plan->problems[plan->problems_count++], REASON_UNSUPPORTED, "%s", text);
}

static void count_problems_beyond(struct plan *plan)
{
	char number[32];
	size_t length;

	if (plan->problems_beyond == 0)
		return;
	snprintf(number, sizeof(number), "%zu", plan->problems_beyond);
	length = strlen(number);
	for (size_t digits = 3; digits < length; digits += 3) {
		char *place = number + length - digits;

		memmove(place + 1, place, strlen(place) + 1);
		*place = ',';
	}
	err_set(&plan->problems[plan->problems_count++], REASON_UNSUPPORTED, "and %s more", number);
}

char *plan_output_name(const struct plan *plan, const struct planned_output *output)
{
	return path_join(plan->settings->output_folder, output->path);
}

/* A name that fits four times into one problem: printable, and of a long one the end. Takes over `name`. */
static char *show(char *name)
{
	enum {
		SHOWN_BYTES = 90
	};
	size_t size = name ? 4 * strlen(name) + 1 : 1;
	g_autofree char *printable = g_malloc(size);
	const char *end;

	text_printable(name ? name : "", printable, size);
	free(name);
	if (strlen(printable) <= SHOWN_BYTES)
		return g_steal_pointer(&printable);
	end = printable + strlen(printable) - SHOWN_BYTES;
	while ((*end & 0xc0) == 0x80)
		end++;
	return g_strconcat("...", end, NULL);
}

char *plan_show_output(const struct plan *plan, const struct planned_output *output)
{
	return show(plan_output_name(plan, output));
}

char *plan_show_input(const struct plan *plan, size_t input)
{
	return show(scan_input_name(plan->scan, &plan->scan->inputs[input]));
}

/* The picture will not be made, for a reason of the plan's own. */
static struct err *refuse(struct plan *plan, struct planned_input *input, enum planned_action action)
{
	struct err *err = g_new0(struct err, 1);

	plan->refusals = g_renew(struct err *, plan->refusals, plan->refusals_count + 1);
	plan->refusals[plan->refusals_count++] = err;
	input->action = action;
	input->err = err;
	return err;
}

static enum format choose_format(enum format asked, const struct facts *facts, format_set writable)
{
	if (asked != FORMAT_NONE)
		return asked;
	if (writable & FORMAT_BIT(facts->format))
		return facts->format;
	return facts->alpha ? FORMAT_PNG : FORMAT_JPEG;
}

static double megapixels(int width_px, int height_px)
{
	return (double)width_px * height_px / 1e6;
}

/* Can a picture of that size be made, and be held by its format? 0, or -1 with `err`. */
static int check_size(const struct plan *plan, const struct planned_output *output, struct err *err)
{
	const struct geometry *size = &output->geometry;
	double limit = (double)plan->settings->run.max_pixels / 1e6;
	double scaled = megapixels(size->scaled_width_px, size->scaled_height_px);
	double made = megapixels(size->out_width_px, size->out_height_px);
	int side_px = MAX(size->out_width_px, size->out_height_px),
	    most_px = format_max_side_px(output->format);

	if (MAX(scaled, made) > limit)
		return err_set(err, REASON_TOO_MANY_PIXELS,
			"resized, it would have %.1f megapixels, more than the %.1f that --max-pixels allows",
			MAX(scaled, made), limit);
	if (side_px > most_px)
		return err_set(err, REASON_UNSUPPORTED,
			"it would be %d x %d pixels, and %s holds %d on a side at most", size->out_width_px,
			size->out_height_px, format_name(output->format), most_px);
	return 0;
}

/* Everything of one output but its name. 0, or -1 with `err`. */
static int plan_size(const struct plan *plan, size_t index, const struct facts *facts, format_set writable,
	struct planned_output *output, struct err *err)
{
	const struct output_settings *asked = &plan->settings->outputs[index];

	output->format = choose_format(asked->format, facts, writable);
	output->geometry = geometry_compute(
		&asked->resize, asked->enlarge, facts_upright_width(facts), facts_upright_height(facts));
	return check_size(plan, output, err);
}

struct token_subject plan_subject(const struct plan *plan, size_t input, size_t output)
{
	const struct planned_output *planned = &plan->inputs[input].outputs[output];

	return (struct token_subject){
		.input = plan->scan->inputs[input].path,
		.output = plan->settings->outputs[output].label,
		.format = planned->format,
		.width_px = planned->geometry.out_width_px,
		.height_px = planned->geometry.out_height_px,
		.facts = &plan->probed[input].facts,
		.changed_s = plan->scan->inputs[input].mtime_ns / 1000000000,
		.sequence = plan->probed[input].sequence,
	};
}

static void name_output(struct plan *plan, size_t input, size_t index)
{
	struct planned_output *output = &plan->inputs[input].outputs[index];
	const struct output_settings *settings = &plan->settings->outputs[index];
	struct token_subject subject = plan_subject(plan, input, index);
	g_autofree char *name = NULL;
	struct err err;

	output->path = naming_expand(settings->name, &subject, &err);
	if (output->path && settings->windows_names) {
		g_autofree char *path = output->path;

		output->path = naming_for_windows(path);
	}
	if (output->path)
		return;
	output->path = g_strdup("");
	name = plan_show_input(plan, input);
	plan_add_problem(plan, "%s: cannot be named: %s", name, err.text);
}

static void outputs_free(struct planned_output *outputs, size_t count)
{
	for (size_t i = 0; outputs && i < count; i++)
		g_free(outputs[i].path);
	g_free(outputs);
}

static bool holds_profile(const struct output_settings *settings, enum format format)
{
	struct holding holding = holding_of(settings, format);

	return settings->colour != COLOUR_PROFILE || holding_has(&holding, settings->colour_profile->model);
}

/* Where the format follows from the picture. */
static void check_profile(struct plan *plan, size_t input, size_t index)
{
	const struct output_settings *settings = &plan->settings->outputs[index];
	enum format format = plan->inputs[input].outputs[index].format;
	g_autofree char *name = NULL, *file = NULL;

	if (settings->format != FORMAT_NONE || holds_profile(settings, format))
		return;
	name = plan_show_input(plan, input);
	file = show(strdup(settings->colour_file));
	plan_add_problem(plan, "%s: would be written as %s, which cannot hold the %s of --colour %s", name,
		format_name(format), icc_file_model(settings->colour_profile), file);
}

static void plan_picture(struct plan *plan, size_t index, format_set writable)
{
	const struct facts *facts = &plan->probed[index].facts;
	struct planned_input *input = &plan->inputs[index];
	struct err err;

	input->outputs = g_new0(struct planned_output, plan->outputs_count);
	for (size_t i = 0; i < plan->outputs_count; i++) {
		if (plan_size(plan, i, facts, writable, &input->outputs[i], &err) < 0) {
			*refuse(plan, input, ACTION_FAIL) = err;
			g_clear_pointer(&input->outputs, g_free);
			return;
		}
	}
	input->action = ACTION_MAKE;
	for (size_t i = 0; i < plan->outputs_count; i++) {
		check_profile(plan, index, i);
		name_output(plan, index, i);
	}
}

/* The other file of the shot is made. */
static void pass_over(struct plan *plan, size_t index)
{
	size_t taken = plan->probed[index].taken_instead - 1;
	bool raw_is_taken = plan->probed[taken].facts.raw.source != RAW_NONE;
	g_autofree char *name = plan_show_input(plan, taken);

	err_set(refuse(plan, &plan->inputs[index], ACTION_SKIP), REASON_CAMERA_RAW,
		raw_is_taken ? "the raw file of this shot, %s, is taken (--raw-pairs)"
			     : "the camera's own picture of this shot, %s, is taken (--raw-pairs)",
		name);
}

static void plan_input(struct plan *plan, size_t index, format_set writable)
{
	const struct probe_verdict *verdict = &plan->probed[index];
	struct planned_input *input = &plan->inputs[index];

	if (verdict->taken_instead) {
		pass_over(plan, index);
		return;
	}
	if (verdict->err.reason == REASON_NONE) {
		plan_picture(plan, index, writable);
		return;
	}
	input->err = &verdict->err;
	input->action =
		verdict->err.reason == REASON_NOT_A_PICTURE || verdict->err.reason == REASON_CAMERA_RAW
			? ACTION_SKIP
			: ACTION_FAIL;
}

static void check_formats(struct plan *plan, format_set writable)
{
	for (size_t i = 0; i < plan->outputs_count; i++) {
		enum format format = plan->settings->outputs[i].format;

		if (format != FORMAT_NONE && !(writable & FORMAT_BIT(format)))
			plan_add_problem(
				plan, "--format %s: this build cannot write that", format_name(format));
	}
}

static void check_profiles(struct plan *plan)
{
	for (size_t i = 0; i < plan->outputs_count; i++) {
		const struct output_settings *settings = &plan->settings->outputs[i];
		g_autofree char *file = NULL;

		if (settings->format == FORMAT_NONE || holds_profile(settings, settings->format))
			continue;
		file = show(strdup(settings->colour_file));
		plan_add_problem(plan, "--colour %s: is for %s, which %s cannot hold", file,
			icc_file_model(settings->colour_profile), format_name(settings->format));
	}
}

static void check_length(struct plan *plan, const struct planned_output *output)
{
	g_autofree char *name = NULL;
	struct err err;

	if (!*output->path || naming_check_path(output->path, &err) == 0)
		return;
	name = plan_show_output(plan, output);
	plan_add_problem(plan, "%s: cannot be made: %s", name, err.text);
}

/* Numbers and inserted extensions may have made a name too long. */
static void check_lengths(struct plan *plan)
{
	for (size_t i = 0; i < plan->scan->inputs_count; i++)
		for (size_t j = 0; plan->inputs[i].outputs && j < plan->outputs_count; j++)
			check_length(plan, &plan->inputs[i].outputs[j]);
	for (size_t i = 0; i < plan->settings->sheets_count; i++)
		for (size_t j = 0; j < plan->sheets[i].files_count; j++)
			check_length(plan, &plan->sheets[i].files[j]);
}

struct plan *plan_new(const struct settings *settings, const struct scan *scan,
	const struct probe_verdict *probed, format_set writable)
{
	struct plan *plan = g_new0(struct plan, 1);

	assert(writable & FORMAT_BIT(FORMAT_JPEG) && writable & FORMAT_BIT(FORMAT_PNG));
	plan->settings = settings;
	plan->scan = scan;
	plan->probed = probed;
	plan->outputs_count = settings->outputs_count;
	plan->inputs = g_new0(struct planned_input, scan->inputs_count);
	check_formats(plan, writable);
	check_profiles(plan);
	for (size_t i = 0; i < scan->inputs_count; i++)
		plan_input(plan, i, writable);
	plan->sheets = g_new0(struct planned_sheet, settings->sheets_count + 1);
	for (size_t i = 0; i < settings->sheets_count; i++)
		sheet_plan_init(plan, i);
	collide_resolve(plan);
	check_lengths(plan);
	collide_check(plan);
	originals_check(plan);
	count_problems_beyond(plan);
	return plan;
}

void plan_free(struct plan *plan)
{
	if (!plan)
		return;
	for (size_t i = 0; i < plan->scan->inputs_count; i++)
		outputs_free(plan->inputs[i].outputs, plan->outputs_count);
	for (size_t i = 0; i < plan->settings->sheets_count; i++)
		sheet_plan_finish(&plan->sheets[i]);
	g_free(plan->sheets);
	for (size_t i = 0; i < plan->refusals_count; i++)
		g_free(plan->refusals[i]);
	g_free(plan->refusals);
	g_free(plan->inputs);
	g_free(plan->problems);
	g_free(plan);
}
