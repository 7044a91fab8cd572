import { nn, optim } from "@lightning-ts/core";
import { FakeEnvironment, MemoryFiles } from "@lightning-ts/testing";
import { expect, it } from "vitest";
import { connect } from "../../connect/connect.js";
import { FSDPStrategy } from "./fsdp-strategy.js";

const ports = { files: new MemoryFiles(), environment: new FakeEnvironment() };

it("refuses stages that do not exist, and optimizers whose state cannot be divided", () => {
  expect(() => new FSDPStrategy(Object({ stage: 3 }))).toThrow(/Stage 3 .* does not exist yet .* stage: 2/);
  expect(() => new FSDPStrategy(Object({ stage: 0 }))).toThrow(/no such stage. Expected 1 or 2. Received 0/);
  expect(() => new FSDPStrategy(Object({ stages: 1 }))).toThrow(/stages.*stage/);
  const { strategy } = connect({ strategy: "fsdp", devices: 2, ports });
  expect([strategy.name, strategy.worldSize]).toEqual(["fsdp", 2]);
  const model = new nn.Linear(2, 1);
  expect(() => strategy.setupOptimizer(new optim.LBFGS(model.parameters()))).toThrow(/cannot divide.*LBFGS/);
  strategy.setupOptimizer(new optim.Adam(model.parameters()));
  connect({ strategy: "fsdp", devices: 1, ports }).strategy.setupOptimizer(new optim.LBFGS(model.parameters()));
});
