#include "image/sniff.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "image/tiff_scan.h"

/* Kinds that fixed bytes at a fixed place tell; the first match counts. */
static const struct magic {
	enum format format;
	const char *kind;
	unsigned char offset, length;
	const char *bytes;
} magics[] = {
#define ROW(format, kind, offset, bytes)                       \
	{                                                      \
		format, kind, offset, sizeof(bytes) - 1, bytes \
	}
	ROW(FORMAT_JPEG, "JPEG", 0, "\xff\xd8"),
	/* the rest of the signature tells damage in transit, which is for the probe to report */
	ROW(FORMAT_PNG, "PNG", 0, "\x89PNG"),
	ROW(FORMAT_GIF, "GIF", 0, "GIF87a"),
	ROW(FORMAT_GIF, "GIF", 0, "GIF89a"),
	ROW(FORMAT_RAW, "Canon CR2", 8, "CR\x02\0"),
	ROW(FORMAT_RAW, "Canon CRW", 0, "II\x1a\0\0\0HEAPCCDR"),
	ROW(FORMAT_RAW, "Fujifilm RAF", 0, "FUJIFILMCCD-RAW"),
	ROW(FORMAT_RAW, "Olympus ORF", 0, "IIRO"),
	ROW(FORMAT_RAW, "Olympus ORF", 0, "IIRS"),
	ROW(FORMAT_RAW, "Olympus ORF", 0, "MMOR"),
	ROW(FORMAT_RAW, "Panasonic RW2", 0, "IIU\0"),
	ROW(FORMAT_RAW, "Phase One IIQ", 8, "IIIITwaR"),
	ROW(FORMAT_RAW, "Phase One IIQ", 8, "MMMMRawT"),
	ROW(FORMAT_RAW, "Sigma X3F", 0, "FOVb"),
	ROW(FORMAT_RAW, "Minolta MRW", 0, "\0MRM"),
	ROW(FORMAT_TIFF, "TIFF", 0, "II*\0"),
	ROW(FORMAT_TIFF, "TIFF", 0, "MM\0*"),
	ROW(FORMAT_TIFF, "BigTIFF", 0, "II+\0"),
	ROW(FORMAT_TIFF, "BigTIFF", 0, "MM\0+"),
	ROW(FORMAT_OTHER, "PDF", 0, "%PDF-"),
	ROW(FORMAT_OTHER, "PostScript", 0, "%!PS"),
	ROW(FORMAT_OTHER, "PostScript", 0, "\xc5\xd0\xd3\xc6"),
	ROW(FORMAT_OTHER, "JPEG 2000", 0, "\0\0\0\x0cjP  \r\n\x87\n"),
	ROW(FORMAT_OTHER, "JPEG 2000", 0, "\xff\x4f\xff\x51"),
	ROW(FORMAT_OTHER, "JPEG XL", 0, "\0\0\0\x0cJXL \r\n\x87\n"),
	ROW(FORMAT_OTHER, "JPEG XL", 0, "\xff\x0a"),
	ROW(FORMAT_OTHER, "JPEG XR", 0, "II\xbc\x01"),
	ROW(FORMAT_OTHER, "Photoshop", 0, "8BPS"),
	ROW(FORMAT_OTHER, "GIMP XCF", 0, "gimp xcf "),
	ROW(FORMAT_OTHER, "OpenEXR", 0, "\x76\x2f\x31\x01"),
	ROW(FORMAT_OTHER, "Radiance HDR", 0, "#?RADIANCE"),
	ROW(FORMAT_OTHER, "Radiance HDR", 0, "#?RGBE"),
	ROW(FORMAT_OTHER, "FITS", 0, "SIMPLE  ="),
	ROW(FORMAT_OTHER, "DICOM", 128, "DICM"),
	ROW(FORMAT_OTHER, "libvips", 0, "\x08\xf2\xa6\xb6"),
	ROW(FORMAT_OTHER, "libvips", 0, "\xb6\xa6\xf2\x08"),
	ROW(FORMAT_OTHER, "MNG", 0, "\x8aMNG\r\n\x1a\n"),
	ROW(FORMAT_OTHER, "JNG", 0, "\x8bJNG\r\n\x1a\n"),
	ROW(FORMAT_OTHER, "DDS", 0, "DDS \x7c\0\0\0"),
	ROW(FORMAT_OTHER, "QOI", 0, "qoif"),
	ROW(FORMAT_OTHER, "FLIF", 0, "FLIF"),
	ROW(FORMAT_OTHER, "BPG", 0, "BPG\xfb"),
	ROW(FORMAT_OTHER, "DjVu", 0, "AT&TFORM"),
	ROW(FORMAT_OTHER, "MIFF", 0, "id=ImageMagick"),
	ROW(FORMAT_OTHER, "XPM", 0, "/* XPM */"),
	ROW(FORMAT_OTHER, "Sun raster", 0, "\x59\xa6\x6a\x95"),
	ROW(FORMAT_OTHER, "SGI", 0, "\x01\xda\0\x01"),
	ROW(FORMAT_OTHER, "SGI", 0, "\x01\xda\x01\x01"),
#undef ROW
};

static bool has_at(const unsigned char *head, size_t size, size_t offset, const char *bytes, size_t length)
{
	return size >= length && offset <= size - length && memcmp(head + offset, bytes, length) == 0;
}

static const struct magic *by_magic(const unsigned char *head, size_t size)
{
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
		if (has_at(head, size, magics[i].offset, magics[i].bytes, magics[i].length))
			return &magics[i];
	return NULL;
}

static bool is_webp(const unsigned char *head, size_t size)
{
	return has_at(head, size, 0, "RIFF", 4) && has_at(head, size, 8, "WEBP", 4);
}

static bool is_brand_of(const unsigned char *brand, const char *const *brands)
{
	for (; *brands; brands++)
		if (memcmp(brand, *brands, 4) == 0)
			return true;
	return false;
}

/* ISO base media files: the brand says what they are for (ISO 14496-12, 4.3; 23008-12, annex B; the AV1
 * image file format, 6). A picture whose major brand only says that it is one tells its codec by the others,
 * or, in the short form, where the version stands. */
static enum format by_brand(const unsigned char *head, size_t size)
{
	static const char *const av1[] = { "avif", "avis", NULL };
	static const char *const hevc[] = { "heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs",
		NULL };
	static const char *const picture[] = { "mif1", "mif2", "mif3", "msf1", "miaf", NULL };
	bool seen_av1 = false, seen_hevc = false, seen_picture = false;
	size_t end;

	if (size < 12 || memcmp(head + 4, "ftyp", 4) != 0)
		return FORMAT_NONE;
	if (memcmp(head + 8, "crx ", 4) == 0)
		return FORMAT_RAW;
	if (is_brand_of(head + 8, av1))
		return FORMAT_AVIF;
	if (is_brand_of(head + 8, hevc))
		return FORMAT_HEIC;
	end = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
	end = end < size ? end : size;
	seen_picture = is_brand_of(head + 8, picture);
	for (size_t at = 12; at + 4 <= end; at += 4) {
		seen_av1 |= is_brand_of(head + at, av1);
		seen_hevc |= is_brand_of(head + at, hevc);
		seen_picture |= is_brand_of(head + at, picture);
	}
	if (!seen_picture)
		return FORMAT_NONE; /* a film */
	return seen_av1 && !seen_hevc ? FORMAT_AVIF : FORMAT_HEIC;
}

/* "BM" alone begins many a text. */
static bool is_bmp(const unsigned char *head, size_t size)
{
	return size >= 18 && head[0] == 'B' && head[1] == 'M' && head[14] >= 12 && !head[15] && !head[16] &&
	       !head[17];
}

static bool is_icon(const unsigned char *head, size_t size)
{
	return size >= 22 && !head[0] && !head[1] && (head[2] == 1 || head[2] == 2) && !head[3] && head[4] &&
	       !head[5] && !head[9];
}

static size_t skip_blanks_and_comments(const unsigned char *head, size_t size, size_t at)
{
	while (at < size && (isspace(head[at]) || head[at] == '#'))
		if (head[at++] == '#')
			while (at < size && head[at] != '\n')
				at++;
	return at;
}

/* Netpbm's: "P6 640 480 255 ..."; PAM; PFM */
static bool is_netpbm(const unsigned char *head, size_t size)
{
	size_t at;

	if (size < 4 || head[0] != 'P' || !isspace(head[2]))
		return false;
	if (head[1] == '7')
		return has_at(head, size, 3, "WIDTH", 5) || has_at(head, size, 3, "332", 3);
	if (!strchr("123456Ff", head[1]) || !head[1])
		return false;
	at = skip_blanks_and_comments(head, size, 2);
	for (int numbers = 0; numbers < 2; numbers++) {
		if (at == size || !isdigit(head[at]))
			return false;
		while (at < size && isdigit(head[at]))
			at++;
		at = skip_blanks_and_comments(head, size, at);
	}
	return true;
}

static const unsigned char *find_tag(const unsigned char *head, size_t size, const char *tag)
{
	size_t length = strlen(tag);

	for (size_t at = 0; at + length < size; at++)
		if (strncasecmp((const char *)head + at, tag, length) == 0)
			return head + at;
	return NULL;
}

/* XML whose first element is svg, as far as can be seen: a web page may hold one too. */
static bool is_svg(const unsigned char *head, size_t size)
{
	size_t at = has_at(head, size, 0, "\xef\xbb\xbf", 3) ? 3 : 0;
	const unsigned char *svg, *html;

	while (at < size && isspace(head[at]))
		at++;
	if (at + 4 > size || head[at] != '<')
		return false;
	svg = find_tag(head, size, "<svg");
	html = find_tag(head, size, "<html");
	return svg && (!html || svg < html);
}

static const struct magic *sniff(const unsigned char *head, size_t size)
{
	static const struct magic webp = { .format = FORMAT_WEBP, .kind = "WebP" };
	static const struct magic heic = { .format = FORMAT_HEIC, .kind = "HEIC" };
	static const struct magic avif = { .format = FORMAT_AVIF, .kind = "AVIF" };
	static const struct magic cr3 = { .format = FORMAT_RAW, .kind = "Canon CR3" };
	static const struct magic bmp = { .format = FORMAT_OTHER, .kind = "BMP" };
	static const struct magic icon = { .format = FORMAT_OTHER, .kind = "icon" };
	static const struct magic netpbm = { .format = FORMAT_OTHER, .kind = "Netpbm" };
	static const struct magic svg = { .format = FORMAT_OTHER, .kind = "SVG" };
	static const struct magic tiff_raw = { .format = FORMAT_RAW, .kind = "TIFF-based" };
	static const struct magic none = { .format = FORMAT_NONE, .kind = "unknown" };
	const struct magic *found = by_magic(head, size);
	enum format branded = by_brand(head, size);

	if (found && found->format == FORMAT_TIFF && tiff_scan_is_raw(head, size, -1))
		return &tiff_raw;
	if (found)
		return found;
	if (branded != FORMAT_NONE)
		return branded == FORMAT_RAW ? &cr3 : branded == FORMAT_AVIF ? &avif : &heic;
	return is_webp(head, size)     ? &webp
	       : is_bmp(head, size)    ? &bmp
	       : is_icon(head, size)   ? &icon
	       : is_netpbm(head, size) ? &netpbm
	       : is_svg(head, size)    ? &svg
				       : &none;
}

enum format sniff_format(const unsigned char *head, size_t size)
{
	return sniff(head, size)->format;
}

const char *sniff_kind(const unsigned char *head, size_t size)
{
	return sniff(head, size)->kind;
}

bool sniff_is_gzip(const unsigned char *head, size_t size)
{
	return has_at(head, size, 0, "\x1f\x8b\x08", 3);
}
