// Which backend a user gets without naming one, and why. Prints one line of JSON.
import { resolveBackend, tf } from "@lightning-ts/core";

// Packages get TensorFlow.js by `require`; a program may import it. pnpm gives it to packages alone.
const own = await import("@tensorflow/tfjs-core").catch(() => undefined);
if (own !== undefined && own.Tensor !== tf.Tensor) throw new Error("TensorFlow.js is there twice");

if (Object.prototype.toString.call(tf) !== "[object Module]")
  throw new Error("tf is no module, so that every function read from it costs a getter");

const { backend, reasons } = await resolveBackend("auto");
console.log(JSON.stringify({ backend: backend.name, reasons }));
