/* What the board says of itself over USB. */
#ifndef EN_USB_DESCRIPTORS_H
#define EN_USB_DESCRIPTORS_H

#include <stddef.h>
#include <stdint.h>

enum { EN_USB_PACKET = 64, EN_USB_NOTICES = 1, EN_USB_DATA = 2 }; /* and the numbers of its endpoints */

/* NULL if there is none of that type and number. */
const uint8_t *en_usb_descriptor(unsigned type, unsigned number, size_t *bytes);

#endif
