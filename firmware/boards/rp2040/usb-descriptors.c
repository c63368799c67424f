/* USB 2.0, 9.6; CDC 1.2, 5.2; PSTN 1.2, 5.3. */
#include "usb-descriptors.h"

enum { DEVICE = 1, CONFIGURATION, STRING, INTERFACE, ENDPOINT, FUNCTIONAL = 0x24 };
enum { CDC = 2, ABSTRACT_CONTROL = 2, CDC_DATA = 10, IN = 0x80, BULK = 2, INTERRUPT = 3 };
enum { LANGUAGES, MAKER, PRODUCT };
/* The identity that pid.codes gives away for tests: whoever sells boards takes one of their own. */
enum { VENDOR_ID = 0x1209, PRODUCT_ID = 0x0001, VERSION = 0x0100 };

#define WORD(value) (value) & 0xFF, (value) >> 8

static const uint8_t device[] = {
  18, DEVICE, WORD(0x0200), CDC, 0, 0, EN_USB_PACKET, WORD(VENDOR_ID), WORD(PRODUCT_ID), WORD(VERSION), MAKER, PRODUCT, 0, 1,
};

enum { CONFIGURATION_BYTES = 9 + 9 + 5 + 5 + 4 + 5 + 7 + 9 + 7 + 7 };
static const uint8_t configuration[CONFIGURATION_BYTES] = {
  9, CONFIGURATION, WORD(CONFIGURATION_BYTES), 2, 1, 0, IN, 100 / 2 /* mA */,
  9, INTERFACE, 0, 0, 1, CDC, ABSTRACT_CONTROL, 0, 0,
  5, FUNCTIONAL, 0, WORD(0x0120), /* header */
  5, FUNCTIONAL, 1, 0, 1,         /* call management: none */
  4, FUNCTIONAL, 2, 2,            /* takes line coding and line state */
  5, FUNCTIONAL, 6, 0, 1,         /* union of both interfaces */
  7, ENDPOINT, IN | EN_USB_NOTICES, INTERRUPT, WORD(8), 255 /* ms */,
  9, INTERFACE, 1, 0, 2, CDC_DATA, 0, 0, 0,
  7, ENDPOINT, EN_USB_DATA, BULK, WORD(EN_USB_PACKET), 0,
  7, ENDPOINT, IN | EN_USB_DATA, BULK, WORD(EN_USB_PACKET), 0,
};

static const uint8_t languages[] = {4, STRING, WORD(0x0409)};
static const uint8_t name[] = {14, STRING, 'e', 0, 'n', 0, 'g', 0, 'r', 0, 'a', 0, 'm', 0};

#define FOUND(descriptor) (*bytes = sizeof(descriptor), descriptor)

const uint8_t *en_usb_descriptor(unsigned type, unsigned number, size_t *bytes) {
  if (type == DEVICE) return FOUND(device);
  if (type == CONFIGURATION && number == 0) return FOUND(configuration);
  if (type == STRING && number == LANGUAGES) return FOUND(languages);
  if (type == STRING && (number == MAKER || number == PRODUCT)) return FOUND(name);
  return NULL;
}
