// Spectral radii: of matrices whose eigenvalues are known, and of random sparse ones against numpy (golden/spectral-radius.json).
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../host/data/random.ts";
import { UserError } from "../../host/spec/user-error.ts";
import { type Multiply, spectralRadius } from "../../host/train/spectral-radius.ts";

type Case = { seed: number; n: number; inDegree: number; radius: number; complex: boolean };
const golden: { cases: Case[] } = JSON.parse(
  readFileSync(new URL("golden/spectral-radius.json", import.meta.url), "utf8"),
);

function dense(rows: number[][]): Multiply {
  return (x, y) => {
    rows.forEach((row, i) => {
      y[i] = row.reduce((sum, value, j) => sum + value * x[j], 0);
    });
  };
}

const close = (found: number, wanted: number, error = 1e-9) =>
  assert.ok(Math.abs(found - wanted) <= error * wanted, `${found}, expected ${wanted}`);

// As the command in the golden file says.
function sparse({ seed, n, inDegree }: Case): Multiply {
  let state = seed;
  const below = (count: number) => {
    state = (state * 16807) % 2147483647;
    return state % count;
  };
  const entries = Array.from({ length: n * inDegree }, () => ({ column: below(n), value: below(255) - 127 }));
  return (x, y) => {
    y.fill(0);
    entries.forEach(({ column, value }, k) => {
      y[Math.floor(k / inDegree)] += value * x[column];
    });
  };
}

test("the radius of a diagonal matrix is its largest value, of whichever sign", () => {
  const values = [0.3, -1.25, 1.2, 0, 1.1];
  const diagonal: Multiply = (x, y) => y.set(x.map((value, i) => value * values[i]));
  close(spectralRadius(diagonal, 5), 1.25);
  close(
    spectralRadius((x, y) => y.set(x.map((value) => -3 * value)), 1),
    3,
  );
});

test("complex pairs, where power iteration turns forever, have their modulus", () => {
  const block = (size: number, [cosine, sine]: [number, number]) => [
    [size * cosine, -size * sine],
    [size * sine, size * cosine],
  ];
  const blocks = [block(0.9, [0.6, 0.8]), block(0.95, [-0.28, 0.96]), block(0.5, [0, 1])];
  const rotations: Multiply = (x, y) => {
    blocks.forEach(([a, b], i) => {
      y[2 * i] = a[0] * x[2 * i] + a[1] * x[2 * i + 1];
      y[2 * i + 1] = b[0] * x[2 * i] + b[1] * x[2 * i + 1];
    });
  };
  close(spectralRadius(rotations, 6), 0.95);
});

test("a chain of any length has radius 0, and so has a matrix of zeros", () => {
  for (const n of [1, 2, 50, 300]) {
    const chain: Multiply = (x, y) => {
      for (let i = 0; i < n; i++) y[i] = i ? 7 * x[i - 1] : 0;
    };
    assert.is(spectralRadius(chain, n), 0);
  }
});

test("a chain beside a circle does not blur the circle's radius", () => {
  const n = 60;
  const both: Multiply = (x, y) => {
    for (let i = 0; i < n; i++) y[i] = i > 2 ? x[i - 1] : i ? 0.1 * x[i - 1] : 0.1 * x[2];
    y[3] = 0;
  };
  close(spectralRadius(both, n), 0.1);
});

test("the radius of a circulant matrix is its largest Fourier coefficient", () => {
  const n = 48;
  const row = Array.from({ length: n }, (_, i) => new Random(3, "circulant", i).uniform(-1, 1));
  const moduli = row.map((_, k) => {
    const parts = row.map((value, i) => [value, (2 * Math.PI * i * k) / n]);
    const [re, im] = [Math.cos, Math.sin].map((f) => parts.reduce((sum, [value, angle]) => sum + value * f(angle), 0));
    return Math.sqrt(re * re + im * im);
  });
  close(spectralRadius(dense(row.map((_, i) => row.map((_, j) => row[(j - i + n) % n]))), n), Math.max(...moduli));
});

test("a circle of a hundred units, all eigenvalues of one size, has that size", () => {
  const circle: Multiply = (x, y) => y.set(x.map((_, i) => 0.7 * x[(i + 1) % 100]));
  close(spectralRadius(circle, 100), 0.7);
});

test("radii of random sparse matrices are numpy's, in about a thousand products", () => {
  for (const known of golden.cases) {
    const multiply = sparse(known);
    let products = 0;
    const found = spectralRadius((x, y) => {
      products++;
      multiply(x, y);
    }, known.n);
    close(found, known.radius, 1e-12);
    assert.ok(products < 1200, `${products} products`);
  }
  assert.ok(golden.cases.some(({ complex }) => complex) && golden.cases.some(({ complex }) => !complex));
});

test("every seed finds the radius, and one seed the same bits", () => {
  const [known] = golden.cases.filter(({ n }) => n === 100);
  for (const seed of [1, 2, 3, 4, 5]) close(spectralRadius(sparse(known), 100, seed), known.radius, 1e-12);
  assert.is(spectralRadius(sparse(known), 100, 9), spectralRadius(sparse(known), 100, 9));
});

test("scales near the ends of the range do no harm", () => {
  const scale = (factor: number) =>
    dense([
      [0, -2 * factor],
      [2 * factor, 0],
    ]);
  close(spectralRadius(scale(1e200), 2), 2e200);
  close(spectralRadius(scale(1e-200), 2), 2e-200);
});

test("weights that are not finite and sizes that cannot be are refused", () => {
  const refused = (multiply: Multiply, n: number, what: RegExp) =>
    assert.throws(
      () => spectralRadius(multiply, n),
      (error: unknown) => error instanceof UserError && what.test(error.message),
    );
  refused(dense([[Number.NaN]]), 1, /not finite/);
  refused(
    dense([
      [1, Infinity],
      [1, 1],
    ]),
    2,
    /not finite/,
  );
  for (const n of [0, -1, 1.5, Number.NaN]) refused(dense([[1]]), n, /matrix of .* rows/);
});

test.run();
