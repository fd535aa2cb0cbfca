/*
 * sheets.h: the last phase of a run: contact sheets of what it delivered (job/sheet_settings.h tells their
 * way).
 *
 * A run that was stopped makes none: the next one will, of more pictures.
 */
#ifndef STAMPMILL_COMMAND_SHEETS_H
#define STAMPMILL_COMMAND_SHEETS_H

#include "command/run.h"

/* Make the files of all sheets that are not up to date, reporting each as it ends, and tell or remove those
 * of earlier runs that are not needed any more. */
void make_sheets(struct run *run);

/* --dry-run: the files that would be made, to standard output. */
void show_sheets(struct run *run);

#endif
