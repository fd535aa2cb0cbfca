/*
 * exif_tags.h: the EXIF tags that we set or look for, and which group each tag belongs to.
 *
 * Sources: Exif 2.32 and 3.0 (CIPA DC-008), TIFF 6.0, TIFF/EP, DNG 1.6, Adobe's and Microsoft's registered
 * tags.
 */
#ifndef STAMPMILL_IMAGE_EXIF_TAGS_H
#define STAMPMILL_IMAGE_EXIF_TAGS_H

#include <stdint.h>

#include "image/tag_group.h"

enum exif_tag {
	EXIF_INTEROP_INDEX = 0x0001,
	EXIF_INTEROP_VERSION = 0x0002,
	EXIF_MAKE = 0x010f,
	EXIF_MODEL = 0x0110,
	EXIF_ORIENTATION = 0x0112,
	EXIF_X_RESOLUTION = 0x011a,
	EXIF_Y_RESOLUTION = 0x011b,
	EXIF_RESOLUTION_UNIT = 0x0128,
	EXIF_TIME = 0x0132,
	EXIF_ARTIST = 0x013b,
	EXIF_YCBCR_POSITIONING = 0x0213,
	EXIF_COPYRIGHT = 0x8298,
	EXIF_EXPOSURE_TIME = 0x829a,
	EXIF_F_NUMBER = 0x829d,
	EXIF_EXIF_DIR = 0x8769,
	EXIF_GPS_DIR = 0x8825,
	EXIF_ISO = 0x8827,
	EXIF_VERSION = 0x9000,
	EXIF_TIME_ORIGINAL = 0x9003,
	EXIF_TIME_DIGITIZED = 0x9004,
	EXIF_COMPONENTS = 0x9101,
	EXIF_FOCAL_LENGTH = 0x920a,
	EXIF_MAKER_NOTE = 0x927c,
	EXIF_XP_AUTHOR = 0x9c9d,
	EXIF_FLASHPIX_VERSION = 0xa000,
	EXIF_COLOUR_SPACE = 0xa001,
	EXIF_PIXEL_WIDTH = 0xa002,
	EXIF_PIXEL_HEIGHT = 0xa003,
	EXIF_INTEROP_DIR = 0xa005,
	EXIF_LENS_MODEL = 0xa434,
	EXIF_PHOTOGRAPHER = 0xa437
};

/* The directories of an EXIF block that are kept; IFD1, the thumbnail's, is not. */
enum exif_dir {
	EXIF_DIR_MAIN, /* IFD0 */
	EXIF_DIR_EXIF,
	EXIF_DIR_GPS,
	EXIF_DIR_INTEROP,
	EXIF_DIR_COUNT
};

/* The group of `tag` in `dir`. Pointers to directories are TAG_ORIGINAL: who writes a block makes its own. */
enum tag_group exif_tag_group(enum exif_dir dir, uint16_t tag);

#endif
