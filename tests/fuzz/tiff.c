/* The walk over a TIFF's directories in a file, and the view of one in memory. */
#include "fuzz.h"

#include "image/sniff.h"
#include "image/tiff_scan.h"
#include "image/tiff_view.h"

static void check_entries(const struct tiff_view *view, const struct tiff_dir *dir)
{
	struct tiff_entry entry;
	uint32_t number;

	for (unsigned int i = 0; i < dir->count; i++) {
		if (!tiff_view_entry(view, dir, i, &entry))
			continue;
		REQUIRE(entry.value >= view->data);
		REQUIRE(entry.size_bytes <= (size_t)(view->data + view->size_bytes - entry.value));
		tiff_view_number(view, &entry, &number);
	}
}

static void view(const unsigned char *data, size_t size)
{
	struct tiff_view view;
	struct tiff_dir dir, sub;

	if (!tiff_view_init(&view, data, size) || !tiff_view_dir(&view, view.first_dir, &dir))
		return;
	check_entries(&view, &dir);
	if (tiff_view_subdir(&view, &dir, 0x8769, &sub))
		check_entries(&view, &sub);
	if (tiff_view_dir(&view, dir.next_dir, &sub))
		check_entries(&view, &sub);
}

static void fuzz_one(const unsigned char *data, size_t size)
{
	autoclose int fd = fuzz_file(data, size);
	size_t head = size < SNIFF_BYTES ? size : SNIFF_BYTES;

	tiff_scan_is_raw(data, head, fd);
	tiff_scan_is_raw(data, head, -1);
	tiff_scan_is_raw(data, head < 16 ? head : 16, fd);
	tiff_scan_is_interop_adobe(data, head, fd);
	tiff_scan_is_cut(data, head, fd, size);
	view(data, size);
}
