/* What a board is to the core: one struct of facts and functions. A port fills it and never appears anywhere else, so
   tests can be boards too. Functions are called from one thread only, never from an interrupt. */
#ifndef EN_BOARD_H
#define EN_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Firmata's pin modes, and bits of en_pin.modes (1 << mode). */
enum { EN_PIN_INPUT = 0, EN_PIN_OUTPUT = 1, EN_PIN_ANALOG = 2, EN_PIN_PWM = 3, EN_PIN_SERVO = 4, EN_PIN_PULLUP = 11 };

typedef struct en_pin {
  uint16_t modes;       /* sum of 1 << mode */
  uint8_t channel;      /* analog input number, 127 if none */
  uint8_t analog_bits;  /* resolution of analog reads */
  uint8_t pwm_bits;     /* resolution of PWM writes */
} en_pin;

typedef struct en_board {
  const char *name; /* at most 15 letters */

  /* Link. `read` takes what has come, at most `room` bytes, and does not wait. `write` waits until all is on its way, or
     drops the rest if nobody takes it. `receive_bytes` is what `read` can have in store while a step runs. */
  size_t (*read)(uint8_t *bytes, size_t room);
  void (*write)(const uint8_t *bytes, size_t count);
  size_t receive_bytes;
  uint32_t (*overruns)(void); /* bytes lost so far because nobody took them in time; NULL: none can be */

  /* Time. Both wrap. */
  uint32_t (*milliseconds)(void);
  uint32_t (*ticks)(void);
  uint32_t ticks_per_second;
  /* Called at least every 10 ms while all is well; NULL without a watchdog. */
  void (*alive)(void);

  /* Flash for models and the journal, mapped at `flash`, aligned to 16. Erasing sets a unit to FF. Programming is by whole
     write units, once after each erase; offsets and counts are multiples of the units. False if the hardware says no. What
     reads back wrong is asked for once more, programming with the same bytes: NOR flash that only clears bits (nRF51, CFI)
     takes that, and a driver of one that does not says no. */
  const uint8_t *flash;
  size_t flash_bytes, erase_bytes, write_bytes; /* write_bytes is a power of two, 4 to 256 */
  bool (*erase)(size_t offset);
  bool (*program)(size_t offset, const uint8_t *bytes, size_t count);
  bool forgets; /* it is RAM: models are gone when the power is */
  /* A model that lies in the image, aligned to 16: the board's as long as flash holds none. NULL without one. */
  const uint8_t *built_in;
  size_t built_in_bytes;

  /* `retained` is two words that a reset keeps and that hold anything after power-on; never NULL. */
  uint32_t *retained;
  void (*reset)(void);

  /* RAM, all aligned to 8: one received frame's payload; frames sent and not yet acknowledged (512 to 8192 bytes); a model;
     wasm3. */
  uint8_t *frame, *sent, *model, *heap;
  size_t frame_bytes, sent_bytes, model_bytes, heap_bytes;
  /* The C stack: what it may hold, and the most that it has held so far. NULL where nobody counts. */
  size_t stack_bytes;
  size_t (*stack_peak)(void);

  /* Sensor, NULL without one. `listen` starts it with so many samples a second, anew where it runs already, and 0 stops it; false if
     it cannot. `samples` takes up to `room` of those that have come since, oldest first, and does not wait. A board with a sensor
     also gives `listening`, &en_listen, and the RAM for it (listen.h); without one that code is not in its image. */
  bool (*listen)(uint32_t rate);
  size_t (*samples)(int16_t *to, size_t room);
  const struct en_listening *listening;
  struct en_listener *listener;

  /* Pins. A pin is asked only for what its modes allow. `analog_write` is PWM or, in servo mode, degrees or microseconds
     (from 544). `servo_limits` in microseconds. */
  const en_pin *pins;
  uint8_t pin_count;
  void (*pin_mode)(uint8_t pin, uint8_t mode);
  void (*digital_write)(uint8_t pin, bool high);
  bool (*digital_read)(uint8_t pin);
  void (*analog_write)(uint8_t pin, uint32_t value);
  uint16_t (*analog_read)(uint8_t channel);
  void (*servo_limits)(uint8_t pin, uint16_t least, uint16_t most);
} en_board;

#endif
