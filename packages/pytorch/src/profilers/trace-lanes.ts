import type { RecordedSpan } from "./recorded-stretch.js";

/**
 * Puts spans on as few lanes as possible, so that two on one lane lie one in the other or one after the other: what
 * several promises do at once crosses.
 */
export function onLanes(spans: readonly RecordedSpan[]): { readonly lane: number; readonly span: RecordedSpan }[] {
  const lanes: RecordedSpan[][] = [];
  const sorted = spans.toSorted((a, b) => a.startMs - b.startMs || b.endMs - a.endMs);
  return sorted.map((span) => {
    for (const open of lanes) while ((open.at(-1)?.endMs ?? Number.POSITIVE_INFINITY) <= span.startMs) open.pop();
    const found = lanes.findIndex((open) => (open.at(-1)?.endMs ?? Number.POSITIVE_INFINITY) >= span.endMs);
    const lane = found === -1 ? lanes.push([]) - 1 : found;
    lanes[lane]?.push(span);
    return { lane, span };
  });
}
