/* firmware/boards/stm32f405/microphone.c without a chip: what it asks of timer, ADC and DMA (RM0090), and what it takes from the ring. */
#include "chip.h"

#include "../../../firmware/boards/stm32f405/microphone.c"

const en_listening en_listen;
static bool has_dma;

volatile uint32_t *chip_register(uintptr_t address) {
  static volatile uint32_t nothing;
  nothing = 0;
  return !has_dma && address >> 10 == 0x40026400 >> 10 ? &nothing : cell(address);
}

/* What the DMA stream does at each conversion. */
static void convert(uint32_t value) {
  volatile uint32_t *left = cell(0x40026414);
  ring[RING - *left] = (uint16_t)value;
  if (--*left == 0) *left = RING;
}

int main(void) {
  int16_t heard[600];
  en_board board = {0};
  en_microphone_open(&board, 80000000);
  CHECK(!board.listen(16000));
  has_dma = true;
  CHECK(!board.listen(2000) && !board.listen(44100) && board.listen(16000));
  CHECK(*cell(0x40023830) == 1 << 22 && *cell(0x40023840) == 2 && *cell(0x40023844) == 1 << 8); /* RCC: DMA2, TIM3, ADC1 */
  CHECK(*cell(0x40020000) == 0xC); /* GPIOA: PA1 analog */
  CHECK(*cell(0x4000042C) == 4999 && *cell(0x40000404) == 0x20 && *cell(0x40000400) == 1); /* TIM3: ARR, CR2, CR1 */
  CHECK(*cell(0x40012008) == 0x18000301 && *cell(0x40012034) == 1 && *cell(0x40012304) == 0x10000); /* ADC: CR2, SQR3, CCR */
  CHECK(*cell(0x40026410) == 0x2D01 && *cell(0x40026418) == (uint32_t)(uintptr_t)cell(0x4001204C)); /* DMA2 stream 0: CR, PAR */
  CHECK(board.samples(heard, 600) == 0);
  for (int n = 0, of = 0; n < 3000; n++) {
    convert(tone(n, 12));
    if (n % 50 != 49) continue;
    const size_t room = n % 100 == 99 ? 600 : 7;
    const size_t count = board.samples(heard, room);
    CHECK(count == (room == 7 ? 7 : 93));
    check_tone(heard, count, of);
    of += (int)count;
  }
  CHECK(board.listen(0) && *cell(0x40000400) == 0 && *cell(0x40012008) == 0 && *cell(0x40026410) == 0);
  CHECK(board.listen(8000) && *cell(0x4000042C) == 9999 && board.samples(heard, 600) == 0);
}
