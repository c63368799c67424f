// The front end in double precision, as docs/front-end.md begins it: what the integers approximate.
import { melPoints } from "../../host/features/frontend-section.ts";
import { type FrontEnd, fftLength, logFloor } from "../../host/spec/frontend.ts";

/** log2(E + 2^14) of every frame and band. */
export function floatFrames(pcm: Int16Array, parameters: FrontEnd): number[][] {
  const { window, hop } = parameters;
  const length = fftLength(window);
  const bands = triangles(parameters, length);
  const frames: number[][] = [];
  for (let at = 0; at + window <= pcm.length; at += hop) {
    const re = new Float64Array(length);
    const im = new Float64Array(length);
    for (let i = 0; i < window; i++) re[i] = pcm[at + i]! * Math.sin((Math.PI * (i + 0.5)) / window) ** 2;
    transform(re, im);
    const energy = (band: (readonly [number, number])[]): number =>
      band.reduce((sum, [bin, weight]) => sum + weight * (re[bin]! ** 2 + im[bin]! ** 2), 0);
    frames.push(bands.map((band) => Math.log2(energy(band) + 2 ** logFloor)));
  }
  return frames;
}

// For each band its bins and their weights, a triangle in Hz.
function triangles(parameters: FrontEnd, length: number): (readonly [number, number])[][] {
  const points = melPoints(parameters);
  const weight = (hertz: number, band: number): number => {
    const [from, middle, to] = [points[band]!, points[band + 1]!, points[band + 2]!];
    return Math.min((hertz - from) / (middle - from), (to - hertz) / (to - middle));
  };
  const bins = Array.from({ length: length / 2 - 1 }, (_, i) => i + 1);
  return Array.from({ length: parameters.bands }, (_, band) =>
    bins.map((bin) => [bin, weight((bin * parameters.sampleRate) / length, band)] as const).filter(([, w]) => w > 0),
  );
}

// The FFT in place, radix 2.
function transform(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  for (let i = 0, j = 0; i < n; i++) {
    if (i < j) {
      [re[i], re[j]] = [re[j]!, re[i]!];
      [im[i], im[j]] = [im[j]!, im[i]!];
    }
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j |= bit;
  }
  for (let size = 2; size <= n; size *= 2) {
    for (let k = 0; k < size / 2; k++) {
      const c = Math.cos((2 * Math.PI * k) / size);
      const s = -Math.sin((2 * Math.PI * k) / size);
      for (let i = k; i < n; i += size) {
        const j = i + size / 2;
        const real = re[j]! * c - im[j]! * s;
        const imaginary = re[j]! * s + im[j]! * c;
        re[j] = re[i]! - real;
        im[j] = im[i]! - imaginary;
        re[i]! += real;
        im[i]! += imaginary;
      }
    }
  }
}
