import type {
  Collective,
  CollectiveBuffer,
  CollectiveCall,
  CollectiveWork,
  ProcessGroup,
  ReduceOp,
} from "./collective.js";
import { collectiveMismatch, requireRankIn } from "./check-call.js";

const DONE: CollectiveWork = finishedWork();

/**
 * The collective of a run with one rank: everything is there already. It checks its arguments like the others, so that
 * mistakes show early.
 * @example
 * ```ts
 * import { SingleDeviceCollective } from "@lightning-ts/fabric";
 *
 * const collective = new SingleDeviceCollective();
 * await collective.setup();
 * const values = Float32Array.of(1, 2);
 * await collective.allReduce(values, { name: "sum of losses", op: "sum" });
 * console.log(values); // 1, 2: there is one rank
 * await collective.teardown();
 * ```
 */
export class SingleDeviceCollective implements Collective {
  readonly kind = "collective";
  readonly name = "single_device";
  readonly rank = 0;
  readonly worldSize = 1;

  async setup(): Promise<void> {}
  async teardown(): Promise<void> {}

  async createGroup(name: string, ranks: readonly number[]): Promise<ProcessGroup> {
    for (const rank of ranks) requireRankIn(this, rank, name);
    return { name, ranks };
  }

  barrier(_call: CollectiveCall): CollectiveWork {
    return DONE;
  }
  broadcast(_buffer: CollectiveBuffer, call: CollectiveCall & { readonly source: number }): CollectiveWork {
    requireRankIn(this, call.source, call.name);
    return DONE;
  }
  allReduce(_buffer: CollectiveBuffer, _call: CollectiveCall & { readonly op: ReduceOp }): CollectiveWork {
    return DONE;
  }
  reduce(
    _buffer: CollectiveBuffer,
    call: CollectiveCall & { readonly op: ReduceOp; readonly destination: number },
  ): CollectiveWork {
    requireRankIn(this, call.destination, call.name);
    return DONE;
  }
  allGather(input: CollectiveBuffer, output: CollectiveBuffer, call: CollectiveCall): CollectiveWork {
    return copy(input, output, call.name);
  }
  gather(
    input: CollectiveBuffer,
    output: CollectiveBuffer,
    call: CollectiveCall & { readonly destination: number },
  ): CollectiveWork {
    requireRankIn(this, call.destination, call.name);
    return copy(input, output, call.name);
  }
  scatter(
    input: CollectiveBuffer,
    output: CollectiveBuffer,
    call: CollectiveCall & { readonly source: number },
  ): CollectiveWork {
    requireRankIn(this, call.source, call.name);
    return copy(input, output, call.name);
  }
  reduceScatter(
    input: CollectiveBuffer,
    output: CollectiveBuffer,
    call: CollectiveCall & { readonly op: ReduceOp },
  ): CollectiveWork {
    return copy(input, output, call.name);
  }
  allToAll(input: CollectiveBuffer, output: CollectiveBuffer, call: CollectiveCall): CollectiveWork {
    return copy(input, output, call.name);
  }
  send(_buffer: CollectiveBuffer, call: CollectiveCall & { readonly destination: number }): CollectiveWork {
    throw collectiveMismatch(call.name, "another rank to send to", `rank ${call.destination} of a run with one rank`);
  }
  receive(_buffer: CollectiveBuffer, call: CollectiveCall & { readonly source: number }): CollectiveWork {
    throw collectiveMismatch(call.name, "another rank to receive from", `rank ${call.source} of a run with one rank`);
  }
  async exchangeBytes(bytes: Uint8Array, _call: CollectiveCall): Promise<readonly Uint8Array[]> {
    return [bytes];
  }
}

function copy(input: CollectiveBuffer, output: CollectiveBuffer, name: string): CollectiveWork {
  if (input.length !== output.length || input.constructor !== output.constructor) {
    throw collectiveMismatch(
      name,
      `an output of ${input.length} elements in a ${input.constructor.name}`,
      `${output.length} in a ${output.constructor.name}`,
    );
  }
  output.set(input);
  return DONE;
}

function finishedWork(): CollectiveWork {
  const done = Promise.resolve();
  return { then: (onFulfilled, onRejected) => done.then(onFulfilled, onRejected), join: () => undefined };
}
