/* The ops of memory-ops.c, for the table in ops.c. */
#ifndef EN_MEMORY_OPS_H
#define EN_MEMORY_OPS_H

#include "ops.h"

OP_OF(rows_dot);
OP_OF(weighted_rows);
OP_OF(outer);
OP_OF(erase);
OP_OF(link);
OP_OF(cosine);
OP_OF(softmax);
OP_OF(shift);
OP_OF(power);
OP_OF(softplus);
OP_OF(spread);
OP_OF(allocation);
OP_OF(pop);
OP_OF(free);
OP_OF(top);
OP_OF(signs);
OP_OF(sweep);
OP_OF(random);
OP_OF(logit);
OP_OF(embed);
OP_OF(slice);
OP_OF(place);

#endif
