/*
 * recipe_digest.h: a number for what an output's settings mean, by which a changed recipe is noticed.
 *
 * Of the meaning, not the spelling: everything that shapes the output's bytes, the contents of its logo
 * and its profile included, and nothing else: not how the run goes, and not the output's name, which the
 * ledger knows it by. The same from run to run and from version to version, as long as the settings mean the
 * same.
 */
#ifndef STAMPMILL_JOB_RECIPE_DIGEST_H
#define STAMPMILL_JOB_RECIPE_DIGEST_H

#include "base/err.h"
#include "base/pack.h"
#include "job/settings.h"

#define RECIPE_DIGEST_BYTES 32

/* Returns 0; or -1 with `err` (watermark) when the logo cannot be read. */
int recipe_digest(const struct output_settings *output, const struct settings *settings,
	unsigned char digest[RECIPE_DIGEST_BYTES], struct err *err);

/* Add a logo to what a digest is made of. 0, or -1 with `err` (watermark) when it cannot be read. */
int recipe_digest_file(struct pack *pack, const char *file, struct err *err);

/* The digest of what is in `pack`, which is used up. 0, or -1 with `err` when memory was out. */
int recipe_digest_pack(struct pack *pack, unsigned char digest[RECIPE_DIGEST_BYTES], struct err *err);

#endif
