/* The store and the journal on a flash in RAM whose power fails: in every operation of an update, at several bytes of it, and
   once more in what the board does after that. With "all" on standard input it cuts the second time in every operation too.
   Then on one that does half of an operation, once or for ever, and says nothing. */
#include <limits.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "container.h"
#include "crc.h"
#include "journal.h"
#include "store.h"

enum { ERASE = 512, WRITE = 8, JOURNAL = 2 * ERASE, SLOT = 4 * ERASE, FLASH = JOURNAL + 2 * SLOT, LENGTH = 2000, NEVER = -1 };

static uint8_t flash[FLASH] __attribute__((aligned(16)));
static long left = NEVER;
static size_t torn;
static jmp_buf power;
static unsigned long cuts;
/* From operation `fault_at` on, `faults` of them do only their first half. */
static long operations, fault_at, faults;

#define CHECK(condition) \
  do { \
    if (!(condition)) { \
      fprintf(stderr, "line %d: %s (after %lu cuts)\n", __LINE__, #condition, cuts); \
      exit(1); \
    } \
  } while (0)

static bool faulty(void) { return operations >= fault_at && operations - fault_at < faults; }

/* Bytes of an operation that are done; fewer than asked for when the power fails in it, or it is a faulty one. */
static size_t done(size_t count) {
  if (faulty()) return count / 2;
  return left == 0 && torn < count ? torn : count;
}

static void finish(void) {
  operations++;
  if (left == 0) {
    left = NEVER;
    cuts++;
    longjmp(power, 1);
  }
  if (left > 0) left--;
}

static bool erase(size_t offset) {
  CHECK(offset % ERASE == 0 && offset < FLASH);
  memset(flash + offset, 0xFF, done(ERASE));
  finish();
  return true;
}

static bool program(size_t offset, const uint8_t *bytes, size_t count) {
  CHECK(offset % WRITE == 0 && count % WRITE == 0 && offset + count <= FLASH);
  /* Only once; or again, with the same bytes, after a fault. */
  for (size_t i = 0; i < count; i++) CHECK(flash[offset + i] == 0xFF || (faults && flash[offset + i] == bytes[i]));
  for (size_t i = 0, n = done(count); i < n; i++) flash[offset + i] &= bytes[i];
  finish();
  return true;
}

static const en_board board = {
  .flash = flash, .flash_bytes = FLASH, .erase_bytes = ERASE, .write_bytes = WRITE, .erase = erase, .program = program,
};

/* Stands for the check of a real model: a magic number, the length, a CRC of the rest. */
en_error en_check_model(const uint8_t *model, size_t length) {
  en_header header;
  memcpy(&header, model, sizeof header);
  uint32_t crc = en_crc32(0, model + sizeof header, length - sizeof header);
  if (header.magic != EN_FILE_MAGIC || header.length != length) return EN_CHECKSUM;
  return memcmp(header.sha256, &crc, sizeof crc) == 0 ? EN_OK : EN_CHECKSUM;
}

static void make(uint8_t *model, uint8_t name) {
  en_header header = {.magic = EN_FILE_MAGIC, .length = LENGTH, .crc = name};
  for (size_t i = sizeof header; i < LENGTH; i++) model[i] = (uint8_t)(name * 31 + i * 7);
  uint32_t crc = en_crc32(0, model + sizeof header, LENGTH - sizeof header);
  memcpy(header.sha256, &crc, sizeof crc);
  memcpy(model, &header, sizeof header);
}

static en_error update(uint8_t name) {
  uint8_t model[LENGTH];
  en_store store;
  make(model, name);
  en_store_open(&store, &board, JOURNAL);
  en_error error = en_store_begin(&store, LENGTH);
  for (size_t at = 0; !error && at < LENGTH; at += 160) {
    error = en_store_write(&store, at, model + at, LENGTH - at < 160 ? LENGTH - at : 160);
  }
  return error ? error : en_store_commit(&store);
}

/* The model that would boot: its name, or 0. */
static uint8_t boots(void) {
  en_store store;
  size_t length;
  en_store_open(&store, &board, JOURNAL);
  const uint8_t *model = en_store_model(&store, &length);
  if (!model) return 0;
  uint8_t expected[LENGTH], name = model[offsetof(en_header, crc)];
  make(expected, name);
  CHECK(length == LENGTH && memcmp(model, expected, LENGTH) == 0);
  return name;
}

static void confirm(void) {
  en_store store;
  en_store_open(&store, &board, JOURNAL);
  CHECK(en_store_confirm(&store) == EN_OK);
}

static void drop(void) {
  en_store store;
  en_store_open(&store, &board, JOURNAL);
  CHECK(en_store_drop(&store) == EN_OK);
}

/* Runs `act` on a copy of `before` with a cut in operation `operation` after `bytes`. False if it ended before. */
static bool cut(const uint8_t *before, void (*act)(void), long operation, size_t bytes) {
  memcpy(flash, before, FLASH);
  left = operation;
  torn = bytes;
  if (setjmp(power) != 0) return true;
  act();
  left = NEVER;
  return false;
}

static const size_t tears[] = {0, 1, 4, 7, ERASE / 2, ERASE - 1, ERASE};
enum { TEARS = sizeof tears / sizeof *tears };

static void to_two(void) { CHECK(update(2) == EN_OK); }
static void to_three(void) { CHECK(update(3) == EN_OK); }

static void cut_again(long step) {
  uint8_t middle[FLASH];
  memcpy(middle, flash, FLASH);
  uint8_t old = boots();
  for (long operation = 0;; operation += step) {
    bool came = false;
    for (int t = 0; t < TEARS; t += 3) {
      if (!cut(middle, to_three, operation, tears[t])) continue;
      came = true;
      uint8_t now = boots();
      CHECK(now == old || now == 3);
    }
    if (!came) return;
  }
}

static void test_updates(long first_step, long second_step) {
  uint8_t before[FLASH];
  memset(flash, 0xFF, FLASH);
  CHECK(boots() == 0);
  CHECK(update(1) == EN_OK);
  confirm();
  CHECK(boots() == 1);
  memcpy(before, flash, FLASH);
  bool seen_old = false, seen_new = false;
  for (long operation = 0;; operation++) {
    bool came = false;
    for (int t = 0; t < TEARS; t++) {
      if (!cut(before, to_two, operation, tears[t])) continue;
      came = true;
      uint8_t now = boots();
      CHECK(now == 1 || now == 2);
      if (now == 1) seen_old = true;
      if (now == 2) seen_new = true;
      if (operation % first_step == 0) cut_again(second_step);
    }
    if (!came) break;
    CHECK(update(3) == EN_OK && boots() == 3);
  }
  CHECK(seen_old && seen_new && boots() == 2);
}

/* A model that trapped is dropped, in one step, for the one before. */
static void test_drop(void) {
  uint8_t before[FLASH];
  memset(flash, 0xFF, FLASH);
  CHECK(update(1) == EN_OK && update(2) == EN_OK && boots() == 2);
  memcpy(before, flash, FLASH);
  for (int t = 0; t < TEARS; t++) {
    if (cut(before, drop, 0, tears[t])) CHECK(boots() == (tears[t] == 0 ? 2 : 1));
    if (cut(before, confirm, 0, tears[t])) CHECK(boots() == 2);
  }
  memcpy(flash, before, FLASH);
  drop();
  CHECK(boots() == 1);
  /* An erase that was cut may leave a record whole and its model damaged: then there is no model to fall back to. */
  for (int t = 0; t < TEARS; t++) {
    if (!cut(before, to_three, 0, tears[t])) continue;
    CHECK(boots() == 2);
    drop();
    CHECK(boots() == (tears[t] == 0 ? 1 : 0));
  }
}

static uint8_t round_number;

static void set_many(void) {
  en_journal journal;
  en_journal_open(&journal, &board);
  uint8_t value[40];
  memset(value, round_number, sizeof value);
  CHECK(en_journal_set(&journal, 7, value, 20u + round_number % 20) == EN_OK);
}

/* Whether key 7 has the value of round `number`, or, for 0, none. */
static bool has(uint8_t number) {
  en_journal journal;
  en_journal_open(&journal, &board);
  size_t length;
  const uint8_t *value = en_journal_get(&journal, 7, &length);
  if (!value) return number == 0;
  for (size_t i = 0; i < length; i++) if (value[i] != number) return false;
  return length == 20u + number % 20;
}

static void test_journal(void) {
  uint8_t before[FLASH];
  memset(flash, 0xFF, FLASH);
  en_journal journal;
  en_journal_open(&journal, &board);
  CHECK(en_journal_set(&journal, 1, (const uint8_t *)"kept", 4) == EN_OK);
  CHECK(en_journal_set(&journal, 2, (const uint8_t *)"forgotten", 9) == EN_OK);
  CHECK(en_journal_set(&journal, 2, NULL, 0) == EN_OK);
  for (round_number = 1; round_number < 100; round_number++) {
    memcpy(before, flash, FLASH);
    for (long operation = 0;; operation++) {
      bool came = false;
      for (int t = 0; t < TEARS; t++) {
        if (!cut(before, set_many, operation, tears[t])) continue;
        came = true;
        CHECK(has(round_number) || has(round_number - 1));
        set_many();
        CHECK(has(round_number));
      }
      if (!came) break;
    }
    memcpy(flash, before, FLASH);
    set_many();
    CHECK(has(round_number));
    size_t length;
    en_journal_open(&journal, &board);
    const uint8_t *kept = en_journal_get(&journal, 1, &length);
    CHECK(kept && length == 4 && memcmp(kept, "kept", 4) == 0);
    CHECK(!en_journal_get(&journal, 2, &length));
  }
  uint8_t large[ERASE];
  memset(large, 0, sizeof large);
  CHECK(en_journal_set(&journal, 3, large, sizeof large) == EN_SPACE && has(99));
}

static void test_numbers_wrap(void) {
  memset(flash, 0xFF, FLASH);
  CHECK(update(1) == EN_OK);
  en_store store;
  en_store_open(&store, &board, JOURNAL);
  en_commit_record record = store.record;
  record.number = UINT32_MAX;
  record.crc = en_crc32(0, &record, sizeof record - sizeof record.crc);
  memcpy(flash + JOURNAL + store.slot_bytes, &record, sizeof record);
  CHECK(update(2) == EN_OK && boots() == 2);
  CHECK(update(3) == EN_OK && boots() == 3);
}

static void begin_faults(long at, long count) {
  operations = 0;
  fault_at = at;
  faults = count;
}

static en_error set_key(uint8_t value) {
  en_journal journal;
  en_journal_open(&journal, &board);
  return en_journal_set(&journal, 7, (uint8_t[]){value, value, value, value, value, value, value, value}, 8);
}

static uint8_t get_key(void) {
  en_journal journal;
  en_journal_open(&journal, &board);
  size_t length;
  const uint8_t *value = en_journal_get(&journal, 7, &length);
  return value ? *value : 0;
}

/* A fault that is gone at the second try is made good; one that stays is reported, and what was there before stays too. */
static void test_faults(void) {
  uint8_t before[FLASH];
  memset(flash, 0xFF, FLASH);
  CHECK(update(1) == EN_OK && update(3) == EN_OK && set_key(1) == EN_OK);
  memcpy(before, flash, FLASH);
  begin_faults(0, 0);
  CHECK(update(2) == EN_OK);
  const long last = operations;
  long reported = 0;
  for (long at = 0; at < last; at++) {
    memcpy(flash, before, FLASH);
    begin_faults(at, 1);
    CHECK(update(2) == EN_OK && boots() == 2);
    memcpy(flash, before, FLASH);
    begin_faults(at, LONG_MAX);
    en_error error = update(2);
    begin_faults(0, 0);
    /* EN_OK where only the half of a unit is hit that is FF anyhow. */
    CHECK(error ? error == EN_FLASH && boots() == 3 : boots() == 2);
    if (error) reported++;
    CHECK(update(2) == EN_OK && boots() == 2);
  }
  CHECK(reported > last * 9 / 10);
  begin_faults(0, 1);
  CHECK(set_key(2) == EN_OK && get_key() == 2);
  begin_faults(0, LONG_MAX);
  CHECK(set_key(3) == EN_FLASH && get_key() == 2);
  begin_faults(0, 0);
  CHECK(set_key(4) == EN_OK && get_key() == 4);
}

int main(void) {
  char word[4] = "";
  bool all = fread(word, 1, 3, stdin) == 3 && strcmp(word, "all") == 0;
  test_updates(all ? 1 : 17, all ? 1 : 13);
  test_drop();
  test_journal();
  test_numbers_wrap();
  test_faults();
  printf("%lu cuts\n", cuts);
  return 0;
}
