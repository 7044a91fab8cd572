/**
 * Turns what a terminal shows into a picture for the documentation:
 *   tmux capture-pane -e -p | tsx tools/record-picture.ts "title" docs/images/quickstart.svg
 */
import { readFileSync, writeFileSync } from "node:fs";
import { ansiToSvg } from "./terminal-picture/ansi-to-svg.js";

const [title = "terminal", path = "terminal.svg"] = process.argv.slice(2);
writeFileSync(path, ansiToSvg(readFileSync(0, "utf8"), { title, columns: 100 }));
