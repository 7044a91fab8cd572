import { expect } from "vitest";
import type { TraceEvent } from "./trace-events.js";

/** Nanoseconds are what the format's microseconds are rounded to. */
const TOLERANCE_US = 0.0011;

/**
 * Checks a text against the Trace Event Format's JSON object form: the fields that each kind of event needs, no
 * negative times, and that complete events of one thread lie one in the other or one after the other.
 * @returns its complete events
 */
export function expectTraceFormat(text: string): (TraceEvent & { readonly dur: number })[] {
  const trace: { readonly traceEvents: TraceEvent[] } & Record<string, unknown> = JSON.parse(text);
  expect(Object.keys(trace).sort()).toEqual(["displayTimeUnit", "traceEvents"]);
  expect(["ms", "ns"]).toContain(trace["displayTimeUnit"]);
  const complete: (TraceEvent & { readonly dur: number })[] = [];
  for (const event of trace.traceEvents) {
    expect(event).toMatchObject({ name: expect.any(String), ts: expect.any(Number) });
    expect([event.pid, event.tid].every(Number.isInteger), JSON.stringify(event)).toBe(true);
    expect(event.ts).toBeGreaterThanOrEqual(0);
    if (event.ph === "M") {
      expect(["process_name", "thread_name"]).toContain(event.name);
      expect(event.args).toEqual({ name: expect.any(String) });
    } else {
      expect(event.ph).toBe("X");
      const { dur = Number.NaN } = event;
      expect(dur, JSON.stringify(event)).toBeGreaterThanOrEqual(0);
      complete.push({ ...event, dur });
    }
  }
  for (const thread of new Set(complete.map(({ pid, tid }) => `${pid} ${tid}`)))
    expectNesting(complete.filter(({ pid, tid }) => `${pid} ${tid}` === thread));
  return complete;
}

function expectNesting(events: readonly (TraceEvent & { readonly dur: number })[]): void {
  const open: { readonly name: string; readonly end: number }[] = [];
  for (const { name, ts, dur } of events.toSorted((a, b) => a.ts - b.ts || b.dur - a.dur)) {
    while ((open.at(-1)?.end ?? Number.POSITIVE_INFINITY) <= ts + TOLERANCE_US) open.pop();
    const around = open.at(-1);
    if (around !== undefined && ts + dur > around.end + TOLERANCE_US)
      expect.fail(`${name} (${ts} + ${dur}) crosses the end of ${around.name} (${around.end})`);
    open.push({ name, end: ts + dur });
  }
}
