/*
 * tiff_scan.h: looks through the directories of a TIFF file, for what libvips' loader does not tell.
 *
 * Camera makers build their raw files as TIFFs whose first page is a thumbnail; a loader takes that for the
 * picture. The directories tell them apart: a page of sensor values has its own photometric interpretation,
 * or a maker's own compression, or lies below a first page that says it is reduced.
 *
 * The file is a stranger's: a bounded number of directories and entries is read, each once, by position, and
 * nothing is allocated.
 *
 * Sources: TIFF 6.0 and its supplement 1, BigTIFF, TIFF/EP (ISO 12234-2), DNG 1.7, Exif 2.32.
 */
#ifndef STAMPMILL_IMAGE_TIFF_SCAN_H
#define STAMPMILL_IMAGE_TIFF_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True when the TIFF that begins with `head` is a camera's raw file. `fd` is read where `head` ends; -1: only
 * `head` is looked at. */
bool tiff_scan_is_raw(const unsigned char *head, size_t size, int fd);

/* True when the TIFF, of `size_bytes` in all, says of any of its pages, thumbnails among them, that a part of
 * it lies behind its end. */
bool tiff_scan_is_cut(const unsigned char *head, size_t size, int fd, uint64_t size_bytes);

/* True when its EXIF Interoperability index is R03: AdobeRGB. */
bool tiff_scan_is_interop_adobe(const unsigned char *head, size_t size, int fd);

#endif
