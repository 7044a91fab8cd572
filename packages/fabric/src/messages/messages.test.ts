import { FakeTerminal } from "@lightning-ts/testing";
import { expect, it } from "vitest";
import { Messages } from "./messages.js";

it("shows what a terminal would obey in messages, and prints what a program prints as it is", () => {
  const terminal = new FakeTerminal();
  const messages = new Messages(terminal);
  messages.info("name \u001b[2J\n  next");
  messages.alert("path \u0007");
  messages.print("\u001b[31mred\u001b[0m");
  expect(terminal.text).toBe(String.raw`name \x1b[2J` + "\n  next\n\u001b[31mred\u001b[0m\n");
  expect(terminal.warnings).toEqual([String.raw`Warning: path \x07`]);
});

it("says what is only good to know once for all ranks", () => {
  const terminal = new FakeTerminal();
  const messages = new Messages(terminal, () => false);
  messages.info("stopped");
  messages.print("of the program");
  messages.alert("something is wrong");
  expect([terminal.text, terminal.warnings]).toEqual(["of the program\n", ["Warning: something is wrong"]]);
});
