/* engram on a board that Arduino's core runs: a model, a link that speaks Firmata, pins, and what the board hears by itself.

     EngramMemory<> memory;
     void setup() { Serial.begin(115200); Engram.begin(Serial, memory); }
     void loop() { Engram.poll(); }
*/
#ifndef ENGRAM_H
#define ENGRAM_H

#include <Arduino.h>

/* RAM for one board. A model says what it needs: `engram inspect` (ramBytes); what wasm3 takes `engram bench --port` tells. `storage`
   keeps what is flashed over the link as long as there is power: 2 KB of journal and two slots, each for one model file. */
template <size_t modelBytes = 8192, size_t storageBytes = 4096, size_t frameBytes = 512, size_t sentBytes = 2048>
struct EngramMemory {
  static_assert(storageBytes >= 4096 && storageBytes % 1024 == 0, "storage is 4 KB at least, in whole KB");
  static_assert(sentBytes >= 512 && sentBytes <= 8192 && frameBytes >= 128, "the link needs room");
  alignas(16) uint8_t storage[storageBytes];
  alignas(8) uint8_t model[modelBytes];
  alignas(8) uint8_t heap[2048 * sizeof(void *)]; /* wasm3's structures hold pointers */
  alignas(8) uint8_t frame[frameBytes];
  alignas(8) uint8_t sent[sentBytes];
};

/* Flash that keeps models: memory that can be read at `mapped` (aligned to 16). Erasing sets `eraseBytes` to FF; programming is by
   whole `writeBytes` (a power of two, 4 to 256), once after each erase. Both return false if the hardware says no. */
struct EngramStorage {
  const uint8_t *mapped;
  size_t bytes, eraseBytes, writeBytes;
  bool (*erase)(size_t offset);
  bool (*program)(size_t offset, const uint8_t *bytes, size_t count);
};

/* A microphone: `listen` starts it with so many samples a second, 0 stops it, false if it cannot. `samples` gives those that have come
   since, oldest first, `room` at most, and does not wait. */
struct EngramMicrophone {
  bool (*listen)(uint32_t rate);
  size_t (*samples)(int16_t *to, size_t room);
};

/* Samples from an interrupt to `loop`: one writer, one reader. What finds no room is lost. */
template <size_t room = 2048> class EngramSamples {
  static_assert((room & (room - 1)) == 0, "room is a power of two");
  int16_t values[room];
  volatile uint32_t in = 0, out = 0;

 public:
  void put(int16_t value) {
    const uint32_t at = in;
    if (at - out >= room) return;
    values[at % room] = value;
    in = at + 1;
  }
  size_t take(int16_t *to, size_t most) {
    size_t count = 0;
    uint32_t at = out;
    while (count < most && at != in) to[count++] = values[at++ % room];
    out = at;
    return count;
  }
};

class EngramClass {
 public:
  /* Before begin, each of them if it is wanted. */
  void name(const char *name);                         /* what the host calls it, at most 15 letters */
  void model(const uint8_t *bytes, size_t count);      /* of `engram export --c`: runs as long as storage holds none */
  void storage(const EngramStorage &flash);            /* instead of RAM */
  void microphone(const EngramMicrophone &microphone); /* then rules and `engram monitor` work */
  void onDetection(void (*detected)(const char *label, float score)); /* of what the microphone heard */
  void retained(uint32_t *words);                      /* two words that a reset keeps */
  void reserve(uint8_t pin);                           /* the sketch's own, or the serial port's: no host may use it */
  void servos(void (*attach)(uint8_t pin, int least, int most), void (*write)(uint8_t pin, int value),
              void (*detach)(uint8_t pin));            /* EngramServo.h calls it */

  template <size_t modelBytes, size_t storageBytes, size_t frameBytes, size_t sentBytes>
  void begin(Stream &link, EngramMemory<modelBytes, storageBytes, frameBytes, sentBytes> &memory) {
    open(link, {memory.storage, memory.model, memory.heap, memory.frame, memory.sent, storageBytes, modelBytes, sizeof memory.heap,
                frameBytes, sentBytes});
  }
  /* Does what there is to do; `loop` calls it, and at least every 10 ms. False if there was nothing. */
  bool poll();

 private:
  struct Memory {
    uint8_t *storage, *model, *heap, *frame, *sent;
    size_t storageBytes, modelBytes, heapBytes, frameBytes, sentBytes;
  };
  void open(Stream &link, const Memory &memory);
};
extern EngramClass Engram;

#endif
