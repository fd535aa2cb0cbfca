/* Spawn and the fork server where fork hangs: in a parent in which libvips has evaluated a picture. */
#include <vips/vips.h>

#include "mp/context.h"
#include "mp/process.h"

#include "pool_checks.h"

static int average(double *result)
{
	VipsImage *image = NULL;
	int status = vips_black(&image, 2000, 2000, NULL) || vips_avg(image, result, NULL);

	if (image)
		g_object_unref(image);
	return status;
}

static int evaluate(const struct mp_given *given)
{
	double result = -1;

	(void)given;
	if (vips_init("child"))
		return 1;
	return average(&result) || result != 0 ? 2 : 0;
}

static const struct mp_role roles[] = { { .name = "evaluate", .run = evaluate }, { .name = NULL } };

static void check(enum mp_start_method method)
{
	struct mp_context *context = mp_context_new(method);
	const struct mp_process_config config = { .run_given = evaluate, .context = context };

	for (int i = 0; i < 3; i++) {
		struct mp_process *process = mp_process_new(&config);
		struct mp_process_end end = { .status = -1 };

		assert_non_null(process);
		assert_int_equal(mp_process_start(process), 0);
		assert_int_equal(mp_process_join(process, 60000), 0);
		assert_int_equal(mp_process_ended(process, &end), 0);
		assert_int_equal(end.status, 0);
		mp_process_free(&process);
	}
	mp_context_free(&context);
}

static void a_spawned_process_evaluates_pictures_after_its_parent_has(void **state)
{
	(void)state;
	check(MP_SPAWN);
}

static void a_fork_servers_process_evaluates_pictures_after_its_owner_has(void **state)
{
	(void)state;
	check(MP_FORKSERVER);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		POOL_TEST(a_spawned_process_evaluates_pictures_after_its_parent_has),
		POOL_TEST(a_fork_servers_process_evaluates_pictures_after_its_owner_has),
	};
	double result;
	int status;

	if (mp_context_init(argc, argv, roles) || vips_init(argv[0]) || average(&result))
		return 1;
	status = cmocka_run_group_tests(tests, NULL, NULL);
	vips_shutdown();
	return status;
}
