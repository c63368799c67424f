/* Servos for hosts: include <Servo.h> (or another library with its class) before this, and call EngramServo::open() before Engram.begin. */
#ifndef ENGRAM_SERVO_H
#define ENGRAM_SERVO_H

#include "Engram.h"

namespace EngramServo {
enum { MOST = 12 };

struct Place {
  Servo servo;
  uint8_t pin;
};

/* The pin's servo; a new one where there is room and `wanted`. */
inline Servo *at(uint8_t pin, bool wanted) {
  static Place places[MOST];
  static uint8_t count;
  for (uint8_t i = 0; i < count; i++)
    if (places[i].pin == pin) return &places[i].servo;
  if (!wanted || count == MOST) return nullptr;
  places[count].pin = pin;
  return &places[count++].servo;
}

inline void attach(uint8_t pin, int least, int most) {
  if (Servo *servo = at(pin, true)) servo->attach(pin, least, most);
}

inline void write(uint8_t pin, int value) {
  if (Servo *servo = at(pin, false)) servo->write(value);
}

inline void detach(uint8_t pin) {
  Servo *servo = at(pin, false);
  if (servo && servo->attached()) servo->detach();
}

inline void open() { Engram.servos(attach, write, detach); }
}  // namespace EngramServo

#endif
