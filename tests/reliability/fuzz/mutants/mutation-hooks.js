// Hooks of Node's module loader: they change the text of some modules on its way in, and no file on the disk.
/** @type {{ file: string, find: string, replace: string }[]} */
let edits = [];

/** @param {typeof edits} data */
export function initialize(data) {
  edits = data;
}

/** @type {import("node:module").LoadHook} */
export async function load(url, context, nextLoad) {
  const loaded = await nextLoad(url, context);
  const [address = ""] = url.split("?");
  const own = edits.filter(({ file }) => address.endsWith(file));
  if (own.length === 0) return loaded;
  const source = own.reduce((text, { find, replace }) => text.replace(find, () => replace), String(loaded.source));
  return { ...loaded, source };
}
