#include "image/palette.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <vips/vips.h>

/* In a PNG: signature, length and type of IHDR, two sides and the depth come before it (W3C PNG, 11.2.1). */
#define COLOUR_TYPE_AT 25
#define COLOUR_TYPE_PALETTE 3

bool palette_can_be_written(void)
{
	VipsImage *dot = NULL;
	unsigned char *png = NULL;
	size_t png_bytes = 0;
	bool can = vips_black(&dot, 1, 1, "bands", 3, NULL) == 0 &&
		   vips_pngsave_buffer(dot, (void **)&png, &png_bytes, "palette", TRUE, NULL) == 0 &&
		   png_bytes > COLOUR_TYPE_AT && png[COLOUR_TYPE_AT] == COLOUR_TYPE_PALETTE;

	g_free(png);
	g_clear_object(&dot);
	return can;
}

/* libimagequant 2 is made with OpenMP, whose library has read its environment variable before main(); 4 is
 * written in Rust, where the variable is read at the first use. */
void palette_use_one_thread(void)
{
	void (*set_threads)(int) = NULL;

	*(void **)&set_threads = dlsym(RTLD_DEFAULT, "omp_set_num_threads");
	if (set_threads)
		set_threads(1);
	setenv("RAYON_NUM_THREADS", "1", 1);
}
