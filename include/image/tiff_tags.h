/*
 * tiff_tags.h: EXIF in TIFF files, and IPTC on its way there. EXIF is no block of its own there: its first
 * directory is the picture's, and libvips neither reads nor writes any of it.
 *
 * Sources: TIFF 6.0, section 2; Exif 2.32 (CIPA DC-008), 4.6. Classic TIFF only; BigTIFF has none for us.
 */
#ifndef STAMPMILL_IMAGE_TIFF_TAGS_H
#define STAMPMILL_IMAGE_TIFF_TAGS_H

#include "image/metadata.h"

/* The descriptive tags of the first picture in the file on `fd`, with its Exif, GPS and Interoperability
 * directories, as an EXIF block that begins with "Exif\0\0". `exif` is left empty where there are none, where
 * the file is no classic TIFF (or one of the raw files that differ from it in their third and fourth byte
 * only), or where it is broken. Trusts nothing that it reads. */
void tiff_tags_read(int fd, struct blob *exif);

/* Add to the file on `fd`, a TIFF as libvips has just written it, the descriptive tags and the directories of
 * metadata->exif and the bare datasets of metadata->iptc (both as metadata_edit() gives them; without either
 * nothing is done): a new first directory is written at the end of the file. 0 or a negative errno.
 *
 * IPTC is written here because libvips counts it in words of four bytes and libtiff, from 4.5 on, in bytes: a
 * quarter of it would arrive. */
int tiff_tags_write(int fd, const struct metadata *metadata);

#endif
