// Prints the best round of each side: node table.mjs FOLDER. Exits with 1 if ours is slower in one query.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2];
const read = (prefix) =>
  readdirSync(folder)
    .filter((x) => x.startsWith(prefix))
    .map((x) => JSON.parse(readFileSync(join(folder, x), "utf8").trim().split("\n").at(-1)));
const ours = read("ours-");
const peer = read("duckdb-");
const least = (rows, figure) => Math.min(...rows.map(figure));

console.log(`| ${ours[0].touches} touches, ${ours[0].conversions} conversions; seconds | ours | ${peer[0].engine} | times faster | rows equal |`);
console.log("|---|---|---|---|---|");
let slower = false;
const print = (name, mine, theirs, rows) => {
  console.log(`| ${name} | ${mine.toFixed(2)} | ${theirs.toFixed(2)} | ${(theirs / mine).toFixed(2)} | ${rows} |`);
  return theirs < mine;
};
print("load", least(ours, (x) => x.readSeconds), least(peer, (x) => x.load), "");
for (const [query, name] of [["best", "A: best eligible touch"], ["decay", "B: time decay"]])
  slower |= print(name, least(ours, (x) => x[query].computeSeconds), least(peer, (x) => x[query].seconds), peer[0][query].rows);
process.exitCode = slower ? 1 : 0;
