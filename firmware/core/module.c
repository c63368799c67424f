/* The check of the module subset; host/compile/subset.ts is its twin and gives the same answer. One pass: all values are i32,
   so an operand count a frame validates, and since no branch goes back, code ends. */
#include "module.h"

#include <stdbool.h>
#include <string.h>

#include "container.h"

typedef struct instruction {
  uint8_t opcode, immediate, takes, gives;
} instruction;

#define ENTRY(code, name, immediate, takes, gives) {code, immediate, takes, gives},
static const instruction instructions[] = {EN_INSTRUCTIONS(ENTRY)};
#undef ENTRY
#define ENTRY(code, name, immediate, takes, gives) OP_##name = code,
enum { EN_INSTRUCTIONS(ENTRY) };
#undef ENTRY

const en_op en_ops[] = {
#define ENTRY(c_name, name, arguments, code) {#name, arguments},
  EN_OP_TABLE(ENTRY)
#undef ENTRY
};

enum { VALUE_I32 = 0x7f, BLOCK_EMPTY = 0x40, FUNCTION_TYPE = 0x60, MOST_FUNCTIONS = EN_MODULE_IMPORTS + EN_MODULE_FUNCTIONS };
enum { FRAME_FUNCTION, FRAME_BLOCK, FRAME_IF, FRAME_ELSE };

typedef struct signature {
  uint8_t parameters, results;
} signature;

typedef struct frame {
  uint8_t base, results, kind;
} frame;

/* What one call of a function may cost: op calls, and slots of stack from its result on. */
typedef struct cost {
  uint16_t calls, stack;
} cost;

typedef struct checker {
  const uint8_t *at, *end;
  en_error error; /* once set, every read gives 0 and nothing more is believed */
  uint32_t types, functions, imports, costs;
  signature type[EN_MODULE_TYPES], function[MOST_FUNCTIONS]; /* imports first */
  cost cost[MOST_FUNCTIONS];
} checker;

static void refuse(checker *c) {
  if (!c->error) c->error = EN_MODULE;
}

static void require(checker *c, bool holds) {
  if (!holds) refuse(c);
}

static uint8_t read_u8(checker *c) {
  if (c->error || c->at >= c->end) {
    refuse(c);
    return 0;
  }
  return *c->at++;
}

static uint32_t read_u32(checker *c, uint32_t most) {
  uint32_t value = 0;
  for (uint32_t shift = 0;; shift += 7) {
    uint8_t byte = read_u8(c);
    if (shift == 28 && byte > 15) refuse(c);
    if (c->error) return 0;
    value |= (uint32_t)(byte & 127) << shift;
    if (byte < 128) break;
  }
  require(c, value <= most);
  return c->error ? 0 : value;
}

static void pass_s32(checker *c) {
  for (int count = 1; !c->error; count++) {
    uint8_t byte = read_u8(c);
    if (count == 5 && byte > 7 && (byte < 0x78 || byte > 0x7f)) refuse(c);
    if (byte < 128) return;
  }
}

static uint8_t read_i32_types(checker *c, uint32_t most) {
  uint32_t count = read_u32(c, most);
  for (uint32_t i = 0; i < count; i++) require(c, read_u8(c) == VALUE_I32);
  return (uint8_t)count;
}

/* The letters of a name where they lie; empty after an error. */
static const char *read_name(checker *c, uint32_t *length) {
  *length = read_u32(c, EN_MODULE_NAME);
  const char *name = (const char *)c->at;
  for (uint32_t i = 0; i < *length; i++) {
    uint8_t letter = read_u8(c);
    require(c, letter >= 33 && letter <= 126);
  }
  if (c->error) *length = 0;
  return name;
}

static bool is(const char *name, uint32_t length, const char *wanted) {
  return strlen(wanted) == length && memcmp(name, wanted, length) == 0;
}

static signature read_type(checker *c) {
  uint32_t index = read_u32(c, EN_MODULE_TYPES);
  require(c, index < c->types);
  return c->error ? (signature){0, 0} : c->type[index];
}

static void type_section(checker *c) {
  c->types = read_u32(c, EN_MODULE_TYPES);
  for (uint32_t i = 0; i < c->types && !c->error; i++) {
    require(c, read_u8(c) == FUNCTION_TYPE);
    c->type[i].parameters = read_i32_types(c, EN_MODULE_PARAMETERS);
    c->type[i].results = read_i32_types(c, 1);
  }
}

static void import_section(checker *c) {
  c->imports = read_u32(c, EN_MODULE_IMPORTS);
  for (uint32_t i = 0; i < c->imports && !c->error; i++) {
    uint32_t length;
    const char *name = read_name(c, &length);
    require(c, is(name, length, "ops"));
    name = read_name(c, &length);
    require(c, read_u8(c) == 0);
    signature type = read_type(c);
    if (c->error) return;
    size_t op = 0;
    while (op < EN_OP_COUNT && !is(name, length, en_ops[op].name)) op++;
    if (op == EN_OP_COUNT) {
      c->error = EN_UNKNOWN_OP;
      return;
    }
    require(c, type.parameters == en_ops[op].arguments + 1 && type.results == 1);
    c->function[i] = type;
    c->cost[i] = (cost){1, (uint16_t)(2 * (type.parameters + type.results))};
  }
  c->functions = c->costs = c->imports;
}

static void function_section(checker *c) {
  uint32_t count = read_u32(c, EN_MODULE_FUNCTIONS);
  for (uint32_t i = 0; i < count && !c->error; i++) c->function[c->functions++] = read_type(c);
}

static void export_section(checker *c, uint32_t inputs) {
  const char *names[EN_MODULE_EXPORTS];
  uint32_t lengths[EN_MODULE_EXPORTS];
  bool step = false;
  uint32_t count = read_u32(c, EN_MODULE_EXPORTS);
  for (uint32_t i = 0; i < count && !c->error; i++) {
    names[i] = read_name(c, &lengths[i]);
    for (uint32_t j = 0; j < i; j++) require(c, lengths[i] != lengths[j] || memcmp(names[i], names[j], lengths[i]) != 0);
    if (is(names[i], lengths[i], "step")) step = true;
    require(c, read_u8(c) == 0);
    uint32_t index = read_u32(c, MOST_FUNCTIONS);
    require(c, index >= c->imports && index < c->functions);
    if (c->error) return;
    require(c, c->function[index].parameters == inputs && c->function[index].results == 1);
  }
  require(c, step);
}

/* Operands, frames and costs while a body is walked. wasm3's slots: results and parameters take two each, then come locals,
   constants, and what is computed. A value goes to the first slot that is free; but the result of a call lies behind everything
   in use, the call's arguments included, and stays there: `ends` says where. */
typedef struct walk {
  checker *c;
  uint32_t first;                /* slot of what is computed */
  uint8_t ends[EN_MODULE_DEPTH]; /* of each operand that a call gave; 0: no call */
  frame frames[EN_MODULE_NESTING];
  uint32_t open, depth, deepest;
  bool dead; /* behind br or return, until the frame ends */
  cost cost;
} walk;

static void pop(walk *w, uint32_t count) {
  uint32_t base = w->frames[w->open - 1].base;
  require(w->c, w->depth >= base + count);
  if (!w->c->error) w->depth -= count;
}

static void push(walk *w, uint32_t count) {
  w->depth += count;
  require(w->c, w->depth <= EN_MODULE_DEPTH);
  if (w->depth > w->deepest) w->deepest = w->depth;
}

static void close_frame(walk *w, frame f) {
  require(w->c, w->dead || w->depth == (uint32_t)f.base + f.results);
  w->depth = (uint32_t)f.base + f.results;
  w->dead = false;
}

static void open_block(walk *w, uint8_t opcode) {
  uint8_t type = read_u8(w->c);
  require(w->c, (type == BLOCK_EMPTY || type == VALUE_I32) && w->open < EN_MODULE_NESTING);
  if (w->c->error) return;
  w->frames[w->open++] = (frame){(uint8_t)w->depth, type == VALUE_I32, opcode == OP_IF ? FRAME_IF : FRAME_BLOCK};
}

static void branch(walk *w, uint8_t opcode) {
  uint32_t label = read_u32(w->c, EN_MODULE_NESTING);
  require(w->c, label < w->open);
  if (w->c->error) return;
  uint8_t results = w->frames[w->open - 1 - label].results;
  pop(w, results);
  if (opcode == OP_BR) w->dead = true;
  else push(w, results);
}

/* A slot behind all in use, an even one. */
static uint32_t next_even_slot(const walk *w) {
  uint32_t end = w->first + w->deepest + 1;
  for (uint32_t i = 0; i < w->depth; i++) {
    if (w->ends[i] > end) end = w->ends[i];
  }
  return (end + 1) & ~1u;
}

static void call(walk *w) {
  checker *c = w->c;
  uint32_t index = read_u32(c, MOST_FUNCTIONS), top = next_even_slot(w);
  require(c, index < c->costs && top < EN_MODULE_SLOTS);
  if (c->error) return;
  pop(w, c->function[index].parameters);
  push(w, c->function[index].results);
  require(c, w->cost.calls + c->cost[index].calls <= EN_MODULE_CALLS);
  if (c->error) return;
  if (c->function[index].results) w->ends[w->depth - 1] = (uint8_t)(top + 1);
  w->cost.calls += c->cost[index].calls;
  if (top + c->cost[index].stack > w->cost.stack) w->cost.stack = (uint16_t)(top + c->cost[index].stack);
}

/* Of immediate EN_REFUSED where the opcode is not permitted. */
static instruction instruction_of(uint8_t opcode) {
  for (size_t i = 0; i < sizeof instructions / sizeof *instructions; i++) {
    if (instructions[i].opcode == opcode) return instructions[i];
  }
  return (instruction){.immediate = EN_REFUSED};
}

static void body(checker *c, signature type) {
  uint32_t locals = type.parameters;
  for (uint32_t groups = read_u32(c, EN_MODULE_LOCALS); groups > 0 && !c->error; groups--) {
    locals += read_u32(c, EN_MODULE_LOCALS);
    require(c, locals <= EN_MODULE_LOCALS);
    require(c, read_u8(c) == VALUE_I32);
  }
  walk w = {.c = c, .frames = {{0, type.results, FRAME_FUNCTION}}, .open = 1};
  w.first = 2u * type.results + type.parameters + locals + EN_MODULE_CONSTANTS;
  while (w.open > 0 && !c->error) {
    uint8_t opcode = read_u8(c);
    const instruction i = instruction_of(opcode);
    require(c, i.immediate != EN_REFUSED && (!w.dead || opcode == OP_END || opcode == OP_ELSE));
    if (c->error) return;
    pop(&w, w.dead ? 0 : i.takes);
    if (i.immediate == EN_IMMEDIATE_LOCAL) require(c, read_u32(c, EN_MODULE_LOCALS) < locals);
    if (i.immediate == EN_IMMEDIATE_CONSTANT) pass_s32(c);
    if (i.immediate == EN_IMMEDIATE_BLOCK) open_block(&w, opcode);
    if (i.immediate == EN_IMMEDIATE_LABEL) branch(&w, opcode);
    if (i.immediate == EN_IMMEDIATE_FUNCTION) call(&w);
    if (opcode == OP_RETURN) {
      pop(&w, type.results);
      w.dead = true;
    }
    if (opcode == OP_ELSE) {
      frame *f = &w.frames[w.open - 1];
      require(c, f->kind == FRAME_IF);
      close_frame(&w, *f);
      w.depth = f->base;
      f->kind = FRAME_ELSE;
    }
    if (opcode == OP_END) {
      frame f = w.frames[--w.open];
      require(c, f.kind != FRAME_IF || f.results == 0);
      close_frame(&w, f);
    }
    push(&w, i.gives);
    if (!c->error && (opcode == OP_LOCAL_GET || opcode == OP_I32_CONST)) w.ends[w.depth - 1] = 0;
  }
  uint32_t own = w.first + w.deepest + 1;
  require(c, own <= EN_MODULE_SLOTS);
  if (own > w.cost.stack) w.cost.stack = (uint16_t)own;
  require(c, w.cost.stack <= EN_MODULE_STACK);
  if (!c->error) c->cost[c->costs++] = w.cost;
}

static void code_section(checker *c) {
  uint32_t count = read_u32(c, EN_MODULE_FUNCTIONS);
  require(c, count == c->functions - c->imports);
  for (uint32_t i = 0; i < count && !c->error; i++) {
    const uint8_t *section_end = c->end;
    uint32_t length = read_u32(c, EN_MODULE_BYTES);
    require(c, length <= (size_t)(section_end - c->at));
    if (c->error) return;
    c->end = c->at + length;
    body(c, c->function[c->imports + i]);
    require(c, c->at == c->end);
    c->end = section_end;
  }
}

en_error en_module_check(const uint8_t *module, size_t length, uint32_t inputs) {
  static const uint8_t sections[] = {EN_MODULE_SECTIONS}, magic[] = {0, 'a', 's', 'm', 1, 0, 0, 0};
  checker c = {.at = module, .end = module + length};
  require(&c, length <= EN_MODULE_BYTES && length >= sizeof magic && memcmp(module, magic, sizeof magic) == 0);
  if (c.error) return c.error;
  c.at += sizeof magic;
  for (size_t i = 0; i < sizeof sections && !c.error; i++) {
    require(&c, read_u8(&c) == sections[i]);
    uint32_t bytes = read_u32(&c, EN_MODULE_BYTES);
    require(&c, bytes <= (size_t)(c.end - c.at));
    if (c.error) break;
    const uint8_t *module_end = c.end;
    c.end = c.at + bytes;
    if (i == 0) type_section(&c);
    if (i == 1) import_section(&c);
    if (i == 2) function_section(&c);
    if (i == 3) export_section(&c, inputs);
    if (i == 4) code_section(&c);
    require(&c, c.at == c.end);
    c.end = module_end;
  }
  require(&c, c.at == c.end);
  return c.error;
}
