/* The host's side of Arduino.h: a sketch with its setup and loop becomes a program that ends with its input. Its argument is what the
   microphone hears. */
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "Arduino.h"
#include "PDM.h"
#include "Servo.h"

HostSerial Serial;
PDMClass PDM;

/* ---- Time, pins ---- */

static uint64_t nanoseconds() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1000000000u + static_cast<uint64_t>(now.tv_nsec);
}

unsigned long millis() { return nanoseconds() / 1000000; }
unsigned long micros() { return nanoseconds() / 1000; }

static uint8_t modes[NUM_DIGITAL_PINS];

void pinMode(uint8_t pin, uint8_t mode) {
  static const char *const names[] = {"input", "output", "pullup"};
  modes[pin] = mode;
  fprintf(stderr, "pin %d mode %s\n", pin, names[mode]);
}

void digitalWrite(uint8_t pin, uint8_t value) { fprintf(stderr, "pin %d %s\n", pin, value ? "high" : "low"); }
int digitalRead(uint8_t pin) { return modes[pin] == INPUT_PULLUP; }
int analogRead(uint8_t pin) { return pin * 10; }
void analogWrite(uint8_t pin, int value) { fprintf(stderr, "pwm %d %d\n", pin, value); }

void Servo::attach(int at, int least, int most) {
  pin = at;
  fprintf(stderr, "servo %d from %d to %d microseconds\n", pin, least, most);
}
void Servo::write(int value) { fprintf(stderr, "servo %d %d\n", pin, value); }
void Servo::detach() {
  fprintf(stderr, "servo %d detached\n", pin);
  pin = -1;
}

/* ---- Serial: like a core's receive buffer, small ---- */

static uint8_t received[64];
static int first, held;

static bool has_come(int wait_ms) {
  pollfd input = {STDIN_FILENO, POLLIN, 0};
  return poll(&input, 1, wait_ms) > 0;
}

int HostSerial::available() {
  if (held > 0 || !has_come(0)) return held;
  first = 0;
  held = static_cast<int>(::read(STDIN_FILENO, received, sizeof received));
  if (held <= 0) exit(0);
  return held;
}

int HostSerial::peek() { return available() ? received[first] : -1; }

int HostSerial::read() {
  const int byte = peek();
  if (byte >= 0) first++, held--;
  return byte;
}

size_t HostSerial::write(uint8_t byte) { return write(&byte, 1); }

size_t HostSerial::write(const uint8_t *bytes, size_t count) {
  const ssize_t written = ::write(STDOUT_FILENO, bytes, count);
  if (written < 0) exit(0);
  return static_cast<size_t>(written);
}

/* ---- Microphone ---- */

enum { PART = 512 };
static FILE *sound;
static void (*on_receive)();
static uint64_t begun_ns, given;
static int rate, waiting;

int PDMClass::begin(int channels, int wanted) {
  fprintf(stderr, "microphone at %d\n", wanted);
  begun_ns = nanoseconds();
  given = 0;
  rate = sound && channels == 1 ? wanted : 0;
  return rate != 0;
}

void PDMClass::end() { rate = 0; }
void PDMClass::onReceive(void (*heard)()) { on_receive = heard; }
int PDMClass::available() { return waiting; }

int PDMClass::read(void *to, int bytes) {
  if (bytes > waiting) bytes = waiting;
  const size_t got = fread(to, 1, static_cast<size_t>(bytes), sound);
  memset(static_cast<uint8_t *>(to) + got, 0, static_cast<size_t>(bytes) - got); /* after its end it is silent */
  waiting -= bytes;
  return bytes;
}

static void interrupt() {
  if (!rate || !on_receive) return;
  while ((nanoseconds() - begun_ns) / 1000 * static_cast<uint64_t>(rate) / 1000000 >= given + PART / 2) {
    given += PART / 2;
    waiting += PART;
    on_receive();
  }
}

/* ---- The program ---- */

void setup();
void loop();

int main(int count, char **arguments) {
  if (count > 1) sound = fopen(arguments[1], "rb");
  setvbuf(stderr, nullptr, _IOLBF, BUFSIZ);
  setup();
  for (;;) {
    interrupt();
    loop();
    if (held == 0) (void)has_come(1);
  }
}
