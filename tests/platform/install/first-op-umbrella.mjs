// A tensor in a class field, before any Trainer or Fabric exists, with everything installed. Prints one line of JSON.
import { Fabric, nn, tf, Trainer } from "lightning-ts";

class Model {
  weights = tf.tensor1d([1, 2]);
  layer = new nn.Linear(2, 1);
}

const { weights, layer } = new Model();
const doubled = [...tf.mul(weights, 2).dataSync()];
await new Fabric().launch();
const shape = layer.forward(tf.reshape(weights, [1, 2])).shape;
console.log(JSON.stringify({ modules: "umbrella", doubled, backend: tf.getBackend(), shape, Trainer: typeof Trainer }));
