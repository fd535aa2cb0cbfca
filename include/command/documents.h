/*
 * documents.h: what is installed beside the program and made from its option table.
 */
#ifndef STAMPMILL_COMMAND_DOCUMENTS_H
#define STAMPMILL_COMMAND_DOCUMENTS_H

/* Write the man page (roff), or the completion for bash, to standard output. */
void document_manual(void);
void document_completion(void);

#endif
