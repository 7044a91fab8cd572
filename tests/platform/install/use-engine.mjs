// What a user's first program does with the installed packages. Prints one line of JSON.
import * as tf from "@tensorflow/tfjs-core";
import { registerOnnxRuntime } from "@lightning-ts/backend-onnxruntime";

registerOnnxRuntime();
const result = { ok: false, value: 0, message: "" };
try {
  await tf.setBackend("onnxruntime");
  const product = tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([1, 1, 1, 1], [2, 2]));
  const sum = tf.sum(product);
  result.value = (await sum.data())[0];
  result.ok = tf.getBackend() === "onnxruntime" && sum.dataSync()[0] === result.value;
} catch (error) {
  result.message = String(error);
}
console.log(JSON.stringify(result));
