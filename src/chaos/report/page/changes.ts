/** The first sample, and each whose row differs from that of the one before it: it holds until the next. */
export function changes<T>(samples: readonly T[], rowOf: (sample: T) => readonly unknown[]): T[] {
  return samples.filter((sample, index) => {
    const before = samples[index - 1];
    return before === undefined || JSON.stringify(rowOf(before)) !== JSON.stringify(rowOf(sample));
  });
}
