import { LightningError } from "@lightning-ts/core";
import {
  collectiveMismatch,
  requireRankIn,
  type Collective,
  type CollectiveBuffer,
  type CollectiveCall,
  type CollectiveWork,
  type ProcessGroup,
  type ReduceOp,
} from "@lightning-ts/fabric";

/** What one rank brings to a call. */
interface Arrival {
  readonly rank: number;
  readonly name: string;
  readonly input: CollectiveBuffer;
  readonly output: CollectiveBuffer;
}

/** What happens once all are there; arrivals are sorted by rank. */
type Exchange = (arrivals: readonly Arrival[]) => void;

interface Meeting {
  readonly arrivals: Arrival[];
  readonly done: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * Collectives of several ranks that live in one process: for tests of what communicates. They cannot be joined, since
 * nobody else would run meanwhile.
 */
export class InProcessCollectives {
  readonly ranks: readonly Collective[];

  /** @param options.timeoutMs how long a call waits for the others. @default 2000 */
  constructor(worldSize: number, options: { readonly timeoutMs?: number | undefined } = {}) {
    const meetings = new Map<string, Meeting>();
    this.ranks = Array.from(
      { length: worldSize },
      (_, rank) => new InProcessCollective(rank, worldSize, meetings, options.timeoutMs ?? 2000),
    );
  }
}

class InProcessCollective implements Collective {
  readonly kind = "collective";
  readonly name = "in process";
  readonly #calls = new Map<string, number>();

  constructor(
    readonly rank: number,
    readonly worldSize: number,
    private readonly meetings: Map<string, Meeting>,
    private readonly timeoutMs: number,
  ) {}

  async setup(): Promise<void> {}
  async teardown(): Promise<void> {}

  async createGroup(name: string, ranks: readonly number[]): Promise<ProcessGroup> {
    for (const rank of ranks) requireRankIn(this, rank, name);
    return { name, ranks };
  }

  barrier(call: CollectiveCall): CollectiveWork {
    const nothing = new Uint8Array();
    return this.#meet(call, nothing, nothing, () => undefined);
  }
  broadcast(buffer: CollectiveBuffer, call: CollectiveCall & { readonly source: number }): CollectiveWork {
    requireRankIn(this, call.source, call.name);
    return this.#meet(call, buffer, buffer, (all) =>
      all.forEach(({ output }) => output.set(all[call.source]?.input.slice() ?? [])),
    );
  }
  allReduce(buffer: CollectiveBuffer, call: CollectiveCall & { readonly op: ReduceOp }): CollectiveWork {
    return this.#meet(call, buffer, buffer, (all) => {
      const reduced = reduce(
        all.map(({ input }) => input),
        call.op,
      );
      for (const { output } of all) output.set(reduced);
    });
  }
  reduce(
    buffer: CollectiveBuffer,
    call: CollectiveCall & { readonly op: ReduceOp; readonly destination: number },
  ): CollectiveWork {
    requireRankIn(this, call.destination, call.name);
    return this.#meet(call, buffer, buffer, (all) =>
      all[call.destination]?.output.set(
        reduce(
          all.map(({ input }) => input),
          call.op,
        ),
      ),
    );
  }
  allGather(input: CollectiveBuffer, output: CollectiveBuffer, call: CollectiveCall): CollectiveWork {
    this.#requireLength(output, this.worldSize * input.length, call);
    return this.#meet(call, input, output, (all) =>
      all.forEach((to) => all.forEach((from) => to.output.set(from.input, from.rank * input.length))),
    );
  }
  gather(
    input: CollectiveBuffer,
    output: CollectiveBuffer,
    call: CollectiveCall & { readonly destination: number },
  ): CollectiveWork {
    requireRankIn(this, call.destination, call.name);
    return this.#meet(call, input, output, (all) =>
      all.forEach((from) => all[call.destination]?.output.set(from.input, from.rank * input.length)),
    );
  }
  scatter(
    input: CollectiveBuffer,
    output: CollectiveBuffer,
    call: CollectiveCall & { readonly source: number },
  ): CollectiveWork {
    requireRankIn(this, call.source, call.name);
    return this.#meet(call, input, output, (all) =>
      all.forEach((to) => to.output.set(partOf(all[call.source]?.input ?? input, to.rank, output.length))),
    );
  }
  reduceScatter(
    input: CollectiveBuffer,
    output: CollectiveBuffer,
    call: CollectiveCall & { readonly op: ReduceOp },
  ): CollectiveWork {
    this.#requireLength(input, this.worldSize * output.length, call);
    return this.#meet(call, input, output, (all) => {
      const reduced = reduce(
        all.map((each) => each.input),
        call.op,
      );
      for (const to of all) to.output.set(partOf(reduced, to.rank, output.length));
    });
  }
  allToAll(input: CollectiveBuffer, output: CollectiveBuffer, call: CollectiveCall): CollectiveWork {
    this.#requireLength(output, input.length, call);
    const length = input.length / this.worldSize;
    return this.#meet(call, input, output, (all) =>
      all.forEach((to) =>
        all.forEach((from) => to.output.set(partOf(from.input, to.rank, length), from.rank * length)),
      ),
    );
  }
  send(_buffer: CollectiveBuffer, call: CollectiveCall & { readonly destination: number }): CollectiveWork {
    throw collectiveMismatch(call.name, "a call of all ranks", "send, which this fake does not have");
  }
  receive(_buffer: CollectiveBuffer, call: CollectiveCall & { readonly source: number }): CollectiveWork {
    throw collectiveMismatch(call.name, "a call of all ranks", "receive, which this fake does not have");
  }
  async exchangeBytes(bytes: Uint8Array, call: CollectiveCall): Promise<readonly Uint8Array[]> {
    const { work, meeting } = this.#join(call, bytes, bytes, () => undefined);
    await work;
    return meeting.arrivals.map(({ input }) => Uint8Array.from(input));
  }

  #requireLength(buffer: CollectiveBuffer, length: number, { name }: CollectiveCall): void {
    if (buffer.length !== length)
      throw collectiveMismatch(name, `a buffer of ${length} elements`, String(buffer.length));
  }

  /** Waits for the other ranks' same call; the last to come runs the exchange. */
  #meet(call: CollectiveCall, input: CollectiveBuffer, output: CollectiveBuffer, exchange: Exchange): CollectiveWork {
    return this.#join(call, input, output, exchange).work;
  }

  #join(
    call: CollectiveCall,
    input: CollectiveBuffer,
    output: CollectiveBuffer,
    exchange: Exchange,
  ): { readonly work: CollectiveWork; readonly meeting: Meeting } {
    const group = call.group?.name ?? "world";
    const ranks = call.group?.ranks.length ?? this.worldSize;
    const index = this.#calls.get(group) ?? 0;
    this.#calls.set(group, index + 1);
    const key = `${group} ${index}`;
    const meeting = this.meetings.get(key) ?? openMeeting(key, this.meetings, ranks, call.timeoutMs ?? this.timeoutMs);
    meeting.arrivals.push({ rank: this.rank, name: call.name, input, output });
    if (meeting.arrivals.length === ranks) finish(meeting, exchange);
    const work: CollectiveWork = {
      then: (onFulfilled, onRejected) => meeting.done.then(onFulfilled, onRejected),
      join: () => {
        throw new LightningError({
          code: "LIT_COLLECTIVE",
          message: `"${call.name}" cannot be joined: all ranks of this fake live in one process.`,
        });
      },
    };
    return { work, meeting };
  }
}

function openMeeting(key: string, meetings: Map<string, Meeting>, ranks: number, timeoutMs: number): Meeting {
  const { promise, resolve, reject } = withResolvers();
  const arrivals: Arrival[] = [];
  const timer = setTimeout(() => {
    const waiting = arrivals.map(({ rank }) => rank).join(", ");
    reject(
      new LightningError({
        code: "LIT_COLLECTIVE_TIMEOUT",
        message: `"${arrivals[0]?.name}" waited ${timeoutMs} ms: rank ${waiting} of ${ranks} came.`,
      }),
    );
  }, timeoutMs);
  const meeting: Meeting = { arrivals, done: promise.finally(() => clearTimeout(timer)), resolve, reject };
  meetings.set(key, meeting);
  return meeting;
}

function finish({ arrivals, resolve, reject }: Meeting, exchange: Exchange): void {
  arrivals.sort((a, b) => a.rank - b.rank);
  const names = new Set(arrivals.map(({ name }) => name));
  if (names.size > 1)
    reject(
      collectiveMismatch(
        [...names].join('" and "'),
        "the same call on every rank",
        arrivals.map(({ rank, name }) => `rank ${rank}: ${name}`).join(", "),
      ),
    );
  else {
    exchange(arrivals);
    resolve();
  }
}

function reduce(buffers: readonly CollectiveBuffer[], op: ReduceOp): number[] {
  return Array.from({ length: buffers[0]?.length ?? 0 }, (_, i) =>
    reduceValues(
      buffers.map((buffer) => buffer[i] ?? 0),
      op,
    ),
  );
}

function reduceValues(values: readonly number[], op: ReduceOp): number {
  switch (op) {
    case "mean":
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    case "sum":
      return values.reduce((sum, value) => sum + value, 0);
    case "product":
      return values.reduce((product, value) => product * value, 1);
    case "min":
      return Math.min(...values);
    case "max":
      return Math.max(...values);
    default:
      return op satisfies never;
  }
}

function partOf(values: ArrayLike<number>, part: number, length: number): number[] {
  return Array.from({ length }, (_, i) => values[part * length + i] ?? 0);
}

function withResolvers(): { promise: Promise<void>; resolve: () => void; reject: (error: Error) => void } {
  let resolve = (): void => undefined;
  let reject = (_error: Error): void => undefined;
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
