#include "guard.h"

/* The first word: a mark, whether a stretch is open, the count. The second is its complement. */
enum { MARK = 0x454e0000, OPEN = 0x100, COUNT = 0xFF };

static uint32_t get(const en_board *board) {
  uint32_t word = board->retained[0];
  bool valid = (word & 0xFFFF0000u) == MARK && board->retained[1] == ~word;
  return valid ? word : MARK;
}

static void put(const en_board *board, uint32_t word) {
  board->retained[0] = word;
  board->retained[1] = ~word;
}

uint32_t en_guard_open(const en_board *board) {
  uint32_t word = get(board);
  if (word & OPEN) word = MARK | ((word & COUNT) < COUNT ? (word & COUNT) + 1 : COUNT);
  put(board, word);
  return word & COUNT;
}

void en_guard_enter(const en_board *board) { put(board, get(board) | OPEN); }
void en_guard_leave(const en_board *board) { put(board, get(board) & ~(uint32_t)OPEN); }
void en_guard_clear(const en_board *board) { put(board, MARK); }
