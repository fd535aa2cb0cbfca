#include "command/documents.h"

#include <string.h>

#include "cli/options.h"
#include "image/metadata.h"

enum {
	POLICY_ROWS_MAX = 32
};

void document_manual(void)
{
	struct manual_policy_row rows[POLICY_ROWS_MAX + 1] = { 0 };
	const struct metadata_policy_row *groups = metadata_policy_table();

	for (int i = 0; groups[i].group && i < POLICY_ROWS_MAX; i++) {
		rows[i].group = groups[i].group;
		memcpy(rows[i].kept, groups[i].kept, sizeof(rows[i].kept));
	}
	manual_print(rows);
}

void document_completion(void)
{
	completion_print();
}
