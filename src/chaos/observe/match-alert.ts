type Labels = Readonly<Record<string, string>>;

/**
 * How well an alert of Alertmanager can be one of Prometheus; `undefined` when it cannot. On the way labels are added
 * (external ones) and may be dropped (relabelling), but what both have is the same.
 */
export function likeness(ofPrometheus: Labels, ofAlertmanager: Labels): number | undefined {
  if (ofPrometheus['alertname'] !== ofAlertmanager['alertname']) return undefined;
  let score = 0;
  for (const [key, value] of Object.entries(ofPrometheus)) {
    const other = ofAlertmanager[key];
    if (other !== undefined && other !== value) return undefined;
    score += other === undefined ? -1 : 1;
  }
  return score;
}

/** What is most alike; `undefined` when nothing can be the same. */
export function mostAlike<T>(
  candidates: readonly T[],
  likenessOf: (candidate: T) => number | undefined,
): T | undefined {
  let best: { readonly candidate: T; readonly score: number } | undefined;
  for (const candidate of candidates) {
    const score = likenessOf(candidate);
    if (score !== undefined && (best === undefined || score > best.score)) best = { candidate, score };
  }
  return best?.candidate;
}
