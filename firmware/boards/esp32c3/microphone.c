/* A microphone on I2S, master, two slots of 32 bits of which the left is heard: I2S (TRM 29) by GDMA channel 0 (TRM 2). Settings as
   components/hal/esp32c3/include/hal/i2s_ll.h of ESP-IDF has them for its standard mode, which on this chip is TDM of two slots. */
#include "esp32c3.h"
#include "i2s-clock.h"
#include "listen.h"
#include "sound-ring.h"

enum { PIN_CLOCK = 4, PIN_SLOT = 5, PIN_DATA = 6 };
/* GPIO matrix: I2SI_BCK_OUT, I2SI_WS_OUT, I2SI_SD_IN. */
enum { SIGNAL_CLOCK = 16, SIGNAL_SLOT = 17, SIGNAL_DATA = 15 };
/* What an INMP441 takes: 7.8 to 50 kHz (its data sheet, DS-INMP441-00, table 2). */
enum { RATE_LEAST = 7800, RATE_MOST = 50000, TRIES = 100000 };

#define I2S(offset) EN_REGISTER(0x6002D000 + (offset))
#define RECEIVER I2S(0x20)
#define SLOTS I2S(0x28)
#define CLOCK I2S(0x30)
#define SENDER_CLOCK I2S(0x34)
#define FRACTION I2S(0x38)
#define CHANNELS I2S(0x50)
#define END_BYTES I2S(0x64)
enum {
  RESET = 1 << 0, RESET_FIFO = 1 << 1, START = 1 << 2, UPDATE = 1 << 8, NO_COMPANDING = 1 << 12, LEFT_ALIGNED = 1 << 15, TDM = 1 << 19,
};
enum { RECEIVER_MODE = NO_COMPANDING | LEFT_ALIGNED | TDM };
enum { BITS = 32, PHILIPS = 1 << 29, CLOCK_ON = 1 << 26, FROM_PLL_160 = 2 << 27, ALL_CLOCKS_ON = 1 << 29, BOTH_SLOTS = 1 << 16 | 3 };

#define DMA(offset) EN_REGISTER(0x6003F000 + (offset))
#define DMA_CLOCK DMA(0x44)
#define DMA_MODE DMA(0x70)
#define DMA_CHECKS DMA(0x74)
#define DMA_LINK DMA(0x80)
#define DMA_SOURCE DMA(0xA0)
enum { DMA_CLOCK_ON = 1 << 3, DMA_RESET = 1, CHECK_OWNER = 1 << 12, DMA_STOP = 1 << 21, DMA_START = 1 << 22, ADDRESS = 0xFFFFF, FROM_I2S = 3 };

static en_sound_ring ring __attribute__((aligned(16)));

static void stop(void) {
  RECEIVER = RECEIVER_MODE;
  DMA_LINK = DMA_STOP;
}

static void start(void) {
  RECEIVER = RECEIVER_MODE | RESET | RESET_FIFO;
  RECEIVER = RECEIVER_MODE;
  DMA_MODE = DMA_RESET;
  DMA_MODE = 0;
  DMA_CHECKS = CHECK_OWNER; /* a block that is not emptied yet stops it */
  DMA_SOURCE = FROM_I2S;
  en_sound_begin(&ring);
  END_BYTES = EN_SOUND_BLOCK_BYTES;
  DMA_LINK = (uint32_t)(uintptr_t)ring.blocks & ADDRESS;
  DMA_LINK = ((uint32_t)(uintptr_t)ring.blocks & ADDRESS) | DMA_START;
  RECEIVER = RECEIVER_MODE | UPDATE;
  for (int i = 0; i < TRIES && (RECEIVER & UPDATE); i++) {}
  RECEIVER = RECEIVER_MODE | START;
}

static uint32_t fraction(const en_i2s_clock *clock) {
  return clock->z | clock->y << 9 | clock->x << 18 | (uint32_t)clock->yn1 << 27;
}

static void set_rate(const en_i2s_clock *clock) {
  const en_i2s_clock none = {.x = 317, .y = 7, .z = 3}; /* first one that no rate has, or the divider may keep some of the last */
  SENDER_CLOCK = ALL_CLOCKS_ON;
  CLOCK = FROM_PLL_160 | CLOCK_ON | 7;
  FRACTION = fraction(&none);
  CLOCK = FROM_PLL_160 | CLOCK_ON | clock->whole;
  FRACTION = fraction(clock);
  SLOTS = (BITS - 1) | (EN_I2S_BIT_DIVIDER - 1) << 7 | (BITS - 1) << 13 | (BITS - 1) << 18 | (BITS - 1) << 24 | PHILIPS;
  CHANNELS = BOTH_SLOTS;
}

static bool mic_listen(uint32_t rate) {
  en_i2s_clock clock;
  stop();
  if (rate == 0) return true;
  if (rate < RATE_LEAST || rate > RATE_MOST || !en_i2s_clock_for(EN_PLL_HERTZ, rate, &clock)) return false;
  set_rate(&clock);
  start();
  return true;
}

/* After a step or an erased sector that took longer than the ring it begins anew: a gap, but never sound in another order. */
static size_t mic_samples(int16_t *to, size_t room) {
  if (en_sound_full(&ring)) {
    stop();
    start();
    return 0;
  }
  return en_sound_take(&ring, to, room);
}

void en_microphone_open(en_board *board) {
  static en_listener listener;
  EN_SYSTEM(EN_SYSTEM_CLOCKS0) |= 1u << 21; /* I2S */
  EN_SYSTEM(EN_SYSTEM_RESETS0) &= ~(1u << 21);
  EN_SYSTEM(EN_SYSTEM_CLOCKS1) |= 1u << 6; /* GDMA */
  EN_SYSTEM(EN_SYSTEM_RESETS1) &= ~(1u << 6);
  DMA_CLOCK |= DMA_CLOCK_ON;
  en_pin_drive(PIN_CLOCK, SIGNAL_CLOCK);
  en_pin_drive(PIN_SLOT, SIGNAL_SLOT);
  en_pin_hear(PIN_DATA, SIGNAL_DATA);
  board->listen = mic_listen;
  board->samples = mic_samples;
  board->listening = &en_listen;
  board->listener = &listener;
}
