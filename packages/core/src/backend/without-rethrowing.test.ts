import { afterEach, describe, expect, it } from "vitest";
import { resolveBackend } from "./resolve-backend.js";
import { withoutRethrowing } from "./without-rethrowing.js";

const EVENTS = ["uncaughtException", "unhandledRejection"] as const;
const listeners = () => EVENTS.map((event) => process.listeners(event as "uncaughtException"));

const added: [string, (error: unknown) => void][] = [];
function add(event: string, listener: (error: unknown) => void): void {
  process.on(event, listener);
  added.push([event, listener]);
}
afterEach(() => {
  for (const [event, listener] of added.splice(0)) process.off(event, listener);
});

describe("a program that handles its own failures", () => {
  it("goes on doing so beside the wasm backend", async () => {
    const before = listeners();
    await resolveBackend("wasm");
    expect(listeners()).toEqual(before);
  });

  it("keeps the handlers that it adds meanwhile, and those that throw by its own wish", async () => {
    const heard: unknown[] = [];
    const own = (error: unknown) => void heard.push(error);
    const early = function (reason: unknown) {
      throw reason;
    };
    add("unhandledRejection", early);
    const before = process.listeners("unhandledRejection");
    await withoutRethrowing(async () => {
      add("unhandledRejection", own);
      add("unhandledRejection", function (reason) {
        throw reason;
      });
      class ExitStatus {}
      add("uncaughtException", function (ex) {
        if (!(ex instanceof ExitStatus)) throw ex;
      });
    });
    expect(process.listeners("unhandledRejection")).toEqual([...before, own]);
    expect(process.listeners("uncaughtException")).not.toContain(added.at(-1)?.[1]);
  });

  it("has none of them left where the start fails", async () => {
    const before = listeners();
    const failing = withoutRethrowing(async () => {
      add("unhandledRejection", function (reason) {
        throw reason;
      });
      throw new Error("no WebAssembly");
    });
    await expect(failing).rejects.toThrow("no WebAssembly");
    expect(listeners()).toEqual(before);
  });
});
