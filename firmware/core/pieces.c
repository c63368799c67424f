#include "pieces.h"

#include <string.h>

#include "wide.h"

static const en_record *records_of(const uint8_t *model, const en_layer *layer) {
  return (const en_record *)(const void *)(model + layer->records);
}

static uint32_t up8(uint32_t bytes) { return (bytes + 7u) & ~7u; }

static uint32_t bytes_of(const en_record *r) { return r->rows * en_value_bytes(r->kind); }

static uint32_t steps_of(const en_flow *flow) { return (uint32_t)flow->before + flow->hop + flow->after; }

/* What a piece reads, as a record; the model's input is one of its own. */
static en_record source_of(const uint8_t *model, const en_layer *layers, const en_flow *flow, uint16_t source) {
  if (source) return records_of(model, &layers[source - 1])[layers[source - 1].result];
  return (en_record){.offset = flow->offset, .rows = flow->inputs, .kind = EN_KIND_INT16, .format = flow->format};
}

bool en_flow_read(const uint8_t *model, const en_layer *layers, const uint8_t *section, size_t length, en_flow *flow) {
  const en_record *input = records_of(model, layers);
  *flow = (en_flow){.offset = input->offset, .inputs = input->rows, .format = input->format};
  if (!section) return true;
  if (length < sizeof(en_flow_head)) return false;
  const en_flow_head *head = (const en_flow_head *)(const void *)section;
  *flow = (en_flow){head->offset, head->inputs, head->format, (const en_flow_piece *)(const void *)(head + 1), head->count,
                    head->before, head->hop, head->after, NULL, head->lines};
  const uint32_t steps = steps_of(flow);
  if (steps > (head->hop ? EN_MODEL_WINDOW : 0) || (head->hop && head->offset)) return false;
  if (head->count > (length - sizeof *head) / sizeof(en_flow_piece)) return false;
  const size_t left = length - sizeof *head - head->count * sizeof(en_flow_piece);
  flow->lines = (const en_flow_line *)(const void *)(flow->pieces + head->count);
  return head->lines <= left / sizeof(en_flow_line) && head->inputs <= EN_MODEL_ROWS && head->format >= EN_MODEL_FORMAT_LEAST && head->format <= EN_MODEL_FORMAT_MOST &&
         !head->reserved && head->offset <= 0x3fffffff;
}

static const en_flow_line *line_of(const en_flow *flow, uint16_t source) {
  for (uint16_t i = 0; i < flow->line_count; i++) {
    if (flow->lines[i].source == source) return &flow->lines[i];
  }
  return NULL;
}

static uint32_t row_bytes(const uint8_t *model, const en_layer *layers, const en_flow *flow, uint16_t source) {
  const en_record of = source_of(model, layers, flow, source);
  return up8(bytes_of(&of));
}

static bool line_fits(const uint8_t *model, const en_layer *layers, uint32_t count, const en_flow *flow, const en_flow_line *line) {
  const uint32_t states = ((const en_header *)(const void *)model)->state_bytes;
  if (flow->hop || line->source > count || line->depth < 1 || line->depth > EN_MODEL_DELAY || line->offset % 8) return false;
  const uint32_t bytes = line->depth * row_bytes(model, layers, flow, line->source);
  return bytes > 0 && line->offset <= states && bytes <= states - line->offset;
}

static bool piece_fits(const uint8_t *model, const en_layer *layers, uint32_t count, const en_flow *flow, uint32_t i, uint32_t end) {
  const en_flow_piece *p = &flow->pieces[i];
  const uint32_t states = ((const en_header *)(const void *)model)->state_bytes;
  if (p->layer >= count || layers[p->layer].source != EN_GATHERED || (i && p->layer < p[-1].layer)) return false;
  if (p->flags & ~(EN_PIECE_PREVIOUS | EN_PIECE_ADDS) || p->reserved) return false;
  const bool previous = p->flags & EN_PIECE_PREVIOUS;
  if (previous && (flow->hop || p->delay)) return false;
  const en_flow_line *line = line_of(flow, p->source);
  if (p->delay && (!line || p->delay > line->depth)) return false;
  if (previous ? p->source <= p->layer || p->source > count : p->source > p->layer) return false;
  const en_record from = source_of(model, layers, flow, p->source), *input = records_of(model, &layers[p->layer]);
  if (previous && from.offset + bytes_of(&from) > states) return false;
  if (!flow->hop && from.offset < input->offset + bytes_of(input) && input->offset < from.offset + bytes_of(&from)) return false;
  if (from.format - input->format < -15) return false;
  return p->flags & EN_PIECE_ADDS ? (uint32_t)p->at + from.rows <= end : p->at == end;
}

bool en_flow_check(const uint8_t *model, const en_layer *layers, uint32_t count, const en_flow *flow) {
  const en_header *header = (const en_header *)(const void *)model;
  const uint32_t ram = up8(header->state_bytes) + header->arena_bytes;
  if (flow->offset % 8 || flow->inputs < 1 || (!flow->hop && flow->offset + 2u * flow->inputs > ram)) return false;
  for (uint16_t i = 0; i < flow->line_count; i++) {
    if (!line_fits(model, layers, count, flow, &flow->lines[i])) return false;
  }
  for (uint32_t layer = 0, i = 0; layer < count; layer++) {
    uint32_t end = 0;
    if (layers[layer].flags & ~(flow->hop ? EN_LAYER_BACKWARD : 0u) || (flow->hop && layers[layer].source != EN_GATHERED)) return false;
    for (; i < flow->count && flow->pieces[i].layer == layer; i++) {
      if (!piece_fits(model, layers, count, flow, i, end)) return false;
      if (flow->pieces[i].flags & EN_PIECE_ADDS) continue;
      end += source_of(model, layers, flow, flow->pieces[i].source).rows;
    }
    if (layers[layer].source == EN_GATHERED && end != records_of(model, &layers[layer])->rows) return false;
    if (layer == count - 1 && i < flow->count) return false;
  }
  return true;
}

uint32_t en_flow_window_bytes(const uint8_t *model, const en_layer *layers, uint32_t count, const en_flow *flow) {
  uint32_t bytes = 0;
  for (uint16_t source = 0; flow->hop && source <= count; source++) {
    bytes += steps_of(flow) * row_bytes(model, layers, flow, source);
  }
  return bytes;
}

uint32_t en_flow_at(const uint8_t *model, const en_layer *layers, const en_flow *flow, uint32_t source, uint32_t row) {
  if (!flow->hop) return source_of(model, layers, flow, (uint16_t)source).offset;
  const uint32_t bytes = row_bytes(model, layers, flow, (uint16_t)source);
  return flow->offset + en_flow_window_bytes(model, layers, source, flow) - (steps_of(flow) - row) * bytes;
}

bool en_flow_gather(const uint8_t *model, uint8_t *ram, const en_layer *layers, const en_flow *flow, uint32_t *piece, uint32_t row) {
  const uint16_t layer = flow->pieces[*piece].layer;
  const en_record *input = records_of(model, &layers[layer]);
  for (; *piece < flow->count && flow->pieces[*piece].layer == layer; ++*piece) {
    const en_flow_piece *p = &flow->pieces[*piece];
    const en_record source = source_of(model, layers, flow, p->source);
    const en_values to = {ram + input->offset + p->at * en_value_bytes(input->kind), input->kind};
    uint32_t at = en_flow_at(model, layers, flow, p->source, row);
    if (p->delay) {
      const en_flow_line *line = line_of(flow, p->source);
      at = line->offset + (uint32_t)(line->depth - p->delay) * row_bytes(model, layers, flow, p->source);
    }
    const en_values in[] = {{ram + at, source.kind}, to, to};
    const int shift = source.format - input->format;
    const bool adds = p->flags & EN_PIECE_ADDS, coarser = adds && shift < 0;
    const uint8_t op = adds ? EN_OP_ADD : EN_OP_SET;
    if (!en_wide_elements(op, in, to, source.rows, coarser ? -shift : 0, adds && shift > 0 ? shift : 0, coarser ? 0 : shift)) return false;
  }
  return true;
}

void en_flow_remember(const uint8_t *model, uint8_t *ram, const en_layer *layers, const en_flow *flow) {
  for (uint16_t i = 0; i < flow->line_count; i++) {
    const en_flow_line *line = &flow->lines[i];
    const uint32_t bytes = row_bytes(model, layers, flow, line->source), newer = (line->depth - 1u) * bytes;
    uint8_t *at = ram + line->offset;
    memmove(at, at + bytes, newer);
    memmove(at + newer, ram + en_flow_at(model, layers, flow, line->source, 0), bytes);
  }
}
