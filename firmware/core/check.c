/* The check of a model file, in the order of host/model/container.ts and model.ts: header, section table, layers, records,
   modules, sections of front end and decoder, RAM. Offsets are unsigned and compared by subtraction, so none overflows. */
#include "check.h"

#include <stdbool.h>
#include <string.h>

#include "container.h"
#include "crc.h"
#include "decoder.h"
#include "frontend.h"
#include "kernels.h"
#include "module.h"
#include "pieces.h"
#include "sha256.h"
#include "wide.h"

/* A stretch of the file. */
typedef struct span {
  uint32_t offset, length;
} span;

typedef struct file {
  const uint8_t *bytes;
  const en_header *header;
  span layers, records, code, weights, flow, front_end, output, name;
  uint8_t kind; /* of all matrices of int8; EN_KIND_INT16 until one has been met */
  en_flow input;
} file;

static uint32_t up8(uint32_t bytes) { return (bytes + 7u) & ~7u; }

/* Whether `count` bytes at `offset` of the file lie in the span, aligned. */
static bool within(span s, uint32_t offset, uint32_t count, uint32_t align) {
  return offset % align == 0 && offset >= s.offset && offset - s.offset <= s.length && count <= s.length - (offset - s.offset);
}

static en_error check_header(const uint8_t *bytes, size_t length, const en_header **header) {
  uint32_t magic;
  if (length < sizeof magic) return EN_MAGIC;
  memcpy(&magic, bytes, sizeof magic);
  if (magic != EN_FILE_MAGIC) return EN_MAGIC;
  if (length < sizeof(en_header)) return EN_TRUNCATED;
  const en_header *h = (const en_header *)(const void *)bytes;
  if (h->version != EN_FORMAT_VERSION) return EN_VERSION;
  if (h->crc != en_crc32(0, h, sizeof *h - sizeof h->crc)) return EN_CHECKSUM;
  if (h->length != length || length % EN_ALIGNMENT != 0) return EN_TRUNCATED;
  uint8_t hash[32];
  en_sha256(bytes + sizeof *h, length - sizeof *h, hash);
  if (memcmp(hash, h->sha256, sizeof hash) != 0) return EN_CHECKSUM;
  *header = h;
  return EN_OK;
}

static span *span_of(file *f, uint32_t tag) {
  switch (tag) {
    case EN_TAG_LAYR: return &f->layers;
    case EN_TAG_SITE: return &f->records;
    case EN_TAG_CODE: return &f->code;
    case EN_TAG_WGHT: return &f->weights;
    case EN_TAG_FLOW: return &f->flow;
    case EN_TAG_FRNT: return &f->front_end;
    case EN_TAG_OUTP: return &f->output;
    case EN_TAG_NAME: return &f->name;
    default: return NULL;
  }
}

static en_error check_table(file *f) {
  const uint32_t length = f->header->length, count = f->header->sections;
  uint32_t least = ((uint32_t)sizeof(en_header) + count * (uint32_t)sizeof(en_section) + EN_ALIGNMENT - 1) / EN_ALIGNMENT * EN_ALIGNMENT;
  if (least > length) return EN_SECTION;
  const en_section *table = (const en_section *)(const void *)(f->bytes + sizeof(en_header));
  for (uint32_t i = 0; i < count; i++) {
    const en_section *s = &table[i];
    if (s->offset % EN_ALIGNMENT != 0 || s->offset < least || s->offset > length || s->length > length - s->offset || s->reserved) {
      return EN_SECTION;
    }
    least = s->offset + (s->length + EN_ALIGNMENT - 1) / EN_ALIGNMENT * EN_ALIGNMENT;
    span *known = span_of(f, s->tag);
    if (known) {
      if (known->offset) return EN_SECTION;
      *known = (span){s->offset, s->length};
    } else if (!(s->tag & 0x20)) {
      return EN_SECTION;
    }
  }
  if (f->name.offset && f->name.length != sizeof f->header->sha256) return EN_SECTION;
  return f->layers.offset && f->records.offset && f->code.offset && f->weights.offset ? EN_OK : EN_SECTION;
}

static bool role_fits(const en_layer *layer, uint32_t handle, uint8_t role) {
  if (handle < layer->inputs) return role == EN_ROLE_INPUT;
  if (handle < (uint32_t)layer->inputs + layer->states) return role == EN_ROLE_STATE;
  if (handle < (uint32_t)layer->inputs + layer->states + layer->parameters) {
    return role == EN_ROLE_MATRIX || role == EN_ROLE_BIAS || role == EN_ROLE_VECTOR;
  }
  return role == EN_ROLE_SITE;
}

static uint32_t matrix_bytes(const en_record *r) {
  const uint32_t rows = (r->rows + 3u) & ~3u;
  if (r->kind == EN_KIND_INT8_COLUMNS) return rows * r->columns;
  if (r->kind == EN_KIND_SEEDED) return sizeof(en_seed);
  if (r->kind == EN_KIND_INT8_PAIRS) return rows * ((r->columns + 3u) & ~3u);
  return (uint32_t)r->rows * r->columns * en_value_bytes(r->kind);
}

/* All int8 matrices of a file that products read lie in one way. */
static bool kind_fits(file *f, const en_record *r) {
  if (r->kind == EN_KIND_INT16) return true;
  if (r->role != EN_ROLE_MATRIX) {
    if (r->kind == EN_KIND_INT8) return r->role == EN_ROLE_STATE || r->op == EN_OP_OUTER || r->op == EN_OP_ERASE || r->op == EN_OP_THIN;
    return r->kind == EN_KIND_INT32 && (r->role == EN_ROLE_INPUT || r->role == EN_ROLE_STATE || r->role == EN_ROLE_SITE);
  }
  if (r->kind == EN_KIND_INT8_COLUMNS || r->kind == EN_KIND_SEEDED || r->kind == EN_KIND_INT32) return true;
  if (f->kind == EN_KIND_INT16) f->kind = r->kind;
  return r->kind == f->kind && (r->kind == EN_KIND_INT8 || r->kind == EN_KIND_INT8_PAIRS);
}

/* −127 … 127: then a row's sum stays within 32 bits. */
static bool weights_fit(const file *f, const en_record *r) {
  const uint32_t bytes = matrix_bytes(r);
  if (r->kind == EN_KIND_INT16 || r->kind == EN_KIND_INT32) return true;
  if (r->kind == EN_KIND_SEEDED) {
    const en_seed *seed = (const en_seed *)(const void *)(f->bytes + r->offset);
    return seed->degree >= 1 && seed->degree <= EN_MODEL_WIDE_COLUMNS && seed->most >= 1 && seed->most <= 127 && seed->positive <= 1;
  }
  if (r->kind != EN_KIND_INT8_PAIRS) return memchr(f->bytes + r->offset, 0x80, bytes) == NULL;
  const int16_t *lane = (const int16_t *)(const void *)(f->bytes + r->offset);
  for (const int16_t *end = lane + bytes / 2; lane < end; lane++) {
    const int low = (int8_t)(uint8_t)(uint16_t)*lane;
    if (low == -128 || *lane - low == -128 * 256) return false;
  }
  return true;
}

/* |b| ≤ 2^16 and 0 ≤ m: then a product's sum stays within 64 bits. Results of 32 bits are checked row by row as they are made. */
static bool constants_fit(const file *f, const en_record *r, uint32_t products) {
  const int32_t *constant = (const int32_t *)(const void *)(f->bytes + r->constants);
  for (uint32_t i = 0; i < r->rows; i++, constant++) {
    if (r->kind == EN_KIND_INT16 && (*constant > EN_MODEL_BIAS || *constant < -EN_MODEL_BIAS)) return false;
  }
  for (uint32_t i = 0; i < products * r->rows; i++, constant++) {
    if (*constant < 0) return false;
  }
  return true;
}

/* Matrices whose rows a kernel may sum in 32 bits. */
static bool in_32_bits(uint8_t kind) { return kind != EN_KIND_INT16 && kind != EN_KIND_INT32 && kind != EN_KIND_SEEDED; }

static bool record_fits(file *f, const en_layer *layer, uint32_t handle, const en_record *r) {
  const uint32_t ram = up8(f->header->state_bytes) + f->header->arena_bytes;
  const bool matrix = r->role == EN_ROLE_MATRIX, site = r->role == EN_ROLE_SITE;
  if (!role_fits(layer, handle, r->role)) return false;
  if (r->rows > (matrix ? EN_MODEL_ROWS : EN_MODEL_VALUES) || r->columns > (in_32_bits(r->kind) ? EN_MODEL_COLUMNS : EN_MODEL_WIDE_COLUMNS)) return false;
  if (matrix ? r->rows < 1 || r->columns < 1 : r->columns != 0) return false;
  if (!kind_fits(f, r)) return false;
  const uint32_t bytes = matrix ? matrix_bytes(r) : r->rows * en_value_bytes(r->kind);
  if (r->format < EN_MODEL_FORMAT_LEAST || r->format > EN_MODEL_FORMAT_MOST) return false;
  if (site != (r->op != 255)) return false;
  if (site && (r->rows < 1) != (r->op == EN_OP_EXCEEDS)) return false;
  if (!site && r->role != EN_ROLE_BIAS && r->rows < 1) return false;
  if (matrix && !(within(f->weights, r->offset, bytes, 16) && weights_fit(f, r))) return false;
  if (r->role == EN_ROLE_VECTOR && !within(f->weights, r->offset, bytes, 4)) return false;
  if (r->role == EN_ROLE_INPUT || r->role == EN_ROLE_STATE || site) {
    if (!within((span){0, ram}, r->offset, bytes, 8)) return false;
  }
  if (r->role == EN_ROLE_STATE && !within((span){0, f->header->state_bytes}, r->offset, bytes, 8)) return false;
  const uint32_t products = r->op == EN_OP_RECURRENT || r->op == EN_OP_RECURRENT_SUMS ? 2
                            : r->op == EN_OP_AFFINE || r->op == EN_OP_AFFINE_SUMS ? 1 : 0;
  if (!products) return r->constants == 0;
  return within(f->weights, r->constants, (1 + products) * 4u * r->rows, 4) && constants_fit(f, r, products);
}

static const en_record *records_of(const file *f, const en_layer *layer) {
  return (const en_record *)(const void *)(f->bytes + layer->records);
}

/* `layers`: all of them, from the first. */
static en_error check_layer(file *f, const en_layer *layers, uint32_t index, uint32_t modules) {
  const en_layer *layer = &layers[index];
  const uint32_t named = (uint32_t)layer->inputs + layer->states + layer->parameters;
  if (layer->handles < 1 || layer->handles > EN_MODEL_HANDLES || layer->inputs != 1 || named >= layer->handles) return EN_LAYER;
  if (layer->module >= modules || layer->result >= layer->handles) return EN_LAYER;
  if (!within(f->records, layer->records, layer->handles * (uint32_t)sizeof(en_record), 4)) return EN_LAYER;
  const en_record *records = records_of(f, layer);
  uint32_t initial = 0;
  for (uint32_t handle = 0; handle < layer->handles; handle++) {
    if (records[handle].op != 255 && records[handle].op >= EN_OP_COUNT) return EN_UNKNOWN_OP;
    if (!record_fits(f, layer, handle, &records[handle])) return EN_RECORD;
    if (records[handle].role == EN_ROLE_STATE) initial += records[handle].rows * en_value_bytes(records[handle].kind);
  }
  if (layer->source == 0) {
    const en_flow *in = &f->input;
    if (in->offset != records->offset || in->inputs != records->rows || in->format != records->format) return EN_RECORD;
    if (records->kind != EN_KIND_INT16) return EN_RECORD;
  } else if (layer->source != EN_GATHERED) {
    const en_layer *before = &layers[layer->source - 1];
    const en_record *source = &records_of(f, before)[before->result];
    if (source->offset != records->offset || source->rows != records->rows || source->format != records->format) return EN_RECORD;
    if (source->kind != records->kind) return EN_RECORD;
  }
  const en_record *result = &records[layer->result];
  if (result->rows < 1 || result->kind == EN_KIND_INT8) return EN_RECORD;
  if (result->role != EN_ROLE_INPUT && result->role != EN_ROLE_STATE && result->role != EN_ROLE_SITE) return EN_RECORD;
  if (layer->initial && !within(f->weights, layer->initial, initial, 2)) return EN_LAYER;
  return EN_OK;
}

static en_error check_layers(file *f) {
  if (f->layers.length < sizeof(en_layers_head) || f->code.length < sizeof(en_code_head)) return EN_SECTION;
  const en_layers_head *head = (const en_layers_head *)(const void *)(f->bytes + f->layers.offset);
  const en_code_head *code = (const en_code_head *)(const void *)(f->bytes + f->code.offset);
  if (head->count < 1 || head->count > EN_MODEL_LAYERS || head->result != head->count - 1) return EN_LAYER;
  if (f->layers.length - sizeof *head < head->count * sizeof(en_layer)) return EN_SECTION;
  if (code->count < 1 || code->count > EN_MODEL_MODULES) return EN_MODULE;
  if (f->code.length - sizeof *code < code->count * sizeof(en_code_entry)) return EN_SECTION;
  const en_layer *layers = (const en_layer *)(const void *)(head + 1);
  const en_code_entry *modules = (const en_code_entry *)(const void *)(code + 1);
  const uint32_t tables = (uint32_t)(sizeof *code + code->count * sizeof *modules);
  const span bodies = {f->code.offset + tables, f->code.length - tables};
  if (!within(f->records, layers->records, sizeof(en_record), 4)) return EN_LAYER;
  if (!en_flow_read(f->bytes, layers, f->flow.offset ? f->bytes + f->flow.offset : NULL, f->flow.length, &f->input)) return EN_SECTION;
  for (uint32_t i = 0; i < head->count; i++) {
    if (layers[i].source > i && layers[i].source != EN_GATHERED) return EN_LAYER;
    en_error error = check_layer(f, layers, i, code->count);
    if (error) return error;
  }
  if (!en_flow_check(f->bytes, layers, head->count, &f->input)) return EN_LAYER;
  /* Also one that no layer names: the engine loads them all. A layer has one input. */
  for (uint32_t i = 0; i < code->count; i++) {
    if (!within(bodies, modules[i].offset, modules[i].length, 1)) return EN_MODULE;
    en_error error = en_module_check(f->bytes + modules[i].offset, modules[i].length, 1);
    if (error) return error;
  }
  return f->kind == EN_KIND_INT16 || en_kernel_set.kinds >> f->kind & 1 ? EN_OK : EN_LAYOUT;
}

/* The ends agree with the network: the front end gives its input, the decoder takes its output. */
static en_error check_ends(const file *f) {
  const en_layers_head *head = (const en_layers_head *)(const void *)(f->bytes + f->layers.offset);
  const en_layer *last = (const en_layer *)(const void *)(head + 1) + head->count - 1;
  const en_record *result = &records_of(f, last)[last->result];
  if (result->kind != EN_KIND_INT16) return EN_RECORD;
  const en_layer *layers = last + 1 - head->count;
  uint64_t ram = (uint64_t)up8(f->header->state_bytes) + up8(f->header->arena_bytes);
  ram += en_flow_window_bytes(f->bytes, layers, head->count, &f->input);
  if (f->front_end.offset) {
    const uint8_t *section = f->bytes + f->front_end.offset;
    en_error error = en_frontend_check(section, f->front_end.length);
    if (error) return error;
    if (en_frontend_bands(section) != f->input.inputs) return EN_RECORD;
    ram += up8((uint32_t)en_frontend_ram_bytes(section));
  }
  if (f->output.offset) {
    const uint8_t *section = f->bytes + f->output.offset;
    en_error error = en_decoder_check(section, f->output.length);
    if (error) return error;
    if (en_decoder_labels(section) != result->rows) return EN_RECORD;
    ram += up8((uint32_t)en_decoder_ram_bytes(section));
  }
  return ram == f->header->ram_bytes ? EN_OK : EN_MEMORY;
}

en_error en_check_model(const uint8_t *model, size_t length) {
  file f = {.bytes = model, .kind = EN_KIND_INT16};
  en_error error = check_header(model, length, &f.header);
  if (error) return error;
  /* No part may be so large that sums of 32 bits wrap. */
  const en_header *h = f.header;
  if (h->state_bytes > h->ram_bytes || h->arena_bytes > h->ram_bytes || h->ram_bytes > 0x3fffffff) return EN_MEMORY;
  error = check_table(&f);
  if (!error) error = check_layers(&f);
  if (!error) error = check_ends(&f);
  return error;
}

const uint8_t *en_check_section(const uint8_t *model, uint32_t tag, size_t *length) {
  const en_header *header = (const en_header *)(const void *)model;
  const en_section *table = (const en_section *)(const void *)(header + 1);
  for (uint32_t i = 0; i < header->sections; i++) {
    if (table[i].tag != tag) continue;
    *length = table[i].length;
    return model + table[i].offset;
  }
  return NULL;
}

const uint8_t *en_check_name(const uint8_t *model) {
  size_t length;
  const uint8_t *name = en_check_section(model, EN_TAG_NAME, &length);
  return name ? name : ((const en_header *)(const void *)model)->sha256;
}
