import type { AutoscalerSample } from '../record.js';

/** The controller's own: it does nothing about a tenth of work too much or too little. */
const tolerance = 0.1;

/**
 * How many replicas the measured use of the pods asks for, as the controller computes it; `undefined` where it is not
 * known. Of `counted` pods: the controller takes those that are not ready for idle.
 */
export function demandOf({ current, cpu, target }: AutoscalerSample, counted: number = current): number | undefined {
  if (cpu === undefined || target === undefined) return undefined;
  const excess = cpu / target - 1;
  // Of 1.1 the binary fraction is a little more.
  return Math.abs(excess) <= tolerance + 1e-9 ? current : Math.ceil((counted * cpu) / target);
}

/** Samples in which the pods ask for that many replicas. */
export function asking(samples: readonly AutoscalerSample[], replicas: number): readonly AutoscalerSample[] {
  return samples.filter((sample) => (demandOf(sample) ?? 0) >= replicas);
}

/** The same, with only the pods that are ready to do any work. */
export function askingOfReady(samples: readonly AutoscalerSample[], replicas: number): readonly AutoscalerSample[] {
  return samples.filter((sample) => (demandOf(sample, Math.min(sample.ready, sample.current)) ?? 0) >= replicas);
}
