/* A board for firmata-io and johnny-five, as StandardFirmata makes one, that also takes models of engram and runs them on the sound
   or the values that its host sends:

     engram flash microbit.engram --port /dev/ttyACM0
     engram stream recording.wav --port /dev/ttyACM0
*/
#include <Servo.h>

#include <Engram.h>
#include <EngramServo.h>

/* A model's RAM; what is kept of models (in RAM, so until the power goes): two of 23 KB at most. */
static EngramMemory<6 * 1024, 50 * 1024> memory;

void setup() {
  Serial.begin(115200);
  EngramServo::open();
  Engram.begin(Serial, memory);
}

void loop() { Engram.poll(); }
