_Noreturn void esp_restart(void);
