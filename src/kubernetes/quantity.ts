const factors: Readonly<Record<string, number>> = {
  ...{ n: 1e-9, u: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
};

/**
 * The number that a quantity of Kubernetes stands for, to compare by: the API server keeps `1024Mi` as `1Gi`. `undefined`
 * for any other text. Not the client library's, which does not take `1.5Gi`.
 */
export function amountOf(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)([numkMGTPE]|[KMGTPE]i)?$/.exec(text) ?? [];
  const factor = factors[unit];
  if (digits === undefined || factor === undefined) return undefined;
  // 0.3 and 300m are the same number only to this many digits.
  return Number((Number(digits) * factor).toPrecision(12));
}
