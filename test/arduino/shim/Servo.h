#ifndef SERVO_H
#define SERVO_H

class Servo {
  int pin = -1;

 public:
  void attach(int pin, int least, int most);
  void write(int value);
  void detach();
  bool attached() const { return pin >= 0; }
};

#endif
