import { sumOf, type Contingency } from "./contingency.js";

/** How two entropies become one. */
export type EntropyAverage = "min" | "geometric" | "arithmetic" | "max";
export const ENTROPY_AVERAGES: readonly EntropyAverage[] = ["min", "geometric", "arithmetic", "max"];

/** Information below it is none: float32's relative rounding error, as torchmetrics has it. */
const EPSILON = 2 ** -23;

/** The entropy of labels, in nats, from the sizes of their clusters. */
export function entropyOf(sizes: readonly number[]): number {
  const samples = sumOf(sizes);
  return -sumOf(sizes.map((size) => (size / samples) * Math.log(size / samples)));
}

/** What one list of labels tells about the other, in nats. */
export function mutualInformationOf({ samples, counts, targetSizes, predsSizes }: Contingency): number {
  if (targetSizes.length === 1 || predsSizes.length === 1) return 0;
  const terms = counts.flatMap((row, i) =>
    row.map((count, j) => {
      const expected = (targetSizes[i] ?? 0) * (predsSizes[j] ?? 0);
      return count === 0 ? 0 : (count / samples) * Math.log((samples * count) / expected);
    }),
  );
  return sumOf(terms);
}

export function normalizedInformationOf(contingency: Contingency, average: EntropyAverage): number {
  const information = mutualInformationOf(contingency);
  if (Math.abs(information) <= EPSILON) return information;
  return information / meanEntropyOf(contingency, average);
}

/** The information beyond that of labels which are dealt out by chance. */
export function adjustedInformationOf(contingency: Contingency, average: EntropyAverage): number {
  const expected = expectedInformationOf(contingency);
  const room = meanEntropyOf(contingency, average) - expected;
  const divisor = room < 0 ? Math.min(room, -EPSILON) : Math.max(room, EPSILON);
  return (mutualInformationOf(contingency) - expected) / divisor;
}

function meanEntropyOf({ targetSizes, predsSizes }: Contingency, average: EntropyAverage): number {
  const [a, b] = [entropyOf(predsSizes), entropyOf(targetSizes)];
  switch (average) {
    case "min":
      return Math.min(a, b);
    case "geometric":
      return Math.sqrt(a * b);
    case "arithmetic":
      return (a + b) / 2;
    case "max":
      return Math.max(a, b);
    default:
      return average satisfies never;
  }
}

/** The mean over all ways to deal out labels in clusters of these sizes, which are hypergeometric. */
function expectedInformationOf({ samples, targetSizes, predsSizes }: Contingency): number {
  if (targetSizes.length === 1 || predsSizes.length === 1) return 0;
  const logFactorial = logFactorials(samples);
  const log = (n: number): number => logFactorial[n] ?? Number.NaN;
  let expected = 0;
  for (const a of targetSizes) {
    for (const b of predsSizes) {
      const fixed = log(a) + log(b) + log(samples - a) + log(samples - b) - log(samples);
      for (let n = Math.max(1, a + b - samples); n <= Math.min(a, b); n += 1) {
        const probability = Math.exp(fixed - log(n) - log(a - n) - log(b - n) - log(samples - a - b + n));
        expected += (n / samples) * Math.log((samples * n) / (a * b)) * probability;
      }
    }
  }
  return expected;
}

function logFactorials(n: number): Float64Array {
  const logs = new Float64Array(n + 1);
  for (let i = 1; i <= n; i += 1) logs[i] = (logs[i - 1] ?? 0) + Math.log(i);
  return logs;
}

/** Whether clusters hold one class each, whether classes lie in one cluster each, and both. */
export function vMeasuresOf(contingency: Contingency, beta: number) {
  const information = mutualInformationOf(contingency);
  const share = (entropy: number): number => (entropy === 0 ? 1 : information / entropy);
  const homogeneity = share(entropyOf(contingency.targetSizes));
  const completeness = share(entropyOf(contingency.predsSizes));
  const sum = homogeneity + completeness;
  const both = ((1 + beta) * homogeneity * completeness) / (beta * homogeneity + completeness);
  return { homogeneity, completeness, vMeasure: sum === 0 ? 1 : both };
}
