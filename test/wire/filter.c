/* Wire and Firmata as a filter: bytes of a host on standard input, of the board on standard output. Requests are answered with
   their own payload; time passes by a millisecond a byte. */
#include <stdio.h>
#include <string.h>

#include "firmata.h"

static uint8_t frame[256] __attribute__((aligned(8))), sent[512] __attribute__((aligned(8)));
static uint32_t now = 0xFFFFFF00; /* the clock wraps soon */

static void write_bytes(const uint8_t *bytes, size_t count) { (void)fwrite(bytes, 1, count, stdout); }
static uint32_t milliseconds(void) { return now; }
static void two(uint8_t pin, uint8_t mode) { (void)pin, (void)mode; }
static void digital_write(uint8_t pin, bool high) { (void)pin, (void)high; }
static bool digital_read(uint8_t pin) { return pin & 1; }
static void analog_write(uint8_t pin, uint32_t value) { (void)pin, (void)value; }
static uint16_t analog_read(uint8_t channel) { return (uint16_t)(channel * 100); }
static void servo_limits(uint8_t pin, uint16_t least, uint16_t most) { (void)pin, (void)least, (void)most; }

static const en_pin pins[3] = {{.modes = 3, .channel = 127}, {.modes = 31, .channel = 0, .analog_bits = 10, .pwm_bits = 8}, {.channel = 127}};
static const en_board board = {
  .name = "filter", .write = write_bytes, .milliseconds = milliseconds, .frame = frame, .sent = sent,
  .frame_bytes = sizeof frame, .sent_bytes = sizeof sent, .pins = pins, .pin_count = 3, .pin_mode = two,
  .digital_write = digital_write, .digital_read = digital_read, .analog_write = analog_write, .analog_read = analog_read,
  .servo_limits = servo_limits,
};

int main(void) {
  static en_wire wire;
  static en_firmata firmata;
  en_wire_open(&wire, &board);
  en_firmata_open(&firmata, &board, &wire);
  for (int byte; (byte = getchar()) != EOF; now++) {
    en_request request;
    if (en_firmata_receive(&firmata, (uint8_t)byte, &request) == EN_RECEIVED_REQUEST) {
      if (en_wire_room(&wire) < en_wire_cost(&wire, sizeof frame + 1)) {
        en_wire_defer(&wire, en_wire_cost(&wire, sizeof frame + 1));
      } else {
        en_wire_accept(&wire);
        uint8_t error = (uint8_t)request.error;
        (void)en_wire_send(&wire, request.type | EN_WIRE_REPLY, &error, 1, request.payload, request.length);
      }
    }
    (void)en_wire_poll(&wire);
    en_firmata_poll(&firmata);
  }
  return 0;
}
