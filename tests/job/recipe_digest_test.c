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

/* `set` changes what `format` (FORMAT_NONE: any) is made of. */
static void check_counts(void (*set)(void), enum format format)
{
	for (enum format i = FORMAT_NONE; i <= FORMAT_AVIF; i++) {
		g_autofree char *plain = NULL;

		end(NULL);
		begin(NULL);
		output->format = i;
		plain = g_strdup(digest());
		set();
		assert_int_equal(strcmp(digest(), plain) != 0,
			i == format || i == FORMAT_NONE || format == FORMAT_NONE);
	}
}

static void set_chroma(void)
{
	output->chroma = CHROMA_444;
}

static void set_palette(void)
{
	output->png_palette = true;
}

static void set_png_compression(void)
{
	output->png_compression = 9;
}

static void set_webp_lossless(void)
{
	output->webp_lossless = true;
}

static void set_webp_effort(void)
{
	output->webp_effort = 6;
}

static void set_avif_effort(void)
{
	output->avif_effort = 0;
}

static void set_tiff_compression(void)
{
	output->tiff_compression = TIFF_NONE;
}

static void what_shapes_the_picture_counts_where_it_does(void **state)
{
	(void)state;
	check_counts(set_chroma, FORMAT_NONE);
	check_counts(set_palette, FORMAT_PNG);
	check_counts(set_png_compression, FORMAT_PNG);
	check_counts(set_webp_lossless, FORMAT_WEBP);
	check_counts(set_webp_effort, FORMAT_WEBP);
	check_counts(set_avif_effort, FORMAT_AVIF);
	check_counts(set_tiff_compression, FORMAT_TIFF);
}

static const char *digest_in(const char *profile)
{
	struct icc_file *file = g_new0(struct icc_file, 1);

	file->data = (unsigned char *)g_strdup(profile);
	file->size_bytes = strlen(profile);
	icc_file_free(output->colour_profile);
	output->colour_profile = file;
	return digest();
}

/* By what is in it, not by the name of its file. */
static void another_profile_counts(void **state)
{
	g_autofree char *one = NULL;

	(void)state;
	output->colour = COLOUR_PROFILE;
	output->colour_file = g_strdup("a.icc");
	one = g_strdup(digest_in("one"));
	assert_string_not_equal(digest_in("other"), one);
	g_free(output->colour_file);
	output->colour_file = g_strdup("b.icc");
	assert_string_equal(digest_in("one"), one);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(older_digests_stay_good),
		TEST(another_profile_counts),
		TEST(what_shapes_the_picture_counts_where_it_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
