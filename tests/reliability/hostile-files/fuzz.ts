import { numbersFrom } from "./mutate.js";

const LATE_MS = 1000;

export interface FuzzOptions {
  readonly seed: number;
  readonly files: number;
  /** Stops earlier when so much time has passed. @default never */
  readonly seconds?: number | undefined;
}

export interface FuzzReport {
  readonly files: number;
  readonly read: number;
  readonly refused: number;
  /** Errors that are not those that are promised, and answers that came late, with the seeds that repeat them. */
  readonly findings: readonly string[];
  readonly slowestMs: number;
}

interface Fuzzed {
  /** Makes a file. @param below gives a random whole number below another one */
  readonly make: (below: (bound: number) => number) => Uint8Array;
  readonly read: (file: Uint8Array) => unknown;
  /** Whether an error is one that is promised for damaged files. */
  readonly isPromised: (error: unknown) => boolean;
}

/** Makes files and reads them: an answer or a promised error, within a second. */
export async function fuzz(
  { seed, files, seconds = Number.POSITIVE_INFINITY }: FuzzOptions,
  { make, read, isPromised }: Fuzzed,
): Promise<FuzzReport> {
  const start = performance.now();
  const findings: string[] = [];
  let [answers, refused, slowestMs, done] = [0, 0, 0, 0];
  for (; done < files && performance.now() - start < seconds * 1000; done += 1) {
    const one = seed + done;
    const file = make(numbersFrom(one));
    const before = performance.now();
    try {
      await read(file);
      answers += 1;
    } catch (error) {
      refused += 1;
      if (!isPromised(error)) findings.push(`seed ${one}: ${String(error)}`);
    }
    const took = performance.now() - before;
    slowestMs = Math.max(slowestMs, took);
    if (took > LATE_MS) findings.push(`seed ${one}: took ${Math.round(took)} ms`);
  }
  return { files: done, read: answers, refused, findings, slowestMs };
}
