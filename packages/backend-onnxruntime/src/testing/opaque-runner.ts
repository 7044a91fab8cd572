import type { GraphBuffer } from "../contract/graph-buffer.js";
import type { GraphRunner, RunGuard } from "../contract/graph-runner.js";
import { changedRunner } from "./changed-runner.js";

/** What others may know of a buffer; anything else belongs to the device. */
const KNOWN: ReadonlySet<string | symbol> = new Set(["sizeBytes"]);

/**
 * A runner that keeps its buffers to itself: who asks one of them for anything but its size, or writes to it, gets an
 * error. Everything else goes on to `runner`.
 */
export function opaqueRunner(runner: GraphRunner): GraphRunner {
  const originals = new WeakMap<GraphBuffer, GraphBuffer>();
  const original = (buffer: GraphBuffer): GraphBuffer => {
    const found = originals.get(buffer);
    if (found === undefined) throw new TypeError("This buffer was not allocated here.");
    return found;
  };
  const originalFlag = (guard: RunGuard | undefined): RunGuard | undefined =>
    guard?.flag === undefined ? guard : { ...guard, flag: original(guard.flag) };
  const { startOnPieces, startProgram, startScatter, fetch, view } = runner;
  const own: Partial<GraphRunner> = {
    allocate: (sizeBytes, place) => {
      const buffer = runner.allocate(sizeBytes, place);
      const shown = sealed(buffer);
      originals.set(shown, buffer);
      return shown;
    },
    free: (buffer) => runner.free(original(buffer)),
    upload: (buffer, ...rest) => runner.upload(original(buffer), ...rest),
    download: (buffer, ...rest) => runner.download(original(buffer), ...rest),
    start: (graph, inputs, outputs, guard) =>
      runner.start(graph, inputs.map(original), outputs.map(original), originalFlag(guard)),
    ...(view && { view: (buffer, ...rest) => view.call(runner, original(buffer), ...rest) }),
    ...(fetch && { fetch: (buffer, ...rest) => fetch.call(runner, original(buffer), ...rest) }),
    ...(startOnPieces && {
      startOnPieces: (graph, inputs, outputs, guard) => {
        const pieces = inputs.map(({ buffer, startBytes }) => ({ buffer: original(buffer), startBytes }));
        return startOnPieces.call(runner, graph, pieces, outputs.map(original), originalFlag(guard));
      },
    }),
    ...(startProgram && {
      startProgram: (request, guard) => {
        const [inputs, outputs] = [request.inputs.map(original), request.outputs.map(original)];
        return startProgram.call(runner, { ...request, inputs, outputs }, originalFlag(guard));
      },
    }),
    ...(startScatter && {
      startScatter: ({ program, ...buffers }, guard) => {
        const [updates, indices, table] = [buffers.updates, buffers.indices, buffers.table].map(original);
        if (updates === undefined || indices === undefined || table === undefined) throw new TypeError();
        return startScatter.call(runner, { program, updates, indices, table }, originalFlag(guard));
      },
    }),
  };
  return changedRunner(runner, own);
}

function sealed(buffer: GraphBuffer): GraphBuffer {
  const refuse = (name: string | symbol): never => {
    throw new TypeError(`Only the device may look at ${String(name)} of its buffers.`);
  };
  return new Proxy(buffer, {
    get: (target, name) => (KNOWN.has(name) ? Reflect.get(target, name, target) : refuse(name)),
    has: (_target, name) => refuse(name),
    set: (_target, name) => refuse(name),
    getPrototypeOf: () => null,
    ownKeys: () => refuse("the fields"),
  });
}
