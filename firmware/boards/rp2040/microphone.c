/* A PDM microphone on GP2 (clock) and GP3 (data), its channel select at ground. A state machine of PIO0 gives the clock and takes a bit at
   the end of each low half, the DMA controller puts words of 32 of them into two buffers in turn, an interrupt makes samples of a
   full one (pdm.c). Where no microphone is, the line stays low. RP2040 datasheet 2.5 (DMA), 3 (PIO). */
#include "listen.h"
#include "pdm.h"
#include "rp2040.h"

enum { BUFFERS = 2, WORDS = 128, BUFFER_BYTES_LOG2 = 9, SAMPLES = 1024, WAKE_MS = 50 /* of a microphone */ };

#define PIO(offset) EN_REGISTER(0x50200000 + (offset))
enum { CONTROL = 0x00, RECEIVED = 0x20, PROGRAM = 0x48, DIVIDER = 0xC8, EXECUTION = 0xCC, SHIFTS = 0xD0, EXECUTE = 0xD8, PINS = 0xDC };
/* The low half waits; the high half begins with the bit that the low one has brought. The side-set bit is the clock. */
enum { LOW = 0xA042 /* mov y, y  side 0 */, HIGH_AND_TAKE = 0x5001 /* in pins, 1  side 1 */, DRIVE_CLOCK = 0xE081 /* set pindirs, 1 */ };
enum { WRAP_AFTER_SECOND = 1 << 12, PUSH_BY_ITSELF = 1 << 16, FIRST_BIT_LOWEST = 1 << 18 };
#define PIN_USE (1u << 29 | 1u << 26 | EN_PDM_DATA << 15 | EN_PDM_CLOCK << 10 | EN_PDM_CLOCK << 5)
#define JOIN_FIFOS (1u << 31)

#define DMA(offset) EN_REGISTER(0x50000000 + (offset))
#define CHANNEL(number, offset) DMA(0x40 * (number) + (offset))
enum { READ_FROM = 0x00, WRITE_TO = 0x04, COUNT = 0x08, START = 0x0C, SETTING = 0x10, INTERRUPTS_ENABLED = 0x404, INTERRUPTS = 0x40C, ABORT = 0x444 };
enum { ON = 1 << 0, WORD = 2 << 2, WRITE_NEXT = 1 << 5, RING = BUFFER_BYTES_LOG2 << 6, RING_OF_WRITES = 1 << 10, CHAIN = 11, PIO0_RECEIVED_0 = 4 << 15 };

/* Aligned to their size: a channel's writes go round in its buffer. */
static uint32_t bits[BUFFERS][WORDS] __attribute__((aligned(1 << BUFFER_BYTES_LOG2)));
static int16_t ring[SAMPLES];
static volatile uint32_t in, out; /* count up and wrap */
static unsigned next;             /* buffer to be full */
static volatile bool driven;      /* bits have been there that were not 0 */
static en_pdm pdm;

/* Samples that nobody takes are lost. */
static void decimate(const uint32_t *words) {
  for (unsigned i = 0; i < WORDS; i++) {
    int16_t sample;
    if (words[i] != 0) driven = true;
    if (!en_pdm_take(&pdm, words[i], &sample) || in - out >= SAMPLES) continue;
    ring[in % SAMPLES] = sample;
    in = in + 1;
  }
}

void en_microphone_interrupt(void) {
  while (DMA(INTERRUPTS) & 1u << next) {
    DMA(INTERRUPTS) = 1u << next;
    decimate(bits[next]);
    next = (next + 1) % BUFFERS;
  }
}

static void stop(void) {
  PIO(CONTROL) = 0;
  DMA(INTERRUPTS_ENABLED) = 0;
  for (unsigned i = 0; i < BUFFERS; i++) CHANNEL(i, SETTING) = 0;
  DMA(ABORT) = (1 << BUFFERS) - 1; /* off by now, so that none starts the other */
  (void)en_chip_becomes(&DMA(ABORT), (1 << BUFFERS) - 1, 0);
  DMA(INTERRUPTS) = (1 << BUFFERS) - 1;
}

static void set_up_channel(unsigned number, unsigned last_register) {
  CHANNEL(number, READ_FROM) = (uint32_t)(uintptr_t)&PIO(RECEIVED);
  CHANNEL(number, WRITE_TO) = (uint32_t)(uintptr_t)bits[number];
  CHANNEL(number, COUNT) = WORDS;
  CHANNEL(number, last_register) = ON | WORD | WRITE_NEXT | RING | RING_OF_WRITES | (number + 1) % BUFFERS << CHAIN | PIO0_RECEIVED_0;
}

static bool start(uint32_t rate) {
  const unsigned count = en_pdm_bits(rate);
  if (count == 0) return false;
  en_pdm_open(&pdm, count);
  in = out = next = 0;
  driven = false;
  PIO(PROGRAM) = LOW;
  PIO(PROGRAM + 4) = HIGH_AND_TAKE;
  PIO(DIVIDER) = EN_FULL_HERTZ / 32 * 128 / (rate * (count / 32)) << 8; /* two instructions a bit, in 256ths */
  PIO(EXECUTION) = WRAP_AFTER_SECOND;
  PIO(SHIFTS) = JOIN_FIFOS | PUSH_BY_ITSELF | FIRST_BIT_LOWEST;
  PIO(PINS) = PIN_USE;
  PIO(EXECUTE) = DRIVE_CLOCK;
  en_pin_connect(EN_PDM_CLOCK, EN_PIN_TO_PIO0, EN_PULL_NONE);
  en_pin_connect(EN_PDM_DATA, EN_PIN_TO_PIO0, EN_PULL_DOWN);
  set_up_channel(1, SETTING);
  set_up_channel(0, START);
  DMA(INTERRUPTS_ENABLED) = (1 << BUFFERS) - 1;
  en_cortex_enable(EN_IRQ_DMA_0);
  PIO(CONTROL) = 1;
  return true;
}

static bool starts(uint32_t rate) {
  if (!start(rate)) return false;
  const uint32_t begun = en_clock_milliseconds();
  while (!driven) {
    if (en_clock_milliseconds() - begun <= WAKE_MS) continue;
    stop();
    return false;
  }
  return true;
}

static bool listen(uint32_t rate) {
  static bool listens;
  if (listens) stop();
  listens = rate != 0 && starts(rate);
  return rate == 0 || listens;
}

static size_t samples(int16_t *to, size_t room) {
  size_t count = 0;
  for (; count < room && out != in; count++) {
    to[count] = ring[out % SAMPLES];
    out = out + 1;
  }
  return count;
}

void en_microphone_open(en_board *board) {
  if (board->ticks_per_second != EN_FULL_HERTZ) return; /* without the crystal no rate is right */
  if (!en_chip_start(EN_RESET_PIO0) || !en_chip_start(EN_RESET_DMA)) return;
  static en_listener listener;
  board->listen = listen;
  board->samples = samples;
  board->listening = &en_listen;
  board->listener = &listener;
}
