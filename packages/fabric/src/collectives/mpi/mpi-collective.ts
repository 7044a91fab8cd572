import {
  callInWords,
  describeEmpty,
  describeNumbers,
  describeParts,
  nameCall,
  numberTypeOf,
  requireLength,
  requireParts,
  requireReducible,
  type CallDescription,
} from "../call-description.js";
import { collectiveMismatch, requireRankIn } from "../check-call.js";
import type {
  Collective,
  CollectiveBuffer,
  CollectiveCall,
  CollectiveWork,
  ProcessGroup,
  ReduceOp,
} from "../collective.js";
import { FlatArrays } from "./flat-arrays.js";
import type { MessageCall, MessageProcesses, StartedCall } from "../../ports/message-passing.js";

/** What processes may take at least until all have come: they load their programs first. */
const LAUNCH_MS = 120_000;
/** MPI counts in whole numbers of 32 bits. */
const MOST_ELEMENTS = 0x7fff_ffff;

/** A group as MPI knows it. */
interface Members {
  readonly number: number;
  readonly ranks: readonly number[];
}

/** Collectives of processes on any number of machines, through the cluster's MPI. */
export class MpiCollective implements Collective {
  readonly kind = "collective";
  readonly name = "mpi";
  readonly rank: number;
  readonly worldSize: number;
  readonly #processes: MessageProcesses;
  readonly #timeoutMs: number;
  readonly #all: Members;
  readonly #groups = new Map<ProcessGroup, Members>();
  readonly #flats = new FlatArrays();

  /** @param options.timeoutMs how long a call waits for the others, where it does not say otherwise */
  constructor(processes: MessageProcesses, options: { readonly timeoutMs: number }) {
    this.#processes = processes;
    this.#timeoutMs = options.timeoutMs;
    ({ rank: this.rank, worldSize: this.worldSize } = processes);
    this.#all = { number: 0, ranks: Array.from({ length: this.worldSize }, (_, rank) => rank) };
  }

  async setup(): Promise<void> {
    await this.barrier({ name: "launch", timeoutMs: Math.max(this.#timeoutMs, LAUNCH_MS) });
  }
  async teardown(): Promise<void> {}

  async createGroup(name: string, ranks: readonly number[]): Promise<ProcessGroup> {
    for (const rank of ranks) requireRankIn(this, rank, name);
    const group: ProcessGroup = { name, ranks: [...ranks] };
    const number = await this.#processes.createGroup(group.ranks, this.#timeoutMs);
    if (ranks.includes(this.rank)) this.#groups.set(group, { number, ranks: group.ranks });
    return group;
  }

  barrier(call: CollectiveCall): CollectiveWork {
    return workOf(this.#start(call, describeEmpty("barrier", call), "barrier", {}));
  }

  broadcast(buffer: CollectiveBuffer, call: CollectiveCall & { readonly source: number }): CollectiveWork {
    const root = this.#memberOf(call, call.source);
    const described = describeNumbers("broadcast", call, buffer, { root: call.source });
    return workOf(this.#start(call, described, "broadcast", { output: buffer, root }));
  }

  allReduce(buffer: CollectiveBuffer, call: CollectiveCall & { readonly op: ReduceOp }): CollectiveWork {
    requireReducible(buffer, call);
    const described = describeNumbers("allReduce", call, buffer, { reduction: call.op });
    return workOf(this.#start(call, described, "allReduce", { output: buffer }), this.#scaling(call, buffer));
  }

  allReduceParts(
    inputs: readonly Float32Array[],
    outputs: readonly Float32Array[],
    call: CollectiveCall & { readonly op: ReduceOp },
  ): CollectiveWork {
    const described = describeParts("allReduce", call, inputs, outputs);
    const flat = this.#flats.join(inputs);
    const scale = this.#scaling(call, flat);
    return workOf(this.#start(call, described, "allReduce", { output: flat }), () => {
      scale();
      this.#flats.split(flat, outputs);
    });
  }

  reduce(
    buffer: CollectiveBuffer,
    call: CollectiveCall & { readonly op: ReduceOp; readonly destination: number },
  ): CollectiveWork {
    requireReducible(buffer, call);
    const root = this.#memberOf(call, call.destination);
    const described = describeNumbers("reduce", call, buffer, { reduction: call.op, root: call.destination });
    return workOf(this.#start(call, described, "reduce", { output: buffer, root }), this.#scaling(call, buffer));
  }

  allGather(input: CollectiveBuffer, output: CollectiveBuffer, call: CollectiveCall): CollectiveWork {
    requireLength(output, this.#membersOf(call).ranks.length * input.length, input, call);
    return workOf(this.#start(call, describeNumbers("allGather", call, input), "allGather", { input, output }));
  }

  gather(
    input: CollectiveBuffer,
    output: CollectiveBuffer,
    call: CollectiveCall & { readonly destination: number },
  ): CollectiveWork {
    const root = this.#memberOf(call, call.destination);
    if (call.destination === this.rank)
      requireLength(output, this.#membersOf(call).ranks.length * input.length, input, call);
    const described = describeNumbers("gather", call, input, { root: call.destination });
    return workOf(this.#start(call, described, "gather", { input, output, root }));
  }

  scatter(
    input: CollectiveBuffer,
    output: CollectiveBuffer,
    call: CollectiveCall & { readonly source: number },
  ): CollectiveWork {
    const root = this.#memberOf(call, call.source);
    if (call.source === this.rank)
      requireLength(input, this.#membersOf(call).ranks.length * output.length, output, call);
    const described = describeNumbers("scatter", call, output, { root: call.source });
    return workOf(this.#start(call, described, "scatter", { input, output, root }));
  }

  reduceScatter(
    input: CollectiveBuffer,
    output: CollectiveBuffer,
    call: CollectiveCall & { readonly op: ReduceOp },
  ): CollectiveWork {
    requireReducible(input, call);
    requireLength(input, this.#membersOf(call).ranks.length * output.length, output, call);
    const described = describeNumbers("reduceScatter", call, input, { reduction: call.op });
    const started = this.#start(call, described, "reduceScatter", { input, output });
    return workOf(started, this.#scaling(call, output));
  }

  allToAll(input: CollectiveBuffer, output: CollectiveBuffer, call: CollectiveCall): CollectiveWork {
    requireLength(output, input.length, input, call);
    requireParts(input, this.#membersOf(call).ranks.length, call);
    return workOf(this.#start(call, describeNumbers("allToAll", call, input), "allToAll", { input, output }));
  }

  send(buffer: CollectiveBuffer, call: CollectiveCall & { readonly destination: number }): CollectiveWork {
    const root = this.#otherRank(call, call.destination);
    const described = describeNumbers("send", call, buffer, { root: this.rank });
    return workOf(this.#start(call, described, "send", { input: buffer, root }));
  }
  receive(buffer: CollectiveBuffer, call: CollectiveCall & { readonly source: number }): CollectiveWork {
    const root = this.#otherRank(call, call.source);
    const described = describeNumbers("send", call, buffer, { root: call.source });
    return workOf(this.#start(call, described, "receive", { output: buffer, root }));
  }

  exchangeBytes(bytes: Uint8Array, call: CollectiveCall): Promise<readonly Uint8Array[]> {
    return this.#start(call, describeEmpty("exchangeBytes", call), "exchangeBytes", { input: bytes }).done;
  }

  #start(
    call: CollectiveCall,
    described: CallDescription,
    kind: MessageCall["kind"],
    { input, output, root = 0 }: Partial<Pick<MessageCall, "input" | "output" | "root">>,
  ): StartedCall {
    const buffer = output ?? input ?? new Uint8Array();
    const most = Math.max(input?.length ?? 0, output?.length ?? 0);
    if (most > MOST_ELEMENTS)
      throw collectiveMismatch(call.name, `at most ${MOST_ELEMENTS} elements in one call by MPI`, String(most));
    const { reduction } = described;
    return this.#processes.start({
      kind,
      operation: nameCall(described),
      description: callInWords(described),
      group: this.#membersOf(call).number,
      numberType: numberTypeOf(buffer),
      reduction: reduction === "mean" || reduction === "none" ? "sum" : reduction,
      ...{ input, output, root },
      timeoutMs: call.timeoutMs ?? this.#timeoutMs,
    });
  }

  /** MPI has no mean. */
  #scaling(call: CollectiveCall & { readonly op: ReduceOp }, buffer: CollectiveBuffer): () => void {
    const { length } = this.#membersOf(call).ranks;
    if (call.op !== "mean") return () => undefined;
    return () => {
      for (let i = 0; i < buffer.length; i += 1) buffer[i] = (buffer[i] ?? 0) / length;
    };
  }

  #membersOf({ group, name }: CollectiveCall): Members {
    if (group === undefined) return this.#all;
    const members = this.#groups.get(group);
    if (members !== undefined) return members;
    const expected = "a group that this collective made, with this rank in it";
    throw collectiveMismatch(name, expected, `${group.name} of ranks ${group.ranks.join(", ")} on rank ${this.rank}`);
  }

  /** Which member of the call's group a rank is. */
  #memberOf(call: CollectiveCall, rank: number): number {
    requireRankIn(this, rank, call.name);
    const member = this.#membersOf(call).ranks.indexOf(rank);
    if (member === -1) throw collectiveMismatch(call.name, `a rank of ${call.group?.name}`, `rank ${rank}`);
    return member;
  }

  #otherRank({ name }: CollectiveCall, rank: number): number {
    requireRankIn(this, rank, name);
    if (rank === this.rank) throw collectiveMismatch(name, "another rank", `rank ${rank}, which this is`);
    return rank;
  }
}

/** @param finish what is left to do once all numbers are there */
function workOf(started: StartedCall, finish: () => void = () => undefined): CollectiveWork {
  let isFinished = false;
  const finishOnce = (): void => {
    if (!isFinished) finish();
    isFinished = true;
  };
  const done = started.done.then(finishOnce);
  done.catch(() => undefined);
  return {
    then: (onFulfilled, onRejected) => done.then(onFulfilled, onRejected),
    join() {
      started.join();
      finishOnce();
    },
  };
}
