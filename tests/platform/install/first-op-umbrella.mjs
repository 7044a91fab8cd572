// A tensor in a class field, before any Trainer or Fabric exists, with everything installed. Prints one line of JSON.
import { Tensor } from "@tensorflow/tfjs-core";
import * as lightning from "lightning-ts";
import { distributions, Fabric, nn, optim, tf, Trainer } from "lightning-ts";

class Model {
  weights = tf.tensor1d([1, 2]);
  layer = new nn.Linear(2, 1);
}

const { weights, layer } = new Model();
if (!(weights instanceof Tensor)) throw new Error("TensorFlow.js is there twice");
const doubled = [...tf.mul(weights, 2).dataSync()];
await new Fabric().launch();
const shape = layer.forward(tf.reshape(weights, [1, 2])).shape;
// A model prints its layers by the names of their classes, which a bundler may change.
const misnamed = [lightning, nn, optim, distributions]
  .flatMap((names) => Object.entries(names))
  .filter(([, value]) => typeof value === "function" && String(value).startsWith("class"))
  .filter(([name, value]) => value.name.replace(/^_/, "") !== name)
  .map(([name, value]) => `${name} is called ${value.name}`);
const found = { modules: "umbrella", doubled, backend: tf.getBackend(), shape, Trainer: typeof Trainer, misnamed };
console.log(JSON.stringify(found));
