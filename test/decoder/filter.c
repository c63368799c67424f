/* The decoder as a filter. In, little-endian, until the end: a u32 length and a section; a u32 number of frames and their logits.
   Out: the code of en_decoder_check as u32, and, if it is 0, for each frame the detected label, the best label and the score, and
   at the end the labels, each after its length as u32. What is read or written lies in blocks of its exact size. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "decoder.h"

static bool read_all(void *bytes, size_t size) { return fread(bytes, 1, size, stdin) == size; }

static void write_all(const void *bytes, size_t size) {
  if (fwrite(bytes, 1, size, stdout) != size) exit(2);
}

static void *block(size_t size) {
  void *bytes = malloc(size ? size : 1);
  if (!bytes) exit(2);
  return bytes;
}

static void decode(const uint8_t *section, uint32_t values, const int16_t *logits) {
  size_t labels = en_decoder_labels(section);
  uint8_t *ram = block(en_decoder_ram_bytes(section));
  en_decoder_reset(section, ram);
  for (size_t at = 0; at + labels <= values; at += labels) {
    en_decision decision = en_decoder_push(section, ram, logits + at);
    write_all(&decision, sizeof decision);
  }
  for (size_t label = 0; label < labels; label++) {
    size_t length;
    const char *name = en_decoder_label(section, label, &length);
    uint32_t bytes = (uint32_t)length;
    write_all(&bytes, sizeof bytes);
    write_all(name, length);
  }
  free(ram);
}

int main(void) {
  uint32_t length, values;
  while (read_all(&length, sizeof length)) {
    uint8_t *section = block(length);
    if (!read_all(section, length) || !read_all(&values, sizeof values)) return 2;
    int16_t *logits = block(2 * values);
    if (!read_all(logits, 2 * values)) return 2;
    uint32_t error = en_decoder_check(section, length);
    write_all(&error, sizeof error);
    if (error == EN_OK) decode(section, values, logits);
    free(logits);
    free(section);
  }
  return 0;
}
