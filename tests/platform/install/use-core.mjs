// Which backend a user gets without naming one, and why. Prints one line of JSON.
import { resolveBackend } from "@lightning-ts/core";

const { backend, reasons } = await resolveBackend("auto");
console.log(JSON.stringify({ backend: backend.name, reasons }));
