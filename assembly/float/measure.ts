// What a run's values are: their greatest size, for calibration.

/** The greatest |value| in the first n columns of the first `rows` rows of a [rows][stride]; NaN if one is NaN. */
export function greatest(a: usize, rows: i32, n: i32, stride: i32): f32 {
  let most = f32x4.splat(0);
  let rest: f32 = 0;
  for (let r = 0; r < rows; r++, a += (<usize>stride) << 2) {
    let c = 0;
    for (; c + 4 <= n; c += 4) most = f32x4.max(most, f32x4.abs(v128.load(a + ((<usize>c) << 2))));
    for (; c < n; c++) rest = max<f32>(rest, abs<f32>(load<f32>(a + ((<usize>c) << 2))));
  }
  rest = max<f32>(rest, max<f32>(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)));
  return max<f32>(rest, max<f32>(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)));
}
