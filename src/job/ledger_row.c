#include "job/ledger_row.h"

#include <string.h>

/* A column's bytes as a string; "" where it is NULL or holds a NUL of its own (no path of ours does). */
static const char *column_string(sqlite3_stmt *row, int column)
{
	const char *text = (const char *)sqlite3_column_text(row, column);

	return text && strlen(text) == (size_t)sqlite3_column_bytes(row, column) ? text : "";
}

static bool column_digest(sqlite3_stmt *row, int column, unsigned char digest[LEDGER_DIGEST_BYTES])
{
	const void *bytes = sqlite3_column_blob(row, column);

	if (!bytes || sqlite3_column_bytes(row, column) != LEDGER_DIGEST_BYTES)
		return false;
	memcpy(digest, bytes, LEDGER_DIGEST_BYTES);
	return true;
}

static enum reason reason_of_name(const char *name)
{
	for (enum reason reason = REASON_NONE + 1; reason < REASON_COUNT; reason++)
		if (strcmp(name, reason_name(reason)) == 0)
			return reason;
	return *name ? REASON_INTERNAL : REASON_NONE;
}

bool ledger_row_picture(sqlite3_stmt *row, struct ledger_picture *picture)
{
	struct unpack unpack;

	*picture = (struct ledger_picture){ .root = column_string(row, 0),
		.path = column_string(row, 1),
		.size_bytes = sqlite3_column_int64(row, 2),
		.mtime_ns = sqlite3_column_int64(row, 3),
		.inode = (uint64_t)sqlite3_column_int64(row, 4),
		.reason = reason_of_name(column_string(row, 5)),
		.message = column_string(row, 6),
		.attempts = sqlite3_column_int(row, 7) };
	if (!*picture->root || !*picture->path)
		return false;
	if (sqlite3_column_type(row, 8) == SQLITE_BLOB) {
		unpack_init(&unpack, sqlite3_column_blob(row, 8), (size_t)sqlite3_column_bytes(row, 8));
		facts_unpack(&picture->facts, &unpack);
		if (!unpack_done(&unpack))
			picture->facts = (struct facts){ .format = FORMAT_NONE };
	}
	/* a damaged file may be of the first version, which had none */
	if (sqlite3_column_count(row) > 11)
		picture->sequence = sqlite3_column_int(row, 11);
	return true;
}

bool ledger_row_output(sqlite3_stmt *row, struct ledger_output *output)
{
	*output = (struct ledger_output){ .path = column_string(row, 0),
		.root = column_string(row, 1),
		.input = column_string(row, 2),
		.input_bytes = sqlite3_column_int64(row, 3),
		.input_mtime_ns = sqlite3_column_int64(row, 4),
		.size_bytes = sqlite3_column_int64(row, 6),
		.mtime_ns = sqlite3_column_int64(row, 7),
		.width_px = sqlite3_column_int(row, 8),
		.height_px = sqlite3_column_int(row, 9),
		.mark_wanted = sqlite3_column_int(row, 11),
		.marked = sqlite3_column_int(row, 12),
		.metadata = (enum metadata_policy)sqlite3_column_int(row, 13) };
	return *output->path && *output->root && *output->input && column_digest(row, 5, output->recipe) &&
	       column_digest(row, 10, output->content);
}

void ledger_row_bind_path(sqlite3_stmt *statement, int place, const char *path)
{
	sqlite3_bind_blob(statement, place, path, (int)strlen(path), SQLITE_TRANSIENT);
}

static void bind_facts(sqlite3_stmt *statement, int place, const struct facts *facts)
{
	struct pack pack;

	if (facts->format == FORMAT_NONE)
		return;
	pack_init(&pack);
	facts_pack(facts, &pack);
	if (!pack.failed)
		sqlite3_bind_blob(statement, place, pack.data, (int)pack.size_bytes, SQLITE_TRANSIENT);
	pack_finish(&pack);
}

void ledger_row_bind_picture(
	sqlite3_stmt *statement, const struct ledger_picture *picture, const struct ledger_stamp *stamp)
{
	ledger_row_bind_path(statement, 1, picture->root);
	ledger_row_bind_path(statement, 2, picture->path);
	sqlite3_bind_int64(statement, 3, picture->size_bytes);
	sqlite3_bind_int64(statement, 4, picture->mtime_ns);
	sqlite3_bind_int64(statement, 5, (int64_t)picture->inode);
	sqlite3_bind_text(statement, 6, reason_name(picture->reason), -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 7, picture->message ? picture->message : "", -1, SQLITE_TRANSIENT);
	sqlite3_bind_int(statement, 8, picture->attempts);
	bind_facts(statement, 9, &picture->facts);
	sqlite3_bind_int64(statement, 10, stamp->run);
	sqlite3_bind_int64(statement, 11, stamp->now_ms);
	sqlite3_bind_int(statement, 12, picture->sequence);
}

void ledger_row_bind_output(
	sqlite3_stmt *statement, const struct ledger_output *output, const struct ledger_stamp *stamp)
{
	ledger_row_bind_path(statement, 1, output->path);
	ledger_row_bind_path(statement, 2, output->root);
	ledger_row_bind_path(statement, 3, output->input);
	sqlite3_bind_int64(statement, 4, output->input_bytes);
	sqlite3_bind_int64(statement, 5, output->input_mtime_ns);
	sqlite3_bind_blob(statement, 6, output->recipe, LEDGER_DIGEST_BYTES, SQLITE_TRANSIENT);
	sqlite3_bind_int64(statement, 7, output->size_bytes);
	sqlite3_bind_int64(statement, 8, output->mtime_ns);
	sqlite3_bind_int(statement, 9, output->width_px);
	sqlite3_bind_int(statement, 10, output->height_px);
	sqlite3_bind_blob(statement, 11, output->content, LEDGER_DIGEST_BYTES, SQLITE_TRANSIENT);
	sqlite3_bind_int(statement, 12, output->mark_wanted);
	sqlite3_bind_int(statement, 13, output->marked);
	sqlite3_bind_int(statement, 14, (int)output->metadata);
	sqlite3_bind_int64(statement, 15, stamp->run);
	sqlite3_bind_int64(statement, 16, stamp->now_ms);
}
