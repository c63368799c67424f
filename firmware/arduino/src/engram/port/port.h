/* The session between the sketch's C++ and the core's C. */
#ifndef EN_ARDUINO_PORT_H
#define EN_ARDUINO_PORT_H

#include "board.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Sets what all boards have alike: storage in RAM unless the board has flash, and the sensor's part if it has one. */
void en_arduino_open(en_board *board, uint8_t *storage, size_t storage_bytes, void (*detected)(const char *label, float score));
bool en_arduino_poll(void);
/* A reset for the host: the session begins anew at the next poll, what is stored in RAM stays. */
void en_arduino_restart(void);

#ifdef __cplusplus
}
#endif

#endif
