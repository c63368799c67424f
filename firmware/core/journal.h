/* Small values by key in two pages of flash: thresholds, rules, learned patterns, saved states. Entries are appended, the
   newest of a key counts; a full page is copied, without what is outdated, into the other. */
#ifndef EN_JOURNAL_H
#define EN_JOURNAL_H

#include "board.h"
#include "errors.h"
#include "store-format.h"

typedef struct en_journal {
  const en_board *board;
  size_t page; /* offset of the page that counts; the other is the one beside it */
  uint32_t generation;
  bool there;  /* there is such a page */
  size_t end;  /* where the next entry goes, from the page's begin */
} en_journal;

/* Finds the page that counts; reads only. The journal takes the flash's first two erase units. */
void en_journal_open(en_journal *, const en_board *);
size_t en_journal_bytes(const en_board *);

/* The newest value of `key` (in flash), or NULL. */
const uint8_t *en_journal_get(const en_journal *, uint16_t key, size_t *length);
/* Appends a value; length 0 forgets the key. EN_SPACE if the page cannot hold it. After a power cut the key has its old value
   or this one. */
en_error en_journal_set(en_journal *, uint16_t key, const uint8_t *value, size_t length);

#endif
