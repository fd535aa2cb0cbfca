/*
 * keeper.h: the server of a manager, in its own process: it keeps the objects and does what clients ask.
 *
 * One poll loop, one request at a time, so each is one step. It waits for nobody: what a client does not read
 * it does not get, and who sends what is no request is hung up on.
 */
#ifndef STAMPMILL_MP_KEEPER_H
#define STAMPMILL_MP_KEEPER_H

/* Until it is told to end or nobody has the other end of `door` any more. Returns the exit status. (The form
 * is sys/child.h's.) */
int keeper_live(void *argument, int door);

#endif
