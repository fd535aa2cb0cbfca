/* The pictures of testdata/gallery, which people have looked at, are what the program makes today. */
#include <glib.h>
#include <stdlib.h>

#include "check.h"
#include "end-to-end/picture.h"
#include "end-to-end/place.h"
#include "end-to-end/program.h"

/* Of 255, on average: what another version of a library may change. The least that a missing feature would
 * is 0.54, for the pale mark of `corner`. */
#define NEAR 0.4
/* Of the contact sheet, where everything is small: another FreeType and another libvips move its edges
 * (1.15). Without its captions, the least of what is on it, it is 16 away. */
#define NEAR_OF_SHEET 1.6

static double allowed(const char *name)
{
	return g_str_has_prefix(name, "contact-") ? NEAR_OF_SHEET : NEAR;
}

static void the_pictures_that_were_reviewed_are_still_made(void **state)
{
	struct place *place = *state;
	char *gallery = g_build_filename(getenv("TESTDATA"), "gallery", NULL);
	char *recipe = g_build_filename(gallery, "gallery.ini", NULL);
	char *landscape = g_build_filename(getenv("SAMPLES"), "photos", "lake-at-dusk.jpg", NULL);
	char *portrait =
		g_build_filename(getenv("SAMPLES"), "photos", "wedding", "against the light.jpg", NULL);
	struct ended ended;
	char *list, **names;

	RUN(&ended, "run", "--recipe", recipe, landscape, portrait, place_path(place, "out"));
	ASSERT_EXIT(&ended, 0);
	list = tree_list(place_path(place, "out"));
	names = g_strsplit(list, "\n", -1);
	assert_true(g_strv_length(names) >= 31);
	for (char **name = names; *name; name++) {
		char *reviewed = g_build_filename(gallery, *name, NULL);
		double distance = picture_distance(place_path(place, "out/%s", *name), reviewed);

		if (distance > allowed(*name))
			fail_msg("%s: %.2f away from the one in testdata/gallery: look at both", *name,
				distance);
		g_free(reviewed);
	}
	g_strfreev(names);
	g_free(list);
	g_free(portrait);
	g_free(landscape);
	g_free(recipe);
	g_free(gallery);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			the_pictures_that_were_reviewed_are_still_made, place_setup, place_teardown),
	};

	pictures_start("gallery_test");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
