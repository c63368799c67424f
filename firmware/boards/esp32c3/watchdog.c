/* TRM 12, Watchdog Timers. The ROM starts the one of the RTC and the super watchdog; timer group 0's takes their place, at the crystal's
   clock, so that it keeps its ten seconds whatever the processor runs at. */
#include "esp32c3.h"

enum { SECONDS = 10, TICKS_PER_SECOND = 1000 };

#define KEY 0x50D83AA1u
#define SUPER_KEY 0x8F1D312Au
#define RTC(offset) EN_REGISTER(0x60008000 + (offset))
#define GROUP(offset) EN_REGISTER(0x6001F000 + (offset))
#define CONFIGURATION GROUP(0x48)
#define PRESCALER GROUP(0x4C)
#define STAGE0 GROUP(0x50)
#define FEED GROUP(0x60)
#define PROTECTION GROUP(0x64)
#define ON (1u << 31)
#define STAGE0_RESETS_SYSTEM (3u << 29)
#define TAKE_SETTINGS (1u << 22)
#define FROM_CRYSTAL (1u << 21)
#define RESET_LENGTHS (7u << 18 | 7u << 15)

static void stop_rtc_watchdogs(void) {
  RTC(0xA8) = KEY;
  RTC(0x90) = 0; /* with it its mode for booting */
  RTC(0xA8) = 0;
  RTC(0xB0) = SUPER_KEY;
  RTC(0xAC) |= 1u << 31; /* feeds itself */
  RTC(0xB0) = 0;
}

void en_watchdog_open(void) {
  EN_SYSTEM(EN_SYSTEM_CLOCKS0) |= 1u << 13; /* timer group 0 */
  EN_SYSTEM(EN_SYSTEM_RESETS0) &= ~(1u << 13);
  PROTECTION = KEY;
  PRESCALER = (uint32_t)EN_CRYSTAL_HERTZ / TICKS_PER_SECOND << 16;
  STAGE0 = SECONDS * TICKS_PER_SECOND;
  CONFIGURATION = ON | STAGE0_RESETS_SYSTEM | RESET_LENGTHS | FROM_CRYSTAL | TAKE_SETTINGS; /* and no mode for booting */
  FEED = 1;
  PROTECTION = 0;
  stop_rtc_watchdogs();
}

void en_watchdog_alive(void) {
  PROTECTION = KEY;
  FEED = 1;
  PROTECTION = 0;
}
