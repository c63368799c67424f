/* A microphone with an amplifier at PA1: TIM3 starts conversions of 12 bits, DMA puts them into a ring, and no interrupt takes part.
   RM0090, chapters 10 (DMA; table 43: ADC1 is channel 0 of stream 0 of DMA2), 13 (ADC), 18 (TIM3). */
#include "listen.h"
#include "sound-level.h"
#include "stm32f405.h"

enum { RING = 512, LEAST_RATE = 4000, MOST_RATE = 16000, PA1 = 1 };

#define ADC1(offset) EN_REGISTER(0x40012000 + (offset))
#define ADC_COMMON_CONTROL EN_REGISTER(0x40012304)
enum { ADC_STATUS = 0x00, ADC_CONTROL1 = 0x04, ADC_CONTROL2 = 0x08, ADC_TIMES = 0x10, ADC_COUNT = 0x2C, ADC_FIRST = 0x34, ADC_DATA = 0x4C };
/* The clock of APB2 / 4: 20 MHz of the 36 that are allowed. 84 + 12 of its cycles take 5 µs, or 48 at 16 MHz without the PLL. */
enum { CLOCK_FOURTH = 1 << 16, CYCLES_84 = 4, ON = 1 << 0, DMA_EACH = 1 << 8 | 1 << 9, AT_TIM3 = 8 << 24 | 1 << 28 };

#define TIM3(offset) EN_REGISTER(0x40000400 + (offset))
enum { TIMER_CONTROL1 = 0x00, TIMER_CONTROL2 = 0x04, TIMER_EVENT = 0x14, TIMER_PRESCALER = 0x28, TIMER_RELOAD = 0x2C };
enum { RUNS = 1 << 0, TELLS_UPDATE = 2 << 4, UPDATE = 1 << 0 };

#define DMA2(offset) EN_REGISTER(0x40026400 + (offset))
enum { DMA_CLEAR = 0x08, DMA_CONTROL = 0x10, DMA_LEFT = 0x14, DMA_FROM = 0x18, DMA_TO = 0x1C, DMA_FIFO = 0x24 };
enum { DMA_ON = 1 << 0, ROUND = 1 << 8, TO_NEXT = 1 << 10, HALVES = 1 << 11 | 1 << 13, STREAM_0_FLAGS = 0x3D, TRIES = 1000 };

static volatile uint16_t ring[RING];
static uint32_t taken; /* place in the ring */
static en_sound_level level;
static uint32_t timer_hertz;

static void stop(void) {
  TIM3(TIMER_CONTROL1) = 0;
  ADC1(ADC_CONTROL2) = 0;
  DMA2(DMA_CONTROL) = 0;
  for (int i = 0; i < TRIES && DMA2(DMA_CONTROL) & DMA_ON; i++) {} /* it ends the transfer that is on its way */
}

/* False where there is no DMA: QEMU. */
static bool start_dma(void) {
  DMA2(DMA_CLEAR) = STREAM_0_FLAGS;
  DMA2(DMA_FROM) = (uint32_t)(uintptr_t)&ADC1(ADC_DATA);
  DMA2(DMA_TO) = (uint32_t)(uintptr_t)ring;
  if (DMA2(DMA_TO) != (uint32_t)(uintptr_t)ring) return false;
  DMA2(DMA_LEFT) = RING;
  DMA2(DMA_FIFO) = 0;
  DMA2(DMA_CONTROL) = ROUND | TO_NEXT | HALVES | DMA_ON;
  return true;
}

static bool listen(uint32_t rate) {
  EN_RCC(0x30) |= 1 << 22; /* AHB1ENR: DMA2 */
  EN_RCC(0x40) |= 1 << 1;  /* APB1ENR: TIM3 */
  EN_RCC(0x44) |= 1 << 8;  /* APB2ENR: ADC1 */
  (void)EN_RCC(0x44);      /* errata sheet ES0182, "Delay after an RCC peripheral clock enabling" */
  stop();
  if (rate == 0) return true;
  if (rate < LEAST_RATE || rate > MOST_RATE || !start_dma()) return false;
  taken = 0;
  level.begun = 0;
  EN_GPIO(0, EN_GPIO_MODE) |= 3 << 2 * PA1;
  ADC_COMMON_CONTROL = CLOCK_FOURTH;
  ADC1(ADC_CONTROL1) = 0;
  ADC1(ADC_TIMES) = CYCLES_84 << 3 * PA1;
  ADC1(ADC_COUNT) = 0;
  ADC1(ADC_FIRST) = PA1; /* its input 1 */
  ADC1(ADC_CONTROL2) = ON;
  ADC1(ADC_STATUS) = 0;
  ADC1(ADC_CONTROL2) = ON | DMA_EACH | AT_TIM3;
  TIM3(TIMER_CONTROL2) = TELLS_UPDATE;
  TIM3(TIMER_PRESCALER) = 0;
  TIM3(TIMER_RELOAD) = (timer_hertz + rate / 2) / rate - 1;
  TIM3(TIMER_EVENT) = UPDATE;
  TIM3(TIMER_CONTROL1) = RUNS;
  return true;
}

/* Who comes later than a ring lasts, 32 ms at 16 kHz, has lost what was overwritten. */
static size_t samples(int16_t *to, size_t room) {
  const uint32_t put = (RING - DMA2(DMA_LEFT)) % RING;
  size_t count = 0;
  while (count < room && taken != put) {
    to[count++] = en_sound_sample(&level, (uint16_t)(ring[taken] << 4));
    taken = (taken + 1) % RING;
  }
  return count;
}

void en_microphone_open(en_board *board, uint32_t hertz) {
  static en_listener listener;
  timer_hertz = hertz;
  board->listen = listen;
  board->samples = samples;
  board->listening = &en_listen;
  board->listener = &listener;
}
