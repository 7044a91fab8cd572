/** What one rank does in a step, in milliseconds, and how many bytes of gradients it has. */
export interface Stages {
  readonly forwardMs: number;
  readonly backwardMs: number;
  /** The optimizer's update, and what the loop does besides. */
  readonly updateMs: number;
  /** Of each bucket, in the order in which they are ready. */
  readonly bucketBytes: readonly number[];
}

/** What carries a bucket from rank to rank. */
export interface Link {
  /** Of one message from one rank to another. */
  readonly latencyMs: number;
  /** Of each rank, in both directions. */
  readonly bytesPerMs: number;
  /** What a rank's processor does for a byte of a bucket, whatever carries it: copying and adding. */
  readonly processorMsPerByte: number;
  /** And for each call. */
  readonly processorMsPerCall: number;
}

export interface Layout {
  readonly ranks: number;
  readonly algorithm: "ring" | "tree";
  /** Whether buckets travel while the backward of earlier layers is computed. */
  readonly overlaps: boolean;
  /** How many ranks share a processor. @default 1 */
  readonly ranksPerProcessor?: number;
}

/**
 * How long a bucket is on its way. A ring sends it in as many parts as there are ranks, around once to add and once to
 * spread; two trees, each with half of it, do both along their depth in parts that follow each other.
 */
export function wireMs(bytes: number, link: Link, { ranks, algorithm }: Layout): number {
  if (ranks === 1) return 0;
  const hops = algorithm === "ring" ? 2 * (ranks - 1) : 2 * Math.ceil(Math.log2(ranks));
  const share = algorithm === "ring" ? (2 * (ranks - 1)) / ranks : 2;
  return hops * link.latencyMs + (share * bytes) / link.bytesPerMs;
}

/** For so long a process keeps its processor while others wait for it: Linux's tick where it has 250 in a second. */
const TURN_MS = 4;
/** Of a call: the ranks are there, and what each has added is there. */
const MEETINGS = 2;

/**
 * How long all ranks need for what each does between two meetings. Those that share processors take turns; where
 * they do not come out even, processors are idle in the last turn.
 */
function sharedMs(ms: number, { ranksPerProcessor = 1 }: Layout): number {
  const share = Math.max(1, ranksPerProcessor);
  const lastTurnMs = ms > TURN_MS ? TURN_MS / 2 : ms;
  return share * ms + (Math.ceil(share) - share) * lastTurnMs;
}

/**
 * How long a step takes. The backward reaches the buckets one after the other, each after time in proportion to its
 * bytes, as in layers of products. A bucket is reduced when its gradients are there and the one before it has come. The
 * processor that adds is the one that computes, so that only the wire's time can lie behind the backward. Between the
 * last bucket and the next step's first one the ranks do not meet.
 */
export function stepMs(stages: Stages, link: Link, layout: Layout): number {
  const { forwardMs, backwardMs, updateMs, bucketBytes } = stages;
  const allBytes = bucketBytes.reduce((sum, bytes) => sum + bytes, 0);
  const isAlone = layout.ranks === 1;
  let computed = 0;
  let reduced = 0;
  let before = updateMs + forwardMs;
  for (const bytes of bucketBytes) {
    const call = isAlone ? 0 : link.processorMsPerCall + bytes * link.processorMsPerByte;
    const adding = MEETINGS * sharedMs(call / MEETINGS, layout);
    computed += sharedMs(before + backwardMs * (bytes / allBytes), layout);
    before = 0;
    const begin = Math.max(computed, reduced);
    reduced = begin + adding + wireMs(bytes, link, layout);
    computed += adding;
  }
  const waiting = bucketBytes.reduce((sum, bytes) => sum + wireMs(bytes, link, layout), 0);
  return layout.overlaps ? Math.max(computed, reduced) : computed + waiting;
}

/** The part of its time that each rank spends as if it were alone: 1 where ranks cost nothing. */
export function efficiency(stages: Stages, link: Link, layout: Layout): number {
  const alone = stepMs(stages, link, { ...layout, ranks: 1, ranksPerProcessor: 1 });
  return alone / stepMs(stages, link, layout);
}

/** As `bucketsOf` of the strategy `ddp` makes them. @param parameterBytes in the order in which the model has them */
export function bucketsOf(parameterBytes: readonly number[], capBytes: number): number[] {
  const FIRST_BYTES = 1024 * 1024;
  const buckets: number[] = [];
  let open = 0;
  for (const bytes of parameterBytes.toReversed()) {
    open += bytes;
    if (open < (buckets.length === 0 ? Math.min(FIRST_BYTES, capBytes) : capBytes)) continue;
    buckets.push(open);
    open = 0;
  }
  return open > 0 ? [...buckets, open] : buckets;
}
