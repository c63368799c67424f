/* firmware/boards/rp2040/pdm.c as a filter: bits a sample (one word), then words of 32 bits; out come samples. */
#include "../../../firmware/boards/rp2040/pdm.h"

#include <stdio.h>

int main(void) {
  uint32_t word;
  if (fread(&word, sizeof word, 1, stdin) != 1) return 1;
  static en_pdm pdm;
  en_pdm_open(&pdm, word);
  while (fread(&word, sizeof word, 1, stdin) == 1) {
    int16_t sample;
    if (en_pdm_take(&pdm, word, &sample)) fwrite(&sample, sizeof sample, 1, stdout);
  }
  return 0;
}
