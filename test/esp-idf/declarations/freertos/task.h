#ifndef FREERTOS_TASK_H
#define FREERTOS_TASK_H
#include "FreeRTOS.h"
typedef struct en_test_task *TaskHandle_t;
BaseType_t xTaskCreatePinnedToCore(void (*)(void *), const char *name, uint32_t stack, void *, UBaseType_t priority, TaskHandle_t *, BaseType_t core);
void vTaskDelay(TickType_t);
UBaseType_t uxTaskGetStackHighWaterMark(TaskHandle_t);
#endif
