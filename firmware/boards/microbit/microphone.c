/* A microphone with an amplifier at P0, which is analog input 4: TIMER2 starts a conversion through PPI, the ADC's interrupt takes its 8
   bits, of the supply's full scale. A conversion of 8 bits takes 20 µs, one of 10 bits 68: too long for 16 kHz. */
#include "listen.h"
#include "microbit.h"
#include "ring.h"
#include "sound-level.h"

enum { ADC_IRQ = 7, RING_BYTES = 512, PART = 64, LEAST_RATE = 4000, MOST_RATE = 16000, INPUT_DISCONNECTED = 1 << 1 };

#define ADC_ADDRESS 0x40007000
#define ADC(offset) EN_REGISTER(ADC_ADDRESS + (offset))
enum {
  ADC_START = 0x000, ADC_STOP = 0x004, ADC_END = 0x100, ADC_INTERRUPTS_ON = 0x304, ADC_INTERRUPTS_OFF = 0x308,
  ADC_ENABLE = 0x500, ADC_CONFIG = 0x504, ADC_RESULT = 0x508,
};
enum { BITS_8 = 0, THIRD_OF_INPUT = 2 << 2, THIRD_OF_SUPPLY = 3 << 5, INPUT_4 = 1 << 4 << 8, INTERRUPT_END = 1 };

#define TIMER2_ADDRESS 0x4000A000
#define TIMER2(offset) EN_REGISTER(TIMER2_ADDRESS + (offset))
enum {
  TIMER_START = 0x000, TIMER_STOP = 0x004, TIMER_CLEAR = 0x00C, COMPARE0 = 0x140, SHORTCUTS = 0x200, BITS = 0x508,
  PRESCALER = 0x510, CC0 = 0x540,
};
enum { SHORTCUT_COMPARE0_CLEAR = 1, BITS_16 = 0 };

#define PPI(offset) EN_REGISTER(0x4001F000 + (offset))
enum { CHANNELS_ON = 0x504, CHANNEL0_EVENT = 0x510, CHANNEL0_TASK = 0x514 };

static uint8_t converted[RING_BYTES];
static en_ring ring = {.bytes = converted, .mask = RING_BYTES - 1};
static en_sound_level level;
static bool runs;

bool en_microphone_runs(void) { return runs; }

void en_microphone_interrupt(void) {
  if (!runs || !ADC(ADC_END)) return;
  ADC(ADC_END) = 0;
  en_ring_put(&ring, (uint8_t)ADC(ADC_RESULT));
}

static void stop(void) {
  TIMER2(TIMER_STOP) = 1;
  ADC(ADC_STOP) = 1;
  ADC(ADC_INTERRUPTS_OFF) = INTERRUPT_END;
  ADC(ADC_ENABLE) = 0;
  runs = false;
}

static bool listen(uint32_t rate) {
  stop();
  if (rate == 0) return true;
  if (rate < LEAST_RATE || rate > MOST_RATE) return false;
  ADC(ADC_ENABLE) = 1;
  if (ADC(ADC_ENABLE) != 1) return false; /* QEMU has none */
  EN_PIN_CONFIG(EN_MICROPHONE_GPIO) = INPUT_DISCONNECTED;
  ADC(ADC_CONFIG) = BITS_8 | THIRD_OF_INPUT | THIRD_OF_SUPPLY | INPUT_4;
  ADC(ADC_END) = 0;
  ADC(ADC_INTERRUPTS_ON) = INTERRUPT_END;
  ring.out = ring.in;
  level.begun = 0;
  runs = true;
  en_cortex_enable(ADC_IRQ);
  PPI(CHANNEL0_EVENT) = TIMER2_ADDRESS + COMPARE0;
  PPI(CHANNEL0_TASK) = ADC_ADDRESS + ADC_START;
  PPI(CHANNELS_ON) = 1;
  TIMER2(BITS) = BITS_16;
  TIMER2(PRESCALER) = 0;
  TIMER2(CC0) = (EN_CLOCK_HERTZ + rate / 2) / rate;
  TIMER2(SHORTCUTS) = SHORTCUT_COMPARE0_CLEAR;
  TIMER2(TIMER_CLEAR) = 1;
  TIMER2(TIMER_START) = 1;
  return true;
}

/* In parts, for each has its price; 4 ms at 16 kHz. */
static size_t samples(int16_t *to, size_t room) {
  if (ring.in - ring.out < PART) return 0;
  uint8_t *bytes = (uint8_t *)to + room; /* the upper half: the sample that is written never passes the byte that is read */
  const size_t count = en_ring_take(&ring, bytes, room);
  for (size_t i = 0; i < count; i++) to[i] = en_sound_sample(&level, (uint16_t)(bytes[i] << 8));
  return count;
}

void en_microphone_open(en_board *board) {
  static en_listener listener;
  board->listen = listen;
  board->samples = samples;
  board->listening = &en_listen;
  board->listener = &listener;
}
