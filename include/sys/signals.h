/*
 * signals.h: signals as events of a poll loop, and a proper death by one.
 *
 * Calling order, in the supervisor, before workers are forked: signals_catch(); then signals_next() whenever
 * the descriptor is readable; signals_release() puts everything back as it was. A forked worker calls
 * signals_enter_worker().
 */
#ifndef STAMPMILL_SYS_SIGNALS_H
#define STAMPMILL_SYS_SIGNALS_H

/* Block SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGCONT and SIGWINCH and ignore SIGPIPE (writers see EPIPE); one
 * that the parent had ignored (nohup) stays ignored. Returns a signalfd (CLOEXEC, non-blocking) or a negative
 * errno. Once per process. */
int signals_catch(void);

/* The next signal's number, 0 when there is none waiting, or a negative errno. */
int signals_next(int fd);

/* Restore mask and dispositions and close the descriptor. */
void signals_release(int fd);

/* In a worker: ignore SIGINT, SIGTERM, SIGHUP and SIGTSTP (terminals and service managers send them to the
 * whole group; the supervisor decides), and start with an empty mask. */
void signals_enter_worker(void);

/* Stop this process as ^Z would have; returns when it is continued. By SIGTSTP with its default action, not
 * by SIGSTOP: where no shell could continue the process (an orphaned process group, as under `ssh -t` or
 * `docker run -t`), the kernel stops nothing, and this returns at once. */
void signals_stop_self(void);

/* Die of signal `number` by its default action, so that the parent sees it. Does not return: where the signal
 * does not kill (the first process of a container) it exits with 128 + number. */
_Noreturn void signals_die_of(int number);

/* "SIGKILL" for 9; "signal 77" for those without a name, in static memory that the next such call
 * overwrites. */
const char *signals_name(int number);

#endif
