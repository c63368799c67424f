/* The main loop of a board without an operating system. */
#include "port.h"
#include "session.h"

int main(void) {
  static en_session session;
  en_session_open(&session, en_port_open());
  for (;;) {
    if (!en_session_poll(&session)) en_port_wait();
  }
}
