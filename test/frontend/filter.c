/* The front end as a filter. In, little-endian, until the end: a u32 length and a section; a u32 count of pushes, each a u32
   number of samples and the samples. Out: the code of en_frontend_check as u32, and, if it is 0, for each push a u32 number of
   frames, for each frame its values, peak and RMS. What is read or written lies in blocks of its exact size. */
#include <stdio.h>
#include <stdlib.h>

#include "frontend.h"

static bool read_all(void *bytes, size_t size) { return fread(bytes, 1, size, stdin) == size; }

static void write_all(const void *bytes, size_t size) {
  if (fwrite(bytes, 1, size, stdout) != size) exit(2);
}

static void *block(size_t size) {
  void *bytes = malloc(size ? size : 1);
  if (!bytes) exit(2);
  return bytes;
}

static void push_all(const uint8_t *section, uint8_t *ram, const int16_t *pcm, size_t samples) {
  size_t bands = en_frontend_bands(section);
  int16_t *frame = block(2 * bands), *frames = block(2 * (bands + 2) * samples);
  uint32_t count = 0;
  while (samples) {
    bool complete;
    size_t taken = en_frontend_push(section, ram, pcm, samples, frame, &complete);
    pcm += taken;
    samples -= taken;
    if (!complete) continue;
    int16_t *out = frames + (bands + 2) * count++;
    uint16_t level[2];
    en_frontend_level(ram, &level[0], &level[1]);
    for (size_t band = 0; band < bands; band++) out[band] = frame[band];
    out[bands] = (int16_t)level[0];
    out[bands + 1] = (int16_t)level[1];
  }
  write_all(&count, sizeof count);
  write_all(frames, 2 * (bands + 2) * count);
  free(frames);
  free(frame);
}

int main(void) {
  uint32_t length;
  while (read_all(&length, sizeof length)) {
    uint8_t *section = block(length), *ram = NULL;
    uint32_t pushes;
    if (!read_all(section, length) || !read_all(&pushes, sizeof pushes)) return 2;
    uint32_t error = en_frontend_check(section, length);
    write_all(&error, sizeof error);
    if (error == EN_OK) {
      ram = block(en_frontend_ram_bytes(section));
      en_frontend_reset(section, ram);
    }
    for (; pushes; pushes--) {
      uint32_t samples;
      if (!read_all(&samples, sizeof samples)) return 2;
      int16_t *pcm = block(2 * samples);
      if (!read_all(pcm, 2 * samples)) return 2;
      if (error == EN_OK) push_all(section, ram, pcm, samples);
      free(pcm);
    }
    free(ram);
    free(section);
  }
  return 0;
}
