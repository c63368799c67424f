/* The engine behind standard input. Each command is a letter, a length and so many bytes; each answer an int32 error, a
   length and so many bytes.
   M model: check.  L model: load; the answer is wasm3's heap in use, uint32.  S frame: step; the answer is the result.
   R: reset.  C inputs (a byte), module: check a module.  U: unload; the answer is the heap still in use. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine.h"
#include "heap.h"
#include "module.h"

static en_engine engine;
static uint8_t heap[65536] __attribute__((aligned(8)));
static uint8_t *model, *ram;

static void take(void *to, size_t count) {
  if (count && fread(to, 1, count, stdin) != count) exit(0);
}

static void answer(en_error error, const void *bytes, uint32_t count) {
  const int32_t code = error;
  fwrite(&code, 4, 1, stdout);
  fwrite(&count, 4, 1, stdout);
  if (count) fwrite(bytes, 1, count, stdout);
  fflush(stdout);
}

static void unload(void) {
  if (engine.model) en_engine_unload(&engine);
  free(model);
  free(ram);
  model = ram = NULL;
}

/* Exact sizes, so that the sanitizer sees every access beyond them. */
static en_error load(uint8_t *bytes, size_t count) {
  unload();
  model = bytes;
  en_heap_open(heap, sizeof heap);
  en_error error = en_check_model(model, count);
  if (error) return error;
  const size_t ram_bytes = ((const en_header *)(const void *)model)->ram_bytes;
  if (ram_bytes > 1 << 20) return EN_MEMORY;
  ram = malloc(ram_bytes);
  return en_engine_load(&engine, model, count, ram, ram_bytes, NULL);
}

int main(void) {
  for (;;) {
    alarm(0);
    uint8_t letter;
    uint32_t count;
    take(&letter, 1);
    take(&count, 4);
    void *space = NULL;
    if (posix_memalign(&space, 16, count ? count : 1)) return 1;
    uint8_t *bytes = space;
    take(bytes, count);
    alarm(10); /* a hang ends the process by a signal */
    if (letter == 'M') answer(en_check_model(bytes, count), NULL, 0);
    if (letter == 'C') answer(en_module_check(bytes + 1, count - 1, bytes[0]), NULL, 0);
    if (letter == 'R') {
      en_engine_reset(&engine);
      answer(EN_OK, NULL, 0);
    }
    if (letter == 'L') {
      en_error error = load(bytes, count);
      const uint32_t used = (uint32_t)en_heap_used();
      answer(error, &used, sizeof used);
      continue; /* the model stays where it is */
    }
    if (letter == 'V') answer(EN_OK, engine.ram, engine.header->state_bytes);
    if (letter == 'U') {
      unload();
      const uint32_t used = (uint32_t)en_heap_used();
      answer(EN_OK, &used, sizeof used);
    }
    if (letter == 'S') {
      const int16_t *output = NULL;
      size_t outputs = 0;
      en_error error = en_engine_step(&engine, count ? (const int16_t *)space : NULL, count / 2, &output, &outputs);
      answer(error, output, error ? 0 : (uint32_t)(outputs * 2));
    }
    free(space);
  }
}
