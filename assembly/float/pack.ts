// Parameters in the order in which the products read them, made once a training step.

/**
 * Matrix w [rows][columns] into panels of 8 rows: [ceil(rows / 8)][columns][8], absent rows zero. For y = x wᵀ.
 */
export function packRows(w: usize, rows: i32, columns: i32, panels: usize): void {
  for (let first = 0; first < rows; first += 8) {
    for (let c = 0; c < columns; c++, panels += 32) {
      for (let i = 0; i < 8; i++) {
        const r = first + i;
        store<f32>(panels + ((<usize>i) << 2), r < rows ? load<f32>(w + ((<usize>(r * columns + c)) << 2)) : 0);
      }
    }
  }
}

/**
 * Matrix w [rows][columns] into panels of 8 columns: [ceil(columns / 8)][rows][8], absent columns zero. For dx = dy w.
 */
export function packColumns(w: usize, rows: i32, columns: i32, panels: usize): void {
  for (let first = 0; first < columns; first += 8) {
    for (let r = 0; r < rows; r++, panels += 32) {
      for (let i = 0; i < 8; i++) {
        const c = first + i;
        store<f32>(panels + ((<usize>i) << 2), c < columns ? load<f32>(w + ((<usize>(r * columns + c)) << 2)) : 0);
      }
    }
  }
}

/** A vector of n floats into a buffer of a whole stride, the rest zero. */
export function packVector(v: usize, n: i32, to: usize): void {
  memory.copy(to, v, (<usize>n) << 2);
  memory.fill(to + ((<usize>n) << 2), 0, ((<usize>((n + 7) & ~7)) << 2) - ((<usize>n) << 2));
}

/** The same row of `stride` floats for every sequence of the batch. */
export function broadcast(to: usize, row: usize, stride: i32, batch: i32): void {
  const bytes = (<usize>stride) << 2;
  for (let i = 0; i < batch; i++, to += bytes) memory.copy(to, row, bytes);
}
