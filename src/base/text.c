#include "base/text.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* The length of the well-formed UTF-8 character at `bytes` with its code point, or 0 (Unicode 15, table 3-7).
 */
static int character_length(const char *bytes, uint32_t *code)
{
	const unsigned char *b = (const unsigned char *)bytes;
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	int length = b[0] < 0x80 ? 1 : b[0] >= 0xf0 ? 4 : b[0] >= 0xe0 ? 3 : 2;

	if (length == 1) {
		*code = b[0];
		return b[0] ? 1 : 0;
	}
	if (b[0] < 0xc2 || b[0] > 0xf4)
		return 0;
	*code = b[0] & (0x7f >> length);
	for (int i = 1; i < length; i++) {
		if ((b[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (b[i] & 0x3f);
	}
	if (*code < least[length] || *code > 0x10ffff || (*code >= 0xd800 && *code <= 0xdfff))
		return 0;
	return length;
}

bool text_is_utf8(const char *text)
{
	uint32_t code;

	while (*text) {
		int length = character_length(text, &code);

		if (!length)
			return false;
		text += length;
	}
	return true;
}

static bool is_dangerous(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == '\\' || code == 0x2028 ||
	       code == 0x2029 || code == 0x200e || code == 0x200f || (code >= 0x202a && code <= 0x202e) ||
	       (code >= 0x2066 && code <= 0x2069);
}

/* One character, or one bad byte, of `bytes` in its printable form into `piece`; returns how many bytes were
 * read. */
static int printable_piece(const char *bytes, char piece[24])
{
	uint32_t code = 0;
	int length = character_length(bytes, &code);

	if (length && !is_dangerous(code)) {
		memcpy(piece, bytes, (size_t)length);
		piece[length] = '\0';
		return length;
	}
	if (length == 1 && (code == '\n' || code == '\t' || code == '\r' || code == '\\')) {
		const char *shown = code == '\n'   ? "\\n"
				    : code == '\t' ? "\\t"
				    : code == '\r' ? "\\r"
						   : "\\\\";

		memcpy(piece, shown, 3);
		return 1;
	}
	if (!length)
		length = 1;
	for (int i = 0; i < length; i++)
		snprintf(piece + 4 * (size_t)i, 5, "\\x%02x", (unsigned char)bytes[i]);
	return length;
}

char *text_printable(const char *bytes, char *buffer, size_t size)
{
	size_t used = 0;
	char piece[24];

	while (*bytes) {
		int read = printable_piece(bytes, piece);
		size_t length = strlen(piece);

		if (used + length + 1 > size)
			break;
		memcpy(buffer + used, piece, length);
		used += length;
		bytes += read;
	}
	buffer[used] = '\0';
	return buffer;
}

static int least(int a, int b)
{
	return a < b ? a : b;
}

/* Optimal string alignment distance (Damerau-Levenshtein without overlapping swaps). */
int text_distance(const char *one, const char *other)
{
	enum {
		LIMIT = 63
	};
	int rows[3][LIMIT + 2];
	int rows_used = (int)strnlen(one, LIMIT + 1), columns = (int)strnlen(other, LIMIT + 1);

	if (rows_used > LIMIT || columns > LIMIT)
		return INT_MAX;
	for (int j = 0; j <= columns; j++)
		rows[0][j] = j;
	for (int i = 1; i <= rows_used; i++) {
		int *row = rows[i % 3], *above = rows[(i + 2) % 3], *second = rows[(i + 1) % 3];

		row[0] = i;
		for (int j = 1; j <= columns; j++) {
			int replace = above[j - 1] + (one[i - 1] != other[j - 1]);

			row[j] = least(replace, least(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
				row[j] = least(row[j], second[j - 2] + 1);
		}
	}
	return rows[rows_used % 3][columns];
}
