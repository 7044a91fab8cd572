// The same from a CommonJS program. Prints one line of JSON.
const { tf } = require("@lightning-ts/core");

const doubled = [...tf.mul(tf.tensor1d([1, 2]), 2).dataSync()];
console.log(JSON.stringify({ modules: "cjs", doubled, backend: tf.getBackend() }));
