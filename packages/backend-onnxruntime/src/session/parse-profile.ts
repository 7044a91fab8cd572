/** A stretch of time in microseconds since the session's profile began. */
interface Stretch {
  readonly startUs: number;
  readonly durationUs: number;
}

/** A node, as ONNX Runtime's profiler saw it. */
export interface SeenNode extends Stretch {
  readonly name: string;
  readonly type: string;
  readonly isInner: boolean;
}

/** One run of a session with its nodes in the order in which they began. */
export interface SeenRun extends Stretch {
  readonly nodes: readonly SeenNode[];
}

const RUN = "model_run";
const NODE_SUFFIX = "_kernel_time";

/** The runs in a profile that ONNX Runtime wrote for a session, in their order. @throws SyntaxError for no JSON */
export function parseProfile(text: string): SeenRun[] {
  const events: unknown = JSON.parse(text);
  if (!Array.isArray(events)) throw new SyntaxError("a profile is a list of events");
  const runs: Stretch[] = [];
  const nodes: Omit<SeenNode, "isInner">[] = [];
  for (const event of events) {
    const { name, startUs, durationUs, type } = readEvent(event);
    if (name === RUN) runs.push({ startUs, durationUs });
    else if (name.endsWith(NODE_SUFFIX))
      nodes.push({ name: name.slice(0, -NODE_SUFFIX.length), type, startUs, durationUs });
  }
  // Of two that begin in the same microsecond the longer one is around the other.
  nodes.sort((a, b) => a.startUs - b.startUs || b.durationUs - a.durationUs);
  let next = 0;
  return runs
    .sort((a, b) => a.startUs - b.startUs)
    .map((run) => {
      const own: Omit<SeenNode, "isInner">[] = [];
      // Runs of a session never overlap. Ends are rounded by their parts, so that a node may seem to end after its run.
      for (let node = nodes[next]; node !== undefined && node.startUs < endOf(run); node = nodes[next]) {
        if (node.startUs >= run.startUs) own.push(node);
        next += 1;
      }
      return { ...run, nodes: withInner(own) };
    });
}

function readEvent(event: unknown): Stretch & { readonly name: string; readonly type: string } {
  const fields: Record<string, unknown> = { ...Object(event) };
  const { op_name: type }: Record<string, unknown> = { ...Object(fields["args"]) };
  return {
    name: String(fields["name"]),
    startUs: Number(fields["ts"]),
    durationUs: Number(fields["dur"]),
    type: typeof type === "string" ? type : "",
  };
}

function isWithin(inner: Stretch, outer: Stretch): boolean {
  return inner.startUs >= outer.startUs && endOf(inner) <= endOf(outer);
}

function endOf({ startUs, durationUs }: Stretch): number {
  return startUs + durationUs;
}

/** Marks nodes that ran within another one. @param nodes in the order in which they began */
function withInner(nodes: readonly Omit<SeenNode, "isInner">[]): SeenNode[] {
  let outer: Stretch | undefined;
  return nodes.map((node) => {
    // What takes no whole microsecond may stand on the edge of its neighbour, which is not around it.
    const isInner = outer !== undefined && node.startUs < endOf(outer) && isWithin(node, outer);
    if (!isInner) outer = node;
    return { ...node, isInner };
  });
}
