/* Functions of one number that ops share; whole numbers in, whole numbers out, the same in assembly/ops/functions.ts. docs/arithmetic.md
   gives their errors. */
#ifndef EN_FUNCTIONS_H
#define EN_FUNCTIONS_H

#include <stdint.h>

enum { EN_DEEPEST = (16 << 11) + 1 }; /* what en_exp2 takes at most: from there on all is 0 */

/* value · 2^−shift, rounded half up; left where that is negative. What comes of it must fit. */
int64_t en_scale(int64_t value, int shift);

/* 2^−t in Q15, 0 … 32768, of t in Q11, 0 … EN_DEEPEST. */
uint32_t en_exp2(uint32_t t);

/* log2(v) in Q11 of v, 1 … 65536. */
int32_t en_log2(uint32_t v);

/* ⌊√v⌋. */
uint32_t en_sqrt(uint64_t v);

/* num / den in Q15, at most 32767; 0 if den is 0. */
int32_t en_ratio(uint64_t num, uint64_t den);

#endif
