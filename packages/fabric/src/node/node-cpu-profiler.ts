import type { CpuProfile, CpuProfiler } from "@lightning-ts/core";
import type { Session } from "node:inspector/promises";

/** V8's own profiler. */
export function nodeCpuProfiler(): CpuProfiler {
  let session: Session | undefined;
  return {
    async start() {
      const inspector = await import("node:inspector/promises");
      session = new inspector.Session();
      session.connect();
      await session.post("Profiler.enable");
      await session.post("Profiler.start");
    },
    async stop(): Promise<CpuProfile> {
      if (session === undefined) throw new Error("The CPU profiler was not started.");
      const ended = session;
      session = undefined;
      try {
        return (await ended.post("Profiler.stop")).profile;
      } finally {
        ended.disconnect();
      }
    },
  };
}
