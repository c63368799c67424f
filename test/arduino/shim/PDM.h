/* Arduino's PDM microphone, whose sound is a file of samples (16 bits), paced as it sounds. */
#ifndef PDM_H
#define PDM_H

class PDMClass {
 public:
  int begin(int channels, int rate);
  void end();
  int available();
  int read(void *to, int bytes);
  void onReceive(void (*heard)());
};
extern PDMClass PDM;

#endif
