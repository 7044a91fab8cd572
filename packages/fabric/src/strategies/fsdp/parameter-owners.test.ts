import { tf } from "@lightning-ts/core";
import { expect, it } from "vitest";
import { ParameterOwners } from "./parameter-owners.js";

const variables = (sizes: readonly number[], trainable = true): tf.Variable[] =>
  sizes.map((size) => tf.variable(tf.zeros([size]), trainable));

it("gives out the largest first, each to the rank that has the least, and keeps what it gave", () => {
  const owners = new ParameterOwners(2);
  const first = variables([5, 1, 4, 3]);
  owners.add(first);
  expect(first.map((each) => owners.ownerOf(each))).toEqual([0, 0, 1, 1]);
  const second = variables([2, 2]);
  owners.add([...first, ...second]);
  expect(first.map((each) => owners.ownerOf(each))).toEqual([0, 0, 1, 1]);
  expect(second.map((each) => owners.ownerOf(each))).toEqual([0, 1]);
  expect(variables([1]).map((each) => owners.ownerOf(each))).toEqual([undefined]);
});

it("balances frozen parameters by themselves, and counts one that comes twice once", () => {
  const owners = new ParameterOwners(3);
  const [trained, frozen] = [variables([6, 6, 6]), variables([9, 9, 9], false)];
  owners.add([...trained, ...frozen, ...trained]);
  for (const each of [trained, frozen]) expect(each.map((one) => owners.ownerOf(one))).toEqual([0, 1, 2]);
});
