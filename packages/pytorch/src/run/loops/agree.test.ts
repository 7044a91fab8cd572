import { describe, expect, it } from "vitest";
import type { BatchFetcher } from "../../data/batch-fetcher.js";
import { Driver } from "../../door/driver.js";
import type { Steps } from "../../door/steps.js";
import type { Session } from "../session/session.js";
import { agreeOnFate, agreeOnStop, agreeOnTime, leaveIfInterrupted, nextBatch, type BatchFate } from "./agree.js";

interface Setting {
  readonly worldSize?: number;
  /** What all ranks agree on. */
  readonly agreed?: boolean;
  /** What a reduction gives. */
  readonly reduced?: unknown;
  readonly shouldStop?: boolean;
  readonly stopReason?: string;
  readonly interruption?: string;
}

function rankWith({ worldSize = 2, agreed = false, reduced, ...wishes }: Setting) {
  const asked: unknown[] = [];
  const state = { shouldStop: false, agreedStop: undefined, describePosition: () => "batch 3", ...wishes };
  const strategy = {
    worldSize,
    agree: (decision: object) => {
      asked.push(decision);
      return Promise.resolve(agreed);
    },
    reduce: (...request: unknown[]) => {
      asked.push(request);
      return Promise.resolve(reduced);
    },
  };
  const session: Session = Object({ connection: { strategy, environment: {} }, state });
  return { session, state, asked };
}

const run = async <TResult>(steps: Steps<TResult>): Promise<TResult> => new Driver().run(steps);

describe("a wish to stop", () => {
  it("is asked for where there are several ranks, and only there", async () => {
    const alone = rankWith({ worldSize: 1, shouldStop: true });
    await run(agreeOnStop(alone.session));
    expect(alone.asked).toEqual([]);
    expect(alone.state.agreedStop).toBeUndefined();
    const nobody = rankWith({});
    await run(agreeOnStop(nobody.session));
    expect(nobody.asked).toEqual([{ name: "stop at batch 3", wish: false }]);
    expect(nobody.state).toMatchObject({ shouldStop: false, agreedStop: false });
    expect(nobody.state.stopReason).toBeUndefined();
  });

  it("of another rank becomes this one's, and is said to be", async () => {
    const { session, state } = rankWith({ agreed: true });
    await run(agreeOnStop(session));
    expect(state).toMatchObject({ shouldStop: true, agreedStop: true, stopReason: "another rank asked to stop" });
  });

  it("keeps the reason that this rank has", async () => {
    const own = rankWith({ agreed: true, shouldStop: true });
    await run(agreeOnStop(own.session));
    expect(own.asked).toEqual([{ name: "stop at batch 3", wish: true }]);
    expect(own.state.agreedStop).toBe(true);
    expect(own.state.stopReason).toBeUndefined();
    const known = rankWith({ agreed: true, stopReason: "enough" });
    await run(agreeOnStop(known.session));
    expect(known.state.stopReason).toBe("enough");
  });
});

describe("an interruption", () => {
  it("ends a run of one rank without asking anybody", async () => {
    const { session, asked } = rankWith({ worldSize: 1, interruption: "SIGINT" });
    await expect(run(leaveIfInterrupted(session))).rejects.toMatchObject({ reason: "SIGINT", position: "batch 3" });
    expect(asked).toEqual([]);
    await run(leaveIfInterrupted(rankWith({ worldSize: 1 }).session));
  });

  it("ends the run on every rank", async () => {
    const own = rankWith({ agreed: true, interruption: "SIGTERM" });
    await expect(run(leaveIfInterrupted(own.session))).rejects.toMatchObject({ reason: "SIGTERM" });
    expect(own.asked).toEqual([{ name: "interruption at batch 3", wish: true }]);
    const other = rankWith({ agreed: true });
    await expect(run(leaveIfInterrupted(other.session))).rejects.toMatchObject({
      reason: "another rank was interrupted",
    });
    expect(other.asked).toEqual([{ name: "interruption at batch 3", wish: false }]);
  });

  it("that came in while the ranks agreed counts the next time", async () => {
    await run(leaveIfInterrupted(rankWith({ agreed: false, interruption: "SIGINT" }).session));
  });
});

describe("something that a hook started and did not wait for", () => {
  it("ends the run where it has failed, before a job is saved or anybody is asked", async () => {
    const failure = new Error("as asked");
    const { session, asked, state } = rankWith({ agreed: true });
    Object.assign(state, { strayFailure: failure, isRequeueAsked: true, interruption: "SIGINT" });
    const environment = { requeue: { job: "7", command: ["true"] } };
    Object.assign(session.connection, { environment });
    await expect(run(leaveIfInterrupted(session))).rejects.toBe(failure);
    expect(asked).toEqual([]);
  });
});

describe("a job that is to be started again", () => {
  it("is left at the safe point where it was saved", async () => {
    const { session, state } = rankWith({ worldSize: 1 });
    Object.assign(state, { isRequeueAsked: true });
    Object.assign(session, { stage: "test" });
    const processes = { run: async () => 0 };
    const environment = { requeue: { job: "7", command: ["true"] } };
    Object.assign(session.connection, { environment, ports: { processes } });
    Object.assign(session.connection.strategy, { isGlobalZero: true });
    await expect(run(leaveIfInterrupted(session))).rejects.toMatchObject({ reason: "SIGUSR1" });
  });
});

describe("what depends on a clock", () => {
  it("is each rank's own where there is one, and else that of all", async () => {
    const alone = rankWith({ worldSize: 1, agreed: false });
    expect(await run(agreeOnTime(alone.session, "validation", true))).toBe(true);
    expect(alone.asked).toEqual([]);
    const ranks = rankWith({ agreed: true });
    expect(await run(agreeOnTime(ranks.session, "validation", false))).toBe(true);
    expect(ranks.asked).toEqual([{ name: "validation at batch 3", wish: false }]);
  });
});

describe("the fate of a batch", () => {
  it.each<[BatchFate, number]>([
    ["train", 0],
    ["skip", 1],
    ["leave", 2],
  ])("%s is told as %d, and the largest of all ranks counts", async (fate, index) => {
    const { session, asked } = rankWith({ reduced: index });
    expect(await run(agreeOnFate(session, "train"))).toBe(fate);
    const other = rankWith({ reduced: 2 });
    expect(await run(agreeOnFate(other.session, fate))).toBe("leave");
    expect(asked).toEqual([[0, "max", "fate of the batch at batch 3"]]);
    expect(other.asked).toEqual([[index, "max", "fate of the batch at batch 3"]]);
  });

  it("is this rank's wish where it is alone", async () => {
    const { session, asked } = rankWith({ worldSize: 1 });
    expect(await run(agreeOnFate(session, "skip"))).toBe("skip");
    expect(asked).toEqual([]);
  });
});

/** Loaders with so many batches each. */
class Fetcher implements BatchFetcher {
  batch: unknown;
  batchIdx = -1;
  dataloaderIdx = 0;
  onBeforeLookAhead: (() => void) | undefined;
  readonly #lengths: number[];

  constructor(...lengths: number[]) {
    this.#lengths = lengths;
  }
  get isLast(): boolean {
    return (
      this.dataloaderIdx === this.#lengths.length - 1 && this.batchIdx + 1 === (this.#lengths[this.dataloaderIdx] ?? 0)
    );
  }
  async next(): Promise<boolean> {
    this.batchIdx += 1;
    while (this.batchIdx >= (this.#lengths[this.dataloaderIdx] ?? 0)) {
      if (this.dataloaderIdx >= this.#lengths.length - 1) return false;
      this.dataloaderIdx += 1;
      this.batchIdx = 0;
    }
    return true;
  }
  giveBack(): void {}
  async skipTo(dataloaderIdx: number): Promise<boolean> {
    if (dataloaderIdx > this.#lengths.length) return false;
    if (dataloaderIdx > this.dataloaderIdx) {
      this.dataloaderIdx = dataloaderIdx;
      this.batchIdx = -1;
    }
    return this.next();
  }
  async close(): Promise<void> {}
}

it("a rank that is alone fetches its batches without asking anybody", async () => {
  const { session, asked } = rankWith({ worldSize: 1 });
  const fetcher = new Fetcher(2);
  const seen: unknown[] = [];
  for (let at = 0; at < 3; at += 1) seen.push(await run(nextBatch(session, fetcher)));
  expect(seen).toMatchObject([{ isThere: true, isLast: false }, { isThere: true, isLast: true }, { isThere: false }]);
  expect(asked).toEqual([]);
});

/** What each rank trains, where all take batches until there are none. */
async function walk(...fetchers: Fetcher[]): Promise<string[][]> {
  let waiting: { readonly values: number[]; readonly name: string; readonly done: (values: number[]) => void }[] = [];
  const reduce = (values: number[], op: string, name: string) =>
    new Promise<number[]>((done) => {
      waiting.push({ values, name, done });
      if (waiting.length < fetchers.length) return;
      const all = waiting;
      waiting = [];
      if (op !== "max" || all.some((one) => one.name !== name)) throw new Error("the ranks ask for different things");
      for (const one of all)
        one.done(values.map((_, index) => Math.max(...all.map((rank) => rank.values[index] ?? 0))));
    });
  const strategy = { worldSize: fetchers.length, reduce };
  const session: Session = Object({ connection: { strategy }, state: { describePosition: () => "batch 3" } });
  return Promise.all(
    fetchers.map(async (fetcher) => {
      const seen: string[] = [];
      for (;;) {
        const { isThere, isLast } = await run(nextBatch(session, fetcher));
        if (!isThere) return [...seen, isLast ? "end, last" : "end"];
        seen.push(`${fetcher.dataloaderIdx}.${fetcher.batchIdx}${isLast ? " last" : ""}`);
      }
    }),
  );
}

describe("the next batch", () => {
  it("of one rank is its loader's", async () => {
    expect(await walk(new Fetcher(2))).toEqual([["0.0", "0.1 last", "end"]]);
  });

  it("is the last of all ranks where it is that of one", async () => {
    expect(await walk(new Fetcher(2), new Fetcher(3))).toEqual([
      ["0.0", "0.1 last", "end"],
      ["0.0", "0.1 last", "end"],
    ]);
  });

  it("is of the loader that the furthest rank is at", async () => {
    const batches = ["0.0", "1.0", "1.1 last", "end"];
    expect(await walk(new Fetcher(1, 2), new Fetcher(3, 2))).toEqual([batches, batches]);
    expect(await walk(new Fetcher(3, 2), new Fetcher(1, 2))).toEqual([batches, batches]);
  });

  it("passes by a loader that is empty on one rank", async () => {
    const batches = ["1.0 last", "end"];
    expect(await walk(new Fetcher(0, 1), new Fetcher(2, 1))).toEqual([batches, batches]);
    expect(await walk(new Fetcher(0), new Fetcher(1))).toEqual([["end"], ["end"]]);
  });
});
