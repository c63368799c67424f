#include "FreeRTOS.h"
typedef struct en_test_buffer *StreamBufferHandle_t;
StreamBufferHandle_t xStreamBufferCreate(size_t bytes, size_t trigger);
size_t xStreamBufferSend(StreamBufferHandle_t, const void *, size_t, TickType_t);
size_t xStreamBufferReceive(StreamBufferHandle_t, void *, size_t, TickType_t);
size_t xStreamBufferSpacesAvailable(StreamBufferHandle_t);
