/* Recipe files: settings that hold together come out, or a sentence. */
#include "fuzz.h"

#include "base/path.h"
#include "base/text.h"
#include "cli/recipe.h"
#include "job/naming.h"
#include "job/task.h"

static void check(const struct settings *settings)
{
	struct err err;

	REQUIRE(settings->outputs_count >= 1 && settings->outputs_count <= TASK_OUTPUTS_MAX);
	for (size_t i = 0; i < settings->outputs_count; i++) {
		const struct output_settings *output = &settings->outputs[i];

		REQUIRE(text_is_utf8(output->label) && strlen(output->label) <= 100);
		REQUIRE(!*output->label || path_is_beneath(output->label));
		REQUIRE(output->quality >= 1 && output->quality <= 100);
		REQUIRE(naming_check(output->name, &err) == 0);
		for (size_t j = 0; j < i; j++)
			REQUIRE(strcmp(output->label, settings->outputs[j].label) != 0);
	}
}

static void fuzz_one(const unsigned char *data, size_t size)
{
	autoclose int fd = fuzz_file(data, size);
	struct settings settings;
	struct err err = { .text = "" };
	char file[32];

	snprintf(file, sizeof(file), "/proc/self/fd/%d", fd);
	settings_init(&settings);
	if (recipe_load(file, &settings, &err) == 0)
		check(&settings);
	else
		REQUIRE(*err.text && text_is_utf8(err.text));
	settings_finish(&settings);
}
