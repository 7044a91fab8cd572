import { Messages, RunIsAliveError, RunLock, type Ports } from "@lightning-ts/fabric";
import { FakeClock, FakeEnvironment, FakeProcesses, FakeTerminal, MemoryFiles } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { SUPERVISOR_VARIABLE } from "../../checkpoint/run-journal.js";
import { RunIdentity } from "./run-identity.js";

const RUN = { version: 1, id: "the-run", part: "first" } as const;

/** A run whose first part, another process, holds the folder. */
async function heldByOther(variables: Record<string, string>) {
  const [files, clock, terminal] = [new MemoryFiles(), new FakeClock(), new FakeTerminal()];
  await files.makeDirectory("/run");
  const other = new FakeProcesses({ processId: 7 });
  await RunLock.take({ files, clock, processes: other }, { folder: "/run", runId: RUN.id });
  const processes = new FakeProcesses({ processId: 8 });
  processes.running.push(other.identity);
  const ports = { files, clock, terminal, processes, environment: new FakeEnvironment(variables) };
  const end = () => processes.running.splice(processes.running.indexOf(other.identity), 1);
  return { identity: new RunIdentity(Object(ports) as Ports, new Messages(terminal)), clock, end };
}

describe("a run that goes on while the part before it is ending", () => {
  it.each([true, false])("waits for it under a supervisor (writes there: %s)", async (writesThere) => {
    const { identity, clock, end } = await heldByOther({ [SUPERVISOR_VARIABLE]: "5" });
    let isOver = false;
    const resumed = identity.resume(RUN, "/run", writesThere).finally(() => (isOver = true));
    for (let look = 0; !isOver; look += 1) {
      if (look === 3) end();
      await clock.yieldToEventLoop();
      clock.advance(100);
    }
    await resumed;
    expect(identity.id).toBe(RUN.id);
  });

  it("is refused at once where nobody supervises it, and in the end where the other part stays", async () => {
    const alone = await heldByOther({});
    await expect(alone.identity.resume(RUN, "/run", true)).rejects.toThrow(RunIsAliveError);
    const { identity, clock } = await heldByOther({ [SUPERVISOR_VARIABLE]: "5" });
    let error: unknown;
    void identity.resume(RUN, "/run", true).catch((reason: unknown) => (error = reason));
    for (let look = 0; look < 200 && error === undefined; look += 1) {
      await clock.yieldToEventLoop();
      clock.advance(100);
    }
    expect(error).toBeInstanceOf(RunIsAliveError);
  });
});
