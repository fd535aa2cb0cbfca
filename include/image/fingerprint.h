/*
 * fingerprint.h: the SHA-256 of a file (FIPS 180-4), by which `verify` knows it again.
 */
#ifndef STAMPMILL_IMAGE_FINGERPRINT_H
#define STAMPMILL_IMAGE_FINGERPRINT_H

#define FINGERPRINT_BYTES 32

/* Of all that is in the file open for reading on `fd`, whose offset stays where it is. 0 or a negative errno.
 */
int fingerprint_file(int fd, unsigned char fingerprint[FINGERPRINT_BYTES]);

#endif
