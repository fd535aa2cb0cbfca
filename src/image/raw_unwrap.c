#include "image/raw_unwrap.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"

#define MARKER_APP1 0xe1
#define MARKER_SCAN 0xda
#define MARKER_BYTES 2
#define LENGTH_BYTES 2
#define SEGMENT_MAX_BYTES 65535

static const char exif_label[] = "Exif\0"; /* with the NUL that ends it: six bytes */
static const char xmp_label[] = "http://ns.adobe.com/xap/1.0/";

/* Markers of a JPEG, up to where its pixels begin. */
struct segment {
	const unsigned char *data; /* from its marker on */
	size_t size_bytes;
};

static int write_all(int fd, const void *data, size_t size_bytes)
{
	const char *at = data;

	while (size_bytes) {
		ssize_t wrote = write(fd, at, size_bytes);

		if (wrote < 0 && errno != EINTR)
			return -errno;
		at += wrote > 0 ? wrote : 0;
		size_bytes -= wrote > 0 ? (size_t)wrote : 0;
	}
	return 0;
}

static int write_app1(int fd, const void *label, size_t label_bytes, const struct blob *blob)
{
	size_t length = LENGTH_BYTES + label_bytes + blob->size_bytes;
	const unsigned char head[] = { 0xff, MARKER_APP1, (unsigned char)(length >> 8),
		(unsigned char)length };
	int error;

	if (!blob->data || length > SEGMENT_MAX_BYTES)
		return 0;
	error = write_all(fd, head, sizeof(head));
	if (!error)
		error = write_all(fd, label, label_bytes);
	return error ? error : write_all(fd, blob->data, blob->size_bytes);
}

/* The next segment of `rest`, which is taken off it; false where the pixels begin, or the markers end. */
static bool next_segment(struct segment *rest, struct segment *segment)
{
	size_t size_bytes;

	if (rest->size_bytes < MARKER_BYTES + LENGTH_BYTES || rest->data[0] != 0xff ||
		rest->data[1] == MARKER_SCAN)
		return false;
	size_bytes = MARKER_BYTES + ((size_t)rest->data[2] << 8 | rest->data[3]);
	if (size_bytes > rest->size_bytes || size_bytes < MARKER_BYTES + LENGTH_BYTES)
		return false;
	*segment = (struct segment){ rest->data, size_bytes };
	rest->data += size_bytes;
	rest->size_bytes -= size_bytes;
	return true;
}

static bool is_app1(const struct segment *segment, const char *label, size_t label_bytes)
{
	size_t head = MARKER_BYTES + LENGTH_BYTES;

	return segment->data[1] == MARKER_APP1 && segment->size_bytes >= head + label_bytes &&
	       memcmp(segment->data + head, label, label_bytes) == 0;
}

static void read_orientation(const struct segment *segment, int *orientation)
{
	size_t head = MARKER_BYTES + LENGTH_BYTES;
	struct blob exif = { (unsigned char *)segment->data + head, segment->size_bytes - head };
	struct exif_facts facts;

	metadata_read_facts(&exif, &facts);
	*orientation = facts.orientation;
}

static int write_jpeg(int fd, struct segment rest, const struct metadata *metadata, int *orientation)
{
	static const unsigned char start[] = { 0xff, 0xd8 };
	struct segment segment;
	int error = write_all(fd, start, sizeof(start));

	*orientation = 1;
	if (!error) /* the label is in the block */
		error = write_app1(fd, NULL, 0, &metadata->exif);
	if (!error)
		error = write_app1(fd, xmp_label, sizeof(xmp_label), &metadata->xmp);
	rest.data += sizeof(start);
	rest.size_bytes -= sizeof(start);
	while (!error && next_segment(&rest, &segment)) {
		bool exif = is_app1(&segment, exif_label, sizeof(exif_label));
		bool xmp = is_app1(&segment, xmp_label, sizeof(xmp_label));

		if (exif)
			read_orientation(&segment, orientation);
		if (!(exif && metadata->exif.data) && !(xmp && metadata->xmp.data))
			error = write_all(fd, segment.data, segment.size_bytes);
	}
	return error ? error : write_all(fd, rest.data, rest.size_bytes);
}

/* What fits into a JPEG's segments: maker notes may not. */
static void fit_metadata(const struct metadata *metadata, struct metadata *fitted)
{
	const struct metadata_target target = { .policy = METADATA_ALL, .width_px = 1, .height_px = 1 };

	metadata_edit(metadata, &target, fitted);
}

static bool is_jpeg(const libraw_thumbnail_t *thumbnail)
{
	return thumbnail->tformat == LIBRAW_THUMBNAIL_JPEG && thumbnail->thumb && thumbnail->tlength > 4;
}

int raw_unwrap(
	struct raw_file *file, const struct metadata *metadata, struct unwrapped *unwrapped, struct err *err)
{
	const libraw_thumbnail_t *thumbnail = &file->libraw->thumbnail;
	struct metadata fitted;
	autoclose int fd = -1;
	int error;

	error = libraw_unpack_thumb(file->libraw);
	if (error == LIBRAW_UNSUFFICIENT_MEMORY)
		return raw_file_fail(file, error, err);
	if (error || !is_jpeg(thumbnail))
		return 0;
	fd = memfd_create("preview", MFD_CLOEXEC);
	if (fd < 0)
		return err_set_errno(err, -errno, "no memory for the preview");
	fit_metadata(metadata, &fitted);
	error = write_jpeg(fd,
		(struct segment){ (const unsigned char *)thumbnail->thumb, thumbnail->tlength }, &fitted,
		&unwrapped->orientation);
	metadata_finish(&fitted);
	if (error)
		return err_set_errno(err, error, "no memory for the preview");
	unwrapped->fd = take_fd(&fd);
	return 1;
}
