import { expect, it } from "vitest";
import { parseOptions } from "./options.js";
import { WORKLOAD_NAMES } from "./workloads/workload.js";

it("measures every workload and peer unless some are named", () => {
  expect(parseOptions([])).toMatchObject({ workloads: WORKLOAD_NAMES, rounds: 15, json: undefined });
  expect(
    parseOptions(["cnn", "--peer", "wasm", "--peer", "pytorch", "--json", "out.json", "--threads", "3"]),
  ).toMatchObject({ workloads: ["cnn"], peers: ["wasm", "pytorch"], json: "out.json", threads: 3 });
});

it("shows the usage for names and numbers that mean nothing", () => {
  expect(() => parseOptions(["resnet"])).toThrow(/There is no workload "resnet"\.\npnpm bench/);
  expect(() => parseOptions(["--peer", "jax"])).toThrow(/There is no peer "jax"/);
  expect(() => parseOptions(["--rounds", "0"])).toThrow(/--rounds must be a whole number above 0/);
});
