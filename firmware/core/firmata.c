#include "firmata.h"

#include <string.h>

/* The protocol's numbers: github.com/firmata/protocol. */
enum {
  DIGITAL = 0x90, REPORT_ANALOG = 0xC0, REPORT_DIGITAL = 0xD0, ANALOG = 0xE0,
  SYSEX_START = 0xF0, PIN_MODE = 0xF4, DIGITAL_PIN = 0xF5, SYSEX_END = 0xF7, VERSION = 0xF9, SYSTEM_RESET = 0xFF,
  ANALOG_MAPPING_QUERY = 0x69, ANALOG_MAPPING = 0x6A, CAPABILITY_QUERY = 0x6B, CAPABILITY = 0x6C, PIN_STATE_QUERY = 0x6D,
  PIN_STATE = 0x6E, EXTENDED_ANALOG = 0x6F, SERVO_CONFIG = 0x70, FIRMWARE = 0x79, SAMPLING_INTERVAL = 0x7A,
  MAJOR = 2, MINOR = 6, NO_CHANNEL = 127, CHANNELS = 16,
};

/* LOST: bytes come that belong to nothing, so part of a SysEx was lost; until the next SysEx begins or ends they are not
   taken for messages, since Firmata has no checksums. */
enum { IDLE, MESSAGE, SYSEX_COMMAND, OURS, OTHER, LOST };

static void reset_pins(en_firmata *firmata) {
  firmata->reported_ports = 0;
  firmata->reported_channels = 0;
  firmata->interval_ms = 19;
  for (uint8_t pin = 0; pin < firmata->board->pin_count && pin < EN_FIRMATA_PINS; pin++) {
    uint16_t modes = firmata->board->pins[pin].modes;
    firmata->mode[pin] = modes & (1 << EN_PIN_ANALOG) ? EN_PIN_ANALOG : EN_PIN_INPUT;
    firmata->value[pin] = 0;
    if (modes != 0) firmata->board->pin_mode(pin, firmata->mode[pin]);
  }
}

void en_firmata_open(en_firmata *firmata, const en_board *board, en_wire *wire) {
  memset(firmata, 0, sizeof *firmata);
  firmata->board = board;
  firmata->wire = wire;
  reset_pins(firmata);
}

/* ---- Answers ---- */

static void send(const en_firmata *firmata, const uint8_t *bytes, size_t count) { firmata->board->write(bytes, count); }
static void send1(const en_firmata *firmata, uint8_t a) { send(firmata, (uint8_t[]){a}, 1); }
static void send3(const en_firmata *firmata, uint8_t a, uint8_t b, uint8_t c) { send(firmata, (uint8_t[]){a, b, c}, 3); }

static void send_version(const en_firmata *firmata) { send3(firmata, VERSION, MAJOR, MINOR); }

static void send_firmware(const en_firmata *firmata) {
  send(firmata, (uint8_t[]){SYSEX_START, FIRMWARE, MAJOR, MINOR}, 4);
  static const char prefix[] = "engram ";
  for (const char *c = prefix; *c; c++) send(firmata, (uint8_t[]){*c & 0x7F, 0}, 2);
  for (const char *c = firmata->board->name; *c; c++) send(firmata, (uint8_t[]){*c & 0x7F, 0}, 2);
  send1(firmata, SYSEX_END);
}

void en_firmata_greet(en_firmata *firmata) {
  send_version(firmata);
  send_firmware(firmata);
}

static uint8_t resolution(const en_pin *pin, uint8_t mode) {
  if (mode == EN_PIN_ANALOG) return pin->analog_bits;
  if (mode == EN_PIN_PWM) return pin->pwm_bits;
  return mode == EN_PIN_SERVO ? 14 : 1;
}

static void send_capabilities(const en_firmata *firmata) {
  send(firmata, (uint8_t[]){SYSEX_START, CAPABILITY}, 2);
  for (uint8_t i = 0; i < firmata->board->pin_count; i++) {
    const en_pin *pin = &firmata->board->pins[i];
    for (uint8_t mode = 0; mode < 16; mode++) {
      if (pin->modes & (1 << mode)) send(firmata, (uint8_t[]){mode, resolution(pin, mode)}, 2);
    }
    send1(firmata, 0x7F);
  }
  send1(firmata, SYSEX_END);
}

static void send_analog_mapping(const en_firmata *firmata) {
  send(firmata, (uint8_t[]){SYSEX_START, ANALOG_MAPPING}, 2);
  for (uint8_t i = 0; i < firmata->board->pin_count; i++) send1(firmata, firmata->board->pins[i].channel & 0x7F);
  send1(firmata, SYSEX_END);
}

static bool has_mode(const en_firmata *firmata, uint8_t pin, uint8_t mode) {
  return pin < firmata->board->pin_count && pin < EN_FIRMATA_PINS && mode < 16 &&
         (firmata->board->pins[pin].modes & (1 << mode));
}

static void send_pin_state(const en_firmata *firmata, uint8_t pin) {
  if (pin >= firmata->board->pin_count || pin >= EN_FIRMATA_PINS) return;
  uint16_t value = firmata->value[pin];
  send(firmata, (uint8_t[]){SYSEX_START, PIN_STATE, pin, firmata->mode[pin], value & 0x7F, (value >> 7) & 0x7F}, 6);
  if (value >> 14) send1(firmata, (uint8_t)(value >> 14));
  send1(firmata, SYSEX_END);
}

/* ---- Pins ---- */

static bool reads(uint8_t mode) { return mode == EN_PIN_INPUT || mode == EN_PIN_PULLUP; }

static uint8_t read_port(const en_firmata *firmata, uint8_t port) {
  uint8_t bits = 0;
  for (uint8_t i = 0; i < 8; i++) {
    uint8_t pin = port * 8 + i;
    if (has_mode(firmata, pin, firmata->mode[pin]) && reads(firmata->mode[pin]) && firmata->board->digital_read(pin)) {
      bits |= (uint8_t)(1 << i);
    }
  }
  return bits;
}

static void report_port(en_firmata *firmata, uint8_t port) {
  uint8_t bits = read_port(firmata, port);
  firmata->port[port] = bits;
  send3(firmata, DIGITAL | port, bits & 0x7F, bits >> 7);
}

static void set_mode(en_firmata *firmata, uint8_t pin, uint8_t mode) {
  if (!has_mode(firmata, pin, mode) || firmata->mode[pin] == mode) return;
  firmata->mode[pin] = mode;
  firmata->value[pin] = 0;
  firmata->board->pin_mode(pin, mode);
  if (mode == EN_PIN_OUTPUT) firmata->board->digital_write(pin, false);
}

static void write_digital(en_firmata *firmata, uint8_t pin, bool high) {
  if (!has_mode(firmata, pin, EN_PIN_OUTPUT) || firmata->mode[pin] != EN_PIN_OUTPUT) return;
  firmata->value[pin] = high;
  firmata->board->digital_write(pin, high);
}

static void write_port(en_firmata *firmata, uint8_t port, uint8_t bits) {
  for (uint8_t i = 0; i < 8; i++) {
    uint8_t pin = port * 8 + i;
    bool high = bits >> i & 1;
    if (pin < EN_FIRMATA_PINS && firmata->value[pin] != high) write_digital(firmata, pin, high);
  }
}

static void write_analog(en_firmata *firmata, uint8_t pin, uint32_t value) {
  if (pin >= EN_FIRMATA_PINS || (firmata->mode[pin] != EN_PIN_PWM && firmata->mode[pin] != EN_PIN_SERVO)) return;
  firmata->value[pin] = (uint16_t)value;
  firmata->board->analog_write(pin, value);
}

void en_firmata_poll(en_firmata *firmata) {
  for (uint8_t port = 0; port < EN_FIRMATA_PINS / 8 && firmata->reported_ports >> port; port++) {
    if (!(firmata->reported_ports >> port & 1)) continue;
    if (read_port(firmata, port) != firmata->port[port]) report_port(firmata, port);
  }
  uint32_t now = firmata->board->milliseconds();
  if (firmata->reported_channels == 0 || now - firmata->sampled_ms < firmata->interval_ms) return;
  firmata->sampled_ms = now;
  for (uint8_t pin = 0; pin < firmata->board->pin_count && pin < EN_FIRMATA_PINS; pin++) {
    uint8_t channel = firmata->board->pins[pin].channel;
    if (channel >= CHANNELS || !(firmata->reported_channels >> channel & 1) || firmata->mode[pin] != EN_PIN_ANALOG) continue;
    uint16_t value = firmata->board->analog_read(channel);
    send3(firmata, ANALOG | channel, value & 0x7F, (value >> 7) & 0x7F);
  }
}

/* ---- Messages ---- */

static uint32_t joined(const uint8_t *bytes, size_t count) {
  uint32_t value = 0;
  for (size_t i = 0; i < count && i < 4; i++) value |= (uint32_t)bytes[i] << (7 * i);
  return value;
}

static void handle_sysex(en_firmata *firmata, const uint8_t *bytes, size_t count) {
  switch (firmata->command) {
    case FIRMWARE: send_firmware(firmata); return;
    case CAPABILITY_QUERY: send_capabilities(firmata); return;
    case ANALOG_MAPPING_QUERY: send_analog_mapping(firmata); return;
    case PIN_STATE_QUERY:
      if (count >= 1) send_pin_state(firmata, bytes[0]);
      return;
    case EXTENDED_ANALOG:
      if (count >= 2) write_analog(firmata, bytes[0], joined(bytes + 1, count - 1));
      return;
    case SERVO_CONFIG:
      if (count < 5 || !has_mode(firmata, bytes[0], EN_PIN_SERVO)) return;
      firmata->board->servo_limits(bytes[0], (uint16_t)joined(bytes + 1, 2), (uint16_t)joined(bytes + 3, 2));
      set_mode(firmata, bytes[0], EN_PIN_SERVO);
      return;
    case SAMPLING_INTERVAL:
      if (count >= 2) firmata->interval_ms = joined(bytes, 2) > 0 ? joined(bytes, 2) : 1;
      return;
    default: return; /* strings, and what this board has no hardware for */
  }
}

static void handle_message(en_firmata *firmata) {
  uint8_t low = firmata->command & 0x0F, a = firmata->data[0], b = firmata->data[1];
  switch (firmata->command < 0xF0 ? firmata->command & 0xF0 : firmata->command) {
    case DIGITAL:
      if (low < EN_FIRMATA_PINS / 8) write_port(firmata, low, (uint8_t)(a | b << 7));
      return;
    case REPORT_DIGITAL:
      if (low >= EN_FIRMATA_PINS / 8) return;
      firmata->reported_ports = (uint16_t)((firmata->reported_ports & ~(1 << low)) | (a ? 1 << low : 0));
      if (a) report_port(firmata, low);
      return;
    case REPORT_ANALOG:
      firmata->reported_channels = (uint16_t)((firmata->reported_channels & ~(1 << low)) | (a ? 1 << low : 0));
      return;
    case ANALOG: write_analog(firmata, low, joined(firmata->data, 2)); return;
    case PIN_MODE: set_mode(firmata, a, b); return;
    case DIGITAL_PIN: write_digital(firmata, a, b); return;
    default: return;
  }
}

/* How many bytes follow a message's first. */
static uint8_t following(uint8_t command) {
  if (command >= 0xF0) return command == PIN_MODE || command == DIGITAL_PIN ? 2 : 0;
  return (command & 0xF0) == REPORT_ANALOG || (command & 0xF0) == REPORT_DIGITAL ? 1 : 2;
}

static en_received begin_message(en_firmata *firmata, uint8_t byte) {
  firmata->command = byte;
  firmata->count = 0;
  firmata->wanted = following(byte);
  firmata->state = firmata->wanted > 0 ? MESSAGE : IDLE;
  if (byte == VERSION) send_version(firmata);
  if (byte != SYSTEM_RESET) return EN_RECEIVED_NOTHING;
  reset_pins(firmata);
  return EN_RECEIVED_RESET;
}

static en_received end_sysex(en_firmata *firmata, en_request *request) {
  uint8_t state = firmata->state;
  firmata->state = IDLE;
  if (state == OURS) return en_wire_end(firmata->wire, request) ? EN_RECEIVED_REQUEST : EN_RECEIVED_NOTHING;
  if (state == OTHER) handle_sysex(firmata, firmata->sysex, firmata->count);
  return EN_RECEIVED_NOTHING;
}

static void sysex_byte(en_firmata *firmata, uint8_t byte) {
  if (firmata->state == OURS) {
    en_wire_byte(firmata->wire, byte);
  } else if (firmata->state == OTHER) {
    if (firmata->count < EN_FIRMATA_SYSEX_BYTES) firmata->sysex[firmata->count++] = byte;
  } else {
    firmata->command = byte;
    firmata->count = 0;
    firmata->state = byte == EN_WIRE_SYSEX ? OURS : OTHER;
    if (firmata->state == OURS) en_wire_begin(firmata->wire);
  }
}

en_received en_firmata_receive(en_firmata *firmata, uint8_t byte, en_request *request) {
  if (byte == SYSEX_END) return end_sysex(firmata, request);
  if (byte == SYSEX_START) {
    /* The end of the one before was lost; its check will fail, and the host hears of it. */
    if (firmata->state == OURS) (void)en_wire_end(firmata->wire, request);
    firmata->state = SYSEX_COMMAND;
    return EN_RECEIVED_NOTHING;
  }
  if (firmata->state == SYSEX_COMMAND || firmata->state == OURS || firmata->state == OTHER) {
    sysex_byte(firmata, byte); /* a byte over 0x7F here is damage, which the frame's check finds */
    return EN_RECEIVED_NOTHING;
  }
  if (firmata->state == LOST) return EN_RECEIVED_NOTHING;
  if (byte >= 0x80) return begin_message(firmata, byte);
  if (firmata->state == IDLE) {
    firmata->state = LOST;
    return EN_RECEIVED_NOTHING;
  }
  firmata->data[firmata->count++] = byte;
  if (firmata->count < firmata->wanted) return EN_RECEIVED_NOTHING;
  firmata->state = IDLE;
  handle_message(firmata);
  return EN_RECEIVED_NOTHING;
}
