#include "image/making.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "image/fingerprint.h"
#include "image/fit.h"
#include "image/making_marks.h"
#include "image/metadata.h"
#include "image/read_at.h"

#define MM_PER_INCH 25.4

#define DEFAULT_PER_MM (72 / MM_PER_INCH)

void maker_reach(const struct maker *maker, enum stage stage)
{
	if (maker->hooks.stage)
		maker->hooks.stage(maker->hooks.data, stage);
}

void making_init(struct making *making, struct maker *maker, int input_fd, const struct make_request *request,
	size_t i, struct make_reply *reply)
{
	*making = (struct making){
		.maker = maker,
		.input_fd = input_fd,
		.picture_fd = input_fd,
		.request = request,
		.output = &request->outputs[i],
		.settings = &maker->settings->outputs[i],
		.made = &reply->outputs[i],
		.reply = reply,
	};
	making->made->width_px = making->output->geometry.out_width_px;
	making->made->height_px = making->output->geometry.out_height_px;
}

void making_warn(struct make_reply *reply, const char *text)
{
	size_t length = strlen(reply->warning);

	if (!strstr(reply->warning, text))
		snprintf(reply->warning + length, sizeof(reply->warning) - length, "%s%s", length ? "; " : "",
			text);
}

double making_ms(int64_t us)
{
	return (double)us / 1000;
}

static bool is_grey(const struct rgb *colour)
{
	return colour->red == colour->green && colour->green == colour->blue;
}

/* Whether the background is seen: around the picture, or through it. */
static bool shows_background(const struct making *making, const struct pixels *pixels)
{
	const struct geometry *geometry = &making->output->geometry;

	return geometry->out_width_px != geometry->crop_width_px ||
	       geometry->out_height_px != geometry->crop_height_px ||
	       (pixels->alpha && !holding_of(making->settings, making->output->format).alpha);
}

void making_finish(struct making *making)
{
	making_forget_texts(making);
}

static int choose_colour(struct making *making, struct err *err)
{
	const struct pixels pixels = making->found.pixels;
	struct colour_case c = {
		.model = pixels.model,
		.bits = pixels.bits,
		.alpha = pixels.alpha,
		.adobe = making->request->facts.interop_adobe,
		.policy = making->settings->colour,
		.target = making->settings->colour_profile,
		.holding = holding_of(making->settings, making->output->format),
		.icc = making->found.icc,
		.icc_bytes = making->found.icc_bytes,
		.bare = making->settings->metadata == METADATA_NONE,
	};

	if (making_expand_texts(making, err) || making_find_marks(making, MODEL_RGB, NULL, err))
		return -1;
	c.coloured = making_marks_are_coloured(making) ||
		     (shows_background(making, &pixels) && !is_grey(&making->settings->background));
	if (colour_choose(making->maker->colours, &c, &making->colour))
		return err_set(err, REASON_OUT_OF_MEMORY, "no memory for a colour profile");
	if (making->colour.damaged)
		making_warn(making->reply,
			"the colour profile in it is damaged or for other pixels, and was ignored");
	return making_find_marks(making, making->colour.to.model, making->colour.to.profile, err);
}

/* The background as one pixel of the output. */
static int mix_background(const struct making *making, uint8_t *pixel)
{
	const struct rgb *rgb = &making->settings->background;
	const uint8_t from[] = { rgb->red, rgb->green, rgb->blue };
	const struct pixels plain = { .model = MODEL_RGB, .bits = 8 };
	struct pixels to = making->colour.to;
	const struct recolour *recolour;
	uint8_t samples[4];
	int count;

	to.bits = 8;
	to.alpha = false;
	recolour = colours_between(making->maker->colours, &plain, &to);
	if (!recolour)
		return -1;
	recolour_apply(recolour, from, samples, 1);
	count = pixels_samples(&to);
	for (int i = 0; i < count; i++) {
		uint16_t wide = (uint16_t)(samples[i] * 257);

		memcpy(pixel + i * making->colour.to.bits / 8, &wide, (size_t)making->colour.to.bits / 8);
	}
	if (making->colour.to.alpha)
		memset(pixel + count * making->colour.to.bits / 8, 0xff, (size_t)making->colour.to.bits / 8);
	return 0;
}

/* A file may tell a density of 0, or 0/0: nothing that a printer can use. */
static double sane_density(double per_mm)
{
	return isfinite(per_mm) && per_mm > 0 ? per_mm : DEFAULT_PER_MM;
}

int making_plan(struct making *making, struct err *err)
{
	const struct geometry *geometry = &making->output->geometry;
	struct compose *compose = &making->compose;
	struct pixels converted;

	if (making->settings->dpi)
		making->found.density_x = making->found.density_y = making->settings->dpi / MM_PER_INCH;
	making->found.density_x = sane_density(making->found.density_x);
	making->found.density_y = sane_density(making->found.density_y);
	if (choose_colour(making, err))
		return -1;
	*compose = (struct compose){
		.from = making->colour.from,
		.to = making->colour.to,
		.left_px = geometry->pad_left_px,
		.top_px = geometry->pad_top_px,
		.width_px = geometry->out_width_px,
		.height_px = geometry->out_height_px,
		.marks = making->marks,
	};
	making_take_marks(making);
	converted = compose->to;
	converted.alpha = compose->from.alpha;
	compose->recolour = colours_between(making->maker->colours, &compose->from, &converted);
	if (!compose->recolour || mix_background(making, compose->background))
		return err_set(err, REASON_OUT_OF_MEMORY, "no memory for a colour conversion");
	return 0;
}

static bool has_changed(const struct making *making)
{
	const struct task_input *input = &making->request->input;
	struct stat status;

	return fstat(making->input_fd, &status) || status.st_size != input->size_bytes ||
	       status.st_mtim.tv_sec * INT64_C(1000000000) + status.st_mtim.tv_nsec != input->mtime_ns;
}

int making_check_unchanged(const struct making *making, int result, struct err *err)
{
	if (!has_changed(making))
		return result;
	return err_set(err, REASON_VANISHED, "changed after the folder was listed");
}

/* As the input was when it was listed. A picture is not lost over its time. */
static void keep_mtime(struct making *making, int fd)
{
	int64_t mtime_ns = making->request->input.mtime_ns, second = INT64_C(1000000000);
	struct timespec times[] = { { .tv_nsec = UTIME_OMIT },
		{ .tv_sec = mtime_ns / second - (mtime_ns % second < 0),
			.tv_nsec = (mtime_ns % second + second) % second } };

	if (making->settings->keep_mtime && futimens(fd, times))
		making_warn(making->reply, "the time of its output could not be set");
}

static int publish(struct making *making, struct outfile *file, struct err *err)
{
	bool sync = making->maker->settings->run.sync;
	struct stat status;
	int error = 0;

	keep_mtime(making, file->fd);
	maker_reach(making->maker, STAGE_SYNC);
	if (fstat(file->fd, &status))
		error = -errno;
	else if (sync)
		error = outfile_flush(file);
	if (!error)
		error = fingerprint_file(file->fd, making->made->content);
	maker_reach(making->maker, STAGE_PUBLISH);
	if (!error)
		error = outfile_commit(file, sync);
	if (error)
		return err_set_errno(err, error, "cannot write");
	making->made->size_bytes = status.st_size;
	making->made->marked = making->marked;
	return 0;
}

static void edit_metadata(const struct making *making, struct metadata *edited)
{
	const struct metadata_target target = {
		.policy = making->settings->metadata,
		.copyright = making->settings->copyright,
		.artist = making->settings->artist,
		.usage_terms = making->settings->usage_terms,
		.contact = { making->settings->contact.email, making->settings->contact.url,
			making->settings->contact.phone },
		.width_px = making->output->geometry.out_width_px,
		.height_px = making->output->geometry.out_height_px,
		.srgb = making->colour.srgb,
		.adobe = making->colour.adobe,
		.converted = making->colour.converted,
		.model = making->colour.to.model,
		.dpi = round(making->found.density_x * MM_PER_INCH),
		.iptc_form = making->output->format == FORMAT_TIFF ? IPTC_FORM_BARE : IPTC_FORM_RESOURCES,
	};

	metadata_edit(making->found.metadata, &target, edited);
}

/* How a picture is encoded, and to what file. */
struct attempt {
	making_encode encode;
	void *data;
	int fd;
	struct encode_order *order;
	bool dropped;
};

/* Encode into the file, whatever is in it. 0 with its size, or -1 with `err`. */
static int encode_anew(struct attempt *attempt, int64_t *size_bytes, struct err *err)
{
	struct stat status;

	if (ftruncate(attempt->fd, 0) || lseek(attempt->fd, 0, SEEK_SET) < 0)
		return err_set_errno(err, -errno, "cannot write");
	if (attempt->encode(attempt->data, attempt->fd, attempt->order, &attempt->dropped, err))
		return -1;
	if (fstat(attempt->fd, &status))
		return err_set_errno(err, -errno, "cannot write");
	*size_bytes = status.st_size;
	return 0;
}

static int put_back(int fd, const void *data, size_t size_bytes, struct err *err)
{
	size_t done = 0;

	if (ftruncate(fd, 0))
		return err_set_errno(err, -errno, "cannot write");
	while (done < size_bytes) {
		ssize_t wrote = pwrite(fd, (const char *)data + done, size_bytes - done, (off_t)done);

		if (wrote < 0 && errno != EINTR)
			return err_set_errno(err, -errno, "cannot write");
		done += wrote > 0 ? (size_t)wrote : 0;
	}
	return 0;
}

/* What has been written so far; NULL when memory is out or it cannot be read. To be freed. */
static void *take_copy(int fd, int64_t size_bytes)
{
	void *copy = malloc((size_t)size_bytes);

	if (copy && read_at(fd, copy, (size_t)size_bytes, 0) == size_bytes)
		return copy;
	free(copy);
	return NULL;
}

/* The best quality that fits; the pixels are encoded again and again, but decoded once. */
static int encode_to_fit(const struct making *making, struct attempt *attempt, struct err *err)
{
	const struct output_settings *settings = making->settings;
	autofree void *best = NULL;
	int64_t size_bytes = 0, best_bytes = 0;
	bool lossy = holding_of(settings, making->output->format).quality;
	struct fit fit;

	/* without a quality to be lowered there is one attempt */
	fit_begin(&fit, lossy ? settings->quality : 1);
	while (fit_next(&fit)) {
		if (lossy)
			attempt->order->lower_quality = fit.quality;
		if (encode_anew(attempt, &size_bytes, err))
			return -1;
		fit_tell(&fit, size_bytes <= settings->max_bytes);
		if (fit.best != fit.quality)
			continue;
		free(best);
		best = take_copy(attempt->fd, best_bytes = size_bytes);
		if (!best)
			return err_set(err, REASON_OUT_OF_MEMORY, "no memory for the file");
	}
	if (!fit.best)
		return err_set(err, REASON_TOO_LARGE,
			"it takes %lld bytes at least, and --max-bytes allows %lld", (long long)size_bytes,
			(long long)settings->max_bytes);
	return fit.best == fit.quality ? 0 : put_back(attempt->fd, best, (size_t)best_bytes, err);
}

static int encode_with(struct making *making, making_encode encode, void *data, int fd, struct err *err)
{
	struct metadata edited;
	struct encode_order order = {
		.format = making->output->format,
		.settings = making->settings,
		.metadata = &edited,
		.icc = making->colour.embed,
		.icc_bytes = making->colour.embed_bytes,
		.srgb = making->colour.srgb,
		.density_x = making->found.density_x,
		.density_y = making->found.density_y,
		.otherwise = REASON_INTERNAL,
	};
	struct attempt attempt = { .encode = encode, .data = data, .fd = fd, .order = &order };
	int result;

	edit_metadata(making, &edited);
	result = making->settings->max_bytes ? encode_to_fit(making, &attempt, err)
					     : encode(data, fd, &order, &attempt.dropped, err);
	metadata_finish(&edited);
	if (attempt.dropped)
		making_warn(making->reply, "metadata too big for the format were left out");
	return result;
}

int making_write(struct making *making, making_encode encode, void *data, struct err *err)
{
	struct outfile file = OUTFILE_INIT;
	int result;

	maker_reach(making->maker, STAGE_ENCODE);
	result = outfile_begin(&file, making->maker->output_fd, making->output->path);
	if (result)
		return err_set_errno(err, result, "cannot write");
	result = making_check_unchanged(making, encode_with(making, encode, data, file.fd, err), err);
	if (result == 0)
		result = publish(making, &file, err);
	outfile_abort(&file);
	return result;
}
