/* A host's talk with the board: requests in, replies and events out. It joins wire, store, engine and stream. */
#ifndef EN_SESSION_H
#define EN_SESSION_H

#include "board.h"
#include "engine.h"
#include "firmata.h"
#include "journal.h"
#include "store.h"
#include "stream.h"
#include "wire.h"

typedef struct en_session {
  const en_board *board;
  en_wire wire;
  en_firmata firmata;
  en_store store;
  en_journal journal;
  en_engine engine;
  en_stream stream;
  bool loaded;         /* the engine has the store's model */
  bool link_only;      /* it was not started, after too many resets */
  uint32_t good_steps; /* steps since it was loaded, up to EN_STORE_GOOD_STEPS */
  en_error last_fault;
  uint32_t started_ms;
  uint32_t restored; /* bytes of states restored so far */
} en_session;

/* Starts the board: finds its model, loads it, greets the link. */
void en_session_open(en_session *, const en_board *);
/* Does what there is to do and returns whether there was anything; a port calls it for ever, and may sleep after a false
   until bytes come or 10 ms have passed. */
bool en_session_poll(en_session *);
/* An orderly end of the program (of a board that is a process): the steps taken are not held against the model. */
void en_session_close(en_session *);

/* ---- For update.c, stream.c, state.c and bench.c ---- */

void en_session_reply(en_session *, const en_request *, en_error, uint32_t detail, const void *fields, size_t bytes,
                      const void *rest, size_t rest_bytes);
static inline void en_session_answer(en_session *session, const en_request *request, en_error error) {
  en_session_reply(session, request, error, 0, NULL, 0, NULL, 0);
}
void en_session_statistics(const en_session *, en_statistics_reply *);
/* The most that the answers to one request take in the board's `sent`, events of steps apart. */
enum { EN_SESSION_ROOM = 192 };

/* update.c: model messages. */
void en_update_request(en_session *, const en_request *);
/* Loads the store's model; drops those new ones that cannot be loaded. */
void en_update_load(en_session *);
/* The running model trapped: true if it was new and has been dropped for the old one. */
bool en_update_trapped(en_session *, en_error);
/* A step went well. */
void en_update_stepped(en_session *);

/* Loads the model that runs anew, and if `profile`, so that its ops are timed. */
en_error en_update_reload(en_session *, en_profile *profile);

/* learned.c: the model's states begin anew, with what it has learned on this board. */
void en_learned_begin(en_session *);

/* state.c: save and restore. bench.c: bench. */
void en_state_request(en_session *, const en_request *);
void en_bench_request(en_session *, const en_request *);

/* stream.c: stream messages. Attach looks at the sections of the model that has just been loaded. */
en_error en_stream_attach(en_session *);
void en_stream_request(en_session *, const en_request *);
/* Room for the events that a request may cause. */
size_t en_stream_room(const en_session *, const en_request *);
/* Begins to listen without a host; the front end's next samples. */
void en_stream_listen(en_session *);
void en_stream_samples(en_session *, const int16_t *samples, size_t count);
/* Room for the events of a step. */
size_t en_stream_step_room(const en_session *);
/* Ends the stream, if one is open, and says why. */
void en_stream_end(en_session *, uint32_t reason);

#endif
