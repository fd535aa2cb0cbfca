/*
 * Part of the build, not installed: writes the man page or the bash completion to standard output.
 */
#include <string.h>

#include "command/documents.h"

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "manual") == 0)
		document_manual();
	else if (argc == 2 && strcmp(argv[1], "completion") == 0)
		document_completion();
	else
		return 2;
	return 0;
}
