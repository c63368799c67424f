/* Counts resets that come while a model takes its first steps, in words that a reset keeps: a model that hangs or crashes the
   board must not do so for ever. Losing power forgets the count. */
#ifndef EN_GUARD_H
#define EN_GUARD_H

#include "board.h"

/* At start: the number of resets, one after the other, in which a guarded stretch did not end. */
uint32_t en_guard_open(const en_board *);
void en_guard_enter(const en_board *); /* a stretch begins */
void en_guard_leave(const en_board *); /* it ends well enough not to be counted */
void en_guard_clear(const en_board *); /* and nothing is held against the model any more */

#endif
