/*
 * sweep.h: removes what runs that were killed have left behind.
 */
#ifndef STAMPMILL_SYS_SWEEP_H
#define STAMPMILL_SYS_SWEEP_H

/* Remove the temporary files of outfile.h in `folder_fd` and below, and nothing else; no symbolic link is
 * followed. Only while no run is at work there. Returns how many were removed. Folders that cannot be read
 * are passed over. */
int sweep_temporaries(int folder_fd);

#endif
