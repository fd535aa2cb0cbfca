#include "image/exif_tags.h"

#include <stddef.h>

/* Main and Exif directory in one: no number means two things, and writers mix the two up. Ascending; a tag
 * that no row names is private. Private tags are treated as maker notes, since nobody can say what is in
 * them. */
static const struct {
	uint16_t first, last;
	enum tag_group group;
} ranges[] = {
	{ 0x000b, 0x000b, TAG_EDITING }, /* ProcessingSoftware */
	{ 0x00fe, 0x0103, TAG_ORIGINAL }, { 0x0106, 0x010a, TAG_ORIGINAL },
	{ 0x010d, 0x010e, TAG_DESCRIPTION }, /* DocumentName, ImageDescription */
	{ 0x010f, 0x0110, TAG_CAPTURE },     /* Make, Model */
	{ 0x0111, 0x0111, TAG_ORIGINAL },    /* StripOffsets */
	{ EXIF_ORIENTATION, EXIF_ORIENTATION, TAG_TECHNICAL }, { 0x0115, 0x0119, TAG_ORIGINAL },
	{ EXIF_X_RESOLUTION, EXIF_Y_RESOLUTION, TAG_TECHNICAL },
	{ 0x011c, 0x011c, TAG_ORIGINAL },    /* PlanarConfiguration */
	{ 0x011d, 0x011f, TAG_DESCRIPTION }, /* PageName, positions on the page */
	{ 0x0120, 0x0125, TAG_ORIGINAL }, { EXIF_RESOLUTION_UNIT, EXIF_RESOLUTION_UNIT, TAG_TECHNICAL },
	{ 0x0129, 0x0129, TAG_DESCRIPTION },                                       /* PageNumber */
	{ 0x012d, 0x012d, TAG_ORIGINAL },                                          /* TransferFunction */
	{ 0x0131, 0x0132, TAG_CAPTURE },                                           /* Software, DateTime */
	{ EXIF_ARTIST, EXIF_ARTIST, TAG_RIGHTS }, { 0x013c, 0x013c, TAG_CAPTURE }, /* HostComputer */
	{ 0x013d, 0x015b,
		TAG_ORIGINAL }, /* chromaticities, colour map, tiles, SubIFDs, samples, JPEGTables */
	{ 0x0190, 0x01b5, TAG_ORIGINAL },  /* fax profile's directory and decoding */
	{ 0x0200, 0x0209, TAG_THUMBNAIL }, /* JPEGInterchangeFormat and its tables */
	{ 0x0211, 0x0212, TAG_ORIGINAL },  /* YCbCrCoefficients, YCbCrSubSampling */
	{ EXIF_YCBCR_POSITIONING, EXIF_YCBCR_POSITIONING, TAG_TECHNICAL },
	{ 0x0214, 0x0214, TAG_ORIGINAL },    /* ReferenceBlackWhite */
	{ 0x02bc, 0x02bc, TAG_ORIGINAL },    /* XMP, again */
	{ 0x4746, 0x4746, TAG_DESCRIPTION }, /* Rating */
	{ 0x4749, 0x4749, TAG_DESCRIPTION }, /* RatingPercent */
	{ 0x5012, 0x5033, TAG_THUMBNAIL },   /* GDI+ thumbnail properties */
	{ 0x8290, 0x8290, TAG_ORIGINAL },    /* Kodak's directory */
	{ EXIF_COPYRIGHT, EXIF_COPYRIGHT, TAG_RIGHTS }, { 0x829a, 0x829a, TAG_CAPTURE }, /* ExposureTime */
	{ 0x829d, 0x829d, TAG_CAPTURE },                                                 /* FNumber */
	{ 0x830e, 0x830e, TAG_GPS },      /* GeoTIFF: ModelPixelScale */
	{ 0x83bb, 0x83bb, TAG_ORIGINAL }, /* IPTC, again */
	{ 0x8480, 0x8482, TAG_GPS },      /* GeoTIFF: transformation, ModelTiepoint */
	{ 0x85d8, 0x85d8, TAG_GPS },      /* GeoTIFF: ModelTransformation */
	{ 0x8649, 0x8649, TAG_ORIGINAL }, /* Photoshop resources, again */
	{ EXIF_EXIF_DIR, EXIF_EXIF_DIR, TAG_ORIGINAL }, { 0x8773, 0x8773, TAG_ORIGINAL }, /* ICC profile */
	{ 0x87af, 0x87b1, TAG_GPS },                                                      /* GeoTIFF: keys */
	{ 0x8822, 0x8822, TAG_CAPTURE }, /* ExposureProgram */
	{ 0x8824, 0x8824, TAG_CAPTURE }, /* SpectralSensitivity */
	{ EXIF_GPS_DIR, EXIF_GPS_DIR, TAG_ORIGINAL },
	{ 0x8827, 0x882b, TAG_CAPTURE },  /* ISO, OECF, Interlace, TimeZoneOffset, SelfTimerMode */
	{ 0x8830, 0x8835, TAG_CAPTURE },  /* sensitivities */
	{ 0x888a, 0x888a, TAG_ORIGINAL }, /* Leaf's directory */
	{ EXIF_VERSION, EXIF_VERSION, TAG_TECHNICAL }, { 0x9003, 0x9004, TAG_CAPTURE }, /* dates */
	{ 0x9010, 0x9012, TAG_CAPTURE },                                                /* time zones */
	{ EXIF_COMPONENTS, EXIF_COMPONENTS, TAG_TECHNICAL },
	{ 0x9102, 0x9102, TAG_CAPTURE },     /* CompressedBitsPerPixel */
	{ 0x9201, 0x9213, TAG_CAPTURE },     /* exposure, flash, focal length, ImageNumber, ImageHistory */
	{ 0x9214, 0x9214, TAG_ORIGINAL },    /* SubjectArea, in the original's pixels */
	{ 0x9216, 0x9217, TAG_CAPTURE },     /* TIFF/EP StandardID, SensingMethod */
	{ 0x9286, 0x9286, TAG_DESCRIPTION }, /* UserComment */
	{ 0x9290, 0x9292, TAG_CAPTURE },     /* fractions of a second */
	{ 0x9400, 0x9405, TAG_CAPTURE },     /* temperature, humidity, pressure, depth, acceleration, angle */
	{ 0x9c9b, 0x9c9c, TAG_DESCRIPTION }, /* XPTitle, XPComment */
	{ EXIF_XP_AUTHOR, EXIF_XP_AUTHOR, TAG_RIGHTS },
	{ 0x9c9e, 0x9c9f, TAG_DESCRIPTION }, /* XPKeywords, XPSubject */
	{ EXIF_FLASHPIX_VERSION, EXIF_PIXEL_HEIGHT, TAG_TECHNICAL },
	{ 0xa004, 0xa004, TAG_ORIGINAL }, /* RelatedSoundFile */
	{ EXIF_INTEROP_DIR, EXIF_INTEROP_DIR, TAG_ORIGINAL },
	{ 0xa20b, 0xa210, TAG_CAPTURE },     /* FlashEnergy, frequency response, focal plane resolution */
	{ 0xa214, 0xa214, TAG_ORIGINAL },    /* SubjectLocation, in the original's pixels */
	{ 0xa215, 0xa217, TAG_CAPTURE },     /* ExposureIndex, SensingMethod */
	{ 0xa300, 0xa302, TAG_CAPTURE },     /* FileSource, SceneType, CFAPattern */
	{ 0xa401, 0xa40c, TAG_CAPTURE },     /* CustomRendered to SubjectDistanceRange */
	{ 0xa420, 0xa420, TAG_CAPTURE },     /* ImageUniqueID */
	{ 0xa430, 0xa430, TAG_OWNER },       /* CameraOwnerName */
	{ 0xa431, 0xa431, TAG_SERIAL },      /* BodySerialNumber */
	{ 0xa432, 0xa434, TAG_CAPTURE },     /* LensSpecification, LensMake, LensModel */
	{ 0xa435, 0xa435, TAG_SERIAL },      /* LensSerialNumber */
	{ 0xa436, 0xa436, TAG_DESCRIPTION }, /* ImageTitle */
	{ EXIF_PHOTOGRAPHER, EXIF_PHOTOGRAPHER, TAG_RIGHTS },
	{ 0xa438, 0xa438, TAG_EDITING },  /* ImageEditor */
	{ 0xa439, 0xa439, TAG_CAPTURE },  /* CameraFirmware */
	{ 0xa43a, 0xa43c, TAG_EDITING },  /* the programs that developed and edited it */
	{ 0xa460, 0xa462, TAG_CAPTURE },  /* composite image */
	{ 0xa500, 0xa500, TAG_ORIGINAL }, /* Gamma */
	{ 0xc4a5, 0xc4a5, TAG_CAPTURE },  /* PrintImageMatching */
	{ 0xc614, 0xc615, TAG_CAPTURE },  /* DNG: UniqueCameraModel */
	{ 0xc62f, 0xc62f, TAG_SERIAL },   /* DNG: CameraSerialNumber */
	{ 0xc630, 0xc630, TAG_CAPTURE },  /* DNG: LensInfo */
	{ 0xc68b, 0xc68c, TAG_ORIGINAL }, /* DNG: OriginalRawFileName and the raw file itself */
	{ 0xea1c, 0xea1c, TAG_ORIGINAL }, /* Microsoft's padding */
	{ 0xfde8, 0xfde8, TAG_OWNER },    /* Adobe's OwnerName, SerialNumber, Lens */
	{ 0xfde9, 0xfde9, TAG_SERIAL }, { 0xfdea, 0xfdea, TAG_CAPTURE },
	{ 0xfe00, 0xfe00, TAG_ORIGINAL }, /* Kodak's directory */
};

enum tag_group exif_tag_group(enum exif_dir dir, uint16_t tag)
{
	if (dir == EXIF_DIR_GPS)
		return TAG_GPS;
	if (dir == EXIF_DIR_INTEROP)
		return tag == EXIF_INTEROP_INDEX || tag == EXIF_INTEROP_VERSION ? TAG_TECHNICAL
										: TAG_ORIGINAL;
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		if (tag >= ranges[i].first && tag <= ranges[i].last)
			return ranges[i].group;
	}
	return TAG_MAKER;
}
