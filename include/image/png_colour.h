/*
 * png_colour.h: what a PNG says of its colours without an ICC profile, as an ICC profile.
 *
 * libvips reads none of it. By rank: cICP, sRGB, then gAMA and cHRM. A gamma of 1/2.2 is taken for the curve
 * of sRGB, which is what nearly all programs that write it mean; so is the curve of BT.709 in cICP. Those of
 * HDR (PQ, HLG) have no place in a picture of 8 bits and are left out of account.
 *
 * Source: PNG, third edition (W3C), 4.3 and 11.3.2; ITU-T H.273 for the numbers in cICP.
 */
#ifndef STAMPMILL_IMAGE_PNG_COLOUR_H
#define STAMPMILL_IMAGE_PNG_COLOUR_H

#include "image/metadata.h"

/* Look through the chunks before the pixels of the PNG on `fd`. `icc` is left empty where there is an ICC
 * profile, where nothing is said, where it is sRGB that is said, and where what is said makes no sense. Its
 * data are malloc'ed; the same bytes for the same chunks. Trusts nothing that it reads. */
void png_colour_read(int fd, struct blob *icc);

#endif
