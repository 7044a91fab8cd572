import type { CpuProfile, CpuProfileNode } from "@lightning-ts/core";

/** How long a function took: by itself, and with what it called. */
export interface FunctionTime {
  readonly name: string;
  readonly place: string;
  readonly selfMs: number;
  readonly totalMs: number;
}

/** Times of all functions of a profile, those that took most by themselves first. */
export function functionTimes(profile: CpuProfile): FunctionTime[] {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const self = new Map<number, number>();
  for (const [index, id] of (profile.samples ?? []).entries())
    self.set(id, (self.get(id) ?? 0) + (profile.timeDeltas?.[index] ?? 0) / 1000);
  const times = new Map<string, { name: string; place: string; selfMs: number; totalMs: number }>();
  const onStack = new Map<string, number>();

  /** @returns milliseconds of the node and all below it */
  function visit(node: CpuProfileNode): number {
    const { functionName, url, lineNumber } = node.callFrame;
    const [name, place] = [functionName || "(anonymous)", url === "" ? "" : `${url}:${lineNumber + 1}`];
    const key = `${name} ${place}`;
    const depth = onStack.get(key) ?? 0;
    onStack.set(key, depth + 1);
    const selfMs = self.get(node.id) ?? 0;
    let totalMs = selfMs;
    for (const id of node.children ?? []) {
      const child = nodes.get(id);
      if (child !== undefined) totalMs += visit(child);
    }
    onStack.set(key, depth);
    const known = times.get(key) ?? { name, place, selfMs: 0, totalMs: 0 };
    times.set(key, known);
    known.selfMs += selfMs;
    // A function that calls itself counts once.
    if (depth === 0) known.totalMs += totalMs;
    return totalMs;
  }

  const children = new Set(profile.nodes.flatMap((node) => node.children ?? []));
  for (const node of profile.nodes) if (!children.has(node.id)) visit(node);
  return [...times.values()].filter(({ name }) => name !== "(root)").sort((a, b) => b.selfMs - a.selfMs);
}
