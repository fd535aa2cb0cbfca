/*
 * codec_limit DENOMINATOR EDGE QUALITY PROCESSES FILE...
 *
 * The yardstick: the least that a program can do which brings JPEGs to a smaller size. Each file is read,
 * decoded to its Y, Cb and Cr planes at 1/DENOMINATOR of its size, and planes whose longer edge is EDGE, cut
 * out of those, are encoded at QUALITY, 4:2:0. Nothing is resized and nothing is written. PROCESSES of them
 * share the files.
 */
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <turbojpeg.h>
#include <unistd.h>

enum {
	PLANES = 3
};

struct order {
	int denominator, edge_px, quality;
};

/* Kept from picture to picture, as any program would. */
struct codec {
	tjhandle decoder, encoder;
	unsigned char *file, *planes, *out;
	size_t file_size, planes_size;
	unsigned long out_size;
};

struct layout {
	int width, height, subsampling;
	int stride[PLANES];
	unsigned char *plane[PLANES];
};

static void fail(const char *name, const char *why)
{
	fprintf(stderr, "codec_limit: %s: %s\n", name, why);
	_exit(1);
}

static unsigned char *reserve(unsigned char *memory, size_t *size, size_t wanted, const char *name)
{
	if (wanted <= *size)
		return memory;
	free(memory);
	memory = malloc(wanted);
	if (!memory)
		fail(name, "out of memory");
	*size = wanted;
	return memory;
}

static size_t read_file(struct codec *codec, const char *name)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	struct stat status;
	size_t size;

	if (fd < 0 || fstat(fd, &status) < 0)
		fail(name, "cannot be opened");
	size = (size_t)status.st_size;
	codec->file = reserve(codec->file, &codec->file_size, size, name);
	if (read(fd, codec->file, size) != (ssize_t)size)
		fail(name, "cannot be read");
	close(fd);
	return size;
}

static void lay_out(struct codec *codec, struct layout *layout, const char *name)
{
	size_t size[PLANES], sum = 0;

	for (int i = 0; i < PLANES; i++) {
		layout->stride[i] = tjPlaneWidth(i, layout->width, layout->subsampling);
		size[i] = (size_t)layout->stride[i] *
			  (size_t)tjPlaneHeight(i, layout->height, layout->subsampling);
		sum += size[i];
	}
	codec->planes = reserve(codec->planes, &codec->planes_size, sum, name);
	for (int i = 0; i < PLANES; i++)
		layout->plane[i] = i ? layout->plane[i - 1] + size[i - 1] : codec->planes;
}

static void decode(
	struct codec *codec, const struct order *order, const char *name, size_t size, struct layout *layout)
{
	int colours;

	if (tjDecompressHeader3(codec->decoder, codec->file, size, &layout->width, &layout->height,
		    &layout->subsampling, &colours))
		fail(name, tjGetErrorStr2(codec->decoder));
	if (layout->subsampling != TJSAMP_420)
		fail(name, "not 4:2:0");
	layout->width = (layout->width + order->denominator - 1) / order->denominator;
	layout->height = (layout->height + order->denominator - 1) / order->denominator;
	lay_out(codec, layout, name);
	if (tjDecompressToYUVPlanes(codec->decoder, codec->file, size, layout->plane, layout->width,
		    layout->stride, layout->height, TJFLAG_ACCURATEDCT))
		fail(name, tjGetErrorStr2(codec->decoder));
}

static void encode(
	struct codec *codec, const struct order *order, const char *name, const struct layout *layout)
{
	int longer = layout->width > layout->height ? layout->width : layout->height;

	if (order->edge_px > longer)
		fail(name, "smaller than the edge");
	if (tjCompressFromYUVPlanes(codec->encoder, (const unsigned char **)layout->plane,
		    (int)((long)layout->width * order->edge_px / longer), layout->stride,
		    (int)((long)layout->height * order->edge_px / longer), layout->subsampling, &codec->out,
		    &codec->out_size, order->quality, TJFLAG_ACCURATEDCT))
		fail(name, tjGetErrorStr2(codec->encoder));
}

static void work(const struct order *order, char *const *names, int count, atomic_int *next)
{
	struct codec codec = { .decoder = tjInitDecompress(), .encoder = tjInitCompress() };
	struct layout layout;

	for (int i; (i = atomic_fetch_add(next, 1)) < count;) {
		decode(&codec, order, names[i], read_file(&codec, names[i]), &layout);
		encode(&codec, order, names[i], &layout);
	}
	_exit(0);
}

int main(int argc, char **argv)
{
	struct order order;
	atomic_int *next;
	int status, result = 0;

	if (argc < 6) {
		fprintf(stderr, "usage: codec_limit DENOMINATOR EDGE QUALITY PROCESSES FILE...\n");
		return 2;
	}
	order = (struct order){ atoi(argv[1]), atoi(argv[2]), atoi(argv[3]) };
	next = mmap(NULL, sizeof(*next), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (next == MAP_FAILED)
		return 1;
	for (int i = 0; i < atoi(argv[4]); i++)
		if (fork() == 0)
			work(&order, argv + 5, argc - 5, next);
	while (wait(&status) > 0)
		if (status)
			result = 1;
	return result;
}
