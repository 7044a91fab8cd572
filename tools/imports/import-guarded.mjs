// Imports a module where opening a connection is an error, and says what is still going on afterwards. Node's
// permission model, which this runs under, refuses files outside of the folders that were allowed, child processes,
// worker threads and native code; connections are refused here.
import dgram from "node:dgram";
import dns from "node:dns";
import net from "node:net";

const refuse = (what) => () => {
  throw new Error(`An import wanted to ${what}.`);
};
net.Socket.prototype.connect = refuse("open a connection");
net.Server.prototype.listen = refuse("listen to connections");
dgram.createSocket = refuse("open a socket");
dns.lookup = refuse("look up a host");
dns.promises.lookup = refuse("look up a host");
globalThis.fetch = refuse("fetch something");

const before = process.getActiveResourcesInfo();
const listeners = process.eventNames();
const names = Object.keys(await import(process.argv[2]));
const left = process.getActiveResourcesInfo();
for (const resource of before) {
  const at = left.indexOf(resource);
  if (at >= 0) left.splice(at, 1);
}
const added = process.eventNames().filter((name) => !listeners.includes(name));
console.log(JSON.stringify({ names: names.length, left, listeners: added.map(String) }));
