/* What common/run.c asks of a port, besides the en_board itself. */
#ifndef EN_PORT_H
#define EN_PORT_H

#include "board.h"

/* Starts the hardware; called once, before everything else. */
const en_board *en_port_open(void);
/* Sleeps until something has come or, at the latest, 10 ms later. Must not sleep over bytes that came just before. */
void en_port_wait(void);

#endif
