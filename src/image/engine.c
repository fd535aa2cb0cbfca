#include "image/engine.h"

#include <dlfcn.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <vips/vips.h>

#include "image/palette.h"
#include "image/raw.h"

/* Settings of libvips' debugging that a user's shell may hold: they start threads before the fork, print to
 * the terminal, or switch off the warnings that the causes of failures are taken from. */
static const char *const unwanted_variables[] = {
	"VIPS_MAX_THREADS",
	"VIPS_CONCURRENCY",
	"VIPS_BLOCK_UNTRUSTED",
	"VIPS_WARNING",
	"VIPS_INFO",
	"VIPS_PROGRESS",
	"VIPS_PROFILE",
	"VIPS_LEAK",
	"VIPS_TRACE",
	"VIPS_STALL",
	"IM_CONCURRENCY",
	"IM_WARNING",
	"IM_INFO",
	"IM_PROGRESS",
	"IM_DISC_THRESHOLD",
};

/* What GLib's log has said in this process: lines, each once. libvips' own threads write it too. */
static struct {
	GMutex lock;
	char text[1024];
	size_t length;
} trap;

static bool untrusted_allowed, in_worker;
static format_set readable, writable;

static void trap_add(const char *message, size_t length)
{
	size_t room;

	while (length && message[length - 1] == '\n')
		length--;
	g_mutex_lock(&trap.lock);
	room = sizeof(trap.text) - trap.length;
	if (length && length + 3 <= room && !memmem(trap.text, trap.length, message, length)) {
		if (trap.length) {
			memcpy(trap.text + trap.length, "; ", 2);
			trap.length += 2;
		}
		memcpy(trap.text + trap.length, message, length);
		trap.length += length;
		trap.text[trap.length] = '\0';
	}
	g_mutex_unlock(&trap.lock);
}

static bool is_about_memory(const GLogField *fields, gsize fields_count)
{
	for (gsize i = 0; i < fields_count; i++)
		if (strcmp(fields[i].key, "MESSAGE") == 0)
			return strstr(fields[i].value, "failed to allocate") != NULL;
	return false;
}

/* The bottom of GLib's log: nothing but what a library dies of reaches the terminal. */
static GLogWriterOutput trap_write(
	GLogLevelFlags level, const GLogField *fields, gsize fields_count, gpointer data)
{
	if (in_worker && (level & G_LOG_LEVEL_ERROR) && is_about_memory(fields, fields_count))
		_exit(ENGINE_EXIT_NO_MEMORY);
	if (level & G_LOG_LEVEL_ERROR)
		return g_log_writer_standard_streams(level, fields, fields_count, data);
	if (!(level & (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING)))
		return G_LOG_WRITER_HANDLED;
	for (gsize i = 0; i < fields_count; i++) {
		const char *value = fields[i].value;

		if (strcmp(fields[i].key, "MESSAGE") == 0)
			trap_add(value, fields[i].length < 0 ? strlen(value) : (size_t)fields[i].length);
	}
	return G_LOG_WRITER_HANDLED;
}

void engine_take_log(char *buffer, unsigned int size)
{
	g_mutex_lock(&trap.lock);
	g_strlcpy(buffer, trap.text, size);
	trap.text[0] = '\0';
	trap.length = 0;
	g_mutex_unlock(&trap.lock);
}

static void set_environment(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(unwanted_variables); i++)
		unsetenv(unwanted_variables[i]);
	/* Where a decoder has to hold a whole picture, libvips puts those above 100 MB into the temporary
	 * folder, which the sandbox refuses and which no limit covers. Held in memory instead they count in
	 * the worker's memory, which the plan knows and bounds. Read once, at the first load. */
	setenv("VIPS_DISC_THRESHOLD", "1048576g", 1);
}

void engine_enter_worker(void)
{
	char said[2];

	in_worker = true;
#ifdef M_ARENA_MAX
	/* libvips makes a few threads for each picture, though only one works at a time; the C library gives
	 * each a heap of its own and none of them returns what it holds. One heap for all is as fast, and a
	 * worker stays at 67 MB with 24-megapixel pictures where it grew to 105 to 122. */
	mallopt(M_ARENA_MAX, 1);
#endif
	palette_use_one_thread();
	/* What the supervisor's start had to say must not become the cause of the first picture's failure. */
	vips_error_clear();
	engine_take_log(said, sizeof(said));
}

static bool have_operation(const char *nickname)
{
	return vips_type_find("VipsOperation", nickname) != 0;
}

/* libheif's own numbers (heif_compression_format) */
enum heif_codec {
	HEIF_HEVC = 1,
	HEIF_AV1 = 4
};

/* HEIC and AVIF share a loader and a saver, but each codec may be missing: it is a library, and with newer
 * versions a package, of its own. libvips cannot tell without trying, which must not happen in the
 * supervisor, so ask the libheif that libvips has loaded. */
static bool have_codec(const char *question, enum heif_codec codec)
{
	void *libheif = dlopen("libheif.so.1", RTLD_NOLOAD | RTLD_LAZY);
	int (*answer)(int) = NULL;

	if (!libheif)
		return false;
	*(void **)&answer = dlsym(libheif, question);
	dlclose(libheif); /* libvips still holds it */
	return answer && answer((int)codec);
}

static bool can_read(enum format format)
{
	switch (format) {
	case FORMAT_JPEG:
		return have_operation("jpegload_source");
	case FORMAT_PNG:
		return have_operation("pngload_source");
	case FORMAT_WEBP:
		return have_operation("webpload_source");
	case FORMAT_TIFF:
		return have_operation("tiffload_source");
	case FORMAT_GIF:
		return have_operation("gifload_source");
	case FORMAT_HEIC:
		return have_operation("heifload_source") &&
		       have_codec("heif_have_decoder_for_format", HEIF_HEVC);
	case FORMAT_AVIF:
		return have_operation("heifload_source") &&
		       have_codec("heif_have_decoder_for_format", HEIF_AV1);
	case FORMAT_RAW:
		return raw_is_built();
	case FORMAT_OTHER:
		return untrusted_allowed;
	default:
		return false;
	}
}

static bool can_write(enum format format)
{
	switch (format) {
	case FORMAT_JPEG:
		return have_operation("jpegsave_target");
	case FORMAT_PNG:
		return have_operation("pngsave_target");
	case FORMAT_WEBP:
		return have_operation("webpsave_target");
	case FORMAT_TIFF:
		return have_operation("tiffsave_target");
	case FORMAT_AVIF:
		return have_operation("heifsave_target") &&
		       have_codec("heif_have_encoder_for_format", HEIF_AV1);
	default:
		return false;
	}
}

static format_set set_of(bool (*has)(enum format format))
{
	format_set set = 0;

	for (enum format format = FORMAT_NONE; format < FORMAT_COUNT; format++)
		if (has(format))
			set |= FORMAT_BIT(format);
	return set;
}

int engine_start(const char *program, bool allow_untrusted, struct err *err)
{
	static bool trapped;

	set_environment();
	/* GLib takes a writer only once in a process's life */
	if (!trapped)
		g_log_set_writer_func(trap_write, NULL, NULL);
	trapped = true;
	if (vips_init(program)) {
		err_set(err, REASON_INTERNAL, "the image library does not start: %s", vips_error_buffer());
		vips_error_clear();
		return -1;
	}
	vips_concurrency_set(1);
	vips_cache_set_max(0);
	/* It also initialises every loader's class. That is when newer ones load the codecs they need, which
	 * is better done here, once, than in each worker's sandbox. */
	vips_block_untrusted_set(!allow_untrusted);
	untrusted_allowed = allow_untrusted;
	readable = set_of(can_read);
	writable = set_of(can_write);
	return 0;
}

bool engine_allows_untrusted(void)
{
	return untrusted_allowed;
}

format_set engine_readable(void)
{
	return readable;
}

format_set engine_writable(void)
{
	return writable;
}

const char *engine_version(void)
{
	static char version[32];

	g_snprintf(version, sizeof(version), "%d.%d.%d", vips_version(0), vips_version(1), vips_version(2));
	return version;
}
