#include <stdio.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "command/record.h"
#include "command/run.h"

size_t preflight(struct run *run)
{
	size_t problems = run->plan->problems_count + run->plan->problems_beyond;

	for (size_t i = 0; i < run->plan->problems_count; i++)
		log_line(run->log, LOG_ERROR, NULL, "%s", run->plan->problems[i].text);
	if (run->unfit.reason != REASON_NONE) {
		log_line(run->log, LOG_ERROR, NULL, "%s", run->unfit.text);
		problems++;
	}
	return problems;
}

static void show_name(const char *name)
{
	char shown[4096];

	fputs(text_printable(name, shown, sizeof(shown)), stdout);
}

static void show_input(const struct run *run, size_t index)
{
	const struct planned_input *planned = &run->plan->inputs[index];
	const struct err *err = planned->err;
	struct lane_choice lane;
	uint64_t up_to_date;
	autofree char *name = scan_input_name(&run->scan, &run->scan.inputs[index]);

	if (planned->action != ACTION_MAKE) {
		show_name(name);
		printf(": %s: %s: %s\n", planned->action == ACTION_SKIP ? "skipped" : "would fail",
			reason_name(err->reason), err->text);
		return;
	}
	lane = studio_lane(&run->studio, &run->probed[index].facts, planned);
	up_to_date = record_look(run, index);
	for (size_t i = 0; i < run->settings.outputs_count; i++) {
		const struct planned_output *output = &planned->outputs[i];
		autofree char *output_name = plan_output_name(run->plan, output);

		show_name(name);
		fputs(" -> ", stdout);
		show_name(output_name);
		printf(" %dx%d %s, ", output->geometry.out_width_px, output->geometry.out_height_px,
			format_name(output->format));
		if (record_has(up_to_date, i))
			puts("up to date");
		else
			printf("%s lane%s%s\n", lane_name(lane.planar), lane.why ? ": " : "",
				lane.why ? lane.why : "");
	}
}

void show_plan(const struct run *run)
{
	char shown[4096];

	for (size_t i = 0; i < run->scan.problems_count; i++)
		printf("%s: would fail: %s\n",
			text_printable(run->scan.problems[i].name, shown, sizeof(shown)),
			run->scan.problems[i].err.text);
	for (size_t i = 0; i < run->scan.inputs_count; i++)
		show_input(run, i);
}
