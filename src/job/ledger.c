#include "job/ledger.h"

#include <glib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "job/ledger_row.h"
#include "job/ledger_store.h"

enum statement {
	PUT_PICTURE,
	PUT_OUTPUT,
	FORGET_PICTURE,
	FORGET_OUTPUT,
	STATEMENTS
};

static const char *const statement_texts[STATEMENTS] = {
	[PUT_PICTURE] = LEDGER_ROW_PUT_PICTURE,
	[PUT_OUTPUT] = LEDGER_ROW_PUT_OUTPUT,
	[FORGET_PICTURE] = "DELETE FROM pictures WHERE root = ? AND path = ?",
	[FORGET_OUTPUT] = "DELETE FROM outputs WHERE path = ?",
};

struct ledger {
	sqlite3 *database;
	sqlite3_stmt *statements[STATEMENTS];
	GHashTable *pictures;  /* of struct ledger_picture, its own key */
	GHashTable *outputs;   /* of struct ledger_output, its own key */
	GStringChunk *strings; /* roots and messages, each once */
	int64_t run;
	bool in_transaction;
};

static guint picture_hash(gconstpointer key)
{
	const struct ledger_picture *picture = key;

	return g_str_hash(picture->path) ^ g_str_hash(picture->root);
}

static gboolean picture_equal(gconstpointer one, gconstpointer other)
{
	const struct ledger_picture *a = one, *b = other;

	return strcmp(a->path, b->path) == 0 && strcmp(a->root, b->root) == 0;
}

static guint output_hash(gconstpointer key)
{
	return g_str_hash(((const struct ledger_output *)key)->path);
}

static gboolean output_equal(gconstpointer one, gconstpointer other)
{
	return strcmp(((const struct ledger_output *)one)->path,
		       ((const struct ledger_output *)other)->path) == 0;
}

static void picture_free(gpointer key)
{
	struct ledger_picture *picture = key;

	g_free((char *)picture->path);
	g_free(picture);
}

static void output_free(gpointer key)
{
	struct ledger_output *output = key;

	g_free((char *)output->path);
	g_free((char *)output->input);
	g_free(output);
}

static void keep_picture(struct ledger *ledger, const struct ledger_picture *picture)
{
	struct ledger_picture *copy = g_memdup2(picture, sizeof(*picture));

	copy->path = g_strdup(picture->path);
	copy->root = g_string_chunk_insert_const(ledger->strings, picture->root);
	copy->message =
		g_string_chunk_insert_const(ledger->strings, picture->message ? picture->message : "");
	g_hash_table_replace(ledger->pictures, copy, copy);
}

static void keep_output(struct ledger *ledger, const struct ledger_output *output)
{
	struct ledger_output *copy = g_memdup2(output, sizeof(*output));

	copy->path = g_strdup(output->path);
	copy->input = g_strdup(output->input);
	copy->root = g_string_chunk_insert_const(ledger->strings, output->root);
	g_hash_table_replace(ledger->outputs, copy, copy);
}

static bool read_picture(struct ledger *ledger, sqlite3_stmt *row)
{
	struct ledger_picture picture;

	if (!ledger_row_picture(row, &picture))
		return false;
	keep_picture(ledger, &picture);
	return true;
}

static bool read_output(struct ledger *ledger, sqlite3_stmt *row)
{
	struct ledger_output output;

	if (!ledger_row_output(row, &output))
		return false;
	keep_output(ledger, &output);
	return true;
}

/* Every row of a table; stops quietly where a damaged file can be read no further. Returns how many. */
static size_t read_table(struct ledger *ledger, sqlite3 *from, const char *question,
	bool (*read)(struct ledger *ledger, sqlite3_stmt *row))
{
	sqlite3_stmt *row;
	size_t count = 0;

	if (sqlite3_prepare_v2(from, question, -1, &row, NULL) != SQLITE_OK)
		return 0;
	while (sqlite3_step(row) == SQLITE_ROW)
		count += read(ledger, row);
	sqlite3_finalize(row);
	return count;
}

static int prepare(struct ledger *ledger, struct err *err)
{
	for (int i = 0; i < STATEMENTS; i++)
		if (sqlite3_prepare_v3(ledger->database, statement_texts[i], -1, SQLITE_PREPARE_PERSISTENT,
			    &ledger->statements[i], NULL) != SQLITE_OK)
			return ledger_store_err(err, ledger->database, "used");
	return 0;
}

/* From both ends, so that damage in the middle costs the middle only. */
static void salvage(struct ledger *ledger, const char *folder, struct ledger_opened *opened)
{
	sqlite3 *damaged = ledger_store_open_damaged(folder, opened);

	if (!damaged)
		return;
	read_table(ledger, damaged, "SELECT * FROM pictures ORDER BY root, path", read_picture);
	read_table(ledger, damaged, "SELECT * FROM pictures ORDER BY root DESC, path DESC", read_picture);
	read_table(ledger, damaged, "SELECT * FROM outputs ORDER BY path", read_output);
	read_table(ledger, damaged, "SELECT * FROM outputs ORDER BY path DESC", read_output);
	sqlite3_close(damaged);
	opened->saved_outputs = g_hash_table_size(ledger->outputs);
}

static struct ledger *ledger_new(sqlite3 *database)
{
	struct ledger *ledger = g_new0(struct ledger, 1);

	ledger->database = database;
	ledger->strings = g_string_chunk_new(4096);
	ledger->pictures = g_hash_table_new_full(picture_hash, picture_equal, picture_free, NULL);
	ledger->outputs = g_hash_table_new_full(output_hash, output_equal, output_free, NULL);
	return ledger;
}

static void read_all(struct ledger *ledger)
{
	read_table(ledger, ledger->database, "SELECT * FROM pictures", read_picture);
	read_table(ledger, ledger->database, "SELECT * FROM outputs", read_output);
}

struct ledger *ledger_look(const char *folder, struct err *err)
{
	sqlite3 *database = ledger_store_look(folder, err);
	struct ledger *ledger = database ? ledger_new(database) : NULL;

	if (ledger)
		read_all(ledger);
	return ledger;
}

static bool has_unfinished_run(struct ledger *ledger)
{
	sqlite3_stmt *row;
	bool found = false;

	if (sqlite3_prepare_v2(ledger->database, "SELECT 1 FROM runs WHERE ended_ms IS NULL LIMIT 1", -1,
		    &row, NULL) == SQLITE_OK)
		found = sqlite3_step(row) == SQLITE_ROW;
	sqlite3_finalize(row);
	return found;
}

struct ledger *ledger_open(const char *folder, struct ledger_opened *opened, struct err *err)
{
	sqlite3 *database = ledger_store_open(folder, opened, err);
	struct ledger *ledger = database ? ledger_new(database) : NULL;

	if (!ledger)
		return NULL;
	if (prepare(ledger, err) < 0) {
		ledger_close(ledger);
		return NULL;
	}
	read_all(ledger);
	opened->interrupted = has_unfinished_run(ledger);
	if (opened->set_aside[0])
		salvage(ledger, folder, opened);
	return ledger;
}

void ledger_close(struct ledger *ledger)
{
	if (!ledger)
		return;
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(ledger->statements[i]);
	sqlite3_close(ledger->database); /* rolls back what is not committed */
	g_hash_table_destroy(ledger->pictures);
	g_hash_table_destroy(ledger->outputs);
	g_string_chunk_free(ledger->strings);
	g_free(ledger);
}

const struct ledger_picture *ledger_find_picture(
	const struct ledger *ledger, const char *root, const char *path)
{
	return g_hash_table_lookup(ledger->pictures, &(struct ledger_picture){ .root = root, .path = path });
}

const struct ledger_output *ledger_find_output(const struct ledger *ledger, const char *path)
{
	return g_hash_table_lookup(ledger->outputs, &(struct ledger_output){ .path = path });
}

void ledger_each_picture(const struct ledger *ledger,
	void (*visit)(void *data, const struct ledger_picture *picture), void *data)
{
	GHashTableIter iter;
	gpointer key;

	g_hash_table_iter_init(&iter, ledger->pictures);
	while (g_hash_table_iter_next(&iter, &key, NULL))
		visit(data, key);
}

void ledger_each_output(const struct ledger *ledger,
	void (*visit)(void *data, const struct ledger_output *output), void *data)
{
	GHashTableIter iter;
	gpointer key;

	g_hash_table_iter_init(&iter, ledger->outputs);
	while (g_hash_table_iter_next(&iter, &key, NULL))
		visit(data, key);
}

static int64_t now_ms(void)
{
	return g_get_real_time() / 1000;
}

/* Changes are gathered in one transaction until ledger_commit(). */
static int begin_change(struct ledger *ledger, struct err *err)
{
	if (ledger->in_transaction)
		return 0;
	if (sqlite3_exec(ledger->database, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
		return ledger_store_err(err, ledger->database, "written");
	ledger->in_transaction = true;
	return 0;
}

static int change(struct ledger *ledger, sqlite3_stmt *statement, struct err *err)
{
	int code = sqlite3_step(statement);

	if (code != SQLITE_DONE)
		ledger_store_err(err, ledger->database, "written");
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	/* A full disk rolls the transaction back by itself. */
	ledger->in_transaction = !sqlite3_get_autocommit(ledger->database);
	return code == SQLITE_DONE ? 0 : -1;
}

int ledger_commit(struct ledger *ledger, struct err *err)
{
	if (!ledger->in_transaction)
		return 0;
	if (sqlite3_exec(ledger->database, "COMMIT", NULL, NULL, NULL) != SQLITE_OK) {
		ledger_store_err(err, ledger->database, "written");
		ledger->in_transaction = !sqlite3_get_autocommit(ledger->database);
		return -1;
	}
	ledger->in_transaction = false;
	return 0;
}

int ledger_begin_run(struct ledger *ledger, const char *version, struct err *err)
{
	sqlite3_stmt *statement;
	int result;

	if (begin_change(ledger, err) < 0)
		return -1;
	/* those that were killed: nobody will end them any more */
	sqlite3_exec(ledger->database, "UPDATE runs SET ended_ms = started_ms WHERE ended_ms IS NULL", NULL,
		NULL, NULL);
	if (sqlite3_prepare_v2(ledger->database,
		    "INSERT INTO runs (started_ms, pid, host, version) VALUES (?,?,?,?)", -1, &statement,
		    NULL) != SQLITE_OK)
		return ledger_store_err(err, ledger->database, "written");
	sqlite3_bind_int64(statement, 1, now_ms());
	sqlite3_bind_int(statement, 2, getpid());
	sqlite3_bind_text(statement, 3, g_get_host_name(), -1, SQLITE_TRANSIENT);
	sqlite3_bind_text(statement, 4, version, -1, SQLITE_TRANSIENT);
	result = change(ledger, statement, err);
	sqlite3_finalize(statement);
	ledger->run = sqlite3_last_insert_rowid(ledger->database);
	return result < 0 ? -1 : ledger_commit(ledger, err);
}

int ledger_end_run(struct ledger *ledger, int exit_status, struct err *err)
{
	sqlite3_stmt *statement;
	int result;

	if (begin_change(ledger, err) < 0)
		return -1;
	if (sqlite3_prepare_v2(ledger->database, "UPDATE runs SET ended_ms = ?, exit_status = ? WHERE id = ?",
		    -1, &statement, NULL) != SQLITE_OK)
		return ledger_store_err(err, ledger->database, "written");
	sqlite3_bind_int64(statement, 1, now_ms());
	sqlite3_bind_int(statement, 2, exit_status);
	sqlite3_bind_int64(statement, 3, ledger->run);
	result = change(ledger, statement, err);
	sqlite3_finalize(statement);
	return result < 0 ? -1 : ledger_commit(ledger, err);
}

int ledger_record_picture(struct ledger *ledger, const struct ledger_picture *picture, struct err *err)
{
	sqlite3_stmt *statement = ledger->statements[PUT_PICTURE];

	if (begin_change(ledger, err) < 0)
		return -1;
	ledger_row_bind_picture(statement, picture, &(struct ledger_stamp){ ledger->run, now_ms() });
	if (change(ledger, statement, err) < 0)
		return -1;
	keep_picture(ledger, picture);
	return 0;
}

int ledger_record_output(struct ledger *ledger, const struct ledger_output *output, struct err *err)
{
	sqlite3_stmt *statement = ledger->statements[PUT_OUTPUT];

	if (begin_change(ledger, err) < 0)
		return -1;
	ledger_row_bind_output(statement, output, &(struct ledger_stamp){ ledger->run, now_ms() });
	if (change(ledger, statement, err) < 0)
		return -1;
	keep_output(ledger, output);
	return 0;
}

int ledger_forget_picture(struct ledger *ledger, const char *root, const char *path, struct err *err)
{
	sqlite3_stmt *statement = ledger->statements[FORGET_PICTURE];

	if (begin_change(ledger, err) < 0)
		return -1;
	ledger_row_bind_path(statement, 1, root);
	ledger_row_bind_path(statement, 2, path);
	if (change(ledger, statement, err) < 0)
		return -1;
	g_hash_table_remove(ledger->pictures, &(struct ledger_picture){ .root = root, .path = path });
	return 0;
}

int ledger_forget_output(struct ledger *ledger, const char *path, struct err *err)
{
	sqlite3_stmt *statement = ledger->statements[FORGET_OUTPUT];

	if (begin_change(ledger, err) < 0)
		return -1;
	ledger_row_bind_path(statement, 1, path);
	if (change(ledger, statement, err) < 0)
		return -1;
	g_hash_table_remove(ledger->outputs, &(struct ledger_output){ .path = path });
	return 0;
}
