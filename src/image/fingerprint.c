#include "image/fingerprint.h"

#include <errno.h>
#include <glib.h>
#include <unistd.h>

enum {
	PIECE_BYTES = 64 * 1024
};

int fingerprint_file(int fd, unsigned char fingerprint[FINGERPRINT_BYTES])
{
	static unsigned char piece[PIECE_BYTES];
	GChecksum *checksum = g_checksum_new(G_CHECKSUM_SHA256);
	gsize length = FINGERPRINT_BYTES;
	off_t at = 0;
	ssize_t got;

	while ((got = pread(fd, piece, sizeof(piece), at)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			break;
		g_checksum_update(checksum, piece, got);
		at += got;
	}
	if (got == 0)
		g_checksum_get_digest(checksum, fingerprint, &length);
	g_checksum_free(checksum);
	return got < 0 ? -errno : 0;
}
