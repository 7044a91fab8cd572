import type { FolderOrder } from "./folder-order.js";

const HEADING = /^### `([^`]+)`/;
const FOLDER = /^\d+\. `([^`]+)` \S/;

/**
 * Compares a page's lists of folders with the order that is checked. A list has a heading with the package's name, and
 * its numbered lines begin with a folder. One line for each package whose list says something else.
 */
export function findListProblems(page: string, orders: Readonly<Record<string, FolderOrder>>): string[] {
  const lists = readLists(page);
  return Object.entries(orders)
    .filter(([name, { layers }]) => String(lists.get(name) ?? []) !== String(layers))
    .map(([name, { layers }]) => {
      const listed = lists.get(name) ?? [];
      return `lists the folders of ${name} as ${listed.join(", ") || "none"}; they are ${layers.join(", ")}.`;
    });
}

function readLists(page: string): Map<string, string[]> {
  const lists = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of page.split("\n")) {
    const heading = HEADING.exec(line)?.[1];
    if (heading !== undefined) lists.set(heading, (current = []));
    else if (line.startsWith("#")) current = [];
    const folder = FOLDER.exec(line)?.[1];
    if (folder !== undefined) current.push(folder);
  }
  return lists;
}
