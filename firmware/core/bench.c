/* The bench message: what a step of the model takes, in all and by op. */
#include <string.h>

#include "frontend.h"
#include "session.h"

enum { MOST_STEPS = 1000, FRAMES = 4 };

typedef struct entry {
  uint16_t op, calls;
  uint32_t ticks;
} entry;

/* Numerical Recipes' generator: noise that is the same on every board. */
static void noise(uint32_t *seed, int16_t *values, size_t count) {
  while (count--) {
    *seed = *seed * 1664525u + 1013904223u;
    *values++ = (int16_t)(*seed >> 18) - 8192;
  }
}

/* Where time is real, two readings may lie closer together than those of `idle`. */
static uint32_t less(uint32_t ticks, uint32_t idle) { return ticks > idle ? ticks - idle : 0; }

static uint32_t time_nothing(const en_board *board) {
  uint32_t least = UINT32_MAX;
  for (int i = 0; i < 8; i++) {
    uint32_t begun = board->ticks(), ticks = board->ticks() - begun;
    if (ticks < least) least = ticks;
  }
  return least;
}

/* The quickest and the slowest of some steps. The quickest is the one that no interrupt met. */
static en_error time_steps(en_session *session, uint32_t steps, uint32_t idle, uint32_t *least, uint32_t *most) {
  const en_board *board = session->board;
  int16_t *frame = (int16_t *)(void *)board->frame; /* the request has been read */
  uint32_t seed = 1;
  *least = UINT32_MAX;
  *most = 0;
  for (uint32_t i = 0; i < steps; i++) {
    const int16_t *output;
    size_t outputs;
    if (board->alive) board->alive();
    noise(&seed, frame, session->engine.inputs);
    uint32_t begun = board->ticks();
    en_error error = en_engine_step(&session->engine, frame, session->engine.inputs, &output, &outputs);
    uint32_t ticks = less(board->ticks() - begun, idle);
    if (error) return error;
    if (ticks < *least) *least = ticks;
    if (ticks > *most) *most = ticks;
  }
  return EN_OK;
}

/* A frame of the front end, from the samples of its hop to its features. Samples come as they do in a stream: as many at once as
   the frame buffer holds. */
static uint32_t time_front_end(en_session *session, uint32_t idle) {
  const en_board *board = session->board;
  en_stream *stream = &session->stream;
  int16_t *samples = (int16_t *)(void *)board->frame;
  const size_t most = board->frame_bytes / sizeof *samples, hop = stream->head.hop;
  uint32_t seed = 1, least = UINT32_MAX;
  en_frontend_reset(stream->front_end, stream->front_end_ram);
  /* First what makes the next hop complete a frame. */
  for (size_t left = stream->head.window - hop, frames = 0; frames <= FRAMES; left = hop, frames++) {
    uint32_t taken = 0;
    for (size_t part; left > 0; left -= part) {
      bool complete;
      part = left < most ? left : most;
      noise(&seed, samples, part);
      uint32_t begun = board->ticks();
      part = en_frontend_push(stream->front_end, stream->front_end_ram, samples, part, stream->frame, &complete);
      taken += less(board->ticks() - begun, idle);
    }
    if (frames > 0 && taken < least) least = taken;
  }
  return least;
}

static en_error measure(en_session *session, uint32_t steps, en_bench_reply *reply, en_profile *profile) {
  uint32_t least, most;
  en_error error = en_update_reload(session, NULL);
  if (!error) error = time_steps(session, steps, profile->idle, &reply->ticks, &reply->ticks_most);
  if (!error && session->stream.front_end) reply->front_end_ticks = time_front_end(session, profile->idle);
  if (!error) error = en_update_reload(session, profile);
  /* Ops are timed in the last of two steps: the first one's input is as good as any other. */
  for (int i = 0; i < 2 && !error; i++) {
    memset(profile->taken, 0, sizeof profile->taken);
    memset(profile->calls, 0, sizeof profile->calls);
    error = time_steps(session, 1, profile->idle, &least, &most);
  }
  return error;
}

void en_bench_request(en_session *session, const en_request *request) {
  const en_board *board = session->board;
  en_bench_payload wanted = {0};
  en_profile profile = {.ticks = board->ticks, .idle = time_nothing(board)};
  en_bench_reply reply = {.ticks_per_second = board->ticks_per_second};
  en_error error = EN_OK;
  if (request->length == sizeof wanted) memcpy(&wanted, request->payload, sizeof wanted);
  if (!session->loaded) error = EN_NO_MODEL;
  else if (session->stream.open) error = EN_BUSY;
  else if (wanted.steps < 1 || wanted.steps > MOST_STEPS) error = EN_PAYLOAD;
  else if (session->engine.inputs * sizeof(int16_t) > board->frame_bytes) error = EN_LIMIT;
  if (error) {
    en_session_answer(session, request, error);
    return;
  }
  error = measure(session, wanted.steps, &reply, &profile);
  en_update_load(session);
  entry *entries = (entry *)(void *)board->frame; /* the request has been read, and a model calls few ops */
  size_t count = 0;
  for (uint16_t op = 0; op < EN_OP_COUNT && count < board->frame_bytes / sizeof *entries; op++) {
    if (profile.calls[op]) entries[count++] = (entry){op, profile.calls[op], profile.taken[op]};
  }
  en_session_reply(session, request, error, 0, &reply, sizeof reply, entries, count * sizeof *entries);
}
