/* QEMU's virt machine: 16550 UART 0 through the PLIC, test finisher for resets. */
#include "port.h"

#include "begin.h"
#include "ring.h"
#include "rv32.h"

enum {
  RECEIVE_BYTES = 16384, FRAME_BYTES = 2048, SENT_BYTES = 4096, MODEL_BYTES = 32 * 1024, HEAP_BYTES = 24 * 1024,
};

/* NS16550A data sheet; a register a byte. */
#define UART(number) EN_REGISTER8(0x10000000 + (number))
#define DATA UART(0)
#define DIVIDER_LOW UART(0)
#define DIVIDER_HIGH UART(1)
#define INTERRUPTS UART(1)
#define FIFO UART(2)
#define LINE UART(3)
#define STATE UART(5)
enum {
  LINE_8N1 = 3, LINE_DIVIDER = 0x80, FIFO_ON = 1, FIFO_CLEAR = 6, FIFO_TRIGGER_14 = 0xC0, FIFO_BYTES = 16, INTERRUPT_RECEIVED = 1,
  STATE_RECEIVED = 1, STATE_OVERRUN = 2, STATE_SENT = 0x20,
};

/* RISC-V Platform-Level Interrupt Controller 1.0; context 0 is hart 0 in machine mode. */
enum { UART_IRQ = 10, MIE_EXTERNAL = 1 << 11, MSTATUS_MIE = 1 << 3 };
#define PRIORITY(irq) EN_REGISTER(0x0C000000 + 4 * (irq))
#define ENABLED EN_REGISTER(0x0C002000)
#define THRESHOLD EN_REGISTER(0x0C200000)
#define CLAIM EN_REGISTER(0x0C200004)

static uint8_t received[RECEIVE_BYTES], frame[FRAME_BYTES] __attribute__((aligned(8))), sent[SENT_BYTES] __attribute__((aligned(8))),
  model[MODEL_BYTES] __attribute__((aligned(8))), heap[HEAP_BYTES] __attribute__((aligned(8)));
static uint32_t retained[2] __attribute__((section(".noinit")));
static en_ring ring = {.bytes = received, .mask = RECEIVE_BYTES - 1};

/* Also takes bytes that stay below the trigger: the receiver's time-out asks for them. */
__attribute__((interrupt("machine"))) void en_port_interrupt(void);
void en_port_interrupt(void) {
  uint32_t claimed = CLAIM;
  for (;;) {
    uint8_t state = STATE; /* reading it clears the overrun */
    if (state & STATE_OVERRUN) ring.overruns = ring.overruns + 1;
    if (!(state & STATE_RECEIVED)) break;
    en_ring_put(&ring, DATA);
  }
  CLAIM = claimed;
}

static size_t link_read(uint8_t *bytes, size_t room) { return en_ring_take(&ring, bytes, room); }

static void link_write(const uint8_t *bytes, size_t count) {
  while (count > 0) {
    while (!(STATE & STATE_SENT)) {}
    for (int i = 0; i < FIFO_BYTES && count > 0; i++, count--) DATA = *bytes++;
  }
}

static uint32_t overruns(void) { return ring.overruns; }

/* SiFive's test device, as QEMU has it. It resets everything but RAM. */
_Noreturn void en_port_reset(void);
void en_port_reset(void) {
  EN_REGISTER(0x00100000) = 0x7777;
  for (;;) {}
}

void en_port_wait(void) {
  __asm__ volatile("csrc mstatus, %0" ::"r"(MSTATUS_MIE) : "memory");
  if (en_ring_empty(&ring)) __asm__ volatile("wfi" ::: "memory"); /* a pending interrupt ends it though it is masked */
  __asm__ volatile("csrs mstatus, %0" ::"r"(MSTATUS_MIE) : "memory");
}

static void link_open(void) {
  LINE = LINE_DIVIDER | LINE_8N1;
  DIVIDER_LOW = 1; /* the emulated line takes any speed, but the receiver's time-out is four characters at this one */
  DIVIDER_HIGH = 0;
  LINE = LINE_8N1;
  if (STATE & STATE_RECEIVED) en_ring_put(&ring, DATA); /* came while QEMU started; switching the FIFO on loses it */
  FIFO = FIFO_ON | FIFO_CLEAR | FIFO_TRIGGER_14;
  INTERRUPTS = INTERRUPT_RECEIVED;
  PRIORITY(UART_IRQ) = 1;
  ENABLED = 1u << UART_IRQ;
  THRESHOLD = 0;
  __asm__ volatile("csrs mie, %0" ::"r"(MIE_EXTERNAL));
}

const en_board *en_port_open(void) {
  static en_board board = {
    .name = "rv32",
    .read = link_read, .write = link_write, .receive_bytes = RECEIVE_BYTES, .overruns = overruns,
    .milliseconds = en_clock_milliseconds, .ticks = en_clock_ticks, .ticks_per_second = EN_CLOCK_HERTZ,
    .retained = retained, .reset = en_port_reset,
    .frame = frame, .sent = sent, .model = model, .heap = heap,
    .frame_bytes = sizeof frame, .sent_bytes = sizeof sent, .model_bytes = sizeof model, .heap_bytes = sizeof heap,
    .stack_peak = en_stack_peak,
  };
  board.stack_bytes = en_stack_bytes();
  en_clock_open();
  link_open();
  en_flash_open(&board);
  __asm__ volatile("csrs mstatus, %0" ::"r"(MSTATUS_MIE) : "memory");
  return &board;
}
