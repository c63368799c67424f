/* Two model slots in flash. An update goes into the slot that does not run; its commit record comes last. At every moment,
   whatever is cut, one of the two boots: the old model or the new, whole. docs/store.md has all states. */
#ifndef EN_STORE_H
#define EN_STORE_H

#include "board.h"
#include "errors.h"
#include "store-format.h"

enum { EN_SLOTS = 2, EN_NO_SLOT = 255 };

typedef struct en_store {
  const en_board *board;
  size_t slots_offset, slot_stride; /* slot i begins at slots_offset + i * slot_stride */
  size_t slot_bytes;                /* largest model file */
  uint8_t current;                  /* slot of the board's model, or EN_NO_SLOT */
  bool confirmed;                   /* that model has run well */
  en_commit_record record;          /* its record */
  /* The update under way. */
  bool updating;
  uint8_t target;
  size_t length, written, erased; /* of the target: whole length, written and erased so far */
} en_store;

/* Finds the newest valid model; reads only. The slots take what flash lies behind `journal_bytes`. */
void en_store_open(en_store *, const en_board *, size_t journal_bytes);
/* The board's model, or NULL. */
const uint8_t *en_store_model(const en_store *, size_t *length);

/* An update: begin, write from 0 on without gaps in multiples of the write unit (but for the last), then look at it with
   en_store_written, then commit or begin again. Nothing of the current model is touched. */
en_error en_store_begin(en_store *, size_t length);
en_error en_store_write(en_store *, size_t offset, const uint8_t *bytes, size_t count);
/* The whole model file as it now stands in flash. EN_NO_UPDATE, or EN_TRUNCATED if part of it is missing. */
en_error en_store_written(const en_store *, const uint8_t **model, size_t *length);
en_error en_store_commit(en_store *);

/* The current model has run well. */
en_error en_store_confirm(en_store *);
/* The current model must not run again; the other slot's, if valid, becomes current. */
en_error en_store_drop(en_store *);
/* Forgets both models. */
en_error en_store_erase(en_store *);

#endif
