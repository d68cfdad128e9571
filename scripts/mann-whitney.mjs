// The Mann-Whitney U test: whether values of one group tend to be larger than those of another.

/**
 * `share`: how often a value of `one` is larger than one of `other`, equal ones as half; 0.5 where
 * nothing tells them apart. `p`: how often chance alone makes it as far from that, by the normal
 * approximation with the correction for ties.
 */
export function mannWhitney(one, other) {
  const all = [
    ...one.map((value) => ({ value, isOne: true })),
    ...other.map((value) => ({ value, isOne: false })),
  ].toSorted((a, b) => a.value - b.value);

  let rankSum = 0;
  let ties = 0;
  for (let from = 0; from < all.length; ) {
    let to = from;
    while (to < all.length && all[to].value === all[from].value) to += 1;
    const equal = to - from;
    const rank = (from + 1 + to) / 2;
    for (const { isOne } of all.slice(from, to)) if (isOne) rankSum += rank;
    ties += equal ** 3 - equal;
    from = to;
  }

  const n = one.length;
  const m = other.length;
  const u = rankSum - (n * (n + 1)) / 2;
  const variance = ((n * m) / 12) * (n + m + 1 - ties / ((n + m) * (n + m - 1)));
  const z = variance === 0 ? 0 : (u - (n * m) / 2) / Math.sqrt(variance);
  return { u, share: u / (n * m), z, p: 2 * normalTail(Math.abs(z)) };
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** How much of the normal distribution lies beyond z (Abramowitz and Stegun, 26.2.17). */
function normalTail(z) {
  const t = 1 / (1 + 0.2316419 * z);
  const factors = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
  const sum = factors.reduceRight((total, factor) => (total + factor) * t, 0);
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * sum;
}
