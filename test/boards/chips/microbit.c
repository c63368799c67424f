/* firmware/boards/microbit/microphone.c without a chip: what it asks of timer, PPI and ADC (nRF51 Series Reference Manual 3.0), and what
   becomes of the conversions. */
#include "chip.h"

#include "../../../firmware/boards/microbit/microphone.c"

const en_listening en_listen;
static bool has_adc, adc_interrupt;

void en_cortex_enable(unsigned number) { adc_interrupt = number == 7; }

volatile uint32_t *chip_register(uintptr_t address) {
  static volatile uint32_t nothing;
  nothing = 0;
  return !has_adc && address >> 12 == 0x40007 ? &nothing : cell(address);
}

static void convert(uint32_t value) {
  *cell(0x40007508) = value;
  *cell(0x40007100) = 1;
  en_microphone_interrupt();
}

int main(void) {
  int16_t heard[600];
  en_board board = {0};
  en_microphone_open(&board);
  CHECK(!board.listen(8000) && !en_microphone_runs());
  has_adc = true;
  CHECK(!board.listen(2000) && !board.listen(44100));
  CHECK(board.listen(8000) && en_microphone_runs() && adc_interrupt);
  CHECK(*cell(0x4000A540) == 2000 && *cell(0x4000A200) == 1 && *cell(0x4000A000) == 1); /* TIMER2: CC[0], SHORTS, START */
  CHECK(*cell(0x4001F510) == 0x4000A140 && *cell(0x4001F514) == 0x40007000 && *cell(0x4001F504) == 1); /* PPI: EEP, TEP, CHENSET */
  CHECK(*cell(0x40007504) == 0x1068 && *cell(0x40007304) == 1); /* ADC: AIN4, thirds of input and supply, 8 bits; INTENSET */
  CHECK(*cell(0x5000070C) == 2); /* PIN_CNF[3]: an input that is not connected */
  CHECK(board.samples(heard, 600) == 0);
  for (int n = 0, of = 0; n < 1000; n++) {
    convert(tone(n, 8));
    if (n % 100 == 62) CHECK(board.samples(heard, 600) == 0); /* not yet 64 */
    if (n % 100 != 99) continue;
    for (size_t i = 0; i < 2; i++) {
      const size_t wanted = i == 0 ? 7 : 93;
      CHECK(board.samples(heard, i == 0 ? 7 : 600) == wanted);
      check_tone(heard, wanted, of);
      of += (int)wanted;
    }
  }
  for (int n = 0; n < 600; n++) convert(128); /* nobody comes for them */
  CHECK(board.samples(heard, 600) == 512);
  for (int n = 0; n < 20000; n++) { /* the level settles, wherever it is */
    convert(70);
    if (n % 64 == 63) CHECK(board.samples(heard, 600) == 64);
  }
  CHECK(abs(heard[0]) < 2);
  CHECK(board.samples(heard, 600) == 0);
  for (int n = 0; n < 64; n++) convert(255);
  CHECK(board.samples(heard, 600) == 96 && heard[31] < 2 && heard[32] == INT16_MAX);
  CHECK(board.listen(0) && !en_microphone_runs() && *cell(0x4000A004) == 1 && *cell(0x40007308) == 1);
  convert(1);
  CHECK(board.listen(16000) && *cell(0x4000A540) == 1000 && board.samples(heard, 600) == 0);
}
