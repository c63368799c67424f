#include "port.h"

#include <string.h>

#include "listen.h"
#include "ram-flash.h"
#include "session.h"

enum { LABEL_BYTES = 32 };

static en_board *arduino;
static en_session session;
static bool restarts;
static void (*on_detection)(const char *label, float score);

static void detected(en_session *of, const en_decision *decision) {
  en_listen.detected(of, decision);
  if (!on_detection) return;
  size_t length;
  const char *name = en_decoder_label(of->stream.decoder, (size_t)decision->detected, &length);
  char label[LABEL_BYTES];
  if (length > sizeof label - 1) length = sizeof label - 1;
  memcpy(label, name, length);
  label[length] = 0;
  on_detection(label, (float)decision->score / 32768);
}

void en_arduino_open(en_board *board, uint8_t *storage, size_t storage_bytes, void (*user)(const char *label, float score)) {
  static en_listener listener;
  static en_listening listening;
  arduino = board;
  on_detection = user;
  if (!board->flash) en_ram_flash_open(board, storage, storage_bytes);
  if (board->listen) {
    listening = en_listen;
    listening.detected = detected;
    board->listening = &listening;
    board->listener = &listener;
  }
  en_session_open(&session, board);
}

void en_arduino_restart(void) { restarts = true; }

bool en_arduino_poll(void) {
  const bool busy = en_session_poll(&session);
  if (!restarts) return busy;
  restarts = false;
  if (arduino->listener) memset(arduino->listener, 0, sizeof *arduino->listener);
  if (arduino->listen) (void)arduino->listen(0);
  en_session_open(&session, arduino);
  return true;
}
