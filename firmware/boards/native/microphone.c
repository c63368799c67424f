/* A microphone that is a file or standard input, paced as sound is: WAV of one channel and 16 bits, or just such samples. At its end it
   is silent. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "listen.h"
#include "native.h"

enum { CHUNK_HEAD = 8 };

static int file = -1;
static const char *name;
static uint32_t file_rate; /* 0: it does not say */
static uint32_t rate;
static uint64_t begun_ns, given;
static uint8_t read_ahead[12];
static size_t ahead;

static uint32_t number(const uint8_t *bytes, int count) {
  uint32_t value = 0;
  for (int i = count - 1; i >= 0; i--) value = value << 8 | bytes[i];
  return value;
}

/* As many bytes as there are, at most `count`; standard input may give them in parts. */
static size_t take(uint8_t *bytes, size_t count) {
  size_t done = 0;
  for (ssize_t part = 1; done < count && part > 0; done += part > 0 ? (size_t)part : 0) {
    do part = read(file, bytes + done, count - done);
    while (part < 0 && errno == EINTR);
  }
  return done;
}

static void skip(uint32_t count) {
  uint8_t bytes[256];
  while (count > 0) {
    const size_t part = take(bytes, count < sizeof bytes ? count : sizeof bytes);
    if (part == 0) return;
    count -= (uint32_t)part;
  }
}

/* Up to the samples of a WAV file. */
static void read_head(void) {
  ahead = take(read_ahead, sizeof read_ahead);
  if (ahead < sizeof read_ahead || memcmp(read_ahead, "RIFF", 4) != 0 || memcmp(read_ahead + 8, "WAVE", 4) != 0) return;
  ahead = 0;
  uint8_t head[CHUNK_HEAD], format[16];
  while (take(head, sizeof head) == sizeof head) {
    uint32_t bytes = number(head + 4, 4);
    if (memcmp(head, "data", 4) == 0) {
      if (!file_rate) en_native_fail("%s says nothing of its samples before them", name);
      return;
    }
    if (memcmp(head, "fmt ", 4) == 0 && bytes >= sizeof format && take(format, sizeof format) == sizeof format) {
      const uint32_t kind = number(format, 2), channels = number(format + 2, 2), bits = number(format + 14, 2);
      if (kind != 1 || channels != 1 || bits != 16) en_native_fail("%s is no sound of one channel and 16 bits", name);
      file_rate = number(format + 4, 4);
      bytes -= (uint32_t)sizeof format;
    }
    skip(bytes + (bytes & 1));
  }
  en_native_fail("%s has no samples", name);
}

static bool native_listen(uint32_t wanted) {
  rate = wanted;
  begun_ns = en_native_nanoseconds();
  given = 0;
  if (rate == 0 || file_rate == 0 || file_rate == rate) return true;
  en_native_log("microphone %s has %u samples a second, the model wants %u", name, file_rate, rate);
  return false;
}

/* Some of what has come since the start, as far as the file has it: standard input may be late. */
static size_t native_samples(int16_t *to, size_t room) {
  const uint64_t come = (en_native_nanoseconds() - begun_ns) / 1000 * rate / 1000000 - given;
  const size_t most = come < room ? (size_t)come : room, wanted = 2 * most;
  uint8_t *bytes = (uint8_t *)to;
  size_t done = ahead < wanted ? ahead : wanted;
  memcpy(bytes, read_ahead, done);
  memmove(read_ahead, read_ahead + done, ahead -= done);
  while (done < wanted) {
    const ssize_t part = read(file, bytes + done, wanted - done);
    if (part > 0) done += (size_t)part;
    else if (part < 0 && errno == EINTR) continue;
    else if (part < 0 && errno == EAGAIN) break;
    else {
      memset(bytes + done, 0, wanted - done);
      done = wanted;
    }
  }
  if (done % 2) read_ahead[ahead++] = bytes[--done];
  given += done / 2;
  return done / 2;
}

void en_native_microphone_open(en_board *board, const char *path) {
  static en_listener listener;
  name = path;
  file = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) en_native_fail("cannot open the sound file %s: %s", path, strerror(errno));
  read_head();
  (void)fcntl(file, F_SETFL, fcntl(file, F_GETFL) | O_NONBLOCK);
  board->listen = native_listen;
  board->samples = native_samples;
  board->listening = &en_listen;
  board->listener = &listener;
}
