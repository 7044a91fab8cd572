import { expect, it } from "vitest";
import { compileElementwise } from "../programs/elementwise-program.js";
import { LazyData } from "./lazy-data.js";
import type { LazyNode } from "./lazy-node.js";
import { recordedNode } from "../testing/recorded-node.js";
import { programStages } from "./program-stages.js";

function node(name: string, inputs: LazyData[], isProgram = false): { node: LazyNode; output: LazyData } {
  const output = new LazyData("float32", [1], 0);
  const program = () =>
    compileElementwise({
      key: name,
      inputCount: 1,
      outputCount: 1,
      scalarCount: 0,
      describe: ({ input }) => [input(0)],
    });
  const made = recordedNode(name, inputs, output, isProgram ? program() : undefined);
  output.awaitNode(made, 0);
  return { node: made, output };
}

it("puts what a program reads before it and what reads its results into a later graph", () => {
  const host = new LazyData("float32", [1], 0);
  const gradient = node("gradient", [host]);
  const update = node("update", [host, gradient.output], true);
  const unrelated = node("unrelated", [gradient.output]);
  const after = node("after", [update.output, gradient.output]);
  const second = node("second", [after.output], true);
  const stages = programStages([gradient, update, unrelated, after, second].map((made) => made.node));
  const names = (nodes: readonly LazyNode[]) => nodes.map(({ kernel }) => kernel.name);
  expect(stages.map((stage) => [names(stage.nodes), names(stage.programs)])).toEqual([
    [["gradient", "unrelated"], ["update"]],
    [["after"], ["second"]],
  ]);
  expect([...(stages[0]?.needed ?? [])]).toEqual([gradient.output, update.output]);
  expect([...(stages[1]?.needed ?? [])]).toEqual([after.output]);
});
