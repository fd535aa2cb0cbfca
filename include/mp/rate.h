/*
 * rate.h: a rate limit over any number of processes: N a second in all, not N for each.
 *
 * Calling order: mp_rate_new() before the processes are forked that shall share it; mp_rate_take() in any of
 * them, and in any thread, before each thing that is limited; mp_rate_free() in each.
 *
 * It is a token bucket that holds up to `burst` tokens and gets `per_second` of them a second, kept as one
 * number in shared memory: the time at which the bucket will be full (the virtual scheduling of the generic
 * cell rate algorithm, ITU-T I.371). Taking a token is one atomic step that also says when it is due; whoever
 * takes it sleeps until then. So turns come in the order in which they were asked for, and nobody is woken
 * for nothing.
 *
 * What holds when a party dies: there is no lock and no holder; who dies while it waits for its turn costs
 * that turn, and holds up nobody. When it is stopped: likewise; once it goes on it uses its turn late, so
 * that many who were stopped together come together. When it turns hostile, it can let everybody pass, or
 * make others wait for as long as they said; nothing worse.
 *
 * Errors: 0 on success, a negative errno otherwise; nothing is printed. Bad use is told so as well: NULL
 * in place of a handle, a name or a result gives -EINVAL, or where no errno is returned NULL with EINVAL,
 * 0, -1 or ""; freeing NULL does nothing.
 */
#ifndef STAMPMILL_MP_RATE_H
#define STAMPMILL_MP_RATE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mp_rate;

/* `per_second` from 0.000001 to 1000000; `burst`, from 1 to 1000000, is how many may come at once after a
 * pause (1: never two together). It is full at first. NULL with errno: EINVAL, ENOMEM, EMFILE. */
struct mp_rate *mp_rate_new(double per_second, int burst);

/* The descriptor of its memory, for processes that do not have it by fork: mp_rate_attach() makes it usable
 * there. Do not close it. */
int mp_rate_fd(const struct mp_rate *rate);

/* The limit whose mp_rate_fd() this is in another process; the descriptor stays the caller's. NULL with
 * errno: EINVAL for anything else, EBADF, ENOMEM, EMFILE. */
struct mp_rate *mp_rate_attach(int fd);

/* Take a turn, and wait for it up to timeout_ms (0: not at all; -1: for ever). Returns 0; -ETIMEDOUT at once
 * when it would not come within that time, and then none is taken. */
int mp_rate_take(struct mp_rate *rate, int timeout_ms);

/* How long mp_rate_take() would have to wait now, in microseconds; 0: not at all. For poll loops; takes
 * nothing, and may be outdated at once when others take. */
int64_t mp_rate_wait_us(const struct mp_rate *rate);

/* In this process. Sets *rate to NULL; NULL is allowed. */
void mp_rate_free(struct mp_rate **rate);

#ifdef __cplusplus
}
#endif

#endif
