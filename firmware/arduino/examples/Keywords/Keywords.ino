/* Hears words by itself with a PDM microphone (Nano 33 BLE Sense, Nano RP2040 Connect, Portenta Vision Shield) and the model beside this
   sketch, which lies in flash with it. The LED is on for a second after "yes". At the port `engram monitor --port /dev/ttyACM0` shows levels
   and detections; `engram flash` puts another model in this one's place until the power goes, `engram rule` lets words drive pins. */
#include <PDM.h>

#include <Engram.h>

#include "model.h"

/* The model asks for keywords_ram_bytes; 40 KB keep others that are flashed, of 18 KB at most. Without RAM to spare leave the second number
   out. */
static EngramMemory<8 * 1024, 40 * 1024> memory;
static_assert(keywords_ram_bytes <= sizeof memory.model, "the model needs more RAM");

static EngramSamples<4096> samples; /* a quarter of a second */
static uint32_t lit_ms;

/* From the microphone's interrupt. */
static void heard() {
  static int16_t part[256];
  for (int left = PDM.available(); left > 0;) {
    const int bytes = PDM.read(part, left < (int)sizeof part ? left : (int)sizeof part);
    if (bytes <= 0) return;
    for (int i = 0; i < bytes / 2; i++) samples.put(part[i]);
    left -= bytes;
  }
}

static bool listen(uint32_t rate) {
  static bool runs;
  if (runs) PDM.end();
  runs = rate > 0 && PDM.begin(1, (int)rate);
  return rate == 0 || runs;
}

static size_t take(int16_t *to, size_t room) { return samples.take(to, room); }

static void detected(const char *label, float score) {
  (void)score;
  if (strcmp(label, "yes") != 0) return;
  digitalWrite(LED_BUILTIN, HIGH);
  lit_ms = millis();
}

void setup() {
  Serial.begin(115200);
  pinMode(LED_BUILTIN, OUTPUT);
  PDM.onReceive(heard);
  Engram.reserve(LED_BUILTIN);
  Engram.model(keywords, keywords_bytes);
  Engram.microphone({listen, take});
  Engram.onDetection(detected);
  Engram.begin(Serial, memory);
}

void loop() {
  Engram.poll();
  if (lit_ms && millis() - lit_ms >= 1000) {
    digitalWrite(LED_BUILTIN, LOW);
    lit_ms = 0;
  }
}
