/* A board that is a process. `engram --help` says how to start it. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "native.h"
#include "session.h"

enum { FRAME_BYTES = 4096, SENT_BYTES = 8192, MODEL_BYTES = 64 * 1024, HEAP_BYTES = 64 * 1024, RECEIVE_BYTES = 48 * 1024 };

static uint8_t frame[FRAME_BYTES] __attribute__((aligned(8)));
static uint8_t sent[SENT_BYTES] __attribute__((aligned(8)));
static uint8_t model[MODEL_BYTES] __attribute__((aligned(8)));
static uint8_t heap[HEAP_BYTES] __attribute__((aligned(8)));
static jmp_buf start;
static volatile sig_atomic_t stopped;
static uint64_t clock_ahead_ms;

void en_native_log(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
}

void en_native_fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("engram board: ", stderr);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
  exit(1);
}

uint64_t en_native_nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static uint32_t milliseconds(void) { return (uint32_t)(en_native_nanoseconds() / 1000000u + clock_ahead_ms); }
static uint32_t ticks(void) { return (uint32_t)(en_native_nanoseconds() / 100); }
static void reset(void) { longjmp(start, 1); }

static void stop(int signal) {
  (void)signal;
  stopped = 1;
}

static const char usage[] =
  "usage: engram [--flash FILE] [--pty | --tcp PORT [--any]] [--microphone FILE] [for tests: --cut-after N --tear K, ...]\n"
  "A board that is a process. Without --pty or --tcp its link is standard input and output.\n"
  "  --flash FILE           keep models in FILE; else they are forgotten at the end\n"
  "  --pty                  open a pseudo-terminal and print its name on standard error\n"
  "  --tcp PORT             listen on this port of the local host (--any: of every interface; nothing is authenticated)\n"
  "  --microphone FILE      hear FILE as it sounds, of one channel and 16 bits; - is standard input, beside --pty or --tcp\n"
  "  --cut-after N          power fails in flash operation N (0 is the first), once K bytes of it are done (--tear K)\n"
  "  --fault-at N           from flash operation N on, K are only half done (--faults K)\n"
  "  --milliseconds-from N  the clock starts at N\n"
  "  --counts-from N        streams count samples and ticks from N\n";

static long long number(const char *option, const char *text, long long least, long long most) {
  char *end = NULL;
  long long value = text ? strtoll(text, &end, 10) : 0;
  if (!text || end == text || *end || value < least || value > most) {
    en_native_fail("%s wants a number from %lld to %lld", option, least, most);
  }
  return value;
}

typedef struct options {
  const char *flash, *microphone;
  bool pty, any;
  int port;
  en_native_flaws flaws;
  long long milliseconds_from, counts_from;
} options;

static options read_options(int count, char **arguments) {
  enum { COUNT_MOST = 1 << 30 };
  options options = {.port = -1, .flaws = {.cut_after = -1}, .milliseconds_from = -1};
  for (int i = 1; i < count; i++) {
    const char *option = arguments[i], *value = i + 1 < count ? arguments[i + 1] : NULL;
    if (!strcmp(option, "--pty")) options.pty = true;
    else if (!strcmp(option, "--any")) options.any = true;
    else if (!strcmp(option, "--flash") && value) options.flash = arguments[++i];
    else if (!strcmp(option, "--microphone") && value) options.microphone = arguments[++i];
    else if (!strcmp(option, "--tcp")) options.port = (int)number(option, arguments[++i], 0, 65535);
    else if (!strcmp(option, "--cut-after")) options.flaws.cut_after = number(option, arguments[++i], 0, COUNT_MOST);
    else if (!strcmp(option, "--tear")) options.flaws.tear = number(option, arguments[++i], 0, COUNT_MOST);
    else if (!strcmp(option, "--fault-at")) options.flaws.fault_at = number(option, arguments[++i], 0, COUNT_MOST);
    else if (!strcmp(option, "--faults")) options.flaws.faults = number(option, arguments[++i], 0, COUNT_MOST);
    else if (!strcmp(option, "--milliseconds-from")) options.milliseconds_from = number(option, arguments[++i], 0, UINT32_MAX);
    else if (!strcmp(option, "--counts-from")) options.counts_from = number(option, arguments[++i], 0, UINT32_MAX);
    else {
      fputs(usage, stderr);
      exit(strcmp(option, "--help") ? 2 : 0);
    }
  }
  return options;
}

int main(int count, char **arguments) {
  static options options;
  options = read_options(count, arguments);
  static en_board board = {
    .name = "native",
    .receive_bytes = RECEIVE_BYTES,
    .milliseconds = milliseconds, .ticks = ticks, .ticks_per_second = 10000000,
    .reset = reset,
    .frame = frame, .sent = sent, .model = model, .heap = heap,
    .frame_bytes = sizeof frame, .sent_bytes = sizeof sent, .model_bytes = sizeof model, .heap_bytes = sizeof heap,
  };
  if (options.milliseconds_from >= 0) clock_ahead_ms = (uint64_t)options.milliseconds_from - en_native_nanoseconds() / 1000000u;
  struct sigaction action = {.sa_handler = stop};
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  signal(SIGPIPE, SIG_IGN);
  en_native_flash_open(&board, options.flash, options.flaws);
  en_native_pins_open(&board);
  if (options.microphone && !strcmp(options.microphone, "-") && !options.pty && options.port < 0) {
    en_native_fail("standard input is the link; --microphone - wants --pty or --tcp");
  }
  if (options.microphone) en_native_microphone_open(&board, options.microphone);
  if (options.pty) en_native_link_pty(&board);
  else if (options.port >= 0) en_native_link_tcp(&board, options.port, options.any);
  else en_native_link_pipe(&board);

  static en_session session;
  (void)setjmp(start); /* a reset comes back here; everything below starts anew */
  en_session_open(&session, &board);
  while (!stopped) {
    const bool was_open = session.stream.open;
    const bool busy = en_session_poll(&session);
    if (session.stream.open && !was_open) {
      session.stream.samples += (uint32_t)options.counts_from;
      session.stream.ticks += (uint64_t)options.counts_from;
    }
    if (!busy && !en_native_link_wait(10)) break;
  }
  en_session_close(&session);
  return 0;
}
