#include "job/recipe_digest.h"

#include <glib.h>
#include <string.h>

#include "check.h"

static struct settings settings;
static struct output_settings *output;

static int begin(void **state)
{
	(void)state;
	settings_init(&settings);
	output = &settings.outputs[0];
	return 0;
}

static int end(void **state)
{
	(void)state;
	settings_finish(&settings);
	return 0;
}

/* In hexadecimal, until the next call. */
static const char *digest(void)
{
	static char text[2 * RECIPE_DIGEST_BYTES + 1];
	unsigned char bytes[RECIPE_DIGEST_BYTES];
	struct err err;

	if (recipe_digest(output, &settings, bytes, &err) < 0)
		fail_msg("%s", err.text);
	for (size_t i = 0; i < sizeof(bytes); i++)
		g_snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	return text;
}

/* Those of 0.1.0 before it had the options that came later: what was made then is still up to date. */
static void older_digests_stay_good(void **state)
{
	(void)state;
	assert_string_equal(digest(), "be19327f0994fd5ef671327a1902765926cd34a026b6acb07a629022c1ce70de");
	output->quality = 95;
	output->format = FORMAT_WEBP;
	output->colour = COLOUR_KEEP;
	output->metadata = METADATA_NONE;
	assert_string_equal(digest(), "da96dc4442690b3e6a441872fbbe8dd992ec338945b537719828daaa56f0e30e");
}

static void what_shapes_the_picture_counts(void **state)
{
	g_autofree char *plain = g_strdup(digest());

	(void)state;
	output->chroma = CHROMA_444;
	assert_string_not_equal(digest(), plain);
	output->chroma = CHROMA_AUTO;
	assert_string_equal(digest(), plain);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(older_digests_stay_good),
		TEST(what_shapes_the_picture_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
