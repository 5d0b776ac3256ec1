import { parse } from 'yaml';
import { z } from 'zod';
import { PlatformError } from '../../errors.js';
import type { ChartTexts } from './chart-texts.js';

const metadataSchema = z.looseObject({
  name: z.string(),
  version: z.string(),
  appVersion: z.string().optional(),
  /** Semver range of Kubernetes versions. */
  kubeVersion: z.string().optional(),
});

/** What a chart says of itself, its texts as they are written. */
export type ChartMetadata = z.infer<typeof metadataSchema>;

/** @throws PlatformError `usage` when its Chart.yaml gives no name or no version */
export function chartMetadata(files: ChartTexts): ChartMetadata {
  // Every scalar as it is written: 1.10 is a version, not a number.
  const result = metadataSchema.safeParse(parse(files.get('Chart.yaml') ?? '', { schema: 'failsafe' }));
  if (result.success) return result.data;
  throw new PlatformError('usage', 'the Chart.yaml of the chart gives no name or no version', {
    output: z.prettifyError(result.error),
  });
}
