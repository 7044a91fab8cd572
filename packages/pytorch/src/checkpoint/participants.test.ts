import { describe, expect, it } from "vitest";
import { Driver } from "../door/driver.js";
import { plainParticipant, type Participant } from "./participant.js";
import { dumpStates, restoreStates } from "./participants.js";

function participant(key: string[], state: unknown, restored: unknown[] = []): Participant {
  return plainParticipant({
    key,
    state: () => state,
    restore: (given, file) => void restored.push([key.at(-1), given, file]),
  });
}

describe("dumpStates", () => {
  it("puts each state in its place, and those that share a place beside each other", () => {
    const checkpoint: Record<string, unknown> = { epoch: 3 };
    const parts = [
      participant(["loops", "fit_loop"], { cursor: 1 }),
      participant(["random"], [1, 2]),
      participant(["loops", "fit_loop"], { loaders: null }),
      participant(["loops", "other"], 5),
    ];
    void new Driver().run(dumpStates(parts, checkpoint));
    expect(checkpoint).toEqual({
      epoch: 3,
      loops: { fit_loop: { cursor: 1, loaders: null }, other: 5 },
      random: [1, 2],
    });
  });

  it("leaves out what has no state, and changes no state that it was given", () => {
    const checkpoint: Record<string, unknown> = {};
    const first = Object.freeze({ a: 1 });
    const parts = [participant(["one"], first), participant(["one"], { b: 2 }), participant(["two"], undefined)];
    void new Driver().run(dumpStates(parts, checkpoint));
    expect(checkpoint).toEqual({ one: { a: 1, b: 2 } });
    expect("two" in checkpoint).toBe(false);
    expect(first).toEqual({ a: 1 });
  });
});

describe("states that share a place", () => {
  it("are merged where both are objects; else the later one counts", () => {
    const dump = (...states: unknown[]) => {
      const checkpoint: Record<string, unknown> = {};
      void new Driver().run(
        dumpStates(
          states.map((state) => participant(["one"], state)),
          checkpoint,
        ),
      );
      return checkpoint["one"];
    };
    expect([dump({ a: 1 }, 5), dump(5, { a: 1 }), dump([1], { a: 1 }), dump({ a: 1 }, [1])]).toEqual([
      5,
      { a: 1 },
      { a: 1 },
      [1],
    ]);
  });
});

describe("restoreStates", () => {
  it("gives each its state in order, and undefined where the file has none or something else on the way", () => {
    const restored: unknown[] = [];
    const parts = ["b", "a", "missing"].map((name) => participant(["outer", name], undefined, restored));
    const file = { path: "/x.ckpt", entries: ["outer", "plain"] };
    const checkpoint = { outer: { a: 1, b: [2] }, plain: 7 };
    void new Driver().run(restoreStates([...parts, participant(["plain", "in"], 0, restored)], checkpoint, "/x.ckpt"));
    expect(restored).toEqual([
      ["b", [2], file],
      ["a", 1, file],
      ["missing", undefined, file],
      ["in", undefined, file],
    ]);
  });
});
