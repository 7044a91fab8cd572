/**
 * Turns what a terminal shows into a picture for the documentation:
 *   tmux capture-pane -e -p -J | tsx tools/record-picture.ts "title" docs/images/quickstart.svg
 */
import { readFileSync, writeFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { ansiToSvg } from "./terminal-picture/ansi-to-svg.js";

const [title = "terminal", path = "terminal.svg"] = process.argv.slice(2);
const screen = readFileSync(0, "utf8");
const columns = Math.max(...screen.split("\n").map((line) => stripVTControlCharacters(line).trimEnd().length));
writeFileSync(path, ansiToSvg(screen, { title, columns }));
