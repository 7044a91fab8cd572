// Which backend a user gets without naming one, and why. Prints one line of JSON.
import { resolveBackend, tf } from "@lightning-ts/core";

if (Object.prototype.toString.call(tf) !== "[object Module]")
  throw new Error("tf is no module, so that every function read from it costs a getter");

const { backend, reasons } = await resolveBackend("auto");
console.log(JSON.stringify({ backend: backend.name, reasons }));
