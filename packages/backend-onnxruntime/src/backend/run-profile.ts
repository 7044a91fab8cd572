import type {
  EngineProfile,
  OperationOrigin,
  EngineNode,
  EngineOperation,
  EngineRun,
} from "../contract/engine-profile.js";
import type { CompiledGraph, GraphRunner, RunTicket, RunTimes } from "../contract/graph-runner.js";
import { EngineError } from "../errors/engine-error.js";
import { parseProfile, type SeenRun } from "../session/parse-profile.js";
import { ProfileFiles } from "../session/profile-files.js";
import type { LazyNode } from "./lazy-node.js";
import { describeNode, positionIn } from "./lower-request.js";

/** What was started. */
interface NotedRun {
  readonly ticket: RunTicket;
  /** Absent for a program. */
  readonly graph: CompiledGraph | undefined;
  /** By their positions, as they stand in the names of the graph's nodes. */
  readonly operations: readonly EngineOperation[];
  isDropped: boolean;
}

/** Notes what is recorded and started while a profile is taken, and puts it together with what ONNX Runtime saw. */
export class RunProfile {
  readonly #runner: GraphRunner;
  readonly #origin: () => OperationOrigin;
  readonly #origins = new WeakMap<LazyNode, OperationOrigin>();
  readonly #files = new ProfileFiles();
  readonly #prefixes = new Map<CompiledGraph, string>();
  readonly #runs: NotedRun[] = [];
  readonly #startMs = performance.now();
  #finished: EngineProfile | undefined;

  /**
   * @param origin is asked for every kernel that is recorded
   * @throws EngineError where the runner cannot measure
   */
  constructor(runner: GraphRunner, origin: () => OperationOrigin) {
    if (runner.measureRuns === undefined)
      throw new EngineError({
        code: "LIT_ENGINE_PROFILE",
        message: `${runner.name} cannot say how long each operation takes.`,
        expected: "ONNX Runtime's C API, which is called through koffi",
        tryThis: "install what the warning at the start names.",
      });
    this.#runner = runner;
    this.#origin = origin;
    runner.measureRuns(true);
  }

  /** Begins the name of the file of a graph that is to be compiled. */
  newPrefix(): string {
    return this.#files.newPrefix();
  }

  addGraph(graph: CompiledGraph, prefix: string | undefined): void {
    if (prefix !== undefined) this.#prefixes.set(graph, prefix);
  }

  noteRecorded(node: LazyNode): void {
    this.#origins.set(node, this.#origin());
  }

  /** @param graph absent for a program */
  noteRun(ticket: RunTicket, nodes: readonly LazyNode[], graph?: CompiledGraph): void {
    const operations = nodes.map((node) => ({
      kernel: node.kernel.name,
      description: describeNode(node),
      origin: this.#origins.get(node) ?? {},
    }));
    this.#runs.push({ ticket, graph, operations, isDropped: false });
  }

  /** What was started so far is not told. */
  drop(): void {
    for (const run of this.#runs) run.isDropped = true;
  }

  /** To be called when all runs are settled and all graphs released. */
  finish(): EngineProfile {
    this.#finished ??= this.#finish();
    return this.#finished;
  }

  #finish(): EngineProfile {
    this.#runner.measureRuns?.(false);
    try {
      const seen = new Map<CompiledGraph | undefined, SeenRun[]>();
      for (const [graph, prefix] of this.#prefixes) seen.set(graph, parseProfile(this.#files.read(prefix) ?? "[]"));
      // One that was passed over is none of those that its session saw.
      const runs = this.#runs.flatMap((run) => {
        const { times } = run.ticket;
        return times === undefined ? [] : [{ run, times, found: seen.get(run.graph)?.shift() }];
      });
      const told = runs.filter(({ run }) => !run.isDropped);
      return { startMs: this.#startMs, runs: told.map(({ run, times, found }) => profiledRun(run, times, found)) };
    } finally {
      this.#files.remove();
    }
  }
}

function profiledRun({ graph, operations }: NotedRun, times: RunTimes, seen: SeenRun | undefined): EngineRun {
  const stretch = { startMs: times.startMs, durationMs: times.endMs - times.startMs };
  if (graph !== undefined)
    return { kind: "graph", ...stretch, nodes: seen === undefined ? [] : graphNodes(operations, times, seen) };
  const nodes = operations.map((operation): EngineNode => {
    return { name: operation.description, type: "program", ...stretch, operation, isInner: false };
  });
  return { kind: "program", ...stretch, nodes };
}

/** The nodes on the clock of the run: ONNX Runtime counts from the beginning of the session. */
function graphNodes(operations: readonly EngineOperation[], times: RunTimes, seen: SeenRun): EngineNode[] {
  const onClock = (us: number) => Math.min(times.startMs + (us - seen.startUs) / 1000, times.endMs);
  return seen.nodes.map(({ name, type, startUs, durationUs, isInner }) => {
    const startMs = onClock(startUs);
    const durationMs = onClock(startUs + durationUs) - startMs;
    return { name, type, startMs, durationMs, operation: operations[positionIn(name) ?? -1], isInner };
  });
}
