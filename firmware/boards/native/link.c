/* The byte stream to the host: standard input and output, a pseudo-terminal, or one TCP connection at a time. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "native.h"

enum { WRITE_PATIENCE_MS = 1000 };

static int input = -1, output = -1, listener = -1;
static bool is_pty, ended;

static void hang_up(void) {
  if (listener < 0) {
    ended = true;
    return;
  }
  close(input);
  input = output = -1;
}

static size_t link_read(uint8_t *bytes, size_t room) {
  if (input < 0) return 0;
  ssize_t count = read(input, bytes, room);
  if (count > 0) return (size_t)count;
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
  /* A pty without its other end reads as an error until somebody opens that again. */
  if (!is_pty) hang_up();
  return 0;
}

static void link_write(const uint8_t *bytes, size_t count) {
  while (count > 0 && output >= 0 && !ended) {
    ssize_t written = write(output, bytes, count);
    if (written > 0) {
      bytes += written;
      count -= (size_t)written;
      continue;
    }
    if (written < 0 && errno == EINTR) continue;
    struct pollfd writable = {.fd = output, .events = POLLOUT};
    if (written < 0 && errno == EAGAIN && poll(&writable, 1, WRITE_PATIENCE_MS) > 0) continue;
    return; /* nobody takes it; the wire sends it again to whoever does */
  }
}

static void open_link(en_board *board, int in, int out) {
  input = in;
  output = out;
  if (in >= 0) (void)fcntl(in, F_SETFL, fcntl(in, F_GETFL) | O_NONBLOCK);
  if (out >= 0) (void)fcntl(out, F_SETFL, fcntl(out, F_GETFL) | O_NONBLOCK);
  board->read = link_read;
  board->write = link_write;
}

void en_native_link_pipe(en_board *board) { open_link(board, STDIN_FILENO, STDOUT_FILENO); }

void en_native_link_pty(en_board *board) {
  int pty = posix_openpt(O_RDWR | O_NOCTTY);
  if (pty < 0 || grantpt(pty) != 0 || unlockpt(pty) != 0) en_native_fail("cannot open a pseudo-terminal: %s", strerror(errno));
  const char *name = ptsname(pty);
  /* Its other end is made raw and held open, so that nothing is echoed and a host may come and go. */
  int other = open(name, O_RDWR | O_NOCTTY);
  struct termios settings;
  if (other < 0 || tcgetattr(other, &settings) != 0) en_native_fail("cannot open %s: %s", name, strerror(errno));
  cfmakeraw(&settings);
  (void)tcsetattr(other, TCSANOW, &settings);
  is_pty = true;
  open_link(board, pty, pty);
  en_native_log("pty %s", name);
}

void en_native_link_tcp(en_board *board, int port, bool any) {
  listener = socket(AF_INET, SOCK_STREAM, 0);
  int on = 1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  address.sin_addr.s_addr = htonl(any ? INADDR_ANY : INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      bind(listener, (struct sockaddr *)&address, length) != 0 || listen(listener, 1) != 0 ||
      getsockname(listener, (struct sockaddr *)&address, &length) != 0) {
    en_native_fail("cannot listen on port %d: %s", port, strerror(errno));
  }
  open_link(board, -1, -1);
  en_native_log("tcp %d", ntohs(address.sin_port));
}

static bool host_has_gone(void) {
  struct pollfd state = {.fd = input, .events = POLLIN};
  if (poll(&state, 1, 0) > 0 && state.revents & (POLLHUP | POLLERR)) return true; /* bytes of his may still wait */
  uint8_t byte;
  ssize_t count = recv(input, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR);
}

/* A host whose machine or network is gone sends no farewell: asked every two seconds, it is given up after eight. Without
   success the board only waits longer. */
static void notice_silence(int host) {
#ifdef TCP_KEEPIDLE
  enum { IDLE = TCP_KEEPIDLE };
#else
  enum { IDLE = TCP_KEEPALIVE };
#endif
  int on = 1, seconds = 2, times = 3;
  (void)setsockopt(host, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  (void)setsockopt(host, IPPROTO_TCP, IDLE, &seconds, sizeof seconds);
  (void)setsockopt(host, IPPROTO_TCP, TCP_KEEPINTVL, &seconds, sizeof seconds);
  (void)setsockopt(host, IPPROTO_TCP, TCP_KEEPCNT, &times, sizeof times);
#ifdef TCP_USER_TIMEOUT
  int milliseconds = 8000; /* counts where bytes of ours are not acknowledged, which stops the asking */
  (void)setsockopt(host, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof milliseconds);
#endif
}

/* One host at a time: while one is connected another is turned away. */
static void accept_host(void) {
  int host = accept(listener, NULL, NULL);
  if (host < 0) return;
  if (input >= 0 && host_has_gone()) hang_up();
  if (input >= 0) {
    close(host);
    return;
  }
  int on = 1;
  (void)setsockopt(host, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  notice_silence(host);
  (void)fcntl(host, F_SETFL, fcntl(host, F_GETFL) | O_NONBLOCK);
  input = output = host;
}

bool en_native_link_wait(int milliseconds) {
  if (ended) return false;
  struct pollfd waiting[2] = {{.fd = input, .events = POLLIN}, {.fd = listener, .events = POLLIN}};
  if (poll(waiting, 2, milliseconds) > 0 && waiting[1].revents) accept_host();
  return true;
}
