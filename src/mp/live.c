#include "mp/live.h"

#include <stdio.h>

#include "mp/current.h"
#include "mp/log.h"

int live_as_process(const struct mp_process_config *config, const char *number)
{
	int status;

	current_become(config->name, number);
	mp_log(MP_LOG_INFO, "child process calling self.run()");
	status = config->run ? config->run(config->argument) : config->run_given(&config->given);
	status &= 0xff;
	fflush(NULL);
	mp_log(MP_LOG_INFO, "process shutting down");
	mp_log(MP_LOG_INFO, "process exiting with exitcode %d", status);
	return status;
}
