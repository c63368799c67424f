/* A USB serial port (CDC ACM) of our own: RP2040 datasheet 4.1, USB 2.0 chapters 8 and 9, CDC 1.2 and its PSTN subclass. One buffer an
   endpoint. It is the link while a host has the port open, which hosts say with DTR. */
#include <string.h>

#include "rp2040.h"
#include "usb-descriptors.h"

enum { USB = 0x50110000, MEMORY = 0x50100000, MEMORY_BYTES = 4096 };
#define USB_REGISTER(offset) EN_REGISTER(USB + (offset))
enum {
  ADDRESS = 0x00, MAIN = 0x40, SIE = 0x4C, STATUS = 0x50, BUFFERS_DONE = 0x58, STALL_ARM = 0x68, MUXING = 0x74, POWER = 0x78, ENABLED = 0x90,
  ASKED = 0x98,
};
enum { STATUS_SUSPENDED = 1 << 4, STATUS_SETUP = 1 << 17, STATUS_RESET = 1 << 19 };
enum { INTERRUPT_BUFFER = 1 << 4, INTERRUPT_RESET = 1 << 12, INTERRUPT_SETUP = 1 << 16 };
enum { SIE_CONTROL_INTERRUPTS = 1 << 29, SIE_PULL_UP = 1 << 16 };

/* In the controller's memory (4.1.2.5): a setup packet, endpoints, their buffers. Endpoints by index: 2 · number, one more for OUT. */
enum { CONTROL_IN = 0, CONTROL_OUT = 1, DATA_IN = 2 * EN_USB_DATA, DATA_OUT = 2 * EN_USB_DATA + 1, NOTICES_IN = 2 * EN_USB_NOTICES };
#define ENDPOINT(index) EN_REGISTER(MEMORY + 4 * (index))
#define BUFFER(index) EN_REGISTER(MEMORY + 0x80 + 4 * (index))
enum { CONTROL_AT = 0x100, NOTICES_AT = 0x180, DATA_OUT_AT = 0x1C0, DATA_IN_AT = 0x200 };
#define ENDPOINT_ON (1u << 31 | 1u << 29) /* with an interrupt for each buffer */
enum { ENDPOINT_TYPE = 26, BULK = 2, INTERRUPT = 3 };
enum { FULL = 1 << 15, DATA1 = 1 << 13, STALL = 1 << 11, AVAILABLE = 1 << 10, LENGTH = 0x3FF };

enum { GET_STATUS, CLEAR_FEATURE, SET_ADDRESS = 5, GET_DESCRIPTOR, GET_CONFIGURATION = 8, SET_CONFIGURATION, GET_INTERFACE };
enum { SET_LINE_CODING = 0x20, GET_LINE_CODING, SET_LINE_STATE, TO_HOST = 0x80, TYPE = 3 << 5, CLASS = 1 << 5, TO_ENDPOINT = 2, DTR = 1 };
enum { WRITE_PATIENCE_MS = 100 };

typedef struct setup {
  uint8_t to, request;
  uint16_t value, index, length;
} setup;

static uint8_t address, configuration, line_coding[7];
static uint32_t toggles;                /* by endpoint: the next packet is DATA1 */
static const uint8_t *answer;           /* of a control transfer: what is left to send */
static size_t answer_left;
static bool answer_ends_short;          /* its last packet must be shorter than a whole one */
static volatile bool open, sending, starved;

static uint8_t *memory(unsigned at) { return (uint8_t *)(uintptr_t)(MEMORY + at); }

/* Hands a buffer to the controller. It looks at AVAILABLE in a slower clock, and must find the rest there (4.1.2.5.1). */
static void hand_over(unsigned index, uint32_t length, uint32_t full) {
  const uint32_t word = length | full | (toggles >> index & 1 ? DATA1 : 0);
  toggles ^= 1u << index;
  BUFFER(index) = word;
  __asm__ volatile("nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop");
  BUFFER(index) = word | AVAILABLE;
}

static void take_data(void) {
  starved = en_link_room() < EN_USB_PACKET;
  if (!starved) hand_over(DATA_OUT, EN_USB_PACKET, 0);
}

/* ---- Control transfers ---- */

static void send_part(void) {
  const size_t part = answer_left < EN_USB_PACKET ? answer_left : EN_USB_PACKET;
  if (part > 0) memcpy(memory(CONTROL_AT), answer, part);
  answer += part;
  answer_left -= part;
  if (part < EN_USB_PACKET) answer_ends_short = false;
  hand_over(CONTROL_IN, (uint32_t)part, FULL);
}

static void reply(const setup *asked, const void *bytes, size_t count) {
  answer = bytes;
  answer_left = count < asked->length ? count : asked->length;
  answer_ends_short = answer_left < asked->length && answer_left % EN_USB_PACKET == 0 && answer_left > 0;
  send_part();
}

static void agree(void) { reply(&(setup){.length = 0}, NULL, 0); }

static void refuse(void) {
  USB_REGISTER(STALL_ARM) = 3;
  BUFFER(CONTROL_IN) = STALL;
  BUFFER(CONTROL_OUT) = STALL;
}

static void configure(uint8_t number) {
  configuration = number;
  toggles &= ~(1u << DATA_IN | 1u << DATA_OUT);
  open = sending = false;
  if (number == 0) return;
  ENDPOINT(NOTICES_IN) = ENDPOINT_ON | INTERRUPT << ENDPOINT_TYPE | NOTICES_AT;
  ENDPOINT(DATA_OUT) = ENDPOINT_ON | (uint32_t)BULK << ENDPOINT_TYPE | DATA_OUT_AT;
  ENDPOINT(DATA_IN) = ENDPOINT_ON | (uint32_t)BULK << ENDPOINT_TYPE | DATA_IN_AT;
  take_data();
}

static void give_descriptor(const setup *asked) {
  size_t bytes;
  const uint8_t *descriptor = en_usb_descriptor(asked->value >> 8, asked->value & 0xFF, &bytes);
  if (descriptor) reply(asked, descriptor, bytes);
  else refuse();
}

static void take_class(const setup *asked) {
  if (asked->request == GET_LINE_CODING) return reply(asked, line_coding, sizeof line_coding);
  if (asked->request == SET_LINE_CODING) return hand_over(CONTROL_OUT, sizeof line_coding, 0);
  if (asked->request == SET_LINE_STATE) open = configuration != 0 && asked->value & DTR;
  agree(); /* whatever else, a break for instance, does no harm */
}

static void take_standard(const setup *asked) {
  static const uint8_t zeros[2];
  switch (asked->request) {
    case GET_STATUS: return reply(asked, zeros, 2);
    case GET_INTERFACE: return reply(asked, zeros, 1);
    case GET_CONFIGURATION: return reply(asked, &configuration, 1);
    case GET_DESCRIPTOR: return give_descriptor(asked);
    case SET_ADDRESS: address = asked->value & 0x7F; break; /* from the end of this transfer on */
    case SET_CONFIGURATION: configure((uint8_t)asked->value); break;
    case CLEAR_FEATURE:
      if ((asked->to & 3) == TO_ENDPOINT) toggles &= ~(1u << (2 * (asked->index & 0xF) + (asked->index & TO_HOST ? 0 : 1)));
      break;
    default: break;
  }
  if (asked->to & TO_HOST) refuse();
  else agree();
}

static void take_setup(void) {
  setup asked;
  memcpy(&asked, memory(0), sizeof asked);
  toggles |= 1u << CONTROL_IN | 1u << CONTROL_OUT; /* after a setup packet, always DATA1 */
  if ((asked.to & TYPE) == CLASS) take_class(&asked);
  else take_standard(&asked);
}

static void control_sent(void) {
  USB_REGISTER(ADDRESS) = address;
  if (answer_left > 0 || answer_ends_short) return send_part();
  if (!answer) return;
  answer = NULL;
  toggles |= 1u << CONTROL_OUT;
  hand_over(CONTROL_OUT, 0, 0); /* the host ends what it has read with an empty packet */
}

static void control_received(void) {
  if ((BUFFER(CONTROL_OUT) & LENGTH) != sizeof line_coding) return;
  memcpy(line_coding, memory(CONTROL_AT), sizeof line_coding);
  agree();
}

/* ---- Data ---- */

static void data_received(void) {
  const size_t count = BUFFER(DATA_OUT) & LENGTH;
  const uint8_t *bytes = memory(DATA_OUT_AT);
  for (size_t i = 0; i < count && open; i++) en_link_put(bytes[i]);
  take_data();
}

bool en_usb_in_use(void) { return open && !(USB_REGISTER(STATUS) & STATUS_SUSPENDED); }

void en_usb_go_on(void) {
  if (!starved) return;
  __asm__ volatile("cpsid i" ::: "memory");
  take_data();
  __asm__ volatile("cpsie i" ::: "memory");
}

/* A host that takes nothing for a while gets no more of this. */
static bool sent(void) {
  const uint32_t begun = en_clock_milliseconds();
  while (sending) {
    if (!en_usb_in_use() || en_clock_milliseconds() - begun > WRITE_PATIENCE_MS) return false;
  }
  return true;
}

/* Ends with a packet that is not whole, so that the host passes on what it has. */
void en_usb_write(const uint8_t *bytes, size_t count) {
  size_t part;
  do {
    if (!sent()) return;
    part = count < EN_USB_PACKET ? count : EN_USB_PACKET;
    memcpy(memory(DATA_IN_AT), bytes, part);
    __asm__ volatile("cpsid i" ::: "memory");
    sending = true;
    hand_over(DATA_IN, (uint32_t)part, FULL);
    __asm__ volatile("cpsie i" ::: "memory");
    bytes += part;
    count -= part;
  } while (part == EN_USB_PACKET);
}

/* ---- The controller ---- */

static void reset(void) {
  address = 0;
  USB_REGISTER(ADDRESS) = 0;
  answer = NULL;
  answer_left = 0;
  answer_ends_short = false;
  configure(0);
}

void en_usb_interrupt(void) {
  const uint32_t asked = USB_REGISTER(ASKED);
  if (asked & INTERRUPT_RESET) {
    reset();
    USB_REGISTER(STATUS) = STATUS_RESET;
  }
  /* Buffers first: those of the transfer before. */
  const uint32_t done = USB_REGISTER(BUFFERS_DONE);
  USB_REGISTER(BUFFERS_DONE) = done;
  if (done & 1u << CONTROL_IN) control_sent();
  if (done & 1u << CONTROL_OUT) control_received();
  if (done & 1u << DATA_IN) sending = false;
  if (done & 1u << DATA_OUT) data_received();
  if (asked & INTERRUPT_SETUP) {
    USB_REGISTER(STATUS) = STATUS_SETUP;
    take_setup();
  }
}

void en_usb_open(void) {
  if (!en_chip_start(EN_RESET_USB)) return;
  memset(memory(0), 0, MEMORY_BYTES);
  USB_REGISTER(MUXING) = 1 << 3 | 1 << 0; /* to the pins of USB */
  USB_REGISTER(POWER) = 1 << 3 | 1 << 2;  /* there is power: the board has no other */
  USB_REGISTER(MAIN) = 1;                 /* a device */
  USB_REGISTER(SIE) = SIE_CONTROL_INTERRUPTS;
  USB_REGISTER(ENABLED) = INTERRUPT_BUFFER | INTERRUPT_RESET | INTERRUPT_SETUP;
  en_cortex_enable(EN_IRQ_USB);
  USB_REGISTER(SIE) = SIE_CONTROL_INTERRUPTS | SIE_PULL_UP; /* the host sees that something is there */
}
