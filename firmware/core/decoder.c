/* A ring of logits with running sums, a softmax by a table of powers, and the check of an OUTP section. */
#include "decoder.h"

#include <stdbool.h>
#include <string.h>

/* Where the parts of the RAM lie, by the section. */
typedef struct parts {
  en_decoder_state *state;
  int32_t *sums;
  uint8_t *spent;
  int16_t *ring;
} parts;

static parts parts_of(const en_decoder_head *head, uint8_t *ram);
static uint16_t add_frame(const en_decoder_head *head, const parts *ram, const int16_t *logits);
static int32_t mean(int32_t sum, int32_t frames);
static uint32_t power(uint32_t below, uint32_t format, const uint16_t *powers);

size_t en_decoder_ram_bytes(const uint8_t *section) { return ((const en_decoder_head *)(const void *)section)->ram_bytes; }

size_t en_decoder_labels(const uint8_t *section) { return ((const en_decoder_head *)(const void *)section)->labels; }

const char *en_decoder_label(const uint8_t *section, size_t label, size_t *length) {
  const uint8_t *name = section + ((const en_decoder_head *)(const void *)section)->names_at;
  for (; label; label--) name += 1 + *name;
  *length = *name;
  return (const char *)name + 1;
}

void en_decoder_reset(const uint8_t *section, uint8_t *ram) { memset(ram, 0, en_decoder_ram_bytes(section)); }

en_decision en_decoder_push(const uint8_t *section, uint8_t *ram, const int16_t *logits) {
  const en_decoder_head *head = (const void *)section;
  const uint16_t *powers = (const void *)(section + head->powers_at);
  const uint8_t *fires = section + head->fires_at;
  parts at = parts_of(head, ram);
  uint16_t best = add_frame(head, &at, logits);
  int32_t frames = at.state->frames, top = mean(at.sums[best], frames);
  uint32_t total = 0;
  for (int label = 0; label < head->labels; label++) {
    total += power((uint32_t)(top - mean(at.sums[label], frames)), head->format, powers);
  }
  en_decision decision = {EN_NO_DETECTION, best, 0};
  uint32_t highest = head->threshold;
  bool path = head->kind;
  if (at.state->wait) at.state->wait--;
  for (int label = 0; label < head->labels; label++) {
    uint32_t weight = power((uint32_t)(top - mean(at.sums[label], frames)), head->format, powers);
    uint32_t probability = (weight * 32768 + total / 2) / total; /* weight ≤ 2^16, total ≤ 2^22 */
    if (probability > 32767) probability = 32767;
    if (path ? label != best : probability < head->rearm) at.spent[label] = 0;
    if (label == best && decision.detected < 0) decision.score = (uint16_t)probability;
    if (!fires[label] || at.spent[label] || at.state->wait || probability <= highest || (path && label != best)) continue;
    decision.detected = (int16_t)label;
    decision.score = (uint16_t)probability;
    highest = probability;
  }
  if (decision.detected < 0) return decision;
  at.spent[decision.detected] = 1;
  at.state->wait = head->refractory;
  return decision;
}

static parts parts_of(const en_decoder_head *head, uint8_t *ram) {
  uint8_t *sums = ram + sizeof(en_decoder_state), *spent = sums + 4 * head->labels;
  return (parts){(void *)ram, (void *)sums, spent, (void *)(spent + ((head->labels + 3) & ~3))};
}

/* Puts a frame in the place of the oldest one. Returns the label with the greatest sum, the first of equals. */
static uint16_t add_frame(const en_decoder_head *head, const parts *ram, const int16_t *logits) {
  en_decoder_state *state = ram->state;
  int16_t *place = ram->ring + (size_t)state->next * head->labels; /* zero while the ring fills */
  uint16_t best = 0;
  for (uint16_t label = 0; label < head->labels; label++) {
    ram->sums[label] += logits[label] - place[label];
    place[label] = logits[label];
    if (ram->sums[label] > ram->sums[best]) best = label;
  }
  state->next = (uint16_t)(state->next + 1 == head->window ? 0 : state->next + 1);
  if (state->frames < head->window) state->frames++;
  return best;
}

/* Rounded to the nearest, halves up: floor((2 sum + frames) / (2 frames)). The sum is made positive to divide. */
static int32_t mean(int32_t sum, int32_t frames) {
  return (2 * (sum + 32768 * frames) + frames) / (2 * frames) - 32768;
}

/* exp(−below · 2^−format) in Q16, from 2^(−i / 64) with linear interpolation. below < 2^16. */
static uint32_t power(uint32_t below, uint32_t format, const uint16_t *powers) {
  uint32_t octaves = (below * 47274) >> (format - 1); /* Q16; 47274 = log2(e) in Q15 */
  if (octaves >> 16 > 16) return 0;
  uint32_t i = octaves >> 10 & 63, fraction = octaves & 1023;
  uint32_t value = powers[i] * (1024 - fraction) + powers[i + 1] * fraction; /* Q25 */
  return (value >> (octaves >> 16)) >> 9;
}

static bool within(int value, int least, int most) { return value >= least && value <= most; }

static bool within_limits(const en_decoder_head *head) {
  return head->kind <= 1 && (head->kind == 0 || head->rearm == 0) &&
         within(head->labels, EN_DECODER_LABELS_LEAST, EN_DECODER_LABELS_MOST) &&
         within(head->format, EN_DECODER_FORMAT_LEAST, EN_DECODER_FORMAT_MOST) &&
         within(head->window, EN_DECODER_WINDOW_LEAST, EN_DECODER_WINDOW_MOST) && within(head->threshold, 0, 32767) &&
         within(head->rearm, 0, head->threshold) && head->reserved == 0;
}

static bool laid_out(const en_decoder_head *head) {
  int labels = head->labels, powers_at = sizeof *head;
  int fires_at = powers_at + ((2 * (EN_DECODER_POWER_STEPS + 1) + 3) & ~3), names_at = fires_at + ((labels + 3) & ~3);
  return head->powers_at == powers_at && head->fires_at == fires_at && head->names_at == names_at &&
         head->length >= names_at &&
         head->ram_bytes == sizeof(en_decoder_state) + 4u * head->labels + ((head->labels + 3u) & ~3u) +
                                2u * head->labels * head->window;
}

en_error en_decoder_check(const uint8_t *section, size_t length) {
  const en_decoder_head *head = (const void *)section;
  if (length < sizeof *head || length < head->length) return EN_TRUNCATED;
  if (!within_limits(head)) return EN_LIMIT;
  if (length > head->length || !laid_out(head)) return EN_SECTION;
  /* A first power of 1 keeps the sum of weights above 0, powers of at most 1 keep it in 32 bits. */
  const uint16_t *powers = (const void *)(section + head->powers_at);
  if (powers[0] != 32768) return EN_SECTION;
  for (int i = 1; i <= EN_DECODER_POWER_STEPS; i++) {
    if (powers[i] > 32768) return EN_SECTION;
  }
  size_t at = head->names_at;
  for (int label = 0; label < head->labels; label++) {
    if (section[head->fires_at + label] > 1) return EN_SECTION;
    if (at >= length || !within(section[at], EN_DECODER_LABEL_LEAST, EN_DECODER_LABEL_MOST)) return EN_SECTION;
    at += 1u + section[at];
  }
  return ((at + 3) & ~(size_t)3) == length ? EN_OK : EN_SECTION;
}
