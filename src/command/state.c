#include "command/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/path.h"
#include "report/log.h"
#include "sys/dir.h"

static char *folder_name(const char *wanted, const char *output_folder)
{
	return wanted ? strdup(wanted) : path_join(output_folder, ".stampmill");
}

/* SQLite is told to follow no link, so that nobody can put one in the ledger's place; it then takes none in
 * the whole path, which may well lead through some. */
static char *without_links(const char *folder)
{
	char *real = realpath(folder, NULL);

	return real ? real : strdup(folder);
}

static int take_lock(struct state *state, struct log *log, struct err *err)
{
	struct run_lock_holder holder;
	int error = run_lock_acquire(&state->lock, state->fd, &holder);

	if (error == -EBUSY)
		return err_set(err, REASON_INTERNAL, "another run is at work here: %s (%s)", holder.text,
			state->folder);
	if (error == -ENOLCK) {
		state->unguarded = true;
		log_line(log, LOG_WARNING, NULL,
			"%s: no locks on this file system: make sure that only one run is at work",
			state->folder);
		return 0;
	}
	return error < 0 ? err_set_errno(err, error, "%s: cannot be locked", state->folder) : 0;
}

static void tell_of_damage(const struct state *state, struct log *log)
{
	if (state->opened.set_aside[0])
		log_line(log, LOG_WARNING, NULL,
			"%s: the ledger was damaged; it is kept as %s, and %zu outputs could be read out of "
			"it",
			state->folder, state->opened.set_aside, state->opened.saved_outputs);
}

int state_open(
	struct state *state, const char *wanted, const char *output_folder, struct log *log, struct err *err)
{
	autofree char *real = NULL;
	struct stat status;

	*state = (struct state)STATE_INIT;
	state->folder = folder_name(wanted, output_folder);
	if (!state->folder)
		return err_set_errno(err, -ENOMEM, "the ledger's folder");
	state->made = stat(state->folder, &status) < 0;
	state->fd = dir_make(state->folder);
	if (state->fd < 0)
		return err_set_errno(err, state->fd, "%s: the ledger's folder cannot be made", state->folder);
	if (take_lock(state, log, err) < 0)
		return -1;
	real = without_links(state->folder);
	if (!real)
		return err_set_errno(err, -ENOMEM, "the ledger's folder");
	state->ledger = ledger_open(real, &state->opened, err);
	if (!state->ledger)
		return -1;
	tell_of_damage(state, log);
	return 0;
}

int state_look(struct state *state, const char *wanted, const char *output_folder, struct err *err)
{
	autofree char *real = NULL;

	*state = (struct state)STATE_INIT;
	state->folder = folder_name(wanted, output_folder);
	if (state->folder)
		real = without_links(state->folder);
	if (!real)
		return err_set_errno(err, -ENOMEM, "the ledger's folder");
	state->ledger = ledger_look(real, err);
	return state->ledger ? 0 : -1;
}

void state_undo(struct state *state)
{
	if (!state->made)
		return;
	ledger_close(state->ledger);
	state->ledger = NULL;
	unlinkat(state->fd, "ledger.sqlite", 0);
	unlinkat(state->fd, "lock", 0);
	rmdir(state->folder);
}

void state_close(struct state *state)
{
	ledger_close(state->ledger);
	run_lock_release(&state->lock);
	if (state->fd >= 0)
		close(state->fd);
	free(state->folder);
	*state = (struct state)STATE_INIT;
}
