/* From an analog-to-digital converter to sound: a microphone's module biases its signal to about half of the supply, which no model
   has heard. A first-order high pass: its corner lies at samples per second / 1608, 10 Hz at 16 kHz. */
#ifndef EN_SOUND_LEVEL_H
#define EN_SOUND_LEVEL_H

#include <stdint.h>

enum { EN_SOUND_LEVEL_SHIFT = 8 };

/* Sum of the last values, the older the less: the level << EN_SOUND_LEVEL_SHIFT. */
typedef struct en_sound_level {
  int32_t sum;
  int begun;
} en_sound_level;

/* `value` is the converter's, shifted so that its full scale is 65536. What goes beyond 16 bits clips. */
static inline int16_t en_sound_sample(en_sound_level *level, uint16_t value) {
  if (!level->begun) level->sum = (int32_t)value << EN_SOUND_LEVEL_SHIFT; /* no thump at the start */
  level->begun = 1;
  const int32_t sample = value - (level->sum >> EN_SOUND_LEVEL_SHIFT);
  level->sum += sample;
  return (int16_t)(sample > INT16_MAX ? INT16_MAX : sample < INT16_MIN ? INT16_MIN : sample);
}

#endif
