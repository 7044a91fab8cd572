import {
  describeEmpty,
  describeNumbers,
  describeParts,
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
  SharedRegion,
} from "../collective.js";
import {
  allReducePartsSteps,
  allReduceSteps,
  allToAllSteps,
  broadcastSteps,
  exchangeSteps,
  gatherSteps,
  meet,
  reduceScatterSteps,
  reduceSteps,
  scatterSteps,
} from "./call-steps.js";
import type { Channel } from "./channel.js";
import type { CallSteps } from "./pending-call.js";
import type { World } from "./world.js";

/** What processes may take at least until all have come: they load their programs first. */
const LAUNCH_MS = 120_000;

/** Collectives of processes of one machine, through memory that they share. */
export class SharedMemoryCollective implements Collective {
  readonly kind = "collective";
  readonly name = "shared_memory";
  readonly rank: number;
  readonly worldSize: number;
  readonly #world: World;
  readonly #timeoutMs: number;
  readonly #groups = new Map<ProcessGroup, Channel | undefined>();

  /** @param options.timeoutMs how long a call waits for the others, where it does not say otherwise */
  constructor(world: World, options: { readonly timeoutMs: number }) {
    this.#world = world;
    this.#timeoutMs = options.timeoutMs;
    this.rank = world.rank;
    this.worldSize = world.worldSize;
  }

  async setup(): Promise<void> {
    await this.barrier({ name: "launch", timeoutMs: Math.max(this.#timeoutMs, LAUNCH_MS) });
  }
  async teardown(): Promise<void> {}

  async createGroup(name: string, ranks: readonly number[]): Promise<ProcessGroup> {
    for (const rank of ranks) requireRankIn(this, rank, name);
    const group: ProcessGroup = { name, ranks: [...ranks] };
    this.#groups.set(group, this.#world.openGroup(ranks));
    await this.barrier({ name: `group ${name} of ranks ${ranks.join(", ")}` });
    return group;
  }

  barrier(call: CollectiveCall): CollectiveWork {
    const channel = this.#channelOf(call);
    return this.#start(channel, call, describeEmpty("barrier", call), meet(channel));
  }

  broadcast(buffer: CollectiveBuffer, call: CollectiveCall & { readonly source: number }): CollectiveWork {
    const [channel, root] = this.#withRoot(call, call.source);
    const described = describeNumbers("broadcast", call, buffer, { root: call.source });
    return this.#start(channel, call, described, broadcastSteps(channel, buffer, root));
  }

  allReduce(buffer: CollectiveBuffer, call: CollectiveCall & { readonly op: ReduceOp }): CollectiveWork {
    requireReducible(buffer, call);
    const channel = this.#channelOf(call);
    const described = describeNumbers("allReduce", call, buffer, { reduction: call.op });
    return this.#start(channel, call, described, allReduceSteps(channel, buffer, call.op));
  }

  allReduceParts(
    inputs: readonly Float32Array[],
    outputs: readonly Float32Array[],
    call: CollectiveCall & { readonly op: ReduceOp },
  ): CollectiveWork {
    const channel = this.#channelOf(call);
    const described = describeParts("allReduce", call, inputs, outputs);
    return this.#start(channel, call, described, allReducePartsSteps(channel, inputs, outputs, call.op));
  }

  openRegion(bytesOfEach: number, call: CollectiveCall): CollectiveWork & { readonly region: SharedRegion } {
    const { regions } = this.#world;
    const free = regions.free();
    const work = this.allReduce(free, { ...call, name: `${call.name}, ${bytesOfEach} bytes of each`, op: "min" });
    let region: SharedRegion | undefined;
    return {
      then: work.then.bind(work),
      join: () => work.join(),
      get region() {
        return (region ??= regions.open(bytesOfEach, free));
      },
    };
  }

  reduce(
    buffer: CollectiveBuffer,
    call: CollectiveCall & { readonly op: ReduceOp; readonly destination: number },
  ): CollectiveWork {
    requireReducible(buffer, call);
    const [channel, root] = this.#withRoot(call, call.destination);
    const described = describeNumbers("reduce", call, buffer, { reduction: call.op, root: call.destination });
    return this.#start(channel, call, described, reduceSteps(channel, buffer, call.op, root));
  }

  allGather(input: CollectiveBuffer, output: CollectiveBuffer, call: CollectiveCall): CollectiveWork {
    const channel = this.#channelOf(call);
    requireLength(output, channel.ranks.length * input.length, input, call);
    return this.#start(
      channel,
      call,
      describeNumbers("allGather", call, input),
      gatherSteps(channel, input, output, undefined),
    );
  }

  gather(
    input: CollectiveBuffer,
    output: CollectiveBuffer,
    call: CollectiveCall & { readonly destination: number },
  ): CollectiveWork {
    const [channel, root] = this.#withRoot(call, call.destination);
    if (root === channel.member) requireLength(output, channel.ranks.length * input.length, input, call);
    const described = describeNumbers("gather", call, input, { root: call.destination });
    return this.#start(channel, call, described, gatherSteps(channel, input, output, root));
  }

  scatter(
    input: CollectiveBuffer,
    output: CollectiveBuffer,
    call: CollectiveCall & { readonly source: number },
  ): CollectiveWork {
    const [channel, root] = this.#withRoot(call, call.source);
    if (root === channel.member) requireLength(input, channel.ranks.length * output.length, output, call);
    const described = describeNumbers("scatter", call, output, { root: call.source });
    return this.#start(channel, call, described, scatterSteps(channel, input, output, root));
  }

  reduceScatter(
    input: CollectiveBuffer,
    output: CollectiveBuffer,
    call: CollectiveCall & { readonly op: ReduceOp },
  ): CollectiveWork {
    requireReducible(input, call);
    const channel = this.#channelOf(call);
    requireLength(input, channel.ranks.length * output.length, output, call);
    const described = describeNumbers("reduceScatter", call, input, { reduction: call.op });
    return this.#start(channel, call, described, reduceScatterSteps(channel, input, output, call.op));
  }

  allToAll(input: CollectiveBuffer, output: CollectiveBuffer, call: CollectiveCall): CollectiveWork {
    const channel = this.#channelOf(call);
    requireLength(output, input.length, input, call);
    requireParts(input, channel.ranks.length, call);
    return this.#start(channel, call, describeNumbers("allToAll", call, input), allToAllSteps(channel, input, output));
  }

  send(buffer: CollectiveBuffer, call: CollectiveCall & { readonly destination: number }): CollectiveWork {
    return this.#betweenTwo(buffer, call, this.rank, call.destination);
  }
  receive(buffer: CollectiveBuffer, call: CollectiveCall & { readonly source: number }): CollectiveWork {
    return this.#betweenTwo(buffer, call, call.source, this.rank);
  }

  async exchangeBytes(bytes: Uint8Array, call: CollectiveCall): Promise<readonly Uint8Array[]> {
    const channel = this.#channelOf(call);
    let found: readonly Uint8Array[] = [];
    const steps = exchangeSteps(channel, bytes, (all) => (found = all));
    await this.#start(channel, call, describeEmpty("exchangeBytes", call), steps);
    return found;
  }

  #betweenTwo(buffer: CollectiveBuffer, call: CollectiveCall, source: number, destination: number): CollectiveWork {
    const other = source === this.rank ? destination : source;
    requireRankIn(this, other, call.name);
    if (other === this.rank) throw collectiveMismatch(call.name, "another rank", `rank ${other}, which this is`);
    const channel = this.#world.pairWith(other);
    const steps = broadcastSteps(channel, buffer, channel.ranks.indexOf(source));
    return this.#start(channel, call, describeNumbers("send", call, buffer, { root: source }), steps);
  }

  #channelOf({ group, name }: CollectiveCall): Channel {
    if (group === undefined) return this.#world.all;
    const channel = this.#groups.get(group);
    if (channel !== undefined) return channel;
    const expected = "a group that this collective made, with this rank in it";
    throw collectiveMismatch(name, expected, `${group.name} of ranks ${group.ranks.join(", ")} on rank ${this.rank}`);
  }

  /** The channel, and which of its members a rank is. */
  #withRoot(call: CollectiveCall, rank: number): [channel: Channel, member: number] {
    requireRankIn(this, rank, call.name);
    const channel = this.#channelOf(call);
    const member = channel.ranks.indexOf(rank);
    if (member === -1) throw collectiveMismatch(call.name, `a rank of ${call.group?.name}`, `rank ${rank}`);
    return [channel, member];
  }

  #start(channel: Channel, call: CollectiveCall, described: CallDescription, steps: CallSteps): CollectiveWork {
    return channel.start(described, { timeoutMs: call.timeoutMs ?? this.#timeoutMs }, steps);
  }
}
