import { BoringModel } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { Callback } from "../contract/callback.js";
import type { Trainer } from "../contract/trainer.js";
import { LambdaCallback } from "./lambda-callback.js";
import { ModelSummary } from "./model-summary.js";

function messageOf(call: () => unknown): string {
  try {
    return `made ${String(call())}`;
  } catch (error) {
    return String(error);
  }
}

describe("a callback of functions", () => {
  it("has the hooks that it is given, and no others", () => {
    const onTrainStart = () => undefined;
    const callback = new LambdaCallback(Object({ onTrainStart, onTrainEnd: undefined }));
    expect(callback.onTrainStart).toBe(onTrainStart);
    expect(Object.keys(callback)).toContain("onTrainStart");
    expect(callback.onTrainEnd).toBe(Callback.prototype.onTrainEnd);
  });

  it.each(["constructor", "stateKey", "stateDict", "loadStateDict", "log", "logDict", "onTrainStrat"])(
    "knows no hook %s",
    (name) => {
      const message = messageOf(() => new LambdaCallback(Object({ [name]: () => undefined })));
      expect(message).toContain(`LambdaCallback got "${name}", which is no hook or no function.`);
      expect(message).toContain("functions for hooks such as setup, teardown, onFitStart, onFitEnd");
    },
  );

  it("names the hook that was meant, if one was", () => {
    expect(messageOf(() => new LambdaCallback(Object({ onTrainStrat: () => undefined })))).toContain(
      "onTrainStart (did you mean that?)",
    );
    const far = messageOf(() => new LambdaCallback(Object({ zzzzzzzzzzzz: () => undefined })));
    expect(far).not.toContain("did you mean");
    expect(messageOf(() => new LambdaCallback(Object({ onTrainStart: 5 })))).toContain(
      'LambdaCallback got "onTrainStart"',
    );
  });
});

describe("the summary of a model", () => {
  function said(options: object, isGlobalZero = true): string {
    const lines: string[] = [];
    const print = (text: string) => void lines.push(text);
    const trainer: Trainer = Object({ isGlobalZero, print, ports: { terminal: { hasColors: false } } });
    new ModelSummary(options).onFitStart(trainer, new BoringModel());
    return lines.join("\n");
  }

  it("is said by one rank, as deep as it is asked", () => {
    expect(said({})).toContain("layer");
    expect(said({ maxDepth: -1 })).toContain("layer");
    expect([said({ maxDepth: 0 }), said({}, false)]).toEqual(["", ""]);
  });

  it.each([-2, 0.5, "all"])("has no depth of %s", (maxDepth) => {
    const message = messageOf(() => new ModelSummary(Object({ maxDepth })));
    expect(message).toContain("ModelSummary cannot use this maxDepth.");
    expect(message).toContain("a whole number of at least 0, or -1 for everything");
    expect(messageOf(() => new ModelSummary(Object({ depth: 1 })))).toMatch(/ModelSummary.*depth/);
  });
});
