import type { ProgramTape } from "./generate.js";

/** Whether a smaller tape still gives a program with the same fault. */
export type StillFails = (tape: ProgramTape) => Promise<boolean>;

/**
 * The smallest tape that was found to fail in the time: without calls, then with words nearer to 0, the simplest
 * choice. (fast-check would shrink words before it drops a call from the middle, and a run of a program takes too long
 * for that.)
 */
export async function shrinkTape(tape: ProgramTape, stillFails: StillFails, end: number): Promise<ProgramTape> {
  let smallest = tape;
  let isSmaller = true;
  while (isSmaller && Date.now() < end) {
    isSmaller = false;
    for (const candidate of candidates(smallest)) {
      if (Date.now() >= end) return smallest;
      if (!(await stillFails(candidate(smallest)))) continue;
      smallest = candidate(smallest);
      isSmaller = true;
    }
  }
  return smallest;
}

type Step = (tape: ProgramTape) => ProgramTape;

/** Steps that may be tried one after the other; each works on what the ones before have left. */
function* candidates({ header, calls }: ProgramTape): Generator<Step> {
  for (let call = calls.length - 1; call >= 0; call--)
    yield (tape) => ({ ...tape, calls: tape.calls.length > 1 ? tape.calls.toSpliced(call, 1) : tape.calls });
  for (const share of [0, 0.5]) {
    for (let word = 0; word < header.length; word++)
      yield (tape) => ({ ...tape, header: scaled(tape.header, word, share) });
    for (let call = 0; call < calls.length; call++) {
      for (let word = 0; word < (calls[call]?.length ?? 0); word++)
        yield (tape) => ({
          ...tape,
          calls: tape.calls.map((words, i) => (i === call ? scaled(words, word, share) : words)),
        });
    }
  }
}

function scaled(words: readonly number[], place: number, share: number): number[] {
  return words.map((word, i) => (i === place ? Math.floor(word * share) : word));
}
