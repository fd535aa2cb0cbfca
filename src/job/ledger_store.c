#include "job/ledger_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/path.h"
#include "sys/run_lock.h"

enum {
	APPLICATION_ID = 0x53744d6c,
	SCHEMA_VERSION = 2
};

/* Each brings the schema from version i to i + 1. */
static const char *const migrations[SCHEMA_VERSION] = {
	"CREATE TABLE runs (id INTEGER PRIMARY KEY, started_ms INTEGER NOT NULL, ended_ms INTEGER,"
	" pid INTEGER NOT NULL, host TEXT NOT NULL, version TEXT NOT NULL, exit_status INTEGER);"
	"CREATE TABLE pictures (root BLOB NOT NULL, path BLOB NOT NULL, size_bytes INTEGER NOT NULL,"
	" mtime_ns INTEGER NOT NULL, inode INTEGER NOT NULL, reason TEXT, message TEXT NOT NULL,"
	" attempts INTEGER NOT NULL, facts BLOB, run INTEGER NOT NULL REFERENCES runs(id),"
	" ended_ms INTEGER NOT NULL, PRIMARY KEY (root, path)) WITHOUT ROWID;"
	"CREATE TABLE outputs (path BLOB NOT NULL PRIMARY KEY, root BLOB NOT NULL, input BLOB NOT NULL,"
	" input_bytes INTEGER NOT NULL, input_mtime_ns INTEGER NOT NULL, recipe BLOB NOT NULL,"
	" size_bytes INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, width_px INTEGER NOT NULL,"
	" height_px INTEGER NOT NULL, content BLOB NOT NULL, mark_wanted INTEGER NOT NULL,"
	" marked INTEGER NOT NULL, metadata INTEGER NOT NULL, run INTEGER NOT NULL REFERENCES runs(id),"
	" ended_ms INTEGER NOT NULL) WITHOUT ROWID;",
	"ALTER TABLE pictures ADD COLUMN sequence INTEGER NOT NULL DEFAULT 0;",
};

static int last_error_of(sqlite3_file *file)
{
	int error = 0;

	if (file && file->pMethods)
		file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &error);
	return error;
}

/* Where a file cannot be opened, SQLite tries again for reading only and keeps what it heard then, which
 * misleads but for what stays true. */
static int opening_error(sqlite3 *database)
{
	int error = sqlite3_system_errno(database);

	return error == EMFILE || error == ENFILE ? error : 0;
}

/* SQLite's own words for whatever the system refused are "disk I/O error": a full disk and a broken one are
 * told apart by the system's, which it keeps for the file. */
static int system_error(sqlite3 *database)
{
	sqlite3_file *file = NULL, *journal = NULL;
	int error;

	if (database && sqlite3_errcode(database) == SQLITE_CANTOPEN)
		return opening_error(database);
	if (!database || sqlite3_errcode(database) != SQLITE_IOERR)
		return 0;
	sqlite3_file_control(database, "main", SQLITE_FCNTL_FILE_POINTER, &file);
	sqlite3_file_control(database, "main", SQLITE_FCNTL_JOURNAL_POINTER, &journal);
	error = last_error_of(file);
	return error ? error : last_error_of(journal);
}

static const char *explain(sqlite3 *database)
{
	if (!database)
		return "out of memory";
	/* of a file that has lost its name SQLite says that it is read-only */
	if (sqlite3_extended_errcode(database) == SQLITE_READONLY_DBMOVED)
		return "its file was deleted or moved away";
	return sqlite3_errmsg(database);
}

int ledger_store_err(struct err *err, sqlite3 *database, const char *what)
{
	int code = database ? sqlite3_errcode(database) : SQLITE_NOMEM, error = system_error(database);
	const char *why = explain(database);
	enum reason reason = REASON_INTERNAL;

	if (error)
		return err_set_errno(err, -error, "the ledger cannot be %s: %s", what, why);
	if (code == SQLITE_FULL)
		reason = REASON_DISK_FULL;
	else if (code == SQLITE_NOMEM)
		reason = REASON_OUT_OF_MEMORY;
	else if (code == SQLITE_READONLY || code == SQLITE_CANTOPEN || code == SQLITE_PERM)
		reason = REASON_PERMISSION;
	return err_set(err, reason, "the ledger cannot be %s: %s", what, why);
}

static int ask_number(sqlite3 *database, const char *question, int64_t *answer)
{
	sqlite3_stmt *statement;
	int code = sqlite3_prepare_v2(database, question, -1, &statement, NULL);

	if (code != SQLITE_OK)
		return code;
	code = sqlite3_step(statement);
	*answer = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
	sqlite3_finalize(statement);
	return code == SQLITE_ROW || code == SQLITE_DONE ? SQLITE_OK : code;
}

/* SQLITE_OK for a whole file, SQLITE_CORRUPT where it is not. */
static int check_whole(sqlite3 *database)
{
	sqlite3_stmt *statement;
	int code = sqlite3_prepare_v2(database, "PRAGMA quick_check(1)", -1, &statement, NULL);

	if (code != SQLITE_OK)
		return code;
	code = sqlite3_step(statement);
	if (code == SQLITE_ROW)
		code = strcmp((const char *)sqlite3_column_text(statement, 0), "ok") == 0 ? SQLITE_OK
											  : SQLITE_CORRUPT;
	sqlite3_finalize(statement);
	return code;
}

static int run_sql(sqlite3 *database, const char *sql)
{
	return sqlite3_exec(database, sql, NULL, NULL, NULL);
}

/* Before anything is read: the file may have been made to harm its readers. */
static int harden(sqlite3 *database)
{
	sqlite3_busy_timeout(database, 5000);
	return run_sql(database, "PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF");
}

/* A rollback journal, which unlike the write-ahead log needs no shared memory and so works on network mounts;
 * every commit reaches the disk, its folder entry too (EXTRA). */
static int set_up(sqlite3 *database)
{
	return run_sql(database,
		"PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA; PRAGMA foreign_keys = OFF");
}

static int migrate(sqlite3 *database, int64_t version)
{
	char number[64];
	int code = run_sql(database, "BEGIN IMMEDIATE");

	for (; version < SCHEMA_VERSION && code == SQLITE_OK; version++)
		code = run_sql(database, migrations[version]);
	snprintf(number, sizeof(number), "PRAGMA application_id = %d; PRAGMA user_version = %d",
		APPLICATION_ID, SCHEMA_VERSION);
	if (code == SQLITE_OK)
		code = run_sql(database, number);
	if (code == SQLITE_OK)
		code = run_sql(database, "COMMIT");
	return code;
}

/* Whole, ours and not of a newer version: SQLITE_OK. A newer one's: SQLITE_MISMATCH. Anything else is an
 * SQLite error. Changes nothing. */
static int examine(sqlite3 *database, int64_t *version)
{
	int64_t application = 0, tables = 0;
	int code = harden(database);

	if (code == SQLITE_OK)
		code = check_whole(database);
	if (code == SQLITE_OK)
		code = ask_number(database, "PRAGMA user_version", version);
	if (code == SQLITE_OK)
		code = ask_number(database, "PRAGMA application_id", &application);
	if (code == SQLITE_OK)
		code = ask_number(database, "SELECT count(*) FROM sqlite_master", &tables);
	if (code != SQLITE_OK)
		return code;
	if (tables > 0 && application != APPLICATION_ID)
		return SQLITE_NOTADB;
	return *version > SCHEMA_VERSION ? SQLITE_MISMATCH : SQLITE_OK;
}

static int accept(sqlite3 *database, int64_t *version)
{
	int code = examine(database, version);

	if (code == SQLITE_OK)
		code = set_up(database);
	return code == SQLITE_OK && *version < SCHEMA_VERSION ? migrate(database, *version) : code;
}

static bool is_damage(int code)
{
	return code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}

/* "ledger.sqlite" to "ledger.damaged-20261121-180003.sqlite", its journal with it. */
static int set_aside(const char *folder, const char *file, struct ledger_opened *opened, struct err *err)
{
	autofree char *target = NULL, *journal = NULL, *target_journal = NULL;
	time_t now = time(NULL);
	char name[64];
	struct tm parts;

	gmtime_r(&now, &parts);
	strftime(name, sizeof(name), "ledger.damaged-%Y%m%d-%H%M%S.sqlite", &parts);
	target = path_join(folder, name);
	if (!target || asprintf(&journal, "%s-journal", file) < 0 ||
		asprintf(&target_journal, "%s-journal", target) < 0)
		return err_set_errno(err, -ENOMEM, "the ledger");
	if (rename(file, target) < 0)
		return err_set_errno(err, -errno, "the damaged ledger %s cannot be moved aside", file);
	rename(journal, target_journal);
	snprintf(opened->set_aside, sizeof(opened->set_aside), "%s", name);
	return 0;
}

/* SQLite takes a file system without locks for one on which somebody else always has the lock. The run has
 * told its user to see to it that it is alone. */
static const char *file_system_of(const char *file, int mode)
{
	int make = mode & SQLITE_OPEN_CREATE ? O_CREAT : 0; /* only of a file that is there can it be asked */
	autoclose int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | make, 0666);

	return fd < 0 || run_lock_possible(fd) ? NULL : "unix-none";
}

static sqlite3 *open_file(const char *file, int *code, int64_t *version)
{
	const int mode = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	sqlite3 *database = NULL;

	*code = sqlite3_open_v2(file, &database, mode | SQLITE_OPEN_NOFOLLOW, file_system_of(file, mode));
	if (*code == SQLITE_OK)
		*code = accept(database, version);
	return database;
}

static void err_set_newer(struct err *err, const char *file, int64_t version)
{
	err_set(err, REASON_INTERNAL,
		"%s was written by a newer stampmill (format %d, this one knows up to %d): use that, or "
		"another --state",
		file, (int)version, SCHEMA_VERSION);
}

sqlite3 *ledger_store_open(const char *folder, struct ledger_opened *opened, struct err *err)
{
	autofree char *file = path_join(folder, "ledger.sqlite");
	int64_t version = 0;
	struct stat status;
	sqlite3 *database;
	int code;

	*opened = (struct ledger_opened){ .made_new = file && stat(file, &status) < 0 };
	if (!file) {
		err_set_errno(err, -ENOMEM, "the ledger");
		return NULL;
	}
	database = open_file(file, &code, &version);
	if (is_damage(code)) {
		sqlite3_close(database);
		if (set_aside(folder, file, opened, err) < 0)
			return NULL;
		database = open_file(file, &code, &version);
	}
	if (code == SQLITE_OK)
		return database;
	if (code == SQLITE_MISMATCH)
		err_set_newer(err, file, version);
	else
		ledger_store_err(err, database, "opened");
	sqlite3_close(database);
	return NULL;
}

static sqlite3 *look(const char *file, int mode, int *code, int64_t *version)
{
	sqlite3 *database = NULL;

	*code = sqlite3_open_v2(file, &database, mode | SQLITE_OPEN_NOFOLLOW, file_system_of(file, mode));
	if (*code == SQLITE_OK)
		*code = examine(database, version);
	return database;
}

/* A run that was killed while it wrote the ledger has left a journal. Nothing can be read before that is
 * rolled back, which needs writing. */
static sqlite3 *look_and_roll_back(const char *file, int *code, int64_t *version)
{
	sqlite3 *database = look(file, SQLITE_OPEN_READONLY, code, version);

	if (*code != SQLITE_READONLY)
		return database;
	sqlite3_close(database);
	return look(file, SQLITE_OPEN_READWRITE, code, version);
}

sqlite3 *ledger_store_look(const char *folder, struct err *err)
{
	autofree char *file = path_join(folder, "ledger.sqlite");
	int64_t version = 0;
	struct stat status;
	sqlite3 *database;
	int code;

	if (!file || lstat(file, &status) < 0) {
		err_set_errno(err, file ? -errno : -ENOMEM, "%s: no ledger", folder);
		return NULL;
	}
	database = look_and_roll_back(file, &code, &version);
	if (code == SQLITE_OK && version == SCHEMA_VERSION)
		return database;
	if (code == SQLITE_MISMATCH)
		err_set_newer(err, file, version);
	else if (code == SQLITE_OK || is_damage(code))
		err_set(err, REASON_CORRUPT, "%s is %s: the next run puts that right", file,
			code == SQLITE_OK ? "an older stampmill's" : "damaged");
	else
		ledger_store_err(err, database, "read");
	sqlite3_close(database);
	return NULL;
}

sqlite3 *ledger_store_open_damaged(const char *folder, const struct ledger_opened *opened)
{
	autofree char *file = path_join(folder, opened->set_aside);
	sqlite3 *database = NULL;

	if (!file || sqlite3_open_v2(file, &database, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOFOLLOW,
			     file_system_of(file, 0)) != SQLITE_OK) {
		sqlite3_close(database);
		return NULL;
	}
	return database;
}
