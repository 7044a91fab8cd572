import { FakeTerminal } from "@lightning-ts/testing";
import { expect, it } from "vitest";
import { Trainer } from "../trainer/trainer.js";
import { PART_OPTIONS } from "./option-table.js";
import type { TrainerOptions } from "./trainer-options.js";

/** What a Trainer is put together from, in words. */
function partsOf(options: TrainerOptions): unknown {
  const { accelerator, strategy, precision, worldSize, loggers } = new Trainer({
    ports: { terminal: new FakeTerminal() },
    ...options,
  });
  return {
    accelerator: accelerator.name,
    strategy: strategy.name,
    precision,
    worldSize,
    loggers: loggers.map((logger) => logger.constructor.name),
  };
}

it.each(["accelerator", "strategy", "devices", "numNodes", "precision", "logger"] as const)(
  "is put together from the %s that the table gives as default",
  (name) => {
    expect(partsOf({ [name]: PART_OPTIONS[name].default })).toEqual(partsOf({}));
  },
);

it("refuses ports that are no object", () => {
  expect(() => new Trainer({ ports: 3 as unknown as object })).toThrow(
    /ports: expected some of \{ files, .* received 3/,
  );
});
