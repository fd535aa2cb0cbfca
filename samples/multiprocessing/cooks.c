/* Four dishes, a cook for each. Which is ready first is nobody's plan. */
#include <stdio.h>

#include <mp/process.h>

static int cook_dish(void *dish)
{
	printf("person %s is cooking %s…\n", mp_current_process_name(), (const char *)dish);
	return 0;
}

int main(void)
{
	char dishes[][16] = { "salad", "soup", "main course", "dessert" };
	struct mp_process *cooks[4];

	for (int i = 0; i < 4; i++) {
		const struct mp_process_config config = { .run = cook_dish, .argument = dishes[i] };

		cooks[i] = mp_process_new(&config);
		mp_process_start(cooks[i]);
	}
	for (int i = 0; i < 4; i++) {
		mp_process_join(cooks[i], -1);
		mp_process_free(&cooks[i]);
	}
	return 0;
}
