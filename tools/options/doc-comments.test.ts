import { expect, it } from "vitest";
import type { OptionDefinition } from "../../packages/pytorch/src/options/option-definition.js";
import { withDocComments } from "./doc-comments.js";

const kind = { words: "anything", parse: (value: unknown) => value };
const table: Record<string, OptionDefinition> = {
  maxSteps: { kind, default: -1, help: "Stop after this many steps; `-1` for no limit." },
  maxTime: { kind, unset: "no limit", help: `Stop after this time${", and say so".repeat(10)}.` },
};

const source = `/** What options are. */
export interface TrainerOptions {
  /** Out of date. */
  readonly maxSteps?: number;
  readonly maxTime?: string;
  /** Not in the table. */
  readonly other?: boolean;
}
`;

const expected = `/** What options are. */
export interface TrainerOptions {
  /** Stop after this many steps; \`-1\` for no limit. @default -1 */
  readonly maxSteps?: number;
  /**
   * Stop after this time, and say so, and say so, and say so, and say so, and say so, and say so, and say so, and say
   * so, and say so, and say so.
   * @default no limit
   */
  readonly maxTime?: string;
  /** Not in the table. */
  readonly other?: boolean;
}
`;

it("writes what the table says above each option", () => {
  expect(withDocComments(source, table)).toBe(expected);
});

it("changes nothing that says so already", () => {
  expect(withDocComments(expected, table)).toBe(expected);
});
