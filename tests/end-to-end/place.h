/*
 * place.h: a folder of its own for each test, and ways to fill it and to look at it.
 *
 * place_setup and place_teardown are cmocka's per-test fixtures: *state is the struct place. Everything
 * asserts; none of it is for forked children.
 */
#ifndef STAMPMILL_TESTS_PLACE_H
#define STAMPMILL_TESTS_PLACE_H

#include <stddef.h>

struct place {
	char *folder; /* absolute; empty at first, removed at the end */
};

int place_setup(void **state);
int place_teardown(void **state);

/* FOLDER/formatted; the string lives as long as the place. */
__attribute__((format(printf, 2, 3))) char *place_path(struct place *place, const char *format, ...);

/* Folders that are missing on the way to the file are made. */
void file_write(const char *path, const void *data, size_t size_bytes);
void file_write_text(const char *path, const char *text);
/* The whole file, NUL-terminated, to be freed; `size_bytes` may be NULL. */
char *file_read(const char *path, size_t *size_bytes);
void file_copy(const char *from, const char *to);
/* Give the file another name, or make a symbolic link to it. */
void file_hard_link(const char *from, const char *to);
void file_symbolic_link(const char *target, const char *name);
/* Keep the first `share` of its bytes. */
void file_cut(const char *path, double share);
int file_exists(const char *path);
void folder_make(const char *path);

/* All files below a folder, hidden ones too, the run's own state in .stampmill not: their paths below it,
 * sorted, joined by
 * '\n'; "" when there are none or no such folder. To be freed. */
char *tree_list(const char *folder);
/* How many of them. */
size_t tree_count(const char *folder);
/* Their names and bytes (of a symbolic link: where it leads) as one number. */
unsigned long tree_sum(const char *folder);
/* The same with the run's own state. */
unsigned long tree_sum_all(const char *folder);

#endif
