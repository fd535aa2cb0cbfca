#include "image/utf8.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

size_t utf8_cut(const char *text, size_t limit_bytes)
{
	size_t size_bytes = strlen(text);

	if (size_bytes <= limit_bytes)
		return size_bytes;
	size_bytes = limit_bytes;
	while (size_bytes > 0 && (text[size_bytes] & 0xc0) == 0x80)
		size_bytes--;
	return size_bytes;
}

/* The character of one byte of Windows-1252. */
static gunichar windows_character(unsigned char byte)
{
	/* 0x80 to 0x9f; the five that it leaves open are replacement characters. */
	static const gunichar windows[32] = { 0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
		0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd, 0xfffd, 0x2018, 0x2019,
		0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd,
		0x017e, 0x0178 };

	return byte >= 0x80 && byte < 0xa0 ? windows[byte - 0x80] : byte;
}

char *utf8_from_latin1(const char *data, size_t size_bytes)
{
	GString *text = g_string_sized_new(size_bytes + size_bytes / 8);

	for (size_t i = 0; i < size_bytes; i++)
		g_string_append_unichar(text, windows_character((unsigned char)data[i]));
	return g_string_free(text, FALSE);
}

static bool is_control(char byte)
{
	return ((unsigned char)byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7f;
}

char *utf8_clean(const char *data, size_t size_bytes)
{
	GString *text = g_string_sized_new(size_bytes);
	const char *end = data + size_bytes, *bad;

	while (!g_utf8_validate_len(data, (size_t)(end - data), &bad)) {
		g_string_append_len(text, data, bad - data);
		g_string_append_unichar(text, windows_character(*bad ? (unsigned char)*bad : ' '));
		data = bad + 1;
	}
	g_string_append_len(text, data, end - data);
	for (size_t i = 0; i < text->len; i++) {
		if (is_control(text->str[i]))
			text->str[i] = ' ';
	}
	return g_string_free(text, FALSE);
}
