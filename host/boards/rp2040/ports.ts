// The emulated chip's ends of a link: bytes in as fast as it takes them, bytes out in the order in which they come.
import { type RP2040, USBCDC } from "rp2040js";

/** What the process logs when its board waits for a host: it has checked its model, which takes 40 million cycles for 50 KB. */
export const ready = "the board runs";

export type Port = {
  /** Connects to a chip that has just been made. */
  attach(rp2040: RP2040): void;
  /** Gives bytes to the chip, and says how many it took. */
  give(bytes: Uint8Array): number;
};

/** UART0. A byte has no time of its own: the receiver is filled whenever the firmware has emptied it. */
export function uartPort(onByte: (byte: number) => void): Port {
  const receiverBytes = 32;
  const receiverEmpty = 1 << 4; // in its flags
  let uart: RP2040["uart"][number];
  return {
    attach(rp2040) {
      uart = rp2040.uart[0];
      uart.onByte = onByte;
    },
    give(bytes) {
      if (!uart.enabled || !(uart.flags & receiverEmpty)) return 0;
      const part = bytes.subarray(0, receiverBytes);
      for (const byte of part) uart.feedByte(byte);
      return part.length;
    },
  };
}

/** USB, with rp2040js' host of CDC devices, which opens the port as soon as the device has said what it is. */
export function usbPort(onByte: (byte: number) => void): Port {
  let usb: RP2040["usbCtrl"];
  let cdc: USBCDC;
  const out = (): number => (cdc as unknown as { outEndpoint: number }).outEndpoint; // private there
  let wanted = 0; // bytes that the device's buffer has room for
  return {
    attach(rp2040) {
      usb = rp2040.usbCtrl;
      cdc = new USBCDC(usb);
      cdc.onSerialData = (bytes) => {
        for (const byte of bytes) onByte(byte);
      };
      // Its own answer to a buffer without data is an empty packet, at once and again: a real host's is none.
      usb.onEndpointRead = (endpoint, count) => {
        if (endpoint === out()) wanted = count;
      };
      wanted = 0;
    },
    give(bytes) {
      const part = bytes.subarray(0, wanted);
      wanted = 0;
      if (part.length > 0) usb.endpointReadDone(out(), part);
      return part.length;
    },
  };
}
