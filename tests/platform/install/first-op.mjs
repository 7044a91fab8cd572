// A program whose first line is an op: nobody has chosen a backend. Prints one line of JSON.
import { tf } from "@lightning-ts/core";

const doubled = [...tf.mul(tf.tensor1d([1, 2]), 2).dataSync()];
console.log(JSON.stringify({ modules: "esm", doubled, backend: tf.getBackend() }));
