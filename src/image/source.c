#include "image/source.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "image/read_at.h"

#define WINDOW_BYTES (64 * 1024)

/* The window holds file bytes window_start to window_start + window_length. */
typedef struct {
	VipsSource parent;
	int fd;
	int64_t position;
	int64_t window_start;
	size_t window_length;
	unsigned char *window;
} PictureSource;

typedef struct {
	VipsSourceClass parent;
} PictureSourceClass;

static GType picture_source_get_type(void);
G_DEFINE_TYPE(PictureSource, picture_source, VIPS_TYPE_SOURCE)

static bool in_window(const PictureSource *self)
{
	return self->position >= self->window_start &&
	       self->position - self->window_start < (int64_t)self->window_length;
}

/* One piece: out of the window, past it where the caller wants at least as much, or by moving it. */
static ssize_t read_piece(PictureSource *self, void *buffer, size_t length)
{
	ssize_t got;
	size_t offset;

	if (!in_window(self)) {
		if (length >= WINDOW_BYTES)
			return read_at(self->fd, buffer, length, self->position);
		got = read_at(self->fd, self->window, WINDOW_BYTES, self->position);
		if (got <= 0)
			return got;
		self->window_start = self->position;
		self->window_length = (size_t)got;
	}
	offset = (size_t)(self->position - self->window_start);
	length = MIN(length, self->window_length - offset);
	memcpy(buffer, self->window + offset, length);
	return (ssize_t)length;
}

/* As much as was asked for: libtiff takes less for the end of the file. */
static gint64 picture_source_read(VipsSource *source, void *buffer, size_t length)
{
	PictureSource *self = (PictureSource *)source;
	size_t done = 0;

	while (done < length) {
		ssize_t got = read_piece(self, (unsigned char *)buffer + done, length - done);

		if (got < 0)
			return -1;
		if (got == 0)
			break;
		self->position += got;
		done += (size_t)got;
	}
	return (gint64)done;
}

static gint64 picture_source_seek(VipsSource *source, gint64 offset, int whence)
{
	PictureSource *self = (PictureSource *)source;
	int64_t base = 0;
	struct stat status;

	if (whence == SEEK_CUR) {
		base = self->position;
	} else if (whence == SEEK_END) {
		if (fstat(self->fd, &status))
			return -1;
		base = status.st_size;
	}
	if (offset < -base || offset > INT64_MAX - base) {
		errno = EINVAL;
		return -1;
	}
	self->position = base + offset;
	return self->position;
}

static void picture_source_finalize(GObject *object)
{
	g_free(((PictureSource *)object)->window);
	G_OBJECT_CLASS(picture_source_parent_class)->finalize(object);
}

static void picture_source_class_init(PictureSourceClass *class)
{
	VIPS_OBJECT_CLASS(class)->nickname = "picture_source";
	VIPS_OBJECT_CLASS(class)->description = "a picture file, read by position";
	G_OBJECT_CLASS(class)->finalize = picture_source_finalize;
	VIPS_SOURCE_CLASS(class)->read = picture_source_read;
	VIPS_SOURCE_CLASS(class)->seek = picture_source_seek;
}

static void picture_source_init(PictureSource *self)
{
	self->fd = -1;
	self->window = g_malloc(WINDOW_BYTES);
}

VipsSource *picture_source_new(int fd)
{
	PictureSource *self = g_object_new(picture_source_get_type(), NULL);

	self->fd = fd;
	if (vips_object_build(VIPS_OBJECT(self))) {
		g_object_unref(self);
		return NULL;
	}
	return VIPS_SOURCE(self);
}
