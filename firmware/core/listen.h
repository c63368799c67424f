/* What a board with a sensor hears by itself: its samples go through the model with no host attached, what was detected last is
   kept, and rules of the journal drive pins. stream.c has the steps. */
#ifndef EN_LISTEN_H
#define EN_LISTEN_H

#include "decoder.h"
#include "session.h"

enum { EN_HEARD_MOST = 16 };

typedef struct en_heard {
  uint32_t uptime_ms;
  uint16_t label, score;
} en_heard;

/* A rule of which the model has the label. */
typedef struct en_rule {
  uint8_t pin;
  bool high;
  uint16_t label, threshold;
  uint32_t hold_ms, since_ms;
} en_rule;

typedef struct en_listener {
  uint32_t rate; /* at which the sensor gives samples, 0: it gives none */
  uint8_t rule_count;
  en_rule rules[EN_STORE_RULES_MOST];
  uint32_t detections;
  en_heard heard[EN_HEARD_MOST]; /* detection n at n modulo their number */
} en_listener;

/* For session.c and stream.c, through the board. */
typedef struct en_listening {
  bool (*poll)(en_session *); /* true if there was anything to do */
  void (*detected)(en_session *, const en_decision *);
  void (*answer_heard)(en_session *, const en_request *);
  /* Whether a rule can be kept; an empty one forgets. */
  en_error (*check_rule)(en_session *, const uint8_t *value, size_t length);
} en_listening;
extern const en_listening en_listen;

#endif
