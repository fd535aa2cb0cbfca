/*
 * inventory.h: the libraries that pictures pass through, for `doctor` and bug reports.
 */
#ifndef STAMPMILL_IMAGE_INVENTORY_H
#define STAMPMILL_IMAGE_INVENTORY_H

struct library {
	const char *name;
	char version[32]; /* of the library that runs, where it can say so; otherwise of the one built against
			   */
	const char *purpose;
};

/* Fills rows up to one whose name is NULL. Static memory. */
const struct library *inventory_libraries(void);

#endif
