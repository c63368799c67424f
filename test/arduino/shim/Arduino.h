/* As much of an Arduino core as the library and its sketches use, as a process: Serial is standard input and output, pins are lines on
   standard error, the board's numbers those of an Uno with an LED at 13. Written from the Arduino language reference. */
#ifndef ARDUINO_H
#define ARDUINO_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { LOW, HIGH, INPUT = 0, OUTPUT, INPUT_PULLUP };
#define LED_BUILTIN 13
#define NUM_DIGITAL_PINS 20
#define NUM_ANALOG_INPUTS 6
#define analogInputToDigitalPin(p) ((p) < 6 ? (p) + 14 : -1)
#define digitalPinHasPWM(p) ((p) == 3 || (p) == 5 || (p) == 6 || ((p) >= 9 && (p) <= 11))

unsigned long millis();
unsigned long micros();
void pinMode(uint8_t pin, uint8_t mode);
void digitalWrite(uint8_t pin, uint8_t value);
int digitalRead(uint8_t pin);
int analogRead(uint8_t pin);
void analogWrite(uint8_t pin, int value);

class Print {
 public:
  virtual ~Print() {}
  virtual size_t write(uint8_t byte) = 0;
  virtual size_t write(const uint8_t *bytes, size_t count) = 0;
};

class Stream : public Print {
 public:
  virtual int available() = 0;
  virtual int read() = 0;
  virtual int peek() = 0;
};

class HostSerial : public Stream {
 public:
  void begin(unsigned long) {}
  int available() override;
  int read() override;
  int peek() override;
  size_t write(uint8_t byte) override;
  size_t write(const uint8_t *bytes, size_t count) override;
};
extern HostSerial Serial;

#endif
