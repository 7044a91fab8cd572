import { tf } from "@lightning-ts/core";
import { expect, it } from "vitest";
import { Parts } from "../../collectives/parts.js";
import { IncomingTensors } from "./incoming-tensors.js";

it("cuts arrays into parts and puts tensors together from them, whatever the parts are", () => {
  const shapes = [[2, 3], [], [1], [0], [4]];
  const own = shapes.map((shape) => tf.variable(tf.randomUniform(shape)));
  const values = own.map((each) => each.dataSync<"float32">());
  for (const atOnce of [1, 2, 5, 12, 20]) {
    const found: number[][] = [];
    const incoming = new IncomingTensors(own, (variable, tensor) => {
      expect(tensor.shape).toEqual(variable.shape);
      found.push([...tensor.dataSync()]);
      tensor.dispose();
    });
    for (let from = 0; from < 12; from += atOnce) {
      const part = new Float32Array(atOnce);
      new Parts(values).read(from, part);
      incoming.add(part);
    }
    expect(found).toEqual(values.map((each) => [...each]));
  }
});
