/*
 * xmp_packet.h: edits the XMP packet of a picture.
 */
#ifndef STAMPMILL_IMAGE_XMP_PACKET_H
#define STAMPMILL_IMAGE_XMP_PACKET_H

#include "image/metadata_job.h"

/* Make `out` (no data when nothing is left to say) from `in`: a read-only packet without padding, of 65,502
 * bytes at most, so that it fits into a JPEG segment: what does not fit goes in the order private, editing,
 * capture, description. A broken packet is read as far as it goes; what is no XML with RDF in it, or has more
 * of it than any program writes, is as none. */
void xmp_packet_edit(const struct blob *in, const struct metadata_job *job, struct blob *out);

#endif
