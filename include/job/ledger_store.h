/*
 * ledger_store.h: the ledger's SQLite side: opening, schema, damage. Used by ledger.c only through these.
 */
#ifndef STAMPMILL_JOB_LEDGER_STORE_H
#define STAMPMILL_JOB_LEDGER_STORE_H

#include <sqlite3.h>

#include "base/err.h"
#include "job/ledger.h"

/* Open FOLDER/ledger.sqlite, making it or bringing its schema up to date; a damaged one is set aside
 * (`opened` says so), and a new one is opened. NULL with `err`. */
sqlite3 *ledger_store_open(const char *folder, struct ledger_opened *opened, struct err *err);

/* The same for looking only: NULL with `err` where nothing can be read as it is. Nothing is changed but what
 * a killed run has left half written. */
sqlite3 *ledger_store_look(const char *folder, struct err *err);

/* Open the set-aside file for reading what can still be read; NULL when nothing can. */
sqlite3 *ledger_store_open_damaged(const char *folder, const struct ledger_opened *opened);

/* Fill `err` from what the database last said. Returns -1. */
int ledger_store_err(struct err *err, sqlite3 *database, const char *what);

#endif
