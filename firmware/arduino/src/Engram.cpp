#include "Engram.h"

#include "engram/port/port.h"

EngramClass Engram;

namespace {

enum { PINS_MOST = 64, NO_CHANNEL = 127, RECEIVE_BYTES = 64, LINK_PATIENCE_MS = 100, NAME_BYTES = 16 };
#if defined(ARDUINO_ARCH_ESP32)
enum { ANALOG_BITS = 12 };
#else
enum { ANALOG_BITS = 10 };
#endif
#if defined(NUM_DIGITAL_PINS) && NUM_DIGITAL_PINS < 64
enum { PINS = NUM_DIGITAL_PINS };
#else
enum { PINS = PINS_MOST };
#endif

en_board board;
en_pin pins[PINS];
uint8_t analog_pins[16];
Stream *serial;
uint32_t kept[2];
bool reserved[PINS_MOST];
char board_name[NAME_BYTES] = "arduino";
void (*on_detection)(const char *label, float score);
void (*servo_attach)(uint8_t pin, int least, int most);
void (*servo_write)(uint8_t pin, int value);
void (*servo_detach)(uint8_t pin);
uint8_t modes[PINS];
bool configured[PINS];
bool limited[PINS]; /* a servo that its host has set limits for */

size_t link_read(uint8_t *bytes, size_t room) {
  size_t count = 0;
  while (count < room && serial->available() > 0) {
    const int byte = serial->read();
    if (byte < 0) break;
    bytes[count++] = static_cast<uint8_t>(byte);
  }
  return count;
}

/* Until all is on its way, or nobody takes it for a while. */
void link_write(const uint8_t *bytes, size_t count) {
  uint32_t since = millis();
  while (count > 0 && millis() - since < LINK_PATIENCE_MS) {
    const size_t written = serial->write(bytes, count);
    if (written > 0) since = millis();
    bytes += written;
    count -= written;
  }
}

uint32_t milliseconds() { return millis(); }
uint32_t ticks() { return micros(); }

/* ---- Pins ---- */

/* A pin stays what it is until a host or a rule wants another mode. */
void set_mode(uint8_t pin, uint8_t mode) {
  if (modes[pin] == mode) return;
  if (modes[pin] == EN_PIN_SERVO) {
    servo_detach(pin);
    limited[pin] = false;
  }
  modes[pin] = mode;
  configured[pin] = true;
  if (mode == EN_PIN_INPUT) pinMode(pin, INPUT);
  else if (mode == EN_PIN_PULLUP) pinMode(pin, INPUT_PULLUP);
  else if (mode == EN_PIN_OUTPUT || mode == EN_PIN_PWM) pinMode(pin, OUTPUT);
  else if (mode == EN_PIN_SERVO && !limited[pin]) servo_attach(pin, 544, 2400); /* Servo's own limits */
}

void write_digital(uint8_t pin, bool high) { digitalWrite(pin, high ? HIGH : LOW); }

/* An input from the start is made one when it is first read: some cores begin with pins that are nothing. */
bool read_digital(uint8_t pin) {
  if (!configured[pin]) pinMode(pin, INPUT);
  configured[pin] = true;
  return digitalRead(pin) == HIGH;
}

void write_analog(uint8_t pin, uint32_t value) {
  if (modes[pin] == EN_PIN_SERVO) servo_write(pin, static_cast<int>(value)); /* Servo tells degrees from microseconds alike */
  else analogWrite(pin, static_cast<int>(value > 255 ? 255 : value));
}

uint16_t read_analog(uint8_t channel) { return static_cast<uint16_t>(analogRead(analog_pins[channel])); }

void limit_servo(uint8_t pin, uint16_t least, uint16_t most) {
  limited[pin] = true;
  servo_attach(pin, least, most);
}

void find_pins() {
  for (uint8_t pin = 0; pin < PINS; pin++) {
    pins[pin].channel = NO_CHANNEL;
    pins[pin].analog_bits = ANALOG_BITS;
    pins[pin].pwm_bits = 8;
    pins[pin].modes = 0;
    if (reserved[pin]) continue;
    pins[pin].modes = 1 << EN_PIN_INPUT | 1 << EN_PIN_PULLUP | 1 << EN_PIN_OUTPUT;
#ifdef digitalPinHasPWM
    if (digitalPinHasPWM(pin)) pins[pin].modes |= 1 << EN_PIN_PWM;
#endif
    if (servo_attach) pins[pin].modes |= 1 << EN_PIN_SERVO;
  }
#if defined(analogInputToDigitalPin) && defined(NUM_ANALOG_INPUTS)
  for (int channel = 0; channel < NUM_ANALOG_INPUTS && channel < 16; channel++) {
    const int pin = analogInputToDigitalPin(channel);
    if (pin < 0 || pin >= PINS || reserved[pin]) continue;
    pins[pin].channel = static_cast<uint8_t>(channel);
    pins[pin].modes |= 1 << EN_PIN_ANALOG;
    analog_pins[channel] = static_cast<uint8_t>(pin);
    modes[pin] = EN_PIN_ANALOG;
  }
#endif
}

}  // namespace

void EngramClass::name(const char *name) {
  size_t i = 0;
  for (; name[i] && i < NAME_BYTES - 1; i++) board_name[i] = name[i];
  board_name[i] = 0;
}

void EngramClass::model(const uint8_t *bytes, size_t count) {
  board.built_in = bytes;
  board.built_in_bytes = count;
}

void EngramClass::storage(const EngramStorage &flash) {
  board.flash = flash.mapped;
  board.flash_bytes = flash.bytes;
  board.erase_bytes = flash.eraseBytes;
  board.write_bytes = flash.writeBytes;
  board.erase = flash.erase;
  board.program = flash.program;
}

void EngramClass::microphone(const EngramMicrophone &microphone) {
  board.listen = microphone.listen;
  board.samples = microphone.samples;
}

void EngramClass::onDetection(void (*detected)(const char *label, float score)) { on_detection = detected; }
void EngramClass::retained(uint32_t *words) { board.retained = words; }
void EngramClass::reserve(uint8_t pin) {
  if (pin < PINS_MOST) reserved[pin] = true;
}

void EngramClass::servos(void (*attach)(uint8_t pin, int least, int most), void (*write)(uint8_t pin, int value),
                         void (*detach)(uint8_t pin)) {
  servo_attach = attach;
  servo_write = write;
  servo_detach = detach;
}

void EngramClass::open(Stream &link, const Memory &memory) {
  serial = &link;
  find_pins();
  board.name = board_name;
  board.read = link_read;
  board.write = link_write;
  board.receive_bytes = RECEIVE_BYTES;
  board.milliseconds = milliseconds;
  board.ticks = ticks;
  board.ticks_per_second = 1000000;
  if (!board.retained) board.retained = kept;
  board.reset = en_arduino_restart;
  board.frame = memory.frame;
  board.frame_bytes = memory.frameBytes;
  board.sent = memory.sent;
  board.sent_bytes = memory.sentBytes;
  board.model = memory.model;
  board.model_bytes = memory.modelBytes;
  board.heap = memory.heap;
  board.heap_bytes = memory.heapBytes;
  board.pins = pins;
  board.pin_count = PINS;
  board.pin_mode = set_mode;
  board.digital_write = write_digital;
  board.digital_read = read_digital;
  board.analog_write = write_analog;
  board.analog_read = read_analog;
  board.servo_limits = limit_servo;
  en_arduino_open(&board, memory.storage, memory.storageBytes, on_detection);
}

bool EngramClass::poll() { return en_arduino_poll(); }
