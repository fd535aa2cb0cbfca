/*
 * rebuild.h: a new ledger in place of a damaged one, filled with what can be shown to be true.
 */
#ifndef STAMPMILL_COMMAND_REBUILD_H
#define STAMPMILL_COMMAND_REBUILD_H

#include "base/err.h"
#include "job/ledger.h"

/* Of the rows that were read out of the damaged ledger, record anew those whose outputs in the folder
 * `output_fd` are byte for byte what the row says, and forget the others. Pictures without outputs are looked
 * at again. `kept` gets their number. 0, or -1 with `err` when the ledger cannot be written. */
int rebuild_ledger(struct ledger *ledger, int output_fd, size_t *kept, struct err *err);

#endif
