/*
 * ledger_row.h: a picture and an output as rows of the ledger's tables: which column holds what. Used by
 * ledger.c only.
 */
#ifndef STAMPMILL_JOB_LEDGER_ROW_H
#define STAMPMILL_JOB_LEDGER_ROW_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "job/ledger.h"

/* The statements that the two below fill. */
#define LEDGER_ROW_PUT_PICTURE "INSERT OR REPLACE INTO pictures VALUES (?,?,?,?,?,?,?,?,?,?,?,?)"
#define LEDGER_ROW_PUT_OUTPUT "INSERT OR REPLACE INTO outputs VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"

/* By which run a row was written, and when. */
struct ledger_stamp {
	int64_t run, now_ms;
};

/* What a row of SELECT * says; its texts are SQLite's until the next step. False for a row that makes no
 * sense, which is as good as none: its picture is looked at again. */
bool ledger_row_picture(sqlite3_stmt *row, struct ledger_picture *picture);
bool ledger_row_output(sqlite3_stmt *row, struct ledger_output *output);

void ledger_row_bind_picture(
	sqlite3_stmt *statement, const struct ledger_picture *picture, const struct ledger_stamp *stamp);
void ledger_row_bind_output(
	sqlite3_stmt *statement, const struct ledger_output *output, const struct ledger_stamp *stamp);

/* Paths are bytes. */
void ledger_row_bind_path(sqlite3_stmt *statement, int place, const char *path);

#endif
