// Sounds that try a front end: noise at every level, tones, impulses, everything at its limit.
import { Random } from "../../host/data/random.ts";

/** Named sounds of `samples` samples. */
export function sounds(seed: number, samples: number): Record<string, Int16Array> {
  const random = new Random(seed, "front end");
  const make = (value: (i: number) => number): Int16Array =>
    Int16Array.from({ length: samples }, (_, i) => Math.max(-32768, Math.min(32767, Math.round(value(i)))));
  const noise = (level: number): Int16Array => make(() => random.normal() * level);
  const tone = (level: number, period: number): Int16Array => make((i) => level * Math.sin((2 * Math.PI * i) / period));
  return {
    silence: make(() => 0),
    "all −32768": make(() => -32768),
    "all 32767": make(() => 32767),
    "alternating limits": make((i) => (i % 2 ? 32767 : -32768)),
    "square wave": make((i) => (i % 100 < 50 ? 32767 : -32768)),
    "short square wave": make((i) => (i % 6 < 3 ? 32767 : -32768)),
    "random limits": make(() => (random.chance(0.5) ? 32767 : -32768)),
    "one impulse": make((i) => (i === 700 ? -32768 : 0)),
    impulses: make((i) => (i % 97 === 0 ? 32767 : 0)),
    "one unit": make((i) => (i === 700 ? 1 : 0)),
    "full-scale tone": tone(32767, 20.3),
    "slow tone": tone(32767, 250),
    "quiet tone": tone(1, 37),
    "noise 1": noise(1),
    "noise 30": noise(30),
    "noise 3000": noise(3000),
    "noise that clips": noise(40000),
    uniform: make(() => random.uniform(-32768, 32768)),
    "bursts of any level": make((i) => random.normal() * random.logUniform(0.1, 30000) * (i % 800 < 300 ? 1 : 0)),
  };
}
