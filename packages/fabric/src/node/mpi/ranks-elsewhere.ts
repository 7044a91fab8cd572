import type { ControlMessage } from "./control-messages.js";
import type { GroupQueue } from "./group-queue.js";

/** How long the others have to say what they are at: their threads answer whatever their programs do. */
const ANSWER_MS = 2000;

type Ended = Extract<ControlMessage, { kind: "ended" }>;
type Here = Extract<ControlMessage, { kind: "here" }>;

/** Why a call cannot go on: another rank has ended, or did not come in time. */
export type ProblemElsewhere =
  | { readonly kind: "failed"; readonly blamedRank: number; readonly how: string }
  | { readonly kind: "late"; readonly blamedRank: number; readonly whereabouts: string; readonly timeoutMs: number };

/** What this rank knows of the others. */
export class RanksElsewhere {
  readonly #ended = new Map<number, Ended>();
  readonly #here = new Map<number, Here>();
  readonly #own: number;
  readonly #others: readonly number[];
  readonly #send: (to: readonly number[], message: ControlMessage) => void;
  #askedAt: number | undefined;

  constructor(own: number, ranks: readonly number[], send: (to: readonly number[], message: ControlMessage) => void) {
    this.#own = own;
    this.#others = ranks.filter((rank) => rank !== own);
    this.#send = send;
  }

  hear(source: number, message: Ended | Here): void {
    if (message.kind === "here") this.#here.set(source, message);
    else if (!this.#ended.has(source)) this.#ended.set(source, message);
  }

  /** @param deadline when the call has waited long enough */
  problemOf(queue: GroupQueue, number: number, deadline: number, timeoutMs: number): ProblemElsewhere | undefined {
    for (const [rank, { status, how, calls, culprit }] of this.#ended)
      if (status === "failed" || (queue.ranks.includes(rank) && (calls[queue.name] ?? 0) < number))
        return { kind: "failed", blamedRank: culprit === this.#own ? rank : culprit, how };
    const now = performance.now();
    if (now < deadline) return undefined;
    if (this.#askedAt === undefined || this.#askedAt < deadline) {
      this.#askedAt = now;
      this.#here.clear();
      this.#send(this.#others, { kind: "where" });
    }
    const silent = queue.others.filter((rank) => !this.#here.has(rank));
    if (silent.length > 0 && now < this.#askedAt + ANSWER_MS) return undefined;
    const blamedRank =
      queue.others.find((rank) => (this.#here.get(rank)?.places[queue.name]?.number ?? number) < number) ??
      silent[0] ??
      queue.others[0] ??
      0;
    return { kind: "late", blamedRank, timeoutMs, whereabouts: this.#whereabouts(blamedRank, queue) };
  }

  #whereabouts(rank: number, { name }: GroupQueue): string {
    const here = this.#here.get(rank);
    if (here === undefined) return `rank ${rank}, whose process does not answer`;
    const phase = `rank ${rank} (process ${here.processId}), phase ${here.phase}`;
    const place = here.places[name];
    if (place === undefined || place.operation === "") return `${phase}, before its first call`;
    return `${phase}, ${place.isInside ? "inside" : "after"} call ${place.number}, ${place.operation}`;
  }
}
