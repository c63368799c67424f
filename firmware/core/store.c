#include "store.h"

#include <string.h>

#include "check.h"
#include "container.h"
#include "crc.h"
#include "flash.h"

/* The last units of a slot: commit record, confirmed, dropped. */
static size_t cells_bytes(const en_board *board) {
  return en_flash_units(board, sizeof(en_commit_record)) + 2 * board->write_bytes;
}

static size_t slot_offset(const en_store *store, uint8_t slot) {
  return store->slots_offset + slot * store->slot_stride;
}

static size_t record_offset(const en_store *store, uint8_t slot) { return slot_offset(store, slot) + store->slot_bytes; }

static size_t confirmed_offset(const en_store *store, uint8_t slot) {
  return record_offset(store, slot) + en_flash_units(store->board, sizeof(en_commit_record));
}

static size_t dropped_offset(const en_store *store, uint8_t slot) {
  return confirmed_offset(store, slot) + store->board->write_bytes;
}

/* A cell is written once, with zeros. One that a power cut left half written counts as written. */
static en_error write_cell(const en_store *store, size_t offset) {
  if (!en_flash_erased(store->board, offset, store->board->write_bytes)) return EN_OK;
  const uint32_t zeros[64] = {0}; /* on the stack, which here is not deep: flash and RAM are dearer */
  return en_flash_write(store->board, offset, zeros, store->board->write_bytes, NULL, 0);
}

static bool cell_written(const en_store *store, size_t offset) {
  return !en_flash_erased(store->board, offset, store->board->write_bytes);
}

static bool read_record(const en_store *store, uint8_t slot, en_commit_record *record) {
  memcpy(record, store->board->flash + record_offset(store, slot), sizeof *record);
  return record->magic == EN_STORE_RECORD_MAGIC && record->length <= store->slot_bytes &&
         record->crc == en_crc32(0, record, sizeof *record - sizeof record->crc);
}

static bool runs(const en_store *store, uint8_t slot, const en_commit_record *record) {
  if (cell_written(store, dropped_offset(store, slot))) return false;
  const uint8_t *model = store->board->flash + slot_offset(store, slot);
  en_header header;
  if (record->length < sizeof header) return false;
  memcpy(&header, model, sizeof header);
  return header.crc == record->model && en_check_model(model, record->length) == EN_OK;
}

/* Makes the newest valid slot current. Slots are looked at from new to old, so that one check is enough as a rule. */
static void choose(en_store *store) {
  en_commit_record records[EN_SLOTS];
  bool there[EN_SLOTS];
  for (uint8_t slot = 0; slot < EN_SLOTS; slot++) there[slot] = read_record(store, slot, &records[slot]);
  uint8_t newest = there[0] && (!there[1] || (int32_t)(records[0].number - records[1].number) > 0) ? 0 : 1;
  store->current = EN_NO_SLOT;
  store->confirmed = store->board->built_in != NULL; /* nothing stands behind it */
  for (uint8_t i = 0; i < EN_SLOTS; i++) {
    uint8_t slot = i == 0 ? newest : 1 - newest;
    if (!there[slot] || !runs(store, slot, &records[slot])) continue;
    store->current = slot;
    store->record = records[slot];
    store->confirmed = cell_written(store, confirmed_offset(store, slot));
    return;
  }
}

void en_store_open(en_store *store, const en_board *board, size_t journal_bytes) {
  memset(store, 0, sizeof *store);
  store->board = board;
  store->slots_offset = journal_bytes;
  store->slot_stride = (board->flash_bytes - journal_bytes) / EN_SLOTS / board->erase_bytes * board->erase_bytes;
  store->slot_bytes = store->slot_stride - cells_bytes(board);
  choose(store);
}

const uint8_t *en_store_model(const en_store *store, size_t *length) {
  if (store->current == EN_NO_SLOT) {
    *length = store->board->built_in_bytes;
    return store->board->built_in;
  }
  *length = store->record.length;
  return store->board->flash + slot_offset(store, store->current);
}

en_error en_store_begin(en_store *store, size_t length) {
  store->updating = false;
  if (length > store->slot_bytes) return EN_SPACE;
  store->target = store->current == 0 ? 1 : 0;
  /* The old record goes first, so that what it speaks of is never taken for whole. */
  size_t last = slot_offset(store, store->target) + store->slot_stride - store->board->erase_bytes;
  size_t cells = record_offset(store, store->target);
  size_t from = cells / store->board->erase_bytes * store->board->erase_bytes;
  en_error error = en_flash_erase(store->board, from, last + store->board->erase_bytes - from);
  if (error) return error;
  store->updating = true;
  store->length = length;
  store->written = 0;
  store->erased = 0;
  return EN_OK;
}

static en_error give_up(en_store *store, en_error error) {
  store->updating = false;
  return error;
}

en_error en_store_write(en_store *store, size_t offset, const uint8_t *bytes, size_t count) {
  const en_board *board = store->board;
  if (!store->updating) return EN_NO_UPDATE;
  if (offset != store->written || count == 0 || count > store->length - store->written) return give_up(store, EN_PAYLOAD);
  bool last = offset + count == store->length;
  if (!last && count % board->write_bytes != 0) return give_up(store, EN_PAYLOAD);
  size_t start = slot_offset(store, store->target);
  size_t cells_unit = (record_offset(store, store->target) - start) / board->erase_bytes * board->erase_bytes;
  while (store->erased < offset + count) {
    /* The unit of the commit record is erased since en_store_begin. */
    en_error error = store->erased < cells_unit ? en_flash_erase(board, start + store->erased, board->erase_bytes) : EN_OK;
    if (error) return give_up(store, error);
    store->erased += board->erase_bytes;
  }
  en_error error = en_flash_write(board, start + offset, bytes, count, NULL, 0);
  if (error) return give_up(store, error);
  store->written += count;
  return EN_OK;
}

en_error en_store_written(const en_store *store, const uint8_t **model, size_t *length) {
  if (!store->updating) return EN_NO_UPDATE;
  if (store->written < store->length) return EN_TRUNCATED;
  *model = store->board->flash + slot_offset(store, store->target);
  *length = store->length;
  return EN_OK;
}

en_error en_store_commit(en_store *store) {
  const uint8_t *model;
  size_t length;
  en_error error = en_store_written(store, &model, &length);
  if (error) return error;
  en_header header;
  memcpy(&header, model, sizeof header);
  en_commit_record old, record = {.magic = EN_STORE_RECORD_MAGIC, .length = (uint32_t)length, .model = header.crc};
  uint32_t number = read_record(store, 1 - store->target, &old) ? old.number : 0;
  record.number = number + 1;
  record.crc = en_crc32(0, &record, sizeof record - sizeof record.crc);
  error = en_flash_write(store->board, record_offset(store, store->target), &record, sizeof record, NULL, 0);
  if (error) return give_up(store, error);
  store->updating = false;
  store->current = store->target;
  store->record = record;
  store->confirmed = false;
  return EN_OK;
}

en_error en_store_confirm(en_store *store) {
  if (store->confirmed) return EN_OK;
  if (store->current == EN_NO_SLOT) return EN_NO_MODEL;
  store->confirmed = true; /* even if the flash refuses: asked again after the next boot, not at every step */
  return write_cell(store, confirmed_offset(store, store->current));
}

en_error en_store_drop(en_store *store) {
  if (store->current == EN_NO_SLOT) return EN_NO_MODEL;
  en_error error = write_cell(store, dropped_offset(store, store->current));
  choose(store);
  return error;
}

en_error en_store_erase(en_store *store) {
  store->updating = false;
  uint8_t newest = store->current == 1 ? 1 : 0;
  store->current = EN_NO_SLOT;
  en_error first = EN_OK;
  /* The unit with the record is enough: without it nothing of a slot is ever read. The older first, else a power cut would
     bring it back. */
  for (uint8_t i = 0; i < EN_SLOTS; i++) {
    uint8_t slot = i == 0 ? 1 - newest : newest;
    size_t from = record_offset(store, slot) / store->board->erase_bytes * store->board->erase_bytes;
    en_error error = en_flash_erase(store->board, from, slot_offset(store, slot) + store->slot_stride - from);
    if (error && !first) first = error;
  }
  return first;
}
