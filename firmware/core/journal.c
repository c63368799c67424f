#include "journal.h"

#include <string.h>

#include "crc.h"
#include "flash.h"

size_t en_journal_bytes(const en_board *board) { return 2 * board->erase_bytes; }

static size_t first_entry(const en_board *board) { return en_flash_units(board, sizeof(en_page_head)); }

static size_t entry_bytes(const en_board *board, size_t length) {
  return en_flash_units(board, sizeof(en_entry_head) + length);
}

static uint32_t entry_crc(const en_entry_head *head, const uint8_t *value) {
  uint32_t crc = en_crc32(0, &head->key, sizeof head->key + sizeof head->length);
  return en_crc32(crc, value, head->length);
}

/* The entry at `at` of a page; false where there is none, or a torn one. */
static bool read_entry(const en_board *board, size_t page, size_t at, en_entry_head *head) {
  if (at + sizeof *head > board->erase_bytes) return false;
  memcpy(head, board->flash + page + at, sizeof *head);
  if (head->key == EN_STORE_NO_KEY || head->length > board->erase_bytes - at - sizeof *head) return false;
  return head->crc == entry_crc(head, board->flash + page + at + sizeof *head);
}

static bool read_page(const en_board *board, size_t page, uint32_t *generation) {
  en_page_head head;
  memcpy(&head, board->flash + page, sizeof head);
  *generation = head.generation;
  return head.magic == EN_STORE_PAGE_MAGIC && head.crc == en_crc32(0, &head, sizeof head - sizeof head.crc);
}

void en_journal_open(en_journal *journal, const en_board *board) {
  uint32_t first, second;
  bool has_first = read_page(board, 0, &first), has_second = read_page(board, board->erase_bytes, &second);
  memset(journal, 0, sizeof *journal);
  journal->board = board;
  journal->there = has_first || has_second;
  if (!journal->there) return;
  bool take_second = has_second && (!has_first || (int32_t)(second - first) > 0);
  journal->page = take_second ? board->erase_bytes : 0;
  journal->generation = take_second ? second : first;
  size_t at = first_entry(board);
  en_entry_head head;
  while (read_entry(board, journal->page, at, &head)) at += entry_bytes(board, head.length);
  /* A torn entry cannot be written over: then the page counts as full. */
  bool clean = at <= board->erase_bytes && en_flash_erased(board, journal->page + at, board->erase_bytes - at);
  journal->end = clean ? at : board->erase_bytes;
}

/* Where the newest entry of `key` lies, 0 if there is none. */
static size_t newest(const en_journal *journal, uint16_t key) {
  if (!journal->there) return 0;
  size_t found = 0;
  en_entry_head head;
  for (size_t at = first_entry(journal->board); read_entry(journal->board, journal->page, at, &head);
       at += entry_bytes(journal->board, head.length)) {
    if (head.key == key) found = at;
  }
  return found;
}

const uint8_t *en_journal_get(const en_journal *journal, uint16_t key, size_t *length) {
  size_t at = newest(journal, key);
  if (at == 0) return NULL;
  en_entry_head head;
  memcpy(&head, journal->board->flash + journal->page + at, sizeof head);
  *length = head.length;
  return head.length > 0 ? journal->board->flash + journal->page + at + sizeof head : NULL;
}

static en_error append(const en_board *board, size_t page, size_t *end, uint16_t key, const uint8_t *value, size_t length) {
  if (entry_bytes(board, length) > board->erase_bytes - *end) return EN_SPACE;
  en_entry_head head = {.key = key, .length = (uint16_t)length};
  head.crc = entry_crc(&head, value);
  en_error error = en_flash_write(board, page + *end, &head, sizeof head, value, length);
  *end = error ? board->erase_bytes : *end + entry_bytes(board, length);
  return error;
}

/* Writes the entries that count, the new one instead of its key's old one, into the other page, whose head comes last. */
static en_error compact(en_journal *journal, uint16_t key, const uint8_t *value, size_t length) {
  const en_board *board = journal->board;
  size_t other = journal->there && journal->page == 0 ? board->erase_bytes : 0;
  size_t end = first_entry(board);
  en_error error = en_flash_erase(board, other, board->erase_bytes);
  en_entry_head head;
  for (size_t at = first_entry(board); !error && journal->there && read_entry(board, journal->page, at, &head);
       at += entry_bytes(board, head.length)) {
    if (head.key == key || head.length == 0 || newest(journal, head.key) != at) continue;
    error = append(board, other, &end, head.key, board->flash + journal->page + at + sizeof head, head.length);
  }
  if (!error && length > 0) error = append(board, other, &end, key, value, length);
  if (error) return error;
  en_page_head page = {.magic = EN_STORE_PAGE_MAGIC, .generation = journal->generation + 1};
  page.crc = en_crc32(0, &page, sizeof page - sizeof page.crc);
  error = en_flash_write(board, other, &page, sizeof page, NULL, 0);
  if (error) return error;
  journal->page = other;
  journal->generation = page.generation;
  journal->there = true;
  journal->end = end;
  return EN_OK;
}

en_error en_journal_set(en_journal *journal, uint16_t key, const uint8_t *value, size_t length) {
  if (key == EN_STORE_NO_KEY || length > EN_STORE_VALUE_BYTES) return EN_PAYLOAD;
  if (journal->there && entry_bytes(journal->board, length) <= journal->board->erase_bytes - journal->end) {
    return append(journal->board, journal->page, &journal->end, key, value, length);
  }
  return compact(journal, key, value, length);
}
