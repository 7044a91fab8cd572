import { expect, it } from "vitest";
import type { OptionDefinition } from "./option-definition.js";
import { TRAINER_OPTIONS } from "./option-table.js";

const options: [string, OptionDefinition][] = Object.entries(TRAINER_OPTIONS);

it.each(options)("the default of %s is a value that the option takes", (_name, definition) => {
  if ("default" in definition) expect(definition.kind.parse(definition.default)).toBeDefined();
  else expect(definition.unset).not.toBe("");
});

it.each(options)("what %s does is said in whole sentences", (_name, { help }) => {
  expect(help).toMatch(/^[A-Z].*\.$/);
});

it.each(options)("%s does not take what is no option's value", (name, { kind }) => {
  const isLeftToTheDevice = ["accelerator", "strategy", "devices", "numNodes", "precision", "plugins"].includes(name);
  for (const value of [Number.NaN, -7, "", Symbol("no")])
    expect(kind.parse(value) !== undefined, `${name}: ${String(value)}`).toBe(isLeftToTheDevice);
});
