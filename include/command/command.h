/*
 * command.h: the program's commands. Each takes its own arguments (argv[0] is the command's name) and returns
 * the exit status of the contract, or does not return when the run was ended by a signal.
 */
#ifndef STAMPMILL_COMMAND_COMMAND_H
#define STAMPMILL_COMMAND_COMMAND_H

enum exit_status {
	EXIT_ALL_MADE = 0,
	EXIT_SOME_FAILED = 1,
	EXIT_NOT_STARTED = 2,
	EXIT_STOPPED = 3
};

int command_run(int argc, char **argv);
int command_verify(int argc, char **argv);
int command_doctor(int argc, char **argv);

#endif
