/* The native board's parts: a process with a file for flash, a pipe, pty or socket for a link, and pins that are log lines. */
#ifndef EN_NATIVE_H
#define EN_NATIVE_H

#include "board.h"

/* A line on standard error; standard output may be the link. */
void en_native_log(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same, then the end of the process with code 1. */
_Noreturn void en_native_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

enum { EN_NATIVE_FLASH_BYTES = 1 << 20, EN_NATIVE_ERASE_BYTES = 4096, EN_NATIVE_WRITE_BYTES = 8 };

/* What goes wrong with the flash, for tests. Operations are counted from 0. */
typedef struct en_native_flaws {
  long long cut_after, tear;  /* the power fails in this operation, once that many bytes are done; never if negative */
  long long fault_at, faults; /* from this operation on, so many are only half done */
} en_native_flaws;

/* flash.c: a file, locked against a second board; NULL for memory that is forgotten at the end. Sets the board's flash and
   `retained`. */
void en_native_flash_open(en_board *, const char *path, en_native_flaws);

/* link.c: standard input and output, a new pty, or a TCP port. Sets the board's read and write. */
void en_native_link_pipe(en_board *);
void en_native_link_pty(en_board *);
void en_native_link_tcp(en_board *, int port, bool any);
/* Waits until bytes come or the time is over. False when the host closed its end and no other can come. */
bool en_native_link_wait(int milliseconds);

/* microphone.c: a sound file, or - for standard input. Sets the board's sensor. */
void en_native_microphone_open(en_board *, const char *path);
/* main.c: monotonic. */
uint64_t en_native_nanoseconds(void);

/* pins.c: sets the board's pins. */
void en_native_pins_open(en_board *);

#endif
