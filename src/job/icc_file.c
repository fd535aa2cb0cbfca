#include "job/icc_file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"

/* The header: where things stand in it, and its length. */
enum {
	CLASS_AT = 12,
	SPACE_AT = 16,
	SIGNATURE_AT = 36,
	HEADER_BYTES = 128
};

#define EXPECTED "expected srgb, keep or the file of an ICC profile"

static int refuse(const char *path, const char *why, struct err *err)
{
	char shown[160];

	return err_set(err, REASON_UNSUPPORTED, "--colour '%s': %s",
		text_printable(path, shown, sizeof(shown)), why);
}

static const struct class
{
	char signature[5];
	const char *refused; /* why pixels cannot be in it; NULL: they can */
} classes[] = {
	{ "scnr", NULL },
	{ "mntr", NULL },
	{ "prtr", NULL },
	{ "spac", NULL },
	{ "link",
		"is a device link, which leads from one profile to another; expected the profile of a colour "
		"space or a device" },
	{ "nmcl", "is a list of named colours; expected the profile of a colour space or a device" },
	{ "abst", "is an abstract profile, an effect; expected the profile of a colour space or a device" },
};

static const struct space {
	char signature[5];
	enum colour_model model;
	const char *name;
} spaces[] = {
	{ "GRAY", MODEL_GREY, "grey" },
	{ "RGB ", MODEL_RGB, "RGB" },
	{ "CMYK", MODEL_CMYK, "CMYK" },
};

const char *icc_file_model(const struct icc_file *file)
{
	for (size_t i = 0; i < G_N_ELEMENTS(spaces); i++)
		if (spaces[i].model == file->model)
			return spaces[i].name;
	return NULL;
}

static bool is_at(const struct icc_file *file, size_t at, const char *signature)
{
	return memcmp(file->data + at, signature, 4) == 0;
}

static int check_class(const struct icc_file *file, const char *path, struct err *err)
{
	for (size_t i = 0; i < G_N_ELEMENTS(classes); i++)
		if (is_at(file, CLASS_AT, classes[i].signature))
			return classes[i].refused ? refuse(path, classes[i].refused, err) : 0;
	return refuse(path, "is a profile of a class that ICC does not know", err);
}

static int find_model(struct icc_file *file, const char *path, struct err *err)
{
	for (size_t i = 0; i < G_N_ELEMENTS(spaces); i++) {
		if (!is_at(file, SPACE_AT, spaces[i].signature))
			continue;
		file->model = spaces[i].model;
		return 0;
	}
	return refuse(path, "is not for grey, RGB or CMYK, which are what pictures are written in", err);
}

static int check(struct icc_file *file, const char *path, struct err *err)
{
	if (file->size_bytes < HEADER_BYTES || !is_at(file, SIGNATURE_AT, "acsp"))
		return refuse(path, "is no ICC profile; " EXPECTED, err);
	return check_class(file, path, err) ? -1 : find_model(file, path, err);
}

static int read_all(int fd, struct icc_file *file)
{
	ssize_t got = 1;

	while (got != 0 && file->size_bytes <= ICC_FILE_BYTES_MAX) {
		got = read(fd, file->data + file->size_bytes, ICC_FILE_BYTES_MAX + 1 - file->size_bytes);
		if (got < 0 && errno != EINTR)
			return -errno;
		file->size_bytes += got > 0 ? (size_t)got : 0;
	}
	return 0;
}

static int load(struct icc_file *file, const char *path, struct err *err)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat status;
	int error = fd < 0 || fstat(fd, &status) ? -errno : 0;
	g_autofree char *why = NULL;

	if (error == 0 && !S_ISREG(status.st_mode))
		return refuse(path, "is not a regular file; " EXPECTED, err);
	file->data = g_malloc(ICC_FILE_BYTES_MAX + 1);
	if (error == 0)
		error = read_all(fd, file);
	if (error == 0 && file->size_bytes <= ICC_FILE_BYTES_MAX) {
		file->data = g_realloc(file->data, file->size_bytes + 1);
		return 0;
	}
	if (error == 0)
		return refuse(path, "is larger than the 16.7 MB that a JPEG can hold of a profile", err);
	why = g_strdup_printf("%s; " EXPECTED, g_strerror(-error));
	return refuse(path, why, err);
}

struct icc_file *icc_file_read(const char *path, struct err *err)
{
	struct icc_file *file = g_new0(struct icc_file, 1);

	if (load(file, path, err) == 0 && check(file, path, err) == 0)
		return file;
	icc_file_free(file);
	return NULL;
}

void icc_file_free(struct icc_file *file)
{
	if (!file)
		return;
	g_free(file->data);
	g_free(file);
}
