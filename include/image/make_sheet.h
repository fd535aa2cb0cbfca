/*
 * make_sheet.h: makes one file of a contact sheet out of outputs that are on the disk. Runs in workers only.
 *
 * Whatever format the outputs have, they are opened as strangers' pictures are, shrunk while they are
 * decoded, and brought into sRGB; one at a time. A JPEG is a page drawn in memory. In a PDF the small
 * pictures are JPEGs and text is text; what is finished of it is written, so that it takes the memory of one
 * page, however many there are.
 */
#ifndef STAMPMILL_IMAGE_MAKE_SHEET_H
#define STAMPMILL_IMAGE_MAKE_SHEET_H

#include "image/maker.h"
#include "job/sheet_task.h"

/* Make the file and publish it under its name. `reply` is filled wholly, with one output; returns 0, or -1
 * where reply->err says why not: a picture that cannot be read (it is named), a full disk, ... */
int make_sheet(struct maker *maker, const struct sheet_request *request, struct make_reply *reply);

/* Can the font and the logo of each sheet be drawn? 0, or -1 with `err` (reason watermark). */
int make_sheet_check(struct maker *maker, struct err *err);

#endif
